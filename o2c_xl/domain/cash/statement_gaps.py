"""Which statements of an account do not go on from another: between them one is missing.

Files come in any order, so every statement of an account is looked at, not only the one that came last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
    return {row[at].statement: row[at - 1] for at in starts[1:] if not _told_twice(row[at], row)}


def _told_twice(one: Balanced, row: Sequence[Balanced]) -> bool:
    return any(_covers(other, one) or _shares(other, one) for other in row if other is not one)


def _covers(other: Balanced, one: Balanced) -> bool:
    """Whether the days of `one` begin within those of `other`; a day that both share may be its end and its begin."""
    return other.first <= one.first < other.last


def _shares(other: Balanced, one: Balanced) -> bool:
    """Whether the one of them that was taken later brought bookings that were known from about these days."""
    later = max(other, one, key=lambda each: each.entry)
    return later.own < later.lines and other.first <= one.last and one.first <= other.last
