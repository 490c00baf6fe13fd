"""What no longer covers all of a table that grew: formulas, names, charts, rules, pivots with plain addresses.

Excel widens some of them while a person types under a table; rows that a program adds it does not see. They are
people's and stay as they are, so a person is told which they are: once, as they reach no table's end afterwards. It
costs one pass over the parts, and only where a table grew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from o2c_xl.workbook.address import Area, area
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.markup import attribute, local_name
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import Parts, Sheet, Table, book_parts, related
from o2c_xl.workbook.patch.references import may_point, part_xml

__all__ = ["LeftShort", "left_short"]

_END = re.compile(rb":\$?[A-Za-z]{1,3}\$?([0-9]{1,7})(?![0-9A-Za-z_.(!\[])")
_RANGE = re.compile(
    r"(?:('(?:[^']|''){1,150}'|[^\s'\"!(),;=<>&+*/^{}#-]{1,80})!)?(?<![\w.$\[])"
    r"(\$?[A-Za-z]{1,3}\$?[0-9]{1,7}:\$?[A-Za-z]{1,3}(\$?)[0-9]{1,7})(?![\w.(\[!])"
)
_TEXTS = frozenset({b"f", b"formula", b"formula1", b"formula2", b"definedName"})
_SOURCES = frozenset({b"worksheetSource", b"rangeSet"})
_KINDS = {"chart": "a chart", "chartEx": "a chart", "pivotTable": "a pivot table", "ctrlProp": "a control"}
_ON_THE_WAY = frozenset({"drawing", *_KINDS})
_DEEPEST = 2  # sheet, drawing, chart; sheet, pivot table, its data


@dataclass(frozen=True, slots=True)
class LeftShort:
    """A range that covered a table down to its last row: where it is written, how, and its first column's header."""

    where: str
    covers: str
    column: str


@dataclass(frozen=True, slots=True)
class _Grown:
    sheet: Sheet
    table: Table
    bottom: int

    def outgrew(self, block: Area) -> bool:
        """Whether the range held all rows of some of its columns, and does so no more."""
        data = self.table.data
        beside = block.right < data.left or data.right < block.left
        return not beside and block.top <= data.top and data.bottom <= block.bottom < self.bottom


@dataclass(frozen=True, slots=True)
class _Found:
    """A text with addresses, where it is written; `sheet` is what those without a sheet's name mean, `cell` its own."""

    where: str
    text: str
    sheet: str = ""
    cell: Area | None = None


def left_short(old: bytes, new: bytes) -> dict[str, list[LeftShort]]:
    """By table, what covered it in the workbook `old` and leaves out some of its rows in `new`."""
    book = Package(old)
    parts, now = book_parts(book), book_parts(Package(new))
    grown = [one for sheet in parts.sheets for table in sheet.tables for one in _growth(sheet, table, now)]
    found: dict[str, dict[LeftShort, None]] = {}  # each once, in the order in which they were found
    if grown:
        ends = range(min(one.table.data.bottom for one in grown), max(one.bottom for one in grown))
        places = _Places(book, parts)
        for name in (name for name in book.names if may_point(name, parts)):
            for place in places.texts(name, part_xml(book, name), ends):
                for one in grown:
                    for short in _short(place, one):
                        found.setdefault(one.table.name, {})[short] = None
    return {table: list(shorts) for table, shorts in found.items()}


def _growth(sheet: Sheet, table: Table, now: Parts) -> Iterator[_Grown]:
    after = now.table(table.name)
    if after is not None and after[1].data.bottom > table.data.bottom:
        yield _Grown(sheet, table, after[1].data.bottom)


def _short(place: _Found, grown: _Grown) -> Iterator[LeftShort]:
    for found in _RANGE.finditer(place.text):
        block = area(found[2].upper())
        sheet = (found[1] or place.sheet).strip("'").replace("''", "'")
        if block is None or sheet.casefold() != grown.sheet.name.casefold() or not grown.outgrew(block):
            continue
        table = grown.table
        where, header = place.where, table.headers[max(block.left - table.ref.left, 0)]
        if place.cell is not None and place.sheet == grown.sheet.name and place.cell.meets(table.ref):
            if not found[3]:  # a running total goes on by itself
                continue
            where = f"the column {table.headers[place.cell.left - table.ref.left]} of {table.name}"
        yield LeftShort(where, f"{sheet}!{block}", header)


class _Places:
    """Where in a workbook addresses are written."""

    def __init__(self, book: Package, parts: Parts) -> None:
        self.sheets = {sheet.part: sheet.name for sheet in parts.sheets}
        self.owners: dict[str, str] = {}
        for sheet in parts.sheets:
            self._own(book, sheet.part, sheet.name)

    def _own(self, book: Package, part: str, sheet: str, what: str = "", depth: int = 1) -> None:
        """What hangs on a sheet; the data of a pivot table is told as the pivot table."""
        for kind, name in _related(book, part):
            if kind in _ON_THE_WAY or (what and kind == "pivotCacheDefinition"):
                called = what or _KINDS.get(kind, "")
                self.owners.setdefault(name, f"{called or 'a drawing'} on {sheet}")
                if depth < _DEEPEST:
                    self._own(book, name, sheet, called, depth + 1)

    def texts(self, name: str, xml: bytes, ends: range) -> Iterator[_Found]:
        """Each text in the part that holds a range down to one of the rows `ends`."""
        done = 0
        rows_end = xml.rfind(b"sheetData") if name in self.sheets else 0
        for hit in _END.finditer(xml):
            if hit.start() < done or int(hit[1]) not in ends:
                continue
            start = xml.rfind(b"<", 0, hit.start())
            opened = xml.find(b">", start) + 1
            tag = xml[start:opened]
            inside = opened > hit.start()
            done = opened if inside else max(xml.find(b"<", hit.start()), hit.end())
            text = unescape((tag if inside else xml[opened:done]).decode("utf-8", "replace"))
            found = self._attribute(name, tag, text) if inside else self._text(name, xml, tag, start, text, rows_end)
            if found is not None:
                yield found

    def _attribute(self, name: str, tag: bytes, text: str) -> _Found | None:
        where = self.owners.get(name, "a pivot table")
        if local_name(tag) in _SOURCES:
            return _Found(where, _said(tag, b"ref"), _said(tag, b"sheet"))
        return _Found(where, text) if local_name(tag) == b"formControlPr" else None

    def _text(self, name: str, xml: bytes, tag: bytes, start: int, text: str, rows_end: int) -> _Found | None:
        kind = local_name(tag)
        if kind not in _TEXTS:
            return None
        if kind == b"definedName":
            called = _said(tag, b"name")
            return None if called == "_xlnm._FilterDatabase" else _Found(_name(called), text)
        sheet = self.sheets.get(name)
        if sheet is None:
            return _Found(self.owners.get(name, "a chart"), text)
        if start < rows_end:
            cell = _cell(xml, start)
            return _Found(f"{sheet}!{cell}" if cell else f"a cell of {sheet}", text, sheet, cell)
        what = "a rule" if kind != b"f" else "a rule or sparkline"
        return _Found(f"{what} of {sheet}!{_cells_of(xml, start, before=kind != b'f')}", text, sheet)


def _said(tag: bytes, name: bytes) -> str:
    return unescape((attribute(tag, name) or b"").decode("utf-8", "replace"))


def _related(book: Package, part: str) -> list[tuple[str, str]]:
    try:
        return related(book, part)
    except Damaged:  # what hangs on a sheet is not ours to judge
        return []


def _name(called: str) -> str:
    builtin = called.removeprefix("_xlnm.")
    return f"the name {called}" if builtin == called else f"the {builtin.replace('_', ' ').lower()}"


def _cell(xml: bytes, start: int) -> Area | None:
    """The cell whose formula begins there: nothing stands between the two (ECMA-376, 18.3.1.4)."""
    begin = xml.rfind(b"<", 0, start)
    return area(_said(xml[begin : xml.find(b">", begin) + 1], b"r"))


def _cells_of(xml: bytes, start: int, *, before: bool) -> str:
    """For which cells the rule with this formula is: said before it, or behind it as all of 2010 and later do."""
    if before:
        rows_end = max(xml.rfind(b"sheetData", 0, start), 0)
        rules = (b"dataValidation ", b"conditionalFormatting ")
        begin = max(xml.rfind(rule, rows_end, start) for rule in rules)
        return _said(xml[begin : xml.find(b">", begin)], b"sqref")
    behind = xml.find(b"sqref>", start) + len(b"sqref>")
    return xml[behind : xml.find(b"<", behind)].decode("utf-8", "replace")
