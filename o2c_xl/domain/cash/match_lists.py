"""Lists written short: `RE-2025-36240/41/42`, `INV56905-INV56909`, `1001-05`. The amount proves what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from o2c_xl.domain.cash.match_case import Case, MatchRule, exactly
from o2c_xl.domain.cash.proving import places_of, plain_of
from o2c_xl.domain.cash.settling import OpenItems, Parts, in_order
from o2c_xl.domain.receivables.open_items import OpenItem

__all__ = ["listed_exactly", "listed_short"]

_MOST = 200
"""So many numbers at most are read between two."""
_TAIL = re.compile(r"[0-9]+$")
_LISTING = frozenset("UND AND ET BIS TO".split())
_FROM_TO = r"\s*(?:[-–—]|\.\.+|bis|to|thru|through|au|à|til|till|tot|t/m)\s*"
_APART = r"\s*(?:[/,;&+–—-]|und|and|et|bis|to)\s*"


def listed_exactly(case: Case, named: Sequence[OpenItem], openings: OpenItems) -> list[Parts]:
    """All items of the only list that what is named may stand for and that is just the amount; empty if none is."""
    if case.left <= 0 or not case.whole or case.rule is MatchRule.ORDER:
        return []
    found = {}
    for items in _readings(case, named, openings):
        if parts := exactly(case, items, openings):
            found[frozenset(item.invoice for item in items)] = parts
    return next(iter(found.values())) if len(found) == 1 else []


def listed_short(case: Case, named: Sequence[OpenItem], openings: OpenItems) -> list[OpenItem]:
    """All items of the first list that is written as one, though it is not just the amount."""
    if case.left <= 0 or case.rule is MatchRule.ORDER:
        return []
    lists = _readings(case, named, openings) if len(named) == 1 or _from_to(case, named) else ()
    return next(iter(lists), [])


def _readings(case: Case, named: Sequence[OpenItem], openings: OpenItems) -> Iterator[list[OpenItem]]:
    """What is named and what it may mean besides: with ends that follow a number, and all from one to another."""
    ordered = sorted(named, key=lambda item: _end_of(item)[1:])
    for item in named:
        ended = _with_ends(case, item, openings)
        if ended:
            yield in_order({*named, *ended})
        if len(ended) == 1 and (between := _between(case, item, ended[0], openings)):
            yield in_order({*named, *ended, *between})
    every = {item for one, other in pairwise(ordered) for item in _between(case, one, other, openings)}
    if every:
        yield in_order({*named, *every})


def _with_ends(case: Case, item: OpenItem, openings: OpenItems) -> list[OpenItem]:
    """The items of which only the last digits follow this one's number: all that follow, or none."""
    plain = plain_of(item.invoice)
    _, _, digits = _end_of(item)
    for _, end in places_of(plain, case.said):
        ends = []
        for piece in case.said[end:]:
            if piece in _LISTING:
                continue
            if not piece.isdigit() or len(piece) >= digits or not _apart(piece, case.payment.reference):
                break
            other = _item(case, plain[: -len(piece)] + piece, openings)
            if other is None or other == item:
                break
            ends.append(other)
        if ends:
            return ends
    return []


def _between(case: Case, one: OpenItem, other: OpenItem, openings: OpenItems) -> list[OpenItem]:
    """The open items whose numbers lie between these two, which are alike but for their last digits."""
    (before, low, digits), (also, high, length) = sorted((_end_of(one), _end_of(other)))
    if before != also or digits != length or not 1 < high - low <= _MOST:
        return []
    numbers = (f"{before}{number:0{digits}}" for number in range(low + 1, high))
    return [item for number in numbers if (item := _item(case, number, openings))]


def _end_of(item: OpenItem) -> tuple[str, int, int]:
    """What stands before the last digits of a number, these digits, and how many they are."""
    plain = plain_of(item.invoice)
    tail = _TAIL.search(plain)
    return (plain[: tail.start()], int(tail[0]), len(tail[0])) if tail else (plain, 0, 0)


def _item(case: Case, plain: str, openings: OpenItems) -> OpenItem | None:
    number = openings.invoices.by_plain.get(plain, "")
    item = openings.items.get(number)
    if item is None or plain in openings.invoices.alike or openings.open[number] <= 0:
        return None
    return item if (item.customer, item.currency) == (case.customer, case.payment.currency) else None


def _apart(piece: str, text: str) -> bool:
    """Whether these digits stand behind a sign or word that lists, and are no part of a date."""
    return re.search(rf"[0-9]{_APART}{piece}(?![0-9.])", text, re.IGNORECASE) is not None


def _from_to(case: Case, named: Sequence[OpenItem]) -> bool:
    """Whether the last digits of one stand right before a sign such as `-` and those of another behind it."""
    ends = "|".join(tail[0] for item in named if (tail := _TAIL.search(item.invoice)))
    return re.search(rf"(?:{ends}){_FROM_TO}\S*?(?:{ends})\b", case.payment.reference, re.IGNORECASE) is not None
