"""Step 5, what becomes of fair goods: a manager's approval puts them on the shelf, a rejection refuses them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

__all__ = ["DecidedGoods", "QuarantineBooks", "QuarantineDecided", "decide_quarantine"]


@dataclass(frozen=True, slots=True)
class DecidedGoods:
    """A receipt in quarantine that a manager has decided on; `reason` is theirs."""

    receipt: str
    approved: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QuarantineDecided:
    """How many receipts became available, and how many were refused."""

    released: int = 0
    refused: int = 0

    @property
    def count(self) -> int:
        """What changed."""
        return self.released + self.refused


class QuarantineBooks(Protocol):
    """What the step needs of the ledger."""

    def pending(self) -> Generator[Sequence[DecidedGoods], None, None]:
        """Batches of receipts that were decided on and still stand in quarantine."""

    def release(self, goods: Sequence[DecidedGoods]) -> None:
        """Make these available."""

    def refuse(self, goods: Sequence[DecidedGoods]) -> None:
        """Refuse these and claim them from their suppliers."""


def decide_quarantine(books: QuarantineBooks) -> QuarantineDecided:
    """Carry out what the Inventory Manager decided about goods of fair quality."""
    released = refused = 0
    with closing(books.pending()) as batches:
        for batch in batches:
            good = [one for one in batch if one.approved]
            bad = [one for one in batch if not one.approved]
            books.release(good)
            books.refuse(bad)
            released, refused = released + len(good), refused + len(bad)
    return QuarantineDecided(released, refused)
