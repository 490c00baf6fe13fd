"""Cells that a spreadsheet shows as a percentage: `5 %` on the screen is 0.05 in the file.

No reader of values tells a cell's format, so where a workbook has such a format at all, its cells are looked up by
their format's index. Our own columns show the sign as text (`General" %"`) and hold 5 for 5 %.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from o2c_xl.tables.define.catalogue import TABLES
from o2c_xl.tables.define.spec import Kind
from o2c_xl.tables.parse.headers import header_key
from o2c_xl.workbook.address import column_number
from o2c_xl.workbook.opc.markup import attribute, plain, tree
from o2c_xl.workbook.opc.places import cell_tags, sheet_data

__all__ = ["as_percent", "percent_cells", "percent_styles", "percentages"]

_BUILT_IN = frozenset({"9", "10"})  # ECMA-376, 18.8.30: 0% and 0.00%
_MAYBE = re.compile(rb'%|numFmtId="(?:9|10)"')
_SHOWN_AS_TEXT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
_HEADERS = frozenset(header_key(c.header) for table in TABLES for c in table.typed if c.kind is Kind.PERCENT)
_OF_SETTINGS = ("setting", "value")


def percent_styles(styles: bytes, name: str) -> frozenset[bytes]:
    """The indexes of cell formats that multiply what they show by a hundred."""
    if not _MAYBE.search(styles):
        return frozenset()
    root = tree(plain(styles, name), name)
    own = {
        each.get("numFmtId", "")
        for each in root.iterfind("numFmts/numFmt")
        if "%" in _SHOWN_AS_TEXT.sub("", each.get("formatCode", ""))
    }
    formats = root.iterfind("cellXfs/xf")
    return frozenset(b"%d" % i for i, each in enumerate(formats) if each.get("numFmtId") in own | _BUILT_IN)


def percent_cells(xml: bytes, styles: frozenset[bytes]) -> frozenset[tuple[int, int]]:
    """(row, column) of the sheet's cells in one of these formats."""
    place = sheet_data(xml) if styles else None
    if place is None:
        return frozenset()
    one_of = b"|".join(sorted(styles))
    cell = re.compile(rb'<(?:[\w.-]+:)?c r="([A-Z]{1,3})([0-9]{1,7})" s="(?:%b)"' % one_of)
    found = frozenset((int(row), column_number(letters.decode())) for letters, row in cell.findall(xml, *place[1:]))
    shown = re.compile(rb"\ss\s*=\s*[\"'](?:%b)[\"']" % one_of)
    if sum(1 for _ in shown.finditer(xml, *place[1:])) == len(found):
        return found
    # Not all say where they are right before their format, as Excel does.
    return frozenset((row, column) for row, column, tag in cell_tags(xml, *place) if attribute(tag, b"s") in styles)


def percentages(headers: Sequence[str], columns: Sequence[Sequence[object]]) -> Iterator[tuple[int, int]]:
    """(column, row), from 0, of the numbers under these headers that stand for percentages.

    Most stand in columns of their own; in Settings the name beside the value tells.
    """
    keys = [header_key(header) for header in headers]
    for place in (i for i, key in enumerate(keys) if key in _HEADERS):
        yield from ((place, at) for at, value in enumerate(columns[place]) if isinstance(value, float))
    if set(_OF_SETTINGS) <= set(keys):
        name, place = map(keys.index, _OF_SETTINGS)
        for at, (setting, value) in enumerate(zip(columns[name], columns[place], strict=True)):
            if isinstance(value, float) and isinstance(setting, str) and setting.rstrip().endswith("%"):
                yield place, at


def as_percent(value: float) -> float:
    """What the cell shows: 5 for 0.05, without the dust of binary fractions."""
    return float(Decimal(format(value, ".15g")) * 100)
