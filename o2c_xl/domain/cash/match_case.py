"""A payment on its way through the rules of matching, and the matches that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from o2c_xl.domain.cash.proving import bare
from o2c_xl.domain.cash.settling import OpenItems, Parts
from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.receivables.open_items import OpenItem

__all__ = [
    "CONFIDENCE",
    "DOUBTFUL",
    "Case",
    "Match",
    "MatchRule",
    "Payment",
    "almost",
    "bare_of",
    "exactly",
    "less_charges",
    "matched",
    "record",
]


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
_FEE, _FEE_SHARE = Decimal(25), Decimal("0.02")
"""What banks take at most of a payment on its way, for a proposal."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money still to be matched; `amount` is its unapplied part, below zero for a refund.

    `settled` are the invoices that it names and that are settled already, `elsewhere` those of the same customer that
    are open on another account than the payment stands on. `guessed`: that it is the customer's is known
    by nothing but the invoice it names. `charges` is what the bank says that it kept
    of it.
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
    charges: Decimal = ZERO
    given_up: tuple[str, ...] = ()
    """Those of `settled` that were written off."""
    begun: bool = False
    """Some of it is applied already: what is left was not the payer's amount."""


class Match(NamedTuple):
    """Money of a payment for an invoice; what it settles is `amount` + `discount` + `write_off`.

    `discount` is an early-payment discount taken in time, `write_off` a difference within tolerance (below zero: one
    that is taken back, since it was paid after all). A match
    that is not `certain` is a proposal and waits for a person; `reason` says why. `charge` is what
    the bank kept on the way, settled too.
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
    charge: Decimal = ZERO


@dataclass(slots=True)
class Case:
    """A payment on its way through the rules; `said` is its reference in pieces.

    `numbers` are the invoices that it names, `written` the numbers that name them or orders, `ordered` items that it
    names by order or reference; `part_of` is the invoice that it pays together with other payments. `candidates` and
    `near` are items, `chosen` a set of them, that may be proposed; `proposed`: it was done.
    `ahead`: it says that it is paid in advance and names nothing that is known, so it pays no invoice by its amount.
    """

    payment: Payment
    customer: str
    left: Decimal
    said: list[str]
    numbers: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    ordered: list[OpenItem] = field(default_factory=list)
    part_of: str = ""
    sure: bool = True
    candidates: list[OpenItem] = field(default_factory=list)
    doubt: str = ""
    rule: MatchRule = MatchRule.OLDEST
    beside: str = ""
    near: list[OpenItem] = field(default_factory=list)
    ahead: bool = False
    guessed: bool = False
    chosen: list[Parts] = field(default_factory=list)
    proposed: bool = False

    @property
    def whole(self) -> bool:
        """Whether what is left is all that was paid; a rest says nothing by its amount."""
        return self.left == self.payment.amount and not self.payment.begun

    def names(self, items: list[OpenItem]) -> str:
        """What the payment names, in words: these invoices, or an order or customer reference of theirs."""
        invoices = ", ".join(item.invoice for item in items)
        return f"the order or reference of {invoices}" if self.rule is MatchRule.ORDER else invoices


def bare_of(case: Case, numbers: Sequence[str]) -> list[str]:
    """Those of the numbers that it names that prove nothing by how they are written."""
    return bare(numbers, case.said, orders=case.rule is MatchRule.ORDER)


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


def less_charges(case: Case, items: Sequence[OpenItem], openings: OpenItems) -> str:
    """What to say where these items are open with just what came and what the bank says that it kept; '' else."""
    charges, whole = case.payment.charges, sum((openings.open[item.invoice] for item in items), ZERO)
    if not charges or not items or not case.left == case.payment.amount == whole - charges:
        return ""
    kept = f"{round_money(charges, case.payment.currency)} was kept by the bank as charges"
    return f"{kept}; accept this to book them." if len(items) == 1 else f"{kept}, which one of them lacks."


def almost(case: Case, openings: OpenItems) -> list[OpenItem]:
    """The only item that is open with a little more, as where a bank took its fee; none where several are."""
    if not case.whole:
        return []
    owned = openings.owned(case.customer, case.payment.currency)
    most = case.left + max(case.left * _FEE_SHARE, _FEE)
    told = [item for item in owned if less_charges(case, [item], openings)]
    fitting = told or [item for item in owned if case.left < openings.open[item.invoice] <= most]
    return fitting if len(fitting) == 1 else []


def record(case: Case, openings: OpenItems, parts: list[Parts], reason: str) -> list[Match]:
    """Settle these parts by the case's rule: matches, certain where the case is sure."""
    for part in parts:
        openings.settle(part, case.payment.paid_on)
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
