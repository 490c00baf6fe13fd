"""Stock as movements: what a move is, what is available, what a unit costs (moving average or FIFO).

Quantities are in the product's unit, values in the company's currency. Nothing here goes below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.money import ZERO

__all__ = ["MOVE_KINDS", "Move"]

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
