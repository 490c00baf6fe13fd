"""All rows of a sheet, and the tables cut out of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from o2c_xl.workbook.address import Area
from o2c_xl.workbook.opc.parts import Table
from o2c_xl.workbook.reading.beside import left_above, left_beside
from o2c_xl.workbook.reading.data import BadCell, Cell, CellValue, TableData
from o2c_xl.workbook.reading.percents import as_percent, percentages

__all__ = ["SheetRows", "cut"]


@dataclass(frozen=True, slots=True)
class SheetRows:
    """Everything on a sheet: `columns[j][i]` is the value of Excel row `i + 1`, column `first_col + j`.

    `percents` are the cells, as (row, column), that show a hundred times what they hold.
    """

    sheet: str
    first_col: int
    columns: list[list[CellValue]]
    bad: tuple[BadCell, ...]
    formula_cells: frozenset[Cell]
    percents: frozenset[Cell] = frozenset()

    @property
    def height(self) -> int:
        """The last Excel row that holds a value."""
        return len(self.columns[0]) if self.columns else 0

    def row(self, number: int) -> list[CellValue]:
        """The values of one Excel row, from `first_col` on."""
        return [column[number - 1] for column in self.columns]

    def below(self, header_row: int) -> TableData:
        """The rows under `header_row` as a table; its headers are that row's texts up to the last one filled."""
        titles = ["" if value is None else str(value).strip() for value in self.row(header_row)]
        while titles and not titles[-1]:
            titles.pop()
        last_col = self.first_col + max(len(titles), 1) - 1
        block = Area(header_row, self.first_col, max(self.height, header_row), last_col)
        data = cut(self, Table("", "", block, tuple(titles), 1, 0, {}))
        at = [block], self.first_col, self.columns
        return replace(data, beside=(*left_above(*at), *left_beside(*at)))


def cut(rows: SheetRows, table: Table, total: str = "", *, shared: bool = False) -> TableData:
    """The table's data rows out of the sheet's; what the sheet does not reach is None."""
    data = table.data
    height = max(data.bottom - data.top + 1, 0)
    columns = []
    for col in range(data.left, data.right + 1):
        inside = 0 <= col - rows.first_col < len(rows.columns)
        column = rows.columns[col - rows.first_col][data.top - 1 : data.bottom] if inside else []
        columns.append(column + [None] * (height - len(column)))
    shown = _take_percents(rows, table, columns, shared=shared) if rows.percents else []
    return TableData(
        name=table.name,
        sheet=rows.sheet,
        ref=str(table.ref),
        headers=table.headers,
        first_row=data.top,
        first_col=data.left,
        columns=columns,
        bad=(*(cell for cell in rows.bad if data.holds(cell.row, cell.col)), *shown),
        formula_cells=frozenset(cell for cell in rows.formula_cells if data.holds(*cell)),
        total=total,
    )


def _take_percents(rows: SheetRows, table: Table, columns: list[list[CellValue]], *, shared: bool) -> list[BadCell]:
    """Cells of percentage columns that show 5 % and hold 0.05: read as shown, at fault in a shared workbook.

    There Python writes cells too, and its 5 would be shown as 500 %.
    """
    data, found = table.data, []
    for place, at in percentages(table.headers, columns):
        value = columns[place][at]
        if not isinstance(value, float) or (data.top + at, data.left + place) not in rows.percents:
            continue
        shown = as_percent(value)
        columns[place][at] = None if shared else shown
        if shared:
            problem = f"The cell shows {shown:g} % and holds {value:g}, since it is formatted as a percentage."
            fix = f"Format it as a number and type {shown:g}."
            found.append(BadCell(data.top + at, data.left + place, f"{value:g}", problem, fix))
    return found
