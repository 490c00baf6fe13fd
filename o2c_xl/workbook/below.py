"""Rows that a person typed right under a table without the table growing: LibreOffice never grows one by itself.

Excel takes such a row into the table while it is typed. So do we, when a company's workbook is read, and the write-back
then widens the table over them. A row counts when it follows without a gap, holds something in the table's columns and
no formula there (but a calculated column's: a person's own sum stays what it is), and belongs to no other table.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from o2c_xl.workbook.address import Area
from o2c_xl.workbook.parts import Sheet, Table
from o2c_xl.workbook.sheet import SheetXml

__all__ = ["read_below", "widened", "written_below"]

_NOTHING = (None, "")


def widened(table: Table, rows: int) -> Table:
    """The table with so many more rows at its end."""
    return replace(table, ref=replace(table.ref, bottom=table.ref.bottom + rows)) if rows else table


def read_below(
    sheet: Sheet,
    table: Table,
    first_col: int,
    columns: Sequence[Sequence[object]],
    formulas: Container[tuple[int, int]],
) -> int:
    """How many rows were typed under the table; `columns[j][i]` is row `i + 1`, column `first_col + j`."""
    if table.totals_rows:
        return 0
    left, right = table.data.left, table.data.right
    here = [(col, columns[col - first_col]) for col in range(left, right + 1) if 0 <= col - first_col < len(columns)]
    own, row = _calculated(table), table.ref.bottom + 1
    while (
        _free(sheet, table, row)
        and any(row <= len(values) and values[row - 1] not in _NOTHING for _, values in here)
        and not any((row, col) in formulas for col, _ in here if col not in own)
    ):
        row += 1
    return row - table.ref.bottom - 1


def written_below(sheet: Sheet, table: Table, xml: SheetXml) -> int:
    """The same, told from the sheet's part."""
    if table.totals_rows:
        return 0
    data, own, row = table.data, _calculated(table), table.ref.bottom + 1
    while _free(sheet, table, row) and (span := xml.row(row)) is not None:
        cells = [c for c in xml.cells(span) if c.filled and data.left <= c.column <= data.right]
        if not cells or any(cell.formula and cell.column not in own for cell in cells):
            break
        row += 1
    return row - table.ref.bottom - 1


def _calculated(table: Table) -> set[int]:
    return {table.ref.left + i for i, header in enumerate(table.headers) if header in table.formulas}


def _free(sheet: Sheet, table: Table, row: int) -> bool:
    """Whether no other table stands in that row under this one."""
    under = Area(row, table.ref.left, row, table.ref.right)
    return not any(other.ref.meets(under) for other in sheet.tables if other.name != table.name)
