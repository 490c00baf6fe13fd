"""The books behind picking: orders with stock set aside and rows on pick lists, read and recorded in batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, func, select

from o2c_xl.domain.goods.allocation import NORMAL_PRIORITY
from o2c_xl.domain.goods.picking import PickTask
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.orders import LineQuantities, OrderStatus
from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.short_picks import SHORT_PICK
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.ordering.orders import BATCH, QUANTITIES, UNPROMISED, lines_of, pending_orders, quantities_of
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.pick import LineToPick, OpenPick, OrderPicked, OrderToPick, PickingDecided

__all__ = ["PickingBooks"]

_OPEN = ("To pick", "Packed")
_LISTED_FROM = (OrderStatus.TO_PICK, OrderStatus.PARTLY_SHIPPED, OrderStatus.BACKORDERED)
_orders, _lines, _picks = schema.orders.c, schema.order_lines.c, schema.picks.c
_HEADS = (_orders.order, _orders.status, _orders.priority, _orders.requested_date)
_LINES = (
    _lines.order,
    _lines.line,
    _lines.position,
    _lines.sku,
    _lines.promise_date,
    _lines.requested_date,
    *QUANTITIES,
)


class PickingBooks:
    """Reads and records in batches of up to 1,000 orders, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def work_off(self, decide: Callable[[Sequence[OrderToPick]], PickingDecided], until: dt.date) -> int:
        """Work on every order with something to fetch or to take over; returns how many changed.

        What is wanted after `until` is not fetched yet.
        """
        count = 0
        keys = iter(self._pending(until))
        while batch := list(islice(keys, BATCH)):
            with self._ledger.transaction(self._day) as txn:
                decided = decide(_read(txn.conn, batch))
                _record(txn, decided)
                count += len(decided.orders)
        return count

    def _pending(self, until: dt.date) -> list[str]:
        with self._ledger.reading() as conn:
            open_ = conn.execute(select(_picks.order).where(_picks.status.in_(_OPEN)).distinct()).scalars().all()
        wanted = func.coalesce(_lines.requested_date, _orders.requested_date, dt.date.min)
        fetch = (_lines.order == _orders.order, _lines.allocated > _lines.picked, wanted <= until)
        unlisted = select(_lines.line).where(*fetch).exists()
        fresh = pending_orders(self._ledger, _LISTED_FROM, unlisted)
        return list(dict.fromkeys([*sorted(open_), *(key for keys in fresh for key in keys)]))


def _read(conn: Connection, keys: Sequence[str]) -> list[OrderToPick]:
    heads = {row.order: row for row in rows_by_key(conn, _HEADS, _orders.order, keys)}
    lines = lines_of(conn, heads, _LINES)
    places = _places(conn, {line.sku for rows in lines.values() for line in rows})
    picks: dict[str, list[OpenPick]] = {}
    for row in rows_by_key(conn, schema.picks, _picks.order, keys, _picks.status.in_(_OPEN)):
        one = OpenPick(
            row.pick, row.line, row.sku, trimmed(row.to_pick), row.picked, row.packed, row.status == "Packed"
        )
        picks.setdefault(row.order, []).append(one)
    return [
        OrderToPick(
            key,
            heads[key].status,
            [_line(row, heads[key].requested_date, places.get(row.sku)) for row in lines[key]],
            picks.get(key, ()),
            NORMAL_PRIORITY if heads[key].priority is None else heads[key].priority,
        )
        for key in keys
        if key in heads
    ]


def _places(conn: Connection, skus: Iterable[str]) -> dict[str, Row[Any]]:
    c = schema.products.c
    return {row.sku: row for row in rows_by_key(conn, [c.sku, c.zone, c.bin, c.fragile], c.sku, skus)}


def _line(row: Row[Any], wanted_on: dt.date | None, place: Row[Any] | None) -> LineToPick:
    zone, bin_, fragile = (place.zone, place.bin, place.fragile == "Yes") if place else ("", "", False)
    days = (row.promise_date, row.requested_date or wanted_on)
    return LineToPick(row.line, row.sku, quantities_of(row), *days, zone, bin_, fragile)


def _record(txn: Txn, decided: PickingDecided) -> None:
    for one in decided.orders:
        _tell(txn, one, at_once=decided.at_once)
    _list(txn, decided.lists, at_once=decided.at_once)
    _close_picks(txn, decided.orders)
    _return_short(txn, decided.orders)
    changed = [(one.order, line, after) for one in decided.orders for line, after in one.after.items()]
    txn.update(schema.order_lines, [_line_row(*one) for one in changed])
    txn.update(
        schema.orders,
        [{"order": one.order, "status": str(one.status)} for one in decided.orders if one.status is not None],
    )


def _line_row(order: str, line: str, after: LineQuantities) -> dict[str, Any]:
    return {"order": order, "line": line, "allocated": after.allocated, "picked": after.picked}


def _tell(txn: Txn, one: OrderPicked, *, at_once: bool) -> None:
    """One entry for each kind of thing that happened to the order."""
    if one.called_back:
        txn.record("picks called back", one.order, {"picks": [pick.pick for pick in one.called_back]})
    fetched = {pick.line: result.picked for pick, result in one.results}
    listed = {task.line: task.quantity for task in one.listed}
    if at_once:
        fetched |= {line: fetched.get(line, ZERO) + quantity for line, quantity in listed.items()}
    elif listed:
        txn.record("pick list made", one.order, {"lines": listed})
    if fetched:
        short = {pick.line: result.short for pick, result in one.results if result.short}
        txn.record("goods picked", one.order, {"lines": fetched} | ({"short": short} if short else {}))


def _list(txn: Txn, lists: Sequence[Sequence[PickTask]], *, at_once: bool) -> None:
    """New rows on pick lists, numbered as one walks, and the paper for each walk."""
    tasks = [task for walk in lists for task in walk]
    if not tasks:
        return
    count = len(tasks)
    numbers = [txn.number("PK-") for _ in tasks]
    quantities = [task.quantity for task in tasks]
    found: Sequence[Any] = quantities if at_once else [None] * count
    columns: Mapping[str, Sequence[Any]] = {
        "pick": numbers,
        "order": [task.order for task in tasks],
        "line": [task.line for task in tasks],
        "sku": [task.sku for task in tasks],
        "to_pick": quantities,
        "picked": found,
        "packed": found,
        "status": ["Packed" if at_once else "To pick"] * count,
        "made_on": [txn.day] * count,
        "walk": [stop for walk in lists for stop in range(1, len(walk) + 1)],
    }
    txn.insert_columns(schema.picks, columns)
    papers, numbered = [], iter(numbers)
    for walk in lists:
        picks = list(islice(numbered, len(walk)))
        papers.append(Outgoing("Pick list", picks[0], data={"picks": picks}))
    put_in_outbox(txn, papers)


def _close_picks(txn: Txn, orders: Sequence[OrderPicked]) -> None:
    txn.update(schema.picks, [{"pick": pick.pick, "status": "Cancelled"} for one in orders for pick in one.called_back])
    txn.update(
        schema.picks,
        [
            {
                "pick": pick.pick,
                "picked": result.picked,
                "packed": result.picked,
                "status": "Short" if result.short else "Packed",
            }
            for one in orders
            for pick, result in one.results
        ],
    )


def _return_short(txn: Txn, orders: Sequence[OrderPicked]) -> None:
    """What was not found is free again, and someone has to count it; the order says so until it goes on."""
    short = [(one.order, pick, result) for one in orders for pick, result in one.results if result.short]
    for _, pick, result in short:
        txn.reserve(pick.sku, -result.short)
    lines = [{"order": order, "line": pick.line, "why": result.why, **UNPROMISED} for order, pick, result in short]
    txn.update(schema.order_lines, lines)
    txn.insert(
        schema.discrepancies,
        [
            {
                "discrepancy": txn.number("DI-"),
                "kind": SHORT_PICK,
                "subject": order,
                "expected": f"{pick.to_pick} {pick.sku}",
                "found": f"{trimmed(result.picked)} {pick.sku}",
                "status": "Open",
                "since": txn.day,
            }
            for order, pick, result in short
        ],
    )
    said: dict[str, list[str]] = {}
    for order, pick, result in short:
        said.setdefault(order, []).append(f"Line {pick.line}: {result.why}")
    txn.update(
        schema.orders,
        [
            {
                "order": order,
                "waiting_for": f"{' '.join(texts)} Count the stock.",
                "waiting_who": "Warehouse",
                "waiting_since": txn.day,
            }
            for order, texts in said.items()
        ],
    )
