"""Which open items add up to an amount: a complete search within a bound, exact on whole minor units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd

__all__ = ["MOST_WORK", "Found", "sets_with_sum"]

MOST_WORK = 20_000_000
"""How many bits of sums are looked at most: items × amount in minor units."""
_STEP = 7_000
"""How many of those bits take as long as one sum of a half."""


@dataclass(frozen=True, slots=True)
class Found:
    """`sets` holds up to two sets of positions with the sum; `complete` is False when the bound was hit."""

    sets: tuple[tuple[int, ...], ...]
    complete: bool = True


def sets_with_sum(amounts: Sequence[int], target: int, most_work: int = MOST_WORK) -> Found:
    """Sets of positions whose `amounts` (all above zero) add up to `target`; more than two are not told apart.

    What is cheaper: both halves are enumerated and joined, about 2 to the n/2 steps for n items; or what the first
    items can leave of the amount is held as the bits of one whole number for each item, n shifts of as many bits as
    the amount has units. Beyond `most_work` nothing is searched and the answer is unknown.
    """
    if target <= 0:
        return Found(())
    usable = sorted((position for position, amount in enumerate(amounts) if amount <= target), key=amounts.__getitem__)
    if sum(amounts[position] for position in usable) < target:
        return Found(())
    unit = gcd(target, *(amounts[position] for position in usable))
    units, wanted = [amounts[position] // unit for position in usable], target // unit
    by_halves, by_bits = _STEP << len(usable) // 2, len(usable) * wanted
    if min(by_halves, by_bits) > most_work:
        return Found((), complete=False)
    chosen = _by_halves(units, wanted) if by_halves <= by_bits else _by_bits(units, wanted)
    sets: list[tuple[int, ...]] = []
    for one in chosen:
        sets.append(tuple(usable[position] for position in one))
        if len(sets) == 2:  # noqa: PLR2004 - two already prove a tie
            break
    return Found(tuple(sets))


def _by_bits(units: Sequence[int], wanted: int) -> Iterator[tuple[int, ...]]:
    """Every set, as soon as its last item is looked at; bit n of `rests[i]`: the first i items can leave n of `wanted`.

    Of many items the first few make two sets already, and the others are never looked at.
    """
    rests = [1 << wanted]
    for item, amount in enumerate(units):
        taken = rests[item] >> amount
        if taken & 1:
            yield from _leaving(amount, item, rests, units)
        rests.append(rests[item] | taken)


def _leaving(rest: int, last: int, rests: Sequence[int], units: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every set of items before the last one that leaves `rest`, and the last one."""
    stack: list[tuple[int, int, tuple[int, ...]]] = [(last, rest, (last,))]
    while stack:
        item, left, chosen = stack.pop()
        if not rests[item] >> left & 1:
            continue
        if not item:
            yield chosen
            continue
        stack.append((item - 1, left, chosen))
        stack.append((item - 1, left + units[item - 1], (item - 1, *chosen)))


def _by_halves(units: Sequence[int], wanted: int) -> Iterator[tuple[int, ...]]:
    """Every set, from the sums of both halves; a set of one half is held as the bits of its positions."""
    half = len(units) // 2
    left: dict[int, list[int]] = {}
    for total, members in _subsets(units, range(half), wanted):
        left.setdefault(total, []).append(members)
    for total, members in _subsets(units, range(half, len(units)), wanted):
        for others in left.get(wanted - total, ()):
            yield tuple(position for position in range(len(units)) if (others | members) >> position & 1)


def _subsets(units: Sequence[int], usable: range, wanted: int) -> list[tuple[int, int]]:
    subsets = [(0, 0)]
    for position in usable:
        amount, member, room = units[position], 1 << position, wanted - units[position]
        subsets += [(total + amount, members | member) for total, members in subsets if total <= room]
    return subsets
