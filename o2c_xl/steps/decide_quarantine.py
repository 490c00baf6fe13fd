"""Step 5, what becomes of goods in quarantine.

Fair goods: a manager's approval puts them on the shelf, a rejection refuses them. Refused goods leave by a person's
word in the receipt: back to the supplier, scrapped, or kept after all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

__all__ = ["QuarantineBooks", "QuarantineDecided", "WayOut", "decide_quarantine"]


class WayOut(StrEnum):
    """How refused goods leave quarantine."""

    RETURN = "Return to supplier"
    SCRAP = "Scrap"
    KEEP = "Keep"


@dataclass(frozen=True, slots=True)
class QuarantineDecided:
    """How many receipts became available, how many were refused, and how many refused ones left."""

    released: int = 0
    refused: int = 0
    left: int = 0

    @property
    def count(self) -> int:
        """What changed."""
        return self.released + self.refused + self.left


class QuarantineBooks(Protocol):
    """Where goods in quarantine stand that a person decided on; each batch is carried out in one transaction."""

    def settle_fair(self) -> tuple[int, int]:
        """Put goods that were approved onto the shelf and refuse those that were not; how many receipts of each."""
        ...

    def let_out(self) -> int:
        """Let refused goods leave as was typed beside them; of how many receipts."""
        ...


def decide_quarantine(books: QuarantineBooks) -> QuarantineDecided:
    """Carry out what was decided about goods of fair quality and about refused ones."""
    return QuarantineDecided(*books.settle_fair(), books.let_out())
