"""The books behind returns: typed rows with the orders, shipments and invoices they belong to."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from o2c_xl.domain.accounts import return_legs
from o2c_xl.domain.goods.slips import NOT_POSTED
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.invoices.crediting import InvoiceToCredit
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.recounting import Told, recount
from o2c_xl.ledger.invoices.crediting import NewNote, post_credit_notes
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.orders import lines_of, quantities_of
from o2c_xl.ledger.papers.credit_notes import creditable
from o2c_xl.ledger.slips import mark_faults, pending_slips, still_pending_slips
from o2c_xl.ledger.store import Ledger, Source, Txn
from o2c_xl.steps.post_returns import (
    PostedReturn,
    ReturnBatch,
    ReturnedOrder,
    ReturnsDecided,
    ReturnToPost,
    ShippedLine,
)

__all__ = ["ReturnBooks"]

_orders, _returns = schema.orders.c, schema.returns.c
_EVENT = "goods returned"
_Key = tuple[str, str]


class ReturnBooks:
    """Reads and records in batches of up to 500 returns, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date, policy: Policy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy

    def work_off(self, decide: Callable[[ReturnBatch], ReturnsDecided]) -> int:
        """Post every return that can be; returns how many were."""
        count = 0
        for keys in pending_slips(self._ledger, self._day, schema.returns, _returns.returned_on):
            with self._ledger.transaction(self._day) as txn:
                rows = still_pending_slips(txn.conn, schema.returns, keys)
                decided = decide(_read(txn.conn, rows, self._policy.values))
                mark_faults(txn, schema.returns, "return refused", rows, decided.faults)
                _record(txn, rows, decided, self._policy.currency)
            count += len(decided.posted)
        return count


def _read(conn: Connection, rows: Sequence[Row[Any]], settings: Mapping[str, str]) -> ReturnBatch:
    keys = {row.order for row in rows}
    heads = list(rows_by_key(conn, [_orders.order, _orders.status], _orders.order, keys))
    lines = lines_of(conn, [head.order for head in heads])
    sent, back = _sent(conn, keys), _came_back(conn, keys)
    invoices: dict[str, list[InvoiceToCredit]] = {}
    for invoice in creditable(conn, "order", keys, settings).values():
        invoices.setdefault(invoice.order, []).append(invoice)
    orders = {
        head.order: ReturnedOrder(
            head.order,
            head.status,
            [_shipped(line, sent, back) for line in lines[head.order]],
            invoices.get(head.order, ()),
        )
        for head in heads
    }
    returns = [
        ReturnToPost(
            key=getattr(row, "return"),
            order=row.order,
            sku=row.sku,
            quantity=row.quantity,
            restock=row.restock,
            reason=row.reason,
            returned_on=row.returned_on,
            waited=row.status == NOT_POSTED,
        )
        for row in rows
    ]
    return ReturnBatch(returns, orders)


def _shipped(
    line: Row[Any], sent: Mapping[_Key, tuple[Decimal, dt.date | None]], back: Mapping[_Key, Decimal]
) -> ShippedLine:
    key = line.order, line.line
    cost, since = sent.get(key, (ZERO, None))
    return ShippedLine(line.line, line.sku, quantities_of(line), cost - back.get(key, ZERO), since)


def _came_back(conn: Connection, orders: Iterable[str]) -> dict[_Key, Decimal]:
    """By order line what the goods that came back before had left the stock account at."""
    log, slip = schema.journal.c, _returns["return"]
    of = {row[0]: row[1] for row in rows_by_key(conn, [slip, _returns.order], _returns.order, orders)}
    found: dict[_Key, Decimal] = {}
    for row in rows_by_key(conn, [log.subject, log.data], log.subject, of, log.event == _EVENT):
        for line, cost in json.loads(row.data)["costs"].items():
            key = of[row.subject], line
            found[key] = found.get(key, ZERO) + Decimal(cost)
    return found


def _sent(conn: Connection, orders: Iterable[str]) -> dict[_Key, tuple[Decimal, dt.date | None]]:
    """What left the stock account for each order line, and when the first of it did."""
    s, line = schema.shipments.c, schema.shipment_lines.c
    days = {
        row.shipment: row.shipped_on
        for row in rows_by_key(conn, [s.shipment, s.shipped_on], s.order, orders, s.status == "Shipped")
    }
    found: dict[_Key, tuple[Decimal, dt.date | None]] = {}
    for row in rows_by_key(conn, schema.shipment_lines, line.shipment, days):
        cost, since = found.get((row.order, row.line), (ZERO, None))
        first = min(filter(None, (since, days[row.shipment])), default=None)
        found[row.order, row.line] = cost + row.cost, first
    return found


def _record(txn: Txn, rows: Sequence[Row[Any]], decided: ReturnsDecided, currency: str) -> None:
    typed = {getattr(row, "return"): row for row in rows}
    entries = [_tell(txn, one, typed[one.key], currency) for one in decided.posted]
    back = [Told(one.sku, typed[one.key].returned_on, one.quantity) for one in decided.posted if one.restocked]
    recount(txn, back, currency)
    invoices = list(decided.credits)
    numbers = post_credit_notes(txn, [NewNote(name, *decided.credits[name]) for name in invoices])
    note_of = dict(zip(invoices, numbers, strict=True))
    txn.update(
        schema.returns, [_posted(one, entry, note_of) for one, entry in zip(decided.posted, entries, strict=True)]
    )
    txn.update(
        schema.order_lines,
        [
            {
                "order": order,
                "line": line,
                "returned": now.returned,
                "returned_uninvoiced": now.returned_uninvoiced,
            }
            for (order, line), now in decided.after.items()
        ],
    )
    # a closed order that is credited is open again until its credit is settled
    changed = [{"order": key, "status": str(now), "closed_on": None} for key, now in decided.statuses.items()]
    txn.update(schema.orders, changed)


def _tell(txn: Txn, one: PostedReturn, row: Row[Any], currency: str) -> int:
    """Goods given up stay where they went when they shipped: in cost of goods sold, and out of stock."""
    value = sum(one.costs.values(), ZERO)
    moves = [Move(one.sku, one.quantity, value, "return")] if one.restocked else []
    legs = return_legs(value, currency) if one.restocked else []
    data = {"order": one.order, "lines": dict(one.lines), "costs": dict(one.costs)}
    return txn.record(_EVENT, one.key, data, legs, moves, Source(row.source, row.sheet, row.row or 0))


def _posted(one: PostedReturn, entry: int, note_of: Mapping[str, str]) -> dict[str, Any]:
    return {
        "return": one.key,
        "status": "Posted",
        "problem": "",
        "credit_note": ", ".join(note_of[name] for name in one.invoices if name in note_of),
        "entry": entry,
    }
