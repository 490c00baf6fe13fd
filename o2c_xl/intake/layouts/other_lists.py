"""Lists of a partner's file that no rule of its layout takes: told, so that none is lost in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from o2c_xl.intake.layouts.blocks import BlockFound, find_blocks
from o2c_xl.intake.layouts.grid import Grid
from o2c_xl.intake.layouts.read import Fitting

__all__ = ["other_lists"]


def other_lists(grids: Sequence[Grid], found: Sequence[Fitting]) -> Iterator[str]:
    """A note of each list with rows that is not among those `found`, by its sheet, row and columns."""
    for grid in grids:
        here = [fitting for fitting in found if fitting.grid is grid]
        for block in here[0].lists if here else find_blocks(grid):
            if block.traced.rows and not any(_overlap(block, fitting.block) for fitting in here):
                names = ", ".join(" ".join(name.split()) for name in block.names.values() if name.strip())
                yield (
                    f"{grid.where}, row {grid.numbers[block.header]}: the list with the columns {names} is not read, "
                    "since the layout does not fit it. Say in the layout how it is read, or drop its rows alone."
                )


def _overlap(one: BlockFound, other: BlockFound) -> bool:
    """Whether they stand in the same rows and columns: one list, found in two ways."""
    beside = one.right < other.left or other.right < one.left
    return not beside and one.top <= other.traced.last and other.top <= one.traced.last
