"""The rule of sets: several items that only together come to a payment's amount."""

from __future__ import annotations

from decimal import Decimal
from math import comb, gcd

from o2c_xl.domain.match_case import Case, Match, MatchRule, record
from o2c_xl.domain.money import places
from o2c_xl.domain.receivables import OpenItem
from o2c_xl.domain.settling import MatchPolicy, OpenItems, Parts, sets_of_parts

__all__ = ["by_set"]

_CHANCE, _FEW = 100, 6
"""Sets that fit by accident must be a hundred times rarer than amounts are."""


def by_set(case: Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    """One and only one set of the customer's items has the payment's sum; certain where that is no accident."""
    payment = case.payment
    if not case.sure or case.left != payment.amount or case.left < 0:
        return []
    owned = openings.owned.get((case.customer, payment.currency), {})
    usable = [
        item
        for item in owned.values()
        if 0 < openings.open[item.invoice] - openings.discount(item, payment.paid_on) <= case.left
    ]
    sets, complete = _sets(case, usable, openings, policy)
    if not complete:
        case.doubt = "Too many open items to tell which of them add up to it."
        return []
    if len(sets) > 1:
        case.sure, case.doubt = False, "More than one set of open items has this sum."
    if len(sets) != 1:
        return []
    case.rule = MatchRule.SET
    chosen = sets[0]
    telling = len(chosen) == len(owned) or _telling(chosen, usable, case.left.scaleb(places(payment.currency)))
    case.sure = telling and not case.beside and not case.near
    return record(case, openings, chosen, f"The only set of open items with this sum: {len(chosen)} items.")


def _telling(chosen: list[Parts], usable: list[OpenItem], units: Decimal) -> bool:
    """Whether a set with this sum is no accident: sets no larger than it are few beside the amounts there could be.

    Of many items that are all as round as multiples of 5.00 there are fewer amounts.
    """
    sets = sum(comb(len(usable), size) for size in range(1, len(chosen) + 1)) * _CHANCE
    if sets > units or len(usable) <= _FEW:
        return sets <= units
    shift = places(usable[0].currency)
    return sets <= units // gcd(int(units), *(int(item.open.scaleb(shift)) for item in usable))


def _sets(
    case: Case, usable: list[OpenItem], openings: OpenItems, policy: MatchPolicy
) -> tuple[list[list[Parts]], bool]:
    """The sets of items with the payment's sum, in full or each less its discount; False where the bound was hit."""
    full = [Parts(item, openings.open[item.invoice]) for item in usable]
    lessened = [openings.discounted(item, case.payment.paid_on) for item in usable]
    sets, complete = sets_of_parts(full, case.left, policy.most_work)
    if any(parts.discount for parts in lessened):
        less, also = sets_of_parts(lessened, case.left, policy.most_work)
        sets, complete = sets + [one for one in less if one not in sets], complete and also
    return sets, complete
