"""May this order go on credit: exposure against the limit, overdue hold, the first order, release by a person.

All amounts include tax and are in the customer's currency; a customer here is a bill-to with all who are billed
to it. The order is held, never the invoice for goods that have shipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.credit_score import CreditFacts, Scored, ScorePolicy, score
from o2c_xl.domain.money import ZERO, places
from o2c_xl.domain.receivables import Overdue

__all__ = [
    "CreditCustomer",
    "CreditDecision",
    "CreditOrder",
    "CreditOutcome",
    "CreditPolicy",
    "CreditStatus",
    "Exposure",
    "Release",
    "decide_credit",
    "overdue_hold",
    "release_fault",
]


class CreditOutcome(StrEnum):
    """What happens to the order: it goes on, waits for finance's decision, waits for money, or is refused."""

    APPROVED = "Approved"
    REVIEW = "Review"
    HOLD = "Hold"
    REFUSED = "Refused"


class CreditStatus(StrEnum):
    """What finance, or the rule, has decided about a customer's credit."""

    NEW = "New"
    APPROVED = "Approved"
    REFUSED = "Refused"
    REVIEW = "Review"


@dataclass(frozen=True, slots=True)
class CreditPolicy:
    """The settings; `first_order_up_to` None lets any first order pass, 0 sends each to finance.

    A customer is on hold when more than `overdue_amount` is more than `overdue_days` late.
    """

    check: bool = True
    first_order_up_to: Decimal | None = None
    overdue_amount: Decimal = ZERO
    overdue_days: int = 0
    score: ScorePolicy | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A person of finance lets orders pass despite a hold, up to and including `until`.

    `up_to` is the exposure up to which that person may decide; None is any.
    """

    by: str
    reason: str
    until: date
    up_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CreditCustomer:
    """What is known of a bill-to; `limit` None = none set, 0 = prepay only; `credits` are usable and unapplied.

    `confirmed_not_invoiced` leaves out the orders to be decided. `decision_expires` dates an approval.
    """

    customer: str
    currency: str
    limit: Decimal | None = None
    status: CreditStatus = CreditStatus.NEW
    open_receivables: Decimal = ZERO
    confirmed_not_invoiced: Decimal = ZERO
    credits: Decimal = ZERO
    overdue: Overdue = field(default_factory=Overdue)
    release: Release | None = None
    decision_expires: date | None = None
    facts: CreditFacts = field(default_factory=CreditFacts)


@dataclass(frozen=True, slots=True)
class CreditOrder:
    """An order to decide; `total` is what is still to be invoiced of it, tax included."""

    order: str
    customer: str
    total: Decimal
    prepaid: bool = False
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer would owe with this order: the terms are kept, so that a sheet can show the sum."""

    open_receivables: Decimal
    confirmed_not_invoiced: Decimal
    this_order: Decimal
    credits: Decimal

    @property
    def total(self) -> Decimal:
        """The exposure."""
        return self.open_receivables + self.confirmed_not_invoiced + self.this_order - self.credits


@dataclass(frozen=True, slots=True)
class CreditDecision:
    """What was decided for an order and why; `frees` is the payment that would let a held one go."""

    order: str
    outcome: CreditOutcome
    why: str
    terms: Exposure
    limit: Decimal | None = None
    frees: Decimal = ZERO
    scored: Scored | None = None


_WITHIN = "Within the credit limit."
_Verdict = tuple[CreditOutcome, str, Decimal]


def decide_credit(
    orders: Iterable[CreditOrder],
    customers: Mapping[str, CreditCustomer],
    policy: CreditPolicy,
    today: date,
) -> list[CreditDecision]:
    """Decide each order in the sequence given; an approved one uses up headroom for those after it."""
    known = dict(customers)
    added: dict[str, Decimal] = {}
    decisions = []
    for order in orders:
        customer = known[order.customer]
        confirmed = customer.confirmed_not_invoiced + added.get(order.customer, ZERO)
        terms = Exposure(customer.open_receivables, confirmed, order.total, customer.credits)
        outcome, why, frees = _verdict(order, customer, terms, policy, today)
        scored = _score(order, customer, policy, today)
        decisions.append(CreditDecision(order.order, outcome, why, terms, customer.limit, frees, scored))
        if outcome is CreditOutcome.APPROVED and not order.prepaid:
            added[order.customer] = added.get(order.customer, ZERO) + order.total
        if customer.status is CreditStatus.NEW and not order.prepaid:
            known[order.customer] = _after_first(customer, outcome)
    return decisions


def overdue_hold(customer: CreditCustomer, policy: CreditPolicy) -> tuple[str, Decimal] | None:
    """Why a customer is on hold for what is past due, and the amount that would free it; None if not."""
    late = customer.overdue.beyond(policy.overdue_days)
    frees = late.amount - customer.credits - policy.overdue_amount
    if frees <= 0:
        return None
    days = "day" if late.days == 1 else "days"
    why = (
        f"On hold: {_money(late.amount, customer.currency)} is past due ({', '.join(late.invoices)}; "
        f"{late.days} {days} late). A payment of {_money(frees, customer.currency)} frees the order."
    )
    return why, frees


def release_fault(release: Release, today: date) -> str | None:
    """What is wrong with a person's release: it needs a reason and an end date that is still to come."""
    if not release.reason.strip():
        return "Release: the reason is missing. Write in Notes why the order may go."
    if release.until < today:
        return f"Release: its end {release.until} has passed. Give a later date."
    return None


def _verdict(
    order: CreditOrder, customer: CreditCustomer, terms: Exposure, policy: CreditPolicy, today: date
) -> _Verdict:
    passed = _passes(order, customer, (terms, policy), today)
    if passed:
        return CreditOutcome.APPROVED, passed, ZERO
    if customer.status is CreditStatus.REFUSED and terms.total > 0:
        owed = _money(terms.total, customer.currency)
        why = f"Credit was refused: this customer pays in advance. A payment of {owed} frees the order."
        return CreditOutcome.REFUSED, why, terms.total
    hold = overdue_hold(customer, policy)
    if hold:
        return CreditOutcome.HOLD, *hold
    scored = _score(order, customer, policy, today)
    if scored is not None and scored.verdict != "Approve":
        return _by_score(scored, customer, terms)
    review = "" if scored else _review(customer, terms, policy, today)
    if review:
        return CreditOutcome.REVIEW, review, ZERO
    return _within_limit(customer, terms)


def _passes(order: CreditOrder, customer: CreditCustomer, by: tuple[Exposure, CreditPolicy], today: date) -> str:
    terms, policy = by
    if order.prepaid:
        return "Prepaid: needs no credit."
    if not policy.check:
        return "Credit is not checked (setting)."
    for release in (order.release, customer.release):
        within = release is not None and (release.up_to is None or terms.total <= release.up_to)
        if release and within and release_fault(release, today) is None:
            return f"Released by {release.by} until {release.until}: {release.reason}"
    return ""


def _score(order: CreditOrder, customer: CreditCustomer, policy: CreditPolicy, today: date) -> Scored | None:
    """The score where it decides: of a first order on credit, or one after the decision has run out."""
    if policy.score is None or not policy.check or order.prepaid or customer.status is CreditStatus.REFUSED:
        return None
    expired = customer.decision_expires is not None and customer.decision_expires < today
    if customer.status is CreditStatus.APPROVED and not expired:
        return None
    return score(customer.facts, order.total, policy.score)


def _by_score(scored: Scored, customer: CreditCustomer, terms: Exposure) -> _Verdict:
    if scored.verdict == "Refer":
        return CreditOutcome.REVIEW, f"First order on credit, {scored}: finance decides.", ZERO
    owed = _money(max(terms.total, ZERO), customer.currency)
    why = f"Credit was refused, {scored}: this customer pays in advance. A payment of {owed} frees the order."
    return CreditOutcome.REFUSED, why, max(terms.total, ZERO)


def _review(customer: CreditCustomer, terms: Exposure, policy: CreditPolicy, today: date) -> str:
    if customer.status is CreditStatus.REVIEW:
        return "Finance has yet to decide about this customer's credit."
    expired = customer.decision_expires is not None and customer.decision_expires < today
    if customer.status is CreditStatus.APPROVED:
        return f"The credit decision ran out on {customer.decision_expires}." if expired else ""
    up_to = policy.first_order_up_to
    if up_to is None or (up_to > 0 and terms.this_order <= up_to):
        return ""
    return (
        f"First order on credit: {_money(terms.this_order, customer.currency)} is above "
        f"{_money(up_to, customer.currency)}, so finance decides."
    )


def _within_limit(customer: CreditCustomer, terms: Exposure) -> _Verdict:
    if customer.limit is None:
        return CreditOutcome.APPROVED, "No credit limit is set.", ZERO
    frees = terms.total - customer.limit
    if frees <= 0:
        return CreditOutcome.APPROVED, _WITHIN, ZERO
    digits = places(customer.currency)
    sum_ = (
        f"open {terms.open_receivables:.{digits}f} + confirmed {terms.confirmed_not_invoiced:.{digits}f} "
        f"+ this order {terms.this_order:.{digits}f} - credits {terms.credits:.{digits}f} "
        f"= {_money(terms.total, customer.currency)}"
    )
    above = f"Above the credit limit of {customer.limit:.{digits}f}"
    why = (
        f"{above if customer.limit else 'The credit limit is 0, so this customer pays in advance'}: {sum_}. "
        f"A payment of {_money(frees, customer.currency)} frees the order."
    )
    return CreditOutcome.HOLD, why, frees


def _after_first(customer: CreditCustomer, outcome: CreditOutcome) -> CreditCustomer:
    """The customer as the next order in the batch finds it, once a first order was decided."""
    if outcome is CreditOutcome.APPROVED:
        return replace(customer, status=CreditStatus.APPROVED)
    if outcome is CreditOutcome.REVIEW:
        return replace(customer, status=CreditStatus.REVIEW)
    return customer


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:.{places(currency)}f} {currency}"
