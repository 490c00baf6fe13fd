"""The letters of a column, as people call it."""

from __future__ import annotations

from functools import cache

__all__ = ["column_letters"]


@cache
def column_letters(number: int) -> str:
    """1 is `A`, 27 is `AA`."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
