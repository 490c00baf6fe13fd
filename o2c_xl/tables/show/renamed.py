"""Rows that bear another key than they had: an invoice that waited as a draft has its number."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from o2c_xl.ledger.invoices.drafts import invoices_of_drafts
from o2c_xl.tables.define.spec import Table

__all__ = ["renamed"]

_DRAFT = "DRAFT-"
_INVOICES = frozenset({"Invoices", "InvoiceLines"})


def renamed(conn: Connection, table: Table, keys: Iterable[str]) -> dict[str, str]:
    """Which of these keys are another now: new ones by old."""
    drafts = [key.partition("/") for key in keys if key.startswith(_DRAFT)] if table.name in _INVOICES else []
    became = invoices_of_drafts(conn, {draft for draft, _, _ in drafts}) if drafts else {}
    return {draft + slash + line: became[draft] + slash + line for draft, slash, line in drafts if draft in became}
