"""Who gets the stock: the fairest first, never the last unit twice, and each line told why.

A batch of open lines meets the free stock; the same book gives the same result whatever order it is read in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import natural_key

__all__ = ["NORMAL_PRIORITY", "Allocated", "Allocation", "Demand", "allocate", "rank"]

NORMAL_PRIORITY = 5
_NAMED_TAKERS = 3

_Rank = tuple[bool, int, dt.date, dt.date, tuple[list[str | int], str], tuple[list[str | int], str]]


@dataclass(frozen=True, slots=True)
class Demand:
    """One open line that wants stock.

    `wanted` is what is open and has none yet; `allocated` what it already has, which nobody takes from it.
    `priority` 1 is the most urgent. `promised` is the promise date, or the requested date where none is given yet;
    None = as soon as possible, so it counts as wanted on the day it was ordered.
    `whole_line`: all of the line or nothing (delayed shipment). `whole_order`: all lines of the order or nothing
    (complete orders only, or the last shipment that the customer takes). `takes_less`: what is short of the line is
    cancelled, so it keeps no order from going whole.
    """

    order: str
    line: str
    sku: str
    wanted: Decimal
    ordered_on: dt.date
    promised: dt.date | None = None
    priority: int = NORMAL_PRIORITY
    credit_released: bool = True
    whole_line: bool = False
    whole_order: bool = False
    takes_less: bool = False
    allocated: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """All that has not shipped: what the sentence about the line counts."""
        return self.allocated + self.wanted

    def has(self, more: Decimal) -> str:
        """How much of what is open the line has with so much more."""
        return f"{self.allocated + more} of {self.open}"


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one line got of what it wanted now, what it is short of, and why, for the clerk.

    `blocked`: it got nothing because its order goes whole and another line, or this one, is short.
    """

    order: str
    line: str
    sku: str
    quantity: Decimal
    short: Decimal
    why: str
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Allocated:
    """The result of a batch: one entry per demand, fairest first, and the stock that is left."""

    lines: tuple[Allocation, ...]
    free: Mapping[str, Decimal]


@dataclass(slots=True)
class _Batch:
    """The stock while it is handed out, and who took of it so far."""

    free: dict[str, Decimal]
    takers: dict[str, list[Demand]] = field(default_factory=dict)
    given: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    blocked: dict[tuple[str, str], str] = field(default_factory=dict)


def allocate(demands: Iterable[Demand], free: Mapping[str, Decimal]) -> Allocated:
    """Hand the free stock to the demands: credit released, priority, promise date, order date, order number.

    `free` is what may be promised per SKU (on hand − allocated − quarantined). An order that must go whole stands
    in the queue where its first line stands; when it cannot be filled it takes nothing and others come after it.
    """
    queue = sorted(demands, key=rank)
    batch = _Batch({sku: quantity for sku, quantity in free.items() if quantity > ZERO})
    wholes = _whole_orders(queue)
    results = []
    for demand in queue:
        if demand.order in wholes:
            _fill_order(wholes.pop(demand.order), batch)
        results.append(_give(demand, batch))
    return Allocated(tuple(results), {**free, **batch.free})


def rank(demand: Demand) -> _Rank:
    """Sorts demands by fairness, the first to be served first."""
    return (
        not demand.credit_released,
        demand.priority,
        demand.promised or demand.ordered_on,
        demand.ordered_on,
        natural_key(demand.order),
        natural_key(demand.line),
    )


def _whole_orders(queue: list[Demand]) -> dict[str, list[Demand]]:
    names = {demand.order for demand in queue if demand.whole_order}
    found: dict[str, list[Demand]] = {}
    for demand in queue:
        if demand.order in names:
            found.setdefault(demand.order, []).append(demand)
    return found


def _fill_order(lines: list[Demand], batch: _Batch) -> None:
    """Set aside all that a whole order wants, or nothing of it and say which line was short."""
    wanted: dict[str, Decimal] = {}
    firm = [demand for demand in lines if not demand.takes_less]
    for demand in firm:
        wanted[demand.sku] = wanted.get(demand.sku, ZERO) + demand.wanted
    short = {sku: quantity - batch.free.get(sku, ZERO) for sku, quantity in wanted.items()}
    lacking = [f"{quantity} of {sku}" for sku, quantity in short.items() if quantity > ZERO]
    for demand in lines:
        if lacking:
            batch.blocked[demand.order, demand.line] = (
                f"Waits for the whole order, which is short of {', '.join(lacking)}."
            )
        elif not demand.takes_less:
            _take(demand, demand.wanted, batch)


def _take(demand: Demand, quantity: Decimal, batch: _Batch) -> None:
    batch.given[demand.order, demand.line] = quantity
    if quantity > ZERO:
        batch.free[demand.sku] -= quantity
        batch.takers.setdefault(demand.sku, []).append(demand)


def _give(demand: Demand, batch: _Batch) -> Allocation:
    key = (demand.order, demand.line)
    if key in batch.blocked:
        return replace(_result(demand, ZERO, batch.blocked[key]), blocked=True)
    if key not in batch.given:
        there = batch.free.get(demand.sku, ZERO)
        short = there < demand.wanted
        if short and demand.whole_line:
            return _result(demand, ZERO, f"Waits for the whole line: {demand.has(there)} are there.")
        if short:
            why = _why_short(demand, there, batch)
            _take(demand, there, batch)
            return _result(demand, there, why)
        _take(demand, demand.wanted, batch)
    return _result(demand, demand.wanted, f"{demand.has(demand.wanted)} from stock.")


def _result(demand: Demand, quantity: Decimal, why: str) -> Allocation:
    return Allocation(demand.order, demand.line, demand.sku, quantity, demand.wanted - quantity, why)


def _why_short(demand: Demand, there: Decimal, batch: _Batch) -> str:
    """Names who came before, the nearest first, for as much as this line is short of."""
    head = f"{demand.has(there)}:"
    takers = batch.takers.get(demand.sku, [])
    if not takers:
        return f"{head} no more in stock."
    missing = demand.wanted - there
    named: list[str] = []
    for taker in reversed(takers):
        if missing <= ZERO or len(named) == _NAMED_TAKERS:
            break
        quantity = batch.given[taker.order, taker.line]
        named.append(f"{quantity} went to order {taker.order}, {_because(taker, demand)}")
        missing -= quantity
    return f"{head} {'; '.join(named)}."


def _because(taker: Demand, other: Demand) -> str:
    """The first rule by which `taker` came before `other`."""
    mine, theirs = rank(taker), rank(other)
    rules = (
        "credit released",
        f"priority {taker.priority}",
        f"promised for {taker.promised}" if taker.promised else f"wanted at once since {taker.ordered_on}",
        f"ordered on {taker.ordered_on}",
    )
    if taker.order == other.order:
        return "its own earlier line"
    for at, rule in enumerate(rules):
        if mine[at] != theirs[at]:
            # Only a line of a whole order can rank behind: it came with the order's first line.
            return rule if mine < theirs else "which goes whole and came first"
    return "the earlier order number"
