"""Statements of account for the month before, to everyone whose account moved or is not zero; once a month."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

__all__ = ["StatementBooks", "month_before", "state_accounts"]

_ONE_DAY = dt.timedelta(days=1)


class StatementBooks(Protocol):
    """Where accounts stand."""

    def work_off(self, first: dt.date, last: dt.date) -> int:
        """Put a statement of that period into the outbox for each account, unless that was done; returns how many."""
        ...


def state_accounts(books: StatementBooks, day: dt.date, *, monthly: bool) -> int:
    """Make the statements of the month before when the company wants them.

    Returns how many statements were put into the outbox.
    """
    return books.work_off(*month_before(day)) if monthly else 0


def month_before(day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the month before that of `day`."""
    last = day.replace(day=1) - _ONE_DAY
    return last.replace(day=1), last
