"""The table of the first sheet that tells when the workbook was synced: what it is, without how it is drawn."""

from __future__ import annotations

from o2c_xl.tables.define.spec import Column, Department, Kind, Owner, Table

__all__ = ["START", "SYNC_INFO"]

START = "Start"
SYNC_INFO = Table(
    name="SyncInfo",
    title=START,
    department=Department.SETUP,
    about="When this workbook and the ledger last agreed.",
    columns=(
        Column("Item", Kind.TEXT, Owner.PYTHON, "What is told.", key=True, width=15),
        Column("Value", Kind.TEXT, Owner.PYTHON, "What Python found.", width=23),
    ),
)
