"""Bank lines in the ledger: pending ones with what may belong to them, and the payments made from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, literal_column, select

from o2c_xl.domain.banking import Became, LineStatus, Posted, Surroundings
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.bank_statements import bank_line
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.payers_known import payers_of
from o2c_xl.ledger.settlements import OPEN
from o2c_xl.ledger.store import Ledger, Source, Txn
from o2c_xl.steps.post_bank_lines import Decide

__all__ = ["BankLineBooks"]

_BATCH = 1_000
_SLACK = dt.timedelta(days=6)
_BACK = dt.timedelta(days=400)
"""So long a direct debit may be taken back (13 months without a mandate: SEPA Direct Debit Core Rulebook 4.3)."""
_LINE, _PAY = schema.bank_lines.c, schema.payments.c
_PENDING: ColumnElement[bool] = literal_column("status IN ('', 'Waits')")  # the partial index, word for word
_MOST_TEXT = 500
_METHOD = "Bank transfer"


@dataclass(slots=True)
class BankLineBooks:
    """Bank lines as the ledger keeps them."""

    ledger: Ledger
    day: dt.date

    def post_each(self, decide: Decide) -> tuple[int, int]:
        """Record what `decide` says of pending lines, a batch at a time; (dealt with, waiting)."""
        done = waiting = 0
        last: str | None = ""
        while last is not None:
            with self.ledger.transaction(self.day) as txn:
                rows = _page(txn.conn, last)
                more, left = _post(txn, rows, decide) if rows else (0, 0)
            done, waiting = done + more, waiting + left
            last = rows[-1].bank_line if len(rows) == _BATCH else None
        return done, waiting


def _page(conn: Connection, last: str) -> Sequence[Row[Any]]:
    statement = select(schema.bank_lines).where(_PENDING, _LINE.bank_line > last)
    return conn.execute(statement.order_by(_LINE.bank_line).limit(_BATCH)).all()


def _post(txn: Txn, rows: Sequence[Row[Any]], decide: Decide) -> tuple[int, int]:
    lines = [bank_line(row) for row in rows]
    payers = payers_of(txn.conn, ((line.counterparty, line.account) for line in lines))
    customers = {line.key: payers.customer(line.counterparty, line.account) for line in lines}
    decided = decide(lines, _around(txn.conn, rows), customers)
    changes, payments = [], []
    for row, became in zip(rows, decided, strict=True):
        if became.status == row.status and became.problem == row.problem:
            continue  # it waits as before
        number = became.payment
        if became.new:
            number = txn.number("PM-")
            payments.append(_payment(txn, row, became, number))
        elif number:
            txn.record("bank line matched", row.bank_line, {"payment": number})
        changes.append(
            {
                "bank_line": row.bank_line,
                "payment": number,
                "status": str(became.status),
                "problem": became.problem,
            }
        )
    txn.insert(schema.payments, payments)
    txn.update(schema.bank_lines, changes)
    return len(changes), sum(one.status == LineStatus.WAITS for one in decided)


def _payment(txn: Txn, row: Row[Any], became: Became, number: str) -> dict[str, Any]:
    """A payment as if a person had entered it; what follows is decided like of any other."""
    source = Source(row.source, row.statement, row.place or 0)
    entry = txn.record("payment entered", number, {"bank_line": row.bank_line, "amount": row.amount}, source=source)
    return {
        "payment": number,
        "customer_id": "",
        "payer": row.counterparty,
        "payer_account": row.account,
        "paid_on": row.booked_on,
        "amount": row.amount,
        "currency": row.currency,
        "method": _METHOD,
        "reference": became.reference[:_MOST_TEXT],
        "source": row.source,
        "sheet": "",
        "row": row.place,
        "entry": entry,
    }


# --- what lies around them -------------------------------------------------------------------------------------------


def _around(conn: Connection, rows: Sequence[Row[Any]]) -> Surroundings:
    out = [row for row in rows if row.amount < ZERO]
    notes: frozenset[str] = frozenset()
    if out:
        c = schema.invoices.c
        notes = frozenset(conn.execute(select(c.invoice).where(OPEN, c.kind == "Credit note")).scalars())
    return Surroundings(_typed(conn, rows), list(_made(conn, out)), notes)


def _typed(conn: Connection, rows: Sequence[Row[Any]]) -> list[Posted]:
    """Payments that people entered about these days, each beside no bank line yet."""
    first, last = min(row.booked_on for row in rows) - _SLACK, max(row.booked_on for row in rows) + _SLACK
    amounts = {row.amount for row in rows}
    free = ~exists().where(_LINE.payment == _PAY.payment)
    statement = select(schema.payments).where(
        _PAY.paid_on >= first, _PAY.paid_on <= last, _PAY.method == _METHOD, _PAY.amount.is_not(None), free
    )
    found = conn.execute(statement.order_by(_PAY.payment)).all()
    return [_posted(row) for row in found if row.amount in amounts]


def _made(conn: Connection, out: Sequence[Row[Any]]) -> Iterable[Posted]:
    """Payments made from earlier lines of the amounts that went out now."""
    if not out:
        return
    earliest = min(row.booked_on for row in out) - _BACK
    wanted: set[Decimal] = {-row.amount for row in out}
    for part in chunks(sorted(wanted)):
        statement = select(schema.bank_lines).where(
            _LINE.amount.in_(part), _LINE.payment != "", _LINE.booked_on >= earliest
        )
        lines = {row.payment: row for row in conn.execute(statement.order_by(_LINE.bank_line))}
        for row in rows_by_key(conn, schema.payments, _PAY.payment, lines):
            yield _posted(row, lines[row.payment])


def _posted(row: Any, line: Any = None) -> Posted:  # noqa: ANN401 - rows of payments and bank_lines
    return Posted(
        row.payment,
        row.amount,
        row.currency,
        row.paid_on,
        row.customer_id or row.account,
        row.payer,
        row.reference,
        None if line is None else bank_line(line),
        row.status == "Returned",
    )
