"""The outward half of a sync: each workbook is made to show what the ledger holds, and nothing else of it changes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from o2c_xl.domain.issue import CannotRun, Issue, check_text
from o2c_xl.domain.outcome import Outcome
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.show.faults import standing_faults
from o2c_xl.tables.show.remarks import standing_remarks
from o2c_xl.tables.show.renamed import renamed
from o2c_xl.tables.show.views import Scope, kept_in, view_raw
from o2c_xl.workbook.errors import ChangedMeanwhile, InUse
from o2c_xl.workbook.fingerprint import SEPARATOR
from o2c_xl.workbook.live.book import LiveBook
from o2c_xl.workbook.locks import lock_holder
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import book_parts
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.save import Dropped, save_if_unchanged
from o2c_xl.workbook.patch.shrink import drop_rows
from o2c_xl.workbook.sync.books import OpenBook, hash_of, remember_book, remember_cells
from o2c_xl.workbook.sync.outgoing import Marks, outgoing, rewritten
from o2c_xl.workbook.sync.remembered import Saved, remember_written
from o2c_xl.workbook.sync.same import Same
from o2c_xl.workbook.sync.sheet_out import SheetOut
from o2c_xl.workbook.sync.sheet_state import REWRITTEN, SheetRow, SheetState, Wanted, firsts_of, wanted_rows
from o2c_xl.workbook.sync.take_in import TakenBook
from o2c_xl.workbook.template.start_sheet import SYNC_INFO
from o2c_xl.workbook.values import CellOut

__all__ = ["Places", "plan_books", "record_restored", "write_books"]

_TOLD = 5  # so many cells are named
_FEW = 2_000  # up to so many rows are looked up by key; beyond that the whole view is cheaper


@dataclass(frozen=True, slots=True)
class Places:
    """Where versions of workbooks, our own locks and what can be taken back are kept."""

    versions: Path
    locks: Path
    undo: Path


@dataclass(slots=True)
class BookPlan:
    """What is to be written into one workbook, from which state of the ledger; `faults` are how many stand in it."""

    book: OpenBook
    head: int
    faults: int = 0
    sheets: dict[str, SheetOut] = field(default_factory=dict)

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

    @property
    def left_alone(self) -> list[str]:
        """The tables of an open workbook in which formulas were left alone: they are looked at every time."""
        return [name for name, sheet in self.sheets.items() if sheet.out.skipped and self.book.live is not None]

    def cells(self) -> int:
        """Number of cells to be written."""
        return sum(len(edit.cells) + len(edit.new) * len(edit.new.columns) for edit in self.edits)


_WITH_OTHERS = "Not taken yet: another row of this order is at fault. Mend that one; this row then goes in with it."

_OTHERS_WAIT = " The other changes in this row wait with it."


def plan_books(
    conn: Connection, books: Sequence[OpenBook], taken: Sequence[TakenBook], scope: Scope, head: int
) -> list[BookPlan]:
    """What each workbook needs; one that shows this state of the ledger and this day already needs nothing."""
    by_book = {one.book.name: one for one in taken}
    behind = [book for book in books if book.head != head or book.day != scope.day or book.name in by_book]
    if not behind:
        return []
    faults = standing_faults(conn)
    beside = [*faults, *standing_remarks(conn, scope)]
    plans = []
    for book in behind:
        known = by_book[book.name].issues if book.name in by_book else []
        plan = BookPlan(book, head, len(known) + sum(fault.source == book.name for fault in faults))
        for name in (name for name in book.places if name != SYNC_INFO.name):
            plan.sheets[name] = _plan(conn, book, BY_NAME[name], scope, (by_book.get(book.name), beside))
        plans.append(plan)
    return plans


def _plan(
    conn: Connection, book: OpenBook, table: Table, scope: Scope, known: tuple[TakenBook | None, Sequence[Issue]]
) -> SheetOut:
    one, faults = known
    sheet = one.sheets.get(table.name) if one is not None else None
    state = sheet.state if sheet is not None else book.state(conn, table)
    seen = sheet.seen if sheet is not None else state.rows
    wanted = wanted_rows(table, view_raw(conn, table, scope))
    if table.name in REWRITTEN:
        return SheetOut(state, rewritten(state, wanted))
    others = [key for key in state.rows if key not in wanted.texts]
    new_keys = {key: new for key, new in renamed(conn, table, others).items() if new not in state.rows}
    state.rename(new_keys)
    by_row = _by_row(state, one.issues if one is not None else [], faults)
    refused = sheet.refused if sheet is not None else frozenset()
    checks = dict.fromkeys(refused, _WITH_OTHERS) | {row: check_text(found) for row, found in by_row.items()}
    for row in _holding_back(state, wanted, refused, by_row):
        checks[row] += _OTHERS_WAIT
    others = [key for key in others if key in state.rows]
    held = _held(conn, table, scope, others)
    lost = {key: row for key in others if key not in held.texts and (row := state.rows[key]).row not in refused}
    shown, gone = _no_more(wanted, held, lost)
    if book.live is not None:
        shown, gone = shown.joined(gone), None  # it cannot be taken out of an open workbook, so it shows how it ended
    if shown.texts:
        wanted = wanted.joined(shown)
    return SheetOut(state, outgoing(state, wanted, Marks(checks, refused), seen, gone), refused, renamed=new_keys)


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


def _holding_back(
    state: SheetState, wanted: Wanted, refused: frozenset[int], by_row: Mapping[int, Sequence[Issue]]
) -> list[int]:
    """Refused rows in which sound cells, too, say what the ledger does not hold yet."""
    columns = [(i, c) for i, c in enumerate(state.table.columns) if c.typed and not c.key and c.header in state.present]
    same, found = Same(), []
    for key, row in state.rows.items():
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
    firsts = firsts_of(table, keys)
    view = view_raw(conn, table, replace(scope, since=None), firsts if len(firsts) <= _FEW else None)
    return wanted_rows(table, view).only(keys)


def write_books(ledger: Ledger, plans: Sequence[BookPlan], day: dt.date, places: Places) -> Outcome:
    """Write each plan whose workbook is free and unchanged; the others are written at the next sync.

    What hindered one stands in the outcome's `stops`; what hindered the one that is open in Excel is raised, once the
    others are written: its person is there.
    """
    outcome, stopped = Outcome(), None
    for plan in plans:
        try:
            saved = _save(plan, ledger, day, places) if plan.asks else None
        except CannotRun as error:
            if plan.book.live is not None:
                stopped = error
            else:
                outcome.stop(_told(plan.book.name, error))
            continue
        if saved is None and plan.book.head == plan.head and plan.book.day == day and not plan.left_alone:
            continue  # it shows this state already; it was only looked at again for its faults
        with ledger.transaction(day) as txn:
            _note(plan, outcome)
            for name in plan.left_alone:
                remember_cells(txn, name, "")
            if saved is not None:
                _count(plan, outcome)
                remember_written(txn, plan.book.path, plan.sheets, saved)
            remember_book(txn, plan.book, txn.head)
    if stopped is not None:
        raise stopped
    return outcome


def _told(book: str, error: CannotRun) -> CannotRun:
    """What hindered a workbook, by its name, and what that means for the rest."""
    why = str(error) if book in str(error) else f"{book} was not written: {error}"
    return type(error)(f"{why} The ledger went on; the workbook shows it once it can be written.")


def _count(plan: BookPlan, outcome: Outcome) -> None:
    if cells := plan.cells():
        outcome.count("cells written", cells)
    if gone := sum(len(sheet.gone) for sheet in plan.sheets.values()):
        outcome.count("rows taken out", gone)


def _save(plan: BookPlan, ledger: Ledger, day: dt.date, places: Places) -> Saved | None:
    """Write the workbook; None when it turned out that nothing is to be written."""
    book = plan.book
    if book.live is not None:
        return _write_live(book.live, plan, ledger, day)
    holder = lock_holder(book.path)
    if holder is not None:
        raise InUse(f"{book.name} is open ({holder}); it will be written when it is closed.")
    data = book.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != book.sha256:
        raise ChangedMeanwhile(f"{book.name} was saved by someone while it was read; the next sync takes it up.")
    dropped = _drop(plan, data)
    if dropped is None and not plan.edits:
        return None
    now = ledger.clock().astimezone(dt.UTC)
    edits = _all_edits(plan, ledger, day)
    new = apply_edits(dropped.left if dropped is not None else data, edits)
    other_kind = save_if_unchanged(
        book.path,
        new,
        read_sha256=book.sha256,
        versions=places.versions,
        stamp=f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z",
        locks=places.locks,
        undo=places.undo,
        dropped=dropped,
        edits=edits,
    )
    book.sha256 = hashlib.sha256(new).hexdigest()
    sheets = book_parts(Package(new)).sheets if any(edit.append for edit in edits) else ()
    return Saved({table.name: table.data.bottom for sheet in sheets for table in sheet.tables}, other_kind)


def _write_live(live: LiveBook, plan: BookPlan, ledger: Ledger, day: dt.date) -> Saved | None:
    """Write into the workbook that is open in Excel, and save it there; rows that are to go stay until it is closed."""
    for table, row, header in live.formulas(plan.edits):
        out = plan.sheets[table].out
        del out.cells[row, header]
        out.skipped.append((row, header))
    if not plan.edits:
        return None
    edits = _all_edits(plan, ledger, day)
    bottoms = live.write(edits)
    live.save()
    plan.book.sha256 = hash_of(plan.book.path)
    return Saved(bottoms, cells={edit.table: live.cells(edit.table) for edit in edits})


def _all_edits(plan: BookPlan, ledger: Ledger, day: dt.date) -> list[TableEdit]:
    """The plan's edits, and what the start sheet tells of this sync."""
    told: dict[str, CellOut] = {
        "Business date": day,
        "Last synced": ledger.clock().astimezone(dt.UTC).replace(tzinfo=None, microsecond=0),
        "Synced by": ledger.who,
        "Open faults": plan.faults,
    }
    with ledger.reading() as conn:
        return [*plan.edits, *_sync_info(conn, plan.book, told)]


def _drop(plan: BookPlan, data: bytes) -> Dropped | None:
    """Take rows out of tables where that can be done; where it cannot they stay, and nobody is told."""
    drops = [sheet.drop for sheet in plan.sheets.values() if sheet.out.drop]
    left, gone = drop_rows(data, drops) if drops else (data, {})
    for name, rows in gone.items():
        plan.sheets[name].without(rows)
    return Dropped(left, gone) if gone else None


def _sync_info(conn: Connection, book: OpenBook, values: Mapping[str, CellOut]) -> list[TableEdit]:
    """The cells of the start sheet that say when, for which day and by whom the workbook was synced."""
    if SYNC_INFO.name not in book.places:
        return []
    rows = book.state(conn, SYNC_INFO).rows
    cells = {(rows[item].row, "Value"): value for item, value in values.items() if item in rows}
    return [TableEdit(SYNC_INFO.name, cells)]


def record_restored(ledger: Ledger, plans: Sequence[BookPlan], day: dt.date) -> bool:
    """Keep in the journal which cells of Python's that someone typed over are put back; False where there are none.

    The sheet Log shows it too, so it comes before the workbooks are written.
    """
    found = [(name, sheet) for plan in plans for name, sheet in plan.sheets.items() if sheet.out.restored]
    if found:
        with ledger.transaction(day) as txn:
            for name, sheet in found:
                txn.record("cells restored", name, {"where": _restored(sheet)})
    return bool(found)


def _restored(sheet: SheetOut) -> str:
    cells = sheet.out.restored
    more = f" and {len(cells) - _TOLD} more" if len(cells) > _TOLD else ""
    return ", ".join(f"{header} in row {row}" for row, header in cells[:_TOLD]) + more


def _note(plan: BookPlan, outcome: Outcome) -> None:
    """Cells of Python's that someone typed over were restored, and formulas left alone: said."""
    for name, sheet in plan.sheets.items():
        if sheet.out.restored:
            where = f"{plan.book.name}, {BY_NAME[name].title}: restored {_restored(sheet)}"
            outcome.notes.append(f"{where}. Python fills these columns.")
        outcome.notes.extend(
            f"{plan.book.name}, {BY_NAME[name].title}: row {row} holds a formula in {header}, a column that Python "
            "fills. It was left alone; delete the formula."
            for row, header in sheet.out.skipped
        )
