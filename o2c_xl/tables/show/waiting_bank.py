"""What waits of bank statements: those that do not add up, lines nobody can place, money that lies too long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select

from o2c_xl.domain.cash.banking import LineStatus
from o2c_xl.domain.cash.placing import HeldOn
from o2c_xl.domain.issue import Issue
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.cash.bank_statements import BREAK, BREAK_KIND
from o2c_xl.ledger.cash.missing_statements import MISSING_KIND, gap_told
from o2c_xl.ledger.schema.partial import UNAPPLIED
from o2c_xl.tables.show.waiting_money import NOT_APPLIED

__all__ = ["statement_faults", "waiting_bank", "with_alarm"]

_NOT_POSTED = "Bank line is not posted"
_MAY_LIE = (_NOT_POSTED, NOT_APPLIED)
_FINANCE, _MANAGER = "Finance", "Finance Manager"
_MEND = "Load what is missing, or ask the bank; then say in Discrepancies, in Resolution, how it was settled."


def waiting_bank(conn: Connection) -> Iterator[tuple[Any, ...]]:
    """Rows of the table Waiting: subject, what stops it, for whom, since, what to do."""
    for row in _broken(conn):
        yield row.statement, "Bank statement does not add up", _FINANCE, row.to, f"{row.problem} {_MEND}"
    c, d = s.statements.c, s.discrepancies.c
    gaps = select(d.subject, c.to, d.expected, d.found).join(s.statements, c.statement == d.subject)
    open_ = (d.kind == MISSING_KIND, d.resolution == "")
    for name, to, expected, found in conn.execute(gaps.where(*open_).order_by(d.subject)):
        yield name, "Bank statement is missing", _FINANCE, to, f"{gap_told(expected, found)} {_MEND}"
    line = s.bank_lines.c
    waits = select(line.bank_line, line.booked_on, line.problem).where(line.status == str(LineStatus.WAITS))
    for name, booked_on, problem in conn.execute(waits.order_by(line.bank_line)):
        yield name, _NOT_POSTED, _FINANCE, booked_on, problem
    told = select(line.bank_line, line.booked_on, line.problem).join(s.payments, s.payments.c.payment == line.payment)
    for name, booked_on, problem in conn.execute(told.where(UNAPPLIED, line.problem != "").order_by(line.bank_line)):
        yield name, "Bank line has items", _FINANCE, booked_on, problem


def with_alarm(conn: Connection, rows: Iterable[tuple[Any, ...]], day: dt.date, days: int) -> Iterator[tuple[Any, ...]]:
    """These rows of Waiting; money that came more than `days` before `day` and waits still is the Finance Manager's."""
    lying = _lying(conn, day - dt.timedelta(days=days))
    for row in rows:
        subject, what, _, _, todo = row
        line = lying.get(subject) if what in _MAY_LIE else None
        if line is None:
            yield row
            continue
        whom = f"{line.bank_line} of {line.counterparty}" if line.counterparty else line.bank_line
        alarm = f"It has lain for more than {days} days ({whom})."
        yield subject, "Bank line lies too long", _MANAGER, line.booked_on, f"{todo} {alarm}"


def _lying(conn: Connection, before: dt.date) -> dict[str, Any]:
    """By payment, or by itself where it has none, each bank line of before that day whose money waits."""
    line, pay = s.bank_lines.c, s.payments.c
    lies = and_(UNAPPLIED, pay.held_on != str(HeldOn.PREPAYMENTS))
    statement = (
        select(line.bank_line, line.booked_on, line.counterparty, line.payment)
        .outerjoin(s.payments, pay.payment == line.payment)
        .where(line.booked_on < before, or_(lies, line.status == str(LineStatus.WAITS)))
        .order_by(line.bank_line)
    )
    return {row.payment or row.bank_line: row for row in conn.execute(statement)}


def _broken(conn: Connection) -> Iterator[Row[Any]]:
    """Statements that do not add up and that nobody has explained yet."""
    c, d = s.statements.c, s.discrepancies.c
    explained = exists().where(d.subject == c.statement, d.kind == BREAK_KIND, d.resolution != "")
    yield from conn.execute(select(s.statements).where(c.status == BREAK, ~explained).order_by(c.statement))


def statement_faults(conn: Connection) -> list[tuple[Issue, dt.date | None]]:
    """Statements that do not add up, each as a fault of its row, with its last day."""
    return [
        (Issue(row.source, "", "", "", 0, "", row.problem, _MEND, "Statements", row.statement), row.to)
        for row in _broken(conn)
    ]
