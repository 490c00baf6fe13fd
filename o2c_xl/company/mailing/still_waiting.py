"""What is said to a person of messages that did not go: how many rest until when, how many wait, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from o2c_xl.ledger.messages import mailing

__all__ = ["clock_time", "iso_time", "what_waits"]

_MOST_NOTES = 10


def what_waits(conn: Connection, oldest: dt.date | None, now: dt.datetime, down: str) -> list[str]:
    """A sentence for each reason, without it where it was said just now (`down`)."""

    def resting(row: Any) -> str:  # noqa: ANN401 -- a row
        why = "." if down and down in row.said else f": {row.said}"
        rest = "message rests" if row.number == 1 else "messages rest"
        return f"{row.number} {rest} until {clock_time(row.first, now)}{why}"

    def held(row: Any) -> str:  # noqa: ANN401 -- a row
        return f"{row.number} {'message waits' if row.number == 1 else 'messages wait'}: {row.said}"

    return [
        *_some(mailing.resting(conn, oldest, iso_time(now)), resting, "rest"),
        *_some(mailing.held(conn, oldest, iso_time(now)), held, "wait"),
    ]


def _some(rows: Sequence[Any], sentence: Callable[[Any], str], what: str) -> list[str]:
    told = [sentence(row) for row in rows[:_MOST_NOTES]]
    if len(rows) > _MOST_NOTES:
        told.append(f"{sum(row.number for row in rows[_MOST_NOTES:])} more {what} for other reasons. See Waiting.")
    return told


def iso_time(time: dt.datetime) -> str:
    """A time as the outbox keeps it, which is in UTC."""
    return time.astimezone(dt.UTC).isoformat(timespec="milliseconds")


def clock_time(iso: str, now: dt.datetime) -> str:
    """A time as the clock on the wall shows it, with its day where that is not today."""
    time, today = dt.datetime.fromisoformat(iso).astimezone(), now.astimezone().date()
    return f"{time:%H:%M}" if time.date() == today else f"{time:%Y-%m-%d %H:%M}"
