"""`o2c undo`: a workbook on the disk as it was before the last write into it. What was posted stays posted.

The ledger's memory of the sheet goes back first, then the file: where the second fails, the next sync finds in the file
what the books hold anyway.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from o2c_xl.company.opened import Company
from o2c_xl.domain.issue import CannotRun
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.address import Area, area
from o2c_xl.workbook.errors import ChangedMeanwhile, InUse
from o2c_xl.workbook.fingerprint import column_texts
from o2c_xl.workbook.live.blocks import Block
from o2c_xl.workbook.live.excel_values import ExcelValue, from_excel
from o2c_xl.workbook.live.grid import GridTable
from o2c_xl.workbook.live.undo_file import Written
from o2c_xl.workbook.locks import lock_holder
from o2c_xl.workbook.patch.last_write import LastWrite
from o2c_xl.workbook.patch.save import save_if_unchanged
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.reading.data import TableData
from o2c_xl.workbook.sync.books import OpenBook, book_paths, hash_of
from o2c_xl.workbook.sync.memory import remember_book
from o2c_xl.workbook.sync.sheet_state import REWRITTEN
from o2c_xl.workbook.sync.taken_back import remember_taken_back
from o2c_xl.workbook.sync.tell import NEVER
from o2c_xl.workbook.template.sync_info import SYNC_INFO

__all__ = ["PutBack", "put_back"]

_TABLES = {*BY_NAME, SYNC_INFO.name}


@dataclass(frozen=True, slots=True)
class PutBack:
    """A workbook whose last write was taken back: how many cells are as before, and the version they came from."""

    book: Path
    cells: int
    version: Path


def put_back(company: Company, book: Path | None, day: dt.date, *, dry_run: bool) -> PutBack:
    """Take the last write into a workbook back, where it is still exactly what was written.

    Raises CannotRun in one sentence: nothing was written, somebody has it open, or it was changed since.
    """
    path, last = _last(company, book)
    holder = lock_holder(path)
    if holder is not None:
        raise InUse(f"{path.name} is open ({holder}). Close it, or press Undo last write in Excel.")
    if hash_of(path) != last.sha256:
        raise ChangedMeanwhile(
            f"{path.name} was changed since it was last written, so it stays as it is. "
            f"The version before that write is {last.version}."
        )
    if not last.version.is_file():
        raise CannotRun(f"The version before the last write, {last.version}, is gone. {path.name} stays as it is.")
    written, tables = _differences(path, last.version)
    cells = sum(len(one.before) for one in written if one.table != SYNC_INFO.name)
    found = PutBack(path, cells, last.version)
    if not dry_run:
        _remember(company, found, written, tables, day)
        _swap(company, path, last)
    return found


def _remember(
    company: Company, found: PutBack, written: Sequence[Written], tables: Sequence[GridTable], day: dt.date
) -> None:
    back = OpenBook(found.book, "", fresh=True, head=NEVER, day=None)  # so that the next sync reads it
    with company.ledger.transaction(day) as txn:
        remember_taken_back(txn, found.book.name, written, tables)
        remember_book(txn, back, NEVER)


def _swap(company: Company, path: Path, last: LastWrite) -> None:
    now, folder = company.ledger.clock().astimezone(dt.UTC), company.folder
    save_if_unchanged(
        path,
        last.version.read_bytes(),
        read_sha256=last.sha256,
        versions=folder.versions,
        stamp=f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z",
        locks=folder.locks,
    )
    LastWrite.forget(folder.undo, path.name)


def _last(company: Company, book: Path | None) -> tuple[Path, LastWrite]:
    """The workbook that is meant, and its last write."""
    folder = company.folder
    paths = [path for path in book_paths(folder.books) if book is None or path.name == book.name]
    if not paths:
        raise CannotRun(f"{book.name if book else 'A workbook'} is not in {folder.books}.")
    lasts = ((path, LastWrite.read(folder.undo, folder.versions, path.name)) for path in paths)
    found = [(path, last) for path, last in lasts if last is not None]
    if not found:
        raise CannotRun("There is no write into a workbook that could be taken back.")
    if len(found) > 1:
        names = ", ".join(path.name for path, _ in found)
        raise CannotRun(f"Several workbooks were written: {names}. Name the one with --book.")
    return found[0]


def _differences(path: Path, version: Path) -> tuple[list[Written], list[GridTable]]:
    """What the last write changed, table by table, and where the tables stand."""
    now = {table.name: table for table in read_book(path, only=_TABLES, below=True).tables}
    before = {table.name: table for table in read_book(version, only=_TABLES, below=True).tables}
    both = [(table, before[name]) for name, table in now.items() if name in before]
    for table, old in both:
        if table.name not in REWRITTEN and not _same_rows(table, old):
            raise CannotRun(
                f"Rows left {table.sheet} with the last write, so it cannot be taken back in place; nothing was "
                f"changed. The version before that write is {version}: to go back, copy it over {path.name}."
            )
    return [_difference(table, old) for table, old in both if table != old], [_placed(table) for table, _ in both]


def _difference(now: TableData, before: TableData) -> Written:
    blocks = [Block(Area(*cell, *cell), [[value]]) for cell, value in _cells(now, before)]
    grown = now.first_row + now.height - 1
    return Written(now.name, now.sheet, blocks, [], before.first_row + before.height - 1, grown)


def _cells(now: TableData, before: TableData) -> Iterator[tuple[tuple[int, int], ExcelValue]]:
    """Each cell that differs, with what stood in it; rows that were added or left count by their filled cells."""
    height = max(now.height, before.height)
    for place, columns in enumerate(zip(now.columns, before.columns, strict=True)):
        new, held = (column + [None] * (height - len(column)) for column in columns)
        texts = zip(column_texts(new), column_texts(held), held, strict=True)
        for row, (text, other, value) in enumerate(texts, now.first_row):
            if text != other:
                yield (row, now.first_col + place), from_excel(value)


def _same_rows(now: TableData, before: TableData) -> bool:
    """False where rows left the sheet with the write: those below moved, and their memory cannot be told apart."""
    keys = [column.header for column in BY_NAME[now.name].keys] if now.name in BY_NAME else []
    places = [i for i, header in enumerate(now.headers) if header.strip() in keys]
    if before.height > now.height or before.headers != now.headers:
        return False
    pairs = (pair for i in places for pair in zip(before.columns[i], now.columns[i], strict=False))
    return all(old is None or old == new for old, new in pairs)


def _placed(table: TableData) -> GridTable:
    found = area(table.ref)
    if found is None:
        raise CannotRun(f"The table {table.name} stands nowhere.")
    return GridTable(table.name, table.sheet, found, table.headers, totals=False)
