"""Where the rows and cells of a sheet part stand, however they say it: first, among their attributes, or not at all.

Excel writes the address first. Others write it behind the cell's format or kind, or leave it out; a cell without one
follows the one before it, a row without a number the row before (ECMA-376 part 1, 18.3.1.4 and 18.3.1.73).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from o2c_xl.workbook.address import column_number
from o2c_xl.workbook.opc.markup import attribute

__all__ = ["SHEET_DATA", "cell_tags", "sheet_data"]

SHEET_DATA = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sheetData(?:\s[^<>]*)?/?>")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def sheet_data(xml: bytes) -> tuple[bytes, int, int] | None:
    """The prefix of the sheet's own elements and where its rows begin and end; None without `sheetData`."""
    found = SHEET_DATA.search(xml)
    if found is None:
        return None
    prefix = found[1]
    if found[0].endswith(b"/>"):
        return prefix, found.end(), found.end()
    end = xml.rfind(b"</%ssheetData" % prefix)
    return (prefix, found.end(), end) if end >= found.end() else None


def cell_tags(xml: bytes, prefix: bytes, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Row, column and start tag of each cell between two offsets of a proved part without comments."""
    row = column = 0
    for tag in _tag_pattern(prefix).finditer(xml, start, end):
        kind, letters, number = tag.groups()
        if number is None:
            letters, number = _place_in(tag[0])
        if kind == b"row":
            row, column = int(number or row + 1), 0
        else:
            column = column_number(letters.decode()) if letters else column + 1
            yield row, column, tag[0]


def _tag_pattern(prefix: bytes) -> re.Pattern[bytes]:
    """The start tag of a row or a cell, with its place where that is told first."""
    attrs = rb"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+"
    return re.compile(rb'<%b(row|c)(?=[\s/>])(?: r="([A-Z]{0,3})([0-9]{1,7})")?+%b>' % (re.escape(prefix), attrs))


def _place_in(tag: bytes) -> tuple[bytes, bytes]:
    """Letters and number of a tag's `r`, wherever among its attributes; empty where it has none."""
    told = attribute(tag, b"r") or b""
    number = told.lstrip(_LETTERS)
    return told[: len(told) - len(number)], number
