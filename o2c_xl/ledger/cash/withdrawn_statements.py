"""Bank statements that should not have been taken: thrown out again while no payment of theirs stands.

Nothing is deleted: statement and lines stay, as Withdrawn, and are known no more when a statement is taken. Nor is the
file that they came with: it may be dropped again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, select

from o2c_xl.domain.accounts import bank_charge_legs
from o2c_xl.domain.cash.bank_line import LineStatus, line_named
from o2c_xl.domain.cash.withdrawal import Used, still_used
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.bank_statements import ADDS_UP, SLACK, WITHDRAWN
from o2c_xl.ledger.cash.missing_statements import note_missing
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = ["withdraw_statements"]

_LINE, _HEAD, _PAY = schema.bank_lines.c, schema.statements.c, schema.payments.c


def withdraw_statements(txn: Txn, numbers: Sequence[str], reason: str) -> tuple[list[str], list[str]]:
    """Withdraw statements, the latest first; (those withdrawn now, a sentence for each thing in the way).

    One that was withdrawn before is passed over. Raises CannotRun naming the first that there is not.
    """
    rows = {row.statement: row for row in rows_by_key(txn.conn, schema.statements, _HEAD.statement, numbers)}
    for number in numbers:
        if number not in rows:
            raise CannotRun(f"There is no bank statement {number}. See o2c show Statements.")
    done, refusals = [], []
    for row in sorted(rows.values(), key=lambda row: row.entry, reverse=True):
        if row.status == WITHDRAWN:
            continue
        lines = txn.conn.execute(select(schema.bank_lines).where(_LINE.statement == row.statement)).all()
        made = _made(txn.conn, lines)
        stops = [*_shared(txn.conn, row, lines), *_used(txn.conn, row.statement, lines, made)]
        refusals += stops
        if not stops:
            _withdraw(txn, row, lines, made, reason)
            done.append(row.statement)
    return done, refusals


def _made(conn: Connection, lines: Sequence[Row[Any]]) -> dict[str, str]:
    """By line the payment that was made of it; one that a person had typed before is not."""
    j = schema.journal.c
    of = {line.payment: line.bank_line for line in lines if line.payment}
    rows = rows_by_key(conn, [j.subject, j.data], j.subject, of, j.event == "payment entered")
    made = {row.subject: json.loads(row.data).get("bank_line") for row in rows}
    return {line: payment for payment, line in of.items() if made.get(payment) == line}


def _used(conn: Connection, number: str, lines: Sequence[Row[Any]], made: dict[str, str]) -> list[str]:
    payments = {row.payment: row for row in rows_by_key(conn, schema.payments, _PAY.payment, made.values())}
    of: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for line, payment in made.items():
        of[line][payment] = payments[payment].amount
    lines_of = {payment: line for line, payment in made.items()}
    for row in rows_by_key(conn, schema.payments, _PAY.reverses, lines_of, _PAY.amount < ZERO):
        of[lines_of[row.reverses]][row.payment] = row.amount
    for line, payment, amount in _naming(conn, number):
        of[line].setdefault(payment, amount)
    told = (
        still_used(
            Used(
                one.bank_line,
                one.booked_on,
                one.amount,
                one.currency,
                one.counterparty,
                made.get(one.bank_line, ""),
                list(of[one.bank_line].values()),
            )
        )
        for one in sorted(lines, key=lambda one: one.place or 0)
    )
    return [sentence for sentence in told if sentence]


def _naming(conn: Connection, number: str) -> list[tuple[str, str, Decimal]]:
    """Posted payments that name a line of the statement: the line, the payment, its amount."""
    columns = (_PAY.payment, _PAY.amount, _PAY.reference)
    statement = select(*columns).where(_PAY.reference.contains(f"{number}/", autoescape=True), _PAY.held_on != "")
    return [(line, row.payment, row.amount) for row in conn.execute(statement) if (line := line_named(row.reference))]


def _shared(conn: Connection, row: Row[Any], lines: Sequence[Row[Any]]) -> list[str]:
    """Statements taken later that rest on bookings of this one: without it these would be lost."""
    holds = {line.proved_by for line in lines} - {"", row.statement}
    later = (_HEAD.account == row.account, _HEAD.entry > row.entry, _HEAD.status.not_in((WITHDRAWN, ADDS_UP)))
    booked = [line.booked_on for line in lines]
    if booked:
        days = (_HEAD["from"] <= max(booked) + SLACK, _HEAD.to >= min(booked) - SLACK)
        own = select(func.count()).where(_LINE.statement == _HEAD.statement).scalar_subquery()
        holds |= set(conn.execute(select(_HEAD.statement).where(*later, *days, _HEAD.lines > own)).scalars())
    return [
        f"{row.statement}: {other} was taken after it and holds bookings that came with it. Withdraw {other} first."
        for other in sorted(holds)
    ]


def _withdraw(txn: Txn, row: Row[Any], lines: Sequence[Row[Any]], made: dict[str, str], reason: str) -> None:
    number = row.statement
    txn.record("bank statement withdrawn", number, {"lines": len(lines), "reason": reason})
    txn.update(schema.statements, [{"statement": number, "status": WITHDRAWN, "problem": ""}])
    for line in lines:
        if line.fee:
            sides = bank_charge_legs(-line.fee, line.currency)
            txn.record("bank charges taken back", line.bank_line, {"amount": line.fee}, sides)
    gone = {"status": str(LineStatus.WITHDRAWN), "problem": "", "proved_by": ""}
    keys = [(line.bank_line, made.get(line.bank_line, "")) for line in lines]
    txn.update(schema.bank_lines, [{"bank_line": key, "payment": payment, **gone} for key, payment in keys])
    _give_back(txn, number)
    _forget_file(txn, row)
    open_ = select(schema.discrepancies.c.discrepancy).where(
        schema.discrepancies.c.subject == number,
        schema.discrepancies.c.resolution == "",
    )
    settled = {"resolution": f"{number} was withdrawn: {reason}", "status": "Resolved"}
    txn.update(schema.discrepancies, [{"discrepancy": key, **settled} for key in txn.conn.execute(open_).scalars()])
    note_missing(txn, row.account, row.currency)


def _forget_file(txn: Txn, row: Row[Any]) -> None:
    """The bytes that brought the statement are no longer taken ones, under whatever name they came."""
    c, j = schema.files.c, schema.journal.c
    came = select(j.at).where(j.seq == row.entry).scalar_subquery()
    bytes_ = select(c.hash).where(c.file == row.source, c.seen == came)
    known = txn.conn.execute(select(c.file, c.hash).where(c.hash.in_(bytes_), c.fate.in_(("Done", "Repeat")))).all()
    gone = {"fate": WITHDRAWN, "why": f"{row.statement} was withdrawn; the file may be dropped again."}
    txn.update(schema.files, [{"file": one.file, "hash": one.hash, **gone} for one in known])


def _give_back(txn: Txn, number: str) -> None:
    """Lines of other statements are what they were: not proved by this one, and not itemised by its items."""
    columns = (_LINE.bank_line, _LINE.statement, _HEAD.status)
    joined = select(*columns).join(schema.statements, _HEAD.statement == _LINE.statement)
    proved = txn.conn.execute(joined.where(_LINE.proved_by == number, _LINE.statement != number)).all()
    back = [{"bank_line": one[0], "proved_by": one[1] if one[2] == ADDS_UP else ""} for one in proved]
    txn.update(schema.bank_lines, back)
    itemised = select(_LINE.bank_line).where(_LINE["items"].startswith(f"{number}/b", autoescape=True))
    waiting = {"items": "", "status": ""}
    txn.update(schema.bank_lines, [{"bank_line": key, **waiting} for key in txn.conn.execute(itemised).scalars()])
