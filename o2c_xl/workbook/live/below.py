"""Rows typed under a table of an open workbook without the table growing: taken or told by the rules of files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from o2c_xl.workbook.address import MAX_ROW, Area, address
from o2c_xl.workbook.live.excel_values import ExcelValue
from o2c_xl.workbook.live.grid import Grid, GridTable
from o2c_xl.workbook.live.read import read_block
from o2c_xl.workbook.reading.below import NEAR, Above, Left, left_row, total_in

__all__ = ["Reaching", "filled_below", "with_typed_below"]

_MORE, _MOST = 8, 4_096  # so many times as many rows are asked for next, and never more than that


@dataclass(frozen=True, slots=True)
class Reaching:
    """The table over the rows typed right under it, the first cell of a person's own totals, and what is left below."""

    table: GridTable
    total: str
    left: tuple[Left, ...]


def with_typed_below(grid: Grid, table: GridTable, tables: Sequence[GridTable]) -> Reaching:
    """What stands under the table; where nothing does that is seen in one call."""
    start = table.area.bottom + table.totals
    rows = _under(grid, table, _limit(table, tables))
    filled = 0 if table.totals else _filled(rows)
    total = _total(grid, table, rows[:filled]) if filled else None
    taken = filled if total is None else total[0] - start - 1
    passed = taken + (total is not None)
    under = Area(start + passed + 1, table.area.left, start + min(taken + NEAR, len(rows)), table.area.right)
    left = _left(grid, table.sheet, under, rows[passed : taken + NEAR], totals=table.totals or total is not None)
    whole = replace(table, area=replace(table.area, bottom=table.area.bottom + taken))
    return Reaching(whole, address(*total) if total else "", left)


def filled_below(grid: Grid, table: GridTable, tables: Sequence[GridTable], bottom: int) -> bool:
    """Whether the table holds something below that row, or totals: ended there, it would lose it."""
    whole = with_typed_below(grid, table, tables).table
    rows = read_block(grid, table.sheet, replace(whole.area, top=bottom + 1))
    return table.totals or any(value is not None for row in rows for value in row)


def _limit(table: GridTable, tables: Sequence[GridTable]) -> int:
    """The last row before another table."""
    under = replace(table.area, top=table.area.bottom + 1, bottom=MAX_ROW)
    others = (one.area.top for one in tables if one.sheet == table.sheet and one.area.meets(under))
    return min(others, default=MAX_ROW + 1) - 1


def _under(grid: Grid, table: GridTable, limit: int) -> list[list[ExcelValue]]:
    """The rows under the table and its totals, down to those near the first blank one."""
    rows: list[list[ExcelValue]] = []
    top, height = table.area.bottom + table.totals + 1, NEAR
    while top <= limit and len(rows) < (0 if table.totals else _filled(rows)) + NEAR:
        area = replace(table.area, top=top, bottom=min(top + height - 1, limit))
        rows += read_block(grid, table.sheet, area)
        top, height = area.bottom + 1, min(height * _MORE, _MOST)
    return rows


def _filled(rows: Sequence[Sequence[ExcelValue]]) -> int:
    """How many rows there are up to the first blank one."""
    return sum(1 for _ in takewhile(lambda row: any(value is not None for value in row), rows))


def _left(
    grid: Grid, sheet: str, area: Area, rows: Sequence[Sequence[ExcelValue]], *, totals: bool
) -> tuple[Left, ...]:
    """The rows of the area that hold something; what is a formula among them is asked only where there are any."""
    if not any(value is not None for row in rows for value in row):
        return ()
    found = []
    texts = grid.formulas(sheet, area)
    for number, (values, formulas) in enumerate(zip(rows, texts, strict=True), area.top):
        cells = [
            (column, value, text[:1] == "=" and text != value)
            for column, (value, text) in enumerate(zip(values, formulas, strict=True), area.left)
            if value is not None
        ]
        found += [left_row(number, cells, totals=totals)] if cells else []
    return tuple(found)


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
