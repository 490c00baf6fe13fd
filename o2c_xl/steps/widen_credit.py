"""Give customers the credit that the Finance Manager approved, and only for what is wanted still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from o2c_xl.domain.approvals import ApprovalStatus, Verdict

__all__ = ["AskedCredit", "CreditLimitBooks", "widen_credit"]


@dataclass(frozen=True, slots=True)
class AskedCredit:
    """A customer for whom more was asked: what was said of it last, and the hash of what is wanted now."""

    customer: str
    said: Verdict
    wanted: str


class CreditLimitBooks(Protocol):
    """Where wishes for more credit stand."""

    def work_off(self, decide: Callable[[Sequence[AskedCredit]], Sequence[str]]) -> int:
        """Give them to `decide` and take over those it names; returns how many."""
        ...


def widen_credit(books: CreditLimitBooks) -> int:
    """Take over what was approved for exactly what is wanted; a second run finds nothing.

    Returns how many customers have more credit now.
    """
    return books.work_off(_approved)


def _approved(asked: Sequence[AskedCredit]) -> list[str]:
    return [one.customer for one in asked if one.said.of(one.wanted) is ApprovalStatus.APPROVED]
