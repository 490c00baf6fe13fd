"""Fulfilment, backorders and steps as the report counts them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.reporting.figures import Fulfilment, median, percentile
from o2c_xl.domain.reporting.report import Column, Page, Rows, Unit
from o2c_xl.ledger import schema
from o2c_xl.ledger.ordering.orders import WHY

__all__ = [
    "STEPS",
    "Line",
    "Shortage",
    "backorders_page",
    "fulfilment_page",
    "lines_of_period",
    "shortages",
    "step_days",
]

STEPS = ("Order to release", "Release to pick", "Pick to ship", "Ship to invoice", "Invoice to cash", "Order to cash")
_RELEASED, _PICKED = "stock allocated", "goods picked"
_NOT_FIRM = ("Incomplete", "Cancelled")
_DONE = ("Closed", "Cancelled", "Invoiced", "Shipped", "Incomplete")
_ord, _line = schema.orders.c, schema.order_lines.c
_LINE: tuple[ColumnElement[Any], ...] = (
    _line.order,
    _line.line,
    _line.sku,
    _line.quantity,
    _line.shipped,
    _line.cancelled,
    _line.allocated,
    _line.net,
    _line.promise_date,
    WHY.label("why"),
    _line.availability,
    _ord.status,
    _ord.order_date,
    _ord.customer_id,
    _ord.currency,
)
_DAYS = (
    Column("Step", width=20),
    Column("Orders", Unit.COUNT),
    Column("Median days", Unit.DAYS),
    Column("90 % within days", Unit.DAYS, 16),
)
_FULFILLED = (
    Column("Order", width=20),
    Column("Line"),
    Column("SKU"),
    Column("Customer ID", width=16),
    Column("Order date", Unit.DATE),
    Column("Ordered", Unit.QUANTITY, total=True),
    Column("Shipped", Unit.QUANTITY, total=True),
    Column("Promised", Unit.DATE),
    Column("Shipped on", Unit.DATE),
    Column("In full", width=10),
    Column("On time", width=10),
)
_WAITED_FOR = (
    Column("Order", width=16),
    Column("Line", width=8),
    Column("SKU"),
    Column("Customer ID", width=16),
    Column("Order date", Unit.DATE),
    Column("To ship", Unit.QUANTITY, total=True),
    Column("Short", Unit.QUANTITY, total=True),
    Column("Net short", Unit.MONEY, total=True),
    Column("Promised", Unit.DATE),
    Column("Why", width=50),
)


@dataclass(frozen=True, slots=True)
class Line:
    """An order line that should have shipped, or has."""

    line: str
    sku: str
    customer: str
    order_date: dt.date | None
    seen: Fulfilment


def lines_of_period(conn: Connection, first: dt.date, last: dt.date) -> list[Line]:
    """Lines of orders taken in a period that shipped, or whose promised day is over."""
    shipped = _last_shipments(conn, first)
    where = (_ord.order_date.between(first, last), _ord.status.not_in(_NOT_FIRM), _line.quantity > ZERO)
    statement = select(*_LINE).join(schema.orders, _ord.order == _line.order).where(*where)
    found = []
    for row in conn.execute(statement.order_by(_line.order, _line.position)):
        on = shipped.get((row.order, row.line))
        due = row.promise_date or row.order_date
        if row.cancelled >= row.quantity or (on is None and due is not None and due > last):
            continue
        seen = Fulfilment(row.order, row.quantity, row.shipped, row.promise_date, on)
        found.append(Line(row.line, row.sku, row.customer_id, row.order_date, seen))
    return found


def _last_shipments(conn: Connection, first: dt.date) -> dict[tuple[str, str], dt.date]:
    head, part = schema.shipments.c, schema.shipment_lines.c
    statement = (
        select(part.order, part.line, func.max(head.shipped_on))
        .join(schema.shipments, head.shipment == part.shipment)
        .where(head.shipped_on >= first, head.entry.is_not(None))
        .group_by(part.order, part.line)
    )
    return {(order, line): day for order, line, day in conn.execute(statement)}


def fulfilment_page(lines: Sequence[Line], steps: Mapping[str, Sequence[int]]) -> Page:
    """How long each step took, and each line with whether it went out in full and on time."""
    rows = [
        (
            one.seen.order,
            one.line,
            one.sku,
            one.customer,
            one.order_date,
            one.seen.ordered,
            one.seen.shipped,
            one.seen.promised,
            one.seen.shipped_on,
            "Yes" if one.seen.full else "No",
            "Yes" if one.seen.on_time else "No",
        )
        for one in lines
    ]
    return Page(
        "Fulfilment",
        "Do customers get all of it, when we said, and where does the time go?",
        "Lines of orders taken in the period that shipped or whose promised day is over. Days are calendar days.",
        (
            Rows(
                "DaysPerStep",
                _DAYS,
                [
                    (step, len(steps.get(step, ())), median(steps.get(step, ())), percentile(steps.get(step, ()), 90))
                    for step in STEPS
                ],
                "Days per step of the orders that went through it",
            ),
            Rows(
                "LinesFulfilled",
                _FULFILLED,
                rows,
                "Line by line",
            ),
        ),
    )


def step_days(conn: Connection, first: dt.date, last: dt.date) -> dict[str, list[int]]:
    """How many days each step took, for orders taken in a period."""
    taken = {
        row.order: row.order_date
        for row in conn.execute(select(_ord.order, _ord.order_date).where(_ord.order_date.between(first, last)))
    }
    marks = (
        taken,
        _first_events(conn, _RELEASED, first),
        _first_events(conn, _PICKED, first),
        _first_days(conn, schema.shipments.c.order, schema.shipments.c.shipped_on, first),
        _first_days(conn, schema.invoices.c.order, schema.invoices.c.invoice_date, first),
        _paid_on(conn),
    )
    days: dict[str, list[int]] = {step: [] for step in STEPS}
    for order, day in taken.items():
        stops = [mark.get(order) for mark in marks]
        for step, start, end in zip(STEPS, stops, stops[1:], strict=False):
            if start is not None and end is not None and end >= start:
                days[step].append((end - start).days)
        if day is not None and stops[-1] is not None:
            days[STEPS[-1]].append((stops[-1] - day).days)
    return days


def _first_events(conn: Connection, event: str, first: dt.date) -> dict[str, dt.date]:
    c = schema.journal.c
    statement = select(c.subject, func.min(c.day)).where(c.event == event, c.day >= first).group_by(c.subject)
    return {row[0]: row[1] for row in conn.execute(statement)}


def _first_days(conn: Connection, order: Any, day: Any, first: dt.date) -> dict[str, dt.date]:  # noqa: ANN401 -- columns
    statement = select(order, func.min(day)).where(day >= first, order != "").group_by(order)
    return {row[0]: row[1] for row in conn.execute(statement)}


def _paid_on(conn: Connection) -> dict[str, dt.date]:
    """The day the last invoice of an order was paid, for orders with nothing open."""
    inv, done = schema.invoices.c, schema.settlements.c
    open_ = {row[0] for row in conn.execute(select(inv.order).where(inv.open != ZERO))}
    statement = (
        select(inv.order, func.max(done.day))
        .join(schema.settlements, done.invoice == inv.invoice)
        .where(done.kind == "payment", inv.order != "")
        .group_by(inv.order)
    )
    return {order: day for order, day in conn.execute(statement) if order not in open_}


# --- backorders ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shortage:
    """What of an order line is still to ship, and how much of that has no stock set aside."""

    row: Any
    to_ship: Decimal
    short: Decimal

    def worth(self, quantity: Decimal) -> Decimal:
        """The net value of so much of the line."""
        return round_money(self.row.net * quantity / self.row.quantity, self.row.currency or "EUR")


def shortages(conn: Connection, last: dt.date) -> list[Shortage]:
    """Every line of an open order dated by `last` with something still to ship, as the books stand now."""
    rest = _line.quantity - _line.shipped - _line.cancelled
    statement = select(*_LINE).join(schema.orders, _ord.order == _line.order)
    dated = or_(_ord.order_date.is_(None), _ord.order_date <= last)
    where = (dated, _ord.status.not_in(_DONE), _line.quantity > ZERO, rest > ZERO)
    rows = conn.execute(statement.where(*where).order_by(_line.order, _line.position))
    return [Shortage(row, open_ := row.quantity - row.shipped - row.cancelled, _short(row, open_)) for row in rows]


def _short(row: Any, to_ship: Decimal) -> Decimal:  # noqa: ANN401 -- a row
    """What has no stock; nothing where the order waits for something else, so that nobody has looked for stock yet."""
    return to_ship - row.allocated if row.availability and row.status != "Incomplete" else ZERO


def backorders_page(found: Iterable[Shortage], last: dt.date) -> Page:
    """What is ordered and cannot be served from stock."""
    rows = [
        (
            one.row.order,
            one.row.line,
            one.row.sku,
            one.row.customer_id,
            one.row.order_date,
            one.to_ship,
            one.short,
            one.worth(one.short),
            one.row.promise_date,
            one.row.why,
        )
        for one in found
        if one.short > ZERO
    ]
    return Page(
        "Backorders",
        "What are customers waiting for because it is not in stock?",
        f"Lines of orders to {last} with more to ship than is set aside for them, as the books stand now.",
        (
            Rows(
                "Backordered",
                _WAITED_FOR,
                rows,
            ),
        ),
    )
