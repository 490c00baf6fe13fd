"""Which open items add up to an amount: a complete search within a bound, exact on whole minor units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["MOST_ITEMS", "Found", "sets_with_sum"]

MOST_ITEMS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """`sets` holds up to two sets of positions with the sum; `complete` is False when the bound was hit."""

    sets: tuple[tuple[int, ...], ...]
    complete: bool = True


def sets_with_sum(amounts: Sequence[int], target: int, most_items: int = MOST_ITEMS) -> Found:
    """Sets of positions whose `amounts` (all above zero) add up to `target`; more than two are not told apart.

    Both halves are enumerated and joined, so n items cost about 2 to the n/2 steps; above `most_items` usable
    amounts nothing is searched and the answer is unknown.
    """
    usable = [position for position, amount in enumerate(amounts) if amount <= target]
    if len(usable) > most_items:
        return Found((), complete=False)
    if sum(amounts[position] for position in usable) < target:
        return Found(())
    half = len(usable) // 2
    left: dict[int, list[tuple[int, ...]]] = {}
    for total, positions in _subsets(amounts, usable[:half], target):
        left.setdefault(total, []).append(positions)
    return Found(tuple(_first_two(left, _subsets(amounts, usable[half:], target), target)))


def _subsets(amounts: Sequence[int], usable: Sequence[int], target: int) -> list[tuple[int, tuple[int, ...]]]:
    subsets: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    for position in usable:
        amount = amounts[position]
        subsets += [(total + amount, (*chosen, position)) for total, chosen in subsets if total + amount <= target]
    return subsets


def _first_two(
    left: dict[int, list[tuple[int, ...]]], right: list[tuple[int, tuple[int, ...]]], target: int
) -> Iterator[tuple[int, ...]]:
    found = 0
    for total, positions in right:
        for others in left.get(target - total, ()):
            if others or positions:
                yield others + positions
                found += 1
                if found == 2:  # noqa: PLR2004 - two already prove a tie
                    return
