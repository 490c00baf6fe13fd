"""Formats for the values that Python writes: a day in a cell without a date format would show as 46348.

Only formats that the workbook has already are used, so no part but the sheet changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from xml.etree.ElementTree import Element

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.workbook.opc.markup import tree
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import Parts, Table
from o2c_xl.workbook.opc.sheet import SheetXml

__all__ = ["CellFormats"]

_DAYS = frozenset({Kind.DATE, Kind.MOMENT})
_KINDS = _DAYS | {Kind.MONEY, Kind.PRICE}
# ECMA-376 part 1, 18.8.30: General and text, and the codes without a name that are dates somewhere
_NO_NUMBER = frozenset({0, 49})
_BUILT_IN_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')  # what a format code shows or asks, and counts nothing
_LOOK = ("fontId", "fillId", "borderId", "xfId")
_NEAR = 200  # rows above a new one that are looked at for a format


class CellFormats:
    """The cell formats of one workbook, by their numbers."""

    def __init__(self, book: Package, parts: Parts) -> None:
        self._book = book
        self._part = parts.styles
        self._found: dict[tuple[str, int, bytes], bytes] = {}

    def fitting(self, xml: SheetXml, table: Table, column: int, style: bytes) -> bytes:
        """`style`, or where it does not show the column's kind one that does: its own elsewhere, else one alike."""
        key = (table.name, column, style)
        if key not in self._found:
            spec = BY_NAME.get(table.name)
            header = table.headers[column - table.ref.left].strip()
            known = spec.by_header.get(header) if spec is not None else None
            self._found[key] = style if known is None else self._fitting(xml, table, column, known, style)
        return self._found[key]

    def wraps(self, style: bytes) -> bool:
        """Whether a cell of that format shows the lines of its text below each other."""
        return int(style or b"0") in self._wrapping

    def _fitting(self, xml: SheetXml, table: Table, column: int, known: Column, style: bytes) -> bytes:
        if known.kind not in _KINDS or self._shows(style, known.kind):
            return style
        others = (*_elsewhere(xml, table, column), *self._named(known), *self._alike(style, known.kind))
        return next((other for other in others if self._shows(other, known.kind)), style)

    def _shows(self, style: bytes, kind: Kind) -> bool:
        """Whether a cell of that format shows a value of that kind as such."""
        number, code = self._codes[int(style or b"0")] if int(style or b"0") < len(self._codes) else (0, "")
        if kind not in _DAYS:
            return number not in _NO_NUMBER
        return number in _BUILT_IN_DATES or {"y", "d"} <= set(_QUIET.sub("", code).lower())

    def _named(self, column: Column) -> Iterator[bytes]:
        """The format of the template's named style for such a column."""
        whose = "Staff" if column.typed else "Python"
        root = self._root
        styles = root.iterfind("cellStyles/cellStyle") if root is not None else ()
        wanted = {s.get("xfId") for s in styles if s.get("name") == f"{whose} {column.kind.value}"}
        for number, xf in enumerate(root.iterfind("cellXfs/xf") if root is not None and wanted else ()):
            if xf.get("xfId", "0") in wanted:
                yield b"%d" % number

    def _alike(self, style: bytes, kind: Kind) -> Iterator[bytes]:
        """For days, the formats that differ from `style` in how they show numbers and in nothing that one sees."""
        root = self._root
        formats = root.findall("cellXfs/xf") if root is not None and kind in _DAYS else []
        looks = [[xf.get(part, "0") for part in _LOOK] for xf in formats]
        own = int(style or b"0")
        if own < len(looks):
            yield from (b"%d" % number for number, look in enumerate(looks) if look == looks[own])

    @cached_property
    def _root(self) -> Element | None:
        return tree(self._book.read(self._part), self._part) if self._part else None

    @cached_property
    def _wrapping(self) -> frozenset[int]:
        formats = self._root.findall("cellXfs/xf") if self._root is not None else []
        sides = (xf.find("alignment") for xf in formats)
        said = (side.get("wrapText") if side is not None else None for side in sides)
        return frozenset(number for number, one in enumerate(said) if one in {"1", "true"})

    @cached_property
    def _codes(self) -> list[tuple[int, str]]:
        """The number and the code of each format's number format; built-in ones have no code."""
        root = self._root
        if root is None:
            return []
        own = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iterfind("numFmts/numFmt")}
        numbers = [xf.get("numFmtId", "0") for xf in root.iterfind("cellXfs/xf")]
        return [(int(number), own.get(number, "")) for number in numbers]


def _elsewhere(xml: SheetXml, table: Table, column: int) -> Iterator[bytes]:
    """The formats of the column: of its cells from the last one up, of its first one, and of what is not written."""
    data = table.data
    yield xml.effective_style(None, column) or b""
    for row in (*range(data.bottom, max(data.top, data.bottom - _NEAR), -1), data.top):
        yield xml.styles_of(row, (column,))[column]
