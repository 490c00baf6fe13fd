"""What an earlier marked copy left in a workbook that is refused again: its sheet `Issues`, its red, its comments.

A person corrects a marked copy and drops it; where something is still wrong, the next copy shows that alone. Marks
are taken for ours only in a workbook that holds our own list of faults.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice

from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.mark.sheet import HEADERS
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import Parts, Sheet
from o2c_xl.workbook.reading.calamine import open_sheet

__all__ = ["earlier_list", "is_ours", "without_boxes"]

_NAME = re.compile(r"Issues(?: [0-9]+)?")
_SHAPE = re.compile(rb"<v:shape\b[^<>]*>.*?</v:shape\s*>\s*", re.DOTALL)
_ROW = re.compile(rb"<x:Row>\s*([0-9]+)\s*</x:Row>")
_COLUMN = re.compile(rb"<x:Column>\s*([0-9]+)\s*</x:Column>")
_TEXT = re.compile(r"[^\n]+\n(?!\n)(?:.+\n)*How to mend: .+(?:\n.+)*")


def earlier_list(package: Package, parts: Parts) -> Sheet | None:
    """The sheet that an earlier copy listed its faults on; None where there is none."""
    for sheet in parts.sheets:
        if _NAME.fullmatch(sheet.name) and not sheet.tables:
            try:
                first = list(islice(open_sheet(package, parts, sheet.name).iter_rows(), 1))
            except Damaged:
                continue
            if first and tuple(first[0][: len(HEADERS)]) == HEADERS:
                return sheet
    return None


def is_ours(text: str) -> bool:
    """Whether a comment is one of ours whole, whatever author the program that saved it last names."""
    return _TEXT.fullmatch(text.replace("\r\n", "\n").strip()) is not None


def without_boxes(drawing: bytes, cells: Collection[tuple[int, int]]) -> bytes:
    """The VML drawing less the boxes of the comments on these cells."""

    def kept(shape: re.Match[bytes]) -> bytes:
        row, column = _ROW.search(shape[0]), _COLUMN.search(shape[0])
        gone = row and column and (int(row[1]) + 1, int(column[1]) + 1) in cells
        return b"" if gone else shape[0]

    return _SHAPE.sub(kept, drawing) if cells else drawing
