"""Edits of single cells as few blocks: a call to Excel costs as much as thousands of cells.

Rows between changed ones are written again with what they hold, but only in columns that are Python's, and never over
a formula. In people's columns nothing is written but the cells that change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from o2c_xl.workbook.address import Area
from o2c_xl.workbook.live.excel_values import ExcelValue

__all__ = ["Block", "by_kind", "change_blocks", "parts", "runs"]

Cell = tuple[int, int]
_GAP = 1_000  # so many rows between two changes are written again rather than by a call of their own


@dataclass(frozen=True, slots=True)
class Block:
    """Values for a block of cells, row by row."""

    area: Area
    values: list[list[ExcelValue]]

    def cells(self) -> Iterator[tuple[Cell, ExcelValue]]:
        """Each cell, as (row, column), with its value."""
        for row, values in enumerate(self.values, self.area.top):
            for column, value in enumerate(values, self.area.left):
                yield (row, column), value

    def part(self, area: Area) -> Block:
        """A block out of this one."""
        top, left = area.top - self.area.top, area.left - self.area.left
        width = area.right - area.left + 1
        rows = self.values[top : top + area.bottom - area.top + 1]
        return Block(area, [row[left : left + width] for row in rows])


def change_blocks(
    changes: Mapping[Cell, ExcelValue], ours: Sequence[range], held: Callable[[Cell], tuple[ExcelValue, bool]]
) -> list[Block]:
    """The changes as blocks.

    `ours` are runs of columns side by side that are Python's; `held` tells what a cell holds and whether it may be
    written again.
    """
    groups: dict[int, dict[Cell, ExcelValue]] = defaultdict(dict)
    group_of = {column: index for index, columns in enumerate(ours) for column in columns}
    for cell, value in changes.items():
        groups[group_of.get(cell[1], -1)][cell] = value
    blocks = list(_exact(groups.pop(-1, {})))
    for group in groups.values():
        for run in runs({row for row, _ in group}, _GAP):
            blocks += _filled(group, run, held)
    return blocks


def runs(rows: Iterable[int], gap: int) -> Iterator[range]:
    """Rows, or columns, as runs; two with at most `gap` others between them are in one run."""
    ordered = sorted(rows)
    if not ordered:
        return
    start = before = ordered[0]
    for row in ordered[1:]:
        if row - before > gap + 1:
            yield range(start, before + 1)
            start = row
        before = row
    yield range(start, before + 1)


def _filled(
    changes: Mapping[Cell, ExcelValue], run: range, held: Callable[[Cell], tuple[ExcelValue, bool]]
) -> Iterable[Block]:
    """One block over the run where all its other cells may be written again, else the changed cells alone."""
    inside = {cell: value for cell, value in changes.items() if cell[0] in run}
    columns = {column for _, column in inside}
    area = Area(run.start, min(columns), run.stop - 1, max(columns))
    cells = [(row, column) for row in run for column in range(area.left, area.right + 1)]
    between = {cell: held(cell) for cell in cells if cell not in inside}
    if not all(free for _, free in between.values()):
        return _exact(inside)
    whole = inside | {cell: value for cell, (value, _) in between.items()}
    values, width = [whole[cell] for cell in cells], area.right - area.left + 1
    return [Block(area, [values[start : start + width] for start in range(0, len(values), width)])]


def _exact(changes: Mapping[Cell, ExcelValue]) -> Iterator[Block]:
    """The changed cells and no other: runs of rows per column, columns side by side with the same run as one."""
    rows_of: dict[int, set[int]] = defaultdict(set)
    for row, column in changes:
        rows_of[column].add(row)
    columns_of: dict[tuple[int, int], list[int]] = defaultdict(list)
    for column in sorted(rows_of):
        for run in runs(rows_of[column], 0):
            columns_of[run.start, run.stop].append(column)
    for (start, stop), columns in columns_of.items():
        for side in runs(columns, 0):
            values = [[changes[row, column] for column in side] for row in range(start, stop)]
            yield Block(Area(start, side.start, stop - 1, side.stop - 1), values)


def by_kind(block: Block) -> Iterator[tuple[Block, str]]:
    """The block column by column, each piece of one kind: "text", "date", "number", or "" where all is empty."""
    area = block.area
    for index in range(area.right - area.left + 1):
        kinds = [_kind(row[index]) for row in block.values]
        start = 0
        known = ""
        for at, kind in enumerate(kinds):
            if kind and known and kind != known:
                yield _piece(block, index, start, at), known
                start, known = at, kind
            known = kind or known
        yield _piece(block, index, start, len(kinds)), known


def _piece(block: Block, index: int, start: int, stop: int) -> Block:
    top, column = block.area.top, block.area.left + index
    return block.part(Area(top + start, column, top + stop - 1, column))


def _kind(value: ExcelValue) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, bool | float) else "date"


def parts(area: Area, rows: Iterable[int]) -> Iterator[Area]:
    """Those of the rows that lie in the area."""
    inside = (row for row in rows if area.top <= row <= area.bottom)
    return (Area(run.start, area.left, run.stop - 1, area.right) for run in runs(inside, 0))
