"""Reading orders in batches: by status through its index, with their lines, never a query per order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, select, tuple_

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.orders import LineQuantities, OrderStatus
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["BATCH", "lines_of", "quantities_of", "status_pages"]

BATCH = 1_000


def quantities_of(line: Row[Any]) -> LineQuantities:
    """The quantities of a row of order lines; a line without a quantity yet counts as nothing ordered."""
    return LineQuantities(
        line.quantity or ZERO,
        line.allocated,
        line.picked,
        line.shipped,
        line.invoiced,
        line.returned,
        line.cancelled,
        line.returned_uninvoiced,
    )


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


def status_pages(
    conn: Connection, statuses: Sequence[OrderStatus], *where: ColumnElement[bool], after: tuple[str, str] = ("", "")
) -> Iterator[list[Row[Any]]]:
    """Orders in these statuses, a page of up to 1,000 at a time, by status and number.

    The page after the last row read is found through the index, so a page costs the same wherever it is; a row
    whose status changes meanwhile is not read twice.
    """
    table = schema.orders
    last = after
    while True:
        beyond = tuple_(table.c.status, table.c.order) > tuple_(*last)
        page = conn.execute(
            select(table)
            .where(table.c.status.in_([str(status) for status in statuses]), beyond, *where)
            .order_by(table.c.status, table.c.order)
            .limit(BATCH)
        ).all()
        if page:
            yield list(page)
            last = (page[-1].status, page[-1].order)
        if len(page) < BATCH:
            return
