"""Rows typed right under a table of an open workbook without the table growing: told by the rule of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from o2c_xl.workbook.address import MAX_ROW, Area, address
from o2c_xl.workbook.below import Above, total_in
from o2c_xl.workbook.live.excel_values import ExcelValue
from o2c_xl.workbook.live.grid import Grid, GridTable
from o2c_xl.workbook.live.read import read_block

__all__ = ["with_typed_below"]

_MORE, _MOST = 8, 4_096  # so many times as many rows are asked for next, and never more than that


def with_typed_below(grid: Grid, table: GridTable, tables: Sequence[GridTable]) -> tuple[GridTable, str]:
    """The table reaching over the rows typed right under it; the first cell of a person's own totals, '' = none."""
    rows = list(_filled(grid, table, _limit(table, tables)))
    if not rows:
        return table, ""
    total = _total(grid, table, rows)
    bottom = table.area.bottom + len(rows) if total is None else total[0] - 1
    return replace(table, area=replace(table.area, bottom=bottom)), address(*total) if total else ""


def _limit(table: GridTable, tables: Sequence[GridTable]) -> int:
    """The last row that may be the table's: under its own totals none is, and none of another table."""
    if table.totals:
        return table.area.bottom
    under = replace(table.area, top=table.area.bottom + 1, bottom=MAX_ROW)
    others = (one.area.top for one in tables if one.sheet == table.sheet and one.area.meets(under))
    return min(others, default=MAX_ROW + 1) - 1


def _filled(grid: Grid, table: GridTable, limit: int) -> Iterator[list[ExcelValue]]:
    """The rows under the table up to the first blank one: one is looked at, then many more at a time."""
    top, height = table.area.bottom + 1, 1
    while top <= limit:
        area = replace(table.area, top=top, bottom=min(top + height - 1, limit))
        for row in read_block(grid, table.sheet, area):
            if all(value is None for value in row):
                return
            yield row
        top, height = area.bottom + 1, min(height * _MORE, _MOST)


def _total(grid: Grid, table: GridTable, rows: Sequence[Sequence[ExcelValue]]) -> tuple[int, int] | None:
    """Where the first line of totals is told: (row, column); what columns calculate in the last row is looked past."""
    last = table.area.bottom
    here = replace(table.area, top=last, bottom=last + len(rows))
    calculated, *below = grid.formulas(table.sheet, here)
    for number, (values, texts) in enumerate(zip(rows, below, strict=True), last + 1):
        cells = {
            column: text[1:] if text.startswith("=") and text != value else None
            for column, (value, text, own) in enumerate(zip(values, texts, calculated, strict=True), table.area.left)
            if text and not own.startswith("=")
        }
        above = Above(table.sheet, table.name, Area(table.area.top + 1, here.left, number - 1, here.right))
        found = total_in(cells, above)
        if found is not None:
            return number, found
    return None
