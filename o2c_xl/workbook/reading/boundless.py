"""What stands in cells whose number is beyond all numbers: `1e400`, which a reader of values gives as infinite."""

from __future__ import annotations

import re

from o2c_xl.workbook.address import column_number
from o2c_xl.workbook.opc.markup import plain

__all__ = ["as_written"]

_VALUE = re.compile(
    rb'<(?:[\w.-]+:)?c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*>\s*'
    rb"(?:<(?:[\w.-]+:)?f\b[^<>]*(?:/>|>[^<]*</[^<>]*>)\s*)?<(?:[\w.-]+:)?v\b[^<>]*>([^<]*)<"
)
_LONGEST = 40


def as_written(xml: bytes, name: str, cells: frozenset[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The text of these cells by (row, column) as the sheet's XML has it, cut short; one not found is left out."""
    if not cells:
        return {}
    rows = {row for row, _ in cells}
    found = ((int(one[2]), one) for one in _VALUE.finditer(plain(xml, name)))
    told = (((row, column_number(one[1].decode())), one[3]) for row, one in found if row in rows)
    return {cell: _short(text.decode().strip()) for cell, text in told if cell in cells}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
