"""Cost layers: what each receipt still has in stock, oldest first, for stock valued first in, first out (FIFO).

A layer says what the goods cost, not where they lie: goods leave at the cost of the oldest layer, whichever box is
carried out. Quantities are in the product's unit, values in the company's currency; a used-up layer is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO, round_money

__all__ = [
    "Layer",
    "NotEnoughStock",
    "NotTheLayersCost",
    "Valuation",
    "add_layer",
    "issue_fifo",
    "take_layers",
    "value_of_found",
]


# by how much an amount is rounded at most: half a unit of a currency without cents
_ROUNDED_BY = Decimal("0.5")


class Valuation(StrEnum):
    """At which cost goods leave stock."""

    MOVING_AVERAGE = "Moving average"
    FIFO = "FIFO"


class NotEnoughStock(Exception):
    """More was to leave than there is: a step asked without looking, the program never posts it."""

    def __init__(self, sku: str, wanted: Decimal, there: Decimal) -> None:
        super().__init__(f"{sku}: {wanted} are to leave, but only {there} are there")
        self.sku, self.wanted, self.there = sku, wanted, there


class NotTheLayersCost(Exception):
    """Goods were to leave at a cost that their layers do not have: a fault of the program, never of a user."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What is left of one receipt, and what that cost."""

    quantity: Decimal
    value: Decimal


Layers = tuple[Layer, ...]


def add_layer(layers: Layers, quantity: Decimal, value: Decimal) -> Layers:
    """Goods came in, newest now; they join the newest layer where they cost exactly the same per unit."""
    if layers:
        newest = layers[-1]
        if newest.value * quantity == value * newest.quantity:
            return (*layers[:-1], Layer(newest.quantity + quantity, newest.value + value))
    return (*layers, Layer(quantity, value))


def issue_fifo(layers: Sequence[Layer], quantity: Decimal, currency: str) -> tuple[Decimal, Layers]:
    """The cost of `quantity` taken from the oldest layers, and the layers that are left.

    A layer used up gives all its value, so no cent remains. Raises NotEnoughStock.
    """
    cost, wanted, used = _whole_layers(layers, quantity)
    if not wanted:
        return cost, tuple(layers[used:])
    broken = layers[used]
    value = round_money(broken.value * wanted / broken.quantity, currency)
    rest = Layer(broken.quantity - wanted, broken.value - value)
    return cost + value, (rest, *layers[used + 1 :])


def take_layers(layers: Sequence[Layer], quantity: Decimal, cost: Decimal) -> Layers:
    """The layers that are left when `quantity` of the oldest left at `cost`, as `issue_fifo` said it would.

    Raises NotEnoughStock, and NotTheLayersCost where that cannot be what they cost.
    """
    known, wanted, used = _whole_layers(layers, quantity)
    value = cost - known
    if not wanted:
        _must_be(layers, quantity, cost, fits=not value)
        return tuple(layers[used:])
    broken = layers[used]
    near = abs(value - broken.value * wanted / broken.quantity) <= _ROUNDED_BY
    _must_be(layers, quantity, cost, fits=near and ZERO <= value <= broken.value)
    return (Layer(broken.quantity - wanted, broken.value - value), *layers[used + 1 :])


def value_of_found(newest: Layer, quantity: Decimal, currency: str) -> Decimal:
    """What goods found by a count are worth: what is left on the shelf came last, so what the newest cost."""
    return round_money(newest.value * quantity / newest.quantity, currency)


def _whole_layers(layers: Sequence[Layer], quantity: Decimal) -> tuple[Decimal, Decimal, int]:
    """The cost of the oldest layers that `quantity` uses up, what it wants of the next, and how many those are."""
    cost, wanted, used = ZERO, quantity, 0
    for layer in layers:
        if wanted < layer.quantity:
            return cost, wanted, used
        cost, wanted, used = cost + layer.value, wanted - layer.quantity, used + 1
    if wanted > ZERO:
        raise NotEnoughStock("FIFO", quantity, quantity - wanted)
    return cost, ZERO, used


def _must_be(layers: Sequence[Layer], quantity: Decimal, cost: Decimal, *, fits: bool) -> None:
    if not fits:
        raise NotTheLayersCost(f"{quantity} cannot leave at {cost} where {layers[:3]} come first")
