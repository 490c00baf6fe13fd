"""Tables of an open workbook, read in whole blocks into the same shape as from a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import cast

from o2c_xl.tables.catalogue import BY_NAME
from o2c_xl.tables.spec import Table
from o2c_xl.workbook.address import Area
from o2c_xl.workbook.blocks import Block
from o2c_xl.workbook.excel_values import ERRORS, ExcelValue, from_excel, is_early
from o2c_xl.workbook.grid import Grid, GridTable
from o2c_xl.workbook.percents import as_percent, percent_places
from o2c_xl.workbook.read import BadCell, CellValue, TableData
from o2c_xl.workbook.start_sheet import SYNC_INFO

__all__ = ["formula_cells", "our_columns", "read_block", "read_table"]

_PLAIN = frozenset({str, float, type(None)})
_SHARE = "%"


def read_table(grid: Grid, table: GridTable) -> TableData:
    """One table, its values in one call. Formulas are looked for only where something is to be written."""
    found = _columns(grid, table.sheet, table.data)
    columns: list[list[CellValue]] = [list(column) for column in found] or [[] for _ in table.headers]
    bad = [*_errors(table, columns), *_early(table, columns), *_shares(grid, table, columns)]
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


def read_block(grid: Grid, sheet: str, area: Area) -> list[list[ExcelValue]]:
    """A block's values as ours, row by row."""
    return [list(row) for row in zip(*_columns(grid, sheet, area), strict=True)]


def _columns(grid: Grid, sheet: str, area: Area) -> list[Sequence[ExcelValue]]:
    if area.bottom < area.top:
        return []
    return [_column(column) for column in zip(*grid.values(sheet, area), strict=True)]


def _column(values: Sequence[object]) -> Sequence[ExcelValue]:
    if set(map(type, values)) <= _PLAIN and "" not in values:
        return cast("Sequence[ExcelValue]", values)
    return [from_excel(value) for value in values]


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


def _errors(table: GridTable, columns: Sequence[Sequence[CellValue]]) -> Iterator[BadCell]:
    for col, column in enumerate(columns, table.area.left):
        if not ERRORS.isdisjoint(column):
            for row, value in enumerate(column, table.data.top):
                if isinstance(value, str) and value in ERRORS:
                    problem, fix = f"{value} is an error, not a value.", "Mend the formula or enter the value."
                    yield BadCell(row, col, value, problem, fix)


def _early(table: GridTable, columns: Sequence[Sequence[CellValue]]) -> Iterator[BadCell]:
    for col, column in enumerate(columns, table.area.left):
        if set(map(type, column)) <= _PLAIN:
            continue
        for row, value in enumerate(column, table.data.top):
            if is_early(value):
                problem = f"{value:%Y-%m-%d} is before 1 March 1900, where Excel's calendar is wrong."
                yield BadCell(row, col, f"{value:%Y-%m-%d}", problem, "Enter a later date.")


def _shares(grid: Grid, table: GridTable, columns: Sequence[Sequence[CellValue]]) -> Iterator[BadCell]:
    """Cells that show 5 % and hold 0.05; see `percents`."""
    for place in percent_places(table.headers):
        column = columns[place]
        filled = [row for row, value in enumerate(column, table.data.top) if isinstance(value, float)]
        if not filled:
            continue
        at = table.area.left + place
        for row in _multiplied(grid, table.sheet, Area(filled[0], at, filled[-1], at)):
            value = column[row - table.data.top]
            if isinstance(value, float):
                shown = as_percent(value)
                problem = f"The cell shows {shown:g} % and holds {value:g}, since it is formatted as a percentage."
                fix = f"Format it as a number and type {shown:g}."
                yield BadCell(row, at, f"{value:g}", problem, fix)


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
