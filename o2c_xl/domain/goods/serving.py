"""What an order gets of the stock: allocation, the remedy of what is short, and the status that follows.

The parts are in `allocation`, `remedies`, `stock` and `orders`; here they are put together for a batch of orders.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from o2c_xl.domain.goods.allocation import NORMAL_PRIORITY, Allocation, Demand, allocate
from o2c_xl.domain.goods.stock import Availability, availability
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.ordering.orders import Gates, LineQuantities, OrderStatus, derive_status
from o2c_xl.domain.ordering.remedies import Effect, Remedy, alternatives, apply_remedy, offer, remedy_for

__all__ = ["LineToServe", "OrderToServe", "Served", "ServedLine", "Shelf", "goes_whole", "serve"]

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LineToServe:
    """An open line; `remedy` is the line's own, empty = the customer's."""

    line: str
    sku: str
    quantities: LineQuantities
    remedy: str = ""
    wanted_on: dt.date | None = None
    availability: str = ""


@dataclass(frozen=True, slots=True)
class OrderToServe:
    """An order that may have stock; `short_stock` is the customer's remedy, empty = the company's.

    `shipments_at_most` is what the customer takes of an order, None = any, and `shipments_made` what was made so far.
    """

    order: str
    lines: tuple[LineToServe, ...]
    ordered_on: dt.date
    wanted_on: dt.date | None = None
    priority: int = NORMAL_PRIORITY
    short_stock: str = ""
    shipments_at_most: int | None = None
    shipments_made: int = 0

    @property
    def limit(self) -> str:
        """Why what is open has to go in one shipment; empty where it need not."""
        if self.shipments_at_most is None or self.shipments_at_most - self.shipments_made > 1:
            return ""
        if self.shipments_at_most == 1:
            return "The customer takes complete orders only."
        return f"The customer takes at most {self.shipments_at_most} shipments, so all that is open goes in one."


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be promised per SKU (on hand − allocated − quarantined), and what else is known of products."""

    free: Mapping[str, Decimal]
    reorder: Mapping[str, Decimal | None] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServedLine:
    """A line after allocation and remedy; `choose` says that a person has to choose what happens to the short part.

    `limit` says that it waits for the others because of how many shipments the customer takes.
    """

    line: str
    sku: str
    before: LineQuantities
    after: LineQuantities
    availability: Availability
    remedy: Remedy
    why: str
    choose: str = ""
    limit: str = ""

    @property
    def short(self) -> Decimal:
        """Open and without stock."""
        return self.after.backordered


@dataclass(frozen=True, slots=True)
class Served:
    """An order after allocation, its lines in their own sequence; status without the gate of approval."""

    order: str
    status: OrderStatus
    lines: tuple[ServedLine, ...]

    @property
    def short(self) -> tuple[ServedLine, ...]:
        """Lines that stock could not fill, a cancelled part included."""
        return tuple(one for one in self.lines if one.short > ZERO or one.after.cancelled > one.before.cancelled)


def goes_whole(order: OrderToServe, default: Remedy) -> bool:
    """Whether the customer takes the order only complete: delayed by the customer's word, not by a line's own."""
    by_customer = _remedy_for("", order.short_stock, default) is Remedy.DELAYED
    return by_customer and all(line.remedy in ("", Remedy.DELAYED) for line in order.lines)


def serve(orders: Sequence[OrderToServe], shelf: Shelf, default: Remedy) -> list[Served]:
    """Hand out the stock to these orders and say what became of each."""
    plans = [_plan(order, default) for order in orders]
    free = dict(shelf.free)
    for plan in plans:
        for one in plan.lines:
            if one.offered is not one.line.quantities:
                given_back = one.line.quantities.allocated - one.offered.allocated
                free[one.line.sku] = free.get(one.line.sku, ZERO) + given_back
    handed = allocate([demand for plan in plans for demand in plan.demands()], free)
    there = _there(handed.lines, free)
    got = {(one.order, one.line): one for one in handed.lines}
    left = replace(shelf, free=handed.free)
    return [_served(plan, got, there, left) for plan in plans]


_remedy_for = lru_cache(maxsize=256)(remedy_for)


@dataclass(frozen=True, slots=True)
class _PlannedLine:
    """A line with the remedy that counts, and its quantities as they go into the allocation."""

    line: LineToServe
    remedy: Remedy
    offered: LineQuantities


@dataclass(frozen=True, slots=True)
class _Plan:
    """An order as it goes into the allocation."""

    order: OrderToServe
    whole: bool
    lines: tuple[_PlannedLine, ...]

    def demands(self) -> Iterator[Demand]:
        """What the order wants of the stock."""
        order = self.order
        for one in self.lines:
            wanted = one.offered.backordered
            if wanted > ZERO:
                yield Demand(
                    order.order,
                    one.line.line,
                    one.line.sku,
                    wanted,
                    order.ordered_on,
                    one.line.wanted_on or order.wanted_on,
                    order.priority,
                    whole_line=one.remedy is Remedy.DELAYED,
                    whole_order=self.whole,
                    takes_less=one.remedy is Remedy.CANCEL,
                    allocated=one.offered.allocated,
                )


def _plan(order: OrderToServe, default: Remedy) -> _Plan:
    """Short lines that wait whole give back what is not picked, and ask for all of it anew."""
    whole = goes_whole(order, default) or bool(order.limit)
    short = whole and any(line.quantities.backordered > ZERO for line in order.lines)
    lines = []
    for line in order.lines:
        remedy, quantities = _remedy_for(line.remedy, order.short_stock, default), line.quantities
        waits = short or (not whole and remedy is Remedy.DELAYED and quantities.backordered > ZERO)
        if waits and quantities.allocated != quantities.picked:
            quantities = replace(quantities, allocated=quantities.picked)
        lines.append(_PlannedLine(line, remedy, quantities))
    return _Plan(order, whole, tuple(lines))


def _there(handed: Sequence[Allocation], free: Mapping[str, Decimal]) -> dict[_Key, Decimal]:
    """What could be promised when each line's turn came."""
    running, found = dict(free), {}
    for one in handed:
        left = running.get(one.sku, ZERO)
        found[one.order, one.line] = max(ZERO, left)
        running[one.sku] = left - one.quantity
    return found


def _served(plan: _Plan, got: Mapping[_Key, Allocation], there: Mapping[_Key, Decimal], shelf: Shelf) -> Served:
    order = plan.order.order
    lines = []
    for one in plan.lines:
        key = (order, one.line.line)
        handed = got.get(key)
        lines.append(
            _untouched(one) if handed is None else _served_line(one, handed, there[key], shelf, plan.order.limit)
        )
    gates = Gates(undecided=any(line.choose for line in lines))
    return Served(order, derive_status([line.after for line in lines], gates), tuple(lines))


def _untouched(one: _PlannedLine) -> ServedLine:
    line = one.line
    known = Availability(line.availability) if line.availability else Availability.IN_STOCK
    there = line.quantities.allocated
    why = (
        f"{plain_number(there)} of {plain_number(line.quantities.open)} from stock, set aside before." if there else ""
    )
    why = f"{why}{_gone(line)}" if why else ""
    return ServedLine(line.line, line.sku, line.quantities, line.quantities, known, one.remedy, why)


def _gone(line: LineToServe) -> str:
    """What of the line is not counted any more in a sentence about what is open."""
    gone = line.quantities.shipped
    return f" {plain_number(gone)} shipped before." if gone else ""


def _served_line(one: _PlannedLine, handed: Allocation, there: Decimal, shelf: Shelf, limit: str) -> ServedLine:
    line, offered = one.line, one.offered
    filled = offered.after_allocating(handed.quantity)
    after, effect = (filled, Effect()) if _only_waits(one, handed, there) else apply_remedy(one.remedy, filled)
    status = availability(there + offered.allocated, offered.open, shelf.reorder.get(line.sku))
    choose = ""
    if effect.waits_for_choice:
        choose = f"{effect.note} {offer(alternatives(line.sku, shelf.stand_ins, shelf.free, shelf.prices))}"
    told = one.remedy is Remedy.DELAYED and handed.why.startswith("Waits for the whole")
    why = f"{handed.why} {effect.note}" if effect.note and not told else handed.why
    held = limit if handed.blocked else ""
    why = f"{why}{_gone(line)} {held}".strip()
    return ServedLine(line.line, line.sku, line.quantities, after, status, one.remedy, why, choose, held)


def _only_waits(one: _PlannedLine, handed: Allocation, there: Decimal) -> bool:
    """Whether the line waits for others of its order: nothing of it is cancelled then, nor is another offered."""
    if not handed.blocked or one.remedy is Remedy.DELAYED:
        return False
    return one.remedy is not Remedy.ALTERNATIVE or there >= handed.short
