"""Opens a partner's file as grids of cells: every visible sheet of a workbook, or a csv."""

from __future__ import annotations

import re
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.layouts.grid import Grid, ListedTable
from o2c_xl.intake.lists.csvfile import decoded, records_of
from o2c_xl.intake.lists.delimiter import part_evenly
from o2c_xl.tables.parse.fault import Fault
from o2c_xl.workbook.address import Area, area
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.parts import Sheet
from o2c_xl.workbook.reading.book import Book, read_book
from o2c_xl.workbook.reading.rows import SheetRows

__all__ = ["read_grids"]

_ZIP_OR_OLE = (b"PK", b"\xd0\xcf\x11\xe0")
_MERGED = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?mergeCell\s[^<>]*?ref=[\"']([A-Z0-9:$]{1,40})[\"']")
_MOST_MERGED = 20_000


def read_grids(path: Path, name: str, encoding: str = "") -> list[Grid]:
    """Every list of cells in the file; `name` is what people call it, `encoding` a csv's where it was told.

    Raises CannotRun where the file as a whole cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise CannotRun(f"{name} cannot be read: {error.strerror or error}.") from error
    if not start:
        raise CannotRun(f"{name} is empty.")
    if not start.startswith(_ZIP_OR_OLE):
        return [_csv_grid(path, name, encoding)]
    try:
        book = read_book(path, only=())
        # A person confirms only what can be seen.
        return [_sheet_grid(book, sheet, name) for sheet in book.parts.sheets if not sheet.hidden]
    except Damaged as fault:
        raise CannotRun(f"{name}: {fault}") from fault


def _sheet_grid(book: Book, sheet: Sheet, name: str) -> Grid:
    rows: SheetRows = book.sheet_rows(sheet.name)
    return Grid(
        source=name,
        sheet=sheet.name,
        columns=[list[object](column) for column in rows.columns],
        numbers=range(1, rows.height + 1),
        first_col=rows.first_col,
        merged=_merged(book.package.read(sheet.part)),
        bad={
            (cell.row - 1, cell.col - rows.first_col): (cell.text, Fault(cell.problem, cell.fix)) for cell in rows.bad
        },
        tables=[
            ListedTable(
                table.name,
                table.data.top - 2,
                table.data.bottom - 1,
                table.ref.left - rows.first_col,
                table.ref.right - rows.first_col,
            )
            for table in sheet.tables
            if table.header_rows
        ],
        percents=rows.percents,
    )


def _merged(xml: bytes) -> list[Area]:
    """The sheet's merged ranges; they stand after its rows."""
    tail = xml.rfind(b"sheetData>")
    found = []
    for count, match in enumerate(_MERGED.finditer(xml, max(tail, 0))):
        block = area(match[1].decode("ascii"))
        if block is not None:
            found.append(block)
        if count >= _MOST_MERGED:
            break
    return found


def _csv_grid(path: Path, name: str, encoding: str) -> Grid:
    """The csv as a grid; its delimiter is the one that cuts the most lines into equally many parts."""
    text = decoded(path.read_bytes(), name, encoding)
    found = records_of(part_evenly(text), name)
    width = max(map(len, found.records), default=0)
    columns: list[list[object]] = [
        [record[c] if c < len(record) and record[c].strip() else None for record in found.records] for c in range(width)
    ]
    return Grid(
        source=name, sheet="", columns=columns, numbers=found.lines, typed=False, widths=list(map(len, found.records))
    )
