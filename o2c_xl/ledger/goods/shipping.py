"""The books behind shipping: picked orders and packed shipments, read and recorded in batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from o2c_xl.domain.accounts import shipment_legs
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.completeness import Address, ship_to_of
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.messages.telling import tell_shipped
from o2c_xl.ledger.ordering.orders import BATCH, QUANTITIES, lines_of, pending_orders, quantities_of, shipments_made
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
    _orders.ship_to_name,
    _orders.ship_to_street,
    _orders.ship_to_city,
    _orders.ship_to_postal_code,
    _orders.ship_to_country,
    _orders.waiting_for,
)
_LINES = (_lines.order, _lines.line, _lines.position, _lines.sku, *QUANTITIES)


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
                read = _read(txn, batch)
                count += _record(txn, read, decide(read), self._policy)
        return count

    def _pending(self) -> list[str]:
        with self._ledger.reading() as conn:
            packed = conn.execute(select(_shipments.order).where(_shipments.status == "Packed").distinct())
            packed_keys = sorted(packed.scalars())
        picked = select(_lines.line).where(_lines.order == _orders.order, _lines.picked > ZERO).exists()
        fresh = pending_orders(self._ledger, (OrderStatus.PICKED, OrderStatus.PARTLY_SHIPPED), picked)
        return list(dict.fromkeys([*packed_keys, *(key for keys in fresh for key in keys)]))


def _read(txn: Txn, keys: Sequence[str]) -> ShippingBatch:
    conn = txn.conn
    heads = {row.order: row for row in rows_by_key(conn, _HEADS, _orders.order, keys)}
    lines = lines_of(conn, heads, _LINES)
    skus = {line.sku for rows in lines.values() for line in rows}
    p = schema.products.c
    weights = {row.sku: row.weight_kg for row in rows_by_key(conn, [p.sku, p.weight_kg], p.sku, skus)}
    addresses = _addresses(conn, {head.customer_id for head in heads.values()})
    packed = _packed(conn, keys)
    at_most = _at_most(conn, {head.customer_id for head in heads.values()})
    made = shipments_made(conn, [key for key, head in heads.items() if head.customer_id in at_most])
    orders = [
        OrderToShip(
            key,
            head.status,
            [LineToShip(row.line, row.sku, quantities_of(row), weights.get(row.sku)) for row in lines[key]],
            ship_to_of(_typed(head), addresses.get(head.customer_id, Address())),
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
    return ShippingBatch(orders, txn.positions(skus), txn.day)


def _typed(head: Row[Any]) -> Address:
    return Address(
        head.ship_to_name, head.ship_to_street, head.ship_to_city, head.ship_to_postal_code, head.ship_to_country
    )


def _addresses(conn: Connection, customers: Iterable[str]) -> dict[str, Address]:
    c = schema.customers.c
    columns = [c.customer_id, c.name, c.street, c.city, c.postal_code, c.country]
    return {
        row.customer_id: Address(row.name, row.street, row.city, row.postal_code, row.country)
        for row in rows_by_key(conn, columns, c.customer_id, customers)
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
        one = PackedShipment(head.shipment, tuple(lines.get(head.shipment, ())), head.action, head.shipped_on)
        found.setdefault(head.order, []).append(one)
    return found


_Numbered = tuple[OrderShipped, Parcel, str, int | None]


def _record(txn: Txn, read: ShippingBatch, decided: Sequence[OrderShipped], policy: Policy) -> int:
    done = [_tell(txn, one, parcel, policy.currency) for one in decided for parcel in one.parcels]
    _insert(txn, [one for one in done if not one[1].shipment])
    _change(txn, [one for one in done if one[1].shipment])
    _mark_picks(txn, done)
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


def _tell(txn: Txn, one: OrderShipped, parcel: Parcel, currency: str) -> _Numbered:
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


def _insert(txn: Txn, new: Sequence[_Numbered]) -> None:
    if not new:
        return
    txn.insert_columns(
        schema.shipments,
        {
            "shipment": [number for _, _, number, _ in new],
            "order": [one.order for one, _, _, _ in new],
            "carrier": [parcel.dispatch.carrier if parcel.dispatch else "" for _, parcel, _, _ in new],
            "service": [parcel.dispatch.service if parcel.dispatch else "" for _, parcel, _, _ in new],
            "weight_kg": [parcel.weight_kg for _, parcel, _, _ in new],
            "shipped_on": [parcel.shipped_on for _, parcel, _, _ in new],
            "status": ["Packed" if entry is None else "Shipped" for _, _, _, entry in new],
            "made_on": [txn.day] * len(new),
            "entry": [entry for _, _, _, entry in new],
        },
    )
    lines = [(one.order, number, line) for one, parcel, number, _ in new for line in parcel.lines]
    txn.insert_columns(
        schema.shipment_lines,
        {
            "shipment": [number for _, number, _ in lines],
            "line": [line.line for _, _, line in lines],
            "order": [order for order, _, _ in lines],
            "sku": [line.sku for _, _, line in lines],
            "quantity": [line.quantity for _, _, line in lines],
            "cost": [line.cost for _, _, line in lines],
        },
    )
    put_in_outbox(txn, [Outgoing("Packing slip", number) for _, _, number, _ in new])


def _change(txn: Txn, known: Sequence[_Numbered]) -> None:
    sent = [one for one in known if one[3] is not None]
    txn.update(
        schema.shipments,
        [
            {"shipment": number, "status": "Shipped", "shipped_on": parcel.shipped_on, "entry": entry}
            for _, parcel, number, entry in sent
        ],
    )
    txn.update(
        schema.shipment_lines,
        [
            {"shipment": number, "line": line.line, "cost": line.cost}
            for _, parcel, number, _ in sent
            for line in parcel.lines
        ],
    )
    txn.update(
        schema.shipments,
        [{"shipment": number, "status": "Cancelled"} for _, parcel, number, _ in known if parcel.cancelled],
    )


_picks = schema.picks.c
_TAKE_ALONG = (
    update(schema.picks)
    .where(
        _picks.order == bindparam("of_order"),
        _picks.shipment == "",
        or_(_picks.status == "Packed", _picks.status == "Short"),
        _picks.picked > ZERO,
    )
    .values(status=bindparam("to_status"), shipment=bindparam("in_shipment"))
)
_FOLLOW = (
    update(schema.picks)
    .where(_picks.order == bindparam("of_order"), _picks.shipment == bindparam("in_shipment"))
    .values(status=bindparam("to_status"))
)


def _mark_picks(txn: Txn, done: Sequence[_Numbered]) -> None:
    """Picks go with their shipment: into a new one, out of the door, or back to their bins."""
    new: list[dict[str, Any]] = []
    known: list[dict[str, Any]] = []
    for one, parcel, number, entry in done:
        status = "Shipped" if entry is not None else "Cancelled" if parcel.cancelled else "Packed"
        row = {"of_order": one.order, "in_shipment": number, "to_status": status}
        (known if parcel.shipment else new).append(row)
    for statement, rows in ((_TAKE_ALONG, new), (_FOLLOW, known)):
        if rows:
            txn.conn.execute(statement, rows)


def _update_orders(txn: Txn, read: ShippingBatch, decided: Sequence[OrderShipped]) -> None:
    """Where each order stands now, and what stops it; nothing is written where nothing changed."""
    moved: list[dict[str, Any]] = []
    stopped: list[dict[str, Any]] = []
    going_on = {"waiting_for": "", "waiting_who": "", "waiting_since": None}
    for order, one in zip(read.orders, decided, strict=True):
        if one.waiting_for and one.waiting_for != order.waiting_for:
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
