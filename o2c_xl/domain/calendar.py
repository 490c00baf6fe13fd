"""Days of the calendar."""

from __future__ import annotations

import datetime as dt

__all__ = ["year_before"]


def year_before(day: dt.date) -> dt.date:
    """The same day of the year before; of 29 February the 28th."""
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)
