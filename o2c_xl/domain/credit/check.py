"""May this order go on credit: exposure against the limit, overdue hold, the first order, release by a person.

All amounts include tax; a customer here is a bill-to with all who are billed to it. Each currency stands by itself:
there are no exchange rates, so amounts of two currencies are never added up or compared. The order is held, never the
invoice for goods that have shipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.approvals import above_limit
from o2c_xl.domain.credit.account import CreditCustomer, CreditOrder, CreditStatus, Exposure, InCurrency, Release
from o2c_xl.domain.credit.hold import Hold, money_said
from o2c_xl.domain.credit.score import Scored, ScorePolicy, score
from o2c_xl.domain.money import ZERO, places
from o2c_xl.domain.receivables.open_items import Overdue

__all__ = [
    "CreditDecision",
    "CreditOutcome",
    "CreditPolicy",
    "decide_credit",
    "overdue_hold",
    "past_due",
    "release_fault",
]


class CreditOutcome(StrEnum):
    """What happens to the order: it goes on, waits for finance's decision, waits for money, or is refused."""

    APPROVED = "Approved"
    REVIEW = "Review"
    HOLD = "Hold"
    REFUSED = "Refused"


@dataclass(frozen=True, slots=True)
class CreditPolicy:
    """The settings; `first_order_up_to` None lets any first order pass, 0 sends each to finance.

    A customer is on hold when more than `overdue_amount` is more than `overdue_days` late in any one currency.
    """

    check: bool = True
    first_order_up_to: Decimal | None = None
    overdue_amount: Decimal = ZERO
    overdue_days: int = 0
    score: ScorePolicy | None = None


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
    hold: Hold | None = None


_WITHIN = "Within the credit limit."
_ASKS_FOR_CREDIT = (
    "This customer pays in advance (Payment terms Prepaid), but the order asks for other terms. "
    "Finance decides: set Action to Release, or empty the order's Payment terms."
)
_Verdict = tuple[CreditOutcome, str | Hold, Decimal]


def decide_credit(
    orders: Iterable[CreditOrder],
    customers: Mapping[str, CreditCustomer],
    policy: CreditPolicy,
    today: date,
) -> list[CreditDecision]:
    """Decide each order in the sequence given; an approved one uses up headroom for those after it."""
    known = dict(customers)
    decisions = []
    for order in orders:
        customer = known[order.customer]
        terms = _exposure(order, customer)
        outcome, told, frees = _verdict(order, customer, terms, policy, today)
        scored = _score(order, customer, policy, today)
        why, hold = (told.why, told) if isinstance(told, Hold) else (told, None)
        decisions.append(CreditDecision(order.order, outcome, why, terms, customer.limit, frees, scored, hold))
        if outcome is CreditOutcome.APPROVED and not order.prepaid:
            known[order.customer] = customer.with_more(order.currency or customer.currency, order.total)
        if customer.status is CreditStatus.NEW and not order.prepaid:
            known[order.customer] = _after_first(known[order.customer], outcome)
    return decisions


def past_due(
    customer: CreditCustomer, policy: CreditPolicy, elsewhere: Iterable[InCurrency] = ()
) -> list[tuple[str, Overdue, Decimal]]:
    """By currency what holds a customer for being past due, and the amount that would free it, its own currency first.

    Unapplied payments and open credit notes count against it; the tolerance is taken as one of each currency.
    """
    found = {one.currency: one for one in (customer.own, *customer.others)}
    for more in elsewhere:
        found[more.currency] = _both(found[more.currency], more) if more.currency in found else more
    holds = []
    for currency, one in found.items():
        late = one.overdue.beyond(policy.overdue_days)
        frees = late.amount - one.credits - one.credit_notes - policy.overdue_amount
        if frees > 0:
            holds.append((currency, late, frees))
    return holds


def overdue_hold(customer: CreditCustomer, policy: CreditPolicy, elsewhere: Sequence[InCurrency] = ()) -> Hold | None:
    """What a customer is on hold for being past due; None if not."""
    if not (customer.overdue.parts or customer.others or elsewhere):
        return None
    holds = past_due(customer, policy, elsewhere)
    return Hold(tuple(holds)) if holds else None


def _both(one: InCurrency, other: InCurrency) -> InCurrency:
    return InCurrency(
        one.currency,
        one.open_receivables + other.open_receivables,
        one.confirmed_not_invoiced + other.confirmed_not_invoiced,
        one.credits + other.credits,
        one.credit_notes + other.credit_notes,
        Overdue(tuple(sorted((*one.overdue.parts, *other.overdue.parts)))),
    )


def _exposure(order: CreditOrder, customer: CreditCustomer) -> Exposure:
    """The terms in the order's own currency."""
    if order.currency in ("", customer.currency):
        one: CreditCustomer | InCurrency = customer
    else:
        one = customer.has(order.currency)
    return Exposure(one.open_receivables, one.confirmed_not_invoiced, order.total, one.credits)


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
    currency = order.currency or customer.currency
    passed = _passes(order, customer, (terms, policy), today)
    if passed:
        return CreditOutcome.APPROVED, passed, ZERO
    if customer.status is CreditStatus.REFUSED and terms.total > 0:
        owed = money_said(terms.total, currency)
        why = f"Credit was refused: this customer pays in advance. A payment of {owed} frees the order."
        return CreditOutcome.REFUSED, why, terms.total
    hold = overdue_hold(customer, policy, order.elsewhere)
    if hold:
        hold = _within_too(hold, customer, terms, currency)
        return CreditOutcome.HOLD, hold, hold.parts[0][2]
    scored = _score(order, customer, policy, today)
    if scored is not None and scored.verdict != "Approve":
        return _by_score(scored, currency, terms)
    review = "" if scored else _review(customer, money_said(terms.this_order, currency), (terms, policy), today)
    if review:
        return CreditOutcome.REVIEW, review, ZERO
    return _within_limit(customer, terms, currency)


def _passes(order: CreditOrder, customer: CreditCustomer, by: tuple[Exposure, CreditPolicy], today: date) -> str:
    terms, policy = by
    if order.prepaid:
        return "Prepaid: needs no credit."
    if not policy.check:
        return "Credit is not checked (setting)."
    for release in (order.release, customer.release):
        within = release is not None and (release.up_to is None or _compares(order, customer, terms, release.up_to))
        if release and within and release_fault(release, today) is None:
            return f"Released by {release.by} until {release.until}: {release.reason}"
    return ""


def _compares(order: CreditOrder, customer: CreditCustomer, terms: Exposure, up_to: Decimal) -> bool:
    """Whether the exposure is in the account's own currency alone, and no more than `up_to`."""
    own = order.currency in ("", customer.currency) and not any(one.owed > 0 for one in customer.others)
    return own and terms.total <= up_to


def _score(order: CreditOrder, customer: CreditCustomer, policy: CreditPolicy, today: date) -> Scored | None:
    """The score where it decides: of a first order on credit, or one after the decision has run out."""
    if policy.score is None or not policy.check or order.prepaid or customer.status is CreditStatus.REFUSED:
        return None
    expired = customer.decision_expires is not None and customer.decision_expires < today
    if customer.status is CreditStatus.APPROVED and not expired:
        return None
    return score(customer.facts, order.total, policy.score)


def _by_score(scored: Scored, currency: str, terms: Exposure) -> _Verdict:
    if scored.verdict == "Refer":
        return CreditOutcome.REVIEW, f"First order on credit, {scored}: finance decides.", ZERO
    owed = money_said(max(terms.total, ZERO), currency)
    why = f"Credit was refused, {scored}: this customer pays in advance. A payment of {owed} frees the order."
    return CreditOutcome.REFUSED, why, max(terms.total, ZERO)


def _review(customer: CreditCustomer, asked: str, by: tuple[Exposure, CreditPolicy], today: date) -> str:
    terms, policy = by
    if customer.status is CreditStatus.REVIEW:
        return "Finance has yet to decide about this customer's credit."
    expired = customer.decision_expires is not None and customer.decision_expires < today
    if customer.status is CreditStatus.APPROVED:
        return f"The credit decision ran out on {customer.decision_expires}." if expired else ""
    up_to = policy.first_order_up_to
    paid_ahead = customer.status is CreditStatus.REFUSED  # all of it: what is owed beyond that was refused before
    if up_to is None or paid_ahead or not above_limit(terms.this_order, up_to):
        return ""
    return f"First order on credit: {asked} is above {money_said(up_to, customer.currency)}, so finance decides."


def _within_too(hold: Hold, customer: CreditCustomer, terms: Exposure, currency: str) -> Hold:
    """The hold with the amount that frees the order of it and brings it within the credit limit."""
    if customer.limit is None or customer.prepays or _mixed(customer, terms, currency):
        return hold
    over = terms.total - customer.limit
    if not any(name == currency and frees < over for name, _, frees in hold.parts):
        return hold
    parts = [(name, late, max(frees, over) if name == currency else frees) for name, late, frees in hold.parts]
    limit = money_said(customer.limit, currency)
    return Hold(tuple(parts), f"With this order it is above the credit limit of {limit} too")


def _within_limit(customer: CreditCustomer, terms: Exposure, currency: str) -> _Verdict:
    if customer.prepays:
        return CreditOutcome.HOLD, _ASKS_FOR_CREDIT, ZERO
    if customer.limit is None:
        return CreditOutcome.APPROVED, "No credit limit is set.", ZERO
    if mixed := _mixed(customer, terms, currency):
        return CreditOutcome.HOLD, mixed, ZERO
    frees = terms.total - customer.limit
    if frees <= 0:
        return CreditOutcome.APPROVED, _WITHIN, ZERO
    digits = places(customer.currency)
    sum_ = (
        f"open {terms.open_receivables:.{digits}f} + confirmed {terms.confirmed_not_invoiced:.{digits}f} "
        f"+ this order {terms.this_order:.{digits}f} - credits {terms.credits:.{digits}f} "
        f"= {money_said(terms.total, customer.currency)}"
    )
    above = f"Above the credit limit of {customer.limit:.{digits}f}"
    why = (
        f"{above if customer.limit else 'The credit limit is 0, so this customer pays in advance'}: {sum_}. "
        f"A payment of {money_said(frees, customer.currency)} frees the order."
    )
    return CreditOutcome.HOLD, why, frees


def _mixed(customer: CreditCustomer, terms: Exposure, currency: str) -> str:
    """Why the exposure cannot be held against the limit, which is in the account's currency; '' where it can be."""
    owed = [money_said(one.owed, one.currency) for one in customer.others if one.owed > 0 and one.currency != currency]
    if currency == customer.currency and not owed:
        return ""
    told = []
    if currency != customer.currency:
        told.append(f"this order brings it to {money_said(terms.total, currency)}")
    if owed:
        told.append(f"{' and '.join(owed)} {'is' if len(owed) == 1 else 'are'} owed or ordered")
    limit = money_said(customer.limit or ZERO, customer.currency)
    return (
        f"The credit limit of {limit} cannot be compared: {', and '.join(told)}, and there are no exchange rates. "
        "Finance decides: set Action to Release, or cancel the order."
    )


def _after_first(customer: CreditCustomer, outcome: CreditOutcome) -> CreditCustomer:
    """The customer as the next order in the batch finds it, once a first order was decided."""
    if outcome is CreditOutcome.APPROVED:
        return replace(customer, status=CreditStatus.APPROVED)
    if outcome is CreditOutcome.REVIEW:
        return replace(customer, status=CreditStatus.REVIEW)
    return customer
