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

from o2c_xl.domain.money import ZERO, places, round_money
from o2c_xl.domain.receivables import OpenItem
from o2c_xl.domain.references import Numbers, find_numbers, index_numbers
from o2c_xl.domain.sums import MOST_ITEMS, sets_with_sum

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
class MatchPolicy:
    """How much short a payment may be and still settle: the lesser of percent of the item and amount."""

    tolerance_percent: Decimal = ZERO
    tolerance_amount: Decimal = ZERO
    most_items: int = MOST_ITEMS


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


@dataclass(frozen=True, slots=True)
class _Parts:
    """How a payment settles one item."""

    item: OpenItem
    amount: Decimal
    discount: Decimal = ZERO
    write_off: Decimal = ZERO


class _Books:
    """What is still open while payments are matched, found by owner, by amount and by number."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        ordered = sorted(items, key=lambda item: (item.due[0][0], item.invoice))
        self.items = {item.invoice: item for item in ordered}
        self.open = {item.invoice: item.open for item in ordered}
        self.owned: dict[tuple[str, str], dict[str, OpenItem]] = {}
        self.by_amount: dict[tuple[str, str, Decimal], dict[str, None]] = {}
        for item in ordered:
            self.owned.setdefault((item.customer, item.currency), {})[item.invoice] = item
            for amount in self._payable(item):
                self.by_amount.setdefault((item.customer, item.currency, amount), {})[item.invoice] = None
        self.invoices = index_numbers(self.items)
        self.others, self.named_by = _other_numbers(ordered)

    def _payable(self, item: OpenItem) -> tuple[Decimal, ...]:
        still_open = self.open[item.invoice]
        if not still_open:
            return ()
        untouched = item.discount and still_open == item.open
        return (still_open, still_open - item.discount) if untouched else (still_open,)

    def settle(self, parts: _Parts) -> None:
        item = parts.item
        for amount in self._payable(item):
            self.by_amount[item.customer, item.currency, amount].pop(item.invoice, None)
        self.open[item.invoice] -= parts.amount + parts.discount + parts.write_off
        for amount in self._payable(item):
            self.by_amount.setdefault((item.customer, item.currency, amount), {})[item.invoice] = None
        if not self.open[item.invoice]:
            self.owned[item.customer, item.currency].pop(item.invoice, None)

    def discount(self, item: OpenItem, paid_on: date) -> Decimal:
        """The early-payment discount a payment of that day may still take."""
        in_time = item.discount_until is not None and paid_on <= item.discount_until
        return item.discount if in_time and self.open[item.invoice] == item.open else ZERO


def match(
    payments: Iterable[Payment],
    open_items_by_customer: Mapping[str, Sequence[OpenItem]],
    policy: MatchPolicy,
) -> list[Match]:
    """The matches of a batch of payments, certain ones and proposals; input order makes no difference.

    A payment without customer is matched only if the invoice numbers it names all belong to one customer.
    """
    books = _Books(item for items in open_items_by_customer.values() for item in items)
    ordered = sorted(payments, key=lambda payment: (payment.paid_on, payment.payment))
    cases = [_Case(payment, payment.customer, payment.amount) for payment in ordered]
    matches: list[Match] = []
    for rule in (_by_reference, _by_amount, _by_set, _by_proposal):
        for case in cases:
            if case.left:
                matches += rule(case, books, policy)
    return matches


def _by_reference(case: _Case, books: _Books, policy: MatchPolicy) -> list[Match]:
    named, case.rule = _named(case.payment, books)
    if not case.customer and named and case.rule is MatchRule.REFERENCE:
        owners = {item.customer for item in named}
        case.customer = owners.pop() if len(owners) == 1 else ""
    own = [item for item in named if item.customer == case.customer]
    usable = [item for item in own if item.currency == case.payment.currency and books.open[item.invoice]]
    if len(usable) < len(named):
        case.sure = False
        case.candidates = usable
        case.doubt = "It names invoices of another customer or currency, or already settled."
    if not usable or len(usable) < len(named):
        return []
    parts = _settling(case, usable, books, policy)
    if parts:
        names = ", ".join(item.invoice for item in usable)
        return _record(case, books, parts, f"The payment names {names}.")
    case.sure, case.candidates = False, usable
    case.doubt = f"It names {len(usable)} invoices and does not pay them all: which is paid in part?"
    return []


def _by_amount(case: _Case, books: _Books, _policy: MatchPolicy) -> list[Match]:
    if not case.sure or case.left != case.payment.amount:
        return []
    payment = case.payment
    found = books.by_amount.get((case.customer, payment.currency, payment.amount), {})
    same = [_whole(books.items[key], payment, books) for key in found]
    fitting = [parts for parts in same if parts]
    if len(fitting) > 1:
        case.sure, case.rule = False, MatchRule.AMOUNT
        case.candidates = _in_order([parts.item for parts in fitting])
        case.doubt = f"{len(fitting)} open items have this amount."
    if len(fitting) != 1:
        return []
    case.rule = MatchRule.AMOUNT
    return _record(case, books, fitting, "The only open item of this amount.")


def _by_set(case: _Case, books: _Books, policy: MatchPolicy) -> list[Match]:
    payment = case.payment
    if not case.sure or case.left != payment.amount or case.left < 0:
        return []
    owned = books.owned.get((case.customer, payment.currency), {})
    usable: list[OpenItem] = []
    for item in owned.values():
        if 0 < books.open[item.invoice] - books.discount(item, payment.paid_on) <= case.left:
            usable.append(item)
            if len(usable) > policy.most_items:
                case.doubt = "Too many open items to tell which of them add up to it."
                return []
    sets = _sets(case, usable, books)
    if len(sets) > 1:
        case.sure, case.doubt = False, "More than one set of open items has this sum."
    if len(sets) != 1:
        return []
    case.rule = MatchRule.SET
    case.sure = _telling(len(usable), case.left, payment.currency)
    return _record(case, books, sets[0], f"The only set of open items with this sum: {len(sets[0])} items.")


def _by_proposal(case: _Case, books: _Books, policy: MatchPolicy) -> list[Match]:
    if case.left < 0:
        return []
    case.sure = False
    owned = books.owned.get((case.customer, case.payment.currency), {})
    rule = case.rule if case.candidates else MatchRule.OLDEST
    confidence = _DOUBTFUL if case.candidates else _CONFIDENCE[MatchRule.OLDEST]
    matches: list[Match] = []
    for item in case.candidates or list(owned.values()):
        if books.open[item.invoice] > 0 and not item.disputed:
            parts = _one(item, case.left, case.payment.paid_on, books, policy)
            matches.append(_matched(case, parts, rule, confidence, case.doubt or "Oldest due first."))
            books.settle(parts)
            case.left -= parts.amount
        if not case.left:
            break
    return matches


def _named(payment: Payment, books: _Books) -> tuple[list[OpenItem], MatchRule]:
    """What the reference names: invoices, else the customer's items by order or own reference."""
    numbers = find_numbers(books.invoices, payment.reference) if payment.reference else []
    if numbers or not payment.customer or not payment.reference:
        return _in_order([books.items[number] for number in numbers]), MatchRule.REFERENCE
    named = [
        item
        for number in find_numbers(books.others, payment.reference)
        for item in books.named_by[number]
        if item.customer == payment.customer and books.open[item.invoice]
    ]
    alone = [item for item in named if books.open[item.invoice] == payment.amount]
    if len(alone) == 1:
        return alone, MatchRule.ORDER
    return _in_order(list({item.invoice: item for item in named}.values())), MatchRule.ORDER


def _other_numbers(items: Iterable[OpenItem]) -> tuple[Numbers, dict[str, list[OpenItem]]]:
    named_by: dict[str, list[OpenItem]] = {}
    for item in items:
        for number in {item.order, item.reference} - {""}:
            named_by.setdefault(number, []).append(item)
    return index_numbers(named_by), named_by


def _settling(case: _Case, items: list[OpenItem], books: _Books, policy: MatchPolicy) -> list[_Parts]:
    """How the payment settles all these items (or one of them in part); empty when that is not clear."""
    left, paid_on = case.left, case.payment.paid_on
    if len(items) == 1:
        item = items[0]
        return [_one(item, left, paid_on, books, policy)] if (books.open[item.invoice] > 0) == (left > 0) else []
    whole = sum((books.open[item.invoice] for item in items), ZERO)
    if whole == left or (0 < whole < left and all(books.open[item.invoice] > 0 for item in items)):
        return [_Parts(item, books.open[item.invoice]) for item in items]
    lessened = [_discounted(item, paid_on, books) for item in items]
    if sum((parts.amount for parts in lessened), ZERO) == left:
        return lessened
    return []


def _one(item: OpenItem, left: Decimal, paid_on: date, books: _Books, policy: MatchPolicy) -> _Parts:
    """As much of one item as `left` pays, with the discount in time and a difference within tolerance."""
    still_open = books.open[item.invoice]
    if left < 0:
        return _Parts(item, max(left, still_open))
    if left >= still_open:
        return _Parts(item, still_open)
    short = still_open - left
    discount = min(short, books.discount(item, paid_on))
    rest = short - discount
    allowed = min(still_open * policy.tolerance_percent / 100, policy.tolerance_amount)
    if rest > round_money(allowed, item.currency):
        return _Parts(item, left)
    return _Parts(item, left, discount, rest)


def _whole(item: OpenItem, payment: Payment, books: _Books) -> _Parts | None:
    still_open = books.open[item.invoice]
    if still_open == payment.amount:
        return _Parts(item, still_open)
    if still_open - books.discount(item, payment.paid_on) == payment.amount:
        return _discounted(item, payment.paid_on, books)
    return None


def _discounted(item: OpenItem, paid_on: date, books: _Books) -> _Parts:
    discount = books.discount(item, paid_on)
    return _Parts(item, books.open[item.invoice] - discount, discount)


def _sets(case: _Case, usable: list[OpenItem], books: _Books) -> list[list[_Parts]]:
    """The sets of items with the payment's sum, in full or each less its discount; two already prove a tie."""
    full = [_Parts(item, books.open[item.invoice]) for item in usable]
    lessened = [_discounted(item, case.payment.paid_on, books) for item in usable]
    sets = _sums(full, case.left)
    if any(parts.discount for parts in lessened):
        sets += [found for found in _sums(lessened, case.left) if found not in sets]
    return sets


def _telling(items: int, amount: Decimal, currency: str) -> bool:
    """Whether a set with this sum is no accident: sets are few beside the amounts there could be."""
    return amount.scaleb(places(currency)) >= (_CHANCE << items)


def _sums(parts: list[_Parts], target: Decimal) -> list[list[_Parts]]:
    if not parts:
        return []
    shift = places(parts[0].item.currency)
    amounts = [int(part.amount.scaleb(shift)) for part in parts]
    found = sets_with_sum(amounts, int(target.scaleb(shift)), len(parts))
    return [[parts[position] for position in sorted(chosen)] for chosen in found.sets]


def _in_order(items: list[OpenItem]) -> list[OpenItem]:
    return sorted(items, key=lambda item: (item.due[0][0], item.invoice))


def _record(case: _Case, books: _Books, parts: list[_Parts], reason: str) -> list[Match]:
    for part in parts:
        books.settle(part)
        case.left -= part.amount
    confidence = _CONFIDENCE[case.rule] if case.sure else _DOUBTFUL
    return [_matched(case, part, case.rule, confidence, reason) for part in parts]


def _matched(case: _Case, parts: _Parts, rule: MatchRule, confidence: Decimal, reason: str) -> Match:
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
