"""The books behind invoicing: what shipped and is not billed yet, and the invoices made of it, in batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.accounts import invoice_legs
from o2c_xl.domain.invoices.invoicing import TaxBy
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.paper import Party
from o2c_xl.domain.receivables.open_items import InvoiceStatus
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask, verdicts, void
from o2c_xl.ledger.invoices.drafts import end_drafts
from o2c_xl.ledger.invoices.rows import billed_shipments, insert_dues, insert_invoices
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.messages.sending import ways_of
from o2c_xl.ledger.ordering.orders import BATCH, QUANTITIES, lines_of, pending_orders, quantities_of
from o2c_xl.ledger.ordering.pricing import read_rates
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.invoice import MOVING, Draft, Fate, InvoiceBatch, InvoiceDecided, LineToInvoice, OrderToInvoice

__all__ = ["InvoicingBooks"]

_STEP = "Invoice"
_ROLE = "Finance Manager"
_FINANCE = "Finance"
# What has shipped is invoiced even while the rest of the order is held, checked or waits for stock.
_MAY_HAVE_SHIPPED = (
    OrderStatus.SHIPPED,
    OrderStatus.PARTLY_SHIPPED,
    OrderStatus.ON_HOLD,
    OrderStatus.CREDIT_CHECK,
    OrderStatus.AVAILABILITY,
    OrderStatus.APPROVAL,
    OrderStatus.INCOMPLETE,
)
_orders, _lines, _invoices = schema.orders.c, schema.order_lines.c, schema.invoices.c
_HEADS = (
    _orders.order,
    _orders.status,
    _orders.customer_id,
    _orders.customer_reference,
    _orders.bill_to,
    _orders.currency,
    _orders.terms,
    _orders.tax_mode,
    _orders.freight,
    _orders.freight_invoiced,
    _orders.waiting_for,
    _orders.waiting_who,
    _orders.asked_by,
    _orders.ship_to_country,
)
_LINES = (
    _lines.order,
    _lines.line,
    _lines.position,
    _lines.sku,
    _lines.price,
    _lines.discount_percent,
    _lines.tax_code,
    _lines.tax_rate,
    _lines.net,
    _lines.invoiced_net,
    *QUANTITIES,
)


class InvoicingBooks:
    """Reads and records in batches of up to 1,000 orders, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def work_off(self, decide: Callable[[InvoiceBatch], Iterable[InvoiceDecided]]) -> int:
        """Work on every order with something to invoice; returns how many invoices were posted."""
        count = 0
        keys = iter(self._pending())
        while batch := list(islice(keys, BATCH)):
            with self._ledger.transaction(self._day) as txn:
                heads = {row.order: row for row in rows_by_key(txn.conn, _HEADS, _orders.order, batch)}
                decided = list(decide(_read(txn, batch, heads)))
                count += _record(txn, heads, decided)
        return count

    def _pending(self) -> list[str]:
        with self._ledger.reading() as conn:
            drafts = conn.execute(select(_invoices.order).where(_invoices.status == str(InvoiceStatus.APPROVAL)))
            drafted = sorted(drafts.scalars())
        billable = _lines.shipped > _lines.invoiced + _lines.returned_uninvoiced
        unbilled = select(_lines.line).where(_lines.order == _orders.order, billable).exists()
        fresh = pending_orders(self._ledger, _MAY_HAVE_SHIPPED, unbilled)
        return list(dict.fromkeys([*drafted, *(key for keys in fresh for key in keys)]))


def _read(txn: Txn, keys: Sequence[str], heads: Mapping[str, Row[Any]]) -> InvoiceBatch:
    conn = txn.conn
    lines = lines_of(conn, heads, _LINES)
    p, c = schema.products.c, schema.customers.c
    skus = {line.sku for rows in lines.values() for line in rows}
    names = {row.sku: row.name for row in rows_by_key(conn, [p.sku, p.name], p.sku, skus)}
    accounts = {key for head in heads.values() for key in (head.customer_id, head.bill_to) if key}
    columns = (c.customer_id, c.tax_group, c.name, c.country, c.tax_id)
    customers = {row.customer_id: row for row in rows_by_key(conn, columns, c.customer_id, accounts)}
    drafts = _drafts(conn, list(heads))
    orders = [
        OrderToInvoice(
            key,
            head.status,
            head.bill_to or head.customer_id,
            head.currency,
            [_line(row, names.get(row.sku, "")) for row in lines[key]],
            head.terms,
            TaxBy(head.tax_mode or TaxBy.RATE),
            customers[head.customer_id].tax_group if head.customer_id in customers else "",
            ZERO if head.freight_invoiced or head.freight is None else head.freight,
            drafts.get(key),
            _buyer(customers.get(head.bill_to or head.customer_id), head.bill_to or head.customer_id),
            head.ship_to_country or (customers[head.customer_id].country if head.customer_id in customers else ""),
        )
        for key in keys
        if (head := heads.get(key)) is not None
    ]
    return InvoiceBatch(orders, read_rates(conn), txn.day)


def _buyer(row: Row[Any] | None, key: str) -> Party:
    """Who is charged, as far as it matters whether an invoice may go out."""
    return Party(name=row.name, country=row.country, tax_id=row.tax_id, key=key) if row else Party(name=key, key=key)


def _line(row: Row[Any], name: str) -> LineToInvoice:
    return LineToInvoice(
        row.line,
        row.sku,
        name,
        quantities_of(row),
        row.price or ZERO,
        row.discount_percent or ZERO,
        row.tax_code,
        row.tax_rate or ZERO,
        row.net,
        row.invoiced_net,
    )


def _drafts(conn: Connection, orders: Sequence[str]) -> dict[str, Draft]:
    """Invoices of these orders that wait for approval, with what was said about them."""
    columns = (_invoices.invoice, _invoices.order)
    waiting = _invoices.status == str(InvoiceStatus.APPROVAL)
    found = {row.order: row.invoice for row in rows_by_key(conn, columns, _invoices.order, orders, waiting)}
    said = verdicts(conn, _STEP, found.values()) if found else {}
    return {order: Draft(key, said.get(key)) for order, key in found.items()}


def _record(txn: Txn, heads: Mapping[str, Row[Any]], decided: Sequence[InvoiceDecided]) -> int:
    post = [one for one in decided if one.fate is Fate.POST]
    wish = [one for one in decided if one.fate is Fate.ASK]
    drop = [one for one in decided if one.fate is Fate.DROP]
    _remove_drafts(txn, [*post, *wish, *drop])
    _give_up_asking(txn, [*(one for one in post if not one.content), *drop])
    ways = ways_of(txn.conn, {one.order.account: heads[one.order.order].customer_id for one in post})
    shipments = billed_shipments(txn.conn, [one for one in decided if one.fate in (Fate.POST, Fate.ASK)])
    numbers = [txn.number("INV-") for _ in post]
    entries = [_tell(txn, number, one) for number, one in zip(numbers, post, strict=True)]
    end_drafts(txn, dict(zip(numbers, post, strict=True)), drop)
    insert_invoices(txn, numbers, post, heads, shipments, entries=entries, ways=ways)
    insert_dues(txn, numbers, post)
    put_in_outbox(
        txn,
        [
            Outgoing(
                "Invoice",
                number,
                ways[one.order.account].to,
                "Invoice for your recent order",
                party=one.order.account,
            )
            for number, one in zip(numbers, post, strict=True)
        ],
    )
    _draft(txn, wish, heads, shipments)
    _update_orders(txn, heads, decided, post)
    return len(post)


def _tell(txn: Txn, number: str, one: InvoiceDecided) -> int:
    order = one.order
    freight = sum((line.net for line in one.lines if not line.order_line), ZERO)
    legs = invoice_legs(one.net - freight, freight, one.tax, order.currency, order.account)
    data = {"order": order.order, "total": one.total, "currency": order.currency}
    return txn.record("invoice posted", number, data, legs)


def _remove_drafts(txn: Txn, decided: Iterable[InvoiceDecided]) -> None:
    """What replaces a draft comes after this; the approval asked for it stays in the books."""
    keys = [one.order.draft.invoice for one in decided if one.order.draft]
    for table in (schema.invoice_lines, schema.invoices) if keys else ():
        txn.delete(table, keys)


def _give_up_asking(txn: Txn, decided: Iterable[InvoiceDecided]) -> None:
    keys = [one.order.draft.invoice for one in decided if one.order.draft]
    if keys:
        void(txn, _STEP, keys)


def _draft(
    txn: Txn, wish: Sequence[InvoiceDecided], heads: Mapping[str, Row[Any]], shipments: Mapping[str, str]
) -> None:
    """Invoices that have to be approved first: kept under a key of their own, without a number."""
    keys = [one.order.draft.invoice if one.order.draft else txn.number("DRAFT-") for one in wish]
    for key, one in zip(keys, wish, strict=True):
        txn.record("invoice drafted", key, {"order": one.order.order, "total": one.total})
    insert_invoices(txn, keys, wish, heads, shipments, entries=[None] * len(keys), ways={})
    ask(
        txn,
        [
            Ask(_ROLE, _STEP, key, one.total, one.order.currency, one.content, heads[one.order.order].asked_by)
            for key, one in zip(keys, wish, strict=True)
        ],
    )


def _update_orders(
    txn: Txn, heads: Mapping[str, Row[Any]], decided: Sequence[InvoiceDecided], post: Sequence[InvoiceDecided]
) -> None:
    txn.update(
        schema.order_lines,
        [
            {"order": one.order.order, "line": line, "invoiced": quantity, "invoiced_net": net}
            for one in post
            for line, (quantity, net) in one.after.items()
        ],
    )
    going_on = {"waiting_for": "", "waiting_who": "", "waiting_since": None, "freight_invoiced": True}
    moved = [{"order": one.order.order, "status": str(one.status), **going_on} for one in post if one.status]
    txn.update(schema.orders, moved)
    kept = [{"order": one.order.order, "freight_invoiced": True} for one in post if not one.status]
    txn.update(schema.orders, kept)
    stopped = [(one, why) for one in decided if (why := _stopped(one, heads[one.order.order]))]
    for one, _ in stopped:
        txn.record("order waits", one.order.order, {"for": one.waiting_for})
    waits = {"waiting_who": _FINANCE, "waiting_since": txn.day}
    txn.update(schema.orders, [{"order": one.order.order, "waiting_for": why, **waits} for one, why in stopped])


def _stopped(one: InvoiceDecided, head: Row[Any]) -> str:
    """What is to be said newly of an order whose invoice is stopped: before what the warehouse said of its rest.

    What another step says of an order that is held or looked at anew stands: it would say so again in each run.
    """
    told = head.waiting_for
    if not one.waiting_for or one.waiting_for in told or (told and head.status not in MOVING):
        return ""
    return one.waiting_for if head.waiting_who == _FINANCE else f"{one.waiting_for} {told}".rstrip()
