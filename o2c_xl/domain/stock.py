"""Stock as movements: what a move is, what is available, what a unit costs (moving average or FIFO).

Quantities are in the product's unit, values in the company's currency. Neither ever goes below zero here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO, round_money

__all__ = [
    "MOVE_KINDS",
    "Availability",
    "CannotCount",
    "Layer",
    "Move",
    "NotEnoughStock",
    "Position",
    "availability",
    "count",
    "issue",
    "issue_fifo",
    "leave_quarantine",
    "opening",
    "receive",
    "release_quarantine",
    "reserve",
    "stock_status",
    "value_of",
]

MOVE_KINDS = (
    "opening",
    "receipt",
    "quarantine_release",
    "quarantine_leave",
    "shipment",
    "return",
    "count",
    "transfer",
)
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Move:
    """One stock movement; signs as the stock sees them: a shipment has a negative quantity and value.

    `quarantined` is the change of the quarantined part, which `quantity` includes while the goods stand here.
    """

    sku: str
    quantity: Decimal
    value: Decimal
    kind: str
    quarantined: Decimal = ZERO


class NotEnoughStock(Exception):
    """More was to leave than there is: a step asked without looking, the program never posts it."""

    def __init__(self, sku: str, wanted: Decimal, there: Decimal) -> None:
        super().__init__(f"{sku}: {wanted} are to leave, but only {there} are there")
        self.sku, self.wanted, self.there = sku, wanted, there


class CannotCount(Exception):
    """A count that cannot be: less than nothing, or less than what stands in quarantine."""


class Availability(StrEnum):
    """How well stock serves an order line, or a product by itself."""

    IN_STOCK = "In stock"
    LOW_STOCK = "Low stock"
    OUT_OF_STOCK = "Out of stock"


@dataclass(frozen=True, slots=True)
class Position:
    """What there is of one product; `on_hand` includes `quarantined`, `value` is that of all on hand."""

    sku: str
    on_hand: Decimal = ZERO
    allocated: Decimal = ZERO
    quarantined: Decimal = ZERO
    value: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        """What can still be promised; below zero only after a count found less than is promised."""
        return self.on_hand - self.allocated - self.quarantined

    @property
    def average(self) -> Decimal:
        """Cost per unit, to four places for showing; postings use `value_of`, which does not round twice."""
        return (self.value / self.on_hand).quantize(Decimal("0.0001")) if self.on_hand else ZERO

    @property
    def overpromised(self) -> Decimal:
        """What must be taken back from orders, because a count found less than they were promised."""
        return max(ZERO, -self.available)


def availability(available: Decimal, wanted: Decimal, reorder_level: Decimal | None) -> Availability:
    """How stock serves a line that wants `wanted` of the `available` (before it takes any). Never typed.

    Out of stock: less than one unit available. Low stock: what this line leaves is at or below the reorder level
    (no level = 0).
    """
    if available < _ONE:
        return Availability.OUT_OF_STOCK
    if available - wanted <= (reorder_level or ZERO):
        return Availability.LOW_STOCK
    return Availability.IN_STOCK


def stock_status(at: Position, reorder_level: Decimal | None) -> Availability:
    """The `Stock status` of a product when nobody asks for any of it."""
    return availability(at.available, ZERO, reorder_level)


def value_of(at: Position, quantity: Decimal, currency: str) -> Decimal:
    """The cost of `quantity` at the moving average, rounded once; all that is there takes the whole value."""
    if quantity == at.on_hand:
        return at.value
    return round_money(at.value * quantity / at.on_hand, currency)


def opening(sku: str, quantity: Decimal, unit_cost: Decimal, currency: str) -> tuple[Position, Move]:
    """Stock brought along from before, at the product's cost."""
    return receive(Position(sku), quantity, round_money(quantity * unit_cost, currency), "opening")


def receive(
    at: Position, quantity: Decimal, value: Decimal, kind: str = "receipt", quarantined: Decimal = ZERO
) -> tuple[Position, Move]:
    """Goods come in at `value` for all of them; `quarantined` of them may not be promised yet."""
    after = Position(at.sku, at.on_hand + quantity, at.allocated, at.quarantined + quarantined, at.value + value)
    return after, Move(at.sku, quantity, value, kind, quarantined)


def issue(
    at: Position, quantity: Decimal, currency: str, kind: str = "shipment", reserved: Decimal = ZERO
) -> tuple[Position, Move]:
    """Goods leave at the moving average; `reserved` of them had been set aside for this order.

    Raises NotEnoughStock when it would touch quarantined goods or what is set aside for others.
    """
    reserved = min(reserved, at.allocated)
    there = at.available + reserved
    if quantity > there:
        raise NotEnoughStock(at.sku, quantity, there)
    cost = value_of(at, quantity, currency)
    after = Position(at.sku, at.on_hand - quantity, at.allocated - reserved, at.quarantined, at.value - cost)
    return after, Move(at.sku, -quantity, -cost, kind)


def reserve(at: Position, quantity: Decimal) -> Position:
    """Set `quantity` aside for an order; a negative quantity gives it back."""
    if quantity > at.available and quantity > ZERO:
        raise NotEnoughStock(at.sku, quantity, at.available)
    if -quantity > at.allocated:
        raise NotEnoughStock(at.sku, -quantity, at.allocated)
    return Position(at.sku, at.on_hand, at.allocated + quantity, at.quarantined, at.value)


def release_quarantine(at: Position, quantity: Decimal) -> tuple[Position, Move]:
    """Someone looked at quarantined goods and found them good: they become available at the value they have."""
    if quantity > at.quarantined:
        raise NotEnoughStock(at.sku, quantity, at.quarantined)
    after = Position(at.sku, at.on_hand, at.allocated, at.quarantined - quantity, at.value)
    return after, Move(at.sku, ZERO, ZERO, "quarantine_release", -quantity)


def leave_quarantine(
    at: Position, quantity: Decimal, currency: str, value: Decimal | None = None
) -> tuple[Position, Move]:
    """Quarantined goods go back to the supplier or are scrapped, at `value` (as received) or at the average."""
    if quantity > at.quarantined:
        raise NotEnoughStock(at.sku, quantity, at.quarantined)
    cost = value_of(at, quantity, currency)
    if value is not None and quantity != at.on_hand:
        cost = min(value, at.value)
    after = Position(at.sku, at.on_hand - quantity, at.allocated, at.quarantined - quantity, at.value - cost)
    return after, Move(at.sku, -quantity, -cost, "quarantine_leave", -quantity)


def count(at: Position, counted: Decimal, currency: str, unit_cost: Decimal = ZERO) -> tuple[Position, Move | None]:
    """Post the difference between what was counted and what should be there; None when there is none.

    The difference is valued at the moving average, or at `unit_cost` where nothing was on hand. A count may find
    less than is promised: see `Position.overpromised`. Raises CannotCount.
    """
    if counted < at.quarantined:
        raise CannotCount(f"Counted: {counted} is less than the {at.quarantined} that stand in quarantine.")
    difference = counted - at.on_hand
    if not difference:
        return at, None
    by_cost = round_money(difference * unit_cost, currency)
    value = value_of(at, difference, currency) if at.on_hand else by_cost
    return receive(at, difference, value, "count")


@dataclass(frozen=True, slots=True)
class Layer:
    """What is left of one receipt, oldest first, for FIFO."""

    quantity: Decimal
    value: Decimal


def issue_fifo(layers: Iterable[Layer], quantity: Decimal, currency: str) -> tuple[Decimal, tuple[Layer, ...]]:
    """The cost of `quantity` taken from the oldest layers, and the layers that are left.

    A layer used up gives all its value, so no cent remains. Raises NotEnoughStock.
    """
    cost, wanted, left = ZERO, quantity, []
    for layer in layers:
        taken = min(layer.quantity, wanted)
        value = layer.value
        if taken < layer.quantity:
            value = round_money(layer.value * taken / layer.quantity, currency)
            left.append(Layer(layer.quantity - taken, layer.value - value))
        cost, wanted = cost + value, wanted - taken
    if wanted > ZERO:
        raise NotEnoughStock("FIFO", quantity, quantity - wanted)
    return cost, tuple(left)
