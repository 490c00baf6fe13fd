"""What is proposed where nothing is certain. A guess takes nothing from a better founded one of another payment.

The kinds of proposals follow each other over the whole batch, the best founded first; each payment is proposed by
the first that finds something for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from o2c_xl.domain.cash.match_case import (
    CONFIDENCE,
    DOUBTFUL,
    Case,
    Match,
    MatchRule,
    almost,
    less_charges,
    matched,
    record,
)
from o2c_xl.domain.cash.settling import MatchPolicy, OpenItems, in_order, settle_one
from o2c_xl.domain.receivables.open_items import OpenItem

__all__ = ["PROPOSALS"]

_ALMOST = "Its amount is almost that of this item."


def _named(case: Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    """What it names, with a doubt; of several the only ones that are just its amount."""
    if not case.candidates or case.rule is MatchRule.AMOUNT:
        return []
    case.proposed = True
    if case.chosen and _still_open(case, openings):
        return record(case, openings, case.chosen, case.doubt)
    return _propose(case, case.candidates, case.rule, openings, policy)


def _of_its_amount(case: Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    """One of several items that have just its amount, as long as one is left that has."""
    payment = case.payment
    fitting = [item for item in case.candidates if openings.fits(item, case.left, payment.paid_on)]
    return _propose(case, fitting, MatchRule.AMOUNT, openings, policy)


def _set(case: Case, openings: OpenItems, _policy: MatchPolicy) -> list[Match]:
    """The only set with its sum, where that may be an accident."""
    if not case.chosen or not _still_open(case, openings):
        return []
    case.rule, case.sure = MatchRule.SET, False
    return record(case, openings, case.chosen, f"The only set of open items with this sum: {len(case.chosen)} items.")


def _still_open(case: Case, openings: OpenItems) -> bool:
    return all(part.amount + part.discount == openings.open[part.item.invoice] for part in case.chosen)


def _near(case: Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    """Numbers that it may mean."""
    if not case.near:
        return []
    case.proposed = True
    case.doubt = case.doubt or "The number may be meant."
    return _propose(case, case.near, MatchRule.NEAR, openings, policy)


def _almost(case: Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    """The only item that is open with a little more."""
    found = almost(case, openings)
    if not found:
        return []
    case.doubt = case.doubt or less_charges(case, found, openings) or _ALMOST
    return _propose(case, found, MatchRule.AMOUNT, openings, policy)


def _oldest(case: Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    case.doubt = case.doubt or "Oldest due first."
    owned = in_order(openings.owned(case.customer, case.payment.currency))
    return _propose(case, owned, MatchRule.OLDEST, openings, policy)


def _propose(
    case: Case, items: Iterable[OpenItem], rule: MatchRule, openings: OpenItems, policy: MatchPolicy
) -> list[Match]:
    confidence = CONFIDENCE[rule] if rule is MatchRule.OLDEST else DOUBTFUL
    case.sure = False
    matches: list[Match] = []
    for item in items:
        if openings.open[item.invoice] > 0 and not item.disputed:
            parts = settle_one(item, case.left, case.payment.paid_on, openings, policy)
            matches.append(matched(case, parts, rule, confidence, f"{case.doubt}{case.beside}"))
            openings.settle(parts, case.payment.paid_on)
            case.left -= parts.amount
        if not case.left:
            break
    case.proposed = case.proposed or bool(matches)
    return matches


PROPOSALS = (_named, _of_its_amount, _set, _near, _almost, _oldest)
