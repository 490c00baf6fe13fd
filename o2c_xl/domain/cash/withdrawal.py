"""Which lines of a bank statement that should not have been taken stand in the way of throwing it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2c_xl.domain.money import ZERO, round_money

__all__ = ["Used", "still_used"]


@dataclass(frozen=True, slots=True)
class Used:
    """A bank line and the payments that are of it.

    `payment` was made of the line (else empty); `amounts` are those of this payment, of the posted ones that take it
    back, and of the posted ones that a person typed with the line's number.
    """

    line: str
    booked_on: date
    amount: Decimal
    currency: str
    counterparty: str
    payment: str
    amounts: Sequence[Decimal]


def still_used(one: Used) -> str:
    """What has to be undone before the line may go, as a sentence; empty where its payments come to nothing."""
    left = sum(one.amounts, ZERO)
    if not left:
        return ""
    amount, back = round_money(one.amount, one.currency), round_money(-left, one.currency)
    whom = f" of {one.counterparty}" if one.counterparty else ""
    reference = f"Return of {one.payment} {one.line}" if one.payment and left > ZERO else one.line
    made = f"is {one.payment}" if one.payment else "has payments that name it"
    return (
        f"{one.line}: {amount} {one.currency}{whom} on {one.booked_on} {made}. Take it back in Payments: "
        f"Amount {back}, Bank transfer, Paid on {one.booked_on}, Reference {reference}; then run, and withdraw again."
    )
