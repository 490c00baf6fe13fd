"""Rows that differ between two versions: only the cells meant changed, and they read as what was meant.

Most rows are as Excel or this program writes them, so their cells are compared as bytes. Where a row is written
another way, or bytes differ that may not, trees made by expat decide.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from xml.etree.ElementTree import Element

from o2c_xl.workbook.address import address, column_number
from o2c_xl.workbook.opc.markup import attribute, local_name, plain, tags, tree, with_attribute
from o2c_xl.workbook.opc.sheet import cell_pattern, with_number
from o2c_xl.workbook.patch.proof import require, same

__all__ = ["RowProof", "renumbered"]

_LETTERS = re.compile("[A-Z]+")
_SPANS = re.compile(rb' spans="[^"<>]*"')
_STYLE = re.compile(rb' s="([0-9]+)"')


class RowProof:
    """Rows of one sheet; `styles` is the number of formats in the workbook, `cells` are those that may change."""

    def __init__(self, sheet: str, prefix: bytes, styles: int, cells: Container[tuple[int, int]]) -> None:
        self.sheet = sheet
        self.prefix = prefix
        self.styles = max(styles, 1)
        self.cells = cells

    def check(self, number: int, was: bytes, now: bytes) -> None:
        """Prove one row, given as bytes before and after; nothing where a version lacks it."""
        if not self._plainly(number, was, now):
            self._as_trees(number, was, now)

    def _plainly(self, number: int, was: bytes, now: bytes) -> bool:
        """Whether the bytes alone show that the row is right."""
        old, new = _cells_of(self.prefix, number, was), _cells_of(self.prefix, number, now)
        if old is None or new is None or _SPANS.sub(b"", old[0]) != _SPANS.sub(b"", new[0]):
            return False
        before, after = old[1], new[1]
        for column, cell in after.items():
            if before.get(column) != cell:
                style = _STYLE.search(cell, 0, cell.index(b">"))
                if (number, column) not in self.cells or (style and int(style[1]) >= self.styles):
                    return False
        return all((number, column) in self.cells for column in before.keys() - after.keys())

    def _as_trees(self, number: int, was: bytes, now: bytes) -> None:
        old, new = self._tree(was), self._tree(now)
        if old is not None and new is not None:
            for row in (old, new):
                row.attrib.pop("spans", None)
            require(old.attrib == new.attrib, f"row {number} of sheet {self.sheet} changed")
        before, after = _elements(old), _elements(new)
        last = 0
        for column, cell in after.items():
            where = f"{self.sheet}!{address(number, column)}"
            require(column > last, f"its cell {where} is out of order")
            require(int(cell.get("s", "0")) < self.styles, f"{where} has no format")
            last = column
        for column in before.keys() | after.keys():
            if (number, column) not in self.cells:
                where = f"{self.sheet}!{address(number, column)}"
                require(same(before.get(column), after.get(column)), f"its cell {where} changed")

    def _tree(self, data: bytes) -> Element | None:
        return tree(plain(b"<rows>%s</rows>" % data, self.sheet), self.sheet).find("row") if data else None


def _cells_of(prefix: bytes, number: int, row: bytes) -> tuple[bytes, dict[int, bytes]] | None:
    """The row's start tag and its cells by column; None when it is not written the usual way."""
    found = re.match(rb'<%brow r="([0-9]+)"(?: [A-Za-z0-9:]+="[^"<>]*+")*+>' % re.escape(prefix), row)
    if found is None or int(found[1]) != number or b"<!" in row or b"<?" in row:
        return None
    cells: dict[int, bytes] = {}
    position, last = found.end(), 0
    for one in cell_pattern(prefix).finditer(row, position):
        column = column_number(one[2].decode())
        if one.start() != position or int(one[3]) != number or column <= last:
            return None
        cells[column] = one[0]
        position, last = one.end(), column
    return (found[0], cells) if row[position:].rstrip() == b"</%srow>" % prefix else None


def _elements(row: Element | None) -> dict[int, Element]:
    """The row's cells by column, in their order in the file."""
    cells: dict[int, Element] = {}
    last = 0
    for cell in row if row is not None else ():
        if cell.tag == "c":
            letters = _LETTERS.match(cell.get("r", ""))
            last = column_number(letters[0]) if letters else last + 1
            cell.attrib.pop("r", None)
            cells[last] = cell
    return cells


def renumbered(rows: Mapping[int, bytes], prefix: bytes) -> bytes:
    """The rows numbered from 1 on, so that a few of many rows lie side by side for a reader."""
    return b"".join(
        with_number(row, old, b"%d" % new, prefix)
        if _cells_of(prefix, old, row) is not None
        else _by_tags(row, old, new)
        for new, (old, row) in enumerate(rows.items(), 1)
    )


def _by_tags(row: bytes, number: int, new: int) -> bytes:
    pieces, position = [], 0
    for tag in tags(row, 0, len(row)):
        ref = attribute(tag[0], b"r") if local_name(tag[0]) in {b"row", b"c"} else None
        if ref is not None and ref.endswith(b"%d" % number):
            ref = ref.removesuffix(b"%d" % number) + b"%d" % new
            pieces += [row[position : tag.start()], with_attribute(tag[0], b"r", ref)]
            position = tag.end()
    return b"".join([*pieces, row[position:]])
