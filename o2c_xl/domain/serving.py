"""What an order gets of the stock: allocation, the remedy of what is short, and the status that follows.

The parts are in `allocation`, `remedies`, `stock` and `orders`; here they are put together for a batch of orders.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from o2c_xl.domain.allocation import NORMAL_PRIORITY, Allocation, Demand, allocate
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.orders import Gates, LineQuantities, OrderStatus, derive_status
from o2c_xl.domain.remedies import Remedy, alternatives, apply_remedy, offer, remedy_for
from o2c_xl.domain.stock import Availability, availability

__all__ = ["LineToServe", "OrderToServe", "Served", "ServedLine", "Shelf", "demands_of", "serve"]


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
    """An order that may have stock; `short_stock` is the customer's remedy, empty = the company's."""

    order: str
    lines: tuple[LineToServe, ...]
    ordered_on: dt.date
    wanted_on: dt.date | None = None
    priority: int = NORMAL_PRIORITY
    short_stock: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be promised per SKU (on hand − allocated − quarantined), and what else is known of products."""

    free: Mapping[str, Decimal]
    reorder: Mapping[str, Decimal | None] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServedLine:
    """A line after allocation and remedy; `choose` says that a person has to choose what happens to the short part."""

    line: str
    sku: str
    before: LineQuantities
    after: LineQuantities
    availability: Availability
    remedy: Remedy
    why: str
    choose: str = ""

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


def demands_of(order: OrderToServe, default: Remedy) -> list[Demand]:
    """What an order wants of the stock. Where it must go whole, what it has not picked yet is asked for anew."""
    whole = goes_whole(order, default)
    found = []
    for line in order.lines:
        wanted = _offered(line, order, default)
        if wanted.backordered > ZERO:
            found.append(
                Demand(
                    order=order.order,
                    line=line.line,
                    sku=line.sku,
                    wanted=wanted.backordered,
                    ordered_on=order.ordered_on,
                    promised=line.wanted_on or order.wanted_on,
                    priority=order.priority,
                    whole_line=_remedy(line, order, default) is Remedy.DELAYED,
                    whole_order=whole,
                    allocated=wanted.allocated,
                )
            )
    return found


def goes_whole(order: OrderToServe, default: Remedy) -> bool:
    """Whether the customer takes the order only complete: delayed by the customer's word, not by a line's own."""
    by_customer = Remedy(order.short_stock or default) is Remedy.DELAYED
    return by_customer and all(line.remedy in ("", Remedy.DELAYED) for line in order.lines)


def serve(orders: Sequence[OrderToServe], shelf: Shelf, default: Remedy) -> list[Served]:
    """Hand out the stock to these orders and say what became of each."""
    free = dict(shelf.free)
    for order in orders:
        for line in order.lines:
            given_back = line.quantities.allocated - _offered(line, order, default).allocated
            free[line.sku] = free.get(line.sku, ZERO) + given_back
    handed = allocate([demand for order in orders for demand in demands_of(order, default)], free)
    there = _there(handed.lines, free)
    got = {(one.order, one.line): one for one in handed.lines}
    left = replace(shelf, free=handed.free)
    return [_served(order, got, there, left, default) for order in orders]


def _remedy(line: LineToServe, order: OrderToServe, default: Remedy) -> Remedy:
    return remedy_for(line.remedy, order.short_stock, default)


def _offered(line: LineToServe, order: OrderToServe, default: Remedy) -> LineQuantities:
    """The line as it goes into the allocation: short ones that wait whole give back what is not picked."""
    quantities = line.quantities
    if goes_whole(order, default):
        waits = any(one.quantities.backordered > ZERO for one in order.lines)
    else:
        waits = quantities.backordered > ZERO and _remedy(line, order, default) is Remedy.DELAYED
    return replace(quantities, allocated=quantities.picked) if waits else quantities


def _there(handed: Sequence[Allocation], free: Mapping[str, Decimal]) -> dict[tuple[str, str], Decimal]:
    """What could be promised when each line's turn came."""
    running, found = dict(free), {}
    for one in handed:
        found[one.order, one.line] = max(ZERO, running.get(one.sku, ZERO))
        running[one.sku] = running.get(one.sku, ZERO) - one.quantity
    return found


_Key = tuple[str, str]


def _served(
    order: OrderToServe,
    got: Mapping[_Key, Allocation],
    there: Mapping[_Key, Decimal],
    shelf: Shelf,
    default: Remedy,
) -> Served:
    lines = tuple(_served_line(line, order, got, there, shelf, default) for line in order.lines)
    gates = Gates(undecided=any(line.choose for line in lines))
    return Served(order.order, derive_status([line.after for line in lines], gates), lines)


def _served_line(
    line: LineToServe,
    order: OrderToServe,
    got: Mapping[_Key, Allocation],
    there: Mapping[_Key, Decimal],
    shelf: Shelf,
    default: Remedy,
) -> ServedLine:
    remedy, offered = _remedy(line, order, default), _offered(line, order, default)
    key = (order.order, line.line)
    handed = got.get(key)
    if handed is None:
        known = Availability(line.availability) if line.availability else Availability.IN_STOCK
        return ServedLine(line.line, line.sku, line.quantities, line.quantities, known, remedy, "")
    filled = replace(offered, allocated=offered.allocated + handed.quantity)
    after, effect = apply_remedy(remedy, filled)
    level = shelf.reorder.get(line.sku)
    status = availability(there[key] + offered.allocated, offered.open, level)
    choose = ""
    if effect.waits_for_choice:
        choose = f"{effect.note} {offer(alternatives(line.sku, shelf.stand_ins, shelf.free, shelf.prices))}"
    why = f"{handed.why} {effect.note}".strip()
    return ServedLine(line.line, line.sku, line.quantities, after, status, remedy, why, choose)
