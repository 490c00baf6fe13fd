"""What is kept of a workbook once it was written, so that it need not be read again while nobody changes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from o2c_xl.ledger.store import Txn
from o2c_xl.workbook.live.book import LiveBook
from o2c_xl.workbook.patch.left_short import LeftShort
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.sync.books import OpenBook, info_name, read_state, seen_rows
from o2c_xl.workbook.sync.memory import (
    forget,
    remember,
    remember_cells,
    remember_changed,
    remember_new,
    remember_renamed,
)
from o2c_xl.workbook.sync.sheet_out import SheetOut
from o2c_xl.workbook.sync.sheet_state import SheetRow, state_from_seen
from o2c_xl.workbook.template.sync_info import SYNC_INFO

__all__ = ["Saved", "remember_shown", "remember_written"]


@dataclass(frozen=True, slots=True)
class Saved:
    """A workbook as it was written: the last row of each table, and the tables that show a value as another kind.

    `told` is when, as its Start sheet tells. `short` are by table the ranges that leave out rows it grew by. `data` are
    the bytes that were written, where any table shows another kind.
    """

    bottoms: Mapping[str, int]
    told: dt.datetime
    other_kind: frozenset[str] = frozenset()
    data: bytes = b""
    short: Mapping[str, Sequence[LeftShort]] = field(default_factory=dict)


def remember_written(txn: Txn, sheets: Mapping[str, SheetOut], saved: Saved) -> None:
    """Keep what the sheets of the workbook hold now; those that show another kind are read again.

    From the bytes that were written: what somebody typed into the file since is theirs, and nothing to remember.
    """
    again = {name for name in saved.other_kind if name in sheets}
    for name, sheet in sheets.items():
        remember_renamed(txn, name, sheet.renamed)
        forget(txn, name, sheet.gone)
        if name not in again:
            changed = sheet.changed()
            back = {key: changed.pop(key) for key in sheet.back}
            remember_changed(txn, name, changed)
            remember_new(txn, name, back | sheet.appended(saved.bottoms.get(name, 0)))
    if again:
        for data in read_book(saved.data, only=again).tables:
            sheet = sheets[data.name]
            _keep(txn, data.name, sheet, read_state(sheet.state.table, data).rows)


def remember_shown(txn: Txn, book: OpenBook, live: LiveBook, sheets: Mapping[str, SheetOut]) -> None:
    """Keep what the tables of an open workbook hold, now that they show what the ledger wants."""
    for name in book.places:
        if name == SYNC_INFO.name:
            remember_cells(txn, info_name(book.name), live.cells(name))
        elif name in sheets:
            remember_cells(txn, name, live.cells(name) if sheets[name].whole else "")


def _keep(txn: Txn, name: str, sheet: SheetOut, after: dict[str, SheetRow]) -> None:
    before = state_from_seen(sheet.state.table, (), seen_rows(txn.conn, name)).rows
    known = {
        key: row
        for key, row in after.items()
        if row.row not in sheet.refused and (key in before or key in sheet.back or key not in sheet.state.rows)
    }
    remember(txn, name, before, {**{key: row for key, row in before.items() if key in after}, **known})
