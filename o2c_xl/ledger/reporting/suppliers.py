"""Suppliers as the report counts them: how much they delivered, how late, how good."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from o2c_xl.domain.buying.purchase_status import UNDER_WAY
from o2c_xl.domain.goods.slips import PENDING
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.reporting.figures import share
from o2c_xl.domain.reporting.report import Column, Page, Rows, Unit
from o2c_xl.ledger import schema

__all__ = ["suppliers_page"]

_COLUMNS = (
    Column("Supplier ID", width=16),
    Column("Name", width=26),
    Column("Receipts", Unit.COUNT, total=True),
    Column("Quantity", Unit.QUANTITY, total=True),
    Column("On time", Unit.SHARE),
    Column("Days late", Unit.DAYS),
    Column("Refused", Unit.SHARE),
    Column("Open orders", Unit.COUNT, total=True),
    Column("Open net", Unit.MONEY, total=True),
)


def suppliers_page(conn: Connection, first: dt.date, last: dt.date) -> Page:
    """What suppliers delivered in the period: how much, how late, how good."""
    return Page(
        "Suppliers",
        "Who delivers on time and in good order?",
        "Receipts of the period, on time of those with an expected date; open purchase orders as the books stand now. "
        "Empty = nothing was delivered.",
        (Rows("SuppliersRecord", _COLUMNS, list(_records(conn, first, last))),),
    )


def _records(conn: Connection, first: dt.date, last: dt.date) -> Iterator[tuple[Any, ...]]:
    sums, ordered = _came(conn, first, last), _open(conn)
    sup = schema.suppliers.c
    for supplier, name in conn.execute(select(sup.supplier_id, sup.name).order_by(sup.supplier_id)):
        receipts, quantity, refused, expected, late, days = sums[supplier]
        on_time = share(expected - late, expected)
        days_late = days / late if late else None
        yield supplier, name, receipts, quantity, on_time, days_late, share(refused, quantity), *ordered[supplier]


def _came(conn: Connection, first: dt.date, last: dt.date) -> dict[str, list[Decimal]]:
    """Per supplier: receipts, quantity, refused of it; receipts with an expected date, late ones, their days late."""
    rec, po = schema.receipts.c, schema.purchase_orders.c
    columns = (po.supplier_id, rec.quantity, rec.refused, rec.days_late)
    statement = select(*columns).join(schema.purchase_orders, po.po == rec.po)
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO] * 6)
    for row in conn.execute(statement.where(rec.status.not_in(PENDING), rec.received_on.between(first, last))):
        late = max(row.days_late or 0, 0)
        expected = row.days_late is not None
        more = (Decimal(1), row.quantity or ZERO, row.refused, Decimal(expected), Decimal(late > 0), Decimal(late))
        sums[row.supplier_id] = [a + b for a, b in zip(sums[row.supplier_id], more, strict=True)]
    return sums


def _open(conn: Connection) -> dict[str, tuple[int, Decimal]]:
    """Per supplier how many purchase orders are open, and their net."""
    po = schema.purchase_orders.c
    statement = select(po.supplier_id, func.count(), func.sum(po.net)).where(po.status.in_(UNDER_WAY))
    found: dict[str, tuple[int, Decimal]] = defaultdict(lambda: (0, ZERO))
    found |= {supplier: (count, net) for supplier, count, net in conn.execute(statement.group_by(po.supplier_id))}
    return found
