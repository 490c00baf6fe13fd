"""Payments of nobody known beside the open items that have their amounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.cash.matching import Payment
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import OpenItem
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.matches import proposed, write_matches
from o2c_xl.ledger.cash.payers_known import payers_of
from o2c_xl.ledger.invoices.accounts import known_customers
from o2c_xl.ledger.invoices.settlements import invoices_by, open_item, paid_in_time
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.schema.partial import NOBODYS, OPEN_INVOICES, UNAPPLIED
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.guess_payers import Guess

__all__ = ["StrangerBooks"]


@dataclass(slots=True)
class StrangerBooks:
    """Unidentified receipts as the ledger keeps them."""

    ledger: Ledger
    day: dt.date

    def work_off(self, decide: Guess) -> int:
        """Record what `decide` proposes for payments of nobody known; how many proposals are new."""
        with self.ledger.reading() as conn:
            if not _strangers(conn):
                return 0
        with self.ledger.transaction(self.day) as txn:
            rows = _strangers(txn.conn)
            before = proposed(txn, (row.payment for row in rows))
            rejected = {(row.payment, row.invoice) for row in before if row.decision == "Reject"}
            asked = [
                (Payment(row.payment, "", row.unapplied, row.currency, row.paid_on, row.reference), row.payer)
                for row in rows
            ]
            items = _items(txn.conn, rows)
            c = schema.customers.c
            owners = {item.customer for item in items}
            names = {
                row.customer_id: row.name
                for row in rows_by_key(txn.conn, (c.customer_id, c.name), c.customer_id, owners)
            }
            found = [
                one
                for one in decide(asked, items, names, _namesakes(txn.conn, rows))
                if (one.payment, one.invoice) not in rejected
            ]
            return write_matches(txn, found, [row for row in before if row.decision != "Accept"])


def _strangers(conn: Connection) -> Sequence[Row[Any]]:
    c = schema.payments.c
    statement = select(schema.payments).where(UNAPPLIED, NOBODYS, c.unapplied > ZERO, c.held_on != "")
    return conn.execute(statement.order_by(c.payment)).all()


def _namesakes(conn: Connection, rows: Sequence[Row[Any]]) -> dict[str, frozenset[str]]:
    """By payment the accounts of the customers that are named like its payer, where several are."""
    payers = payers_of(conn, ((row.payer, row.payer_account) for row in rows))
    named = {row.payment: payers.namesakes(row.payer) for row in rows}
    knows = known_customers(conn, {one for each in named.values() for one in each}, "")
    accounts = {payment: frozenset(knows[one].account for one in each) for payment, each in named.items()}
    return {payment: each for payment, each in accounts.items() if len(each) > 1}


def _items(conn: Connection, rows: Sequence[Row[Any]]) -> list[OpenItem]:
    """Open items that a payment of theirs may settle: of its amount, or a little more where a discount may be taken."""
    c = schema.invoices.c
    amounts = {row.unapplied for row in rows}
    most = max(amounts)
    columns = (c.invoice, c.open, c.terms)
    near = conn.execute(select(*columns).where(OPEN_INVOICES, c.open > ZERO, c.open <= most * 2)).all()
    wanted = [row.invoice for row in near if row.open in amounts or "%" in row.terms]
    standing = list(invoices_by(conn, c.invoice, wanted, OPEN_INVOICES))
    in_time = paid_in_time(conn, standing)
    items = [open_item(one, in_time=in_time.get(one.row.invoice, ZERO)) for one in standing]
    return [item for item in items if {item.open, item.open - item.discount} & amounts]
