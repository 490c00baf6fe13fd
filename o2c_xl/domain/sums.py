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

    What is cheaper: both halves are enumerated and joined, about 2 to the n/2 steps for n items; or the sums that the
    first items can make are held as the bits of one whole number for each item, n shifts of as many bits as the amount
    has units. Beyond `most_work` nothing is searched and the answer is unknown.
    """
    usable = [position for position, amount in enumerate(amounts) if amount <= target]
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
    """Every set, found back from the last item on; bit n of `sums[i]` says that the first i items can make n."""
    within = (1 << wanted + 1) - 1
    sums = [1]
    for amount in units:
        sums.append(sums[-1] | (sums[-1] << amount) & within)
    stack: list[tuple[int, int, tuple[int, ...]]] = [(len(units), wanted, ())]
    while stack:
        item, rest, chosen = stack.pop()
        if not sums[item] >> rest & 1:
            continue
        if not item:
            yield chosen
            continue
        stack.append((item - 1, rest, chosen))
        if units[item - 1] <= rest:
            stack.append((item - 1, rest - units[item - 1], (item - 1, *chosen)))


def _by_halves(units: Sequence[int], wanted: int) -> Iterator[tuple[int, ...]]:
    """Every set, from the sums of both halves."""
    half = len(units) // 2
    left: dict[int, list[tuple[int, ...]]] = {}
    for total, positions in _subsets(units, range(half), wanted):
        left.setdefault(total, []).append(positions)
    for total, positions in _subsets(units, range(half, len(units)), wanted):
        for others in left.get(wanted - total, ()):
            yield others + positions


def _subsets(units: Sequence[int], usable: range, wanted: int) -> list[tuple[int, tuple[int, ...]]]:
    subsets: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    for position in usable:
        amount = units[position]
        subsets += [(total + amount, (*chosen, position)) for total, chosen in subsets if total + amount <= wanted]
    return subsets
