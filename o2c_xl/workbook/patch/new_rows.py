"""New rows of a table, column by column: what many rows share is made once, and no object stands for a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from o2c_xl.workbook.address import Area, column_letters
from o2c_xl.workbook.opc.formula import Formula
from o2c_xl.workbook.opc.parts import Table
from o2c_xl.workbook.opc.sheet import SheetXml
from o2c_xl.workbook.patch.cell_formats import CellFormats
from o2c_xl.workbook.values import CellOut, Writer

__all__ = ["LEFT_OUT", "Given", "LeftOut", "NewRows", "Pattern", "RowBlock", "patterns", "told_apart"]

_PLACE = "\0"  # stands for the row's number while cells are made; no cell can hold it
_PIECE = 2_048  # rows that are joined at a time
_EMPTY = (None, "")
_LINE = 15  # points, as Excel's usual font wants them
_HIGHEST = 409  # points; no row is higher


class LeftOut(Enum):
    """Says that a row names no value for a column: it gets the column's formula, or stays empty."""

    LEFT_OUT = auto()


LEFT_OUT = LeftOut.LEFT_OUT
Given = CellOut | LeftOut


@dataclass(frozen=True, slots=True)
class NewRows:
    """`count` rows as one sequence of values per header; a header that is missing is left out in all of them."""

    columns: Mapping[str, Sequence[Given]] = field(default_factory=dict)
    count: int = 0

    def __len__(self) -> int:
        return self.count

    @classmethod
    def of(cls, rows: NewRows | Sequence[Mapping[str, CellOut]]) -> NewRows:
        """Rows given one by one, as columns."""
        if isinstance(rows, NewRows):
            return rows
        headers = dict.fromkeys(header for row in rows for header in row)
        return cls({header: [row.get(header, LEFT_OUT) for row in rows] for header in headers}, len(rows))

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        every = (value for values in self.columns.values() for value in values)
        return sum(not isinstance(value, LeftOut) and value not in _EMPTY for value in every)

    def row(self, index: int) -> dict[str, CellOut]:
        """One row: the values that it names."""
        row = {header: values[index] for header, values in self.columns.items()}
        return {header: value for header, value in row.items() if not isinstance(value, LeftOut)}

    def column(self, header: str) -> Sequence[Given]:
        """One column's values."""
        return self.columns.get(header) or [LEFT_OUT] * self.count

    def since(self, start: int) -> NewRows:
        """The rows from index `start` on."""
        columns = {header: values[start:] for header, values in self.columns.items()}
        return NewRows(columns, self.count - start) if start else self


@dataclass(frozen=True, slots=True)
class Pattern:
    """How one column's cells look in every new row: the format of the row above if it fits, and the column's formula.

    `usual` is the format that a cell has which is not written; `wraps` says whether lines stand below each other.
    """

    number: int
    header: str
    style: bytes
    usual: bytes
    formula: Formula | None
    wraps: bool = False

    def cell(self, writer: Writer, value: Given, row: int) -> bytes:
        """The cell with its number left open; nothing where it would say what an unwritten one says.

        A formula is written as row `row` has it.
        """
        ref = column_letters(self.number) + _PLACE
        if isinstance(value, LeftOut):
            return self._left_out(writer, ref, row)
        if value is None or value == "":
            return self._empty(writer, ref)
        return writer.cell(ref, self.style, value)

    def _left_out(self, writer: Writer, ref: str, row: int) -> bytes:
        if self.formula is None:
            return self._empty(writer, ref)
        return writer.formula(ref, self.style, self.formula.at(row), array=self.formula.array)

    def _empty(self, writer: Writer, ref: str) -> bytes:
        return b"" if self.style == self.usual else writer.cell(ref, self.style, None)


@dataclass(frozen=True, slots=True)
class RowBlock:
    """New rows in one piece below all that their sheet holds; `first` is the number of the first one."""

    first: int
    rows: NewRows
    patterns: Sequence[Pattern]

    @property
    def area(self) -> Area:
        """All cells of the new rows."""
        columns = [pattern.number for pattern in self.patterns]
        return Area(self.first, min(columns), self.first + self.rows.count - 1, max(columns))

    def xml(self, writer: Writer) -> Iterator[bytes]:
        """The rows as they stand in the sheet, in pieces."""
        columns = [self._column(writer, pattern) for pattern in self.patterns]
        opening, close = b'<%srow r="\0">' % writer.prefix, b"</%srow>" % writer.prefix
        high = {row: opening[:-1] + b' ht="%d">' % points for row, points in self._heights().items()}
        for start in range(0, self.rows.count, _PIECE):
            stop = min(start + _PIECE, self.rows.count)
            cells = zip(*(map(made, values[start:stop]) for made, values in columns), strict=True)
            numbers = range(self.first + start, self.first + stop)
            rows = zip(map(b"".join, cells), numbers, strict=True)
            made = ((high.get(number, opening) + row + close, b"%d" % number) for row, number in rows)
            yield b"".join([row.replace(b"\0", number) for row, number in made])

    def _heights(self) -> dict[int, int]:
        """How many points high the rows are in which a text has several lines, by the row's number.

        Excel finds that out by itself as it opens the workbook, LibreOffice only when somebody types there.
        """
        heights: dict[int, int] = {}
        for pattern in (pattern for pattern in self.patterns if pattern.wraps):
            for row, value in enumerate(self.rows.column(pattern.header), self.first):
                if isinstance(value, str) and "\n" in value:
                    points = min(_LINE * (value.rstrip("\n").count("\n") + 1), _HIGHEST)
                    heights[row] = max(points, heights.get(row, _LINE))
        return heights

    def _column(self, writer: Writer, pattern: Pattern) -> tuple[Callable[[Any], bytes], Sequence[Any]]:
        """What gives a cell for a key, and the keys from top to bottom; each distinct value is written once.

        A formula that moves is another one in each row, so there the keys are the cells themselves.
        """
        values = self.rows.column(pattern.header)
        if pattern.formula is not None and pattern.formula.moves:
            return bytes, [pattern.cell(writer, value, row) for row, value in enumerate(values, self.first)]
        keys = told_apart(values)
        distinct = dict(zip(keys, values, strict=True))
        made = {key: pattern.cell(writer, value, self.first) for key, value in distinct.items()}
        return made.__getitem__, keys


def patterns(xml: SheetXml, table: Table, formats: CellFormats) -> list[Pattern]:
    """How each column of a new row looks: as in the table's last row, unless a day would show as a number there."""
    styles = xml.styles_of(table.data.bottom, range(table.ref.left, table.ref.right + 1))
    found = []
    for column, header in enumerate(table.headers, table.ref.left):
        style = formats.fitting(xml, table, column, styles[column])
        usual = xml.effective_style(None, column) or b""
        found.append(Pattern(column, header, style, usual, table.formulas.get(header), formats.wraps(style)))
    return found


def told_apart(values: Sequence[Given]) -> Sequence[Any]:
    """Keys under which a dict keeps different values apart: to it, True and 1 are one."""
    kinds = set(map(type, values))
    return [(type(value), value) for value in values] if bool in kinds and len(kinds) > 1 else values
