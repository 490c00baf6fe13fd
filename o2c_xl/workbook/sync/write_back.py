"""The outward half of a sync: each workbook is made to show what the ledger holds, and nothing else of it changes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.outcome import Outcome
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.errors import ChangedMeanwhile, Damaged, InUse, Locked, NoRoom
from o2c_xl.workbook.live.book import LiveBook
from o2c_xl.workbook.locks import lock_holder
from o2c_xl.workbook.opc.package import Package, load
from o2c_xl.workbook.opc.parts import book_parts
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.left_short import LeftShort, left_short
from o2c_xl.workbook.patch.save import Dropped, save_if_unchanged
from o2c_xl.workbook.patch.shrink import drop_rows
from o2c_xl.workbook.sync.books import OpenBook, hash_of
from o2c_xl.workbook.sync.memory import remember_book
from o2c_xl.workbook.sync.older import last_stamp, next_stamp, remember_stamp
from o2c_xl.workbook.sync.plan import BookPlan
from o2c_xl.workbook.sync.remembered import Saved, remember_shown, remember_written
from o2c_xl.workbook.sync.sheet_out import SheetOut
from o2c_xl.workbook.sync.tell import NEVER
from o2c_xl.workbook.template.sync_info import SYNC_INFO
from o2c_xl.workbook.values import CellOut

__all__ = ["Places", "leave_formulas", "record_restored", "write_books"]

_TOLD = 5  # so many cells are named


@dataclass(frozen=True, slots=True)
class Places:
    """Where versions of workbooks, our own locks and what can be taken back are kept."""

    versions: Path
    locks: Path
    undo: Path


def write_books(ledger: Ledger, plans: Sequence[BookPlan], day: dt.date, places: Places) -> Outcome:
    """Write each plan whose workbook is free and unchanged; the others are written at the next sync.

    What hindered one stands in the outcome's `stops`.
    """
    outcome = Outcome()
    for plan in plans:
        try:
            saved = _save(plan, ledger, day, places) if plan.asks else None
        except CannotRun as error:
            if plan.book.live is not None:
                outcome.stop(error)
            else:
                outcome.stop(_told(plan.book.name, error))
            continue
        for reason in plan.left_out:
            outcome.stop(reason)
        if saved is None and plan.shows(day):
            continue  # it was only looked at again for its faults
        with ledger.transaction(day) as txn:
            head = txn.head
            _note(plan, outcome)
            if saved is not None:
                _count(plan, outcome)
                remember_written(txn, plan.sheets, saved)
                remember_stamp(txn, plan.book.name, saved.told)
                _tell_short(txn, plan.book.name, saved, outcome)
            if plan.book.live is not None:
                remember_shown(txn, plan.book, plan.book.live, plan.sheets)
            remember_book(txn, plan.book, NEVER if plan.left_out else head)
    return outcome


def _told(book: str, error: CannotRun) -> CannotRun:
    """What hindered a workbook, by its name, and what that means for the rest."""
    why = str(error) if book in str(error) else f"{book} was not written: {error}"
    return type(error)(f"{why} The ledger went on; the workbook shows it once it can be written.")


def _count(plan: BookPlan, outcome: Outcome) -> None:
    if cells := plan.cells():
        outcome.count("cells written", cells)
    if gone := sum(len(sheet.gone) for sheet in plan.sheets.values()):
        outcome.count("rows no longer listed", gone)


def _save(plan: BookPlan, ledger: Ledger, day: dt.date, places: Places) -> Saved | None:
    """Write the workbook; None when it turned out that nothing is to be written."""
    book = plan.book
    if book.live is not None:
        return _write_live(book.live, plan, ledger, day)
    holder = lock_holder(book.path)
    if holder is not None:
        raise InUse(f"{book.name} is open ({holder}); it will be written when it is closed.")
    data = load(book.path)
    if hashlib.sha256(data).hexdigest() != book.sha256:
        raise ChangedMeanwhile(f"{book.name} was saved by someone while it was read; the next sync takes it up.")
    dropped = _drop(plan, data)
    left = dropped.left if dropped is not None else data
    made = _made(plan, left, ledger, day, anyhow=dropped is not None)
    if made is None:
        return None
    new, edits, told = made
    now = ledger.clock().astimezone(dt.UTC)
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
    sheets = book_parts(Package(new)).sheets
    bottoms = {table.name: table.data.bottom for sheet in sheets for table in sheet.tables}
    return Saved(bottoms, told, other_kind, new if other_kind else b"", _short(left, new))


def _short(before: bytes, now: bytes) -> Mapping[str, Sequence[LeftShort]]:
    """What points at a table's old last row: worth a note, and never a reason not to have saved."""
    try:
        return left_short(before, now)
    except Damaged:
        return {}


def _made(
    plan: BookPlan, data: bytes, ledger: Ledger, day: dt.date, *, anyhow: bool
) -> tuple[bytes, list[TableEdit], dt.datetime] | None:
    """The new version, its edits and the time that it tells, without what has no room and what stands on locked sheets.

    None when nothing is to be written, unless it is to be made `anyhow`.
    """
    if not (plan.edits or anyhow):
        return None
    edits, told = _all_edits(plan, ledger, day)
    try:
        return apply_edits(data, edits), edits, told
    except NoRoom as error:
        plan.leave_out(error.tables)
    except Locked as error:
        plan.leave_alone(error.tables)
    return _made(plan, data, ledger, day, anyhow=anyhow)


def _write_live(live: LiveBook, plan: BookPlan, ledger: Ledger, day: dt.date) -> Saved | None:
    """Write into the workbook that is open in Excel, and save it there; rows that are to go stay until it is closed."""
    if not plan.edits:
        return None
    edits, told = _all_edits(plan, ledger, day)
    bottoms = live.write(edits)
    plan.book.sha256 = hash_of(plan.book.path)
    return Saved(bottoms, told)


def leave_formulas(plan: BookPlan) -> None:
    """Leave cells of an open workbook alone that hold a formula; looked for only where something is planned."""
    found = plan.book.live.formulas(plan.edits) if plan.book.live is not None else []
    for table, row, header in found:
        out = plan.sheets[table].out
        del out.cells[row, header]
        out.restored = [where for where in out.restored if where != (row, header)]
        out.skipped.append((row, header))


def _all_edits(plan: BookPlan, ledger: Ledger, day: dt.date) -> tuple[list[TableEdit], dt.datetime]:
    """The plan's edits with what the start sheet tells of this sync, and the time that it tells."""
    now = ledger.clock().astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    with ledger.reading() as conn:
        stamp = next_stamp(last_stamp(conn, plan.book.name), now)
        told: dict[str, CellOut] = {
            "Business date": day,
            "Last synced": stamp,
            "Synced by": ledger.who,
            "Open faults": plan.faults,
        }
        info = [] if SYNC_INFO.name in plan.locked else _sync_info(conn, plan.book, told)
        return [*plan.edits, *info], stamp


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


def _tell_short(txn: Txn, book: str, saved: Saved, outcome: Outcome) -> None:
    """Say what leaves out rows that tables grew by, and keep it in the journal; the Log shows it at the next sync."""
    for table, short in saved.short.items():
        places: dict[str, list[str]] = {}
        for one in short:
            places.setdefault(one.where, []).append(one.covers)
        told = [f"{where} ({', '.join(covers)})" for where, covers in places.items()]
        where = ", ".join(told[:_TOLD]) + (f" and {len(told) - _TOLD} more" if len(told) > _TOLD else "")
        outcome.notes.append(
            f"{book}: the table {table} grew to row {saved.bottoms[table]}, and these leave its new rows out: {where}. "
            f"Let them reach further down, or let formulas and names say {table}[{short[0].column}], which grows along."
        )
        txn.record("ranges left short", table, {"book": book, "where": where})
