"""Remind customers of what is due, by level; a second run on the same day finds nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol

from o2c_xl.domain.receivables.reminders import Debtor, Letter, ReminderPolicy, letter_for

__all__ = ["ReminderBooks", "remind"]


class ReminderBooks(Protocol):
    """Where debtors come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[Sequence[Debtor]], Sequence[Letter]]) -> int:
        """Record the letters that `decide` names; returns how many."""
        ...


def remind(books: ReminderBooks, policy: ReminderPolicy, day: dt.date) -> int:
    """Write to everybody with an item that has reached its next level. Returns how many letters were written."""
    if not policy.on or not policy.levels:
        return 0

    def decide(debtors: Sequence[Debtor]) -> list[Letter]:
        return [letter for debtor in debtors if (letter := letter_for(debtor, policy, day))]

    return books.work_off(decide)
