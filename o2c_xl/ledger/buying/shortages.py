"""Products that need buying: found by the database, so that ten thousand with enough stock cost little."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Date, Text, bindparam, text

from o2c_xl.domain.buying.replenishment import StockLevel
from o2c_xl.domain.money import trimmed
from o2c_xl.domain.ordering.orders import natural_key
from o2c_xl.ledger.schema.partial import SHORT_L
from o2c_xl.ledger.types import Exact

__all__ = ["find_shortages", "unsourced", "unsourced_low"]

# Orders that are not confirmed or released yet have a status before these.
_SHORT = f"""
    SELECT l.sku, l."order", l.quantity - l.allocated - l.shipped - l.cancelled AS quantity,
        COALESCE(l.requested_date, o.requested_date) AS wanted
    FROM order_lines l JOIN orders o ON o."order" = l."order"
    WHERE {SHORT_L}
      AND o.status IN ('Availability', 'Backordered', 'To pick', 'Picked', 'Partly shipped')
"""  # noqa: S608 - a constant
# What suppliers still owe, refused goods included, what people have drafted, and what came but waits for a manager's
# decision: none of it is to be bought again. Python's own drafts do not count.
_ON_ORDER = """
    SELECT sku, SUM(quantity) AS quantity FROM (
        SELECT l.sku AS sku, l.quantity - l.cancelled - l.received + l.refused AS quantity
        FROM purchase_orders p JOIN purchase_order_lines l ON l.po = p.po
        WHERE (p.status IN ('Sent', 'Partly received') OR (p.status IN ('Draft', 'Approval') AND NOT p.proposed))
          AND l.quantity - l.cancelled - l.received + l.refused > 0
        UNION ALL
        SELECT sku, quantity FROM receipts WHERE status = 'Quarantined'
    ) AS arriving
    GROUP BY sku
"""
_LEVELS = text(
    f"""
    WITH short AS (SELECT sku, SUM(quantity) AS quantity FROM ({_SHORT}) AS lines GROUP BY sku),
         coming AS ({_ON_ORDER})
    SELECT p.sku, COALESCE(s.on_hand - s.quarantined, 0) AS usable, COALESCE(c.quantity, 0) AS on_order,
        COALESCE(s.allocated, 0) AS allocated, COALESCE(b.quantity, 0) AS backordered,
        p.reorder_point, p.reorder_quantity, p.discontinued, p.preferred_supplier
    FROM products p LEFT JOIN stock s ON s.sku = p.sku LEFT JOIN short b ON b.sku = p.sku
        LEFT JOIN coming c ON c.sku = p.sku
    WHERE b.quantity > 0 OR (p.reorder_point IS NOT NULL AND p.discontinued <> 'Yes'
        AND COALESCE(s.on_hand - s.quarantined - s.allocated, 0) + COALESCE(c.quantity, 0) <= p.reorder_point)
    ORDER BY p.sku
    """  # noqa: S608 -- our own parts
).columns(
    sku=Text,
    usable=Exact,
    on_order=Exact,
    allocated=Exact,
    backordered=Exact,
    reorder_point=Exact,
    reorder_quantity=Exact,
    discontinued=Text,
    preferred_supplier=Text,
)
_WAITING = text(f'SELECT x.sku, x."order", x.wanted FROM ({_SHORT}) AS x').columns(sku=Text, order=Text, wanted=Date)  # noqa: S608 -- our own parts
# What is on its way, and what lies free while orders that go whole wait for something else.
_COVERED = "(COALESCE(c.quantity, 0) + COALESCE(f.on_hand - f.quarantined - f.allocated, 0))"
# Nobody sells the product of `{0}`.
_UNSOLD = """
    NOT EXISTS (SELECT 1 FROM supplier_prices x JOIN suppliers y ON y.supplier_id = x.supplier_id
                WHERE x.sku = {0}.sku AND (x.valid_from IS NULL OR x.valid_from <= :day)
                  AND (x.valid_to IS NULL OR x.valid_to >= :day))
    AND NOT EXISTS (SELECT 1 FROM suppliers z WHERE z.supplier_id = {0}.preferred_supplier)
"""
_NOBODY = (
    text(
        f"""
    SELECT b.sku, SUM(b.quantity) - {_COVERED} AS quantity, MIN(COALESCE(o.waiting_since, o.received_on)) AS since
    FROM ({_SHORT}) AS b JOIN orders o ON o."order" = b."order" JOIN products p ON p.sku = b.sku
        LEFT JOIN ({_ON_ORDER}) AS c ON c.sku = b.sku LEFT JOIN stock f ON f.sku = b.sku
    WHERE {_UNSOLD.format("p")}
    GROUP BY b.sku, c.quantity, f.on_hand, f.quarantined, f.allocated
    HAVING SUM(b.quantity) > {_COVERED} ORDER BY b.sku
    """  # noqa: S608 -- our own parts
    )
    .bindparams(bindparam("day", type_=Date))
    .columns(sku=Text, quantity=Exact, since=Date)
)

# Below the reorder point since stock last moved, or since the product was last changed.
_LOW = (
    text(
        f"""
    SELECT p.sku, COALESCE((SELECT MAX(m.day) FROM movements m WHERE m.sku = p.sku),
        (SELECT MAX(j.day) FROM journal j WHERE j.subject = p.sku AND j.event = 'product changed')) AS since
    FROM products p LEFT JOIN stock f ON f.sku = p.sku LEFT JOIN ({_ON_ORDER}) AS c ON c.sku = p.sku
    WHERE p.reorder_point IS NOT NULL AND p.discontinued <> 'Yes' AND {_COVERED} <= p.reorder_point
      AND {_UNSOLD.format("p")} AND p.sku NOT IN (SELECT x.sku FROM ({_SHORT}) AS x)
    ORDER BY p.sku
    """  # noqa: S608 -- our own parts
    )
    .bindparams(bindparam("day", type_=Date))
    .columns(sku=Text, since=Date)
)
_MEND = "Enter its Preferred supplier, a price in Supplier Prices, or a purchase order."


def find_shortages(conn: Connection) -> list[StockLevel]:
    """Every product that customers wait for or that is at or below its reorder point, with the sum of its stock."""
    rows = conn.execute(_LEVELS).all()
    if not rows:
        return []
    orders, wanted = _waiting(conn)
    return [_level(row, orders.get(row.sku, ()), wanted.get(row.sku)) for row in rows]


def _level(row: Any, orders: Sequence[str], wanted: dt.date | None) -> StockLevel:  # noqa: ANN401 -- a row
    def exact(name: str) -> Any:  # noqa: ANN401 -- a number or nothing
        value = row._mapping[name]
        return None if value is None else trimmed(value)

    return StockLevel(
        row.sku,
        exact("usable"),
        exact("on_order"),
        exact("allocated"),
        exact("backordered"),
        exact("reorder_point"),
        exact("reorder_quantity"),
        discontinued=row.discontinued == "Yes",
        for_orders=tuple(sorted(set(orders), key=natural_key)),
        needed_by=wanted,
    )


def _waiting(conn: Connection) -> tuple[dict[str, list[str]], dict[str, dt.date]]:
    """By product the orders that wait for it, and the earliest date any of them is wanted."""
    orders: dict[str, list[str]] = {}
    wanted: dict[str, dt.date] = {}
    for sku, order, day in conn.execute(_WAITING):
        orders.setdefault(sku, []).append(order)
        if day is not None:
            wanted[sku] = min(day, wanted.get(sku, day))
    return orders, wanted


def unsourced(conn: Connection, day: dt.date) -> list[tuple[str, dt.date | None, str]]:
    """Products that orders wait for and that nobody is known to sell: SKU, since when, and what to do."""
    return [
        (row.sku, row.since, f"Orders wait for {trimmed(row.quantity)}, and no supplier sells it. {_MEND}")
        for row in conn.execute(_NOBODY, {"day": day})
    ]


def unsourced_low(conn: Connection, day: dt.date) -> list[tuple[str, dt.date | None, str]]:
    """The same of products for which no order waits yet, but whose stock is at or below the reorder point."""
    low = f"Stock is at or below its Reorder point, and no supplier sells it. {_MEND}"
    return [(row.sku, row.since, low) for row in conn.execute(_LOW, {"day": day})]
