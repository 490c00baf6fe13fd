"""What is said of a sheet as a whole: rows that somebody took out of it, an older copy, totals passed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.show.views import Scope
from o2c_xl.workbook.reading.data import TableData
from o2c_xl.workbook.sync.sheet_state import REWRITTEN, SheetRow, SheetState
from o2c_xl.workbook.sync.wanted import shown_rows

__all__ = ["older_note", "sheet_notes", "shown_again"]

_NAMED = 3  # so many keys are told
_CANCEL = " To stop an order set its Action to Cancel."
_INSTEAD = {
    "Orders": _CANCEL,
    "OrderLines": " To take a line off its order set its Quantity to 0.",
    "PurchaseOrders": _CANCEL,
    "PurchaseOrderLines": _CANCEL,
}


def shown_again(conn: Connection, state: SheetState, before: Mapping[str, SheetRow], scope: Scope) -> list[str]:
    """The numbers of rows that were taken out of the sheet and that the ledger shows all the same."""
    gone = [key for key in before if key not in state.rows]
    if not gone or state.table.name in REWRITTEN:
        return []
    held = shown_rows(conn, state.table, scope, gone).texts
    return [key for key in gone if key in held]


def sheet_notes(
    book: str,
    data: TableData,
    found: tuple[SheetState, Mapping[str, SheetRow], Sequence[str], Sequence[str]],
    *,
    older: bool,
) -> list[str]:
    """What of a sheet was passed over, a person's own totals, and which rows were taken out of it.

    `found` are the sheet, how it was last seen, the keys that are shown again and those given up; of an `older` copy
    those that are shown again are told by themselves.
    """
    state, seen, again, given_up = found
    where, notes = f"{book}, {state.table.title}", []
    if data.total:
        notes.append(f"{where}: {data.total} adds up rows above it, so what stands there is no row of the table.")
    if older:
        return notes
    left = len(seen) - len(given_up)
    if left and not any(state.every_row()):
        what = "1 row was" if left == 1 else f"all {left} rows were"
        notes.append(f"{where}: {what} taken out of the sheet. What the ledger holds of them is shown again.")
    elif again:
        notes.append(f"{where}: {_gone_note(state.table, again)}")
    if given_up:
        notes.append(f"{where}: {_out(given_up)} taken out of the sheet before anything was posted: given up.")
    return notes


def _gone_note(table: Table, keys: Sequence[str]) -> str:
    """What is said of rows that somebody took out of a sheet."""
    them = "it" if len(keys) == 1 else "them"
    note = f"{_out(keys)} taken out of the sheet. What the ledger holds of {them} is shown again."
    return note + _INSTEAD.get(table.name, "")


def _out(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return f"{', '.join(keys[:_NAMED])}{more} {'was' if len(keys) == 1 else 'were'}"


def older_note(book: str, older: str, again: Iterable[Sequence[str]]) -> list[str]:
    """What is said of an older copy, with the rows of each of its tables that are shown again."""
    if not older:
        return []
    number = sum(map(len, again))
    rows = f"{number} rows were taken since and are" if number > 1 else "1 row was taken since and is"
    told = f"{rows} shown again; in all other rows what" if number else "What"
    return [f"{book} is an older copy of the book, {older}. {told} the copy says counts."]
