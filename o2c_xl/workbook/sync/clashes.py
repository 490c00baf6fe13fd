"""Cells that a person and someone else changed at once: what stood against what, kept until a person has seen it.

The sheet's value is the one that counts. It is told in the notes of the sync, in the journal, and beside the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select

from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Source, Txn
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.fault import seen as as_seen
from o2c_xl.workbook.fingerprint import value_of
from o2c_xl.workbook.sync.books import OpenBook
from o2c_xl.workbook.sync.incoming import Clash
from o2c_xl.workbook.sync.sheet_state import SheetState

__all__ = ["as_shown", "settle_clashes"]


def settle_clashes(txn: Txn, book: OpenBook, where: tuple[Table, SheetState], found: Sequence[Clash]) -> list[str]:
    """Keep the new ones, and forget those that a person had before them when the workbook was saved or synced open.

    Returns a sentence per new one.
    """
    table, state = where
    if book.fresh or book.live is not None:
        _forget_shown(txn, table, state)
    if not found:
        return []
    rows, notes = [], []
    for one in found:
        column = table.columns[one.place]
        said = _sentence(one)
        place = book.places[table.name].sheet
        notes.append(f"{book.name}, {place}, row {one.row}: {column.header}: {said}")
        told = {
            "table": table.name,
            "column": column.header,
            "sheet": as_shown(one.sheet),
            "ledger": as_shown(one.ledger),
        }
        txn.record("cell changed twice", one.key, told, source=Source(book.name, place, one.row))
        rows.append(
            {
                "table": table.name,
                "key": one.key,
                "column": column.header,
                "book": book.name,
                "value": as_shown(one.sheet),
                "said": said,
                "since": txn.day,
            }
        )
    _drop(txn, table, [(one.key, table.columns[one.place].header) for one in found])
    txn.insert(schema.clashes, rows)
    return notes


def _sentence(one: Clash) -> str:
    return (
        f"it was changed here to {as_shown(one.sheet)} and elsewhere to {as_shown(one.ledger)} meanwhile. "
        f"{as_shown(one.sheet)} was kept; type the other value if that is right."
    )


def as_shown(text: str) -> str:
    """A canonical text as a person reads it."""
    value: Any = value_of(text)
    return "empty" if value in (None, "") else as_seen(value)


def _forget_shown(txn: Txn, table: Table, state: SheetState) -> None:
    c = schema.clashes.c
    stored = txn.conn.execute(select(c.key, c.column, c.said).where(c.table == table.name)).all()
    check = next((i for i, column in enumerate(table.columns) if column.header == "Check"), None)
    shown = []
    for row in stored:
        sheet_row = state.rows.get(row.key)
        if check is None or "Check" not in state.present or sheet_row is None or row.said in sheet_row.cells[check]:
            shown.append((str(row.key), str(row.column)))
    _drop(txn, table, shown)


def _drop(txn: Txn, table: Table, places: Iterable[tuple[str, str]]) -> None:
    c = schema.clashes.c
    for key, column in places:
        txn.conn.execute(delete(schema.clashes).where(c.table == table.name, c.key == key, c.column == column))
