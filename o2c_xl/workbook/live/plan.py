"""A table of an open workbook as it was read, and what is to be written into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.error_values import ERROR_VALUES
from o2c_xl.workbook.address import Area, address
from o2c_xl.workbook.live.blocks import Block, runs
from o2c_xl.workbook.live.excel_values import ExcelValue, from_excel, to_excel
from o2c_xl.workbook.live.grid import GridTable
from o2c_xl.workbook.live.read import cells_hash, our_columns
from o2c_xl.workbook.patch.edit import TableEdit
from o2c_xl.workbook.patch.new_rows import LeftOut, NewRows
from o2c_xl.workbook.reading.data import TableData

__all__ = ["ReadTable", "TablePlan", "differing", "new_blocks"]


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table as it was read, with rows typed right under it; `end` is the row it ends in in Excel."""

    table: GridTable
    data: TableData
    end: int
    formulas: set[tuple[int, str]] = field(default_factory=set)

    def header(self, column: int) -> str:
        """The header over a column of the sheet."""
        return self.data.headers[column - self.data.first_col].strip()

    def touched(self, edit: TableEdit) -> Iterator[Area]:
        """Per run of Python's columns the block that holds all cells to be written in it."""
        rows = [row for row, _ in edit.cells]
        headers = {header for _, header in edit.cells}
        for run in our_columns(self.table):
            columns = [column for column in run if self.header(column) in headers]
            if columns:
                yield Area(min(rows), columns[0], max(rows), columns[-1])

    def held(self, cell: tuple[int, int]) -> tuple[ExcelValue, bool]:
        """What a cell holds, and whether the same may be written into it again."""
        value = self.data.columns[cell[1] - self.data.first_col][cell[0] - self.data.first_row]
        return value, (cell[0], self.header(cell[1])) not in self.formulas and cell not in self.errors  # type: ignore[return-value]

    def hold(self, blocks: Iterable[Block]) -> None:
        """Know these cells as they were written."""
        for block in blocks:
            start, stop = block.area.top - self.data.first_row, block.area.bottom - self.data.first_row + 1
            for place, values in enumerate(zip(*block.values, strict=True), block.area.left - self.data.first_col):
                self.data.columns[place][start:stop] = values

    @property
    def cells(self) -> str:
        """The hash of what the cells hold; see `cells_hash`."""
        return cells_hash(self.data)

    @property
    def errors(self) -> dict[tuple[int, int], str]:
        """The cells without a value to trust, with what they show."""
        return {(bad.row, bad.col): bad.text for bad in self.data.bad} if self.data.bad else {}

    def block(self, area: Area) -> Block:
        """What the cells held when the table was read, an error's text where there was one; blank below the table."""
        data = self.data
        start, stop = area.top - data.first_row, min(area.bottom - data.first_row + 1, data.height)
        sides = range(area.left - data.first_col, area.right - data.first_col + 1)
        rows = [list(row) for row in zip(*(data.columns[side][start:stop] for side in sides), strict=True)]
        rows += [[None] * len(sides) for _ in range(area.bottom - area.top + 1 - len(rows))]
        for bad in data.bad:
            if area.holds(bad.row, bad.col) and bad.text in ERROR_VALUES:
                rows[bad.row - area.top][bad.col - area.left] = bad.text
        return Block(area, rows)

    def first_new(self, edit: TableEdit) -> int:
        """Where new rows begin: under the last one, or in the only row where it is blank and the edit leaves it so."""
        data = self.data
        blank = data.height == 1 and all(column[0] is None for column in data.columns) and not (data.bad or edit.cells)
        return data.first_row + (0 if blank else data.height)


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What is to be written into one table, and what it was planned from."""

    read: ReadTable
    blocks: Sequence[Block]
    new: tuple[Block, ...]
    bottom: int

    @property
    def table(self) -> GridTable:
        """The table as it stands."""
        return self.read.table

    @property
    def all_blocks(self) -> Sequence[Block]:
        """The blocks of cells that change, then those of new rows."""
        return [*self.blocks, *self.new]

    def key_areas(self) -> Iterator[Area]:
        """The cells of keys beside the cells that change."""
        rows = [row for block in self.blocks for row in (block.area.top, block.area.bottom)]
        spec = BY_NAME.get(self.table.name)
        if not rows or spec is None:
            return
        keys = {column.header for column in spec.keys}
        columns = [i for i, header in enumerate(self.table.headers, self.table.area.left) if header.strip() in keys]
        for side in runs(columns, 0):
            yield Area(min(rows), side.start, max(rows), side.stop - 1)

    def with_changes(self, area: Area) -> Block:
        """What the cells of the area hold once the plan is carried out."""
        found = self.read.block(area)
        for block in (block for block in self.blocks if area.meets(block.area)):
            for (row, column), value in block.cells():
                if area.holds(row, column):
                    found.values[row - area.top][column - area.left] = value
        return found


def differing(sheet: str, now: Block, wanted: Block) -> list[str]:
    """The addresses where two blocks of one area differ."""
    if now.values == wanted.values:
        return []
    cells = zip(now.cells(), wanted.cells(), strict=True)
    return [f"{sheet}!{address(*cell)}" for (cell, value), (_, other) in cells if value != other]


def new_blocks(new: NewRows, places: dict[str, int], first: int) -> Iterator[Block]:
    """New rows, a block per run of columns side by side; a column that is not named is left to its own formula."""
    by_place = {places[header]: values for header, values in new.columns.items()}
    side: list[int] = []
    for place in [*sorted(by_place), None]:
        if side and place != side[-1] + 1:
            columns = [by_place[one] for one in side]
            rows = [[_given(value) for value in row] for row in zip(*columns, strict=True)]
            yield Block(Area(first, side[0], first + len(new) - 1, side[-1]), rows)
            side = []
        if place is not None:
            side.append(place)


def _given(value: object) -> ExcelValue:
    return None if isinstance(value, LeftOut) else from_excel(to_excel(value))  # type: ignore[arg-type]
