"""The books behind shipping: picked orders and packed shipments, read and recorded in batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.accounts import shipment_legs
from o2c_xl.domain.goods.shipping import Dispatch
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.completeness import Address, ship_to_of
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.carriers import services_of
from o2c_xl.ledger.goods.recounting import Told, recount
from o2c_xl.ledger.goods.shipments import Numbered, change_shipments, insert_shipments, mark_picks
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.telling import tell_shipped
from o2c_xl.ledger.ordering.orders import BATCH, QUANTITIES, lines_of, pending_orders, quantities_of, shipments_made
from o2c_xl.ledger.ordering.ship_to import HOME, TYPED, home_of, typed_ship_to
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.ship import (
    LineToShip,
    OrderShipped,
    OrderToShip,
    PackedShipment,
    Parcel,
    ParcelLine,
    ShippingBatch,
    moves_of,
)

__all__ = ["ShippingBooks"]

_orders, _lines, _shipments = schema.orders.c, schema.order_lines.c, schema.shipments.c
_HEADS = (
    _orders.order,
    _orders.status,
    _orders.customer_id,
    _orders.bill_to,
    _orders.shipping,
    *TYPED,
    _orders.waiting_for,
    _orders.requested_date,
)
# In part of an order's lines nothing may be left to pick by now, while others are wanted later.
_PICKED_FROM = (OrderStatus.TO_PICK, OrderStatus.PICKED, OrderStatus.PARTLY_SHIPPED)
# Goods of another day than today's stood at the door at noon, as nobody knows when.
_NOON = dt.time(12)
_LINES = (_lines.order, _lines.line, _lines.position, _lines.sku, _lines.requested_date, *QUANTITIES)


class ShippingBooks:
    """Reads and records in batches of up to 1,000 orders, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date, policy: Policy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy

    def work_off(self, decide: Callable[[ShippingBatch], Sequence[OrderShipped]]) -> int:
        """Work on every order with something picked or packed; returns how many shipments changed."""
        count = 0
        keys = iter(self._pending())
        while batch := list(islice(keys, BATCH)):
            with self._ledger.transaction(self._day) as txn:
                read = _read(txn, batch, self._ready())
                count += _record(txn, read, decide(read), self._policy)
        return count

    def _ready(self) -> dt.datetime:
        now = self._ledger.now
        return now if now.date() == self._day else dt.datetime.combine(self._day, _NOON)

    def _pending(self) -> list[str]:
        with self._ledger.reading() as conn:
            packed = conn.execute(select(_shipments.order).where(_shipments.status == "Packed").distinct())
            packed_keys = sorted(packed.scalars())
        picked = select(_lines.line).where(_lines.order == _orders.order, _lines.picked > ZERO).exists()
        fresh = pending_orders(self._ledger, _PICKED_FROM, picked)
        return list(dict.fromkeys([*packed_keys, *(key for keys in fresh for key in keys)]))


def _read(txn: Txn, keys: Sequence[str], ready: dt.datetime) -> ShippingBatch:
    conn = txn.conn
    heads = {row.order: row for row in rows_by_key(conn, _HEADS, _orders.order, keys)}
    lines = lines_of(conn, heads, _LINES)
    skus = {line.sku for rows in lines.values() for line in rows}
    p = schema.products.c
    weights = {row.sku: row.weight_kg for row in rows_by_key(conn, [p.sku, p.weight_kg], p.sku, skus)}
    homes = _homes(conn, {head.customer_id for head in heads.values()})
    packed = _packed(conn, keys)
    at_most = _at_most(conn, {head.customer_id for head in heads.values()})
    made = shipments_made(conn, [key for key, head in heads.items() if head.customer_id in at_most])
    orders = [
        OrderToShip(
            key,
            head.status,
            [_line(row, weights.get(row.sku), head.requested_date) for row in lines[key]],
            ship_to_of(typed_ship_to(head), homes.get(head.customer_id, Address())),
            head.shipping,
            head.bill_to or head.customer_id,
            head.waiting_for,
            packed.get(key, ()),
            at_most.get(head.customer_id),
            made.get(key, 0),
        )
        for key in keys
        if (head := heads.get(key)) is not None
    ]
    return ShippingBatch(orders, txn.positions(skus), services_of(conn), ready)


def _line(row: Row[Any], weight_kg: Decimal | None, wanted_on: dt.date | None) -> LineToShip:
    return LineToShip(row.line, row.sku, quantities_of(row), weight_kg, row.requested_date or wanted_on)


def _homes(conn: Connection, customers: Iterable[str]) -> dict[str, Address]:
    c = schema.customers.c
    return {
        row.customer_id: home_of(row) for row in rows_by_key(conn, (c.customer_id, *HOME), c.customer_id, customers)
    }


def _at_most(conn: Connection, customers: Iterable[str]) -> dict[str, int]:
    """How many shipments of an order each customer takes, where that is said."""
    c = schema.customers.c
    rows = rows_by_key(conn, [c.customer_id, c.shipments_at_most], c.customer_id, customers)
    return {row.customer_id: row.shipments_at_most for row in rows if row.shipments_at_most is not None}


def _packed(conn: Connection, orders: Sequence[str]) -> dict[str, list[PackedShipment]]:
    """Shipments of these orders that stand packed, oldest first."""
    heads = list(rows_by_key(conn, schema.shipments, _shipments.order, orders, _shipments.status == "Packed"))
    c = schema.shipment_lines.c
    lines: dict[str, list[ParcelLine]] = {}
    for row in rows_by_key(conn, schema.shipment_lines, c.shipment, (head.shipment for head in heads)):
        lines.setdefault(row.shipment, []).append(ParcelLine(row.line, row.sku, row.quantity))
    found: dict[str, list[PackedShipment]] = {}
    for head in sorted(heads, key=lambda head: (len(head.shipment), head.shipment)):
        parts = tuple(lines.get(head.shipment, ()))
        dispatch = Dispatch(head.carrier, head.service, head.expected)
        one = PackedShipment(head.shipment, parts, head.action, head.shipped_on, dispatch)
        found.setdefault(head.order, []).append(one)
    return found


def _record(txn: Txn, read: ShippingBatch, decided: Sequence[OrderShipped], policy: Policy) -> int:
    done = [_tell(txn, one, parcel, policy.currency) for one in decided for parcel in one.parcels]
    left = [parcel for _, parcel, _, entry in done if entry is not None]
    recount(txn, [told for parcel in left for told in _told(parcel)], policy.currency)
    insert_shipments(txn, [one for one in done if not one[1].shipment])
    change_shipments(txn, [one for one in done if one[1].shipment])
    mark_picks(txn, done)
    txn.update(
        schema.order_lines,
        [
            {
                "order": one.order,
                "line": line,
                "allocated": now.allocated,
                "picked": now.picked,
                "shipped": now.shipped,
            }
            for one in decided
            for line, now in one.after.items()
        ],
    )
    _update_orders(txn, read, decided)
    tell_shipped(txn, policy.tell, [(number, one.order) for one, _, number, entry in done if entry is not None])
    return len(done)


def _told(parcel: Parcel) -> list[Told]:
    return [Told(line.sku, parcel.shipped_on, -line.quantity) for line in parcel.lines if parcel.shipped_on]


def _tell(txn: Txn, one: OrderShipped, parcel: Parcel, currency: str) -> Numbered:
    """Record what happened to a shipment; its number and, where goods left, its entry."""
    number = parcel.shipment or txn.number("SH-")
    data = {"order": one.order, "lines": {line.line: line.quantity for line in parcel.lines}}
    if parcel.cancelled:
        txn.record("shipment cancelled", number, data)
        return one, parcel, number, None
    if parcel.shipped_on is None:
        txn.record("goods packed", number, data)
        return one, parcel, number, None
    cost = sum((line.cost for line in parcel.lines), ZERO)
    # what lay in it stands in the shipment, which is sealed with this entry
    legs = shipment_legs(cost, currency, one.account)
    entry = txn.record("goods shipped", number, {"order": one.order}, legs, moves_of(parcel.lines))
    for line in parcel.lines:
        txn.reserve(line.sku, -line.quantity)
    return one, parcel, number, entry


def _update_orders(txn: Txn, read: ShippingBatch, decided: Sequence[OrderShipped]) -> None:
    """Where each order stands now, and what stops it; nothing is written where nothing changed."""
    moved: list[dict[str, Any]] = []
    stopped: list[dict[str, Any]] = []
    going_on = {"waiting_for": "", "waiting_who": "", "waiting_since": None}
    for order, one in zip(read.orders, decided, strict=True):
        if one.waiting_for and one.waiting_for not in order.waiting_for:  # what stops its invoice may stand beside it
            txn.record("order waits", one.order, {"for": one.waiting_for})
            stopped.append(
                {
                    "order": one.order,
                    "waiting_for": one.waiting_for,
                    "waiting_who": "Warehouse",
                    "waiting_since": txn.day,
                }
            )
        if one.status is not None:
            row = {"order": one.order, "status": str(one.status)}
            moved.append(row if one.waiting_for else {**row, **going_on})
    for rows in (stopped, [r for r in moved if "waiting_for" in r], [r for r in moved if "waiting_for" not in r]):
        txn.update(schema.orders, rows)
