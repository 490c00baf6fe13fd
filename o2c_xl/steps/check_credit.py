"""Let orders go on credit, hold them, or send them to finance; a hold that is cleared ends by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.credit.account import CreditCustomer, CreditOrder, CreditStatus, Exposure
from o2c_xl.domain.credit.check import CreditDecision, CreditOutcome, CreditPolicy, decide_credit
from o2c_xl.domain.credit.hold import Hold, money_said
from o2c_xl.domain.credit.score import Scored
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.policy import Policy

__all__ = [
    "CheckedOrder",
    "CreditBatch",
    "CreditBooks",
    "OrderToCheck",
    "after_approval",
    "check_credit",
    "credit_policy",
]

_STATUS = {
    CreditOutcome.APPROVED: OrderStatus.AVAILABILITY,
    CreditOutcome.REVIEW: OrderStatus.CREDIT_CHECK,
    CreditOutcome.HOLD: OrderStatus.ON_HOLD,
    CreditOutcome.REFUSED: OrderStatus.ON_HOLD,
}


@dataclass(frozen=True, slots=True)
class OrderToCheck:
    """An order that wants to go on; `paid` is what was paid naming it and is not applied to an invoice.

    `release_refused` says why a release that someone asked for does not count.
    """

    order: CreditOrder
    currency: str
    paid: Decimal = ZERO
    release_refused: str = ""


@dataclass(frozen=True, slots=True)
class CreditBatch:
    """Orders in the sequence in which they use up headroom, and the accounts they are billed to."""

    orders: Sequence[OrderToCheck]
    customers: Mapping[str, CreditCustomer]


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """What was decided: the order's new status, the sum behind it, and what stops it and who can help, if anything."""

    order: str
    outcome: CreditOutcome
    status: OrderStatus
    waiting_for: str = ""
    waiting_who: str = ""
    why: str = ""
    terms: Exposure = field(default_factory=lambda: Exposure(ZERO, ZERO, ZERO, ZERO))
    scored: Scored | None = None
    hold: Hold | None = None


class CreditBooks(Protocol):
    """Where orders to check come from; `work_off` gives each batch to `decide` and records what it decided."""

    def work_off(self, decide: Callable[[CreditBatch], Sequence[CheckedOrder]]) -> int:
        """Returns the number of orders that changed."""
        ...


def check_credit(books: CreditBooks, policy: Policy, day: dt.date) -> int:
    """Decide every order that waits for credit; a second run on the same day changes nothing.

    Returns how many orders the credit check moved on, held or let go.
    """
    rules = credit_policy(policy)
    return books.work_off(lambda batch: _check(batch, rules, day))


def credit_policy(policy: Policy) -> CreditPolicy:
    """The settings that credit goes by."""
    return CreditPolicy(
        policy.credit_check,
        policy.first_order_credit_up_to,
        policy.past_due_amount,
        policy.past_due_days,
        policy.credit_score,
    )


def _check(batch: CreditBatch, rules: CreditPolicy, day: dt.date) -> list[CheckedOrder]:
    unpaid = {one.order.order: one for one in batch.orders if _owes_first(one)}
    wanting = [one.order for one in batch.orders if one.order.order not in unpaid]
    decided = _decide(wanting, dict(batch.customers), rules, day)
    return [
        _unpaid(one) if one.order.order in unpaid else _decided(one, decided[one.order.order]) for one in batch.orders
    ]


def _decide(
    wanting: Sequence[CreditOrder], customers: dict[str, CreditCustomer], rules: CreditPolicy, day: dt.date
) -> dict[str, CreditDecision]:
    """Decide in sequence; who is held is told the sum as it stands once all others are decided."""
    decided: dict[str, CreditDecision] = {}
    while wanting:
        decided |= {one.order: one for one in decide_credit(wanting, customers, rules, day)}
        passed = [one for one in wanting if decided[one.order].outcome is CreditOutcome.APPROVED]
        if not passed:
            break
        for order in passed:
            customers[order.customer] = after_approval(customers[order.customer], order)
        wanting = [one for one in wanting if decided[one.order].outcome is not CreditOutcome.APPROVED]
    return decided


def after_approval(customer: CreditCustomer, order: CreditOrder) -> CreditCustomer:
    """The account once this order may go: it owes more, and a first order or its release has decided on it.

    A release of the whole account decides nothing beyond its end.
    """
    decided = customer.status is CreditStatus.NEW and not order.prepaid and customer.release is None
    first = order.release is not None or decided
    status = CreditStatus.APPROVED if first else customer.status
    more = ZERO if order.prepaid else order.total
    return replace(customer, status=status).with_more(order.currency or customer.currency, more)


def _owes_first(one: OrderToCheck) -> bool:
    return one.order.prepaid and one.paid < one.order.total and one.order.release is None


def _unpaid(one: OrderToCheck) -> CheckedOrder:
    rest = one.order.total - one.paid
    why = f"Prepaid: pay {money_said(rest, one.currency)} naming order {one.order.order}."
    return CheckedOrder(
        one.order.order, CreditOutcome.HOLD, OrderStatus.ON_HOLD, _with_refusal(why, one), "Customer", why
    )


def _decided(one: OrderToCheck, decision: CreditDecision) -> CheckedOrder:
    status = _STATUS[decision.outcome]
    if decision.outcome is CreditOutcome.APPROVED:
        return CheckedOrder(
            decision.order,
            decision.outcome,
            status,
            why=decision.why,
            terms=decision.terms,
            scored=decision.scored,
        )
    by_finance = decision.outcome is CreditOutcome.REVIEW or not decision.frees  # no payment would free it
    who = "Finance" if by_finance else "Customer"
    why = decision.why
    if decision.outcome is CreditOutcome.REVIEW:
        why = f"{why} Finance sets Action to Release, or cancels the order."
    return CheckedOrder(
        decision.order,
        decision.outcome,
        status,
        _with_refusal(why, one),
        who,
        decision.why,
        decision.terms,
        decision.scored,
        decision.hold,
    )


def _with_refusal(why: str, one: OrderToCheck) -> str:
    return f"{why} {one.release_refused}".strip()
