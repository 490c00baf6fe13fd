"""Formulas of a table's column: what one says in another row, and which formula a column goes on with.

Filling down moves each address whose row is not fixed (`W2`, `$W2`, `2:2`), as Excel does; fixed ones (`W$2`), whole
columns and names of tables and columns (`Orders[@Total]`) mean the same in every row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from o2c_xl.workbook.address import MAX_COLUMN, MAX_ROW, column_number

__all__ = ["Formula"]

_ROW = "([1-9][0-9]{0,6})"
_TOKEN = re.compile(
    r'"[^"]*"'  # text
    r"|'(?:[^']|'')*'!?"  # the name of a sheet
    r"|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]"  # columns of a table, another workbook
    rf"|(?<![\w.$\\?])(?:\$?([A-Za-z]{{1,3}})(\$?){_ROW}|(\$?){_ROW}:(\$?){_ROW})(?![\w.(\[!\\?])"
)


@dataclass(frozen=True, slots=True)
class Formula:
    """What a column puts in each row: its text as it stands in row `row`."""

    text: str
    row: int
    array: bool = False

    @property
    def moves(self) -> bool:
        """Whether it is another one in another row."""
        return bool(_split(self.text)[1])

    def at(self, row: int) -> str:
        """Its text in another row."""
        fixed, moving = _split(self.text)
        by = row - self.row
        # An address can go no further than the sheet.
        moved = [str(min(max(number + by, 1), MAX_ROW)) for number in moving]
        return "".join([part for pair in zip(fixed, [*moved, ""], strict=True) for part in pair])

    def goes_on(self, above: Formula) -> bool:
        """Whether it is what the one above becomes when it is filled down."""
        return self.array == above.array and self.text == above.at(self.row)


@lru_cache(maxsize=64)
def _split(text: str) -> tuple[list[str], list[int]]:
    """The text between the row numbers that move, and these."""
    fixed: list[str] = []
    moving: list[int] = []
    position = 0
    for token in _TOKEN.finditer(text):
        for group in _moving(token):
            fixed.append(text[position : token.start(group)])
            moving.append(int(token[group]))
            position = token.end(group)
    return [*fixed, text[position:]], moving


def _moving(token: re.Match[str]) -> list[int]:
    """The groups of a token that are row numbers and not fixed."""
    letters = token[1]
    if letters:
        here = column_number(letters.upper()) <= MAX_COLUMN and int(token[3]) <= MAX_ROW
        return [3] if here and not token[2] else []
    return [group for group in (5, 7) if token[group] and not token[group - 1]]
