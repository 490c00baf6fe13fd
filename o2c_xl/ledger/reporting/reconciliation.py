"""Order by order: what was ordered, shipped, invoiced and paid, and what does not explain itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.reporting.report import Column, Page, Rows, Unit
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.settlements import SETTLES

__all__ = ["reconciliation_page"]

_ord, _inv, _set, _log = schema.orders.c, schema.invoices.c, schema.settlements.c, schema.journal.c
_PLACES, _OPEN = {"paid": 1, "credited": 2, "written_off": 3}, 4
_NOT_OPEN = ("Closed", "Cancelled", "Incomplete")
_AMOUNTS = (
    "Ordered",
    "Shipped",
    "Invoiced",
    "To invoice",
    "Invoice total",
    "Paid",
    "Credited",
    "Written off",
    "Open",
    "Difference",
)
_COLUMNS = (
    Column("Order", width=16),
    Column("Customer ID", width=16),
    Column("Order date", Unit.DATE, 12),
    Column("Status"),
    Column("Currency", width=10),
    *(Column(name, Unit.MONEY, 13, total=True) for name in _AMOUNTS),
)


def reconciliation_page(conn: Connection, first: dt.date, last: dt.date) -> Page:
    """Order by order what was ordered, shipped, invoiced and paid; orders of the period and those still open."""
    known = or_(_ord.order_date.is_(None), _ord.order_date <= last)
    among = and_(known, or_(_ord.order_date >= first, _ord.status.not_in(_NOT_OPEN)))
    return Page(
        "Reconciliation",
        "Is every order shipped, invoiced and paid?",
        "Ordered, shipped and invoiced are goods net of tax; what follows is of the invoices, with freight and tax. "
        "Difference is what paid, credited, written off and open do not explain. "
        f"Orders to {last}; status and goods are as the books stand now, invoice total to open as of {last}.",
        (Rows("OrdersReconciled", _COLUMNS, list(_rows(conn, among, last))),),
    )


def _rows(conn: Connection, among: ColumnElement[bool], last: dt.date) -> Iterator[tuple[Any, ...]]:
    goods, money = _goods(conn, among), _invoiced(conn, last)
    heads = (_ord.order, _ord.customer_id, _ord.order_date, _ord.status, _ord.currency)
    for head in conn.execute(select(*heads).where(among).order_by(_ord.order)):
        ordered, shipped, invoiced = goods.get(head.order, [ZERO, ZERO, ZERO])
        shipped = round_money(shipped, head.currency or "EUR")
        total, *settled = money.get(head.order, (ZERO,) * 5)
        rest = total - sum(settled, ZERO)
        yield *head, ordered, shipped, invoiced, shipped - invoiced, total, *settled, rest


def _goods(conn: Connection, among: ColumnElement[bool]) -> dict[str, list[Decimal]]:
    """Per order what was ordered, what shipped and stayed, and what is invoiced: goods, net of tax."""
    line = schema.order_lines.c
    columns = (line.order, line.net, line.quantity, line.shipped, line.returned_uninvoiced, line.invoiced_net)
    found: dict[str, list[Decimal]] = {}
    for row in conn.execute(select(*columns).join(schema.orders, _ord.order == line.order).where(among)):
        sums = found.setdefault(row.order, [ZERO, ZERO, ZERO])
        share = (row.shipped - row.returned_uninvoiced) / row.quantity if row.quantity else ZERO
        sums[0] += row.net
        sums[1] += row.net * share
        sums[2] += row.invoiced_net
    return found


def _invoiced(conn: Connection, last: dt.date) -> dict[str, list[Decimal]]:
    """Per order total, paid, credited, written off and open of its invoices at the end of `last`."""
    columns = (_inv.total, _inv.paid, _inv.credited, _inv.written_off, _inv.open)
    posted = (_log.day <= last, _inv.kind == "Invoice", _inv.order != "")
    statement = (
        select(_inv.order, *(func.sum(column) for column in columns))
        .join(schema.journal, _log.seq == _inv.entry)
        .where(*posted)
        .group_by(_inv.order)
    )
    later = (
        select(_inv.order, _set.kind, func.sum(_set.amount))
        .join(schema.settlements, _set.invoice == _inv.invoice)
        .join(schema.journal, _log.seq == _inv.entry)
        .where(*posted, _set.day > last)
        .group_by(_inv.order, _set.kind)
    )
    found = {row[0]: list(row[1:]) for row in conn.execute(statement)}
    for order, kind, amount in conn.execute(later):
        found[order][_PLACES[SETTLES[kind]]] -= amount
        found[order][_OPEN] += amount
    return found
