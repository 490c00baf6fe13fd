"""Withdraw reminders that wait to be sent and ask for what is settled, disputed or promised meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from o2c_xl.domain.receivables.outdated_reminders import Asked, outdated
from o2c_xl.domain.receivables.reminders import DueItem, ReminderPolicy

__all__ = ["WithdrawingBooks", "withdraw_reminders"]


class WithdrawingBooks(Protocol):
    """Where letters that wait come from."""

    def work_off(self, decide: Callable[[Sequence[Asked], Sequence[DueItem]], str]) -> int:
        """Withdraw the letters that `decide` gives a reason for; returns how many."""
        ...


def withdraw_reminders(books: WithdrawingBooks, policy: ReminderPolicy) -> int:
    """Look at what waits to be mailed; where the program mails nothing, people have the letters in their hands.

    Returns how many letters do not go out.
    """
    return books.work_off(outdated) if policy.mailed else 0
