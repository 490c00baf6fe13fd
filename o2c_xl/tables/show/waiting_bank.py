"""What waits of bank statements: those that do not add up, lines nobody can place, money that lies too long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select

from o2c_xl.domain.cash.banking import LineStatus
from o2c_xl.domain.cash.placing import HeldOn
from o2c_xl.domain.issue import Issue
from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.cash.bank_statements import ADDS_UP, BREAK, BREAK_KIND
from o2c_xl.ledger.invoices.settlements import UNAPPLIED

__all__ = ["statement_faults", "waiting_bank"]

_FINANCE, _MANAGER = "Finance", "Finance Manager"
_MEND = "Load what is missing, or ask the bank; then say in Discrepancies, in Resolution, how it was settled."


def waiting_bank(conn: Connection, day: dt.date | None, days: int | None) -> Iterator[tuple[Any, ...]]:
    """Rows of the table Waiting: subject, what stops it, for whom, since, what to do.

    Money that came more than `days` before `day` and is not applied is for the Finance Manager; None = never.
    """
    for row in _unsettled(conn):
        what = "Bank statement does not add up" if row.status == BREAK else "Bank statement is missing"
        yield row.statement, what, _FINANCE, row.to, f"{row.problem} {_MEND}"
    line = s.bank_lines.c
    waits = select(line.bank_line, line.booked_on, line.problem).where(line.status == str(LineStatus.WAITS))
    for name, booked_on, problem in conn.execute(waits.order_by(line.bank_line)):
        yield name, "Bank line is not posted", _FINANCE, booked_on, problem
    told = select(line.bank_line, line.booked_on, line.problem).join(s.payments, s.payments.c.payment == line.payment)
    for name, booked_on, problem in conn.execute(told.where(UNAPPLIED, line.problem != "").order_by(line.bank_line)):
        yield name, "Bank line has items", _FINANCE, booked_on, problem
    if day is not None and days is not None:
        yield from _too_long(conn, day - dt.timedelta(days=days), days)


def _too_long(conn: Connection, before: dt.date, days: int) -> Iterator[tuple[Any, ...]]:
    line, pay = s.bank_lines.c, s.payments.c
    lies = and_(UNAPPLIED, pay.held_on != str(HeldOn.PREPAYMENTS))
    statement = (
        select(line.bank_line, line.booked_on, line.amount, line.currency, line.counterparty, line.payment)
        .outerjoin(s.payments, pay.payment == line.payment)
        .where(line.booked_on < before, or_(lies, line.status == str(LineStatus.WAITS)))
        .order_by(line.bank_line)
    )
    for row in conn.execute(statement):
        amount = f"{round_money(row.amount, row.currency)} {row.currency}"
        whom = f" of {row.counterparty}" if row.counterparty else ""
        where = f" ({row.payment})" if row.payment else ""
        todo = f"{amount}{whom}{where} has lain for more than {days} days without belonging to an invoice."
        yield row.bank_line, "Bank line lies too long", _MANAGER, row.booked_on, todo


def _unsettled(conn: Connection) -> Iterator[Row[Any]]:
    """Statements with something to be explained that nobody has explained yet, nor another statement since."""
    c, d, other = s.statements.c, s.discrepancies.c, s.statements.alias()
    explained = exists().where(d.subject == c.statement, d.kind == BREAK_KIND, d.resolution != "")
    bridged = exists().where(
        other.c.account == c.account,
        other.c.currency == c.currency,
        other.c.status == ADDS_UP,
        other.c.closing == c.opening,
        other.c.statement != c.statement,
        other.c.to <= c.to,
    )
    open_ = or_(and_(c.status == BREAK, ~explained), and_(c.status != BREAK, ~bridged))
    yield from conn.execute(select(s.statements).where(c.problem != "", open_).order_by(c.statement))


def statement_faults(conn: Connection) -> list[tuple[Issue, dt.date | None]]:
    """Statements that do not add up, each as a fault of its row, with its last day."""
    return [
        (Issue(row.source, "", "", "", 0, "", row.problem, _MEND, "Statements", row.statement), row.to)
        for row in _unsettled(conn)
        if row.difference is not None and row.difference != ZERO
    ]
