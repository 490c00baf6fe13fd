"""Which layout a partner's file nearly fits, and what it lacks: partners rename columns and sheets."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.layouts.blocks import find_blocks
from o2c_xl.intake.layouts.grid import Grid
from o2c_xl.intake.layouts.spec import BlockRule, Layout
from o2c_xl.tables.parse.headers import header_key

__all__ = ["nearest_layout", "nothing_fits"]


class _Near(NamedTuple):
    """How far a list is from a rule: how many headers it lacks, of how many, and what that is in words."""

    lacking: int
    wanted: int
    why: str


def nothing_fits(name: str, layout: Layout, grids: Sequence[Grid]) -> CannotRun:
    """Why no list of the file can be read by the layout: what the nearest list lacks."""
    near = min(_compared(layout, grids), default=None)
    reason = near.why if near else "no list was found in it"
    return CannotRun(f"{name} does not fit the layout {layout.path.name}: {reason}. Learn a layout for it anew.")


def nearest_layout(source: str, layouts: Iterable[tuple[Layout, Sequence[Grid]]]) -> str:
    """What is told of a file that has most headers of a layout, and what it lacks; '' where it has of none."""
    found = [(near, layout.path.name) for layout, grids in layouts for near in _compared(layout, grids)]
    near, name = min(found, default=(None, ""))
    if near is None or near.lacking * 2 >= near.wanted:
        return ""
    fix = "If the partner changed that, change it in the layout too; else mend the file."
    return f"{source} nearly fits the layout {name}, but {near.why}. {fix}"


def _compared(layout: Layout, grids: Sequence[Grid]) -> Iterable[_Near]:
    for grid in grids:
        for block in find_blocks(grid):
            names = {header_key(text) for text in block.names.values()}
            for rule in layout.blocks:
                lacking = [s.header for s in rule.columns.values() if header_key(s.header) not in names]
                where = f"{grid.where}, row {grid.numbers[block.header]}"
                if lacking:
                    why = f"{where}: there is no column {' and '.join(dict.fromkeys(lacking))}"
                    yield _Near(len(lacking), len(rule.columns), why)
                elif other := _other_sheet(grid, rule):
                    yield _Near(0, len(rule.columns), other)


def _other_sheet(grid: Grid, rule: BlockRule) -> str:
    """What is said of a list that stands on another sheet than the rule is for; '' where it is the same."""
    if fnmatch.fnmatchcase(grid.sheet.casefold(), rule.sheet.casefold()):
        return ""
    here = f"the list stands on the sheet {grid.sheet}" if grid.sheet else "a csv has no sheets"
    return f'{here}, and the layout reads sheet = "{rule.sheet}" alone'
