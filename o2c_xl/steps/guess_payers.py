"""Money of somebody unknown gets a proposal whose it may be; a person decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from o2c_xl.domain.cash.matching import Match
from o2c_xl.domain.cash.strangers import Stranger, guess
from o2c_xl.domain.receivables.open_items import OpenItem

__all__ = ["Guess", "StrangerBooks", "guess_payers"]

Guess = Callable[
    [Sequence[Stranger], Sequence[OpenItem], Mapping[str, str], Mapping[str, AbstractSet[str]]], list[Match]
]


class StrangerBooks(Protocol):
    """What the step needs of the ledger."""

    def work_off(self, decide: Guess) -> int:
        """Record what `decide` proposes for payments of nobody known; how many proposals are new."""
        ...


def guess_payers(books: StrangerBooks) -> int:
    """Propose whose money it may be; a second run proposes nothing new. Returns how many new proposals wait."""
    return books.work_off(guess)
