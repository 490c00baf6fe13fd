"""The books behind allocation: orders that may have stock, what is on the shelf, what was decided.

Orders that wait are found by the stock that came, through the index of short lines; without new stock nothing is
read but the question itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select, text

from o2c_xl.domain.goods.allocation import NORMAL_PRIORITY
from o2c_xl.domain.goods.serving import LineToServe, OrderToServe, ServedLine, Shelf
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.orders import IN_WAREHOUSE, OrderStatus, natural_key
from o2c_xl.domain.ordering.promise import whole_order_promise
from o2c_xl.domain.ordering.remedies import Remedy
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask, verdicts, void
from o2c_xl.ledger.goods.overpromised import take_back
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.telling import tell_alternatives, tell_confirmed
from o2c_xl.ledger.ordering.orders import BATCH, UNPROMISED, lines_of, quantities_of, shipments_made, still_pending
from o2c_xl.ledger.ordering.promises import renew_promises
from o2c_xl.ledger.schema.partial import SHORT_L
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.allocate import AllocatedOrder, AllocationBatch, PromiseBatch, Promised

__all__ = ["AllocationBooks"]

_NEW = (OrderStatus.AVAILABILITY, OrderStatus.APPROVAL)
_STEP = "Availability"
_head, _line = schema.orders.c, schema.order_lines.c
_HEADS = (
    _head.order, _head.status, _head.customer_id, _head.order_date, _head.requested_date, _head.priority,
    _head.approved_availability, _head.promise_date, _head.waiting_for, _head.waiting_who, _head.waiting_since,
    _head.closed_on, _head.total, _head.currency, _head.asked_by,
)  # fmt: skip
_LINES = (
    _line.order, _line.line, _line.position, _line.sku, _line.quantity, _line.allocated, _line.picked, _line.shipped,
    _line.invoiced, _line.returned, _line.cancelled, _line.returned_uninvoiced, _line.remedy, _line.requested_date,
    _line.availability, _line.promise_date, _line.why,
)  # fmt: skip
# SQLite takes a CROSS JOIN in the sequence written: products with stock first, not all open orders; and a status that
# is reckoned leaves only the key to find an order by.
_SHORT_WITH_STOCK = text(
    f"""
    SELECT DISTINCT o."order", o.order_date, o.requested_date, o.priority
    FROM stock s CROSS JOIN order_lines l CROSS JOIN orders o
    WHERE l.sku = s.sku AND o."order" = l."order" AND s.on_hand > s.allocated + s.quarantined
      AND {SHORT_L}
      AND (o.status || '') IN ('Backordered', 'To pick', 'Picked', 'Partly shipped')
    """  # noqa: S608 - a constant
)


class AllocationBooks:
    """Reads and records in batches of up to 1,000 orders in the sequence of fairness, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date, policy: Policy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy

    def take_back(self) -> int:
        """Take stock back that a count found missing; returns the number of orders that lost some."""
        return take_back(self._ledger, self._day)

    def work_off(self, decide: Callable[[AllocationBatch], Sequence[AllocatedOrder]]) -> int:
        """Serve every order that may have stock; returns how many changed."""
        count = 0
        keys = self._candidates()
        for start in range(0, len(keys), BATCH):
            with self._ledger.transaction(self._day) as txn:
                part = keys[start : start + BATCH]
                heads = still_pending(txn.conn, part, (*_NEW, *IN_WAREHOUSE), *_ours(), columns=_HEADS)
                lines = lines_of(txn.conn, [head.order for head in heads], _LINES)
                decided = decide(self._batch(txn, heads, lines))
                count += _record(txn, heads, lines, decided)
                self._tell(txn, heads, decided)
        return count

    def renew_promises(self, decide: Callable[[PromiseBatch], Sequence[Promised]]) -> int:
        """Look again at the dates of lines without stock; returns the number of lines with a new one."""
        return renew_promises(self._ledger, self._day, decide, self._policy.tell)

    def _tell(self, txn: Txn, heads: Sequence[Row[Any]], decided: Sequence[AllocatedOrder]) -> None:
        """Customers of orders that were taken now, or that are to choose another product."""
        both = list(zip(heads, decided, strict=True))
        taken = [(head.order, head.customer_id) for head, one in both if head.status in _NEW and one.status not in _NEW]
        tell_confirmed(txn, self._policy.tell, taken)
        choices = [
            (head.order, head.customer_id, [line.line for line in one.served.lines if line.choose])
            for head, one in both
            if one.status == OrderStatus.AVAILABILITY and one.waiting_for != head.waiting_for
        ]
        tell_alternatives(txn, self._policy.tell, [one for one in choices if one[2]])

    def _candidates(self) -> list[str]:
        c = schema.orders.c
        query = select(c.order, c.order_date, c.requested_date, c.priority)
        new = query.where(c.status.in_([str(status) for status in _NEW]), *_ours())
        with self._ledger.reading() as conn:
            rows = [*conn.execute(new).all(), *conn.execute(_SHORT_WITH_STOCK.columns(*query.selected_columns)).all()]
        return [row.order for row in sorted({row.order: row for row in rows}.values(), key=_fairness)]

    def _batch(self, txn: Txn, heads: Sequence[Row[Any]], lines: Mapping[str, Sequence[Row[Any]]]) -> AllocationBatch:
        c = schema.customers.c
        customers = {
            row.customer_id: row
            for row in rows_by_key(
                txn.conn,
                [c.customer_id, c.short_stock, c.shipments_at_most],
                c.customer_id,
                {h.customer_id for h in heads},
            )
        }
        limited = {key for key, row in customers.items() if row.shipments_at_most is not None}
        made = shipments_made(txn.conn, [head.order for head in heads if head.customer_id in limited])
        orders = [
            _order(head, lines[head.order], customers.get(head.customer_id), made.get(head.order, 0), self._day)
            for head in heads
        ]
        asked = [head.order for head in heads if head.status == OrderStatus.APPROVAL]
        said = verdicts(txn.conn, _STEP, asked) if asked else {}
        agreed = frozenset(head.order for head in heads if head.approved_availability)
        return AllocationBatch(orders, self._shelf(txn, orders), said, agreed)

    def _shelf(self, txn: Txn, orders: Sequence[OrderToServe]) -> Shelf:
        products = _products(txn.conn, {line.sku for order in orders for line in order.lines})
        offers = Remedy.ALTERNATIVE
        remedies = {self._policy.default_short_stock, *(order.short_stock for order in orders)}
        if offers in remedies or any(line.remedy == offers for order in orders for line in order.lines):
            _with_stand_ins(txn.conn, products)
        stock = txn.stock(products)
        return Shelf(
            free={sku: trimmed(stock[sku].on_hand - stock[sku].allocated - stock[sku].quarantined) for sku in products},
            reorder={sku: row.reorder_point for sku, row in products.items()},
            stand_ins={sku: row.alternative_sku for sku, row in products.items()},
            prices={sku: row.price for sku, row in products.items() if row.price is not None},
        )


def _ours() -> tuple[Any, ...]:
    """An approval before the credit check belongs to pricing; an order held by a person is left alone."""
    c = schema.orders.c
    return c.held.is_(False), c.credit_state == "Approved"


def _fairness(row: Row[Any]) -> tuple[Any, ...]:
    return (
        row.priority or NORMAL_PRIORITY,
        row.requested_date or row.order_date or dt.date.max,
        row.order_date or dt.date.max,
        natural_key(row.order),
    )


def _order(
    head: Row[Any], lines: Sequence[Row[Any]], customer: Row[Any] | None, made: int, day: dt.date
) -> OrderToServe:
    return OrderToServe(
        order=head.order,
        lines=tuple(
            LineToServe(line.line, line.sku, quantities_of(line), line.remedy, line.requested_date, line.availability)
            for line in lines
        ),
        ordered_on=head.order_date or day,
        wanted_on=head.requested_date,
        priority=head.priority or NORMAL_PRIORITY,
        short_stock=customer.short_stock if customer else "",
        shipments_at_most=customer.shipments_at_most if customer else None,
        shipments_made=made,
    )


def _products(conn: Connection, skus: Iterable[str]) -> dict[str, Any]:
    c = schema.products.c
    columns = [c.sku, c.reorder_point, c.alternative_sku, c.price]
    return {row.sku: row for row in rows_by_key(conn, columns, c.sku, skus)}


def _with_stand_ins(conn: Connection, products: dict[str, Any]) -> None:
    """Add the products that may stand in, and those that may stand in for them, until there are no more."""
    while missing := {row.alternative_sku for row in products.values() if row.alternative_sku} - set(products):
        found = _products(conn, missing)
        if not found:
            return
        products |= found


def _record(
    txn: Txn, heads: Sequence[Row[Any]], lines: Mapping[str, Sequence[Row[Any]]], decided: Sequence[AllocatedOrder]
) -> int:
    head_rows: list[dict[str, Any]] = []
    line_rows: list[dict[str, Any]] = []
    asks, settled = [], []
    for head, order in zip(heads, decided, strict=True):
        changed, allocated, cancelled = _lines(txn, lines[head.order], order)
        row = _head_row(txn, head, lines[head.order], changed, order)
        differs = any(getattr(head, name) != value for name, value in row.items())
        if not changed and not differs:
            continue
        line_rows += changed.values()
        head_rows.append(row)
        if order.ask:
            asks.append(_ask(head, order.ask))
        else:
            settled.append(head.order)
        if allocated or cancelled or row["status"] != head.status:
            told = {"status": row["status"], "lines": allocated} | ({"cancelled": cancelled} if cancelled else {})
            txn.record("stock allocated", head.order, told)
    txn.update(schema.orders, head_rows)
    txn.update(schema.order_lines, line_rows)
    ask(txn, asks)
    void(txn, _STEP, settled)
    return len(head_rows)


def _lines(
    txn: Txn, rows: Sequence[Row[Any]], order: AllocatedOrder
) -> tuple[dict[str, dict[str, Any]], dict[str, Decimal], dict[str, Decimal]]:
    """Rows of the lines that changed, and what the journal keeps of them: what was set aside and what cancelled."""
    changed: dict[str, dict[str, Any]] = {}
    told_allocated: dict[str, Decimal] = {}
    told_cancelled: dict[str, Decimal] = {}
    for old, line in zip(rows, order.served.lines, strict=True):
        said_anew = order.ask and line.why != old.why  # the manager reads what is to be approved
        if not line.why or not (said_anew or _moved(old, line)):
            continue
        allocated, cancelled = line.after.allocated - old.allocated, line.after.cancelled - old.cancelled
        if allocated:
            txn.reserve(line.sku, allocated)
            told_allocated[line.line] = allocated
        if cancelled:
            told_cancelled[line.line] = cancelled
        changed[line.line] = {
            "order": old.order,
            "line": line.line,
            "allocated": line.after.allocated,
            "cancelled": line.after.cancelled,
            "availability": str(line.availability),
            "promise_date": order.dates.get(line.line, old.promise_date),
            "why": line.why,
            **UNPROMISED,
        }
    return changed, told_allocated, told_cancelled


def _moved(old: Row[Any], line: ServedLine) -> bool:
    """A line keeps what was said when it last got or lost something: what others take does not concern it."""
    quantities = (line.after.allocated, line.after.cancelled) != (old.allocated, old.cancelled)
    return quantities or not old.availability or not old.why or line.limit not in old.why


def _head_row(
    txn: Txn, head: Row[Any], lines: Sequence[Row[Any]], changed: Mapping[str, Mapping[str, Any]], order: AllocatedOrder
) -> dict[str, Any]:
    dates = [
        changed[line.line]["promise_date"] if line.line in changed else line.promise_date
        for line, served in zip(lines, order.served.lines, strict=True)
        if served.after.open > ZERO
    ]
    ended = order.status is OrderStatus.CANCELLED
    return {
        "order": head.order,
        "status": str(order.status),
        **_waits(txn, head, order, moved=bool(changed)),
        "promise_date": whole_order_promise(dates),
        "approved_availability": head.approved_availability or order.approved,
        "closed_on": txn.day if ended else head.closed_on,
    }


def _waits(txn: Txn, head: Row[Any], order: AllocatedOrder, *, moved: bool) -> dict[str, Any]:
    """What stops the order; what picking, shipping or invoicing said of one that got nothing new stands."""
    if not order.waiting_for and not moved and head.status == order.status:
        return {name: getattr(head, name) for name in ("waiting_for", "waiting_who", "waiting_since")}
    since = head.waiting_since if head.waiting_since and head.status == order.status else txn.day
    return {
        "waiting_for": order.waiting_for,
        "waiting_who": order.waiting_who,
        "waiting_since": since if order.waiting_for else None,
    }


def _ask(head: Row[Any], content: str) -> Ask:
    return Ask(
        role="Inventory Manager",
        step=_STEP,
        subject=head.order,
        amount=head.total,
        currency=head.currency,
        content_hash=content,
        asked_by=head.asked_by,
    )
