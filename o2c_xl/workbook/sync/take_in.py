"""The inward half of a sync: what staff typed since the workbooks were last seen goes into the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from o2c_xl.domain.issue import Issue
from o2c_xl.domain.outcome import Outcome
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger.issues import keys_at_fault
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.check.reading import read_block
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.batch import Batch, Block, Needs
from o2c_xl.tables.parse.fault import Fault
from o2c_xl.tables.show.renamed import renamed
from o2c_xl.tables.show.views import Scope
from o2c_xl.tables.take.given_up import give_up
from o2c_xl.tables.take.take_all import take_all
from o2c_xl.workbook.address import column_letters
from o2c_xl.workbook.fingerprint import SEPARATOR
from o2c_xl.workbook.reading.data import TableData
from o2c_xl.workbook.sync.books import OpenBook, seen_rows
from o2c_xl.workbook.sync.clashes import settle_clashes
from o2c_xl.workbook.sync.header_notes import lacking_faults, unread_notes
from o2c_xl.workbook.sync.incoming import Clash, Incoming, adopt_keyless, clashes, incoming, overtyped, refuse_emptied
from o2c_xl.workbook.sync.memory import keep_gone, remember_book, remember_renamed
from o2c_xl.workbook.sync.older import find_again, older_since, remember_info
from o2c_xl.workbook.sync.same import Same
from o2c_xl.workbook.sync.sheet_state import SheetRow, SheetState, state_from_seen
from o2c_xl.workbook.sync.taken import TakenBook, TakenSheet, settle, typed_places
from o2c_xl.workbook.sync.taken_out import older_note, sheet_notes, shown_again
from o2c_xl.workbook.sync.tell import NEVER, tell_faults
from o2c_xl.workbook.sync.wanted import Wanted, held_rows
from o2c_xl.workbook.template.sync_info import SYNC_INFO

__all__ = ["take_again", "take_books"]


def take_books(
    txn: Txn, books: Sequence[OpenBook], scope: Scope, policy_now: Callable[[Txn], Policy], *, allow_empty: bool
) -> tuple[list[TakenBook], Outcome]:
    """Take what changed in the workbooks that were read; refused rows stay as they are and are tried again."""
    outcome = Outcome()
    taken = [TakenBook(book, older_since(txn.conn, book)) for book in books if book.tables or book.fresh]
    for one in taken:
        outcome.notes += unread_notes(one.book)
        for name, data in one.book.tables.items():
            if name == SYNC_INFO.name:
                remember_info(txn, one.book, data)
                continue
            sheet = one.sheets[name] = _look(txn, one, data, scope, allow_empty=allow_empty)
            outcome.notes += sheet_notes(
                one.book.name, data, (sheet.state, sheet.seen, sheet.again, sheet.given_up), older=bool(one.older)
            )
        outcome.notes += older_note(one.book.name, one.older, [sheet.again for sheet in one.sheets.values()])
    batches: list[Batch] = [s.batch for one in taken for s in one.sheets.values() if s.batch is not None]
    for name, number in take_all(txn, batches, policy_now).items():
        outcome.count(name, number)
    doubtful = any(batch.issues for batch in batches)
    for one in taken:
        for name, sheet in one.sheets.items():
            settle(txn, (one, name, sheet), scope, doubtful=doubtful)
            outcome.notes += settle_clashes(txn, one.book, (BY_NAME[name], sheet.state), _kept(txn, sheet, scope))
        keep_gone(txn, one.book)
        if one.book.fresh:
            remember_book(txn, one.book, NEVER)
    outcome.fault(_tell(txn, books, taken))
    return taken, outcome


def _tell(txn: Txn, books: Sequence[OpenBook], taken: Sequence[TakenBook]) -> list[Issue]:
    """Keep the faults of the workbooks that were read, for whichever of `books` lists them; returns them."""
    for one in taken:  # all tables have their places now
        one.issues += lacking_faults(txn.conn, one.book)
    tell_faults(txn, books, {one.book.name: one.issues for one in taken})
    return [issue for one in taken for issue in one.issues]


def take_again(
    txn: Txn, taken: Sequence[TakenBook], scope: Scope, policy_now: Callable[[Txn], Policy]
) -> dict[str, int]:
    """Try the rows at fault again as things stand now; returns how many rows changed per table.

    The work that was done since they were read may have changed what there is to say of them.
    """
    tried = [one for one in taken if any(sheet.doubtful for sheet in one.sheets.values())]
    for one in tried:
        one.issues.clear()
        for name, sheet in one.sheets.items():
            doubtful = _tried_again(sheet)
            sheet.rows = [row for row in sheet.rows if row.sheet_row.row in doubtful]
            keys = [row.key for row in sheet.rows if row.key]
            known = held_rows(txn.conn, sheet.state.table, scope, keys)
            tries = doubtful and sheet.batch is not None
            sheet.batch = _read_rows(one.book, one.book.tables[name], sheet, known) if tries else None
    counts = take_all(txn, [s.batch for one in tried for s in one.sheets.values() if s.batch is not None], policy_now)
    for one in tried:
        for name, sheet in one.sheets.items():
            settle(txn, (one, name, sheet), scope, doubtful=True)
    _tell(txn, [one.book for one in taken], tried)
    return counts


def _tried_again(sheet: TakenSheet) -> frozenset[int]:
    """The rows that the work may have made sound, with the first of each key that stands twice.

    Without it beside the one that repeats its key, that would pass for a change of it; and without both an order would
    go ahead without one of its lines.
    """
    firsts = {sheet.state.rows[key].row for key in sheet.state.twice if key in sheet.state.rows}
    return sheet.doubtful | firsts if sheet.doubtful else sheet.doubtful


def _look(txn: Txn, one: TakenBook, data: TableData, scope: Scope, *, allow_empty: bool) -> TakenSheet:
    table, book = BY_NAME[data.name], one.book
    state = book.state(txn.conn, table)
    before = _renamed(txn, state, state_from_seen(table, (), seen_rows(txn.conn, table.name)))
    if not (allow_empty or one.older):
        refuse_emptied(state, before, source=book.name)
    over = overtyped(state, before)
    state.rename(over)
    blank_key = _blank_keys(table)
    pending = {key: row for key, row in before.items() if _keyless(row, blank_key)}
    adopted, state.keyless = adopt_keyless(state, pending)
    state.rows.update(adopted)
    found = find_again(txn.conn, data, (state, before), scope, older=bool(one.older))
    state.rows.update(found.rows)
    state.keyless = [*found.new, *found.doubted]
    known = _known(txn, state, before, scope)
    # The first row of a key comes in with those that repeat it, which are told beside it and never taken for it.
    rows = incoming(state, before, known, keys_at_fault(txn.conn, table.name) | state.twice)
    typed_key = all(column.typed for column in table.keys)
    if typed_key:
        rows += [Incoming(row, "", typed_places(table)) for row in found.new if _typed(table, row)]
    rows += [Incoming(row, "", typed_places(table)) for row in state.repeated]
    doubts = [replace(doubt, source=book.name) for doubt in found.issues]
    again = shown_again(txn.conn, state, before, scope)
    given_up = [] if one.older else give_up(txn, table, again)
    again = [key for key in again if key not in given_up]
    over_rows = {state.rows[key].row: key for key in over.values()}
    sheet = TakenSheet(state, before, rows, overtyped=over_rows, doubts=doubts, again=again, given_up=given_up)
    sheet.clashes = clashes(rows, before, known, table.columns)
    if rows:
        sheet.batch = _read_rows(book, data, sheet, known)
    return sheet


def _renamed(txn: Txn, state: SheetState, before: SheetState) -> dict[str, SheetRow]:
    """Let rows whose key changed since the sheet showed them bear the new one; returns how they were last seen."""
    found = renamed(txn.conn, state.table, state.rows)
    keys = {old: new for old, new in found.items() if new not in state.rows}
    state.rename(keys)
    remembered = {old: new for old, new in keys.items() if old in before.rows}
    before.rename(remembered)
    remember_renamed(txn, state.table.name, remembered)
    return before.rows


def _kept(txn: Txn, sheet: TakenSheet, scope: Scope) -> list[Clash]:
    """Those whose cell in the sheet is what the ledger holds now; what was refused, or waits, is told otherwise."""
    found = [one for one in sheet.clashes if one.row not in sheet.refused]
    if not found:
        return []
    table, same = sheet.state.table, Same()
    held = held_rows(txn.conn, table, scope, dict.fromkeys(one.key for one in found)).texts
    now = {one: held[one.key].split(SEPARATOR)[one.place] for one in found if one.key in held}
    return [one for one, text in now.items() if text == one.sheet or same(table.columns[one.place], one.sheet, text)]


def _overtyped_key(batch: Batch, index: int, key: str, known: Wanted) -> int:
    """The place of the key's column over which was typed; the last one where several were."""
    keys = [(place, column) for place, column in enumerate(batch.table.columns) if column.key]
    other = [place for place, column in keys if batch.columns[column.field][index] != known.value(key, place)]
    return other[0] if len(other) == 1 else keys[-1][0]


def _blank_keys(table: Table) -> tuple[int, ...]:
    return tuple(i for i, column in enumerate(table.columns) if column.key)


def _keyless(row: SheetRow, places: tuple[int, ...]) -> bool:
    """Whether the sheet did not show the row's key yet when it was last seen; a key stands first in its row."""
    if places == (0,):
        return row.text[:1] == SEPARATOR
    cells = row.text.split(SEPARATOR, max(places) + 1)
    return not all(cells[i] for i in places)


def _typed(table: Table, row: SheetRow) -> bool:
    cells = row.cells
    return any(cells[i] for i in typed_places(table))


def _known(txn: Txn, state: SheetState, before: dict[str, SheetRow], scope: Scope) -> Wanted:
    """What the ledger holds for rows that differ from what was last seen."""
    table = state.table
    differing = [key for key, row in state.rows.items() if (old := before.get(key)) is None or old.text != row.text]
    if not differing:
        return Wanted(table, {}, {}, {})
    return held_rows(txn.conn, table, scope, differing)


def _read_rows(book: OpenBook, data: TableData, sheet: TakenSheet, known: Wanted) -> Batch:
    """Parse the rows that changed; a cell they did not change carries what the ledger holds."""
    table = sheet.state.table
    rows = sorted(sheet.rows, key=lambda row: row.sheet_row.row)
    numbers = [row.sheet_row.row for row in rows]
    at = [number - data.first_row for number in numbers]
    places = [i for i, h in enumerate(data.headers) if (c := table.by_header.get(h.strip())) and (c.typed or c.key)]
    block = Block(
        source=book.name,
        sheet=data.sheet,
        headers=[data.headers[i] for i in places],
        columns=[[data.columns[i][k] for k in at] for i in places],
        letters=[column_letters(data.first_col + i) for i in places],
        rows=numbers,
        bad={(b.row, column_letters(b.col)): (b.text, Fault(b.problem, b.fix)) for b in data.bad},
    )
    batch = read_block(block, table, Needs.SHEET)
    by_row = {row.sheet_row.row: row for row in rows}
    for index, number in enumerate(batch.rows):
        row = by_row[number]
        if row.key not in known.texts:
            continue
        if number in sheet.overtyped:
            place = _overtyped_key(batch, index, row.key, known)
            old = known.value(row.key, place)
            fix = f"Put {old} back; what is new is typed into a new row."
            batch.fault(index, table.columns[place].field, f"{old} stood here.", fix)
        other_key = batch.key_text(index) != row.key
        for place, column in enumerate(table.columns):
            as_known = other_key if column.key else column.typed and place not in row.changed
            if as_known and column.field in batch.columns:
                batch.columns[column.field][index] = known.value(row.key, place)
    return batch
