"""Whose account a customer is charged on, and in which currency."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from o2c_xl.domain.cash.placing import Knows
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["known_customers"]


def known_customers(conn: Connection, customers: Iterable[str], company_currency: str) -> dict[str, Knows]:
    """Account (bill-to, else the customer) and currency of these customers; unknown ones are left out."""
    c = schema.customers.c
    rows = rows_by_key(conn, [c.customer_id, c.bill_to, c.currency], c.customer_id, customers)
    return {row.customer_id: Knows(row.bill_to or row.customer_id, row.currency or company_currency) for row in rows}
