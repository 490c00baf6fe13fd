"""Taking a payment back: it bounced, was charged back or is refunded, and what it had settled is open again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from o2c_xl.domain.money import ZERO, round_money

__all__ = ["Granted", "Reopened", "SettledBy", "TakenBack", "credited_of", "take_back"]


@dataclass(frozen=True, slots=True)
class SettledBy:
    """What a payment has settled of an invoice so far: money, and bank's charges."""

    invoice: str
    paid: Decimal
    charge: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Granted:
    """What was let off an invoice with a payment: `kind` is "discount", or "write-off" for a tolerated difference.

    Where `amount` is what is taken back of it, `rest` is what stays granted.
    """

    by: str
    kind: str
    amount: Decimal
    rest: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Reopened:
    """What is taken off an invoice's settlement; all of it is open again."""

    invoice: str
    paid: Decimal
    charge: Decimal = ZERO
    granted: tuple[Granted, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How an amount is taken back: first what was not applied, then from the invoices settled last."""

    unapplied: Decimal
    reopened: tuple[Reopened, ...]


def take_back(
    amount: Decimal,
    unapplied: Decimal,
    settled: Sequence[SettledBy],
    granted: Mapping[str, Sequence[Granted]] = MappingProxyType({}),
) -> TakenBack:
    """Take `amount` (above zero, no more than is left) back; `settled` in the order it was applied.

    An invoice that loses any of its money loses the discount and the tolerated difference with it, whichever of its
    payments brought them (`granted`, by invoice): both were granted for its full payment. Credit notes netted with it
    come back only when all of it does.
    """
    free = min(amount, max(unapplied, ZERO))
    rest = amount - free
    whole = rest == sum((one.paid for one in settled), ZERO)
    reopened = []
    for one in settled if whole else reversed(settled):
        part = one.paid if whole else min(rest, max(one.paid, ZERO))
        if whole or part:
            reopened.append(Reopened(one.invoice, part, one.charge, tuple(granted.get(one.invoice, ()))))
            rest -= part
    return TakenBack(free, tuple(reopened))


def credited_of(granted: Sequence[Granted], credited: Decimal, left: Decimal, currency: str) -> tuple[Granted, ...]:
    """What a credit note of `credited` takes back of what was let off, as `left` of the invoice was not credited yet.

    What was let off lowered the price of the goods, so its share is no credit of the customer: who paid 115.43 of
    119.00 within the days of a discount gets 115.43 back for all of it.
    """
    found = []
    for one in granted:
        part = one.amount if credited >= left else round_money(one.amount * credited / left, currency)
        if part:
            found.append(replace(one, amount=part, rest=one.amount - part))
    return tuple(found)
