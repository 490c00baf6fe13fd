"""Messages that wait for a person: no way to go, refused by the mail server, or nobody knows whether they arrived."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.domain.telling import SENDABLE
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.messages.plain import plain_invoices
from o2c_xl.ledger.schema.partial import STUCK_MESSAGES

__all__ = ["waiting_messages"]

_MANY = 20  # messages of one kind that wait for the same are told in one row
_BUYING = ("Purchase order", "Purchase order cancelled", "Claim", "Goods returned")
_MONEY = ("Invoice", "Credit note", "Reminder", "Statement of account")
_STOPPED = {
    "Waiting": "{} is not sent yet",
    "Failed": "{} could not be sent",
    "Uncertain": "Nobody knows whether it arrived: {}",
}
_AGAIN = " Then: o2c send --again {0}, or --sent {0} if it need not go; or Action in Outbox."
_LOOK = " Then: o2c send --sent {0}, or --again {0}; or Action in Outbox."


def waiting_messages(conn: Connection) -> list[tuple[Any, ...]]:
    """Rows of the table Waiting: subject, what stops it, for whom, since, what to do."""
    c = s.outbox.c
    rows = conn.execute(
        select(c.message, c.kind, c.about, c.status, c.said, c.made_on, c.data)
        .where(STUCK_MESSAGES, c.status.in_(tuple(_STOPPED)), c.kind.in_(SENDABLE))
        .order_by(c.message)
    ).all()
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.kind, row.status, row.said), []).append(row)
    plain = [_without_data(why, sent) for why, sent in plain_invoices(conn).items()]
    # subject and stop are the key of Waiting: of two messages that share them the later is told
    told = [*plain, *(row for group in groups.values() for row in _told(group))]
    return list({row[:2]: row for row in told}.values())


def _without_data(why: str, sent: Mapping[str, dt.date]) -> tuple[Any, ...]:
    """Invoices that went out as plain documents for one reason, told till they are settled or made anew."""
    subject = next(iter(sent)) + (f" and {len(sent) - 1} more" if len(sent) > 1 else "")
    return (
        subject,
        "No e-invoice data",
        "Finance",
        min(sent.values()),
        f"It went out as a plain document, not as data. {why} Once that is done: o2c paper",
    )


def _told(group: list[Any]) -> Iterator[tuple[Any, ...]]:
    if len(group) > _MANY:
        first = group[0]
        subject = f"{_subject(first)} and {len(group) - 1} more"
        yield subject, _stops(first), _whom(first.kind), _since(group), first.said
        return
    for row in group:
        how = {"Failed": _AGAIN, "Uncertain": _LOOK}.get(row.status, "").format(row.message)
        yield _subject(row), _stops(row), _whom(row.kind), row.made_on, f"{row.said}{how}"


def _subject(row: Any) -> str:  # noqa: ANN401 -- a row
    """What it is about; a statement of account by its account and days."""
    if row.kind != "Statement of account" or not row.data:
        return str(row.about or row.message)
    one = json.loads(row.data)
    return f"Statement of account of {one['customer']}, {one['first']} to {one['last']}"


def _stops(row: Any) -> str:  # noqa: ANN401 -- a row
    return _STOPPED[row.status].format(row.kind)


def _since(group: list[Any]) -> dt.date | None:
    days: list[dt.date] = [row.made_on for row in group if row.made_on]
    return min(days, default=None)


def _whom(kind: str) -> str:
    return "Purchasing" if kind in _BUYING else "Finance" if kind in _MONEY else "Sales"
