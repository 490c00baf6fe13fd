"""What a customer is owed: credit notes and payments of which something is not applied to an invoice yet."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import Connection

from o2c_xl.domain.cash.placing import HeldOn
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.schema.partial import OPEN_INVOICES, UNAPPLIED

__all__ = ["open_credits"]


def open_credits(conn: Connection, accounts: Iterable[str]) -> dict[tuple[str, str], Decimal]:
    """By account and currency, above zero; what was paid in advance for an order belongs to that order."""
    i, p = schema.invoices.c, schema.payments.c
    wanted = list(accounts)
    found: dict[tuple[str, str], Decimal] = {}
    notes = (OPEN_INVOICES, i.open < ZERO, i.entry.is_not(None))
    for row in rows_by_key(conn, [i.account, i.currency, i.open], i.account, wanted, *notes):
        found[row.account, row.currency] = found.get((row.account, row.currency), ZERO) - row.open
    unapplied = (UNAPPLIED, p.held_on == str(HeldOn.RECEIVABLES))
    for row in rows_by_key(conn, [p.account, p.currency, p.unapplied], p.account, wanted, *unapplied):
        found[row.account, row.currency] = found.get((row.account, row.currency), ZERO) + row.unapplied
    return {key: amount for key, amount in found.items() if amount > ZERO}
