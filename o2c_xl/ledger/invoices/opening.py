"""Posting open items of the books before: invoices outside the number series, against the opening balance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.accounts import opening_item_legs
from o2c_xl.domain.cash.placing import Knows
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.accounts import known_customers
from o2c_xl.ledger.invoices.settlements import Settling, invoices_by
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.slips import mark_faults, pending_slips, still_pending_slips
from o2c_xl.ledger.store import Ledger, Source, Txn
from o2c_xl.steps.take_opening_items import OpeningItem

__all__ = ["OpeningBooks"]


@dataclass(slots=True)
class OpeningBooks:
    """Opening items as the ledger keeps them; `currency` is the company's. Their day is the day they are taken."""

    ledger: Ledger
    day: dt.date
    currency: str

    def work_off(self, check: Callable[[Sequence[OpeningItem]], dict[str, str]]) -> tuple[int, int]:
        """Post pending items but those that `check` gives a problem for; (posted, newly at fault)."""
        posted = faults = 0
        slips = schema.opening_items
        for keys in pending_slips(self.ledger, self.day, slips, slips.c.invoice_date):
            with self.ledger.transaction(self.day) as txn:
                rows = still_pending_slips(txn.conn, slips, keys)
                knows = known_customers(txn.conn, (row.customer_id for row in rows), self.currency)
                problems = check(_items(txn, rows, knows))
                faults += mark_faults(txn, slips, "opening item at fault", rows, problems)
                good = [row for row in rows if row.invoice not in problems]
                _post(txn, good, knows)
            posted += len(good)
        return posted, faults


def _items(txn: Txn, rows: Sequence[Row[Any]], knows: dict[str, Knows]) -> list[OpeningItem]:
    inv = schema.invoices.c.invoice
    taken = {row.invoice for row in rows_by_key(txn.conn, [inv], inv, (row.invoice for row in rows))}
    return [
        OpeningItem(
            row.invoice,
            row.customer_id,
            row.invoice_date,
            row.due_date,
            row.total,
            row.open,
            row.invoice in taken,
            row.customer_id in knows,
        )
        for row in rows
    ]


def _post(txn: Txn, rows: Sequence[Row[Any]], knows: dict[str, Knows]) -> None:
    entries: dict[str, int] = {}
    for row in rows:
        customer = knows[row.customer_id]
        legs = opening_item_legs(row.total, customer.currency, customer.account)
        entries[row.invoice] = txn.record("opening item taken", row.invoice, legs=legs, source=_source(row))
    txn.insert(schema.invoices, [_invoice(row, knows[row.customer_id], entries[row.invoice]) for row in rows])
    txn.insert(
        schema.invoice_dues,
        [{"invoice": row.invoice, "due_no": 1, "due_date": row.due_date, "amount": row.total} for row in rows],
    )
    _paid_before(txn, [row for row in rows if row.total != row.open], knows)
    txn.update(
        schema.opening_items,
        [{"invoice": row.invoice, "status": "Posted", "problem": "", "entry": entries[row.invoice]} for row in rows],
    )


def _invoice(row: Row[Any], customer: Knows, entry: int) -> dict[str, Any]:
    return {
        "invoice": row.invoice,
        "kind": "Credit note" if row.total < ZERO else "Invoice",
        "order": row.order,
        "customer_id": row.customer_id,
        "account": customer.account,
        "customer_reference": row.customer_reference,
        "invoice_date": row.invoice_date,
        "due_date": row.due_date,
        "currency": customer.currency,
        # its tax was the old books' business: nothing of it may be claimed back here
        "net": row.total,
        "tax": ZERO,
        "total": row.total,
        "open": row.total,
        "status": "Posted",
        "opening": True,
        "entry": entry,
    }


def _paid_before(txn: Txn, rows: Sequence[Row[Any]], knows: dict[str, Knows]) -> None:
    """What was paid of an item before the books began, so that its total still is what the customer was sent."""
    if not rows:
        return
    standing = {
        one.row.invoice: one for one in invoices_by(txn.conn, schema.invoices.c.invoice, [r.invoice for r in rows])
    }
    settling = Settling(txn)
    for row in rows:
        customer, paid = knows[row.customer_id], row.total - row.open
        legs = opening_item_legs(-paid, customer.currency, customer.account)
        entry = txn.record("opening payment taken", row.invoice, {"paid": paid}, legs, source=_source(row))
        settling.settle(standing[row.invoice], "opening", "", paid, entry)
    settling.write()


def _source(row: Row[Any]) -> Source:
    return Source(row.source, row.sheet, row.row or 0)
