"""New rows that stand in one piece below all others: proved as a whole.

One pattern, made of the table's columns, takes every row: numbers in sequence, cells in order and of the row's own
number, formats and formulas of the row above. Expat reads the piece once for what XML forbids, and python-calamine
reads it for the values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from python_calamine import CalamineSheet

from o2c_xl.workbook.address import address, column_letters
from o2c_xl.workbook.opc.formula import Formula
from o2c_xl.workbook.opc.markup import check_pieces, escaped
from o2c_xl.workbook.patch.new_rows import LeftOut, Pattern, RowBlock
from o2c_xl.workbook.patch.proof import fail, require
from o2c_xl.workbook.patch.proof_values import ColumnProof
from o2c_xl.workbook.reading.data import CellValue

__all__ = ["BlockProof"]

_PART = 8_192  # rows that are read at a time: a reader lays out all of them in memory
_ROWS = 512


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the new rows: from index `first` up to `stop`, and where they are in the sheet's bytes."""

    first: int
    stop: int
    start: int
    end: int


class BlockProof:
    """`block` as it should stand in `xml` from `start` to `end`."""

    def __init__(self, block: RowBlock, sheet: str, *, date1904: bool) -> None:
        self.block = block
        self.sheet = sheet
        self.columns = [ColumnProof(block.rows.column(pattern.header), date1904=date1904) for pattern in block.patterns]

    @property
    def other_kind(self) -> bool:
        """Whether a value reads as another kind than it was given as."""
        return any(column.other_kind for column in self.columns)

    def structure(self, xml: bytes, prefix: bytes, start: int, end: int) -> list[Part]:
        """Prove how the rows are written, and say where they stand."""
        check_pieces([b"<rows>", memoryview(xml)[start:end], b"</rows>"], f"sheet {self.sheet}")
        match = self._row_pattern(prefix).match
        moving = self._moving()
        begins, position = [], start
        for number in range(self.block.first, self.block.first + len(self.block.rows)):
            row = match(xml, position, end)
            if row is None or int(row[1]) != number:
                fail(f"its new row {number} on sheet {self.sheet} is not written as the row above")
            if (number - self.block.first) % _PART == 0:
                begins.append(position)
            for group, formula in moving:
                if row[group] not in {None, escaped(formula.at(number))}:
                    fail(f"its new row {number} on sheet {self.sheet} does not go on with the formula above")
            position = row.end()
        require(position == end, f"something stands below its new rows on sheet {self.sheet}")
        count = len(self.block.rows)
        return [
            Part(first, min(first + _PART, count), *place)
            for first, place in zip(range(0, count, _PART), pairwise([*begins, end]), strict=True)
        ]

    def _moving(self) -> list[tuple[str, Formula]]:
        """The formulas that are other ones in each row, by the group of the row's pattern that takes them."""
        return [
            (f"f{pattern.number}", pattern.formula)
            for pattern in self.block.patterns
            if pattern.formula is not None
            and pattern.formula.moves
            and any(isinstance(value, LeftOut) for value in self.block.rows.column(pattern.header))
        ]

    def _row_pattern(self, prefix: bytes) -> re.Pattern[bytes]:
        p = re.escape(prefix)
        cells = b"".join(self._cell_pattern(p, pattern) for pattern in self.block.patterns)
        return re.compile(rb'<%brow r="([1-9][0-9]{0,6})"(?: ht="[1-9][0-9]{1,2}")?+>%b</%brow>' % (p, cells, p))

    def _cell_pattern(self, p: bytes, pattern: Pattern) -> bytes:
        """One cell: a value, nothing, or the column's formula where a row names no value."""
        kinds = set(map(type, self.block.rows.column(pattern.header)))
        ref = column_letters(pattern.number).encode() + rb"\1"
        head = rb'<%bc r="%b"' % (p, ref) + (rb' s="%b"' % re.escape(pattern.style) if pattern.style else b"")
        inside = []
        if pattern.formula is not None and LeftOut in kinds:
            array = rb' t="array" ref="%b"' % ref if pattern.formula.array else b""
            text = re.escape(escaped(pattern.formula.text))
            if pattern.formula.moves:
                text = rb"(?P<f%d>[^<]++)" % pattern.number
            inside.append(rb"><%bf%b>%b</%bf></%bc>" % (p, array, text, p, p))
        if pattern.formula is None or kinds != {LeftOut}:
            inside += [rb'(?: t="b")?+><%bv>[^<]*+</%bv></%bc>' % (p, p, p), rb"/>"]
            text = rb' t="inlineStr"><%bis><%bt(?: xml:space="preserve")?+>[^<]*+</%bt></%bis></%bc>'
            inside.insert(0, text % (p, p, p, p, p))
        # A cell without a value need not be written where an unwritten one looks the same.
        optional = b"?+" if pattern.style == pattern.usual and b"/>" in inside else b""
        return rb"(?:%b(?:%b))%b" % (head, b"|".join(inside), optional)

    def values(self, part: Part, found: CalamineSheet) -> None:
        """Prove the values of one part, read from a copy of the sheet that holds these rows alone."""
        left = (found.start or (0, 0))[1] + 1
        rows = islice(found.iter_rows(), self.block.first + part.first - 1, None)
        for index in range(part.first, part.stop, _ROWS):
            height = min(_ROWS, part.stop - index)
            slab = list(islice(rows, height))
            slab += [[""] * found.width] * (height - len(slab))  # the reader stops at the last row that holds anything
            read = dict(enumerate(zip(*slab, strict=True), left))
            for pattern, column in zip(self.block.patterns, self.columns, strict=True):
                self._column(pattern.number, column, index, read.get(pattern.number, ("",) * height))

    def _column(self, number: int, column: ColumnProof, index: int, read: Sequence[CellValue]) -> None:
        fault = column.first_fault(index, read)
        if fault is not None:
            where = f"{self.sheet}!{address(self.block.first + fault, number)}"
            fail(f"{where} reads {read[fault - index]!r}, not {column.values[fault]!r}")
