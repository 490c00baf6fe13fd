"""Bank lines in the ledger: pending ones, and the payments made from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.accounts import bank_charge_legs
from o2c_xl.domain.cash.banking import Became, LineStatus
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.bank_around import METHOD, surroundings
from o2c_xl.ledger.cash.bank_statements import bank_line
from o2c_xl.ledger.cash.payers_known import payers_of
from o2c_xl.ledger.schema.partial import PENDING_BANK_LINES
from o2c_xl.ledger.store import Ledger, Source, Txn
from o2c_xl.steps.post_bank_lines import Decide

__all__ = ["BankLineBooks"]

_BATCH = 1_000
_LINE = schema.bank_lines.c
_MOST_TEXT = 500


@dataclass(slots=True)
class BankLineBooks:
    """Bank lines as the ledger keeps them."""

    ledger: Ledger
    day: dt.date

    def work_off(self, decide: Decide) -> tuple[int, int]:
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
    statement = select(schema.bank_lines).where(PENDING_BANK_LINES, _LINE.bank_line > last)
    return conn.execute(statement.order_by(_LINE.bank_line).limit(_BATCH)).all()


def _post(txn: Txn, rows: Sequence[Row[Any]], decide: Decide) -> tuple[int, int]:
    lines = [bank_line(row) for row in rows]
    payers = payers_of(txn.conn, ((line.counterparty, line.account) for line in lines))
    customers = {line.key: payers.customer(line.counterparty, line.account) for line in lines}
    decided = decide(lines, surroundings(txn.conn, lines, payers, customers), customers)
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
        if became.fee:
            sides = bank_charge_legs(became.fee, row.currency)
            txn.record("bank charges booked", row.bank_line, {"amount": became.fee}, sides, source=_came_from(row))
        changes.append(
            {
                "bank_line": row.bank_line,
                "payment": number,
                "status": str(became.status),
                "problem": became.problem,
                "fee": became.fee,
            }
        )
    txn.insert(schema.payments, payments)
    txn.update(schema.bank_lines, changes)
    return len(changes), sum(one.status == LineStatus.WAITS for one in decided)


def _payment(txn: Txn, row: Row[Any], became: Became, number: str) -> dict[str, Any]:
    """A payment as if a person had entered it; what follows is decided like of any other."""
    source, amount = _came_from(row), row.amount + became.fee
    entry = txn.record("payment entered", number, {"bank_line": row.bank_line, "amount": amount}, source=source)
    return {
        "payment": number,
        "customer_id": "",
        "payer": row.counterparty,
        "payer_account": row.account,
        "paid_on": row.booked_on,
        "amount": amount,
        "currency": row.currency,
        "method": METHOD,
        "reference": became.reference[:_MOST_TEXT],
        "source": source.file,
        "sheet": source.sheet,
        "row": source.row,
        "entry": entry,
    }


def _came_from(row: Row[Any]) -> Source:
    """The file, the statement in it and the line there, as Bank Lines names it: a file may hold several statements."""
    return Source(row.source, row.statement, int(row.line))
