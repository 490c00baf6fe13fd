"""Which invoices a payment pays: by what it names, else by its amount, else oldest first as a proposal.

The rules run in this order over the whole batch, so that a sure match of a later payment is never taken by a
guess for an earlier one: explicit reference; a reference written wrong in a usual way, where the amount bears it out;
single open item of that amount, or next instalment of it; one and only one set of items with that sum; else a proposal.
A tie never counts as certain, and nothing goes beyond the payment or the item.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from o2c_xl.domain.cash.match_case import (
    Case,
    Match,
    MatchRule,
    Payment,
    bare_of,
    exactly,
    less_charges,
    record,
)
from o2c_xl.domain.cash.match_lists import listed_exactly, listed_short
from o2c_xl.domain.cash.match_named import less_credit, named_beside, some_discounts, some_of_named, without_bare_others
from o2c_xl.domain.cash.match_parts import note_parts, paid_by_others, settled_by_the_last
from o2c_xl.domain.cash.match_proposals import PROPOSALS
from o2c_xl.domain.cash.match_sets import by_set
from o2c_xl.domain.cash.near_numbers import Meant, index_near, near_in
from o2c_xl.domain.cash.proving import says_ahead
from o2c_xl.domain.cash.references import numbers_in, pieces
from o2c_xl.domain.cash.settling import MatchPolicy, OpenItems, Parts, all_but, in_order, settle_one
from o2c_xl.domain.collector import collector_at_rest
from o2c_xl.domain.money import ZERO, places
from o2c_xl.domain.receivables.open_items import OpenItem

__all__ = ["Match", "MatchPolicy", "MatchRule", "Payment", "match"]


_ALONE = "The only open item of this amount."
_LEFT = "What is left of it is just the amount of this item."
_AHEAD = "It says that it is paid in advance, and nothing that it names is open; this item has just its amount."
_RARE = 200  # an amount that two items share by accident must be so many times rarer than items are


@collector_at_rest()
def match(
    payments: Iterable[Payment],
    open_items_by_customer: Mapping[str, Sequence[OpenItem]],
    policy: MatchPolicy,
    apart: Mapping[str, Collection[str]] | None = None,
) -> list[Match]:
    """The matches of a batch of payments, certain ones and proposals; input order makes no difference.

    A payment without customer is matched only if the invoice numbers it names all belong to one customer. `apart`
    names by payment invoices that it does not pay.
    """
    openings = OpenItems(item for items in open_items_by_customer.values() for item in items)
    ordered = sorted(payments, key=lambda one: (one.paid_on, one.payment))
    cases = [Case(one, one.customer, one.amount, pieces(one.reference)) for one in ordered]
    seen = {name: openings.without(invoices) for name, invoices in (apart or {}).items()}
    for case in cases:
        _read(case, seen.get(case.payment.payment, openings))
    note_parts(cases, openings)
    matches: list[Match] = []
    for rule in (_by_reference, _by_near_reference, _by_amount, by_set):
        for case in cases:
            if case.left:
                matches += rule(case, seen.get(case.payment.payment, openings), policy)
    matches = paid_by_others(settled_by_the_last(matches, cases, openings, policy), cases, openings)
    guesses = [case for case in cases if case.left > 0 and (case.candidates or not case.ahead)]
    for propose in PROPOSALS:
        for case in guesses:
            if case.left and not case.proposed:
                matches += propose(case, seen.get(case.payment.payment, openings), policy)
    return matches


# --- what the payer wrote --------------------------------------------------------------------------------------------


def _by_reference(case: Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    named, case.rule = _named(case, openings)
    if not case.customer and named and case.rule is MatchRule.REFERENCE:
        owners = {item.customer for item in named}
        case.customer = owners.pop() if len(owners) == 1 else ""
        case.guessed = True
    usable = [
        item
        for item in named
        if item.customer == case.customer and item.currency == case.payment.currency and openings.open[item.invoice]
    ]
    named = without_bare_others(case, usable, named)
    if len(usable) < len(named) or case.payment.settled or case.payment.elsewhere:
        return named_beside(case, usable, named, openings)
    if not usable:
        return []
    parts = _settling(case, usable, openings, policy)
    names = case.names(usable)
    if not (parts and _settles(parts, case.left, openings)):
        if listed := listed_exactly(case, usable, openings):
            return record(case, openings, listed, f"The payment names {names}: this whole list has just its amount.")
        if not parts:
            return some_of_named(case, usable, openings, policy)
        if _contradicted(case, parts, usable, (openings, policy)):
            return []
    return record(case, openings, parts, f"The payment names {names}.")


def _contradicted(case: Case, parts: list[Parts], usable: list[OpenItem], by: tuple[OpenItems, MatchPolicy]) -> bool:
    """Whether something speaks against paying what it names in part, or with more than is open: then it is proposed."""
    names, (openings, policy) = case.names(usable), by
    if other := _meant_by_amount(case, parts, openings):
        case.sure, case.rule, case.candidates = False, MatchRule.AMOUNT, [other.item]
        case.doubt = f"The payment names {names}, but has just the amount of this item."
    elif less := less_credit(case, usable, openings, policy):
        case.sure, case.candidates, case.doubt = False, usable, less
    elif doubt := less_charges(case, usable, openings) or _doubt_of(case, parts, openings):
        case.sure, case.candidates, case.doubt = False, usable, f"The payment names {names}, but {doubt}"
    elif listed := listed_short(case, usable, openings):
        case.sure, case.candidates = False, listed
        case.doubt = f"It may name {', '.join(item.invoice for item in listed)}, and does not just pay them."
    return not case.sure


def _meant_by_amount(case: Case, parts: list[Parts], openings: OpenItems) -> Parts | None:
    """The other item that has just the amount, where the one named has not and that can be no accident."""
    if len(parts) > 1 or not _rare(case, openings):
        return None
    found = openings.settled_by(case.customer, case.payment.currency, case.left, case.payment.paid_on)
    return found[0] if len(found) == 1 and found[0].item != parts[0].item else None


def _rare(case: Case, openings: OpenItems) -> bool:
    """Whether the amount is none that comes by accident: the customer's items are few beside amounts as round."""
    units = int(case.left.scaleb(places(case.payment.currency)))
    while units and not units % 10:
        units //= 10
    return len(openings.owned(case.customer, case.payment.currency)) * _RARE <= units


def _settles(parts: list[Parts], left: Decimal, openings: OpenItems) -> bool:
    """Whether the money settles these parts' items, all of it and all of them."""
    whole = all(one.amount + one.discount + one.write_off == openings.open[one.item.invoice] for one in parts)
    return whole and sum((part.amount for part in parts), ZERO) == left


def _doubt_of(case: Case, parts: list[Parts], openings: OpenItems) -> str:
    """Why a payment in part, or of more than is open, may be meant for another item; '' when nothing says so."""
    left, payment = case.left, case.payment
    if case.guessed or payment.guessed:
        return "nothing else says who pays, and the amount is another."
    if few := bare_of(case, case.written):
        return f"the digits {', '.join(few)} may be anything, and the amount is another."
    if len(parts) > 1:
        return ""
    found = [one.item for one in openings.settled_by(case.customer, payment.currency, left, payment.paid_on)]
    others = [item for item in found if item != parts[0].item]
    return f"the amount is that of {in_order(others)[0].invoice}." if others else ""


def _by_near_reference(case: Case, openings: OpenItems, _policy: MatchPolicy) -> list[Match]:
    """Numbers written wrong in a usual way, where what they may mean comes to just the amount."""
    payment = case.payment
    wanted = case.sure and case.whole and case.left >= 0 and not case.candidates and not case.ahead
    if not wanted or not any(map(str.isdigit, payment.reference)):
        return []
    same = openings.settled_by(case.customer, payment.currency, payment.amount, payment.paid_on)
    if same:
        near = index_near(parts.item.invoice for parts in same)
        places_meant = [place for place in near_in(near, case.said) if len(same) == 1 or not place.few]
        meant = {number for place in places_meant for number in place.numbers}
        if len(meant) == 1:
            return _meant(case, exactly(case, [openings.items[meant.pop()]], openings), openings)
    read = near_in(openings.near(case.customer, payment.currency), case.said)
    if paid := [number for place in read for number in place.numbers if _paid_by_other(case, number, openings)]:
        case.sure, case.doubt = False, f"It may name {', '.join(paid)}, settled already."
        return []
    return _by_several(case, read, openings)


def _by_several(case: Case, read: list[Meant], openings: OpenItems) -> list[Match]:
    """Several numbers of which each may mean one open item; few digits tell none from another of the same amount."""
    plain: dict[str, OpenItem] = {}
    few: set[str] = set()
    for place in read:
        group = [number for number in place.numbers if openings.open[number] > 0]
        if len(group) == 1:
            plain[group[0]] = openings.items[group[0]]
            few |= {group[0]} if place.few else set()
    case.near, case.rule = in_order(plain.values()), MatchRule.NEAR
    exact = listed_exactly(case, case.near, openings) or exactly(case, case.near, openings) if len(plain) > 1 else []
    if any(part.item.invoice in few and len(_like(part, case, openings)) > 1 for part in exact):
        return []
    return _meant(case, exact, openings) if exact else []


def _like(parts: Parts, case: Case, openings: OpenItems) -> list[Parts]:
    return openings.settled_by(case.customer, case.payment.currency, parts.amount, case.payment.paid_on)


def _paid_by_other(case: Case, number: str, openings: OpenItems) -> bool:
    """Whether an item of just the payment's amount was settled by another payment of the batch."""
    item = openings.items[number]
    return not openings.open[number] and case.left in (item.open, item.open - item.discount)


def _meant(case: Case, parts: list[Parts], openings: OpenItems) -> list[Match]:
    case.rule = MatchRule.NEAR
    names = ", ".join(part.item.invoice for part in parts)
    return record(case, openings, parts, f"What it says may be read as {names}, which has just this amount.")


# --- what the amount says --------------------------------------------------------------------------------------------


def _by_amount(case: Case, openings: OpenItems, _policy: MatchPolicy) -> list[Match]:
    if not case.sure:
        return []
    payment = case.payment
    fitting = openings.settled_by(case.customer, payment.currency, case.left, payment.paid_on)
    if not case.whole and not _rare(case, openings):
        if fitting:  # by accident perhaps, but better than the oldest
            case.sure, case.rule, case.doubt = False, MatchRule.AMOUNT, _LEFT
            case.candidates = in_order([parts.item for parts in fitting])
        return []
    next_due = openings.next_due(case.customer, payment.currency, case.left)
    fitting += next_due
    if case.ahead:
        case.sure, case.rule, case.doubt = False, MatchRule.AMOUNT, _AHEAD
        case.candidates = in_order([parts.item for parts in fitting])
        return []
    if len(fitting) > 1:
        case.sure, case.rule = False, MatchRule.AMOUNT
        case.candidates = in_order([parts.item for parts in fitting])
        what = "open items or instalments" if next_due else "open items"
        case.doubt = f"{len(fitting)} {what} have this amount."
    if len(fitting) != 1:
        return []
    case.rule = MatchRule.AMOUNT
    alone = "The instalment due next, and no other open item has this amount." if next_due else _ALONE
    return record(case, openings, fitting, f"{alone}{case.beside}")


def _invoices_named(case: Case, openings: OpenItems) -> list[str]:
    """The invoices that it names; digits that are the end of an order's number or a reference there are none."""
    numbers = numbers_in(openings.invoices, case.said)
    if not any(map(str.isdigit, numbers)):
        return numbers
    others = numbers_in(openings.others, case.said)
    return [
        number
        for number in numbers
        if not number.isdigit() or not any(other != number and other.endswith(number) for other in others)
    ]


def _read(case: Case, openings: OpenItems) -> None:
    """Find what the reference names: invoices, else the customer's items by order or own reference."""
    case.numbers = case.written = _invoices_named(case, openings)
    if not case.numbers and case.payment.customer and case.said:
        case.written = numbers_in(openings.others, case.said)
        named = {
            item.invoice: item
            for number in case.written
            for item in openings.named_by[number]
            if item.customer == case.payment.customer
        }
        case.ordered = list(named.values())
    known = case.numbers or case.ordered or case.payment.settled or case.payment.elsewhere
    case.ahead = not known and says_ahead(case.said)


def _named(case: Case, openings: OpenItems) -> tuple[list[OpenItem], MatchRule]:
    """What the reference names and by what."""
    if case.numbers or not case.payment.customer or not case.said:
        return in_order([openings.items[number] for number in case.numbers]), MatchRule.REFERENCE
    still_open = [item for item in case.ordered if openings.open[item.invoice]]
    alone = [item for item in still_open if openings.open[item.invoice] == case.payment.amount]
    return alone if len(alone) == 1 else in_order(still_open or case.ordered), MatchRule.ORDER


def _settling(case: Case, items: list[OpenItem], openings: OpenItems, policy: MatchPolicy) -> list[Parts]:
    """How the payment settles all these items (or one of them in part); empty when that is not clear."""
    left, paid_on = case.left, case.payment.paid_on
    if len(items) == 1:
        item = items[0]
        if item.invoice == case.part_of:
            return [Parts(item, min(left, openings.open[item.invoice]))]
        same_side = (openings.open[item.invoice] > 0) == (left > 0)
        return [settle_one(item, left, paid_on, openings, policy)] if same_side else []
    whole = sum((openings.open[item.invoice] for item in items), ZERO)
    if whole == left or (0 < whole < left and all(openings.open[item.invoice] > 0 for item in items)):
        return [Parts(item, openings.open[item.invoice]) for item in items]
    lessened = [openings.discounted(item, paid_on) for item in items]
    if some := some_discounts(lessened, whole - left, policy):
        return some
    if 0 < whole - left <= policy.tolerance(whole, items[0].currency):
        return all_but(whole - left, items, openings)
    return []
