"""How invoices and credit notes reach a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["Way", "ways_of"]


@dataclass(frozen=True, slots=True)
class Way:
    """`name` is Email, Mail or Online portal; `to` the address, which only an email has."""

    name: str
    to: str = ""


def ways_of(conn: Connection, customers: Mapping[str, str]) -> dict[str, Way]:
    """By account charged (key) and customer who ordered (value), how the account gets its documents.

    An account without an address of its own gets them at the customer's. Where neither has one and none of them asks
    for Email, they are printed and mailed.
    """
    c = schema.customers.c
    columns = (c.customer_id, c.email, c.invoice_by)
    known = {
        row.customer_id: row for row in rows_by_key(conn, columns, c.customer_id, {*customers, *customers.values()})
    }
    found = {}
    for account, customer in customers.items():
        rows = [known[key] for key in (account, customer) if key in known]
        email = next((row.email for row in rows if row.email), "")
        name = next((row.invoice_by for row in rows if row.invoice_by), "Email" if email else "Mail")
        found[account] = Way(name, email if name == "Email" else "")
    return found
