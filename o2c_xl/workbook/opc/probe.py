"""The structure of a sheet part, proved before any reader sees its values, at about a third of a reader's cost.

No spreadsheet library reports repeated or unordered cells, error cells, or formulas whose result nobody stored: they
drop rows or show blanks. Here each row is matched, as bytes, against one pattern that lists the sheet's columns in
order; what the pattern does not take (attributes in another order, rich text, missing `r`) is parsed as a tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from o2c_xl.workbook.address import MAX_COLUMN, MAX_ROW, address, area, column_letters, column_number
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.cell_facts import Facts, note_cell, untrusted
from o2c_xl.workbook.opc.markup import TAG, check_well_formed, in_utf8, local_name, plain, tags, tree
from o2c_xl.workbook.opc.places import SHEET_DATA, cell_tags, sheet_data
from o2c_xl.workbook.opc.readable import hides, readable_part, without_end
from o2c_xl.workbook.opc.row_patterns import bare_row_pattern, error_pattern, formula_pattern, row_pattern

__all__ = ["Facts", "probe"]

_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(r"[1-9][0-9]{0,6}")
_FEW_ROWS = 64  # so many rows are parsed sooner than a pattern for them is compiled
_SMALL = 1 << 18  # bytes in which so few rows are looked for
_MAX_SHAPES = 40  # new sets of columns before every odd row goes the slow way
_MAX_COLUMNS = 512  # a pattern of more columns takes longer to compile than it saves
# calamine lays out every cell between the first and the last; these bounds keep a stray cell from filling memory.
_FREE_AREA = 2_000_000
_SPREAD = 10

_MERGED = re.compile(rb'<(?:[A-Za-z_][\w.-]*:)?mergeCell\s[^<>]*?ref="([^"<>]*)"')
_RANGED = re.compile(rb'<(?:[A-Za-z_][\w.-]*:)?f\s[^<>]*?ref="([^"<>]*)"')


def probe(data: bytes, sheet: str) -> Facts:
    """Prove the sheet part; raises `Damaged` with the sheet's name and, where there is one, the address."""
    name = f"sheet {sheet}"
    xml = without_end(in_utf8(data, name))
    try:
        facts = _probe(xml, name)
    except _NotPlainError:
        xml = plain(xml, name)
        try:
            facts = _probe(xml, name)
        except _NotPlainError:
            raise Damaged(f"The workbook is damaged: the rows of its {name} are broken.") from None
    facts.hidden = hides(xml)
    readable = readable_part(xml, facts)
    if readable is not data:
        facts.clean = readable
    return facts


class _NotPlainError(Exception):
    """The rows hold a comment, a CDATA section or a processing instruction."""


def _probe(xml: bytes, name: str) -> Facts:
    found = sheet_data(xml)
    if found is None:
        check_well_formed(xml, name)
        raise Damaged(f"The workbook is damaged: its {name} has no rows part.")
    if xml.find(b"<!", 0, found[1]) >= 0:
        raise _NotPlainError
    try:
        check_well_formed(xml[: found[1]] + xml[found[2] :], name)
    except Damaged:
        if xml.find(b"<!") >= 0:
            raise _NotPlainError from None  # a comment may name the end of the rows
        raise
    if xml.find(b"]]>", found[1], found[2]) >= 0:  # the end of a CDATA section, or text that XML does not allow
        raise _NotPlainError
    _check_place(xml, found, name)
    walk = _Walk(xml, found, name)
    walk.check_ranges(_MERGED, found[2], len(xml))
    return walk.facts()


def _check_place(xml: bytes, place: tuple[bytes, int, int], name: str) -> None:
    """The rows stand right under the root, and nowhere else."""
    depth = 0
    for tag in tags(xml, 0, xml.rfind(b"<", 0, place[1])):
        depth += -1 if tag[0][1:2] == b"/" else 0 if tag[0].endswith(b"/>") else 1
    if depth != 1 or SHEET_DATA.search(xml, place[2]):
        raise Damaged(f"The workbook is damaged: the rows of its {name} are not where they belong.")


class _Walk:
    """One pass over the rows of a sheet."""

    def __init__(self, xml: bytes, place: tuple[bytes, int, int], name: str) -> None:
        self.xml = xml
        self.prefix, self.start, self.end = place
        self.name = name
        self.root = next(tags(xml, 0, self.start))[0]
        self.shape: frozenset[str] = frozenset()
        self.shapes = 0
        self.right = 0
        self.values_only = True  # until a row with a formula, an error or the like is met
        self.found = Facts()

    def facts(self) -> Facts:
        self._rows()
        if not self.values_only:
            self._formulas()
            self._errors()
        if self.found.formulas:
            self.check_ranges(_RANGED, self.start, self.end)
        self._spread()
        return self.found

    def check_ranges(self, what: re.Pattern[bytes], start: int, end: int) -> None:
        """Ranges of merged cells and of formulas lie inside of the grid."""
        for found in what.finditer(self.xml, start, end):
            if area(found[1].decode("utf-8", "replace")) is None:
                raise untrusted(self.name, f"a range in it is {found[1].decode('utf-8', 'replace')!r}")

    def _rows(self) -> None:
        """Every row by the pattern, an odd one as a tree; numbers increase and stay in the grid."""
        xml, end = self.xml, self.end
        if end - self.start < _SMALL and xml.count(b"<%srow" % self.prefix, self.start, end) <= _FEW_ROWS:
            self._few_rows()
            return
        match = self._pattern().match
        position, last = self.start, 0
        bare = bare_row_pattern(self.prefix).match
        while position < end:
            row = match(xml, position, end)
            if row is not None:
                number = int(row[1])
                position = row.end()
            elif row := bare(xml, position, end):
                number = int(row[1] or last + 1)
                self._note_bare(row[2], number)
                position = row.end()
            elif self.values_only and row_pattern(self.prefix, self.shape, False).match(xml, position, end):
                self.values_only = False
                match = self._pattern().match
                continue
            else:
                position, number = self._odd_row(position, last)
                match = self._pattern().match
                if not number:
                    break
            last = self._next(number, last)
        self._note_last(last)

    def _note_bare(self, cells: bytes, number: int) -> None:
        """How far right the cells of a row reach that tell no address."""
        width = cells.count(b"<%bc" % self.prefix)
        if width > MAX_COLUMN:
            raise untrusted(self.name, f"row {number} has {width} cells")
        self.right = max(self.right, width)

    def _few_rows(self) -> None:
        """The same, every row as a tree."""
        position, last = self.start, 0
        while position < self.end:
            position, number = self._odd_row(position, last)
            if number:
                last = self._next(number, last)
        self._note_last(last)

    def _next(self, number: int, last: int) -> int:
        if not last < number <= MAX_ROW:
            raise untrusted(self.name, f"row {number} stands after row {last}")
        return number

    def _note_last(self, last: int) -> None:
        self.found.last = (last, self.right)

    def _pattern(self) -> re.Pattern[bytes]:
        return row_pattern(self.prefix, self.shape, self.values_only)

    def _odd_row(self, position: int, last: int) -> tuple[int, int]:
        """One row parsed as XML; its end and its number, which is 0 when only white space was left."""
        tag = TAG.search(self.xml, position, self.end)
        if self.xml[position : tag.start() if tag else self.end].strip():
            raise untrusted(self.name, "there is text between its rows")
        if tag is None:
            return self.end, 0
        if tag[0][1] in b"!?/":
            raise _NotPlainError
        if local_name(tag[0]) != b"row":
            raise untrusted(self.name, "there is something other than rows in it")
        end = tag.end()
        if not tag[0].endswith(b"/>"):
            close = self.xml.find(b"</%srow" % self.prefix, end, self.end)
            end = self.xml.find(b">", close, self.end) + 1 if close >= 0 else 0
        text = self.xml[tag.start() : end]
        if b"<!" in text or b"<?" in text:
            raise _NotPlainError
        self._check_prefixes(text)
        row = tree(text, self.name)
        number = self._number(row, last)
        columns = frozenset(column_letters(column) for column, _ in self._cells(row, number))
        self.right = max(self.right, *map(column_number, columns), 0)
        if not columns <= self.shape and self.shapes < _MAX_SHAPES and len(self.shape | columns) <= _MAX_COLUMNS:
            self.shape |= columns
            self.shapes += 1
        return end, number

    def _check_prefixes(self, row: bytes) -> None:
        """A row's prefixes are declared at the root; few rows have any."""
        if b":" in row.replace(b" xml:", b""):
            name = self.root[1:-1].split(None, 1)[0]
            check_well_formed(self.root + row + b"</" + name + b">", self.name)

    def _number(self, row: Element, last: int) -> int:
        text = row.get("r")
        if text is None:
            return last + 1
        if not _ROW.fullmatch(text):
            raise untrusted(self.name, f"a row is numbered {text!r}")
        return int(text)

    def _cells(self, row: Element, number: int) -> Iterator[tuple[int, Element]]:
        """The cells with their columns; they increase, once each, and belong to the row."""
        last = 0
        for cell in row:
            if cell.tag == "extLst":
                continue
            if cell.tag != "c":
                raise untrusted(self.name, f"there is something other than cells in row {number}")
            column = self._column(cell, number, last)
            if not last < column <= MAX_COLUMN:
                raise untrusted(self.name, f"cell {address(number, column)} is repeated or out of order")
            last = column
            note_cell(self.found, cell, (number, column), self.name)
            yield column, cell

    def _column(self, cell: Element, number: int, last: int) -> int:
        text = cell.get("r")
        if text is None:
            return last + 1
        ref = _REF.fullmatch(text)
        if ref is None or int(ref[2]) != number:
            raise untrusted(self.name, f"a cell of row {number} is addressed {text!r}")
        column = column_number(ref[1])
        if column > MAX_COLUMN:
            raise untrusted(self.name, f"a cell of row {number} is addressed {text!r}")
        return column

    def _formulas(self) -> None:
        if self.xml.find(b"<%sf" % self.prefix, self.start, self.end) < 0:
            return
        formulas, uncached = self.found.formulas, self.found.uncached
        for cell in formula_pattern(self.prefix).finditer(self.xml, self.start, self.end):
            letters, row, attrs, value = cell.groups()
            place = (int(row), column_number(letters.decode()))
            formulas.add(place)
            if value is None or (value == b"" and b't="str"' not in attrs):
                uncached.add(place)

    def _errors(self) -> None:
        xml = self.xml
        if xml.find(b' t="e"', self.start, self.end) < 0:
            return
        for cell in error_pattern(self.prefix).finditer(xml, self.start, self.end):
            letters, row, code = cell.groups()
            self.found.errors[int(row), column_number(letters.decode())] = code.decode() or "#ERROR"

    def _spread(self) -> None:
        """Refuse values so far apart that laying them out would take the memory of a whole machine."""
        rows, columns = self.found.last
        most = max(_FREE_AREA, _SPREAD * self.xml.count(b"</%bc>" % self.prefix, self.start, self.end))
        if rows * columns <= most:
            return
        bottom = right = 0
        for row, column, tag in cell_tags(self.xml, self.prefix, self.start, self.end):
            if not tag.endswith(b"/>"):
                bottom, right = row, max(right, column)
        if bottom * right > most:
            raise untrusted(
                self.name,
                f"its values lie too far apart, up to {address(bottom, right)}; "
                "delete what stands far outside of the table and save it again",
            )
