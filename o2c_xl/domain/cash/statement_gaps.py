"""Which statements of an account do not go on from another: between them one is missing.

Files come in any order, so every statement of an account is looked at, not only the one that came last.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

__all__ = ["Balanced", "gaps"]


@dataclass(frozen=True, slots=True)
class Balanced:
    """A statement of whole days with both balances, in its account's currency.

    `said` is the number that the bank gave it, `entry` when it was taken; of its `lines` it brought `own` itself, the
    others were known.
    """

    statement: str
    said: str
    first: date
    last: date
    opening: Decimal
    closing: Decimal
    lines: int
    own: int
    entry: int

    @property
    def place(self) -> tuple[date, date, tuple[int, ...], int]:
        """Where it stands among the others; those of one day by the bank's number."""
        return self.first, self.last, tuple(int(part) for part in re.findall("[0-9]+", self.said)), self.entry


def gaps(statements: Iterable[Balanced]) -> dict[str, Balanced]:
    """By statement whose predecessor is missing the one that stands before the gap; all are of one account.

    The first begins with a balance that nothing led to. One whose bookings another tells too is no gap.
    """
    row = sorted(statements, key=lambda one: one.place)
    ended: dict[Decimal, list[Balanced]] = {}
    for one in row:
        ended.setdefault(one.closing, []).append(one)
    starts = [
        at
        for at, one in enumerate(row)
        if not any(other is not one and other.last <= one.last for other in ended.get(one.opening, ()))
    ]
    first_days = [one.first for one in row]
    ended_by = list(accumulate((one.last for one in row), max))
    return {
        row[at].statement: row[at - 1]
        for at in starts
        if at and not any(_tells_too(other, row[at]) for other in _about(at, row, first_days, ended_by))
    }


def _about(
    at: int, row: Sequence[Balanced], first_days: Sequence[date], ended_by: Sequence[date]
) -> Iterator[Balanced]:
    """The other statements of any of its days; `ended_by` are the last days that the row so far goes to."""
    one = row[at]
    place = bisect_right(first_days, one.last) - 1
    while place >= 0 and ended_by[place] >= one.first:
        if place != at:
            yield row[place]
        place -= 1


def _tells_too(other: Balanced, one: Balanced) -> bool:
    return _covers(other, one) or _shares(other, one)


def _covers(other: Balanced, one: Balanced) -> bool:
    """Whether the days of `one` begin within those of `other`; a day that both share may be its end and its begin."""
    return other.first <= one.first < other.last


def _shares(other: Balanced, one: Balanced) -> bool:
    """Whether the one of them that was taken later brought bookings that were known from about these days."""
    later = max(other, one, key=lambda each: each.entry)
    return later.own < later.lines and other.first <= one.last and one.first <= other.last
