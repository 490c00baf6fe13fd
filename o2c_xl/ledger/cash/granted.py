"""What was let off invoices with payments of them: early-payment discounts and tolerated differences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from o2c_xl.domain.cash.returned import Granted
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.settlements import Settling, Standing, invoices_by
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["Tolerated", "granted_on", "tolerated_on"]

_GRANTS = ("discount", "write-off")


def granted_on(conn: Connection, invoices: Iterable[str]) -> dict[str, list[Granted]]:
    """By invoice the discounts and tolerated differences that payments of it were granted and still have."""
    c, pay = schema.settlements.c, schema.payments.c
    rows = list(rows_by_key(conn, schema.settlements, c.invoice, invoices, c.kind.in_(_GRANTS)))
    payments = {row.payment for row in rows_by_key(conn, [pay.payment], pay.payment, {row.by for row in rows})}
    sums: dict[str, dict[tuple[str, str], Decimal]] = {}
    for row in sorted(rows, key=lambda row: row.settlement):
        if row.by in payments:
            each = sums.setdefault(row.invoice, {})
            each[row.by, row.kind] = each.get((row.by, row.kind), ZERO) + row.amount
    return {
        invoice: [Granted(by, kind, amount) for (by, kind), amount in each.items() if amount]
        for invoice, each in sums.items()
    }


@dataclass(frozen=True, slots=True)
class Tolerated:
    """An invoice with the differences that were written off when payments of it lacked little."""

    standing: Standing
    granted: Sequence[Granted]

    @property
    def amount(self) -> Decimal:
        """All of them together."""
        return sum((one.amount for one in self.granted), ZERO)

    def take_back(self, settling: Settling, amount: Decimal, entry: int) -> None:
        """Take so much of it back, under the names of the payments that brought it: so it is taken back once."""
        for one in self.granted:
            part = min(amount, one.amount)
            if part:
                settling.settle(self.standing, "write-off", one.by, -part, entry)
            amount -= part


def tolerated_on(conn: Connection, invoices: Iterable[str]) -> dict[str, Tolerated]:
    """The invoices of which a difference was tolerated and has not been taken back."""
    found = {
        name: [one for one in each if one.kind == "write-off" and one.amount > ZERO]
        for name, each in granted_on(conn, invoices).items()
    }
    names = [name for name, each in found.items() if each]
    standing = invoices_by(conn, schema.invoices.c.invoice, names)
    return {one.row.invoice: Tolerated(one, found[one.row.invoice]) for one in standing}
