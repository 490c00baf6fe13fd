"""A payment on its way through the rules of matching, and the matches that come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables import OpenItem
from o2c_xl.domain.settling import OpenItems, Parts

__all__ = ["CONFIDENCE", "DOUBTFUL", "Case", "Match", "MatchRule", "Payment", "exactly", "matched", "record"]


class MatchRule(StrEnum):
    """How an invoice was found for a payment."""

    REFERENCE = "Reference"
    NEAR = "Reference written otherwise"
    ORDER = "Order or customer reference"
    AMOUNT = "Amount"
    SET = "Set of items"
    OLDEST = "Oldest first"


CONFIDENCE = {
    MatchRule.REFERENCE: Decimal("1.00"),
    MatchRule.NEAR: Decimal("0.95"),
    MatchRule.ORDER: Decimal("0.95"),
    MatchRule.AMOUNT: Decimal("0.90"),
    MatchRule.SET: Decimal("0.80"),
    MatchRule.OLDEST: Decimal("0.30"),
}
DOUBTFUL = Decimal("0.50")


@dataclass(frozen=True, slots=True)
class Payment:
    """Money still to be matched; `amount` is its unapplied part, below zero for a refund.

    `settled` are the invoices that it names and that are settled already, `elsewhere` those of the same customer that
    are open on another account than the payment stands on. `guessed`: that it is the customer's is known
    by nothing but the invoice it names.
    """

    payment: str
    customer: str
    amount: Decimal
    currency: str
    paid_on: date
    reference: str = ""
    settled: tuple[str, ...] = ()
    guessed: bool = False
    elsewhere: tuple[str, ...] = ()


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
class Case:
    """A payment on its way through the rules; `said` is its reference in pieces."""

    payment: Payment
    customer: str
    left: Decimal
    said: list[str]
    sure: bool = True
    candidates: list[OpenItem] = field(default_factory=list)
    doubt: str = ""
    rule: MatchRule = MatchRule.OLDEST
    beside: str = ""
    near: list[OpenItem] = field(default_factory=list)
    guessed: bool = False


def exactly(case: Case, items: list[OpenItem], openings: OpenItems) -> list[Parts]:
    """All these items in full, or each less its discount, where that is just the amount; empty where not."""
    if not items:
        return []
    whole = [Parts(item, openings.open[item.invoice]) for item in items]
    lessened = [openings.discounted(item, case.payment.paid_on) for item in items]
    for parts in (whole, lessened):
        if sum((part.amount for part in parts), ZERO) == case.left:
            return parts
    return []


def record(case: Case, openings: OpenItems, parts: list[Parts], reason: str) -> list[Match]:
    """Settle these parts by the case's rule: matches, certain where the case is sure."""
    for part in parts:
        openings.settle(part)
        case.left -= part.amount
    confidence = CONFIDENCE[case.rule] if case.sure else DOUBTFUL
    return [matched(case, part, case.rule, confidence, reason) for part in parts]


def matched(case: Case, parts: Parts, rule: MatchRule, confidence: Decimal, reason: str) -> Match:
    """The match of one part."""
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
