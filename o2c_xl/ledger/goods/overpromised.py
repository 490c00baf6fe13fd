"""Taking stock back: a count found less than was promised, so the least urgent lines give up what is not picked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.goods.allocation import NORMAL_PRIORITY, Demand, rank
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.orders import UNPROMISED
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["take_back"]

_SERVED = ("Availability", "Approval", "Backordered", "To pick", "Picked", "Partly shipped")
_OPEN = (*_SERVED, "On hold", "Incomplete", "Credit check")


def take_back(ledger: Ledger, day: dt.date) -> int:
    """Give up allocations beyond what is there; the orders go back to Availability. Returns how many."""
    with ledger.reading() as conn:
        if not _missing(conn):
            return 0
    with ledger.transaction(day) as txn:
        return _take_back(txn, _missing(txn.conn))


def _missing(conn: Connection) -> dict[str, Decimal]:
    c = schema.stock.c
    rows = conn.execute(select(schema.stock).where(c.allocated > c.on_hand - c.quarantined))
    return {row.sku: row.allocated - (row.on_hand - row.quarantined) for row in rows}


def _take_back(txn: Txn, missing: dict[str, Decimal]) -> int:
    o, c = schema.orders.c, schema.order_lines.c
    query = (
        select(c.order, c.line, c.sku, c.allocated, c.picked, c.why, c.requested_date)
        .add_columns(o.order_date, o.requested_date.label("wanted_on"), o.priority, o.status)
        .join_from(schema.orders, schema.order_lines, o.order == c.order)
        .where(o.status.in_(_OPEN), c.allocated > c.picked, c.sku.in_(list(missing)))
    )
    holders = sorted(txn.conn.execute(query).all(), key=lambda row: rank(_demand(row, txn.day)), reverse=True)
    lost: dict[str, dict[str, Decimal]] = {}
    rows = []
    for row in holders:
        quantity = trimmed(min(missing[row.sku], row.allocated - row.picked))
        if quantity <= ZERO:
            continue
        missing[row.sku] -= quantity
        txn.reserve(row.sku, -quantity)
        lost.setdefault(row.order, {})[row.line] = quantity
        why = f"{quantity} taken back: a count found less than was promised."
        rows.append(
            {
                "order": row.order,
                "line": row.line,
                "allocated": row.allocated - quantity,
                "promise_date": None,
                "why": why,
                **UNPROMISED,
            }
        )
    for order, quantities in lost.items():
        txn.record("stock taken back", order, {"lines": quantities})
    txn.update(schema.order_lines, rows)
    _send_back(txn, list(lost))
    return len(lost)


def _send_back(txn: Txn, orders: Sequence[str]) -> None:
    """Orders that were past allocation are allocated anew; others come to it in their turn."""
    c = schema.orders.c
    found = rows_by_key(txn.conn, [c.order], c.order, orders, c.status.in_(_SERVED), c.credit_state == "Approved")
    status = str(OrderStatus.AVAILABILITY)
    txn.update(schema.orders, [{"order": row.order, "status": status} for row in found])


def _demand(row: Row[Any], day: dt.date) -> Demand:
    return Demand(
        row.order,
        row.line,
        row.sku,
        row.allocated,
        row.order_date or day,
        row.requested_date or row.wanted_on,
        row.priority or NORMAL_PRIORITY,
    )
