"""A workbook that comes back as it was before: found by when it was last synced, its rows found again in the ledger.

The Start sheet tells when a workbook was last synced, and the ledger remembers what it wrote there. Where the sheet
tells of an earlier time, somebody put an older copy in place, or saved one that stood open over the book.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.show.views import Scope
from o2c_xl.workbook.address import address
from o2c_xl.workbook.fingerprint import SEPARATOR, text_of, value_of
from o2c_xl.workbook.reading.data import TableData
from o2c_xl.workbook.sync.books import OpenBook, info_name, read_state, seen_rows
from o2c_xl.workbook.sync.memory import remember, remember_changed, remember_place
from o2c_xl.workbook.sync.sheet_state import SheetRow, SheetState, state_from_seen
from o2c_xl.workbook.sync.unnumbered import Lacking, gives_numbers
from o2c_xl.workbook.sync.wanted import Wanted, held_rows, shown_rows
from o2c_xl.workbook.template.sync_info import SYNC_INFO

__all__ = ["Again", "find_again", "last_stamp", "next_stamp", "older_since", "remember_info", "remember_stamp"]

_STAMP = "Last synced"
_APART = dt.timedelta(seconds=2)  # a sheet holds a time as a fraction of a day, which may read as a second less
_VALUE = next(i for i, column in enumerate(SYNC_INFO.columns) if column.header == "Value")
_DOUBT = "it is empty, and the row may be "
_MEND = "Delete the row if it is; if it is a new one, empty its Check."


@dataclass(frozen=True, slots=True)
class Again:
    """Rows without a number: those of numbers that the ledger gave, the new ones, and those in doubt."""

    rows: Mapping[str, SheetRow]
    new: Sequence[SheetRow]
    doubted: Sequence[SheetRow] = ()
    issues: Sequence[Issue] = field(default_factory=list)


# --- when it was last synced ---------------------------------------------------------------------------------------


def older_since(conn: Connection, book: OpenBook) -> str:
    """When the workbook was last synced, as told, where the ledger wrote a later one; else empty."""
    data = book.tables.get(SYNC_INFO.name)
    if data is None:
        return ""
    last = last_stamp(conn, book.name) or _before_renamed(conn, book)
    if last is None:
        return ""
    row = read_state(SYNC_INFO, data).rows.get(_STAMP)
    stamp = _moment(row) if row is not None else None
    if stamp is not None and last - stamp < _APART:
        return ""
    return "never synced" if stamp is None else f"last synced {stamp:%Y-%m-%d %H:%M} UTC"


def last_stamp(conn: Connection, book: str) -> dt.datetime | None:
    """When the ledger last wrote into the workbook, as its Start sheet tells."""
    found = (SheetRow(row, text) for key, row, text in seen_rows(conn, info_name(book)) if key == _STAMP)
    return next(map(_moment, found), None)


def next_stamp(last: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """What the Start sheet is to tell: now, but always later than before, whichever computer's clock is asked."""
    return now if last is None else max(now, last + _APART)


def remember_stamp(txn: Txn, book: str, stamp: dt.datetime) -> None:
    """Keep what was written."""
    for key, row, text in seen_rows(txn.conn, info_name(book)):
        if key == _STAMP:
            cells = text.split(SEPARATOR)
            cells[_VALUE] = text_of(stamp)
            remember_changed(txn, info_name(book), {key: SheetRow(row, SEPARATOR.join(cells))})


def remember_info(txn: Txn, book: OpenBook, data: TableData) -> None:
    """Where the start sheet tells of the last sync; each workbook has one, so they are kept apart by name.

    Not what it tells, but when the ledger wrote there: that says whether the workbook is an older copy.
    """
    name = info_name(book.name)
    before = state_from_seen(SYNC_INFO, (), seen_rows(txn.conn, name)).rows
    rows = read_state(SYNC_INFO, data).rows
    told = Wanted(SYNC_INFO, {}, {}, {}).emptied(rows).texts
    kept = {key: before[key].text if key in before else text for key, text in told.items()}
    remember(txn, name, before, {key: SheetRow(row.row, kept[key]) for key, row in rows.items()})
    remember_place(txn, name, book.places[SYNC_INFO.name])


def _before_renamed(conn: Connection, book: OpenBook) -> dt.datetime | None:
    """Of a workbook that is new by its name: what was written where its tables stood before."""
    c = schema.sheets.c
    names = conn.execute(select(c.book).where(c.table.in_(list(book.tables)), c.book != book.name).distinct()).scalars()
    return max((stamp for name in names if (stamp := last_stamp(conn, name)) is not None), default=None)


def _moment(row: SheetRow) -> dt.datetime | None:
    """The time that the row tells."""
    value = value_of(row.cells[_VALUE])
    if isinstance(value, dt.datetime):
        return value
    return dt.datetime.combine(value, dt.time()) if isinstance(value, dt.date) else None


# --- which rows are no new ones ------------------------------------------------------------------------------------


def find_again(
    conn: Connection, data: TableData, known: tuple[SheetState, Mapping[str, SheetRow]], scope: Scope, *, older: bool
) -> Again:
    """Tell rows without a number that the ledger holds already from new ones; `known` are sheet and last seen."""
    state, before = known
    if not state.keyless or not gives_numbers(state.table):
        return Again({}, state.keyless)
    doubted = {row.row: said for row in state.keyless if (said := _said(state, row))}
    rows = [row for row in state.keyless if row.row not in doubted]
    seen = {key: row.text for key, row in sorted(before.items(), key=lambda one: one[1].row) if key not in state.rows}
    shown: set[str] = set()
    texts = dict(seen)
    if older:
        held = held_rows(conn, state.table, scope).texts
        texts |= {key: text for key, text in held.items() if key not in state.rows and key not in texts}
        lately = shown_rows(conn, state.table, scope).texts
        shown = texts.keys() & (seen.keys() | lately.keys())
    lacking = Lacking(state, texts)
    found = lacking.paired(rows)
    paired = {row.row for row in found.values()}
    for row in rows:
        if row.row not in paired and (names := lacking.like(row, (key for key in texts if key in shown))):
            doubted[row.row] = f"{_DOUBT}{' or '.join(names)} as it was once, so it was not taken."
    new = [row for row in rows if row.row not in paired and row.row not in doubted]
    waiting = [row for row in state.keyless if row.row in doubted]
    return Again(found, new, waiting, list(_issues(data, state.table, [(row, doubted[row.row]) for row in waiting])))


def _said(state: SheetState, row: SheetRow) -> str:
    """What an earlier sync said beside the row, as long as nobody emptied it."""
    check = next((i for i, column in enumerate(state.table.columns) if column.header == "Check"), None)
    head = f"{_key_of(state)}: "
    text = row.cells[check] if check is not None and "Check" in state.present else ""
    return text.removeprefix(head).partition(_MEND)[0].strip() if text.startswith(head + _DOUBT) else ""


def _key_of(state: SheetState) -> str:
    return state.table.keys[-1].header


def _issues(data: TableData, table: Table, doubts: Iterable[tuple[SheetRow, str]]) -> Iterator[Issue]:
    header = table.keys[-1].header
    place = [name.strip() for name in data.headers].index(header) if header in map(str.strip, data.headers) else 0
    for row, problem in doubts:
        cell = address(row.row, data.first_col + place)
        yield Issue("", data.sheet, cell, header, row.row, "", problem, _MEND, table.name)
