"""Rows that a person typed right under a table without the table growing: LibreOffice never grows one by itself.

Excel takes such a row into the table while it is typed. So do we, when a company's workbook is read, and the write-back
then widens the table over them. A row counts when it follows without a gap, holds something in the table's columns and
belongs to no other table. A formula in it is taken at its value, like one inside of the table.

What people put under a table themselves, a line of totals, is no row. Which it is shows in its formulas and in what is
typed beside them: a total looks over the table's rows (a range of them, several of them, or a column by its name) and
has no more than a label beside it; a row that is meant brings more than that, or looks at its own row alone.

What stands further down in the table's columns, after a blank row or under totals, is no row of it either; it is told
(`left_below`), since it may be orders. Of a workbook of ours only what stands `NEAR` the table.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape

from o2c_xl.workbook.address import MAX_COLUMN, MAX_ROW, Area, address, column_letters, column_number
from o2c_xl.workbook.opc.parts import Sheet, Table
from o2c_xl.workbook.opc.sheet import CellSpan, SheetXml

__all__ = [
    "NEAR",
    "Above",
    "Below",
    "Left",
    "left_below",
    "left_row",
    "reaching",
    "read_below",
    "total_in",
    "widened",
    "written_below",
]

NEAR = 20  # rows under a table of a workbook of ours in which somebody may have meant a row of it

_NOTHING = (None, "")
_LABEL = 1  # cells that may be typed in a line of totals
_SEVERAL = 2
_FORMULA = re.compile(rb"<(?:[^\s<>/:]+:)?f(?:\s[^<>]*)?>([^<]*)<")
_NO_RESULT = re.compile(rb"<(?:[^\s<>/:]+:)?v(?:\s[^<>]*)?(?:/>|></)")
_QUOTED = re.compile(r'"[^"]*"')
_SHEET = r"(?P<sheet>(?:'(?:[^']|'')+'|[\w.]+)!)?(?<![\w.$])"
_CELL = r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})"
_CELLS = re.compile(rf"{_SHEET}{_CELL}(?::{_CELL})?(?![\w.(\[!:])")
_WHOLE = re.compile(
    rf"{_SHEET}(?:\$?([A-Z]{{1,3}}):\$?([A-Z]{{1,3}})|\$?([1-9][0-9]{{0,6}}):\$?([1-9][0-9]{{0,6}}))(?![\w.(\[!])"
)


@dataclass(frozen=True, slots=True)
class Below:
    """What stands right under a table: so many rows of it, and the first cell of a person's own totals ('' = none)."""

    rows: int = 0
    total: str = ""


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above a row right under a table: the table's rows, and by which names they are looked at."""

    sheet: str
    table: str
    area: Area


@dataclass(frozen=True, slots=True)
class Left:
    """A row under a table that was not read: its first cell and that cell's value.

    `likely`: it holds more than a label and stands under no totals, so it is probably a row that was meant. `astray`:
    it is that, or stands under totals and is clearly none of them: typed throughout, and not by numbers alone.
    """

    row: int
    column: int
    value: object
    likely: bool
    astray: bool


def reaching(table: Table, height: int) -> Table:
    """The table without the empty rows at its end, on a sheet whose last value stands in row `height`."""
    data = table.data
    bottom = max(min(data.bottom, height), data.top - 1)
    return widened(table, bottom - data.bottom)


def widened(table: Table, rows: int) -> Table:
    """The table with so many more rows at its end."""
    return replace(table, ref=replace(table.ref, bottom=table.ref.bottom + rows)) if rows else table


def read_below(
    sheet: Sheet,
    table: Table,
    first_col: int,
    columns: Sequence[Sequence[object]],
    formulas: Container[tuple[int, int]],
    part: Callable[[], SheetXml],
) -> Below:
    """What was typed under the table; `columns[j][i]` is row `i + 1`, column `first_col + j`.

    Where a formula stands there the sheet's `part` is asked, since values do not tell what a formula looks at.
    """
    if table.totals_rows:
        return Below()
    left, right = table.data.left, table.data.right
    here = [columns[col - first_col] for col in range(left, right + 1) if 0 <= col - first_col < len(columns)]
    row = table.ref.bottom + 1
    while _free(sheet, table, row):
        if any((row, col) in formulas for col in range(left, right + 1)):
            return _under(sheet, table, part())
        if not any(row <= len(values) and values[row - 1] not in _NOTHING for values in here):
            break
        row += 1
    return Below(row - table.ref.bottom - 1)


def left_below(
    sheet: Sheet,
    table: Table,
    taken: Below,
    first_col: int,
    columns: Sequence[Sequence[object]],
    formulas: Container[tuple[int, int]],
) -> list[Left]:
    """What stands in the table's columns below the rows that were `taken`, down to the next table."""
    totals = bool(table.totals_rows or taken.total)
    start = table.ref.bottom + taken.rows + bool(taken.total)
    under = (other.ref.top for other in sheet.tables if other.ref.top > start and _shares_columns(other, table))
    stop = min(under, default=MAX_ROW + 1) - 1
    found: dict[int, list[tuple[int, object, bool]]] = defaultdict(list)
    for col in range(table.ref.left, table.ref.right + 1):
        values = columns[col - first_col][start:stop] if 0 <= col - first_col < len(columns) else ()
        for row, value in enumerate(values, start + 1):
            if value not in _NOTHING:
                found[row].append((col, value, (row, col) in formulas))
    return [left_row(row, found[row], totals=totals) for row in sorted(found)]


def left_row(row: int, cells: Sequence[tuple[int, object, bool]], *, totals: bool) -> Left:
    """A row that was not read, of its filled cells: column, value, and whether a formula stands there."""
    column, first, _ = cells[0]
    typed = [value for _, value, formula in cells if not formula]
    words = sum(not isinstance(value, float) for value in typed)
    meant = words > _LABEL and len(typed) == len(cells) if totals else len(typed) > _LABEL
    return Left(row, column, first, likely=meant and not totals, astray=meant)


def _shares_columns(one: Table, other: Table) -> bool:
    return one.ref.left <= other.ref.right and other.ref.left <= one.ref.right


def written_below(sheet: Sheet, table: Table, xml: SheetXml) -> int:
    """How many rows were typed under the table, told from the sheet's part."""
    return 0 if table.totals_rows else _under(sheet, table, xml).rows


def _under(sheet: Sheet, table: Table, xml: SheetXml) -> Below:
    data, own, row = table.data, _calculated(table), table.ref.bottom + 1
    while _free(sheet, table, row) and (span := xml.row(row)) is not None:
        cells = {c.column: c for c in xml.cells(span) if c.filled and data.left <= c.column <= data.right}
        if not any(_holds(xml, cell) for cell in cells.values()):
            break
        told = {column: _text(xml, c) if c.formula else None for column, c in cells.items() if column not in own}
        total = total_in(told, Above(sheet.name, table.name, replace(data, bottom=row - 1)))
        if total is not None:
            return Below(row - table.ref.bottom - 1, address(row, total))
        row += 1
    return Below(row - table.ref.bottom - 1)


def _holds(xml: SheetXml, cell: CellSpan) -> bool:
    """Whether the cell shows something, or would: a formula whose result is empty does not."""
    return not (cell.formula and b't="str"' in cell.tag and _NO_RESULT.search(xml.xml, cell.start, cell.end))


def total_in(cells: Mapping[int, str | None], above: Above) -> int | None:
    """The column of the cell that makes a row a line of totals; None when it is a row of the table.

    `cells` are the filled ones outside of calculated columns, each with its formula, None where it was typed.
    """
    if sum(formula is None for formula in cells.values()) > _LABEL:
        return None
    return next((column for column, formula in cells.items() if formula and _looks_over(formula, above)), None)


def _text(xml: SheetXml, cell: CellSpan) -> str:
    """The cell's formula; empty where it shares another cell's."""
    found = _FORMULA.search(xml.xml, cell.start, cell.end)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def _looks_over(formula: str, above: Above) -> bool:
    """Whether the formula is about the rows above: a range among them, several of them, or a column by its name."""
    text = _QUOTED.sub('""', formula)
    if any("@" not in inside and "#This Row" not in inside for inside in _columns_named(text, above.table)):
        return True
    rows = set()
    for area, several in _areas(text, above.sheet):
        if area.meets(above.area):
            if several:
                return True
            rows.add(area.top)
    return len(rows) >= _SEVERAL


def _columns_named(text: str, name: str) -> Iterator[str]:
    """What stands in brackets after the table's name."""
    for found in re.finditer(rf"(?<!\w){re.escape(name)}(\[(?:[^\[\]]|\[[^\[\]]*\])*\])", text, re.IGNORECASE):
        yield found[1]


def _areas(text: str, sheet: str) -> Iterator[tuple[Area, bool]]:
    """The cells of this sheet that a formula names, and whether as a range."""
    for found in _CELLS.finditer(text):
        left, top, right, bottom = found.groups()[1:]
        if _here(found["sheet"], sheet):
            yield _spanned((top, bottom or top), (left, right or left)), bool(right)
    for found in _WHOLE.finditer(text):
        left, right, top, bottom = found.groups()[1:]
        if _here(found["sheet"], sheet):
            yield (
                _spanned((top or "1", bottom or str(MAX_ROW)), (left or "A", right or column_letters(MAX_COLUMN))),
                True,
            )


def _spanned(rows: tuple[str, str], columns: tuple[str, str]) -> Area:
    """The block between two cells, whichever stands first."""
    top, bottom = sorted(map(int, rows))
    left, right = sorted(map(column_number, columns))
    return Area(top, left, bottom, right)


def _here(named: str | None, sheet: str) -> bool:
    """Whether a reference with that sheet's name before it is to this sheet."""
    return not named or named.removesuffix("!").strip("'").replace("''", "'").casefold() == sheet.casefold()


def _calculated(table: Table) -> set[int]:
    return {table.ref.left + i for i, header in enumerate(table.headers) if header in table.formulas}


def _free(sheet: Sheet, table: Table, row: int) -> bool:
    """Whether no other table stands in that row under this one."""
    under = Area(row, table.ref.left, row, table.ref.right)
    return not any(other.ref.meets(under) for other in sheet.tables if other.name != table.name)
