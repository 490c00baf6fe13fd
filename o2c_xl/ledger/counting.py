"""Stock counts in the ledger: differences posted, and stock that was not found taken back from order lines."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select

from o2c_xl.domain.accounts import Account, count_legs
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.orders import OrderStatus
from o2c_xl.domain.settings import Policy
from o2c_xl.domain.stock import Position
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.slips import mark_faults, slip_batches, trimmed
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.count_stock import CountDecided, Counted, CountPosted, Counts, Promised, StockCounted, TakenBack

__all__ = ["CountingBooks"]

# where an order may have stock set aside
_PROMISING = (
    OrderStatus.INCOMPLETE,
    OrderStatus.CREDIT_CHECK,
    OrderStatus.ON_HOLD,
    OrderStatus.AVAILABILITY,
    OrderStatus.APPROVAL,
    OrderStatus.BACKORDERED,
    OrderStatus.TO_PICK,
    OrderStatus.PICKED,
    OrderStatus.PARTLY_SHIPPED,
)
# an order that was past availability is looked at again; one that has shipped something is looked at anyway
_LOOK_AGAIN = (OrderStatus.TO_PICK, OrderStatus.PICKED, OrderStatus.BACKORDERED)


@dataclass(slots=True)
class _Batch:
    txn: Txn
    slips: list[Row[Any]]


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
            stock = txn.stock(skus)
            positions = {
                sku: Position(sku, at.on_hand, trimmed(at.allocated), trimmed(at.quarantined), at.value)
                for sku, at in ((sku, stock[sku]) for sku in skus)
            }
            c = schema.products.c
            costs = {row.sku: row.cost or ZERO for row in rows_by_key(txn.conn, [c.sku, c.cost], c.sku, skus)}
            short = {
                slip.sku
                for slip in slips
                if (slip.counted or ZERO) < positions[slip.sku].allocated + positions[slip.sku].quarantined
            }
            counted = [
                Counted(slip._mapping["count"], slip.sku, trimmed(slip.counted or ZERO), slip.reason) for slip in slips
            ]
            yield Counts(counted, positions, costs, _promised(txn, short))

    def record(self, decided: CountDecided) -> StockCounted:
        """Post the counts and keep the sentences of those that cannot be."""
        txn, slips = self._batch.txn, self._batch.slips
        new = mark_faults(txn, schema.stock_counts, "count at fault", slips, decided.faults)
        by_count = {slip._mapping["count"]: slip for slip in slips}
        txn.update(schema.stock_counts, [self._post(txn, by_count[one.count], one) for one in decided.posted])
        _take_back(txn, [part for one in decided.posted for part in one.taken_back])
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


def _counted(slip: Row[Any]) -> Counted:
    # a row is a tuple, which has a method `count` of its own
    return Counted(slip._mapping["count"], slip.sku, trimmed(slip.counted or ZERO), slip.reason)


def _promised(txn: Txn, skus: Iterable[str]) -> list[Promised]:
    """What is set aside of these products and is not on a pick list; found through the open orders."""
    line, order = schema.order_lines.c, schema.orders.c
    found: list[Promised] = []
    for part in chunks(skus):
        on_lists = _on_pick_lists(txn, part)
        rows = txn.conn.execute(
            select(
                line.order,
                line.line,
                line.sku,
                line.allocated,
                line.picked,
                order.priority,
                line.promise_date,
                order.order_date,
            )
            .join(schema.orders, order.order == line.order)
            .where(order.status.in_([str(status) for status in _PROMISING]), line.sku.in_(part), line.allocated > ZERO)
        )
        for row in rows:
            free = row.allocated - row.picked - on_lists.get((row.order, row.line), ZERO)
            if free > ZERO:
                found.append(
                    Promised(row.sku, row.order, row.line, free, row.priority, row.promise_date, row.order_date)
                )
    return found


def _on_pick_lists(txn: Txn, skus: Sequence[str]) -> dict[tuple[str, str], Decimal]:
    """What the warehouse was told to fetch and has not yet, by order line."""
    c = schema.picks.c
    rows = txn.conn.execute(
        select(c.order, c.line, func.sum(c.to_pick))
        .where(c.status == "To pick", c.sku.in_(skus))
        .group_by(c.order, c.line)
    )
    return {(order, line): quantity for order, line, quantity in rows}


def _take_back(txn: Txn, parts: Sequence[TakenBack]) -> None:
    """The lines lose what was set aside for them; their orders are looked at again for stock."""
    if not parts:
        return
    lost: dict[tuple[str, str], Decimal] = {}
    for part in parts:
        one = part.promised
        txn.reserve(one.sku, -part.quantity)
        lost[one.order, one.line] = lost.get((one.order, one.line), ZERO) + part.quantity
    orders = sorted({order for order, _ in lost})
    c, lines = schema.orders.c, schema.order_lines
    changed = [
        {
            "order": row.order,
            "line": row.line,
            "allocated": row.allocated - lost[row.order, row.line],
            "availability": "Out of stock",
            "why": f"A stock count took {trimmed(lost[row.order, row.line])} back.",
        }
        for row in rows_by_key(txn.conn, lines, lines.c.order, orders)
        if (row.order, row.line) in lost
    ]
    txn.update(lines, changed)
    for order in orders:
        back = {line: quantity for (of, line), quantity in lost.items() if of == order}
        txn.record("allocation taken back", order, {"lines": back})
    heads = list(rows_by_key(txn.conn, [c.order, c.status], c.order, orders))
    looked = [str(status) for status in _LOOK_AGAIN]
    again = [{"order": row.order, "status": "Availability"} for row in heads if row.status in looked]
    txn.update(schema.orders, again)
