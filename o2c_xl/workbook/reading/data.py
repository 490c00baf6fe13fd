"""What reading a workbook gives: tables column by column, with every cell that no value can be trusted of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from o2c_xl.workbook.address import address
from o2c_xl.workbook.reading.below import Left
from o2c_xl.workbook.reading.beside import Beside

__all__ = ["BadCell", "Cell", "CellValue", "TableData"]

CellValue = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell without a value to trust; `row` and `col` count from 1, `text` is what it shows."""

    row: int
    col: int
    text: str
    problem: str
    fix: str

    @property
    def cell(self) -> str:
        """The address, such as `M2`."""
        return address(self.row, self.col)


@dataclass(frozen=True, slots=True)
class TableData:
    """One table's rows as found, header left out; `name` is empty for a plain block of a sheet.

    `columns` has one list per header, all as long as there are rows, blank rows included, so that the value at index
    `i` stands in Excel row `first_row + i`. The cells of `bad` are None in them. `formula_cells` are (row, column).
    `total` is the first cell of a person's own totals right under the table, empty when there are none. `left` are the
    rows further below that were not read; of a workbook of ours those near the table. `beside` are the blocks
    left and right of what is read of the sheet of a file from outside, and above its tables; the same for all of them.
    """

    name: str
    sheet: str
    ref: str
    headers: tuple[str, ...]
    first_row: int
    first_col: int
    columns: list[list[CellValue]]
    bad: tuple[BadCell, ...]
    formula_cells: frozenset[Cell]
    total: str = ""
    left: tuple[Left, ...] = ()
    beside: tuple[Beside, ...] = ()

    @property
    def height(self) -> int:
        """Number of data rows, blank ones included."""
        return len(self.columns[0]) if self.columns else 0
