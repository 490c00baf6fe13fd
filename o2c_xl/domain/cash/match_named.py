"""What a payment names and does not just pay: others' invoices, settled ones, or some of several."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from o2c_xl.domain.cash.match_case import Case, Match, MatchRule, bare_of, exactly, record
from o2c_xl.domain.cash.match_sets import sets_paid
from o2c_xl.domain.cash.settling import MatchPolicy, OpenItems, Parts, in_order, sets_of_parts
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import OpenItem

__all__ = ["less_credit", "named_beside", "some_discounts", "some_of_named", "without_bare_others"]

_OTHERS = "It names invoices of another customer or currency."


def without_bare_others(case: Case, usable: list[OpenItem], named: list[OpenItem]) -> list[OpenItem]:
    """What it names without few digits that happen to be the number of another customer's invoice."""
    others = [item.invoice for item in named if item.customer != case.customer]
    if not usable or not others:
        return named
    if bare_of(case, [item.invoice for item in usable]) or bare_of(case, others) != others:
        return named
    return [item for item in named if item.customer == case.customer]


def named_beside(case: Case, usable: list[OpenItem], named: list[OpenItem], openings: OpenItems) -> list[Match]:
    """Some of what it names cannot be paid by it: the rest is where the amount is just theirs."""
    exact = exactly(case, usable, openings)
    names = case.names(usable)
    if exact:
        return record(case, openings, exact, f"The payment names {names} and has just this amount.")
    case.rule, case.candidates = MatchRule.REFERENCE, usable
    others = [item for item in named if item.customer != case.customer]
    own = [item.invoice for item in named if item.customer == case.customer and not openings.open[item.invoice]]
    settled = [*case.payment.settled, *own]
    if case.payment.elsewhere:
        case.sure = False
        case.doubt = f"It names {', '.join(case.payment.elsewhere)}, open on another account of this customer."
    elif usable or settled or not others:
        case.sure = False
        case.doubt = _settled(settled, case.payment.given_up) if settled else _OTHERS
        case.proposed = not usable and bool(case.payment.given_up)  # it is for that one: nothing else is proposed
    elif any(openings.whole(item, case.left, case.payment.paid_on) for item in others):
        case.sure, case.rule = False, MatchRule.AMOUNT
        same = openings.settled_by(case.customer, case.payment.currency, case.left, case.payment.paid_on)
        case.candidates = in_order([parts.item for parts in same])
        case.doubt = f"It names {others[0].invoice} of another customer, which has just this amount."
    else:
        case.beside = f" It names {others[0].invoice}, which is another customer's and of another amount."
    return []


def _settled(names: Sequence[str], given_up: Collection[str]) -> str:
    said = [f"{name}, {'written off' if name in given_up else 'settled already'}" for name in names]
    return f"It names {', and '.join(said)}."


def some_of_named(case: Case, usable: list[OpenItem], openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    """It names several and does not pay them all: proposed are the only ones that are just the amount, if any are.

    Where that is one, and the others are but few digits, nothing else is named.
    """
    case.sure, case.candidates = False, usable
    case.doubt = f"It names {len(usable)} invoices and does not pay them all: which is paid in part?"
    if case.left < 0 or any(openings.open[item.invoice] <= 0 for item in usable):
        return []
    if less := less_credit(case, usable, openings, policy):
        case.doubt = less
        return []
    sets, complete = sets_paid([openings.discounted(item, case.payment.paid_on) for item in usable], case.left, policy)
    if not complete or len(sets) != 1:
        return []
    case.chosen = sets[0]
    paid = [part.item.invoice for part in case.chosen]
    others = [item.invoice for item in usable if item.invoice not in paid]
    if case.rule is MatchRule.REFERENCE and len(paid) == 1 and bare_of(case, others) == others:
        case.sure, case.candidates = True, []
        return record(case, openings, case.chosen, f"The payment names {paid[0]} and has just this amount.")
    case.doubt = f"It names {len(usable)} invoices, and has just the amount of {', '.join(paid)}."
    return []


def less_credit(case: Case, usable: list[OpenItem], openings: OpenItems, policy: MatchPolicy) -> str:
    """What to say where all that it names less credit notes that it does not name is just its amount; '' else."""
    owned = in_order(openings.owned(case.customer, case.payment.currency))
    notes = [Parts(item, -openings.open[item.invoice]) for item in owned if openings.open[item.invoice] < ZERO]
    whole = sum((openings.open[item.invoice] for item in usable), ZERO)
    lessened = sum((openings.discounted(item, case.payment.paid_on).amount for item in usable), ZERO)
    over = [full - case.left for full in dict.fromkeys((whole, lessened)) if full > case.left]
    tries = [sets_of_parts(notes, more, policy.most_work) for more in over]
    found = [[part.item.invoice for part in one] for sets, _ in tries for one in sets]
    if not found or not all(complete for _, complete in tries):
        return ""
    meant, whose = ", ".join(found[0]), "their" if len(usable) > 1 else "its"
    other = "" if len(found) == 1 else ", or less other credit notes that come to as much"
    return (
        f"It names {case.names(usable)} and has just {whose} amount less {meant}, which it does not name{other}: name "
        "it in Reference too, and all is settled."
    )


def some_discounts(lessened: list[Parts], short: Decimal, policy: MatchPolicy) -> list[Parts]:
    """These items less all their discounts, or some where that is the only way, if that is just so much short."""
    if short == sum((parts.discount for parts in lessened), ZERO):
        return lessened
    offers = [Parts(parts.item, parts.discount) for parts in lessened if parts.discount]
    sets, complete = sets_of_parts(offers, short, policy.most_work) if short > 0 else ([], True)
    if not complete or len(sets) != 1:
        return []
    taken = {parts.item.invoice for parts in sets[0]}
    return [
        parts if parts.item.invoice in taken else Parts(parts.item, parts.amount + parts.discount) for parts in lessened
    ]
