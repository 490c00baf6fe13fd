"""What is to be written into each workbook, so that it shows what the ledger holds."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from o2c_xl.domain.issue import Issue, check_text
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.show.faults import standing_faults
from o2c_xl.tables.show.remarks import standing_remarks
from o2c_xl.tables.show.renamed import renamed
from o2c_xl.tables.show.views import Scope, kept_in
from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.fingerprint import SEPARATOR
from o2c_xl.workbook.patch.edit import TableEdit
from o2c_xl.workbook.patch.new_rows import NewRows
from o2c_xl.workbook.sync.books import OpenBook
from o2c_xl.workbook.sync.outgoing import Marks, Outgoing, not_among, outgoing, rewritten
from o2c_xl.workbook.sync.same import Same
from o2c_xl.workbook.sync.sheet_out import SheetOut
from o2c_xl.workbook.sync.sheet_state import REWRITTEN, SheetRow, SheetState
from o2c_xl.workbook.sync.taken import TakenBook
from o2c_xl.workbook.sync.wanted import Wanted, held_rows, shown_rows
from o2c_xl.workbook.template.sync_info import SYNC_INFO

__all__ = ["BookPlan", "plan_books"]


@dataclass(slots=True)
class BookPlan:
    """What is to be written into one workbook, from which state of the ledger; `faults` are how many stand in it.

    `left_out` says of which tables the new rows have no room there, and which sheets are protected: their tables
    are `locked`. All are tried again at every sync.
    """

    book: OpenBook
    head: int
    faults: int = 0
    sheets: dict[str, SheetOut] = field(default_factory=dict)
    left_out: list[Refused] = field(default_factory=list)
    locked: set[str] = field(default_factory=set)

    @property
    def edits(self) -> list[TableEdit]:
        """The edits of all tables that need one."""
        return [
            TableEdit(name, sheet.out.cells, sheet.out.append)
            for name, sheet in self.sheets.items()
            if sheet.out.cells or sheet.out.append
        ]

    @property
    def asks(self) -> bool:
        """Whether anything may have to be written."""
        return not all(sheet.out.empty for sheet in self.sheets.values())

    def shows(self, day: dt.date) -> bool:
        """Whether it is known to show this state of the ledger and this day, where nothing is to be written.

        Of an open workbook that was read, or in which formulas were left alone, that is yet to be remembered.
        """
        looked_at = self.book.tables or any(sheet.out.skipped for sheet in self.sheets.values())
        return self.book.head == self.head and self.book.day == day and not (self.book.live is not None and looked_at)

    def leave_out(self, tables: Mapping[str, str]) -> None:
        """Do without the new rows of tables that have no room for them; why, by table."""
        for name, why in tables.items():
            out = self.sheets[name].out
            rows = "1 new row is" if len(out.keys) == 1 else f"{len(out.keys)} new rows are"
            self.left_out.append(Refused(f"{self.book.name}: {why} Until then {rows} not shown there."))
            out.append, out.keys = NewRows(), ()

    def leave_alone(self, tables: Mapping[str, str]) -> None:
        """Leave tables on protected sheets as they stand; why, by table."""
        for why in dict.fromkeys(tables.values()):
            self.left_out.append(Refused(f"{self.book.name}: {why} Until then that sheet stays as it is."))
        self.locked |= tables.keys()
        for sheet in (self.sheets[name] for name in tables if name in self.sheets):
            sheet.out = Outgoing(texts=sheet.out.texts)

    def cells(self) -> int:
        """Number of cells to be written; of new rows those that hold something."""
        return sum(len(edit.cells) + edit.new.filled for edit in self.edits)


_WITH_OTHERS = "Not taken yet: {} of this order is at fault. Mend that one; this row then goes in with it."

_OTHERS_WAIT = " The other changes in this row wait with it."


def plan_books(
    conn: Connection, books: Sequence[OpenBook], taken: Sequence[TakenBook], scope: Scope, head: int
) -> list[BookPlan]:
    """What each workbook needs; one that shows this state of the ledger and this day already needs nothing."""
    by_book = {one.book.name: one for one in taken}
    behind = [book for book in books if book.head != head or book.day != scope.day or book.name in by_book]
    if not behind:
        return []
    faults, at_fault = standing_faults(conn), _at_fault(taken)
    beside = [*faults, *standing_remarks(conn, scope)]
    plans = []
    for book in behind:
        known = by_book[book.name].issues if book.name in by_book else []
        plan = BookPlan(book, head, len(known) + sum(fault.source == book.name for fault in faults))
        for name in (name for name in book.places if name != SYNC_INFO.name):
            plan.sheets[name] = _plan(conn, book, BY_NAME[name], scope, (by_book.get(book.name), beside, at_fault))
        plans.append(plan)
    return plans


_AtFault = Mapping[tuple[str, str], Issue]
_Known = tuple[TakenBook | None, Sequence[Issue], _AtFault]


def _at_fault(taken: Sequence[TakenBook]) -> _AtFault:
    """The first fault of each order or purchase order, by the field that names it and its number."""
    found: dict[tuple[str, str], Issue] = {}
    for issue in (issue for one in taken for issue in one.issues if issue.table in BY_NAME and issue.key):
        found.setdefault(_order_of(BY_NAME[issue.table], issue.key), issue)
    return found


def _order_of(table: Table, key: str) -> tuple[str, str]:
    """What a row belongs to: a line to the order that its key begins with."""
    return table.keys[0].field, (key.rpartition("/")[0] if len(table.keys) > 1 else "") or key


def _with_others(book: str, state: SheetState, refused: frozenset[int], at_fault: _AtFault) -> dict[int, str]:
    """What is said beside rows that wait because another row of their order, here or elsewhere, is at fault."""
    checks = dict.fromkeys(refused, _WITH_OTHERS.format("another row"))
    for key, row in state.rows.items():
        if row.row in refused and (issue := at_fault.get(_order_of(state.table, key))) is not None:
            source = issue.source if issue.source != book else ""
            place = "!".join(part for part in (source, issue.sheet, issue.cell or str(issue.row)) if part)
            checks[row.row] = _WITH_OTHERS.format(place)
    return checks


def _plan(conn: Connection, book: OpenBook, table: Table, scope: Scope, known: _Known) -> SheetOut:
    one, faults, at_fault = known
    sheet = one.sheets.get(table.name) if one is not None else None
    state = sheet.state if sheet is not None else book.state(conn, table)
    seen = sheet.seen if sheet is not None else state.rows
    wanted = shown_rows(conn, table, scope)
    if table.name in REWRITTEN:
        return SheetOut(state, rewritten(state, wanted))
    others = not_among(state.rows, wanted.texts)
    new_keys = {key: new for key, new in renamed(conn, table, others).items() if new not in state.rows}
    state.rename(new_keys)
    back = _cleared(book, state, seen, wanted)
    if back:
        state.rows.update(back)
        seen = {key: row for key, row in seen.items() if key not in back}
    by_row = _by_row(state, one.issues if one is not None else [], faults)
    refused = sheet.refused if sheet is not None else frozenset()
    checks = _with_others(book.name, state, refused, at_fault)
    checks |= {row: check_text(found) for row, found in by_row.items()}
    for row in _holding_back(state, wanted, refused, by_row):
        checks[row] += _OTHERS_WAIT
    others = [key for key in others if key in state.rows]
    held = _held(conn, table, scope, others)
    unheld = {key: state.rows[key] for key in others if key not in held.texts and key not in wanted.texts}
    lost = {key: row for key, row in unheld.items() if row.row not in refused}
    shown, gone = _no_more(wanted, held, lost)
    if book.live is not None:  # a row cannot be taken out of an open workbook, so it shows how it ended
        shown = shown.joined(gone)
    if shown.texts:
        wanted = wanted.joined(shown)
    out = outgoing(
        state, wanted, Marks(checks, refused, _beside_new(state, faults)), seen, gone if book.live is None else None
    )
    if one is not None and one.older:
        out.restored.clear()  # nobody typed over them: so they stood when the copy was made
    return SheetOut(state, out, refused, renamed=new_keys, back=frozenset(back))


def _cleared(book: OpenBook, state: SheetState, seen: Mapping[str, SheetRow], wanted: Wanted) -> dict[str, SheetRow]:
    """Rows that somebody emptied and the ledger shows: each as the blank row that stands where it stood."""
    data = book.tables.get(state.table.name)
    lost = [key for key in not_among(seen, state.rows) if key in wanted.texts]
    if data is None or not lost:
        return {}
    free = set(range(data.first_row, data.first_row + data.height)) - {row.row for row in state.every_row()}
    blank = SEPARATOR * (len(state.table.columns) - 1)
    return {key: SheetRow(seen[key].row, blank) for key in lost if seen[key].row in free}


def _by_row(state: SheetState, issues: Sequence[Issue], faults: Sequence[Issue]) -> dict[int, list[Issue]]:
    """What is said beside each row: the faults of its cells as they were read, and what stands of its key."""
    found: dict[int, list[Issue]] = defaultdict(list)
    for issue in issues:
        if issue.table == state.table.name:
            found[issue.row].append(issue)
    for fault in faults:
        if fault.table == state.table.name and fault.key in state.rows:
            found[state.rows[fault.key].row].append(fault)
    return found


def _beside_new(state: SheetState, faults: Sequence[Issue]) -> dict[str, str]:
    """What is said beside rows that the sheet does not show yet."""
    found: dict[str, list[Issue]] = defaultdict(list)
    for fault in faults:
        if fault.table == state.table.name and fault.key not in state.rows:
            found[fault.key].append(fault)
    return {key: check_text(issues) for key, issues in found.items()}


def _holding_back(
    state: SheetState, wanted: Wanted, refused: frozenset[int], by_row: Mapping[int, Sequence[Issue]]
) -> list[int]:
    """Refused rows in which sound cells, too, say what the ledger does not hold yet."""
    columns = [(i, c) for i, c in enumerate(state.table.columns) if c.typed and not c.key and c.header in state.present]
    same, found = Same(), []
    for key, row in state.rows.items() if refused else ():
        if row.row not in refused or row.row not in by_row or key not in wanted.texts:
            continue
        cells, held = row.cells, wanted.texts[key].split(SEPARATOR)
        told = {issue.column for issue in by_row[row.row]}
        if any(cells[i] != held[i] and c.header not in told and not same(c, cells[i], held[i]) for i, c in columns):
            found.append(row.row)
    return found


def _no_more(wanted: Wanted, held: Wanted, lost: Mapping[str, SheetRow]) -> tuple[Wanted, Wanted]:
    """Rows that the sheet is to show no more: as they are shown where they cannot go, and those that can.

    Those `held` were closed longer ago than they are shown. Of one that is `lost` the ledger knows nothing more, so
    Python has nothing to say in it, and it goes where staff typed nothing in it either.
    """
    empty = wanted.emptied(lost)
    typed = [i for i, column in enumerate(wanted.table.columns) if column.typed]
    untouched = [key for key, row in lost.items() if not any(map(row.cells.__getitem__, typed))]
    return empty, held.joined(empty.only(untouched))


def _held(conn: Connection, table: Table, scope: Scope, keys: Sequence[str]) -> Wanted:
    """What the ledger holds of rows that the sheet shows no more: closed longer ago than they are shown."""
    if scope.since is None or not keys or kept_in(table) is None:
        return Wanted(table, {}, {}, {})
    return held_rows(conn, table, scope, keys).only(keys)
