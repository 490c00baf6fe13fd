"""Who points at rows of a sheet by cell address: formulas, names, charts, rules, pivots, links, controls.

Excel changes such addresses when it deletes rows; here nobody does, so rows that somebody points at may not move. The
test is wary: what only looks like a pointer counts as one. Whole columns, structured references and ranges over all
the rows in question go on meaning the same and do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import unquote

from o2c_xl.workbook.address import MAX_ROW, area
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.markup import attribute, in_utf8
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import Parts, Sheet, related

__all__ = ["Pointers", "Rows", "may_point", "part_xml"]

_QUALIFIED = re.compile(rb"!\$?(?:[A-Za-z]{1,3}\$?)?[0-9]")
_CELL = r"(?:[A-Za-z]{1,3}(\$?)([0-9]{1,7})(?::\$?[A-Za-z]{1,3}\$?([0-9]{1,7}))?"
_ADDRESS = re.compile(
    r"(?:('(?:[^']|''){1,150}'|[^\s'\"!(),;=<>&+*/^{}#-]{1,80})!)?(?<![\w.$\[])\$?"
    + _CELL
    + r"|([0-9]{1,7}):\$?([0-9]{1,7}))(?![\w.(\[!])"
)
_FORMULA = rb"f(?:ormula[12]?)?(?:\s[^<>]*)?>[^<]+"
_FORMULAS = (re.compile(rb"<" + _FORMULA), re.compile(rb":" + _FORMULA))  # each begins with bytes quickly found
_RULE = re.compile(r"<(?:\w+:)?formula[12]?[\s>]|<xm:f>")
_TEXT = re.compile(r"<(?:\w+:)?(?:t|v|text)[\s>]")
_CONTROL = re.compile(rb"(?i)(?:textlink|fmla\w+|linkedCell|listFillRange|cellRange)(?:=\"|>)[^\"<]+")
_SOURCE = re.compile(rb"<[^<>]*\ssheet=\"[^<>]*>")
_CONTROLS = frozenset({"ctrlProp", "vmlDrawing", "drawing"})
_SCANNED = (".xml", ".rels", ".vml")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows from `top` to `bottom` of a sheet, of which those to `kept` are left afterwards."""

    sheet: Sheet
    top: int
    bottom: int
    kept: int

    def minds(self, first: int, last: int) -> bool:
        """Whether a pointer at rows `first` to `last` would mean others afterwards; one over all of them does not."""
        if last < self.top or first > self.bottom:
            return False
        return first == last or first > min(self.top, self.kept) or last < self.bottom


@dataclass(frozen=True, slots=True)
class _Pointer:
    """An address as it is written; `sheet` is empty where none is named.

    Unless its row is `fixed` it is another one seen from each cell of a `rule` and from each of the `more` rows that
    share a formula.
    """

    sheet: str
    first: int
    last: int
    fixed: bool
    rule: bool
    more: int

    def means(self, sheet: str) -> bool:
        """Whether it names the sheet, or several in one (`Jan:Dec!A4`); not a sheet of another workbook."""
        return self.sheet == sheet.casefold() or (":" in self.sheet and "[" not in self.sheet)

    def at(self, rows: Rows) -> bool:
        """Whether it would mean other rows afterwards."""
        if self.fixed or not (self.rule or self.more):
            return rows.minds(self.first, self.last)
        more = MAX_ROW if self.rule else self.more
        return self.first <= rows.bottom and self.last + more >= rows.top


def _pointers(piece: str) -> Iterator[_Pointer]:
    rule, more = _RULE.match(piece) is not None, _shared(piece)
    for found in _ADDRESS.finditer(piece):
        first = int(found[3] or found[5])
        last = int(found[4] or found[6] or first)
        name = unquote(found[1] or "").strip("'").replace("''", "'").casefold()
        yield _Pointer(name, min(first, last), max(first, last), not found[3] or bool(found[2]), rule, more)


class Pointers:
    """All addresses with a sheet's name in a workbook, looked for once, when first asked."""

    def __init__(self, book: Package, parts: Parts) -> None:
        self.book, self.parts = book, parts

    def at(self, rows: Rows) -> bool:
        """Whether anything in the workbook points at some of the rows by address."""
        qualified, sources = self._found
        return (
            any(pointer.at(rows) for pointer in _on_the_sheet(self.book, rows.sheet))
            or any(pointer.means(rows.sheet.name) and pointer.at(rows) for pointer in qualified)
            or any(_is_source(tag, rows) for tag in sources)
        )

    @cached_property
    def _found(self) -> tuple[set[_Pointer], list[bytes]]:
        qualified: set[_Pointer] = set()
        sources: list[bytes] = []
        for name in (name for name in self.book.names if may_point(name, self.parts)):
            xml = part_xml(self.book, name)
            for piece in _pieces(xml):
                qualified.update(pointer for pointer in _pointers(piece) if pointer.sheet)
            if b' sheet="' in xml:
                sources += (tag[0] for tag in _SOURCE.finditer(xml))
        return qualified, sources


def may_point(name: str, parts: Parts) -> bool:
    """Whether the part may hold addresses; texts of cells do not, and a linked workbook's mean its own sheets."""
    folded = name.casefold()
    return folded.endswith(_SCANNED) and name != parts.strings and "externallinks/" not in folded


def part_xml(book: Package, name: str) -> bytes:
    """The part in UTF-8, or as it is."""
    data = book.read(name)
    try:
        return in_utf8(data, name)
    except Damaged:  # a part of somebody else's, in an encoding of its own
        return data


def _pieces(xml: bytes) -> Iterator[str]:
    """Each tag with the text behind it in which an address follows a sheet's name."""
    end = 0
    for found in _QUALIFIED.finditer(xml):
        if found.start() >= end:
            start, end = xml.rfind(b"<", 0, found.start()), xml.find(b"<", found.start())
            end = end if end >= 0 else len(xml)
            piece = _text(xml[max(start, 0) : end])
            if not _TEXT.match(piece) and "_FilterDatabase" not in piece:  # which only repeats where the filter is
                yield piece


def _text(piece: bytes) -> str:
    return unescape(piece.decode("utf-8", "replace"))


def _own_pieces(book: Package, sheet: Sheet) -> Iterator[str]:
    """What on the sheet itself may name cells without the sheet's name."""
    xml = part_xml(book, sheet.part)
    for pattern in _FORMULAS:
        yield from (_text(xml[xml.rfind(b"<", 0, found.end()) : found.end()]) for found in pattern.finditer(xml))
    around = [part_xml(book, part) for kind, part in related(book, sheet.part) if kind in _CONTROLS]
    for part in [xml[xml.rfind(b"sheetData") :], *around]:
        yield from (_text(found[0]) for found in _CONTROL.finditer(part))


def _on_the_sheet(book: Package, sheet: Sheet) -> Iterator[_Pointer]:
    """The pointers that name no sheet; in a rule only fixed ones, as its others go with the rows it is for."""
    for piece in _own_pieces(book, sheet):
        for pointer in _pointers(piece):
            if not pointer.sheet and (pointer.fixed or not pointer.rule):
                yield pointer


def _shared(piece: str) -> int:
    """How many rows further down the same formula serves."""
    opening = piece[: piece.find(">") + 1]
    if 't="shared"' not in opening:
        return 0
    block = area((attribute(opening.encode(), b"ref") or b"").decode())
    return block.bottom - block.top if block else 0


def _is_source(tag: bytes, rows: Rows) -> bool:
    """Whether a pivot or a consolidation takes its data from some of the rows."""
    block = area((attribute(tag, b"ref") or b"").decode())
    name = unescape((attribute(tag, b"sheet") or b"").decode("utf-8", "replace"))
    return block is not None and name.casefold() == rows.sheet.name.casefold() and rows.minds(block.top, block.bottom)
