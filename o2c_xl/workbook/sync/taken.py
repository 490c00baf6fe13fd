"""A workbook on its way in: its sheets as they were read, and what is kept of them once their rows were taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.show.views import Scope
from o2c_xl.workbook.fingerprint import SEPARATOR
from o2c_xl.workbook.reading.left import left_issue
from o2c_xl.workbook.sync.books import OpenBook
from o2c_xl.workbook.sync.incoming import Clash, Incoming
from o2c_xl.workbook.sync.memory import remember, remember_place
from o2c_xl.workbook.sync.same import Same
from o2c_xl.workbook.sync.sheet_state import SheetRow, SheetState
from o2c_xl.workbook.sync.wanted import held_rows

__all__ = ["TakenBook", "TakenSheet", "settle", "typed_places"]

_UNITS = frozenset({"Orders", "OrderLines", "PurchaseOrders", "PurchaseOrderLines"})


@dataclass(slots=True)
class TakenSheet:
    """One table of one workbook on its way in; `changed` where it is remembered otherwise than before.

    `overtyped` are the keys, by row, over which another was typed. `doubts` are told beside rows without a number that
    may be no new ones; `again` are the keys of rows that were taken out and are shown again, `given_up` of those that
    were never posted and are not. `remembered` is what is kept of the sheet by now.
    """

    state: SheetState
    seen: dict[str, SheetRow]
    rows: list[Incoming]
    batch: Batch | None = None
    refused: frozenset[int] = frozenset()
    clashes: Sequence[Clash] = ()
    overtyped: Mapping[int, str] = field(default_factory=dict)
    changed: bool = False
    doubts: Sequence[Issue] = ()
    again: Sequence[str] = ()
    given_up: Sequence[str] = ()
    remembered: dict[str, SheetRow] = field(init=False)

    def __post_init__(self) -> None:
        self.remembered = self.seen

    @property
    def doubtful(self) -> frozenset[int]:
        """The rows that were refused or have a fault: those that are tried again."""
        return self.refused.union(issue.row for issue in (self.batch.issues if self.batch else ()))


@dataclass(slots=True)
class TakenBook:
    """A workbook after its rows were taken: the faults of its sheets and the rows that were refused.

    `older` says when it was last synced, where it is an older copy of the book.
    """

    book: OpenBook
    older: str = ""
    sheets: dict[str, TakenSheet] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether it is remembered otherwise than before."""
        return self.book.fresh or any(sheet.changed for sheet in self.sheets.values())


def settle(txn: Txn, what: tuple[TakenBook, str, TakenSheet], scope: Scope, *, doubtful: bool) -> None:
    """Remember the sheet as it stands, but not the rows that were refused: they are tried again."""
    one, name, sheet = what
    sheet.refused = frozenset()
    if sheet.batch is not None:
        one.issues.extend(sheet.batch.issues)
        taken = _taken(txn, sheet, sheet.batch, scope) if doubtful else set(sheet.batch.rows)
        taken -= sheet.overtyped.keys()
        _adopt_given_keys(sheet, sheet.batch, taken)
        sheet.refused = frozenset(set(sheet.batch.rows) - taken)
    data = one.book.tables[name]
    left = left_issue((one.book.name, data.sheet), (name, name), [row for row in data.left if row.astray])
    one.issues.extend([*sheet.doubts, *((left,) if left is not None else ())])
    sheet.refused |= {doubt.row for doubt in sheet.doubts}
    after = dict(sheet.state.rows)
    for key, row in sheet.state.rows.items():
        if row.row in sheet.refused:
            del after[key]
            if key in sheet.seen:
                after[key] = sheet.seen[key]
    sheet.changed = after != sheet.seen
    remember(txn, name, sheet.remembered, after)
    sheet.remembered = after
    place = one.book.places[name]
    remember_place(txn, name, place if sheet.state.whole(sheet.refused) else replace(place, cells=""))


def _taken(txn: Txn, sheet: TakenSheet, batch: Batch, scope: Scope) -> set[int]:
    """Rows of the batch of which the ledger holds what was typed; other cells of theirs may have come with a file.

    A row may be kept although something in it is at fault, and a sound row of an order may be refused with the
    order's other rows; so of each row that could be either the ledger is asked.
    """
    table = batch.table
    unit = table.name in _UNITS
    at_fault = {issue.row for issue in batch.issues}
    asked = [i for i, number in enumerate(batch.rows) if unit or number in at_fault]
    if not asked:
        return set(batch.rows)
    held = held_rows(txn.conn, table, scope, [batch.key_text(i) for i in asked])
    same = Same()
    came = {row.sheet_row.row: row for row in sheet.rows}
    taken = set(batch.rows) - {batch.rows[i] for i in asked}
    for i in asked:
        text = held.texts.get(batch.key_text(i))
        if text is not None:
            row = came[batch.rows[i]]
            typed, cells = row.sheet_row.cells, text.split(SEPARATOR)
            places = (p for p in row.changed if not table.columns[p].key)
            if all(typed[p] == cells[p] or same(table.columns[p], typed[p], cells[p]) for p in places):
                taken.add(batch.rows[i])
    return taken


def _adopt_given_keys(sheet: TakenSheet, batch: Batch, taken: set[int]) -> None:
    """Rows that had no key have one now, by which they are tried again; the sheet will show it at the write-back."""
    given = {row: batch.key_text(i) for i, row in enumerate(batch.rows) if row in taken}
    still: list[SheetRow] = []
    for row in sheet.state.keyless:
        if row.row in given:
            sheet.state.rows[given[row.row]] = row
        else:
            still.append(row)
    sheet.state.keyless = still
    sheet.rows = [one if one.key else replace(one, key=given.get(one.sheet_row.row, "")) for one in sheet.rows]


def typed_places(table: Table) -> tuple[int, ...]:
    """Where the cells of staff stand in a row."""
    return tuple(i for i, column in enumerate(table.columns) if column.typed)
