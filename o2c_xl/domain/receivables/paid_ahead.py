"""What was paid before an invoice was written, so that the invoice asks for the rest only (EN 16931, BT-113)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.paper import Instalment

__all__ = ["Ahead", "Billed", "PaidAhead", "instalments_left", "shared_out"]


@dataclass(frozen=True, slots=True)
class PaidAhead:
    """What an invoice needs no more payment for; `granted` of `amount` is discount and difference, not money."""

    amount: Decimal = ZERO
    granted: Decimal = ZERO


@dataclass(frozen=True, slots=True, order=True)
class Billed:
    """An invoice with what is open of it, the first due first; `entry` says what came before it."""

    due: date
    invoice: str
    order: str
    account: str
    currency: str
    open: Decimal
    entry: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is left of a payment that came ahead for an order."""

    order: str
    account: str
    currency: str
    left: Decimal
    entry: int


def shared_out(payments: Iterable[Ahead], invoices: Iterable[Billed]) -> dict[str, Decimal]:
    """What each invoice of an order will get of what came ahead for it, as it will be applied: the first due first."""
    open_ = {one.invoice: one.open for one in sorted(invoices)}
    by_name = {one.invoice: one for one in invoices}
    given: dict[str, Decimal] = {}
    for payment in payments:
        left = payment.left
        for name, still_open in open_.items():
            one = by_name[name]
            same = (one.order, one.account, one.currency) == (payment.order, payment.account, payment.currency)
            part = min(left, still_open) if same and payment.entry < one.entry else ZERO
            if part > ZERO:
                given[name] = given.get(name, ZERO) + part
                open_[name], left = still_open - part, left - part
    return given


def instalments_left(instalments: Sequence[Instalment], paid: Decimal) -> tuple[Instalment, ...]:
    """The instalments that `paid` leaves: it settles the oldest first."""
    left = []
    for one in sorted(instalments, key=lambda one: one.due):
        part = min(max(paid, ZERO), one.amount)
        paid -= part
        if one.amount != part:
            left.append(Instalment(one.due, one.amount - part))
    return tuple(left)
