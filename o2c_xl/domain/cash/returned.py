"""Taking a payment back: it bounced, was charged back or is refunded, and what it had settled is open again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.money import ZERO

__all__ = ["Reopened", "SettledBy", "TakenBack", "take_back"]


@dataclass(frozen=True, slots=True)
class SettledBy:
    """What a payment has settled of an invoice so far: money, discount taken, written off, and bank's charges."""

    invoice: str
    paid: Decimal
    discount: Decimal = ZERO
    write_off: Decimal = ZERO
    charge: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Reopened:
    """What is taken off an invoice's settlement; all of it is open again."""

    invoice: str
    paid: Decimal
    discount: Decimal
    write_off: Decimal
    charge: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How an amount is taken back: first what was not applied, then from the invoices settled last."""

    unapplied: Decimal
    reopened: tuple[Reopened, ...]


def take_back(amount: Decimal, unapplied: Decimal, settled: Sequence[SettledBy]) -> TakenBack:
    """Take `amount` (above zero, no more than is left) back; `settled` in the order it was applied.

    An invoice that loses any of its money loses the discount and the tolerated difference with it: both were
    granted for its full payment. Credit notes netted with it come back only when all of it does.
    """
    free = min(amount, max(unapplied, ZERO))
    rest = amount - free
    if rest == sum((one.paid for one in settled), ZERO):
        return TakenBack(
            free,
            tuple(Reopened(one.invoice, one.paid, one.discount, one.write_off, one.charge) for one in settled),
        )
    reopened = []
    for one in reversed(settled):
        if not rest:
            break
        part = min(rest, max(one.paid, ZERO))
        if part:
            reopened.append(Reopened(one.invoice, part, one.discount, one.write_off, one.charge))
            rest -= part
    return TakenBack(free, tuple(reopened))
