"""Counts that were posted before somebody told what had come or left by their day.

What was counted was there, so the goods told later were among it, or were gone by then: the difference that the count
found is less by what they explain. ERPNext posts entries dated back below a stock reconciliation the same way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from o2c_xl.domain.accounts import count_legs
from o2c_xl.domain.goods.stock import CannotCount, count
from o2c_xl.domain.money import trimmed
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn
from o2c_xl.steps.count_stock import is_later

__all__ = ["Told", "recount"]

_c = schema.stock_counts.c


class Told(NamedTuple):
    """Goods that came (above zero) or left on a day, in the stock unit, as a slip told it."""

    sku: str
    on: dt.date
    quantity: Decimal


def recount(txn: Txn, told: Iterable[Told], currency: str) -> None:
    """Take what was told later out of the difference of the first count that had found it; called once it is recorded.

    Nothing is looked up for what happened on the day of the transaction, which is nearly all.
    """
    late = [one for one in told if one.on < txn.day and one.quantity]
    if not late:
        return
    counts = _counts(txn, {one.sku for one in late})
    found: dict[str, tuple[Any, Decimal]] = {}
    for one in late:
        first = next((row for row in counts.get(one.sku, ()) if row.counted_on >= one.on), None)
        if first is not None:
            _, before = found.get(first.count, (first, Decimal(0)))
            found[first.count] = first, before + one.quantity
    txn.update(
        schema.stock_counts,
        [changed for row, moved in found.values() if (changed := _corrected(txn, row, trimmed(moved), currency))],
    )


def _counts(txn: Txn, skus: Iterable[str]) -> dict[str, Sequence[Any]]:
    """The posted counts of these products by their day, the first of a day first; opening stock is none of them."""
    found: dict[str, list[Any]] = {}
    for row in rows_by_key(txn.conn, schema.stock_counts, _c.sku, skus, _c.status == "Posted"):
        if is_later(row.reason):
            found.setdefault(row.sku, []).append(row)
    return {sku: sorted(rows, key=lambda row: (row.counted_on, row.entry)) for sku, rows in found.items()}


def _corrected(txn: Txn, row: Any, moved: Decimal, currency: str) -> dict[str, Any] | None:  # noqa: ANN401 -- a row
    """Post what the count found too much or too little; what stands beside it then, None where there is nothing."""
    at = txn.positions([row.sku])[row.sku]
    try:
        _, move = count(at, at.on_hand - moved, currency)
    except CannotCount:  # goods in quarantine are not counted away: a new count tells
        return None
    if move is None:
        return None
    told = {"sku": row.sku, "told later": moved}
    txn.record("count corrected", row.count, told, count_legs(move.value, currency), [move])
    return {
        "count": row.count,
        "expected": row.expected + moved,
        "difference": row.difference - moved,
        "value": row.value + move.value,
    }
