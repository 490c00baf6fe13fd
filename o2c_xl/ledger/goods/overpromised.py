"""Taking stock back: a count found less than was promised, so the least urgent lines give up what is not picked.

What somebody typed as picked in the very same save, and is not taken over yet, is given up last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.goods.allocation import NORMAL_PRIORITY, Demand, rank
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.orders import IN_WAREHOUSE, OrderStatus
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.orders import UNPROMISED
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["take_back"]

_SERVED = tuple(map(str, (OrderStatus.AVAILABILITY, OrderStatus.APPROVAL, *IN_WAREHOUSE)))
_Line = tuple[str, str]
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
    given = _given_up(holders, missing, _found(txn.conn, holders))
    lost: dict[str, dict[str, Decimal]] = {}
    for row in holders:
        if quantity := given.get((row.order, row.line)):
            txn.reserve(row.sku, -quantity)
            lost.setdefault(row.order, {})[row.line] = quantity
    for order, quantities in lost.items():
        txn.record("stock taken back", order, {"lines": quantities})
    left = {(row.order, row.line): row.allocated for row in holders}
    txn.update(schema.order_lines, [_row(order, line, left[order, line], one) for (order, line), one in given.items()])
    _send_back(txn, list(lost))
    return len(lost)


def _given_up(
    holders: Sequence[Row[Any]], missing: dict[str, Decimal], found: Mapping[_Line, Decimal]
) -> dict[_Line, Decimal]:
    """What each line gives up: first what nobody has in hand, then what was just typed as found too."""
    given: dict[_Line, Decimal] = {}
    for in_hand in (found, {}):
        for row in holders:
            line = (row.order, row.line)
            before = given.get(line, ZERO)
            more = trimmed(min(missing[row.sku], row.allocated - row.picked - in_hand.get(line, ZERO) - before))
            if more > ZERO:
                missing[row.sku] -= more
                given[line] = before + more
    return given


def _found(conn: Connection, holders: Sequence[Row[Any]]) -> dict[_Line, Decimal]:
    """By line what was typed as picked and is not taken over yet."""
    c = schema.picks.c
    typed = (c.status == "To pick", c.picked.is_not(None))
    found: dict[_Line, Decimal] = {}
    for row in rows_by_key(conn, [c.order, c.line, c.picked], c.order, {row.order for row in holders}, *typed):
        found[row.order, row.line] = found.get((row.order, row.line), ZERO) + row.picked
    return found


def _row(order: str, line: str, allocated: Decimal, quantity: Decimal) -> dict[str, Any]:
    why = f"{quantity} taken back: a count found less than was promised."
    left = {"allocated": allocated - quantity, "promise_date": None, "why": why}
    return {"order": order, "line": line} | left | dict(UNPROMISED)


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
        # what is held, incomplete or not checked yet goes nowhere today
        credit_released=row.status in _SERVED,
    )
