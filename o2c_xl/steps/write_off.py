"""Receivables that are given up: by wish and with a reason, above a limit with the Finance Manager's approval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.approvals import ApprovalStatus, above_limit
from o2c_xl.domain.policy import Policy

__all__ = ["GivenUp", "WriteOffBooks", "WrittenOff", "write_off"]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """An invoice whose Action is Write off; `verdict` is what was decided on just this amount and reason."""

    invoice: str
    open: Decimal
    reason: str
    verdict: ApprovalStatus | None = None


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """How many invoices were written off, and for how many an approval is asked."""

    count: int
    asked: int = 0


class WriteOffBooks(Protocol):
    """What the step needs of the ledger."""

    def work_off(self, decide: Callable[[Sequence[GivenUp]], tuple[list[str], list[str]]]) -> tuple[int, int]:
        """Write off and ask for what `decide` names (invoices to post, invoices to ask for); (written off, asked)."""
        ...


def write_off(books: WriteOffBooks, policy: Policy) -> WrittenOff:
    """Write off what people gave up; a second run finds nothing to do. One without a reason waits for it."""

    def decide(wishes: Sequence[GivenUp]) -> tuple[list[str], list[str]]:
        reasoned = [wish for wish in wishes if wish.reason.strip()]
        gated = {wish.invoice for wish in reasoned if above_limit(abs(wish.open), policy.approve_write_offs_above)}
        post = [
            wish.invoice for wish in reasoned if wish.invoice not in gated or wish.verdict is ApprovalStatus.APPROVED
        ]
        return post, [wish.invoice for wish in reasoned if wish.invoice in gated and not wish.verdict]

    return WrittenOff(*books.work_off(decide))
