"""Tables of an open workbook, read in whole blocks into the same shape as from a file."""

from __future__ import annotations

import datetime as dt
import hashlib
import marshal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby
from operator import itemgetter

from o2c_xl.domain.issue import CannotRun
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.error_values import ERROR_VALUES
from o2c_xl.tables.parse.headers import as_ours
from o2c_xl.workbook.address import Area
from o2c_xl.workbook.fingerprint import column_texts
from o2c_xl.workbook.live.blocks import Block
from o2c_xl.workbook.live.excel_values import ExcelValue, from_excel, is_early
from o2c_xl.workbook.live.grid import Grid, GridTable
from o2c_xl.workbook.reading.data import BadCell, CellValue, TableData
from o2c_xl.workbook.reading.percents import as_percent, percentages
from o2c_xl.workbook.template.sync_info import SYNC_INFO

__all__ = ["cells_hash", "formula_cells", "our_columns", "read_block", "read_table", "tables_with_headers"]

_PLAIN = frozenset({str, float, type(None)})
_NO_DAY = dt.date(1899, 12, 30)  # the day that Excel gives a time of none
_SHARE = "%"
_NO_REFERENCES = 2  # marshal's last form in which alike values give the same bytes, whichever objects they are


def tables_with_headers(grid: Grid) -> list[GridTable]:
    """All tables, headers as we write them; raises CannotRun where the header row of one of ours is switched off."""
    tables = [replace(table, headers=as_ours(table.headers, BY_NAME.get(table.name))) for table in grid.tables()]
    for table in tables:
        if not table.headers and table.name in {*BY_NAME, SYNC_INFO.name}:
            raise CannotRun(
                f"The table {table.name} on the sheet {table.sheet} has its header row switched off. Switch it on "
                "(Table Design, Header Row), then press the button again; nothing was changed."
            )
    return tables


def read_table(grid: Grid, table: GridTable) -> TableData:
    """One table, its values in one call. Formulas are looked for only where something is to be written."""
    columns: list[list[CellValue]] = []
    bad: list[BadCell] = []
    for values, kinds in _columns(grid, table.sheet, table.data):
        place = table.area.left + len(columns)
        columns.append([*values])
        bad += _errors(table, place, values) if str in kinds else ()
        bad += _early(table, place, values) if not kinds <= _PLAIN else ()
    columns = columns or [[] for _ in table.headers]
    bad += _shares(grid, table, columns)
    for cell in bad:
        columns[cell.col - table.area.left][cell.row - table.data.top] = None
    return TableData(
        name=table.name,
        sheet=table.sheet,
        ref=str(table.area),
        headers=table.headers,
        first_row=table.data.top,
        first_col=table.area.left,
        columns=columns,
        bad=tuple(bad),
        formula_cells=frozenset(),
    )


def cells_hash(data: TableData) -> str:
    """The SHA-256 of what a table holds and where: where two are alike, reading them gives the same rows."""
    held = hashlib.sha256(f"{data.ref}{data.total}{data.left or ''}{data.bad or ''}".encode())
    for column in data.columns:
        try:
            held.update(marshal.dumps(column, _NO_REFERENCES))
        except ValueError:  # dates; their texts as a tuple are no list of texts
            held.update(marshal.dumps(tuple(column_texts(column)), _NO_REFERENCES))
    return held.hexdigest()


def read_block(grid: Grid, sheet: str, area: Area) -> list[list[ExcelValue]]:
    """A block's values as ours, row by row."""
    columns = (values for values, _ in _columns(grid, sheet, area))
    return [list(row) for row in zip(*columns, strict=True)]


def _columns(grid: Grid, sheet: str, area: Area) -> Iterator[tuple[list[ExcelValue], set[type]]]:
    """Each column's values as ours, and of which kinds they came; each distinct one is turned once."""
    if area.bottom < area.top:
        return
    for values in zip(*grid.values(sheet, area), strict=True):
        kinds = set(map(type, values))
        if kinds <= _PLAIN and (str not in kinds or "" not in values):
            yield list(values), kinds
        elif bool in kinds:  # to a dict, True and 1.0 are one
            yield [from_excel(value) for value in values], kinds
        else:
            memo = {value: from_excel(value) for value in set(values)}
            yield list(map(memo.__getitem__, values)), kinds


def formula_cells(grid: Grid, sheet: str, block: Block) -> Iterator[tuple[int, int]]:
    """(row, column) of the block's cells that hold a formula; a text that only begins with = is none."""
    texts = grid.formulas(sheet, block.area)
    for (cell, value), text in zip(block.cells(), chain.from_iterable(texts), strict=True):
        if text[:1] == "=" and text != value:
            yield cell


def our_columns(table: GridTable) -> list[range]:
    """The columns that Python fills, as runs side by side."""
    spec: Table = SYNC_INFO if table.name == SYNC_INFO.name else BY_NAME[table.name]
    ours = {column.header for column in spec.columns if not column.typed}
    runs, at = [], table.area.left
    for is_ours, headers in groupby(table.headers, lambda header: header.strip() in ours):
        width = len(list(headers))
        runs += [range(at, at + width)] if is_ours else []
        at += width
    return runs


def _errors(table: GridTable, col: int, column: Sequence[CellValue]) -> Iterator[BadCell]:
    if ERROR_VALUES.isdisjoint(column):
        return
    for row, value in enumerate(column, table.data.top):
        if isinstance(value, str) and value in ERROR_VALUES:
            problem, fix = f"{value} is an error, not a value.", "Mend the formula or enter the value."
            yield BadCell(row, col, value, problem, fix)


def _early(table: GridTable, col: int, column: Sequence[CellValue]) -> Iterator[BadCell]:
    for row, value in enumerate(column, table.data.top):
        if isinstance(value, dt.datetime) and value.date() == _NO_DAY:
            shown = f"{value:%H:%M:%S}"
            fix = "Enter a date such as 2026-11-02, or format the cell as text."
            yield BadCell(row, col, shown, f"{shown} is a time without a day.", fix)
        elif is_early(value):
            problem = f"{value:%Y-%m-%d} is before 1 March 1900, where Excel's calendar is wrong."
            yield BadCell(
                row,
                col,
                f"{value:%Y-%m-%d}",
                problem,
                "Format it as a number and enter it again if it is one, or enter a later date.",
            )


def _shares(grid: Grid, table: GridTable, columns: Sequence[Sequence[CellValue]]) -> Iterator[BadCell]:
    """Cells that show 5 % and hold 0.05; see `percents`."""
    top, left = table.data.top, table.area.left
    for place, found in groupby(percentages(table.headers, columns), itemgetter(0)):
        filled, column = {top + at for _, at in found}, left + place
        for row in _multiplied(grid, table.sheet, Area(min(filled), column, max(filled), column)):
            value = columns[place][row - top]
            if row in filled and isinstance(value, float):
                shown = as_percent(value)
                problem = f"The cell shows {shown:g} % and holds {value:g}, since it is formatted as a percentage."
                yield BadCell(row, column, f"{value:g}", problem, f"Format it as a number and type {shown:g}.")


def _multiplied(grid: Grid, sheet: str, area: Area) -> Iterator[int]:
    """The rows of one column whose format shows a hundred times what they hold: halved until the format is one."""
    code = grid.number_format(sheet, area)
    if code is not None:
        yield from range(area.top, area.bottom + 1) if _is_share(code) else ()
    elif area.top < area.bottom:
        middle = (area.top + area.bottom) // 2
        yield from _multiplied(grid, sheet, Area(area.top, area.left, middle, area.right))
        yield from _multiplied(grid, sheet, Area(middle + 1, area.left, area.bottom, area.right))


def _is_share(code: str) -> bool:
    """A % outside of quotes multiplies; `0" %"` only shows the sign."""
    outside = "".join(part for index, part in enumerate(code.split('"')) if index % 2 == 0)
    return _SHARE in outside.replace("\\%", "")
