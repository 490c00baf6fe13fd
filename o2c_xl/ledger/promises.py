"""The books behind promise dates: lines that wait for goods, and the goods that are on their way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Date, Text, bindparam, select, text

from o2c_xl.domain.allocation import NORMAL_PRIORITY, Demand, rank
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.promise import Incoming, Need, whole_order_promise
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import CHUNK, chunks, rows_by_key
from o2c_xl.ledger.orders import lines_of, plain, quantities_of
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.allocate import PromiseBatch, Promised, WantedDate

__all__ = ["renew_promises"]

_EXPECTED = " Expected: "
# lines in the index of short lines whose date is missing, has passed, or rests on a purchase order that may move
_DUE = (
    text(
        """
    SELECT DISTINCT l.sku
    FROM order_lines l JOIN orders o ON o."order" = l."order"
    WHERE l.availability <> '' AND l.quantity > l.allocated + l.shipped + l.cancelled
      AND o.status IN ('Availability', 'Approval', 'Backordered', 'To pick', 'Picked', 'Partly shipped')
      AND (l.promise_date IS NULL OR l.promise_date < :day OR EXISTS (
        SELECT 1 FROM purchase_order_lines p JOIN purchase_orders b ON b.po = p.po
        WHERE p.sku = l.sku AND b.status IN ('Sent', 'Partly received') AND p.quantity > p.received + p.cancelled))
    """
    )
    .bindparams(bindparam("day", type_=Date))
    .columns(sku=Text)
)
_SHORT = (
    text(
        """
    SELECT l."order", l.line
    FROM order_lines l JOIN orders o ON o."order" = l."order"
    WHERE l.sku IN :skus AND l.availability <> '' AND l.quantity > l.allocated + l.shipped + l.cancelled
      AND o.status IN ('Availability', 'Approval', 'Backordered', 'To pick', 'Picked', 'Partly shipped')
    """
    )
    .bindparams(bindparam("skus", expanding=True))
    .columns(order=Text, line=Text)
)


def renew_promises(ledger: Ledger, day: dt.date, decide: Callable[[PromiseBatch], Sequence[Promised]]) -> int:
    """Give lines without stock their earliest date; returns how many lines have another than before."""
    with ledger.reading() as conn:
        skus = sorted(conn.execute(_DUE, {"day": day}).scalars())
    count = 0
    for start in range(0, len(skus), CHUNK):
        part = skus[start : start + CHUNK]
        with ledger.reading() as conn:
            stale = decide(_batch(conn, part, day))
        if stale:
            with ledger.transaction(day) as txn:
                count += _record(txn, decide(_batch(txn.conn, part, day)))
    return count


def _batch(conn: Connection, skus: Sequence[str], day: dt.date) -> PromiseBatch:
    wanted = _wanted(conn, skus, day)
    s = schema.stock.c
    free = {
        row.sku: row.on_hand - row.allocated - row.quarantined for row in rows_by_key(conn, schema.stock, s.sku, skus)
    }
    return PromiseBatch(wanted, free, _incoming(conn, skus), _lead_days(conn, skus))


def _wanted(conn: Connection, skus: Sequence[str], day: dt.date) -> list[WantedDate]:
    """Short lines of these products, fairest first."""
    keys = {(row.order, row.line) for part in chunks(skus) for row in conn.execute(_SHORT, {"skus": part})}
    o, c = schema.orders.c, schema.order_lines.c
    query = [c.order, c.line, c.sku, c.quantity, c.allocated, c.shipped, c.cancelled, c.requested_date, c.promise_date]
    heads = {
        row.order: row
        for row in rows_by_key(
            conn, [o.order, o.order_date, o.requested_date, o.priority, o.shipping], o.order, {key for key, _ in keys}
        )
    }
    lines = rows_by_key(conn, query, c.order, heads)
    found = [_one(line, heads[line.order], day) for line in lines if (line.order, line.line) in keys]
    return [wanted for _, wanted in sorted(found, key=lambda pair: pair[0])]


def _one(line: Any, head: Any, day: dt.date) -> tuple[Any, WantedDate]:  # noqa: ANN401 -- rows
    short = plain(line.quantity - line.allocated - line.shipped - line.cancelled)
    requested = line.requested_date or head.requested_date
    place = rank(
        Demand(
            line.order,
            line.line,
            line.sku,
            short,
            head.order_date or day,
            requested,
            head.priority or NORMAL_PRIORITY,
        )
    )
    return place, WantedDate(Need(line.order, line.line, line.sku, short, head.shipping, requested), line.promise_date)


def _incoming(conn: Connection, skus: Iterable[str]) -> list[Incoming]:
    p, b = schema.purchase_order_lines.c, schema.purchase_orders.c
    found = []
    for part in chunks(skus):
        query = (
            select(p.po, p.sku, p.quantity, p.received, p.cancelled, b.expected)
            .join_from(schema.purchase_order_lines, schema.purchase_orders, b.po == p.po)
            .where(p.sku.in_(part), b.status.in_(("Sent", "Partly received")))
            .order_by(p.po, p.line)
        )
        for row in conn.execute(query):
            rest = (row.quantity or ZERO) - row.received - row.cancelled
            if rest > ZERO:
                found.append(Incoming(row.sku, row.po, rest, row.expected))
    return found


def _lead_days(conn: Connection, skus: Sequence[str]) -> dict[str, int]:
    """Days the preferred supplier needs: by its price row, else its own; products without either are left out."""
    p, s, x = schema.products.c, schema.suppliers.c, schema.supplier_prices.c
    preferred = {
        row.sku: row.preferred_supplier for row in rows_by_key(conn, [p.sku, p.preferred_supplier], p.sku, skus)
    }
    own = {
        row.supplier_id: row.lead_days
        for row in rows_by_key(conn, [s.supplier_id, s.lead_days], s.supplier_id, set(preferred.values()) - {""})
    }
    offers: dict[str, list[Any]] = {}
    for row in rows_by_key(conn, [x.sku, x.supplier_id, x.lead_days], x.sku, skus, x.lead_days.is_not(None)):
        offers.setdefault(row.sku, []).append(row)
    found = {}
    for sku in skus:
        chosen = preferred.get(sku, "")
        days = [row.lead_days for row in offers.get(sku, ()) if row.supplier_id == chosen or not chosen]
        best = min(days) if days else own.get(chosen)
        if best is not None:
            found[sku] = best
    return found


def _record(txn: Txn, promised: Sequence[Promised]) -> int:
    by_order: dict[str, dict[str, Promised]] = {}
    for one in promised:
        by_order.setdefault(one.order, {})[one.line] = one
    heads, rows = [], []
    for order, lines in lines_of(txn.conn, by_order).items():
        new = by_order[order]
        dates = []
        for line in lines:
            mine = new.get(line.line)
            if mine:
                why = f"{line.why.partition(_EXPECTED)[0]}{_EXPECTED}{mine.why}"
                rows.append({"order": order, "line": line.line, "promise_date": mine.on, "why": why})
            if quantities_of(line).open > ZERO:
                dates.append(mine.on if mine else line.promise_date)
        heads.append({"order": order, "promise_date": whole_order_promise(dates)})
        txn.record("delivery promised", order, {"lines": {key: one.on for key, one in new.items() if one.on}})
    txn.update(schema.orders, heads)
    txn.update(schema.order_lines, rows)
    return len(rows)
