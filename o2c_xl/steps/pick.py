"""Pick what is set aside for orders: lists in walking order, what was found taken over, what is short given back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.goods.allocation import NORMAL_PRIORITY
from o2c_xl.domain.goods.picking import PickResult, PickTask, check_pick, plan_picks
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import IN_WAREHOUSE, Gates, LineQuantities, OrderStatus, derive_status
from o2c_xl.domain.policy import Policy

__all__ = [
    "LineToPick",
    "OpenPick",
    "OrderPicked",
    "OrderToPick",
    "PickingBooks",
    "PickingDecided",
    "pick",
]


@dataclass(frozen=True, slots=True)
class LineToPick:
    """An order line and where its goods lie; `wanted_on` is the day on which the customer wants them to leave."""

    line: str
    sku: str
    quantities: LineQuantities
    promised: dt.date | None = None
    wanted_on: dt.date | None = None
    zone: str = ""
    bin: str = ""
    fragile: bool = False


@dataclass(frozen=True, slots=True)
class OpenPick:
    """A row of a pick list that has not shipped; `picked` and `packed` None = the cell is empty.

    `done`: what was picked has been taken over already.
    """

    pick: str
    line: str
    sku: str
    to_pick: Decimal
    picked: Decimal | None = None
    packed: Decimal | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class OrderToPick:
    """An order with all its lines and its open rows on pick lists."""

    order: str
    status: str
    lines: Sequence[LineToPick]
    picks: Sequence[OpenPick] = ()
    priority: int = NORMAL_PRIORITY


@dataclass(frozen=True, slots=True)
class OrderPicked:
    """What became of an order.

    `after` are its changed lines; `results` what was found per pick; `listed` what goes on a list now, `fetched`
    of it at once; `called_back` the picks that are no longer wanted. `status` None = it stays.
    """

    order: str
    after: dict[str, LineQuantities] = field(default_factory=dict)
    results: list[tuple[OpenPick, PickResult]] = field(default_factory=list)
    listed: list[PickTask] = field(default_factory=list)
    called_back: list[OpenPick] = field(default_factory=list)
    status: OrderStatus | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to record."""
        return bool(self.after or self.results or self.listed or self.called_back)


@dataclass(frozen=True, slots=True)
class PickingDecided:
    """What became of a batch; `lists` are the walks, each of a few whole orders; `at_once`: listed is picked."""

    orders: Sequence[OrderPicked]
    lists: Sequence[Sequence[PickTask]]
    at_once: bool


class PickingBooks(Protocol):
    """Where orders to pick come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[Sequence[OrderToPick]], PickingDecided], until: dt.date) -> int:
        """Nothing goes on a list that is wanted after `until`. Returns the number of orders that changed."""
        ...


def pick(books: PickingBooks, policy: Policy, day: dt.date) -> int:
    """Bring orders from stock set aside to goods picked; a second run of the day finds nothing.

    Returns how many orders were put on a list, picked or called back.
    """
    until = policy.picked_until(day)
    return books.work_off(lambda orders: _decide(orders, policy, until), until)


def _decide(orders: Sequence[OrderToPick], policy: Policy, until: dt.date) -> PickingDecided:
    decided = [one for order in orders if (one := _Picking(order, policy, until).work()).changed]
    walks: dict[int, list[PickTask]] = {}
    for zone in plan_picks(task for picked in decided for task in picked.listed):
        # The zones of a batch stand on one sheet of paper, one after the other.
        walks.setdefault(zone.batch, []).extend(zone.tasks)
    return PickingDecided(decided, list(walks.values()), at_once=not policy.pick_by_hand)


class _Picking:
    """One order while it is picked; `done` grows."""

    def __init__(self, order: OrderToPick, policy: Policy, until: dt.date) -> None:
        self.order, self.by_hand, self.until = order, policy.pick_by_hand, until
        self.wanted = order.status in IN_WAREHOUSE
        self.done = OrderPicked(order.order)

    def work(self) -> OrderPicked:
        """Take over what was found, list what stands on no list, call back what nobody wants any more."""
        by_line: dict[str, list[OpenPick]] = {}
        for one in self.order.picks:
            by_line.setdefault(one.line, []).append(one)
        lines = []
        for line in self.order.lines:
            now, listed = self._take_over(line, by_line.pop(line.line, ()))
            if self.wanted:
                now = self._list(line, now, listed)
            lines.append(now)
            if now != line.quantities:
                self.done.after[line.line] = now
        self.done.called_back.extend(one for picks in by_line.values() for one in picks)
        status = derive_status(lines, Gates()) if self.wanted else self.order.status
        return self.done if status == self.order.status else replace(self.done, status=OrderStatus(status))

    def _take_over(self, line: LineToPick, picks: Sequence[OpenPick]) -> tuple[LineQuantities, Decimal]:
        """The line after what was found for it, and how much of it still stands on open lists."""
        now = line.quantities
        packed = [one for one in picks if one.done]
        if sum((one.picked or ZERO for one in packed), ZERO) > now.picked:
            # The order was cancelled or changed after the goods were fetched: they go back to their bin.
            self.done.called_back.extend(packed)
        waiting = [one for one in picks if not one.done]
        listed = sum((one.to_pick for one in waiting), ZERO)
        if not self.wanted or listed > now.allocated - now.picked or any(one.sku != line.sku for one in waiting):
            self.done.called_back.extend(waiting)
            return now, ZERO
        for one in waiting:
            result = self._found(one)
            if result is not None:
                self.done.results.append((one, result))
                listed -= one.to_pick
                now = now.after_picking(result.picked, result.short)
        return now, listed

    def _found(self, one: OpenPick) -> PickResult | None:
        """What the cells say; without picking by hand an empty cell means that all of it was there."""
        picked = one.to_pick if one.picked is None and not self.by_hand else one.picked
        result = check_pick(one.to_pick, picked, picked if one.packed is None else one.packed)
        return result if isinstance(result, PickResult) and (result.ready or not result.picked) else None

    def _list(self, line: LineToPick, now: LineQuantities, listed: Decimal) -> LineQuantities:
        """Put on a list what is set aside and stands on none; without picking by hand it is picked with that."""
        quantity = now.allocated - now.picked - listed
        if quantity <= ZERO or (line.wanted_on is not None and line.wanted_on > self.until):
            return now
        place = (line.zone, line.bin, line.fragile, line.promised, self.order.priority)
        self.done.listed.append(PickTask(self.order.order, line.line, line.sku, quantity, *place))
        return now if self.by_hand else now.after_picking(quantity)
