"""Payments find their invoices: what is certain is applied, what is not waits as a proposal for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from o2c_xl.domain.cash.applying import ToApply, apply_all
from o2c_xl.domain.cash.matching import Match
from o2c_xl.domain.cash.settling import MatchPolicy
from o2c_xl.domain.policy import Policy

__all__ = ["Applied", "ApplyingBooks", "apply_payments"]


@dataclass(frozen=True, slots=True)
class Applied:
    """How many payments were applied to how many invoices, and how many new proposals wait for a decision."""

    count: int
    invoices: int = 0
    proposed: int = 0


class ApplyingBooks(Protocol):
    """What the step needs of the ledger."""

    def work_off(self, decide: Callable[[ToApply], list[Match]]) -> tuple[int, int, int]:
        """Record the matches of unapplied payments, a batch of accounts at a time; (payments, invoices, proposals)."""
        ...


def apply_payments(books: ApplyingBooks, policy: Policy) -> Applied:
    """Apply unapplied payments to open items; nothing is left to do once a pass applies and proposes nothing.

    What one payment settles may make another certain, which is then applied by the next pass.
    """
    tolerance = MatchPolicy(policy.payment_tolerance_percent, policy.payment_tolerance_amount)
    return Applied(*books.work_off(lambda work: apply_all(work, tolerance)))
