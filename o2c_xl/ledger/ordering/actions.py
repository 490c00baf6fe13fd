"""The books behind what people ask of orders in their Action column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.amending import Cancellation
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.ordering.promise import ships_on, whole_order_promise
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import void
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.orders import BATCH, UNPROMISED, lines_of, quantities_of
from o2c_xl.ledger.schema.partial import ASKED_ORDERS
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.act_on_orders import ActedOrder, NotDone, OrderToActOn

__all__ = ["ActionBooks"]

# read where an order waits for them: by pricing and by the credit check
_ELSEWHERE = ("Confirm", "Release")
# where an order that a person holds may stand; one amended while held was once left incomplete
_HELD = (str(OrderStatus.ON_HOLD), str(OrderStatus.INCOMPLETE))
_GATES = ("Price", "New ship-to", "Availability")


class ActionBooks:
    """Reads and records in batches of up to 1,000 orders, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def work_off(self, decide: Callable[[Sequence[OrderToActOn]], Sequence[ActedOrder | NotDone]]) -> int:
        """Act on every order with a request and on those held by one that is gone; returns how many changed."""
        keys = self._keys()
        count = 0
        for start in range(0, len(keys), BATCH):
            with self._ledger.transaction(self._day) as txn:
                part = keys[start : start + BATCH]
                heads = {row.order: row for row in rows_by_key(txn.conn, schema.orders, schema.orders.c.order, part)}
                lines = lines_of(txn.conn, heads)
                decided = decide([_order(heads[key], lines[key]) for key in part if key in heads])
                acted = [one for one in decided if isinstance(one, ActedOrder)]
                _record(txn, heads, lines, acted)
                _say(txn, heads, {one.order: one.why for one in decided if isinstance(one, NotDone)})
                count += len(acted)
        return count

    def _keys(self) -> list[str]:
        c = schema.orders.c
        held = select(c.order).where(c.status.in_(_HELD), c.held.is_(True))
        with self._ledger.reading() as conn:
            asked = conn.execute(select(c.order, c.action, c.held).where(ASKED_ORDERS)).all()
            # an order already held, or only confirmed, has nothing to be done here
            news = [row.order for row in asked if row.action not in _ELSEWHERE or row.held]
            return sorted({*news, *conn.execute(held).scalars()})


def _order(head: Row[Any], lines: Sequence[Row[Any]]) -> OrderToActOn:
    return OrderToActOn(
        head.order,
        OrderStatus(head.status),
        head.action,
        head.held,
        head.credit_state,
        {line.line: quantities_of(line) for line in lines},
        looked_at=all(line.availability or quantities_of(line).backordered <= ZERO for line in lines),
    )


def _record(
    txn: Txn, heads: Mapping[str, Row[Any]], lines: Mapping[str, Sequence[Row[Any]]], acted: Sequence[ActedOrder]
) -> None:
    head_rows, line_rows = [], []
    for one in acted:
        known = {line.line: line for line in lines[one.order]}
        dates = _promised(heads[one.order], lines[one.order], one, txn.day)
        for line, change in one.lines.items():
            if change.released:
                txn.reserve(known[line].sku, -change.released)
            line_rows.append(_line_row(one, line, change, dates.get(line, known[line].promise_date)))
        told = {line: change.cancelled for line, change in one.lines.items()}
        txn.record(one.event, one.order, {"status": str(one.status)} | ({"cancelled": told} if told else {}))
        head_rows.append(_head_row(txn, heads[one.order], one, dates.values()))
    txn.update(schema.orders, head_rows)
    txn.update(schema.order_lines, line_rows)
    ended = [one.order for one in acted if one.status is OrderStatus.CANCELLED]
    for step in _GATES if ended else ():
        void(txn, step, ended)


def _say(txn: Txn, heads: Mapping[str, Row[Any]], problems: Mapping[str, str]) -> None:
    """Keep why a request has no effect, and take back what no longer holds."""
    ours = (key for key, head in heads.items() if head.action not in _ELSEWHERE or head.held)
    told = {key: problems.get(key, "") for key in ours}
    rows = [{"order": key, "action_problem": why} for key, why in told.items() if heads[key].action_problem != why]
    for row in rows:
        if row["action_problem"]:
            txn.record("request without effect", row["order"], {"why": row["action_problem"]})
    txn.update(schema.orders, rows)


def _promised(head: Row[Any], lines: Sequence[Row[Any]], one: ActedOrder, day: dt.date) -> dict[str, dt.date | None]:
    """When what is still to go leaves, by line: what lacks nothing any more need not wait for what was given up."""
    found: dict[str, dt.date | None] = {}
    for line in lines:
        change = one.lines.get(line.line)
        after = change.after if change else quantities_of(line)
        if after.open > ZERO:
            ready = change is not None and after.backordered <= ZERO
            found[line.line] = ships_on(day, line.requested_date or head.requested_date) if ready else line.promise_date
    return found


def _line_row(one: ActedOrder, line: str, change: Cancellation, promised: dt.date | None) -> dict[str, Any]:
    after = change.after
    return {
        "order": one.order,
        "line": line,
        "allocated": after.allocated,
        "picked": after.picked,
        "cancelled": after.cancelled,
        "why": f"{change.cancelled} cancelled: {one.event}.",
        "promise_date": promised,
        **UNPROMISED,
    }


def _head_row(txn: Txn, head: Row[Any], one: ActedOrder, dates: Collection[dt.date | None]) -> dict[str, Any]:
    return {
        "order": one.order,
        "status": str(one.status),
        "held": one.held,
        "promise_date": whole_order_promise(dates) if one.lines and dates else head.promise_date,
        "waiting_for": one.waiting_for,
        "waiting_who": one.waiting_who,
        "waiting_since": txn.day if one.waiting_for else None,
        "closed_on": txn.day if one.status is OrderStatus.CANCELLED else head.closed_on,
    }
