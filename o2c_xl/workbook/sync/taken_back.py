"""What the ledger remembers of a sheet, once a write into it was taken back: the cells as they were before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from o2c_xl.ledger.store import Txn
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.workbook.fingerprint import SEPARATOR, text_of
from o2c_xl.workbook.live.grid import GridTable
from o2c_xl.workbook.live.undo_file import Written
from o2c_xl.workbook.sync.books import info_name, seen_rows
from o2c_xl.workbook.sync.memory import forget, remember_changed, remember_new
from o2c_xl.workbook.sync.sheet_state import REWRITTEN, SheetRow
from o2c_xl.workbook.template.sync_info import SYNC_INFO

__all__ = ["remember_taken_back"]


def remember_taken_back(txn: Txn, book: str, written: Sequence[Written], tables: Iterable[GridTable]) -> None:
    """Without it the next sync would take the older cells for what a person typed, and lose a key that it gave."""
    found = {table.name: table for table in tables}
    for one in written:
        if one.table in found:
            _remember(txn, book, one, found[one.table])


def _remember(txn: Txn, book: str, one: Written, table: GridTable) -> None:
    is_info = one.table == SYNC_INFO.name
    name = info_name(book) if is_info else one.table
    spec = SYNC_INFO if is_info else BY_NAME[one.table]
    texts = _before(one, table, spec)
    gone, changed = [], {}
    for key, row, text in seen_rows(txn.conn, name):
        if row in texts:
            cells = text.split(SEPARATOR)
            for place, before in texts.pop(row).items():
                cells[place] = before
            if row > one.bottom or not any(cells):
                gone.append(key)
            else:
                changed[key] = SheetRow(row, SEPARATOR.join(cells))
    forget(txn, name, gone)
    remember_changed(txn, name, changed)
    if name in REWRITTEN:  # rows that had left the list with the write are in it again
        again = {row: [found.get(place, "") for place in range(len(spec.columns))] for row, found in texts.items()}
        left = {str(row): SheetRow(row, SEPARATOR.join(cells)) for row, cells in again.items() if row <= one.bottom}
        remember_new(txn, name, left)


def _before(one: Written, table: GridTable, spec: Table) -> dict[int, dict[int, str]]:
    """By row what stood in the cells that were written, by their place among our columns."""
    place_of = {column.header: i for i, column in enumerate(spec.columns)}
    places = {table.area.left + i: place_of.get(header.strip()) for i, header in enumerate(table.headers)}
    texts: dict[int, dict[int, str]] = defaultdict(dict)
    for block in one.before:
        for (row, column), value in block.cells():
            place = places.get(column)
            if place is not None:
                texts[row][place] = text_of(value)
    return texts
