"""What payments name of the customer's that they cannot pay as it stands: settled, written off, on another account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row

from o2c_xl.domain.cash.spellings import spellings
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.written_off import write_offs_of
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["named_apart"]

_Names = dict[str, tuple[str, ...]]


def named_apart(conn: Connection, payments: Iterable[Row[Any]]) -> tuple[_Names, _Names, _Names, set[str]]:
    """By payment the customer's invoices that it names: nothing open, open on another account, written off.

    Last all that any of them names and that is open on another account than its own, whosever it is.
    """
    spelled = {row.payment: (row, spellings(row.reference)) for row in payments if row.reference}
    words = {word for _, each in spelled.values() for word in each}
    c = schema.invoices.c
    columns = [c.invoice, c.account, c.customer_id, c.open, c.written_off]
    named = {row.invoice: row for row in rows_by_key(conn, columns, c.invoice, words, c.entry.is_not(None))}
    open_ = {
        payment: [
            named[word] for word in each if word in named and named[word].open and named[word].account != row.account
        ]
        for payment, (row, each) in spelled.items()
    }
    billed = _billed_now(conn, {invoice.customer_id for each in open_.values() for invoice in each})
    lost = write_offs_of(conn, [name for name, row in named.items() if row.written_off and not row.open])
    settled, elsewhere, given_up = {}, {}, {}
    for payment, (row, each) in spelled.items():
        over = [named[word] for word in each if word in named and not named[word].open]
        if names := tuple(invoice.invoice for invoice in over if invoice.account == row.account):
            settled[payment] = names
            given_up[payment] = tuple(name for name in names if name in lost)
        if names := tuple(invoice.invoice for invoice in open_[payment] if _own(row, invoice, billed)):
            elsewhere[payment] = names
    return settled, elsewhere, given_up, {invoice.invoice for each in open_.values() for invoice in each}


def _billed_now(conn: Connection, customers: Iterable[str]) -> dict[str, str]:
    c = schema.customers.c
    rows = rows_by_key(conn, [c.customer_id, c.bill_to], c.customer_id, customers)
    return {row.customer_id: row.bill_to or row.customer_id for row in rows}


def _own(payment: Row[Any], invoice: Any, billed: Mapping[str, str]) -> bool:  # noqa: ANN401 -- a record
    """Whether an invoice on another account is the payer's: ordered by it, on its own account, or billed to it now."""
    payer = payment.customer_id or payment.account
    return payer in (invoice.customer_id, invoice.account) or billed.get(invoice.customer_id) == payment.account
