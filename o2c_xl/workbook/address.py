"""Cell addresses and areas: `T101`, `A1:T101`, rows and columns counted from 1 as Excel shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from o2c_xl.tables.parse.letters import column_letters

__all__ = ["MAX_COLUMN", "MAX_ROW", "Area", "address", "area", "column_letters", "column_number"]

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")


@cache
def column_number(letters: str) -> int:
    """`A` is 1, `AA` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """The cell as people call it: row 2, column 13 is `M2`."""
    return f"{column_letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class Area:
    """A block of cells, all four edges included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first = address(self.top, self.left)
        last = address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def joined(self, other: Area) -> Area:
        """The smallest block that holds both."""
        return Area(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def meets(self, other: Area) -> bool:
        """Whether the two blocks share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )


def area(ref: str) -> Area | None:
    """The block that `ref` names, None when it names none inside Excel's grid."""
    found = _AREA.fullmatch(ref.strip())
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    block = Area(int(top), column_number(left), int(bottom or top), column_number(right or left))
    inside = 1 <= block.top <= block.bottom <= MAX_ROW and block.left <= block.right <= MAX_COLUMN
    return block if inside else None
