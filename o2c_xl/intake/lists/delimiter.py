"""Which sign parts the values of a csv: the one that its first line tells, else the one that the text proves."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

__all__ = ["Parted", "lines_of", "part", "part_evenly"]

_HEAD = 50  # lines
_LONGEST = 1 << 20  # characters of them
_MANY = 4  # columns beyond which more do not speak for a delimiter: a comma may stand in every number
_TOLD = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parted:
    """A csv's text, the sign that parts its values, and the number of the text's first line in the file."""

    text: str
    delimiter: str
    start: int = 1


def part(text: str, score: Callable[[Sequence[list[str]]], int | tuple[int, ...]], delimiters: str) -> Parted:
    """Obey and take off the line `sep=;`, as Excel does; else take the delimiter whose records score highest.

    `score` is given the first records as a delimiter cuts them; of equal ones the first delimiter wins.
    """
    if told := _TOLD.match(text):
        return Parted(text[told.end() :], told[1], 2)
    head = list(islice(lines_of(text[:_LONGEST]), _HEAD))
    return Parted(text, max(delimiters, key=lambda one: score(_cut(head, one))))


def part_evenly(text: str) -> Parted:
    """As `part`, by the delimiter that cuts the most lines into equally many values."""
    return part(text, _evenness, ";\t,|")


def lines_of(text: str) -> Iterator[str]:
    """The lines as csv knows them; `str.splitlines` would also break at separators inside of texts.

    From bytes, since StringIO takes four of them for each character.
    """
    return io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", "surrogatepass", newline="")


def _cut(head: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(head, delimiter=delimiter))
    except csv.Error:
        return []


def _evenness(records: Sequence[list[str]]) -> tuple[int, int]:
    widths = Counter(map(len, records))
    return max(((count * min(width, _MANY), width) for width, count in widths.items() if width > 1), default=(0, 0))
