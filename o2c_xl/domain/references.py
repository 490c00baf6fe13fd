"""Finding our numbers in what a payer wrote: `inv 2026/00012` names INV-2026-00012, `12` names nothing.

Numbers are compared without case, spaces and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Numbers", "find_numbers", "index_numbers"]

_RUN = re.compile(r"[^\W_]+")
_MOST_RUNS = 6
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Numbers:
    """Known numbers by their plain form; `runs` is how many pieces the longest is written in."""

    by_plain: dict[str, list[str]]
    pieces: dict[str, int]
    runs: int


def index_numbers(numbers: Iterable[str]) -> Numbers:
    """The index that `find_numbers` looks in; empty numbers are left out."""
    by_plain: dict[str, list[str]] = {}
    pieces: dict[str, int] = {}
    for number in dict.fromkeys(numbers):
        found = _RUN.findall(number.upper())
        if found:
            plain = "".join(found)
            by_plain.setdefault(plain, []).append(number)
            pieces[plain] = max(len(found), pieces.get(plain, 0))
    return Numbers(by_plain, pieces, min(_MOST_RUNS, max(pieces.values(), default=1) + 1))


def find_numbers(index: Numbers, text: str) -> list[str]:
    """The known numbers that `text` names, in its order, each once; the longest reading wins.

    A few bare digits prove nothing unless they are all there is; nor do letters without any digit.
    """
    runs = _RUN.findall(text.upper())
    whole = "".join(runs)
    found: list[str] = []
    at = 0
    while at < len(runs):
        length, plain = _longest(index, runs, at, whole)
        found.extend(index.by_plain.get(plain, ()))
        at += length
    return list(dict.fromkeys(found))


def _longest(index: Numbers, runs: list[str], at: int, whole: str) -> tuple[int, str]:
    for length in range(min(index.runs, len(runs) - at), 0, -1):
        plain = "".join(runs[at : at + length])
        if plain in index.by_plain and _proves(plain, length, index.pieces[plain], whole):
            return length, plain
    return 1, ""


def _proves(plain: str, runs: int, pieces: int, whole: str) -> bool:
    if plain == whole:
        return True
    if plain.isdigit():
        # Digits apart, such as "12 34", are not the number 1234.
        return len(plain) >= _SHORTEST and runs in (1, pieces)
    return any(char.isdigit() for char in plain)
