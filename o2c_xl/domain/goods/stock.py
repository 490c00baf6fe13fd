"""Stock as movements: what a move is, what is available, what a unit costs (moving average or FIFO).

Quantities are in the product's unit, values in the company's currency. Neither ever goes below zero here. A position
that brings its cost layers is valued first in, first out, one without them at the moving average.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Literal

from o2c_xl.domain.goods.layers import Layer, NotEnoughStock, add_layer, issue_fifo, value_of_found
from o2c_xl.domain.money import ZERO, round_money

__all__ = [
    "Availability",
    "CannotCount",
    "Move",
    "MoveKind",
    "NotEnoughStock",
    "Position",
    "availability",
    "average_cost",
    "count",
    "issue",
    "leave_quarantine",
    "opening",
    "receive",
    "release_quarantine",
    "reserve",
    "stock_status",
    "value_of",
]

MoveKind = Literal["opening", "receipt", "quarantine_release", "quarantine_leave", "shipment", "return", "count"]
_ONE = Decimal(1)
_AVERAGE_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Move:
    """One stock movement; signs as the stock sees them: a shipment has a negative quantity and value.

    `quarantined` is the change of the quarantined part, which `quantity` includes while the goods stand here.
    """

    sku: str
    quantity: Decimal
    value: Decimal
    kind: MoveKind
    quarantined: Decimal = ZERO


class CannotCount(Exception):
    """A count that cannot be: less than nothing, or less than what stands in quarantine."""


class Availability(StrEnum):
    """How well stock serves an order line, or a product by itself."""

    IN_STOCK = "In stock"
    LOW_STOCK = "Low stock"
    OUT_OF_STOCK = "Out of stock"


@dataclass(frozen=True, slots=True)
class Position:
    """What there is of one product; `on_hand` includes `quarantined`, `value` is that of all on hand.

    `layers` make it up, oldest first, where stock is valued first in, first out; None on the moving average.
    """

    sku: str
    on_hand: Decimal = ZERO
    allocated: Decimal = ZERO
    quarantined: Decimal = ZERO
    value: Decimal = ZERO
    layers: tuple[Layer, ...] | None = None

    @property
    def available(self) -> Decimal:
        """What can still be promised; below zero only after a count found less than is promised."""
        return self.on_hand - self.allocated - self.quarantined


def availability(available: Decimal, wanted: Decimal, reorder_point: Decimal | None) -> Availability:
    """How stock serves a line that wants `wanted` of the `available` (before it takes any). Never typed.

    Out of stock: less than one unit available. Low stock: what this line leaves is at or below the reorder point
    (no point = 0).
    """
    if available < _ONE:
        return Availability.OUT_OF_STOCK
    if available - wanted <= (reorder_point or ZERO):
        return Availability.LOW_STOCK
    return Availability.IN_STOCK


def stock_status(available: Decimal, reorder_point: Decimal | None) -> Availability:
    """The `Stock status` of a product when nobody asks for any of it."""
    return availability(available, ZERO, reorder_point)


def average_cost(value: Decimal, on_hand: Decimal) -> Decimal:
    """Cost per unit, to the four places that the ledger keeps; goods leave at `value_of`, else they round twice."""
    return (value / on_hand).quantize(_AVERAGE_PLACES, ROUND_HALF_UP) if on_hand else ZERO


def value_of(at: Position, quantity: Decimal, currency: str) -> Decimal:
    """The cost of `quantity` at the moving average, rounded once; all that is there takes the whole value."""
    if quantity == at.on_hand:
        return at.value
    return round_money(at.value * quantity / at.on_hand, currency)


def _leaving(at: Position, quantity: Decimal, currency: str) -> tuple[Decimal, tuple[Layer, ...] | None]:
    """What `quantity` costs when it leaves, and the layers left."""
    if at.layers is None:
        return value_of(at, quantity, currency), None
    return issue_fifo(at.layers, quantity, currency)


def opening(sku: str, quantity: Decimal, unit_cost: Decimal, currency: str) -> tuple[Position, Move]:
    """Stock brought along from before, at the product's cost."""
    return receive(Position(sku), quantity, round_money(quantity * unit_cost, currency), "opening")


def receive(
    at: Position, quantity: Decimal, value: Decimal, kind: MoveKind = "receipt", quarantined: Decimal = ZERO
) -> tuple[Position, Move]:
    """Goods come in at `value` for all of them; `quarantined` of them may not be promised yet."""
    layers = None if at.layers is None else add_layer(at.layers, quantity, value)
    held = at.quarantined + quarantined
    after = Position(at.sku, at.on_hand + quantity, at.allocated, held, at.value + value, layers)
    return after, Move(at.sku, quantity, value, kind, quarantined)


def issue(
    at: Position, quantity: Decimal, currency: str, kind: MoveKind = "shipment", reserved: Decimal = ZERO
) -> tuple[Position, Move]:
    """Goods leave at the oldest cost or at the average; `reserved` of them had been set aside for this order.

    Raises NotEnoughStock when it would touch quarantined goods or what is set aside for others.
    """
    reserved = min(reserved, at.allocated)
    there = at.available + reserved
    if quantity > there:
        raise NotEnoughStock(at.sku, quantity, there)
    cost, layers = _leaving(at, quantity, currency)
    after = Position(at.sku, at.on_hand - quantity, at.allocated - reserved, at.quarantined, at.value - cost, layers)
    return after, Move(at.sku, -quantity, -cost, kind)


def reserve(at: Position, quantity: Decimal) -> Position:
    """Set `quantity` aside for an order; a negative quantity gives it back."""
    if quantity > at.available and quantity > ZERO:
        raise NotEnoughStock(at.sku, quantity, at.available)
    if -quantity > at.allocated:
        raise NotEnoughStock(at.sku, -quantity, at.allocated)
    return Position(at.sku, at.on_hand, at.allocated + quantity, at.quarantined, at.value, at.layers)


def release_quarantine(at: Position, quantity: Decimal) -> tuple[Position, Move]:
    """Someone looked at quarantined goods and found them good: they become available at the value they have."""
    if quantity > at.quarantined:
        raise NotEnoughStock(at.sku, quantity, at.quarantined)
    after = Position(at.sku, at.on_hand, at.allocated, at.quarantined - quantity, at.value, at.layers)
    return after, Move(at.sku, ZERO, ZERO, "quarantine_release", -quantity)


def leave_quarantine(
    at: Position, quantity: Decimal, currency: str, value: Decimal | None = None
) -> tuple[Position, Move]:
    """Quarantined goods go back to the supplier or are scrapped, at `value` (as received) or at the average.

    First in, first out they leave as all goods do, at the oldest cost: their own layer may have left before them.
    """
    if quantity > at.quarantined:
        raise NotEnoughStock(at.sku, quantity, at.quarantined)
    cost, layers = _leaving(at, quantity, currency)
    if value is not None and layers is None and quantity != at.on_hand:
        cost = min(value, at.value)
    held = at.quarantined - quantity
    after = Position(at.sku, at.on_hand - quantity, at.allocated, held, at.value - cost, layers)
    return after, Move(at.sku, -quantity, -cost, "quarantine_leave", -quantity)


def count(at: Position, counted: Decimal, currency: str, unit_cost: Decimal = ZERO) -> tuple[Position, Move | None]:
    """Post the difference between what was counted and what should be there; None when there is none.

    What is missing leaves as goods do; what is found is worth the average, or what the newest layer cost, or
    `unit_cost` where nothing was on hand. A count may find less than is promised: then less than nothing is available.
    Raises CannotCount.
    """
    if counted < at.quarantined:
        raise CannotCount(f"Counted: {counted} is less than the {at.quarantined} that stand in quarantine.")
    difference = counted - at.on_hand
    if not difference:
        return at, None
    if difference > ZERO:
        return receive(at, difference, _found(at, difference, currency, unit_cost), "count")
    cost, layers = _leaving(at, -difference, currency)
    after = Position(at.sku, counted, at.allocated, at.quarantined, at.value - cost, layers)
    return after, Move(at.sku, difference, -cost, "count")


def _found(at: Position, quantity: Decimal, currency: str, unit_cost: Decimal) -> Decimal:
    if not at.on_hand:
        return round_money(quantity * unit_cost, currency)
    return value_of_found(at.layers[-1], quantity, currency) if at.layers else value_of(at, quantity, currency)
