"""How invoices are settled: paid, credited, written off. The one place where their open amounts change.

Always total = paid + credited + written off + open: money and what was paid before the books began is `paid`, credit
notes and early-payment discounts are `credited`, differences, write-offs, bank charges are `written off`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, select

from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.receivables.open_items import Due, InvoiceStatus, OpenItem, Settlement, invoice_status
from o2c_xl.domain.terms import discount_offer, parse_terms
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = [
    "POSTED",
    "SETTLES",
    "Settling",
    "Standing",
    "dues_of",
    "invoices_by",
    "open_item",
    "paid_in_time",
]

SETTLES = {
    "payment": "paid",
    "opening": "paid",
    "credit": "credited",
    "discount": "credited",
    "write-off": "written_off",
    "charge": "written_off",
}
"""The amount of an invoice that a settlement of each kind counts in."""
_inv = schema.invoices.c
POSTED: ColumnElement[bool] = _inv.status.not_in((str(InvoiceStatus.DRAFT), str(InvoiceStatus.APPROVAL)))
"""Of an invoice: it has its number and its postings."""
_READ: tuple[Column[Any], ...] = (
    _inv.invoice,
    _inv.account,
    _inv.currency,
    _inv.total,
    _inv.tax,
    _inv.paid,
    _inv.credited,
    _inv.written_off,
    _inv.open,
    _inv.kind,
    _inv.order,
    _inv.customer_reference,
    _inv.invoice_date,
    _inv.due_date,
    _inv.terms,
    _inv.sent_on,
    _inv.disputed,
    _inv.status,
)


@dataclass(slots=True)
class Standing:
    """How an invoice stands while a transaction settles it; amounts signed like its total."""

    row: Row[Any]
    open: Decimal
    paid: Decimal
    credited: Decimal
    written_off: Decimal

    @property
    def status(self) -> str:
        """The status that follows."""
        facts = Settlement(
            self.row.total,
            self.paid,
            self.credited,
            self.written_off,
            sent=self.row.sent_on is not None,
            disputed=bool(self.row.disputed),
        )
        return str(invoice_status(facts))

    def tax_of(self, amount: Decimal) -> Decimal:
        """The part of `amount` that is tax, in proportion, half up to the minor unit."""
        return round_money(amount * self.row.tax / self.row.total, self.row.currency) if self.row.total else ZERO


def invoices_by(
    conn: Connection, key: ColumnElement[Any], keys: Iterable[str], *where: ColumnElement[bool]
) -> Iterator[Standing]:
    """Posted invoices whose `key` is one of `keys`."""
    statement = select(*_READ).where(POSTED, *where)
    for part in chunks(keys):
        for row in conn.execute(statement.where(key.in_(part))):
            yield Standing(row, row.open, row.paid, row.credited, row.written_off)


def dues_of(conn: Connection, standing: Iterable[Standing]) -> dict[str, Due]:
    """The instalments of those invoices that are paid in several."""
    due = schema.invoice_dues.c
    split = [one.row.invoice for one in standing if "," in one.row.terms]
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for row in rows_by_key(conn, [due.invoice, due.due_date, due.amount], due.invoice, split):
        found.setdefault(row.invoice, []).append((row.due_date, row.amount))
    return {invoice: tuple(sorted(each)) for invoice, each in found.items()}


def paid_in_time(conn: Connection, standing: Iterable[Standing]) -> dict[str, Decimal]:
    """What payments within the days of the discount paid of each invoice that offers one and is paid in part."""
    offers = {one.row.invoice: offer[0] for one in standing if one.paid and (offer := _offer(one))}
    s, pay = schema.settlements.c, schema.payments.c
    paid = list(rows_by_key(conn, [s.invoice, s.by, s.amount], s.invoice, offers, s.kind == "payment"))
    days = {
        row.payment: row.paid_on
        for row in rows_by_key(conn, [pay.payment, pay.paid_on], pay.payment, {row.by for row in paid})
    }
    found: dict[str, Decimal] = {}
    for row in paid:
        if row.by in days and days[row.by] <= offers[row.invoice]:
            found[row.invoice] = found.get(row.invoice, ZERO) + row.amount
    return found


def open_item(standing: Standing, due: Due = (), in_time: Decimal = ZERO) -> OpenItem:
    """The invoice as rules on open items see it; without `due` its first due date stands for all instalments.

    `in_time` is what was paid of it within the days of its discount.
    """
    row = standing.row
    until, discount = _discount(standing, in_time)
    return OpenItem(
        row.invoice,
        row.account,
        row.currency,
        standing.open,
        due or ((row.due_date or row.invoice_date, row.total),),
        row.kind,
        row.order,
        row.customer_reference,
        discount,
        until,
        bool(row.disputed),
    )


def _discount(standing: Standing, in_time: Decimal) -> tuple[date | None, Decimal]:
    """Last day and amount of the early-payment discount; none once money was applied that came too late for it."""
    offer = _offer(standing)
    if offer is None or standing.paid != in_time:
        return None, ZERO
    until, discount = offer
    return until, min(discount, standing.open)


def _offer(standing: Standing) -> tuple[date, Decimal] | None:
    """Last day and amount of the discount on what is to be paid: all but what was credited or written off."""
    row = standing.row
    if "%" not in row.terms or standing.open <= ZERO:
        return None
    whole = standing.open + standing.paid
    return discount_offer(parse_terms(row.terms), row.invoice_date, whole, row.currency)


@dataclass(slots=True)
class Settling:
    """Settlements of one transaction, and the invoices they change; written together at the end.

    A closed order of which an invoice is open again is open again itself, until that is settled.
    """

    txn: Txn
    _rows: list[tuple[str, str, str, Decimal, int]] = field(default_factory=list)
    _changed: dict[str, Standing] = field(default_factory=dict)
    _reopened: set[str] = field(default_factory=set)

    def settle(self, invoice: Standing, kind: str, by: str, amount: Decimal, entry: int) -> None:
        """Settle `amount` (below zero: open it again) of an invoice; `kind` as in the table `settlements`."""
        column = SETTLES[kind]
        setattr(invoice, column, getattr(invoice, column) + amount)
        invoice.open -= amount
        self._rows.append((invoice.row.invoice, kind, by, amount, entry))
        self._changed[invoice.row.invoice] = invoice
        if (amount < ZERO) != (invoice.row.total < ZERO):
            self._reopened.add(invoice.row.invoice)

    def set_off(self, by: str, amount: Decimal, entry: int) -> None:
        """A payment's amount is set off against another payment, which brings the same with the other sign."""
        self._rows.append(("", "payment", by, amount, entry))

    def write(self) -> None:
        """Write settlements and invoices."""
        if not self._rows:
            return
        invoice, kind, by, amount, entry = zip(*self._rows, strict=True)
        columns = {"invoice": invoice, "kind": kind, "by": by, "amount": amount, "entry": entry}
        self.txn.insert_columns(schema.settlements, {**columns, "day": [self.txn.day] * len(invoice)})
        self.txn.update(
            schema.invoices,
            [
                {
                    "invoice": name,
                    "paid": one.paid,
                    "credited": one.credited,
                    "written_off": one.written_off,
                    "open": one.open,
                    "status": one.status,
                }
                for name, one in self._changed.items()
            ],
        )
        self._open_orders([self._changed[name] for name in sorted(self._reopened)])
        self._rows.clear()
        self._changed.clear()
        self._reopened.clear()

    def _open_orders(self, invoices: Iterable[Standing]) -> None:
        by_order = {one.row.order: one.row.invoice for one in invoices if one.row.order and one.open}
        c = schema.orders.c
        found = rows_by_key(self.txn.conn, [c.order], c.order, by_order, c.status == str(OrderStatus.CLOSED))
        closed = sorted(row.order for row in found)
        for key in closed:
            self.txn.record("order opened again", key, {"invoice": by_order[key]})
        going = {"status": str(OrderStatus.INVOICED), "closed_on": None}
        self.txn.update(schema.orders, [{"order": key, **going} for key in closed])
