"""The books behind promise dates: lines that wait for goods, and the goods that are on their way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Integer, Text, bindparam, func, or_, select, text, type_coerce

from o2c_xl.domain.buying.purchase_status import UNDER_WAY
from o2c_xl.domain.goods.allocation import NORMAL_PRIORITY, Demand, rank
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.promise import Incoming, Need, whole_order_promise
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.messages.telling import tell_delayed
from o2c_xl.ledger.ordering.orders import lines_of
from o2c_xl.ledger.owed import OWED
from o2c_xl.ledger.schema.partial import SHORT_L
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.ledger.types import Exact
from o2c_xl.steps.allocate import PromiseBatch, Promised, WantedDate

__all__ = ["renew_promises"]

# Lines in the index of short lines. The date of one without any goods in sight rests on its lead time alone and
# stands until it passes; where goods come, came or lie there, all who want them are looked at, as they share them.
_OF = "('Availability', 'Approval', 'Backordered', 'To pick', 'Picked', 'Partly shipped')"
_DUE = "(l.promise_date IS NULL OR l.promise_date < :day OR l.promise_firm)"
_COMING = text(
    """
    SELECT p.sku FROM purchase_order_lines p JOIN purchase_orders b ON b.po = p.po
    WHERE b.status IN ('Sent', 'Partly received') AND p.quantity + p.refused > p.received + p.cancelled
    UNION SELECT s.sku FROM stock s WHERE s.on_hand > s.allocated + s.quarantined
    """
).columns(sku=Text)
_COLUMNS = """l."order", l.line, l.sku, l.quantity - l.allocated - l.shipped - l.cancelled AS short,
    l.requested_date, l.promise_date, l.promised_from, l.promise_firm,
    o.order_date, o.requested_date AS wanted_on, o.priority"""
_TYPES: dict[str, Any] = {
    "order": Text, "line": Text, "sku": Text, "short": Exact, "requested_date": Date, "promise_date": Date,
    "promised_from": Text, "promise_firm": Boolean,
    "order_date": Date, "wanted_on": Date, "priority": Integer,
}  # fmt: skip
# SQLite takes a CROSS JOIN in the sequence written: short lines first, through their index, not all open
# orders; and a status that is reckoned leaves it no other way to the order than its key
_FROM = f"""
    FROM order_lines l CROSS JOIN orders o
    WHERE o."order" = l."order" AND {SHORT_L} AND (o.status || '') IN {_OF}
"""
_ALONE = text(f"SELECT {_COLUMNS} {_FROM} AND {_DUE}").bindparams(bindparam("day", type_=Date)).columns(**_TYPES)
_SHARED = (
    text(f"SELECT {_COLUMNS} {_FROM} AND l.sku IN :skus")
    .bindparams(bindparam("skus", expanding=True))
    .columns(**_TYPES)
)


def renew_promises(
    ledger: Ledger,
    day: dt.date,
    decide: Callable[[PromiseBatch], Sequence[Promised]],
    tell: frozenset[str] = frozenset(),
) -> int:
    """Give lines without stock their earliest date; returns how many lines have another, or for another reason.

    Customers are told of a later one, and of one that they were told would follow, where `tell` says so.
    """
    with ledger.reading() as conn:
        promised = _decide(conn, day, decide)
        head = conn.execute(select(func.max(schema.journal.c.seq))).scalar()
    if not promised:
        return 0
    with ledger.transaction(day) as txn:
        return _record(txn, promised if txn.head == head else _decide(txn.conn, day, decide), tell)


def _decide(conn: Connection, day: dt.date, decide: Callable[[PromiseBatch], Sequence[Promised]]) -> Sequence[Promised]:
    coming = list(conn.execute(_COMING).scalars())
    rows = {(row.order, row.line): row for row in conn.execute(_ALONE, {"day": day})}
    for part in chunks(coming):
        rows |= {(row.order, row.line): row for row in conn.execute(_SHARED, {"skus": part})}
    if not rows:
        return ()
    wanted = [one for _, one in sorted((_one(row, day) for row in rows.values()), key=itemgetter(0))]
    skus = sorted({row.sku for row in rows.values()})
    free = {
        row.sku: trimmed(row.on_hand - row.allocated - row.quarantined)
        for row in rows_by_key(conn, schema.stock, schema.stock.c.sku, skus)
    }
    return decide(PromiseBatch(wanted, free, _incoming(conn, skus), _lead_days(conn, skus, day)))


def _one(row: Any, day: dt.date) -> tuple[Any, WantedDate]:  # noqa: ANN401 -- a row
    """The line's place in the sequence of fairness, and what it needs."""
    short, requested = trimmed(row.short), row.requested_date or row.wanted_on
    ordered_on, priority = row.order_date or day, row.priority or NORMAL_PRIORITY
    place = rank(Demand(row.order, row.line, row.sku, short, ordered_on, requested, priority))
    need = Need(row.order, row.line, row.sku, short, requested)
    return place, WantedDate(need, row.promise_date, row.promised_from, row.promise_firm)


def _incoming(conn: Connection, skus: Iterable[str]) -> list[Incoming]:
    p, b = schema.purchase_order_lines.c, schema.purchase_orders.c
    found = []
    for part in chunks(skus):
        query = (
            select(p.po, p.sku, type_coerce(OWED, Exact).label("owed"), b.expected)
            .join_from(schema.purchase_order_lines, schema.purchase_orders, b.po == p.po)
            .where(p.sku.in_(part), b.status.in_(UNDER_WAY), OWED > ZERO)
            .order_by(p.po, p.line)
        )
        found += [Incoming(row.sku, row.po, row.owed, row.expected) for row in conn.execute(query)]
    return found


def _lead_days(conn: Connection, skus: Sequence[str], day: dt.date) -> dict[str, int | None]:
    """Days the preferred supplier needs, else the quickest, None where they do not say; nobody sells what is left out.

    A price says it, else its supplier does.
    """
    p, s, x = schema.products.c, schema.suppliers.c, schema.supplier_prices.c
    valid = (or_(x.valid_from.is_(None), x.valid_from <= day), or_(x.valid_to.is_(None), x.valid_to >= day))
    prices = list(rows_by_key(conn, [x.sku, x.supplier_id, x.lead_days], x.sku, skus, *valid))
    products = list(rows_by_key(conn, [p.sku, p.preferred_supplier], p.sku, skus))
    names = {row.supplier_id for row in prices} | {row.preferred_supplier for row in products} - {""}
    own = {
        row.supplier_id: row.lead_days for row in rows_by_key(conn, [s.supplier_id, s.lead_days], s.supplier_id, names)
    }
    sells: dict[str, dict[str, list[int | None]]] = {}
    for row in prices:
        if row.supplier_id in own:
            days = own[row.supplier_id] if row.lead_days is None else row.lead_days
            sells.setdefault(row.sku, {}).setdefault(row.supplier_id, []).append(days)
    found = {}
    for row in products:
        sellers = sells.get(row.sku, {})
        if row.preferred_supplier in own:
            sellers = {"": sellers.get(row.preferred_supplier, [own[row.preferred_supplier]])}
        if sellers:
            found[row.sku] = min((one for each in sellers.values() for one in each if one is not None), default=None)
    return found


_LINES = tuple(
    schema.order_lines.c[name]
    for name in ("order", "line", "position", "quantity", "shipped", "cancelled", "promise_date")
)


def _record(txn: Txn, promised: Sequence[Promised], tell: frozenset[str]) -> int:
    by_order: dict[str, dict[str, Promised]] = {}
    for one in promised:
        by_order.setdefault(one.order, {})[one.line] = one
    days: dict[str, dt.date | None] = {}
    for order, lines in lines_of(txn.conn, by_order, _LINES).items():
        new = by_order[order]
        dates = [
            new[line.line].on if line.line in new else line.promise_date
            for line in lines
            if (line.quantity or ZERO) > line.shipped + line.cancelled
        ]
        days[order] = whole_order_promise(dates)
        txn.record("delivery promised", order, {"lines": {key: one.on for key, one in new.items() if one.on}})
    if tell:
        tell_delayed(txn, tell, _later(txn.conn, days))
    txn.update(schema.orders, [{"order": order, "promise_date": day} for order, day in days.items()])
    txn.update(schema.order_lines, [_row(one) for one in promised])
    return len(promised)


def _later(conn: Connection, days: Mapping[str, dt.date | None]) -> dict[str, tuple[str, dt.date | None, dt.date]]:
    """Orders that come later than was promised, or had no date: customer, day promised before, day promised now."""
    c = schema.orders.c
    before = rows_by_key(conn, [c.order, c.customer_id, c.promise_date], c.order, days)
    return {
        row.order: (row.customer_id, row.promise_date, now)
        for row in before
        if (now := days[row.order]) and (row.promise_date is None or now > row.promise_date)
    }


def _row(one: Promised) -> dict[str, Any]:
    rests = {"promised_from": one.why, "promise_firm": one.firm}
    return {"order": one.order, "line": one.line, "promise_date": one.on, **rests}
