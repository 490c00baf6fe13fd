"""Disputes and promises to pay: what is disputed, how long an answer took, whether a promise was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO

__all__ = ["Dispute", "DisputeCode", "PromiseKept", "promise_kept"]


class DisputeCode(StrEnum):
    """What a customer disputes; empty is none of them, and the reason says it in words."""

    PRICE = "Price"
    QUANTITY = "Quantity"
    QUALITY = "Quality"
    NOT_DELIVERED = "Not delivered"
    ALREADY_PAID = "Already paid"
    DUPLICATE = "Duplicate"
    TERMS = "Terms"
    OTHER = "Other"


class PromiseKept(StrEnum):
    """What came of a promise to pay: its day is still to come, it was kept, or it was not."""

    OPEN = "Open"
    KEPT = "Kept"
    BROKEN = "Broken"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute with its days; both counts are in days, None while it has not come to that."""

    request: str
    invoice: str
    code: str
    amount: Decimal
    opened: date
    answered: date | None = None
    closed: date | None = None

    @property
    def days_to_answer(self) -> int | None:
        """From opening to our first reply, which may be the one that closed it."""
        first = min((day for day in (self.answered, self.closed) if day), default=None)
        return None if first is None else (first - self.opened).days

    @property
    def days_to_close(self) -> int | None:
        """From opening to its end."""
        return None if self.closed is None else (self.closed - self.opened).days


def promise_kept(promised_for: date | None, still_open: Decimal, last_paid: date | None, today: date) -> str:
    """Whether a promise was kept: all was settled by its day. Empty without a promise.

    What is settled later was broken all the same.
    """
    if promised_for is None:
        return ""
    if still_open <= ZERO:
        late = last_paid is not None and last_paid > promised_for
        return str(PromiseKept.BROKEN if late else PromiseKept.KEPT)
    return str(PromiseKept.OPEN if promised_for >= today else PromiseKept.BROKEN)
