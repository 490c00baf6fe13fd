"""Collective bookings: a sum that a bank sends as one line and its items that it sends in another message.

Whichever comes first, only one of them is money: the sum where its items are not known, else the items.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from o2c_xl.domain.cash.bank_line import DAYS, BankLine

__all__ = ["groups_of", "sums_known", "sums_told"]

Groups = Mapping[str, Sequence[int]]


def groups_of(lines: Sequence[BankLine]) -> dict[str, list[int]]:
    """The positions of items by the booking that they are of."""
    found: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        if line.batch:
            found.setdefault(line.batch, []).append(at)
    return found


def sums_known(new: Sequence[BankLine], known: Iterable[BankLine], done: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Of lines that are not `done` those that are the sum of known items, with the items' keys.

    Items answer for one sum of a statement only, and for none where they took another's place.
    """
    every = list(known)
    taken = {line.items for line in every} - {""}
    groups = [[every[at] for at in ats] for batch, ats in groups_of(every).items() if batch not in taken]
    found: dict[int, tuple[str, ...]] = {}
    for sure in (True, False):
        for at, line in enumerate(new):
            if at in done or at in found:
                continue
            items = next((one for one in groups if _is_sum(line, one[0], sure=sure)), None)
            if items is not None:
                groups.remove(items)
                found[at] = tuple(item.key for item in items)
    return found


def sums_told(new: Sequence[BankLine], known: Iterable[BankLine], done: Collection[int]) -> dict[str, BankLine]:
    """Known sums of which a statement brings the items: by the batch of these."""
    lying = [line for line in known if not line.batch and not line.items]
    # items of which some are known came in their turn; their sum was held against them
    groups = {batch: ats for batch, ats in groups_of(new).items() if not any(at in done for at in ats)}
    found: dict[str, BankLine] = {}
    for sure in (True, False):
        for batch, ats in groups.items():
            item = new[ats[0]]
            line = next((one for one in lying if batch not in found and _is_sum(one, item, sure=sure)), None)
            if line is not None:
                lying.remove(line)
                found[batch] = line
    return found


def _is_sum(line: BankLine, item: BankLine, *, sure: bool) -> bool:
    """Whether a line is the booking that the item is of: by the bank's number for it, else a bare one of that day."""
    if line.batch or line.amount != item.whole or line.currency != item.currency:
        return False
    numbers = {line.entry_reference, line.bank_reference} - {""}
    if item.entry_reference and numbers:
        if item.entry_reference in numbers:
            return sure and abs((line.booked_on - item.booked_on).days) <= DAYS
        if line.kind[:4] == item.kind[:4]:
            return False
    return not sure and line.booked_on == item.booked_on and (line.collective or line.bare)
