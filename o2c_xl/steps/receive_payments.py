"""Money that came in, or went back: each payment posted where it belongs until it is applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from o2c_xl.domain.cash.placing import Clues, Placed, Refused, Typed, place

__all__ = ["PaymentBooks", "PaymentsReceived", "Place", "receive_payments"]

Place = Callable[[Sequence[Typed], Clues], list[Placed | Refused]]


@dataclass(frozen=True, slots=True)
class PaymentsReceived:
    """How many payments were posted or placed anew, and how many were found at fault that were not before."""

    count: int
    faults: int = 0


class PaymentBooks(Protocol):
    """What the step needs of the ledger."""

    def work_off(self, decide: Place) -> tuple[int, int]:
        """Record what `decide` says of pending payments, a batch at a time; (posted, newly at fault)."""
        ...


def receive_payments(books: PaymentBooks) -> PaymentsReceived:
    """Post payments; those of nobody known are looked at again each time. A second run posts nothing."""
    return PaymentsReceived(*books.work_off(place))
