"""The books behind pricing: incomplete orders with what is known of their customers, products, prices and taxes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.approvals import Verdict
from o2c_xl.domain.invoices.invoicing import TaxBy
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.completeness import Address
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.ordering.pricing import PriceIndex, PriceRow, index_prices
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.tax import Rate
from o2c_xl.domain.telling import MISSING
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask, verdicts, void
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.telling import tell_missing
from o2c_xl.ledger.ordering.orders import lines_of, pending_orders, still_pending
from o2c_xl.ledger.ordering.ship_to import TYPED, home_of, typed_ship_to
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.price_orders import (
    CustomerFacts,
    LineToPrice,
    OrderToPrice,
    PriceBatch,
    PricedOrder,
    ProductFacts,
)

__all__ = ["PricingBooks", "read_rates"]

# Approval and On hold belong here only as long as credit was not looked at; a person's hold is left alone.
_STATUSES = (OrderStatus.INCOMPLETE, OrderStatus.APPROVAL, OrderStatus.ON_HOLD)
_GATES = ("Price", "New ship-to")
_line = schema.order_lines.c
_LINES = (
    _line.order, _line.line, _line.position, _line.sku, _line.quantity, _line.unit_price, _line.discount_percent,
    _line.price,
)  # fmt: skip
_ROLE = "Operations Manager"


class PricingBooks:
    """Reads and records in batches of up to 1,000 orders, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date, policy: Policy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy

    def work_off(self, decide: Callable[[PriceBatch], Sequence[PricedOrder]]) -> int:
        """Price every order that waits for it; returns how many of them got prices."""
        count = 0
        where = (schema.orders.c.credit_state == "", schema.orders.c.held.is_(False))
        for keys in pending_orders(self._ledger, _STATUSES, *where):
            with self._ledger.transaction(self._day) as txn:
                heads = still_pending(txn.conn, keys, _STATUSES, *where)
                batch, lines = self._batch(txn.conn, heads)
                decided = decide(batch)
                count += _record(txn, heads, lines, decided)
                tell_missing(txn, self._policy.tell, _newly_missing(txn, heads, lines, decided))
        return count

    def _batch(
        self, conn: Connection, heads: Sequence[Row[Any]]
    ) -> tuple[PriceBatch, Mapping[str, Sequence[Row[Any]]]]:
        lines = lines_of(conn, [head.order for head in heads], _LINES)
        customers = _customers(conn, {head.customer_id for head in heads})
        skus = {line.sku for rows in lines.values() for line in rows}
        said = _verdicts(conn, heads)
        orders = [_order(head, lines[head.order], self._day, said.get(head.order, {})) for head in heads]
        batch = PriceBatch(
            orders,
            customers,
            _products(conn, skus),
            _prices(conn, {customer.price_list for customer in customers.values()}, skus),
            read_rates(conn),
            _seen(conn, orders) if self._policy.approve_new_ship_to else frozenset(),
        )
        return batch, lines


def read_rates(conn: Connection) -> dict[tuple[str, str], Rate]:
    """All tax rates by tax group and tax code."""
    rows = conn.execute(select(schema.tax_rates))
    return {
        (row.tax_group, row.tax_code): Rate(row.rate_percent, row.reason)
        for row in rows
        if row.rate_percent is not None
    }


def _order(head: Row[Any], lines: Sequence[Row[Any]], day: dt.date, said: Mapping[str, Verdict]) -> OrderToPrice:
    return OrderToPrice(
        order=head.order,
        customer=head.customer_id,
        lines=tuple(
            LineToPrice(line.line, line.sku, line.quantity, line.unit_price, line.discount_percent or ZERO, line.price)
            for line in lines
            if line.quantity != ZERO  # taken off the order: nothing of it is delivered or billed
        ),
        ordered_on=head.order_date or day,
        ship_to=typed_ship_to(head),
        shipping=head.shipping,
        terms=head.payment_terms,
        freight=head.freight or ZERO,
        action=head.action,
        tax_by=TaxBy(head.tax_mode) if head.tax_mode else None,
        verdicts=said,
    )


def _customers(conn: Connection, keys: Iterable[str]) -> dict[str, CustomerFacts]:
    table = schema.customers
    return {
        row.customer_id: CustomerFacts(
            row.customer_id,
            home_of(row),
            row.currency,
            row.payment_terms,
            row.price_list,
            row.bill_to,
            row.tax_group,
        )
        for row in rows_by_key(conn, table, table.c.customer_id, keys)
    }


def _products(conn: Connection, skus: Iterable[str]) -> dict[str, ProductFacts]:
    c = schema.products.c
    rows = rows_by_key(conn, [c.sku, c.price, c.tax_code], c.sku, skus)
    return {row.sku: ProductFacts(row.sku, row.price, row.tax_code) for row in rows}


def _prices(conn: Connection, lists: Iterable[str], skus: Iterable[str]) -> PriceIndex:
    names = sorted(name for name in lists if name)
    if not names:
        return {}
    c = schema.prices.c
    return index_prices(
        PriceRow(row.price_list, row.sku, row.minimum_quantity, row.price, row.valid_from, row.valid_to)
        for row in rows_by_key(conn, schema.prices, c.sku, skus, c.price_list.in_(names))
        if row.price is not None
    )


def _verdicts(conn: Connection, heads: Sequence[Row[Any]]) -> dict[str, dict[str, Verdict]]:
    """What was decided about the orders that were asked about, by order and step."""
    asked = [head.order for head in heads if head.content_hash]
    found: dict[str, dict[str, Verdict]] = {}
    for step in _GATES if asked else ():
        for order, said in verdicts(conn, step, asked).items():
            found.setdefault(order, {})[step] = said
    return found


def _seen(conn: Connection, orders: Iterable[OrderToPrice]) -> frozenset[tuple[str, Address]]:
    """Addresses of these customers' orders that passed this gate before."""
    c = schema.orders.c
    customers = {order.customer for order in orders if order.ship_to != Address()}
    rows = rows_by_key(
        conn, (c.customer_id, *TYPED), c.customer_id, customers, c.credit_state != "", c.ship_to_street != ""
    )
    return frozenset((row.customer_id, typed_ship_to(row)) for row in rows)


def _record(
    txn: Txn, heads: Sequence[Row[Any]], lines: Mapping[str, Sequence[Row[Any]]], decided: Sequence[PricedOrder]
) -> int:
    rows, priced_lines, asks = [], [], []
    settled: dict[str, list[str]] = {step: [] for step in _GATES}
    for head, priced in zip(heads, decided, strict=True):
        row = _head_row(txn, head, priced)
        if not _differs(head, row):
            continue
        rows.append(row)
        priced_lines += _line_rows(priced, lines[priced.order])
        asks += [_ask(head, priced, wish.step) for wish in priced.wishes]
        for step in set(_GATES) - {wish.step for wish in priced.wishes}:  # an amended order may have asked before
            settled[step].append(priced.order)
        _tell(txn, head, priced)
    txn.update(schema.orders, rows)
    txn.update(schema.order_lines, priced_lines)
    ask(txn, asks)
    for step, orders in settled.items():
        void(txn, step, orders)
    return sum(row["status"] != OrderStatus.INCOMPLETE for row in rows)


def _newly_missing(
    txn: Txn, heads: Sequence[Row[Any]], lines: Mapping[str, Sequence[Row[Any]]], decided: Sequence[PricedOrder]
) -> list[tuple[str, str, str]]:
    """Orders whose customers have not been asked for that yet: order, customer, what it lacks.

    Of one without any line that is asked from the day after it came: its lines may be about to be typed.
    """
    pairs = zip(heads, decided, strict=True)
    waits = [(head, priced) for head, priced in pairs if priced.status is OrderStatus.INCOMPLETE and priced.waiting_for]
    empty = {head.order: head.received_on or txn.day for head, _ in waits if not lines[head.order]}
    late = [order for order, came_on in empty.items() if came_on < txn.day]
    box = schema.outbox.c
    asked = {row.about for row in rows_by_key(txn.conn, [box.about], box.about, late, box.kind == MISSING)}
    return [
        (head.order, head.customer_id, priced.waiting_for)
        for head, priced in waits
        if (head.order in {*late} - asked if head.order in empty else priced.waiting_for != head.waiting_for)
    ]


def _tell(txn: Txn, head: Row[Any], priced: PricedOrder) -> None:
    """The amounts whenever they are new, and what the order waits for, if anything."""
    totals = priced.totals
    if totals and (priced.status is OrderStatus.CREDIT_CHECK or (totals.net, totals.tax) != (head.net, head.tax)):
        txn.record("order priced", priced.order, {"net": totals.net, "tax": totals.tax, "currency": priced.currency})
    if priced.waiting_for:
        txn.record("order waits", priced.order, {"status": str(priced.status), "for": priced.waiting_for})


def _head_row(txn: Txn, head: Row[Any], priced: PricedOrder) -> dict[str, Any]:
    totals = priced.totals
    since = head.waiting_since if head.waiting_for == priced.waiting_for else txn.day
    return {
        "order": priced.order,
        "status": str(priced.status),
        "waiting_for": priced.waiting_for,
        "waiting_who": priced.waiting_who,
        "waiting_since": since if priced.waiting_for else None,
        "currency": priced.currency or head.currency,
        "terms": priced.terms or head.terms,
        "bill_to": priced.bill_to or head.bill_to,
        "tax_mode": str(priced.tax_by) if totals else head.tax_mode,
        "net": totals.net if totals else ZERO,  # what an amended order came to before no longer holds
        "tax": totals.tax if totals else ZERO,
        "total": totals.total if totals else ZERO,
        "content_hash": priced.content,
    }


def _differs(head: Row[Any], row: Mapping[str, Any]) -> bool:
    return any(getattr(head, name) != value for name, value in row.items())


def _line_rows(priced: PricedOrder, lines: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """A typed price is kept as it is only once the order goes on, so that a list's change before that counts."""
    go_on = priced.status is OrderStatus.CREDIT_CHECK
    old = {line.line: line for line in lines}
    return [
        {
            "order": priced.order,
            "line": line.line,
            "price": line.price if go_on else old[line.line].price,
            "tax_code": line.tax_code,
            "tax_rate": line.tax_rate,
            "net": line.net,
        }
        for line in priced.lines
    ]


def _ask(head: Row[Any], priced: PricedOrder, step: str) -> Ask:
    return Ask(
        role=_ROLE,
        step=step,
        subject=priced.order,
        amount=priced.totals.total if priced.totals else None,
        currency=priced.currency,
        content_hash=priced.content,
        asked_by=head.asked_by,
    )
