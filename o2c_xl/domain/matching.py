"""Which invoices a payment pays: by what it names, else by its amount, else oldest first as a proposal.

The rules run in this order over the whole batch, so that a sure match of a later payment is never taken by a
guess for an earlier one: explicit reference; single open item of that amount; one and only one set of items
with that sum; oldest first. A tie never counts as certain, and nothing goes beyond the payment or the item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO, places
from o2c_xl.domain.receivables import OpenItem
from o2c_xl.domain.references import find_numbers
from o2c_xl.domain.settling import (
    MatchPolicy,
    OpenItems,
    Parts,
    in_order,
    sets_of_parts,
    settle_one,
)

__all__ = ["Match", "MatchPolicy", "MatchRule", "Payment", "match"]


class MatchRule(StrEnum):
    """How an invoice was found for a payment."""

    REFERENCE = "Reference"
    ORDER = "Order or customer reference"
    AMOUNT = "Amount"
    SET = "Set of items"
    OLDEST = "Oldest first"


_CONFIDENCE = {
    MatchRule.REFERENCE: Decimal("1.00"),
    MatchRule.ORDER: Decimal("0.95"),
    MatchRule.AMOUNT: Decimal("0.90"),
    MatchRule.SET: Decimal("0.80"),
    MatchRule.OLDEST: Decimal("0.30"),
}
_DOUBTFUL = Decimal("0.50")
_CHANCE = 20


@dataclass(frozen=True, slots=True)
class Payment:
    """Money still to be matched; `amount` is its unapplied part, below zero for a refund."""

    payment: str
    customer: str
    amount: Decimal
    currency: str
    paid_on: date
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Money of a payment for an invoice; what it settles is `amount` + `discount` + `write_off`.

    `discount` is an early-payment discount taken in time, `write_off` a difference within tolerance. A match
    that is not `certain` is a proposal and waits for a person; `reason` says why.
    """

    payment: str
    invoice: str
    customer: str
    amount: Decimal
    discount: Decimal
    write_off: Decimal
    rule: MatchRule
    confidence: Decimal
    certain: bool
    reason: str


@dataclass(slots=True)
class _Case:
    """A payment on its way through the rules."""

    payment: Payment
    customer: str
    left: Decimal
    sure: bool = True
    candidates: list[OpenItem] = field(default_factory=list)
    doubt: str = ""
    rule: MatchRule = MatchRule.OLDEST


def match(
    payments: Iterable[Payment],
    open_items_by_customer: Mapping[str, Sequence[OpenItem]],
    policy: MatchPolicy,
) -> list[Match]:
    """The matches of a batch of payments, certain ones and proposals; input order makes no difference.

    A payment without customer is matched only if the invoice numbers it names all belong to one customer.
    """
    openings = OpenItems(item for items in open_items_by_customer.values() for item in items)
    ordered = sorted(payments, key=lambda payment: (payment.paid_on, payment.payment))
    cases = [_Case(payment, payment.customer, payment.amount) for payment in ordered]
    matches: list[Match] = []
    for rule in (_by_reference, _by_amount, _by_set, _by_proposal):
        for case in cases:
            if case.left:
                matches += rule(case, openings, policy)
    return matches


def _by_reference(case: _Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    named, case.rule = _named(case.payment, openings)
    if not case.customer and named and case.rule is MatchRule.REFERENCE:
        owners = {item.customer for item in named}
        case.customer = owners.pop() if len(owners) == 1 else ""
    own = [item for item in named if item.customer == case.customer]
    usable = [item for item in own if item.currency == case.payment.currency and openings.open[item.invoice]]
    if len(usable) < len(named):
        case.sure = False
        case.candidates = usable
        case.doubt = "It names invoices of another customer or currency, or already settled."
    if not usable or len(usable) < len(named):
        return []
    parts = _settling(case, usable, openings, policy)
    if parts:
        names = ", ".join(item.invoice for item in usable)
        return _record(case, openings, parts, f"The payment names {names}.")
    case.sure, case.candidates = False, usable
    case.doubt = f"It names {len(usable)} invoices and does not pay them all: which is paid in part?"
    return []


def _by_amount(case: _Case, openings: OpenItems, _policy: MatchPolicy) -> list[Match]:
    if not case.sure or case.left != case.payment.amount:
        return []
    payment = case.payment
    found = openings.by_amount.get((case.customer, payment.currency, payment.amount), {})
    same = [openings.whole(openings.items[key], payment.amount, payment.paid_on) for key in found]
    fitting = [parts for parts in same if parts]
    if len(fitting) > 1:
        case.sure, case.rule = False, MatchRule.AMOUNT
        case.candidates = in_order([parts.item for parts in fitting])
        case.doubt = f"{len(fitting)} open items have this amount."
    if len(fitting) != 1:
        return []
    case.rule = MatchRule.AMOUNT
    return _record(case, openings, fitting, "The only open item of this amount.")


def _by_set(case: _Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    payment = case.payment
    if not case.sure or case.left != payment.amount or case.left < 0:
        return []
    owned = openings.owned.get((case.customer, payment.currency), {})
    usable: list[OpenItem] = []
    for item in owned.values():
        if 0 < openings.open[item.invoice] - openings.discount(item, payment.paid_on) <= case.left:
            usable.append(item)
            if len(usable) > policy.most_items:
                case.doubt = "Too many open items to tell which of them add up to it."
                return []
    sets = _sets(case, usable, openings)
    if len(sets) > 1:
        case.sure, case.doubt = False, "More than one set of open items has this sum."
    if len(sets) != 1:
        return []
    case.rule = MatchRule.SET
    case.sure = _telling(len(usable), case.left, payment.currency)
    return _record(case, openings, sets[0], f"The only set of open items with this sum: {len(sets[0])} items.")


def _by_proposal(case: _Case, openings: OpenItems, policy: MatchPolicy) -> list[Match]:
    if case.left < 0:
        return []
    case.sure = False
    owned = openings.owned.get((case.customer, case.payment.currency), {})
    rule = case.rule if case.candidates else MatchRule.OLDEST
    confidence = _DOUBTFUL if case.candidates else _CONFIDENCE[MatchRule.OLDEST]
    matches: list[Match] = []
    for item in case.candidates or list(owned.values()):
        if openings.open[item.invoice] > 0 and not item.disputed:
            parts = settle_one(item, case.left, case.payment.paid_on, openings, policy)
            matches.append(_matched(case, parts, rule, confidence, case.doubt or "Oldest due first."))
            openings.settle(parts)
            case.left -= parts.amount
        if not case.left:
            break
    return matches


def _named(payment: Payment, openings: OpenItems) -> tuple[list[OpenItem], MatchRule]:
    """What the reference names: invoices, else the customer's items by order or own reference."""
    numbers = find_numbers(openings.invoices, payment.reference) if payment.reference else []
    if numbers or not payment.customer or not payment.reference:
        return in_order([openings.items[number] for number in numbers]), MatchRule.REFERENCE
    named = {
        item.invoice: item
        for number in find_numbers(openings.others, payment.reference)
        for item in openings.named_by[number]
        if item.customer == payment.customer and openings.open[item.invoice]
    }
    alone = [item for item in named.values() if openings.open[item.invoice] == payment.amount]
    return alone if len(alone) == 1 else in_order(named.values()), MatchRule.ORDER


def _telling(items: int, amount: Decimal, currency: str) -> bool:
    """Whether a set with this sum is no accident: sets are few beside the amounts there could be."""
    return amount.scaleb(places(currency)) >= (_CHANCE << items)


def _settling(case: _Case, items: list[OpenItem], openings: OpenItems, policy: MatchPolicy) -> list[Parts]:
    """How the payment settles all these items (or one of them in part); empty when that is not clear."""
    left, paid_on = case.left, case.payment.paid_on
    if len(items) == 1:
        item = items[0]
        same_side = (openings.open[item.invoice] > 0) == (left > 0)
        return [settle_one(item, left, paid_on, openings, policy)] if same_side else []
    whole = sum((openings.open[item.invoice] for item in items), ZERO)
    if whole == left or (0 < whole < left and all(openings.open[item.invoice] > 0 for item in items)):
        return [Parts(item, openings.open[item.invoice]) for item in items]
    lessened = [openings.discounted(item, paid_on) for item in items]
    if sum((parts.amount for parts in lessened), ZERO) == left:
        return lessened
    if 0 < whole - left <= policy.tolerance(whole, items[0].currency):
        return _all_but(whole - left, items, openings)
    return []


def _all_but(short: Decimal, items: list[OpenItem], openings: OpenItems) -> list[Parts]:
    """All items settled, what is short written off on the largest."""
    largest = max(items, key=lambda item: openings.open[item.invoice])
    amounts = [(item, openings.open[item.invoice], short if item is largest else ZERO) for item in items]
    return [Parts(item, still_open - less, write_off=less) for item, still_open, less in amounts]


def _sets(case: _Case, usable: list[OpenItem], openings: OpenItems) -> list[list[Parts]]:
    """The sets of items with the payment's sum, in full or each less its discount; two already prove a tie."""
    full = [Parts(item, openings.open[item.invoice]) for item in usable]
    lessened = [openings.discounted(item, case.payment.paid_on) for item in usable]
    sets = sets_of_parts(full, case.left)
    if any(parts.discount for parts in lessened):
        sets += [found for found in sets_of_parts(lessened, case.left) if found not in sets]
    return sets


def _record(case: _Case, openings: OpenItems, parts: list[Parts], reason: str) -> list[Match]:
    for part in parts:
        openings.settle(part)
        case.left -= part.amount
    confidence = _CONFIDENCE[case.rule] if case.sure else _DOUBTFUL
    return [_matched(case, part, case.rule, confidence, reason) for part in parts]


def _matched(case: _Case, parts: Parts, rule: MatchRule, confidence: Decimal, reason: str) -> Match:
    return Match(
        case.payment.payment,
        parts.item.invoice,
        parts.item.customer,
        parts.amount,
        parts.discount,
        parts.write_off,
        rule,
        confidence,
        case.sure,
        reason,
    )
