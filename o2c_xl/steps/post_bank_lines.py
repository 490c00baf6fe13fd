"""Bank lines become payments: what came in, what a payer took back; all else is no customer's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from o2c_xl.domain.cash.banking import BankLine, Became, Surroundings, become

__all__ = ["BankLineBooks", "BankLinesPosted", "Decide", "post_bank_lines"]

Decide = Callable[[Sequence[BankLine], Surroundings, Mapping[str, str]], list[Became]]


@dataclass(frozen=True, slots=True)
class BankLinesPosted:
    """How many bank lines were dealt with, and how many wait for a person."""

    count: int
    waiting: int = 0


class BankLineBooks(Protocol):
    """What the step needs of the ledger."""

    def work_off(self, decide: Decide) -> tuple[int, int]:
        """Record what `decide` says of pending lines, a batch at a time; (dealt with, waiting)."""
        ...


def post_bank_lines(books: BankLineBooks) -> BankLinesPosted:
    """Make payments from bank lines; what waits is looked at again each time. A second run makes none."""
    return BankLinesPosted(*books.work_off(become))
