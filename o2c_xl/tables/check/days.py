"""Days on which something happened: a year typed wrongly is told at its cell, before it moves money between years."""

from __future__ import annotations

import datetime as dt

from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_days"]

_FIRST = dt.date(1980, 1, 1)  # before it nobody kept books with a computer that could bring rows
_AHEAD = dt.timedelta(days=366)


def check_days(rows: RowSet, today: dt.date) -> None:
    """Mark days of facts that lie more than a year after `today`, or before 1980."""
    for column in rows.table.typed:
        if column.happened and column.field in rows.columns:
            days = rows.columns[column.field]
            odd = {day: told for day in set(days) if (told := _odd(day, today))}
            for i, day in enumerate(days if odd else ()):
                if day in odd:
                    rows.fault(i, column.field, odd[day], "Check the year.")


def _odd(day: dt.date | None, today: dt.date) -> str:
    if day is None:
        return ""
    if day > today + _AHEAD:
        return f"{day} is more than a year ahead of {today}."
    return f"{day} is before {_FIRST.year}." if day < _FIRST else ""
