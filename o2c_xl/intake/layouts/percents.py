"""Cells of a partner's list that a spreadsheet shows as a percentage: read as they are shown, whatever they hold."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.intake.layouts.grid import Grid
from o2c_xl.intake.layouts.spec import Source
from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.workbook.percents import as_percent

__all__ = ["as_shown"]


def as_shown(grid: Grid, place: int, rows: Sequence[int], source: Source, column: Column) -> list[object]:
    """The values of a column (from 0) in these rows: 5 for a cell that shows 5 % and holds 0.05.

    `fraction` in the layout says of the whole column that it holds fractions, so its cells are left for that.
    """
    values = [grid.columns[place][row] for row in rows]
    if not grid.percents or column.kind is not Kind.PERCENT or source.fraction:
        return values
    col = grid.first_col + place
    return [
        as_percent(value) if isinstance(value, float) and (grid.numbers[row], col) in grid.percents else value
        for row, value in zip(rows, values, strict=True)
    ]
