"""A sheet or csv as a grid of cells for finding lists in it: values, merged ranges, and what kind of value each is.

Rows and columns count from 0 here; `number` and `letter` give what people see. A cell merged over several rows is
filled down its left column, since each of those rows means it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from o2c_xl.tables.parse.fault import Fault
from o2c_xl.workbook.address import Area, column_letters

__all__ = ["BAD", "BLANK", "DATE", "NUMBER", "NUMERIC", "TEXT", "TEXT_NUMBER", "Grid", "ListedTable", "number_text"]

BLANK, TEXT, NUMBER, DATE, FLAG, TEXT_NUMBER, BAD = range(7)
NUMERIC = frozenset({NUMBER, DATE, TEXT_NUMBER})
_KINDS: dict[type, int] = {
    type(None): BLANK,
    float: NUMBER,
    int: NUMBER,
    bool: FLAG,
    dt.date: DATE,
    dt.datetime: DATE,
    dt.time: DATE,
    dt.timedelta: DATE,
}
_CODES = "EUR|USD|GBP|CHF|PLN|CZK|SEK|NOK|DKK|HUF|JPY|CNY|RMB|INR|BRL|CAD|AUD|SGD|MXN"
_SIGNS = rf"(?:[€$£¥₹₽₩元円]|{_CODES}|R\$|kr|zł|Kč|Ft|Fr\.?)"
# Strict: a sign of money before or behind, thousands in threes, at most one decimal sign; ASCII digits only.
_NUMBER = re.compile(
    rf"(?:{_SIGNS}\s?)?[+-]?(?:[0-9]+|[0-9]{{1,3}}(?:[.,’' \u00a0\u202f][0-9]{{3}})+)(?:[.,][0-9]+)?\s?(?:{_SIGNS}|%)?"
)
_DAY = re.compile(r"[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日")
_LONGEST_NUMBER = 30
# Filling merged cells down is bounded, so that a file of merges alone costs no more than its cells.
_MOST_FILLED = 500_000


def number_text(text: str) -> bool:
    """Whether a text is nothing but a number or a date as people write them."""
    text = text.strip()
    return len(text) <= _LONGEST_NUMBER and bool(_NUMBER.fullmatch(text) or _DAY.fullmatch(text))


@dataclass(frozen=True, slots=True)
class ListedTable:
    """A table of Excel's on the sheet: `top` is its header row, `bottom` its last data row, from 0."""

    name: str
    top: int
    bottom: int
    left: int
    right: int


@dataclass
class Grid:
    """The cells of one sheet (`sheet` is empty for a csv); `columns[c][r]`, all equally long.

    `first_col` is the Excel number of the first column; `numbers` the row's number as people see it; `merged` are
    ranges in Excel's numbers; `bad` maps row and column (from 0) to what a cell without a value to trust shows.
    `percents` are the cells, as Excel's row and column, that show a hundred times what they hold.
    `typed` says that cells carry types, as a csv's do not; `widths` are how many values each of its lines has.
    """

    source: str
    sheet: str
    columns: list[list[object]]
    numbers: Sequence[int]
    first_col: int = 1
    merged: Sequence[Area] = ()
    bad: Mapping[tuple[int, int], tuple[str, Fault]] = field(default_factory=dict)
    tables: Sequence[ListedTable] = ()
    typed: bool = True
    widths: Sequence[int] = ()
    decimal: str | None = None
    percents: frozenset[tuple[int, int]] = frozenset()

    def __post_init__(self) -> None:
        self.filled_down: set[tuple[int, int]] = set()
        self.beside: set[tuple[int, int]] = set()
        self._spread_merged()

    @property
    def height(self) -> int:
        """How many rows."""
        return len(self.numbers)

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.columns)

    @property
    def where(self) -> str:
        """File and sheet, for a sentence."""
        return f"{self.source}, sheet {self.sheet}" if self.sheet else self.source

    @cached_property
    def kinds(self) -> list[bytes]:
        """What kind of value each cell holds, column by column."""
        found = [bytearray(_kinds(column)) for column in self.columns]
        for row, col in self.bad:
            if row < self.height and col < self.width:
                found[col][row] = BAD
        return [bytes(column) for column in found]

    def letter(self, col: int) -> str:
        """The column's letter."""
        return column_letters(self.first_col + col)

    def cell(self, row: int, col: int) -> str:
        """The address as people see it."""
        return f"{self.letter(col)}{self.numbers[row]}"

    def text(self, row: int, col: int) -> str:
        """What stands in a cell as one trimmed text; whole numbers without a point."""
        value = self.columns[col][row]
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        if isinstance(value, dt.datetime) and value.time() == dt.time(0):
            value = value.date()
        return "" if value is None else str(value).strip()

    def percents_in(self, col: int) -> Iterator[int]:
        """The rows, as people see them, of the column's cells that show a hundred times what they hold."""
        return (row for row, at in self.percents if at == self.first_col + col)

    def _spread_merged(self) -> None:
        """Fill merged cells down their left column, and note which cells a wide merge hides."""
        left = _MOST_FILLED
        for area in self.merged:
            row, col = area.top - 1, area.left - self.first_col
            if not (0 <= row < self.height and 0 <= col < self.width):
                continue
            bottom = min(area.bottom - 1, self.height - 1)
            right = min(area.right - self.first_col, self.width - 1)
            left -= (bottom - row + 1) * (right - col + 1)
            value = self.columns[col][row]
            if left < 0 or value is None:
                continue
            for below in range(row, bottom + 1):
                if below > row and self.columns[col][below] is None:
                    self.columns[col][below] = value
                    self.filled_down.add((below, col))
                self.beside.update((below, other) for other in range(col + 1, right + 1))


def _kinds(column: Sequence[object]) -> bytes:
    known: dict[str, int] = {}

    def kind(value: object) -> int:
        if value.__class__ is str:
            text: str = value
            found = known.get(text)
            if found is None:
                found = known[text] = _kind_of_text(text)
            return found
        return _KINDS.get(value.__class__, TEXT)

    return bytes(map(kind, column))


def _kind_of_text(text: str) -> int:
    if not text or text.isspace():
        return BLANK
    return TEXT_NUMBER if number_text(text) else TEXT
