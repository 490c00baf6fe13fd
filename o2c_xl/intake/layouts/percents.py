"""Cells of a partner's list that a spreadsheet shows as a percentage: read as they are shown, whatever they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from o2c_xl.intake.layouts.grid import Grid
from o2c_xl.intake.layouts.spec import BlockRule, Source
from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.tables.parse.batch import Batch, Block
from o2c_xl.workbook.reading.percents import as_percent

__all__ = ["as_shown", "told_as_fractions"]

_FIX = "The layout reads this column as fractions: enter 0.19 for 19 %."


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


def told_as_fractions(batch: Batch, blocks: Sequence[Block], rule: BlockRule) -> None:
    """Let the faults of columns that hold fractions say how a percentage is written there.

    Our own columns take 19 for 19 %; who entered that where fractions stand would say 1900 %.
    """
    sources = {**rule.columns, **rule.cells}
    named = {name for block in blocks for ours, name in block.called.items() if sources[ours].fraction}
    batch.issues = [replace(one, fix=_FIX) if one.column in named else one for one in batch.issues]
