"""Reading orders in batches: by status through its index, with their lines, never a query per order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, case, func, select

from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.orders import LineQuantities, OrderStatus, natural_key
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Ledger

__all__ = [
    "BATCH",
    "QUANTITIES",
    "UNPROMISED",
    "WHY",
    "lines_of",
    "pending_orders",
    "quantities_of",
    "shipments_made",
    "still_pending",
]

BATCH = 1_000
_NAMES = ("quantity", "allocated", "picked", "shipped", "invoiced", "returned", "cancelled", "returned_uninvoiced")
_QUANTITIES = attrgetter(*_NAMES)
QUANTITIES: tuple[Column[Any], ...] = tuple(schema.order_lines.c[name] for name in _NAMES)
"""The columns that `quantities_of` reads."""
_LINE = schema.order_lines.c
WHY: ColumnElement[str] = case(
    (_LINE.promised_from != "", func.ltrim(_LINE.why + " Expected: " + _LINE.promised_from)), else_=_LINE.why
)
"""Why a line got stock or did not, and what the date of one that waits rests on."""
UNPROMISED: Mapping[str, Any] = MappingProxyType({"promised_from": "", "promise_firm": False})
"""Goes with what becomes of a line: its date rests on nothing that was said before."""


def quantities_of(line: Row[Any]) -> LineQuantities:
    """The quantities of a row of order lines; a line without a quantity yet counts as nothing ordered."""
    return _quantities(*_QUANTITIES(line))


@lru_cache(maxsize=1 << 14)  # the same quantities come back again and again
def _quantities(ordered: Decimal | None, *done: Decimal) -> LineQuantities:
    return LineQuantities(trimmed(ordered or ZERO), *map(trimmed, done))


def lines_of(
    conn: Connection, orders: Iterable[str], columns: Sequence[Column[Any]] | None = None
) -> dict[str, list[Row[Any]]]:
    """The lines of these orders, each order's in the sequence of its positions; `columns` must bring both keys."""
    found: dict[str, list[Row[Any]]] = {order: [] for order in orders}
    for row in rows_by_key(conn, columns or schema.order_lines, schema.order_lines.c.order, list(found)):
        found[row.order].append(row)
    for lines in found.values():
        if len(lines) > 1:
            lines.sort(key=lambda line: (line.position or 0, line.line))
    return found


def pending_orders(ledger: Ledger, statuses: Sequence[OrderStatus], *where: ColumnElement[bool]) -> list[list[str]]:
    """Keys of the orders in these statuses, in batches of up to 1,000, in the sequence in which they were ordered.

    Reads only keys, through the index of statuses: what it costs depends on what is open, not on the ledger's size.
    """
    c = schema.orders.c
    query = select(c.order, c.order_date).where(c.status.in_([str(status) for status in statuses]), *where)
    with ledger.reading() as conn:
        rows = conn.execute(query).all()
    keys = [row.order for row in sorted(rows, key=lambda row: (row.order_date or dt.date.max, natural_key(row.order)))]
    return [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]


def still_pending(
    conn: Connection,
    keys: Sequence[str],
    statuses: Sequence[OrderStatus],
    *where: ColumnElement[bool],
    columns: Sequence[Column[Any]] | None = None,
) -> list[Row[Any]]:
    """The orders of a batch, in its sequence, that no other writer has moved on meanwhile.

    `columns` (all by default) must bring the key; every exact number left out saves its conversion.
    """
    c = schema.orders.c
    found = {
        row.order: row
        for row in rows_by_key(
            conn, columns or schema.orders, c.order, keys, c.status.in_([str(s) for s in statuses]), *where
        )
    }
    return [found[key] for key in keys if key in found]


def shipments_made(conn: Connection, orders: Iterable[str]) -> dict[str, int]:
    """How many shipments each of these orders has, packed ones included; one without any is left out."""
    c = schema.shipments.c
    made: dict[str, int] = {}
    for row in rows_by_key(conn, [c.order], c.order, orders, c.status != "Cancelled"):
        made[row.order] = made.get(row.order, 0) + 1
    return made
