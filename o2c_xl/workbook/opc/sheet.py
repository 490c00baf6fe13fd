"""A sheet part as bytes: where its rows and cells are, and what to put in their place.

Nothing is parsed into objects but the rows that are written. A change is a splice: bytes from, bytes to, new bytes;
everything between the splices stays as it was.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice
from operator import lt

from o2c_xl.workbook.address import Area, address, area, column_number
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.markup import (
    TAG,
    attribute,
    attributes,
    check_well_formed,
    find_mark,
    in_utf8,
    local_name,
    tags,
    with_attribute,
)
from o2c_xl.workbook.opc.places import sheet_data

__all__ = ["CellSpan", "RowSpan", "SheetXml", "Splice", "cell_pattern", "spliced", "with_number"]

_DIGITS = re.compile(rb"[A-Z]+")
_FILLED = re.compile(rb"<(?:[^\s<>/:]+:)?(?:v|is|f)[\s>/]")
_FORMULA = re.compile(rb"<(?:[^\s<>/:]+:)?f[\s>/]")


@lru_cache(maxsize=8)
def cell_pattern(prefix: bytes) -> re.Pattern[bytes]:
    """A cell that says where it is: its start tag, column, row number and what is inside, anything but cells."""
    p = re.escape(prefix)
    attrs = rb'(?: [A-Za-z0-9:]+="[^"<>]*+")*+'
    inside = rb"[^<]*+(?:<(?!/?%bc[ />])[^<]*+)*+" % p
    return re.compile(rb'(<%bc r="([A-Z]{1,3})([0-9]{1,7})"%b) ?(?:/>|>(%b)</%bc>)' % (p, attrs, inside, p))


@dataclass(frozen=True, slots=True)
class Splice:
    """The bytes from `start` to `end` become `new`; equal offsets insert."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True, slots=True)
class RowSpan:
    """Where a row is: its start tag from `start` to `open_end`, its cells up to `close`, all of it up to `end`."""

    number: int
    start: int
    open_end: int
    close: int
    end: int


@dataclass(frozen=True, slots=True)
class CellSpan:
    """Where a cell is; `filled` means that it holds a value or a formula, `formula` the latter."""

    column: int
    start: int
    end: int
    tag: bytes
    filled: bool
    formula: bool

    @property
    def style(self) -> bytes | None:
        """Index of the cell's format."""
        return attribute(self.tag, b"s")


class SheetXml:
    """A worksheet part ready to be spliced; `xml` is it in UTF-8."""

    def __init__(self, data: bytes, name: str, *, simple: bool | None = None) -> None:
        self.name = name
        self.xml = in_utf8(data, name)
        place = sheet_data(self.xml)
        # Only comments, CDATA and a DOCTYPE begin so; with one of them no byte search can be trusted.
        self.simple = (
            find_mark(self.xml, b"<!", 0, place[2] if place else len(self.xml)) < 0 if simple is None else simple
        )
        if place is None or not self.simple:
            place = self._place_among_comments()
        self.prefix, self.start, self.end = place

    @property
    def numbers(self) -> list[int]:
        """The numbers of all rows, in their order in the part."""
        return self._index[0]

    @property
    def starts(self) -> list[int]:
        """Where the rows begin, in the order of `numbers`."""
        return self._index[1]

    @cached_property
    def _index(self) -> tuple[list[int], list[int]]:
        return self._index_fast() or self._index_by_tags()

    def _place_among_comments(self) -> tuple[bytes, int, int]:
        """As `sheet_data`, for a part whose comments might name it."""
        check_well_formed(self.xml, self.name)
        start = end = -1
        prefix = b""
        for tag in tags(self.xml, 0, len(self.xml)):
            if local_name(tag[0]) != b"sheetData":
                continue
            if tag[0].startswith(b"</"):
                end = tag.start()
            else:
                start, prefix = tag.end(), tag[0][1:].partition(b"sheetData")[0]
                end = start
        if start < 0:
            raise Damaged(f"The workbook is damaged: its {self.name} has no rows part.")
        return prefix, start, end

    def _index_fast(self) -> tuple[list[int], list[int]] | None:
        """Find the rows by their first bytes; None when they are not all written that way."""
        xml, start, end = self.xml, self.start, self.end
        if not self.simple or find_mark(xml, b"<?", start, end) >= 0:
            return None
        # A pattern that is text alone is found five times faster than one with a number in it.
        head = re.compile(re.escape(b"<%srow" % self.prefix))
        starts = [row.start() for row in head.finditer(xml, start, end)]
        number = re.compile(rb'<%brow r="([0-9]{1,7})"' % re.escape(self.prefix))
        found = [row for at in starts if (row := number.match(xml, at, end))]
        # A row may be written otherwise: another attribute first, none at all.
        return ([int(row[1]) for row in found], starts) if len(found) == len(starts) else None

    def _index_by_tags(self) -> tuple[list[int], list[int]]:
        """Find the rows tag by tag: any order of attributes, implied numbers, comments in between."""
        check_well_formed(self.xml, self.name)
        self.simple = False
        numbers, starts = [], []
        last = 0
        for tag in tags(self.xml, self.start, self.end):
            if local_name(tag[0]) == b"row" and not tag[0].startswith(b"</"):
                last = int(attribute(tag[0], b"r") or last + 1)
                numbers.append(last)
                starts.append(tag.start())
        return numbers, starts

    @property
    def last_number(self) -> int:
        """The number of the last row, 0 when there is none."""
        return self.numbers[-1] if self.numbers else 0

    def upto(self, end: int) -> SheetXml:
        """The same part, its rows taken to end at `end`."""
        part = copy(self)
        part.end = end
        part.__dict__.pop("_index", None)
        return part

    def check_order(self) -> None:
        """Raise `Damaged` unless row numbers increase: splicing relies on it."""
        if not all(map(lt, self.numbers, islice(self.numbers, 1, None))):
            raise Damaged(f"The workbook's {self.name} cannot be trusted: its rows are repeated or out of order.")

    def row(self, number: int) -> RowSpan | None:
        """The row of that number, None when the sheet has none."""
        index = bisect_left(self.numbers, number)
        if index == len(self.numbers) or self.numbers[index] != number:
            return None
        start = self.starts[index]
        limit = self.starts[index + 1] if index + 1 < len(self.starts) else self.end
        opening = TAG.match(self.xml, start)
        if opening is None:
            raise Damaged(f"The workbook is damaged: row {number} of its {self.name} is broken.")
        open_end = opening.end()
        if opening[0].endswith(b"/>"):
            return RowSpan(number, start, open_end, open_end, open_end)
        # In a simple part the last end tag before the next row is the row's own.
        search = self.xml.rfind(b"</", open_end, limit) if self.simple else open_end
        for tag in tags(self.xml, max(search, open_end), limit):
            if tag[0].startswith(b"</") and local_name(tag[0]) == b"row":
                return RowSpan(number, start, open_end, tag.start(), tag.end())
        raise Damaged(f"The workbook is damaged: row {number} of its {self.name} has no end.")

    def row_bytes(self, number: int) -> bytes:
        """The row with what follows it up to the next one; nothing when the sheet has no such row."""
        index = bisect_left(self.numbers, number)
        if index == len(self.numbers) or self.numbers[index] != number:
            return b""
        limit = self.starts[index + 1] if index + 1 < len(self.starts) else self.end
        return self.xml[self.starts[index] : limit]

    def rows_between(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """The rows from one number to another, each with what follows it up to the next one."""
        index = bisect_left(self.numbers, first)
        ends = chain(islice(self.starts, index + 1, None), [self.end])
        for number, start, end in zip(self.numbers[index:], self.starts[index:], ends, strict=False):
            if number > last:
                return
            yield number, self.xml[start:end]

    def empty_opening(self) -> tuple[int, int, bytes] | None:
        """Where a self-closed `sheetData` is, and the start tag that it becomes; None when it is open already."""
        start = self.xml.rfind(b"<", 0, self.start)
        tag = self.xml[start : self.start]
        return (start, self.start, tag[:-2].rstrip() + b">") if tag.endswith(b"/>") else None

    def place(self, number: int) -> int:
        """Where a new row of that number belongs."""
        index = bisect_left(self.numbers, number)
        return self.starts[index] if index < len(self.starts) else self.end

    def cells(self, row: RowSpan) -> Iterator[CellSpan]:
        """The row's cells in order; one without an address follows the one before."""
        return iter(self._cells_fast(row) or self._cells_by_tags(row)) if self.simple else self._cells_by_tags(row)

    def _cells_fast(self, row: RowSpan) -> list[CellSpan] | None:
        """The cells of a row that is written the usual way, None of any other."""
        found: list[CellSpan] = []
        position = row.open_end
        for cell in cell_pattern(self.prefix).finditer(self.xml, row.open_end, row.close):
            if cell.start() != position:
                return None
            position = cell.end()
            inside = cell[4] or b""
            formula = _FORMULA.search(inside) is not None
            column = column_number(cell[2].decode())
            filled = formula or _FILLED.search(inside) is not None
            found.append(CellSpan(column, cell.start(), position, cell[1], filled, formula))
        return found if position == row.close else None

    def _cells_by_tags(self, row: RowSpan) -> Iterator[CellSpan]:
        last = 0
        opened: re.Match[bytes] | None = None
        for tag in tags(self.xml, row.open_end, row.close):
            if local_name(tag[0]) != b"c":
                continue
            if tag[0].startswith(b"</") and opened is not None:
                yield self._cell(opened, tag.start(), tag.end(), last)
                opened = None
                continue
            last = self._column(tag[0], last)
            if tag[0].endswith(b"/>"):
                yield self._cell(tag, tag.end(), tag.end(), last)
            else:
                opened = tag

    def _cell(self, opening: re.Match[bytes], close: int, end: int, column: int) -> CellSpan:
        inside = {local_name(tag[0]) for tag in tags(self.xml, opening.end(), close)}
        filled = not inside.isdisjoint({b"v", b"is", b"f"})
        return CellSpan(column, opening.start(), end, opening[0], filled, b"f" in inside)

    @staticmethod
    def _column(tag: bytes, last: int) -> int:
        ref = attribute(tag, b"r")
        letters = _DIGITS.match(ref) if ref else None
        return column_number(letters[0].decode()) if letters else last + 1

    def filled_below(self, last_row: int, left: int, right: int) -> str | None:
        """The first cell under `last_row` in those columns that holds something; its address, else None."""
        index = bisect_left(self.numbers, last_row + 1)
        if index == len(self.numbers) or not _FILLED.search(self.xml, self.starts[index], self.end):
            return None
        for number in self.numbers[index:]:
            row = self.row(number)
            if row is None or not _FILLED.search(self.xml, row.start, row.end):
                continue
            for cell in self.cells(row):
                if cell.filled and left <= cell.column <= right:
                    return address(number, cell.column)
        return None

    def array_areas(self) -> list[Area]:
        """The ranges that array formulas and data tables fill."""
        if self.xml.find(b"<%sf" % self.prefix, self.start, self.end) < 0:
            return []
        found = []
        pattern = re.compile(rb"<%sf\s[^<>]*>" % re.escape(self.prefix))
        for tag in pattern.finditer(self.xml, self.start, self.end):
            attrs = attributes(tag[0])
            block = area(attrs.get(b"ref", b"").decode())
            if block is not None and attrs.get(b"t") in {b"array", b"dataTable"}:
                found.append(block)
        return found

    def effective_style(self, row: RowSpan | None, column: int) -> bytes | None:
        """The format of a cell that is not written: its row's, else its column's."""
        if row is not None:
            attrs = attributes(self.xml[row.start : row.open_end])
            if attrs.get(b"customFormat") in {b"1", b"true"}:
                return attrs.get(b"s")
        return self._column_styles.get(column)

    def styles_of(self, number: int, columns: Iterable[int]) -> dict[int, bytes]:
        """The formats that the columns have in a row, which a row below it takes on; empty for the usual one."""
        row = self.row(number)
        written = {cell.column: cell.style or b"" for cell in self.cells(row)} if row else {}
        return {
            column: written[column] if column in written else self.effective_style(row, column) or b""
            for column in columns
        }

    @cached_property
    def _column_styles(self) -> Mapping[int, bytes]:
        styles: dict[int, bytes] = {}
        for tag in tags(self.xml, 0, self.start):
            if local_name(tag[0]) == b"col" and not tag[0].startswith(b"</"):
                attrs = attributes(tag[0])
                style = attrs.get(b"style", b"0")
                if style != b"0":
                    first, last = int(attrs.get(b"min", b"1")), int(attrs.get(b"max", b"0"))
                    styles.update(dict.fromkeys(range(first, last + 1), style))
        return styles

    def widened_spans(self, tag: bytes, columns: range) -> bytes:
        """The row's start tag with its `spans` hint covering the columns, if it has one that does not."""
        spans = attribute(tag, b"spans")
        if spans is None or spans.count(b":") != 1:
            return tag if spans is None else with_attribute(tag, b"spans", None)
        first, last = (int(part) for part in spans.split(b":"))
        wide = b"%d:%d" % (min(first, columns[0]), max(last, columns[-1]))
        return tag if wide == spans else with_attribute(tag, b"spans", wide)


def with_number(row: bytes, old: int, new: bytes, prefix: bytes) -> bytes:
    """A row, all of whose cells say where they are, under another number."""
    mark = b'%d"' % old
    if row.count(mark) == row.count(b"<%sc " % prefix) + 1:  # then it stands in addresses alone
        return row.replace(mark, new + b'"')
    address_of = re.compile(rb'(<%b(?:row|c) r="[A-Z]{0,3}+)[0-9]++(?=")' % re.escape(prefix))
    return address_of.sub(lambda found: found[1] + new, row)


def spliced(xml: bytes, splices: list[Splice]) -> list[bytes | memoryview]:
    """`xml` with the splices made, as pieces that share its memory; splices at one place keep their order."""
    view = memoryview(xml)
    pieces: list[bytes | memoryview] = []
    position = 0
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        if splice.start < position:
            raise AssertionError("two splices overlap")
        pieces += [view[position : splice.start], splice.new]
        position = splice.end
    return [*pieces, view[position:]]
