"""What orders wait for in stock: how much of which line, since when, and what gets it here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, case, select

from o2c_xl.domain.buying.purchase_status import DRAFTS, UNDER_WAY, PurchaseStatus
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.owed import OWED

__all__ = ["GOING_ON", "ShortOrder", "short_orders"]

_OPEN = (*UNDER_WAY, *DRAFTS)
_WITH_REST = ("To pick", "Picked", "Partly shipped")
_MOST_TOLD = 3
_ord, _line = s.orders.c, s.order_lines.c
_SHORT = (_line.availability != "") & (_line.quantity > _line.allocated + _line.shipped + _line.cancelled)
_REST: ColumnElement[bool] = (
    select(_line.line).where(_line.order == _ord.order, _SHORT).correlate(s.orders).limit(1).exists()
)
# `Waiting for` of an order of which a part goes on while the rest waits for stock; Waiting says how much, and for what
GOING_ON: ColumnElement[str] = case(
    (
        (_ord.waiting_for == "") & _ord.status.in_(_WITH_REST) & _REST,
        "A part waits for stock: see Backordered in Order Lines.",
    ),
    else_=_ord.waiting_for,
)


class ShortOrder(NamedTuple):
    """An order that lacks stock: `what` as a sentence, `todo` what gets it here."""

    what: str
    todo: str
    since: dt.date | None


def short_orders(conn: Connection, day: dt.date | None) -> dict[str, ShortOrder]:
    """Orders with lines without stock; on a `day` it is known which purchase orders are overdue."""
    columns = (_line.order, _line.line, _line.sku, _line.quantity, _line.allocated, _line.shipped, _line.cancelled)
    statement = select(*columns).join_from(s.order_lines, s.orders, _ord.order == _line.order)
    waits = (_ord.status == "Backordered") | _ord.status.in_(_WITH_REST)
    lines: dict[str, list[Any]] = {}
    for line in conn.execute(statement.where(waits, _SHORT).order_by(_line.order, _line.position)):
        lines.setdefault(line.order, []).append(line)
    skus = {line.sku for of in lines.values() for line in of}
    free = _free(conn, skus)
    lacking = {order: [one for one in of if _short(one) > free.get(one.sku, ZERO)] for order, of in lines.items()}
    lines = {order: lacking[order] or of for order, of in lines.items()}
    buying, apart = _buying(conn, skus), _quarantined(conn, skus)
    since = _since(conn, lines)
    return {
        order: ShortOrder(
            f"Waits for stock: {_told(of, free)}.", " ".join(_todo(of, buying, apart, day)), since.get(order)
        )
        for order, of in lines.items()
    }


def _short(line: Row[Any]) -> Decimal:
    missing: Decimal = line.quantity - line.allocated - line.shipped - line.cancelled
    return missing


def _free(conn: Connection, skus: set[str]) -> dict[str, Decimal]:
    """Stock that nobody has, by product: what an order that goes whole leaves while it waits for something else."""
    c = s.stock.c
    return {row.sku: row.on_hand - row.allocated - row.quarantined for row in rows_by_key(conn, s.stock, c.sku, skus)}


def _told(lines: Sequence[Row[Any]], free: Mapping[str, Decimal]) -> str:
    """How much of which line is not there; what lies free for an order that goes whole need not come."""
    left, told = dict(free), []
    for line in lines:
        there = max(ZERO, min(left.get(line.sku, ZERO), _short(line)))
        left[line.sku] = left.get(line.sku, ZERO) - there
        missing = _short(line) - there or _short(line)
        told.append(f"{plain_number(missing)} of {line.sku} (line {line.line})")
    return ", ".join(told)


def _buying(conn: Connection, skus: set[str]) -> dict[str, list[Any]]:
    """Purchase orders of which something of a product is still owed, the earliest first, drafts last."""
    p, b = s.purchase_order_lines.c, s.purchase_orders.c
    found: dict[str, list[Any]] = {}
    statement = select(b.po, b.status, b.expected, b.supplier_id).where(b.status.in_(_OPEN))
    heads = {row.po: row for row in conn.execute(statement)} if skus else {}
    for line in rows_by_key(conn, [p.po, p.sku], p.sku, skus, OWED > ZERO):
        if line.po in heads:
            found.setdefault(line.sku, []).append(heads[line.po])
    for rows in found.values():
        rows.sort(key=lambda row: (row.status not in UNDER_WAY, row.expected or dt.date.max, row.po))
    return found


def _quarantined(conn: Connection, skus: set[str]) -> dict[str, list[str]]:
    """Receipts of a product whose goods lie apart until it is decided whether they are good enough."""
    c = s.receipts.c
    found: dict[str, list[str]] = {}
    for row in rows_by_key(conn, [c.sku, c.receipt], c.sku, skus, c.status == "Quarantined"):
        found.setdefault(row.sku, []).append(row.receipt)
    return {sku: sorted(receipts) for sku, receipts in found.items()}


def _todo(
    lines: Sequence[Row[Any]],
    buying: Mapping[str, Sequence[Row[Any]]],
    apart: Mapping[str, Sequence[str]],
    day: dt.date | None,
) -> list[str]:
    told: dict[str, None] = {}
    for sku in dict.fromkeys(line.sku for line in lines):
        orders, receipts = buying.get(sku, ()), apart.get(sku, ())
        told |= dict.fromkeys(
            f"{receipt} of {sku} lies in quarantine: decide on it in Approvals." for receipt in receipts
        )
        told |= dict.fromkeys(_about(row, day) for row in orders)
        if not orders and not receipts:
            told[f"No purchase order brings {sku}: enter one, or choose another Remedy."] = None
    return list(told)[:_MOST_TOLD]


def _about(row: Row[Any], day: dt.date | None) -> str:
    if row.status == PurchaseStatus.DRAFT:
        return f"{row.po} is a draft: set its Action to Send."
    if row.status == PurchaseStatus.APPROVAL:
        return f"{row.po} waits for its approval."
    if row.expected is None:
        return f"{row.po} is under way: ask {row.supplier_id} when it comes."
    if day is not None and row.expected < day:
        return f"{row.po} was due {row.expected}: chase {row.supplier_id}, or enter in Receipts what came."
    return f"{row.po} is due {row.expected}."


def _since(conn: Connection, orders: Mapping[str, object]) -> dict[str, dt.date]:
    """The first day on which stock was looked for, per order, from the journal."""
    c = s.journal.c
    rows = rows_by_key(conn, [c.subject, c.day], c.subject, orders, c.event == "stock allocated")
    found: dict[str, dt.date] = {}
    for row in rows:
        found[row.subject] = min(row.day, found.get(row.subject, row.day))
    return found
