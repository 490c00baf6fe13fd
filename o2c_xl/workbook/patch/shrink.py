"""Taking rows out of a table: the rows below them move up inside it, each as the bytes that it is.

A row moves as a whole, so the rows from the first one taken out to the table's end must be the table's alone: nothing
of people's in them, beside or below them, no formula, no note, no link, no merged cells, no rule that begins or ends
among them, no address anywhere that points at some of them. Where that does not hold all rows stay, silently: a row
too many is no fault.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from o2c_xl.workbook.address import MAX_COLUMN, Area, area, column_letters
from o2c_xl.workbook.opc.deflate import Packed, deflate
from o2c_xl.workbook.opc.markup import attribute, attributes, in_utf8, local_name, tags, with_attribute
from o2c_xl.workbook.opc.package import Package, Pieces
from o2c_xl.workbook.opc.parts import Parts, Sheet, Table, book_parts, related
from o2c_xl.workbook.opc.protection import check_writable, is_protected
from o2c_xl.workbook.opc.sheet import RowSpan, SheetXml, Splice, spliced, with_number
from o2c_xl.workbook.patch.calc import recalculating
from o2c_xl.workbook.patch.growth import Grown, merged_below, rule_splices, table_part
from o2c_xl.workbook.patch.references import Pointers, Rows

__all__ = ["Drop", "drop_rows", "kept_bottom", "own_rows", "row_after"]

_NOTES = frozenset({"comments", "threadedComment"})


@dataclass(frozen=True, slots=True)
class Drop:
    """Rows to take out of a table, by Excel row number; one that holds anything outside of `headers` stays."""

    table: str
    rows: frozenset[int]
    headers: frozenset[str]


def row_after(row: int, gone: Sequence[int]) -> int:
    """Where a row stands once the rows `gone`, in order, are taken out above it."""
    return row - bisect_left(gone, row)


def kept_bottom(table: Table, gone: Sequence[int]) -> int:
    """The last row of the table's data afterwards; a table keeps at least one row."""
    return max(table.data.bottom - len(gone), table.data.top)


def drop_rows(data: bytes, drops: Sequence[Drop]) -> tuple[bytes, dict[str, tuple[int, ...]]]:
    """The workbook without these rows, and which rows went, by table; the last one of a table is only emptied."""
    book = Package(data)
    parts = book_parts(book)
    check_writable(parts)
    pointers = Pointers(book, parts)
    changed: dict[str, Packed] = {}
    gone: dict[str, tuple[int, ...]] = {}
    for drop in drops:
        found = parts.table(drop.table)
        if found is None or found[0].part in changed:
            continue
        shrink = _Shrink(book, *found, drop)
        if shrink.gone and shrink.movable() and not pointers.at(shrink.rows()):
            changed[found[0].part] = deflate(shrink.pieces())
            part = in_utf8(book.read(found[1].part), found[1].part)
            changed[found[1].part] = deflate([table_part(part, drop.table, shrink.grown)])
            gone[drop.table] = shrink.gone
    if not changed:
        return data, {}
    return book.replaced(changed | _flagged(book, parts)), gone


def _flagged(book: Package, parts: Parts) -> dict[str, Packed]:
    workbook = book.read(parts.workbook)
    flagged = recalculating(workbook, parts.workbook)
    return {parts.workbook: deflate([flagged])} if flagged != workbook else {}


class _Shrink:
    """One table that loses the rows `gone`; they and all below them up to its end are the region that moves."""

    def __init__(self, book: Package, sheet: Sheet, table: Table, drop: Drop) -> None:
        self.book, self.sheet, self.table = book, sheet, table
        self.xml = SheetXml(book.read(sheet.part), f"sheet {sheet.name}")
        self.xml.check_order()
        self.gone = tuple(sorted(row for row in drop.rows if self._goes(row, drop.headers)))
        top = self.gone[0] if self.gone else table.data.bottom
        self.region = Area(top, table.ref.left, table.data.bottom, table.ref.right)
        self.bottom = kept_bottom(table, self.gone)
        self.emptied = table.data.top if len(self.gone) == table.data.bottom - table.data.top + 1 else 0
        self.grown = Grown(table.ref, self.bottom)

    def _goes(self, number: int, headers: frozenset[str]) -> bool:
        data = self.table.data
        if not data.top <= number <= data.bottom:
            return False
        row = self.xml.row(number)
        known = {data.left + i for i, header in enumerate(self.table.headers) if header.strip() in headers}
        return row is None or all(cell.column in known for cell in self.xml.cells(row) if cell.filled)

    def movable(self) -> bool:
        """Whether the region is the table's alone."""
        xml, region = self.xml, self.region
        if self.table.totals_rows or not xml.simple or is_protected(xml.xml, xml.end):
            return False
        wide = replace(region, left=1, right=MAX_COLUMN)
        if any(other.ref.meets(wide) for other in self.sheet.tables if other.name != self.table.name):
            return False
        if xml.filled_below(region.bottom, 1, MAX_COLUMN) or merged_below(xml.xml, xml.end, region):
            return False
        marks = [*xml.array_areas(), *self._notes(), *self._inner(_areas(xml.xml, xml.end))]
        return not any(mark.meets(wide) for mark in marks) and self._is_plain()

    def rows(self) -> Rows:
        """The region's rows, for the question who points at them."""
        return Rows(self.sheet, self.region.top, self.region.bottom, self.bottom)

    def _inner(self, areas: Iterator[Area]) -> Iterator[Area]:
        """The areas that begin or end inside the region; those that reach over all of it do not mind."""
        for block in areas:
            if block.top > min(self.region.top, self.bottom) or block.bottom < self.region.bottom:
                yield block

    def _notes(self) -> Iterator[Area]:
        for kind, part in related(self.book, self.sheet.part):
            if kind in _NOTES:
                yield from _areas(in_utf8(self.book.read(part), part), 0)

    def _is_plain(self) -> bool:
        """Whether the region holds rows of the table's own cells without formulas, all written the usual way."""
        xml, (start, end) = self.xml, self._place()
        if re.search(rb"<%bf[\s/>]" % re.escape(xml.prefix), xml.xml[start:end]):
            return False
        return own_rows(xml.xml, start, end, xml.prefix, range(self.region.left, self.region.right + 1)) is not None

    def _place(self) -> tuple[int, int]:
        return self.xml.place(self.region.top), self.xml.place(self.region.bottom + 1)

    def pieces(self) -> Pieces:
        """The sheet's part with the rows moved up."""
        xml, (start, end) = self.xml, self._place()
        rows = Splice(start, end, b"".join(self._moved()))
        return spliced(xml.xml, [*self._dimension(), rows, *rule_splices(xml.xml, xml.end, [self.grown])])

    def _moved(self) -> Iterator[bytes]:
        gone = set(self.gone)
        for number, row in self.xml.rows_between(self.region.top, self.region.bottom):
            if number == self.emptied:
                yield self._without_values(number)
            elif number not in gone:
                yield with_number(row, number, b"%d" % row_after(number, self.gone), self.xml.prefix)

    def _without_values(self, number: int) -> bytes:
        xml = self.xml
        row = xml.row(number)
        assert isinstance(row, RowSpan)  # noqa: S101 - it is one of the sheet's own numbers
        cells = (cell.tag.removesuffix(b"/>").removesuffix(b">") for cell in xml.cells(row))
        empty = b"".join(re.sub(rb' t="[^"]*"', b"", tag) + b"/>" for tag in cells)
        opening = xml.xml[row.start : row.open_end]
        return opening if row.open_end == row.end else opening + empty + b"</%srow>" % xml.prefix

    def _dimension(self) -> Iterator[Splice]:
        """The hint about the used area, when it ended with the table."""
        for tag in tags(self.xml.xml, 0, self.xml.start):
            if local_name(tag[0]) == b"dimension" and not tag[0].startswith(b"</"):
                old = area((attribute(tag[0], b"ref") or b"").decode())
                if old is not None and old.bottom == self.region.bottom:
                    new = str(replace(old, bottom=max(self.bottom, old.top))).encode()
                    yield Splice(tag.start(), tag.end(), with_attribute(tag[0], b"ref", new))


def _areas(xml: bytes, start: int) -> Iterator[Area]:
    """All ranges that a part names: merged cells, links, notes, rules, sparklines and whatever else has one."""
    for tag in tags(xml, start, len(xml)):
        named = [value for key, value in attributes(tag[0]).items() if key in {b"ref", b"sqref"}]
        if local_name(tag[0]) == b"sqref" and not tag[0].startswith(b"</"):
            named.append(xml[tag.end() : xml.find(b"<", tag.end())])
        for text in b" ".join(named).decode().split():
            block = area(text)
            if block is not None:
                yield block


@lru_cache(maxsize=8)
def _own_row(prefix: bytes, columns: range) -> re.Pattern[bytes]:
    p = re.escape(prefix)
    letters = b"|".join(column_letters(column).encode() for column in columns)
    attrs = rb'(?: [A-Za-z0-9:]+="[^"<>]*+")*+'
    inside = rb"[^<]*+(?:<(?!/?%bc[ />])[^<]*+)*+" % p
    cell = rb'<%bc r="(?:%b)\1"%b ?(?:/>|>%b</%bc>)' % (p, letters, attrs, inside, p)
    return re.compile(rb'\s*+<%brow r="([0-9]{1,7})"%b ?(?:/>|>(?:%b)*+</%brow>)\s*+' % (p, attrs, cell, p))


def own_rows(xml: bytes, start: int, end: int, prefix: bytes, columns: range) -> list[int] | None:
    """The numbers of the rows between two offsets; None unless all hold cells of these columns and their own number."""
    match, numbers = _own_row(prefix, columns).match, []
    while start < end:
        row = match(xml, start, end)
        if row is None:
            return None
        numbers.append(int(row[1]))
        start = row.end()
    return numbers
