"""Stock counts in the ledger: their differences posted against stock difference or the opening balance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Row, and_, func, select, type_coerce

from o2c_xl.domain.accounts import Account, count_legs
from o2c_xl.domain.goods.stock import Position
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.slips import mark_faults, pending_slips, still_pending_slips
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.ledger.types import Exact
from o2c_xl.steps.count_stock import CountDecided, Counted, CountPosted, Counts

__all__ = ["CountingBooks"]

_DONE = (OrderStatus.SHIPPED, OrderStatus.INVOICED, OrderStatus.CLOSED, OrderStatus.CANCELLED)
_OPEN = [str(status) for status in OrderStatus if status not in _DONE]


class CountingBooks:
    """What `steps.count_stock` needs, on the ledger: of the counts those whose reason `takes` says."""

    def __init__(
        self, ledger: Ledger, day: date, policy: Policy, takes: Callable[[str], bool] = lambda _reason: True
    ) -> None:
        self._ledger, self._day, self._currency, self._takes = ledger, day, policy.currency, takes

    def work_off(self, decide: Callable[[Counts], CountDecided]) -> tuple[int, int]:
        """Post the counts and keep the sentences of those that cannot be; (counts posted, those newly at fault)."""
        posted = faults = 0
        slips = schema.stock_counts
        for keys in pending_slips(self._ledger, self._day, slips, slips.c.counted_on):
            with self._ledger.transaction(self._day) as txn:
                rows = [row for row in still_pending_slips(txn.conn, slips, keys) if self._takes(row.reason)]
                if not rows:
                    continue
                decided = decide(_read(txn, rows))
                faults += mark_faults(txn, slips, "count at fault", rows, decided.faults)
                by_count = {row.count: row for row in rows}
                txn.update(slips, [self._post(txn, by_count[one.count], one) for one in decided.posted])
            posted += len(decided.posted)
        return posted, faults

    def _post(self, txn: Txn, slip: Row[Any], one: CountPosted) -> dict[str, Any]:
        against = Account.OPENING if one.opening else Account.STOCK_DIFFERENCE
        told: dict[str, Any] = {"sku": slip.sku, "expected": one.expected, "counted": slip.counted}
        if slip.reason:
            told["reason"] = slip.reason
        entry = txn.record(
            "stock counted",
            one.count,
            told,
            count_legs(one.value, self._currency, against),
            [one.move] if one.move else [],
        )
        return {
            "count": one.count,
            "expected": one.expected,
            "difference": one.difference,
            "value": one.value,
            "status": "Posted",
            "problem": "",
            "entry": entry,
        }


def _read(txn: Txn, slips: Sequence[Row[Any]]) -> Counts:
    """Counts not posted yet, with the positions of their products."""
    skus = list(dict.fromkeys(slip.sku for slip in slips))
    positions = {
        sku: replace(at, allocated=trimmed(at.allocated), quarantined=trimmed(at.quarantined))
        for sku, at in txn.positions(skus).items()
    }
    c = schema.products.c
    costs = {row.sku: row.cost or ZERO for row in rows_by_key(txn.conn, [c.sku, c.cost], c.sku, skus)}
    counted = _counted(txn, slips)
    short = {one.sku for one in counted if one.now < _spoken_for(positions[one.sku])}
    return Counts(counted, positions, costs, _picked(txn, short))


def _spoken_for(at: Position) -> Decimal:
    return at.allocated + at.quarantined


def _counted(txn: Txn, slips: Sequence[Any]) -> list[Counted]:
    days = {slip.count: slip.counted_on or txn.day for slip in slips}
    first = min(days.values(), default=txn.day)
    since = _moves_since(txn, {slip.sku for slip in slips if days[slip.count] < txn.day}, first)
    return [
        Counted(
            slip.count,
            slip.sku,
            trimmed(slip.counted or ZERO),
            slip.reason,
            sum((quantity for day, quantity in since.get(slip.sku, ()) if day > days[slip.count]), ZERO),
        )
        for slip in slips
    ]


def _moves_since(txn: Txn, skus: Iterable[str], day: date) -> dict[str, list[tuple[date, Decimal]]]:
    """By product what came and left after the day, by the day on which it did; other counts are no such move."""
    m, moved = schema.movements.c, type_coerce(func.sum(schema.movements.c.quantity), Exact)
    happened, joined = _happened()
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for part in chunks(skus):
        rows = txn.conn.execute(
            select(m.sku, happened, moved)
            .select_from(joined)
            .where(m.sku.in_(part), m.kind.not_in(("count", "opening")), happened > day)
            .group_by(m.sku, happened)
        )
        for sku, on, quantity in rows:
            found.setdefault(sku, []).append((on, trimmed(quantity)))
    return found


def _happened() -> tuple[ColumnElement[date], FromClause]:
    """The day on which goods came or left, as people typed it, else that of the entry; and where it stands.

    A slip is found by what its entry is about: a receipt's own `entry` is that of what became of its goods later.
    """
    m, about = schema.movements.c, schema.journal.c.subject
    joined: FromClause = schema.movements.join(schema.journal, schema.journal.c.seq == m.entry)
    days = []
    for kind, table, day in (
        ("receipt", schema.receipts, schema.receipts.c.received_on),
        ("return", schema.returns, schema.returns.c.returned_on),
        ("shipment", schema.shipments, schema.shipments.c.shipped_on),
    ):
        joined = joined.outerjoin(table, and_(m.kind == kind, next(iter(table.primary_key)) == about))
        days.append(day)
    return func.coalesce(*days, m.day, type_=Date), joined


def _picked(txn: Txn, skus: Iterable[str]) -> dict[str, Decimal]:
    """What was fetched of these products for orders that have not shipped; found through the open orders."""
    line, order = schema.order_lines.c, schema.orders.c
    found: dict[str, Decimal] = {}
    for part in chunks(skus):
        rows = txn.conn.execute(
            select(line.sku, func.sum(line.picked))
            .join(schema.orders, order.order == line.order)
            .where(order.status.in_(_OPEN), line.sku.in_(part), line.picked > ZERO)
            .group_by(line.sku)
        )
        found |= {sku: trimmed(quantity) for sku, quantity in rows}
    return found
