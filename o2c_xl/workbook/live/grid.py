"""An open workbook as a grid of cells: what any program that has it open must be able to do for us.

`excel.py` does it through Excel. Everything else about live books is written against this, and knows no Excel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from o2c_xl.workbook.address import Area
from o2c_xl.workbook.live.excel_values import ExcelValue

__all__ = ["Grid", "GridTable"]


@dataclass(frozen=True, slots=True)
class GridTable:
    """A table of the open workbook: `area` from its header to its last data row; `totals` when a totals row follows.

    One whose header row is switched off has no `headers`.
    """

    name: str
    sheet: str
    area: Area
    headers: tuple[str, ...]
    totals: bool

    @property
    def data(self) -> Area:
        """The rows under the header."""
        return Area(self.area.top + 1, self.area.left, self.area.bottom, self.area.right)


class Grid(Protocol):
    """One workbook that a program has open; every call raises CannotRun in one sentence where the program refuses."""

    @property
    def name(self) -> str:
        """The workbook's name, as people know it."""

    @property
    def fullname(self) -> str:
        """Where it was opened from: a path, or an address in the internet."""

    def tables(self) -> list[GridTable]:
        """All tables of all sheets."""

    def values(self, sheet: str, area: Area) -> list[list[object]]:
        """A block's values row by row; errors as their texts, such as `#N/A`."""

    def formulas(self, sheet: str, area: Area) -> list[list[str]]:
        """A block's formulas row by row; where there is none, the cell's text."""

    def number_format(self, sheet: str, area: Area) -> str | None:
        """The block's number format; None when its cells differ."""

    def set_number_format(self, sheet: str, area: Area, code: str) -> None:
        """Give the block a number format."""

    def put(self, sheet: str, area: Area, values: Sequence[Sequence[ExcelValue]]) -> None:
        """Write a block, row by row; None empties a cell."""

    def resize(self, table: GridTable, bottom: int) -> None:
        """Let the table end in that row."""

    def save(self) -> None:
        """Save the workbook where it was opened from."""

    def selected(self) -> tuple[str, list[Area]]:
        """The sheet in front and the cells selected on it."""

    def in_sight(self, sheet: str, first: int, last: int) -> list[int]:
        """The rows among these that are not hidden, by a filter or by hand."""

    def show(self, sheet: str, area: Area | None = None) -> None:
        """Bring the sheet to the front, and select the cells."""
