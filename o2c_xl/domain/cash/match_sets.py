"""The rule of sets: several items that only together come to a payment's amount."""

from __future__ import annotations

from decimal import Decimal
from math import comb, gcd

from o2c_xl.domain.cash.match_case import Case, Match, MatchRule, record
from o2c_xl.domain.cash.settling import MatchPolicy, OpenItems, Parts, in_order, sets_of_parts
from o2c_xl.domain.money import places

__all__ = ["by_set", "sets_paid"]

_CHANCE, _FEW = 100, 6
"""Sets that fit by accident must be a hundred times rarer than amounts are."""


def by_set(case: Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    """One and only one set of the customer's items has the payment's sum; certain where that is no accident."""
    payment = case.payment
    if not case.sure or not case.whole or case.left < 0:
        return []
    owned = in_order(openings.owned(case.customer, payment.currency))
    lessened = [openings.discounted(item, payment.paid_on) for item in owned]
    usable = [parts for parts in lessened if 0 < parts.amount <= case.left]
    sets, complete = sets_paid(usable, case.left, policy)
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
    if not telling or case.beside or case.near:
        case.sure, case.chosen = False, chosen
        return []
    return record(case, openings, chosen, f"The only set of open items with this sum: {len(chosen)} items.")


def _telling(chosen: list[Parts], usable: list[Parts], units: Decimal) -> bool:
    """Whether a set with this sum is no accident: sets no larger than it are few beside the amounts there could be.

    Of many items that are all as round as multiples of 5.00 there are fewer amounts.
    """
    sets = sum(comb(len(usable), size) for size in range(1, len(chosen) + 1)) * _CHANCE
    if sets > units or len(usable) <= _FEW:
        return sets <= units
    shift = places(usable[0].item.currency)
    return sets <= units // gcd(int(units), *(int(parts.item.open.scaleb(shift)) for parts in usable))


def sets_paid(lessened: list[Parts], left: Decimal, policy: MatchPolicy) -> tuple[list[list[Parts]], bool]:
    """The sets of items with the sum `left`, each less its discount or in full; False where the bound was hit."""
    full = [Parts(parts.item, parts.amount + parts.discount) if parts.discount else parts for parts in lessened]
    sets, complete = sets_of_parts(full, left, policy.most_work)
    if full != lessened:
        less, also = sets_of_parts(lessened, left, policy.most_work)
        sets, complete = sets + [one for one in less if one not in sets], complete and also
    return sets, complete
