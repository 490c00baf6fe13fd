"""Which bookings of a bank's list went out, where the words of a column say it beside the amounts.

A word that nobody knows is never taken for money that came in: signs that occur both ways or the balances prove it,
else the profile has to say it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Sided", "told_amounts"]

UNKNOWN = "It is not known whether this means money in or out."
AGAINST = "It says the contrary of the amount's sign."


class Sided(NamedTuple):
    """A booking as it stands: what its column of sides says, without case and signs; amount and balance."""

    word: str
    amount: Decimal
    balance: Decimal | None


def told_amounts(rows: Sequence[Sided], out: Collection[str], into: Collection[str]) -> list[Decimal | str]:
    """For each booking its amount, below zero for money out, or why that cannot be told."""
    if not any(row.word for row in rows):
        return [row.amount for row in rows]
    sides = dict.fromkeys(out, -1) | dict.fromkeys(into, 1)
    proved = _by_balances(rows, sides)
    sides = (proved or _by_signs(rows, sides)) | sides
    signed = not proved and any(row.amount < 0 for row in rows)
    return [_told(row, sides.get(row.word), signed=signed) for row in rows]


def _told(row: Sided, side: int | None, *, signed: bool) -> Decimal | str:
    """In a list with a minus anywhere the signs count too, unless its balances prove that the words alone do."""
    if side is None:
        return UNKNOWN
    if signed and side * row.amount < 0:
        return AGAINST
    return side * abs(row.amount)


def _by_signs(rows: Sequence[Sided], known: dict[str, int]) -> dict[str, int]:
    """What each word means by the sign of its amounts; empty where one has both, or all have the same."""
    signs: dict[str, set[int]] = {}
    for row in rows:
        if row.amount:
            signs.setdefault(row.word, set()).add(1 if row.amount > 0 else -1)
    apart = all(len(each) == 1 for each in signs.values()) and len(set().union(*signs.values())) > 1
    found = {word: min(each) for word, each in signs.items()} if apart else {}
    return found if all(known.get(word, side) == side for word, side in found.items()) else {}


def _by_balances(rows: Sequence[Sided], known: dict[str, int]) -> dict[str, int]:
    """What each word means by the balances, whichever way up the list stands; empty where they do not tell."""
    ways = [way for way in (_by_chain(rows, known), _by_chain(rows[::-1], known)) if way is not None]
    return ways[0] if ways and all(way == ways[0] for way in ways) else {}


def _by_chain(rows: Sequence[Sided], known: dict[str, int]) -> dict[str, int] | None:
    """What each word means where every balance is that before it and the amount; None where it is not."""
    found = dict(known)
    if len(rows) == 1:
        return None
    for before, row in pairwise(rows):
        if before.balance is None or row.balance is None:
            return None
        change = row.balance - before.balance
        side = 1 if change > 0 else -1
        if abs(change) != abs(row.amount) or (change and found.setdefault(row.word, side) != side):
            return None
    return found
