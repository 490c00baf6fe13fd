"""Which lines of a known order the rows of a file mean that brings no line numbers: by content, not by their turn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

__all__ = ["line_order", "match_lines", "whole"]


def match_lines(
    stored: Mapping[str, Sequence[Any]],
    rows: Sequence[tuple[str, Sequence[Any]]],
    taken: Iterable[str],
    sku: int | None,
) -> list[str]:
    """The line number of each row.

    `stored` holds the values of the order's lines by number, `rows` the number that each row's turn gives and its
    values in the same order, `taken` the numbers that other rows name themselves; `sku` is the place of the SKU among
    the values. A row is the line of the same content, else one of the same SKU, else the line of its turn, else the
    first that is left over, else a new one. So the same rows in another order are the same lines.
    """
    free = {number: tuple(stored[number]) for number in sorted(stored.keys() - set(taken), key=line_order)}
    found: dict[int, str] = {}
    _pair(free, rows, found, lambda _, values: tuple(values))
    if sku is not None:
        _pair(free, rows, found, lambda _, values: values[sku])
    _pair(free, rows, found, lambda number, _: number)
    _pair(free, rows, found, lambda *_: None)
    known = {*stored, *taken}
    new = (number for number in map(str, count(1 + max(map(whole, known), default=0))) if number not in known)
    return [found.get(i) or next(new) for i in range(len(rows))]


def _pair(
    free: dict[str, tuple[Any, ...]],
    rows: Sequence[tuple[str, Sequence[Any]]],
    found: dict[int, str],
    alike: Callable[[str, Sequence[Any]], Hashable],
) -> None:
    """Give rows without a line the first free one that is like them; what is given is free no longer."""
    waiting: dict[Hashable, list[str]] = {}
    for line, kept in reversed(free.items()) if len(found) < len(rows) else ():
        waiting.setdefault(alike(line, kept), []).append(line)
    for i, (number, values) in enumerate(rows):
        if i not in found and (numbers := waiting.get(alike(number, values))):
            found[i] = numbers.pop()
            del free[found[i]]


def line_order(number: str) -> tuple[int, str]:
    """Sorts line numbers as people count: 2 before 10."""
    return whole(number), number


def whole(number: object) -> int:
    """A line number as a whole number; 0 for one that is none."""
    text = str(number)
    return int(text) if text.isascii() and text.isdigit() else 0
