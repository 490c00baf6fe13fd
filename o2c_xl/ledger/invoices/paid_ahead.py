"""What was paid before an invoice: what was set off against it, and what still waits to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.cash.placing import HeldOn
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.paid_ahead import Ahead, Billed, PaidAhead, shared_out
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.schema.partial import OPEN_INVOICES, UNAPPLIED

__all__ = ["paid_ahead"]

_pay, _set, _inv = schema.payments.c, schema.settlements.c, schema.invoices.c
_KINDS = ("payment", "discount", "write-off")


def paid_ahead(conn: Connection, heads: Iterable[Row[Any]]) -> dict[str, PaidAhead]:
    """By invoice what was paid before it was posted; whatever comes later changes nothing of it.

    `heads` have invoice, kind, order, account, invoice_date and entry. Credit notes are left out, as are invoices that
    nothing was paid of.
    """
    invoices = {head.invoice: head for head in heads if head.kind == "Invoice" and head.entry is not None}
    found = _set_off(conn, invoices)
    for name, amount in _waiting(conn, [head for head in invoices.values() if head.order]).items():
        if name in invoices:
            before = found.get(name, PaidAhead())
            found[name] = PaidAhead(before.amount + amount, before.granted)
    return {name: one for name, one in found.items() if one.amount > ZERO}


def _set_off(conn: Connection, invoices: Mapping[str, Row[Any]]) -> dict[str, PaidAhead]:
    rows = list(rows_by_key(conn, schema.settlements, _set.invoice, invoices, _set.kind.in_(_KINDS)))
    columns = [_pay.payment, _pay.order, _pay.entry]
    payments = {row.payment: row for row in rows_by_key(conn, columns, _pay.payment, {row.by for row in rows})}
    found: dict[str, PaidAhead] = {}
    for row in rows:
        head, payment = invoices[row.invoice], payments.get(row.by)
        if payment is None or payment.entry is None or payment.entry > head.entry:
            continue
        if row.kind != "payment" and row.amount < ZERO:  # taken back, with money that came or went later
            continue
        # money of the customer that was free is set off on the same day, an order's own whenever it is applied
        if payment.order != head.order and row.day > head.invoice_date:
            continue
        before = found.get(row.invoice, PaidAhead())
        granted = before.granted + (ZERO if row.kind == "payment" else row.amount)
        found[row.invoice] = PaidAhead(before.amount + row.amount, granted)
    return found


def _waiting(conn: Connection, heads: Sequence[Row[Any]]) -> dict[str, Decimal]:
    """What came ahead for the orders of these invoices and was not applied yet."""
    orders = {head.order for head in heads}
    columns = (_pay.order, _pay.account, _pay.currency, _pay.unapplied, _pay.entry)
    statement = select(*columns).where(UNAPPLIED, _pay.held_on == str(HeldOn.PREPAYMENTS)).order_by(_pay.payment)
    payments = [
        Ahead(row.order, row.account, row.currency, row.unapplied, row.entry)
        for part in chunks(sorted({head.account for head in heads}))
        for row in conn.execute(statement.where(_pay.account.in_(part)))
        if row.order in orders and row.entry is not None
    ]
    if not payments:
        return {}
    wanted = (_inv.due_date, _inv.invoice, _inv.order, _inv.account, _inv.currency, _inv.open, _inv.entry)
    where = (OPEN_INVOICES, _inv.kind == "Invoice", _inv.entry.is_not(None), _inv.due_date.is_not(None))
    billed = rows_by_key(conn, wanted, _inv.order, {one.order for one in payments}, *where)
    return shared_out(payments, [Billed(*row) for row in billed])
