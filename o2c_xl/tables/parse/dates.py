"""Dates in cells: real dates and ISO text; another order only where the column proves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

from o2c_xl.tables.parse.fault import Fault, quoted, seen
from o2c_xl.tables.parse.script import DAY_FIRST, Script
from o2c_xl.tables.parse.texts import error_fault

__all__ = ["date_parser", "parse_moment"]

# Excel counts a 29 February 1900 that never was; before 1 March 1900 its day numbers mean something else elsewhere.
_FIRST = date(1900, 3, 1)
# Midnight is no time of day, in whatever zone it is written: it is the day that the writer meant.
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?: ?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-9]{2}))?)?"
)
_OTHER = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_TIMED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")
_ENTER = "Enter a date such as 2026-11-02."


def date_parser(script: Script) -> Callable[[object], date | Fault | None]:
    """Reads one cell of a date column."""

    def parse(value: object) -> date | Fault | None:
        if value is None:
            return None
        if isinstance(value, str):
            return _text(value.strip(), script)
        if isinstance(value, datetime):
            if value.time() != time(0):
                return _timed(value)
            value = value.date()
        if isinstance(value, date):
            return _possible(value)
        return _no_date(value)

    return parse


def parse_moment(value: object) -> datetime | Fault | None:
    """Reads a date and time; without a zone it is UTC."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return Fault(f"{quoted(value)} is not a date and time.", "Enter one such as 2026-11-02 14:30.")
    if not isinstance(value, datetime):
        return Fault(f"{quoted(value)} is not a date and time.", "Enter one such as 2026-11-02 14:30.")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _text(text: str, script: Script) -> date | Fault | None:
    if not text:
        return None
    iso = _ISO.fullmatch(text)
    if iso:
        return _real(text, int(iso[1]), int(iso[2]), int(iso[3]))
    other = _OTHER.fullmatch(text)
    if other:
        return _with_month_somewhere(text, [int(other[i]) for i in (1, 3, 4)], other[2], script)
    if _TIMED.fullmatch(text):
        return _timed(text)
    return error_fault(text) or Fault(f"{quoted(text)} is not a date.", _ENTER)


def _order(script: Script, sign: str) -> str:
    """The order of day and month in dates with that sign; empty where the file shows none."""
    return script.dates if sign in script.signs else ""


def _with_month_somewhere(text: str, parts: Sequence[int], sign: str, script: Script) -> date | Fault:
    """A day as three numbers, the year last; which of the first two is the month only the file's dates can tell."""
    first, second, year = parts
    order = _order(script, sign)
    if order:
        day, month = (first, second) if order == DAY_FIRST else (second, first)
        return _real(text, year, month, day)
    either = [_real(text, year, month, day) for month, day in ((first, second), (second, first))]
    real = {one for one in either if not isinstance(one, Fault)}
    if not real:
        return either[0]
    if len(real) == 1:
        only = real.pop()
        return Fault(f"{quoted(text)} is text, not a date.", f"Write {only.isoformat()}, or enter it as a date.")
    problem = f"{quoted(text)} does not tell day from month for certain."
    by_layout = "" if script.typed else " A list that always comes so gets a layout that says it: o2c layout learn."
    return Fault(problem, f"Write the date as year-month-day, such as 2026-11-02.{by_layout}")


def _real(text: str, year: int, month: int, day: int) -> date | Fault:
    try:
        return _possible(date(year, month, day))
    except ValueError:
        return Fault(f"{quoted(text)} is a day that no calendar has.", _ENTER)


def _possible(day: date) -> date | Fault:
    if day < _FIRST:
        return Fault(f"{day.isoformat()} is before 1 March 1900, where spreadsheets count wrongly.", _ENTER)
    return day


def _timed(value: object) -> Fault:
    return Fault(f"{quoted(value)} has a time of day; a date alone is expected.", "Enter the date without the time.")


def _no_date(value: object) -> Fault:
    if isinstance(value, bool):
        return Fault(f"{seen(value)} is a logical value, not a date.", _ENTER)
    if isinstance(value, int | float):
        return Fault(f"{seen(value)} is a number, not a date.", "Format the cell as a date and enter it again.")
    return Fault(f"{quoted(value)} is not a date.", _ENTER)
