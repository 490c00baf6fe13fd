"""Stock counts in the ledger: their differences posted against stock difference or the opening balance."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select

from o2c_xl.domain.accounts import Account, count_legs
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.slips import mark_faults, slip_batches
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.store import Ledger, Txn
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
            short = {
                slip.sku
                for slip in slips
                if (slip.counted or ZERO) < positions[slip.sku].allocated + positions[slip.sku].quarantined
            }
            counted = [Counted(slip.count, slip.sku, trimmed(slip.counted or ZERO), slip.reason) for slip in slips]
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
