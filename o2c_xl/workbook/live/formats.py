"""The number formats that cells of an open workbook need for what is written into them, and those that they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from o2c_xl.workbook.address import Area
from o2c_xl.workbook.live.blocks import Block, by_kind
from o2c_xl.workbook.live.excel_values import needs_text_format
from o2c_xl.workbook.live.grid import Grid

__all__ = ["Formats", "formats_at", "formats_to_give"]

Formats = Sequence[tuple[Area, str]]

_TEXT, _USUAL = "@", {"date": "yyyy-mm-dd", "number": "General"}


def formats_to_give(grid: Grid, sheet: str, block: Block) -> Iterator[tuple[Area, str]]:
    """The formats to give: texts that Excel might bend go into cells formatted as text, and nothing else does."""
    for piece, kind in by_kind(block):
        if kind == "text":
            texts = [value for (value,) in piece.values if isinstance(value, str)]
            if needs_text_format(texts) and grid.number_format(sheet, piece.area) != _TEXT:
                yield piece.area, _TEXT
        elif kind:
            codes = _codes(grid, sheet, piece.area)
            yield from ((area, _USUAL[kind]) for area, code in codes if code == _TEXT)


def formats_at(grid: Grid, sheet: str, formats: Formats) -> list[tuple[Area, str]]:
    """The formats that stand where these are to be given."""
    return [known for area, _ in formats for known in _codes(grid, sheet, area)]


def _codes(grid: Grid, sheet: str, area: Area) -> Iterator[tuple[Area, str]]:
    """The formats of one column's cells: halved until they are alike."""
    code = grid.number_format(sheet, area)
    if code is not None:
        yield area, code
    elif area.top < area.bottom:
        middle = (area.top + area.bottom) // 2
        yield from _codes(grid, sheet, Area(area.top, area.left, middle, area.right))
        yield from _codes(grid, sheet, Area(middle + 1, area.left, area.bottom, area.right))
