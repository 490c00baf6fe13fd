"""Late-payment penalties are charged or waived, as Finance decided; a second run finds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["PenaltiesSettled", "PenaltyBooks", "settle_penalties"]


@dataclass(frozen=True, slots=True)
class PenaltiesSettled:
    """How many penalties were charged or waived."""

    count: int


class PenaltyBooks(Protocol):
    """Where penalties with a decision stand."""

    def work_off(self) -> int:
        """Charge and waive what was decided; returns how many."""
        ...


def settle_penalties(books: PenaltyBooks) -> PenaltiesSettled:
    """Do what was decided of memo penalties."""
    return PenaltiesSettled(books.work_off())
