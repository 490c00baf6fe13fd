"""Step 5, what becomes of goods in quarantine.

Fair goods: a manager's approval puts them on the shelf, a rejection refuses them. Refused goods leave by a person's
word in the receipt: back to the supplier, scrapped, or kept after all.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

__all__ = ["DecidedGoods", "LeavingGoods", "QuarantineBooks", "QuarantineDecided", "WayOut", "decide_quarantine"]


class WayOut(StrEnum):
    """How refused goods leave quarantine."""

    RETURN = "Return to supplier"
    SCRAP = "Scrap"
    KEEP = "Keep"


@dataclass(frozen=True, slots=True)
class DecidedGoods:
    """A receipt in quarantine that a manager has decided on; `reason` is theirs."""

    receipt: str
    approved: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LeavingGoods:
    """A refused receipt whose goods are to leave quarantine."""

    receipt: str
    way: WayOut


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
    """What the step needs of the ledger."""

    def pending(self) -> Generator[Sequence[DecidedGoods], None, None]:
        """Batches of receipts that were decided on and still stand in quarantine."""

    def release(self, goods: Sequence[DecidedGoods]) -> None:
        """Make these available."""

    def refuse(self, goods: Sequence[DecidedGoods]) -> None:
        """Refuse these and claim them from their suppliers."""

    def leaving(self) -> Generator[Sequence[LeavingGoods], None, None]:
        """Batches of refused receipts that a person has decided on."""

    def let_out(self, goods: Sequence[LeavingGoods]) -> None:
        """Take these out of quarantine."""


def decide_quarantine(books: QuarantineBooks) -> QuarantineDecided:
    """Carry out what was decided about goods of fair quality and about refused ones."""
    released = refused = left = 0
    with closing(books.pending()) as batches:
        for batch in batches:
            good = [one for one in batch if one.approved]
            bad = [one for one in batch if not one.approved]
            books.release(good)
            books.refuse(bad)
            released, refused = released + len(good), refused + len(bad)
    with closing(books.leaving()) as leaving:
        for goods in leaving:
            books.let_out(goods)
            left += len(goods)
    return QuarantineDecided(released, refused, left)
