"""Working days: Monday to Friday."""

from __future__ import annotations

import datetime as dt

__all__ = ["add_working_days", "next_working_day", "working_day"]

_SATURDAY = 5
_WEEK = 5


def working_day(day: dt.date) -> dt.date:
    """That day, or the Monday after it when it falls on a weekend."""
    late = day.weekday()
    return day if late < _SATURDAY else day + dt.timedelta(days=7 - late)


def next_working_day(day: dt.date) -> dt.date:
    """The first working day after that day."""
    return working_day(day + dt.timedelta(days=1))


def add_working_days(day: dt.date, days: int) -> dt.date:
    """So many working days later; a start on a weekend counts from Monday."""
    start = working_day(day)
    weeks, rest = divmod(days, _WEEK)
    over = 2 if start.weekday() + rest >= _SATURDAY else 0
    return start + dt.timedelta(days=weeks * 7 + rest + over)
