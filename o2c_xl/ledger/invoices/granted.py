"""What was let off invoices with payments of them: early-payment discounts and tolerated differences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Connection

from o2c_xl.domain.accounts import discount_legs, write_off_legs
from o2c_xl.domain.cash.returned import Granted
from o2c_xl.domain.chart import Leg
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.settlements import Settling, Standing, invoices_by
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["Tolerated", "granted_back_legs", "granted_on", "take_granted_back", "tolerated_on"]

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


def granted_back_legs(granted: Iterable[Granted], invoice: Standing, currency: str, party: str) -> list[Leg]:
    """The postings by which the customer owes again what was let off the invoice.

    The tax is what that of the rest falls short by, so that parts taken back one by one leave no cent of it behind.
    """
    sides: list[Leg] = []
    for one in granted:
        let_off = discount_legs if one.kind == "discount" else write_off_legs
        tax = invoice.tax_of(one.rest) - invoice.tax_of(one.amount + one.rest)
        sides += let_off(-one.amount, tax, currency, party)
    return sides


def take_granted_back(
    settling: Settling, invoice: Standing, granted: Sequence[Granted], back: Sequence[Granted], by: str
) -> list[Granted]:
    """Open the invoice by `back`, parts of what was `granted` in the same sequence, for the credit note `by`.

    Returns what is still granted. It is taken off under the names of the payments that brought it, so only once.
    """
    if not back:
        return list(granted)
    row = invoice.row
    data = {"by": by, "amount": sum((one.amount for one in back), ZERO)}
    sides = granted_back_legs(back, invoice, row.currency, row.account)
    entry = settling.txn.record("discount taken back", row.invoice, data, sides)
    for one in back:
        settling.settle(invoice, one.kind, one.by, -one.amount, entry)
    taken = {(one.by, one.kind): one.amount for one in back}
    rest = (replace(one, amount=one.amount - taken.get((one.by, one.kind), ZERO)) for one in granted)
    return [one for one in rest if one.amount]


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
