"""Stock counts in the ledger: their differences posted against stock difference or the opening balance."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Row, func, select, type_coerce

from o2c_xl.domain.accounts import Account, count_legs
from o2c_xl.domain.goods.stock import Position
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.slips import mark_faults, slip_batches
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.ledger.types import Exact
from o2c_xl.steps.count_stock import CountDecided, Counted, CountPosted, Counts, StockCounted

__all__ = ["CountingBooks"]

_DONE = (OrderStatus.SHIPPED, OrderStatus.INVOICED, OrderStatus.CLOSED, OrderStatus.CANCELLED)
_OPEN = [str(status) for status in OrderStatus if status not in _DONE]


@dataclass(slots=True)
class _Batch:
    txn: Txn
    slips: list[Any]


class CountingBooks:
    """What `steps.count_stock` needs, on the ledger."""

    def __init__(self, ledger: Ledger, day: date, policy: Policy) -> None:
        self._ledger, self._day, self._currency = ledger, day, policy.currency
        self._batch: _Batch

    def pending(self) -> Generator[Counts, None, None]:
        """Counts not posted yet, with the positions of their products."""
        for txn, slips in slip_batches(self._ledger, self._day, schema.stock_counts, schema.stock_counts.c.counted_on):
            self._batch = _Batch(txn, slips)
            skus = list(dict.fromkeys(slip.sku for slip in slips))
            positions = {
                sku: replace(at, allocated=trimmed(at.allocated), quarantined=trimmed(at.quarantined))
                for sku, at in txn.positions(skus).items()
            }
            c = schema.products.c
            costs = {row.sku: row.cost or ZERO for row in rows_by_key(txn.conn, [c.sku, c.cost], c.sku, skus)}
            counted = _counted(txn, slips)
            short = {one.sku for one in counted if one.now < _spoken_for(positions[one.sku])}
            yield Counts(counted, positions, costs, _picked(txn, short))

    def record(self, decided: CountDecided) -> StockCounted:
        """Post the counts and keep the sentences of those that cannot be."""
        txn, slips = self._batch.txn, self._batch.slips
        new = mark_faults(txn, schema.stock_counts, "count at fault", slips, decided.faults)
        by_count = {slip.count: slip for slip in slips}
        txn.update(schema.stock_counts, [self._post(txn, by_count[one.count], one) for one in decided.posted])
        return StockCounted(len(decided.posted), new)

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


def _spoken_for(at: Position) -> Decimal:
    return at.allocated + at.quarantined


def _counted(txn: Txn, slips: Sequence[Any]) -> list[Counted]:
    days = {slip.count: slip.counted_on or txn.day for slip in slips}
    since = _moves_since(txn, {slip.sku for slip in slips if days[slip.count] < txn.day}, min(days.values()))
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
    m, came, back = schema.movements.c, schema.receipts.c, schema.returns.c
    happened = func.coalesce(came.received_on, back.returned_on, m.day, type_=Date)
    moved = type_coerce(func.sum(m.quantity), Exact)
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for part in chunks(skus):
        rows = txn.conn.execute(
            select(m.sku, happened, moved)
            .select_from(
                schema.movements.outerjoin(schema.receipts, came.entry == m.entry).outerjoin(
                    schema.returns, back.entry == m.entry
                )
            )
            .where(m.sku.in_(part), m.kind.not_in(("count", "opening")), happened > day)
            .group_by(m.sku, happened)
        )
        for sku, on, quantity in rows:
            found.setdefault(sku, []).append((on, trimmed(quantity)))
    return found


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
