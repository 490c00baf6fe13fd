"""Orders: quantities per line, and the status that follows from them.

Nothing is stored here that could be derived: a status comes from quantities and gates, never from a typed word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter

from o2c_xl.domain.money import ZERO

__all__ = [
    "IN_WAREHOUSE",
    "Gates",
    "LineQuantities",
    "OrderStatus",
    "Request",
    "Shipping",
    "broken",
    "derive_status",
    "natural_key",
]

_DIGITS = re.compile(r"(\d+)")


class OrderStatus(StrEnum):
    """Where an order stands; the one word of the `Status` column."""

    INCOMPLETE = "Incomplete"
    CREDIT_CHECK = "Credit check"
    ON_HOLD = "On hold"
    AVAILABILITY = "Availability"
    APPROVAL = "Approval"
    BACKORDERED = "Backordered"
    TO_PICK = "To pick"
    PICKED = "Picked"
    PARTLY_SHIPPED = "Partly shipped"
    SHIPPED = "Shipped"
    INVOICED = "Invoiced"
    CLOSED = "Closed"
    CANCELLED = "Cancelled"


IN_WAREHOUSE = (OrderStatus.BACKORDERED, OrderStatus.TO_PICK, OrderStatus.PICKED, OrderStatus.PARTLY_SHIPPED)
"""Stock was looked at for the order, and something of it is still to go out; nothing holds it."""


class Request(StrEnum):
    """What a person may ask of an order in its `Action` column."""

    CONFIRM = "Confirm"
    HOLD = "Hold"
    RELEASE = "Release"
    CANCEL = "Cancel"
    CLOSE_SHORT = "Close short"


class Shipping(StrEnum):
    """How the customer wants the goods."""

    EXPRESS = "Express shipping"
    STANDARD = "Standard shipping"
    PICKUP = "Pickup at store"


@dataclass(frozen=True, slots=True)
class LineQuantities:
    """The quantities of one order line, in the product's unit.

    `allocated` and `picked` say what stands reserved and picked now (picked is part of allocated, and both fall
    when the goods ship); the others are totals since the order came. `returned_uninvoiced` is the part of
    `returned` that came back before it was invoiced, so it will never be.
    """

    ordered: Decimal
    allocated: Decimal = ZERO
    picked: Decimal = ZERO
    shipped: Decimal = ZERO
    invoiced: Decimal = ZERO
    returned: Decimal = ZERO
    cancelled: Decimal = ZERO
    returned_uninvoiced: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """What is still to be shipped."""
        return self.ordered - self.shipped - self.cancelled

    @property
    def to_invoice(self) -> Decimal:
        """What has shipped, stayed with the customer and is not invoiced yet."""
        return self.shipped - self.invoiced - self.returned_uninvoiced

    @property
    def backordered(self) -> Decimal:
        """What is open and has no stock set aside for it."""
        return self.ordered - self.shipped - self.cancelled - self.allocated

    @property
    def returnable(self) -> Decimal:
        """What the customer has and could still bring back."""
        return self.shipped - self.returned

    def after_allocating(self, quantity: Decimal) -> LineQuantities:
        """`quantity` of the stock was set aside for it."""
        return LineQuantities(
            self.ordered,
            self.allocated + quantity,
            self.picked,
            self.shipped,
            self.invoiced,
            self.returned,
            self.cancelled,
            self.returned_uninvoiced,
        )

    def after_picking(self, found: Decimal, short: Decimal = ZERO) -> LineQuantities:
        """`found` was fetched; `short` was set aside, but is not there."""
        return LineQuantities(
            self.ordered,
            self.allocated - short,
            self.picked + found,
            self.shipped,
            self.invoiced,
            self.returned,
            self.cancelled,
            self.returned_uninvoiced,
        )

    def after_shipping(self, quantity: Decimal) -> LineQuantities:
        """`quantity` of what was picked has left."""
        return LineQuantities(
            self.ordered,
            self.allocated - quantity,
            self.picked - quantity,
            self.shipped + quantity,
            self.invoiced,
            self.returned,
            self.cancelled,
            self.returned_uninvoiced,
        )

    def after_invoicing(self) -> LineQuantities:
        """All that was to be invoiced is."""
        return LineQuantities(
            self.ordered,
            self.allocated,
            self.picked,
            self.shipped,
            self.shipped - self.returned_uninvoiced,
            self.returned,
            self.cancelled,
            self.returned_uninvoiced,
        )


_QUANTITIES = LineQuantities.__slots__
_quantities = attrgetter(*_QUANTITIES)


def broken(line: LineQuantities) -> str | None:
    """The first rule that these quantities break, as a sentence; None when they hold."""
    rules = (
        ("ordered", line.shipped + line.cancelled, line.ordered, "shipped and cancelled"),
        ("open", line.allocated, line.open, "allocated"),
        ("allocated", line.picked, line.allocated, "picked"),
        ("shipped", line.invoiced + line.returned_uninvoiced, line.shipped, "invoiced and returned before that"),
        ("shipped", line.returned, line.shipped, "returned"),
        ("returned", line.returned_uninvoiced, line.returned, "returned before invoicing"),
    )
    for limit_name, part, limit, part_name in rules:
        if part > limit:
            return f"{part_name} is {part}, more than {limit_name} {limit}"
    for name in _QUANTITIES if min(_quantities(line)) < ZERO else ():
        if getattr(line, name) < ZERO:
            return f"{name.replace('_', ' ')} is {getattr(line, name)}, less than 0"
    return None


@dataclass(frozen=True, slots=True)
class Gates:
    """What keeps an order from going on; each is False when the gate stands open.

    `missing`: something is not there (see `completeness`). `credit_check`: finance has to decide. `held`: by a
    person, by credit, or not yet confirmed where that is asked for. `undecided`: stock was not looked at yet, or a
    short line waits for a choice. `approval`: a manager has to decide. `paid`: nothing of its invoices is open.
    """

    missing: bool = False
    credit_check: bool = False
    held: bool = False
    undecided: bool = False
    approval: bool = False
    paid: bool = False


def derive_status(lines: Iterable[LineQuantities], gates: Gates) -> OrderStatus:
    """The status that follows from the quantities and the gates.

    A gate stops only what is still open: goods that have shipped are invoiced whatever the gates say.
    """
    ordered = shipped = cancelled = settled = allocated = picked = ZERO
    for line in lines:
        ordered += line.ordered
        shipped += line.shipped
        cancelled += line.cancelled
        settled += line.invoiced + line.returned_uninvoiced
        allocated += line.allocated
        picked += line.picked
    if ordered > shipped + cancelled:
        return _gate(gates) or _progress(shipped, allocated, picked)
    if shipped == ZERO:
        return OrderStatus.CANCELLED if cancelled > ZERO else OrderStatus.INCOMPLETE
    if shipped > settled:
        return OrderStatus.SHIPPED
    return OrderStatus.CLOSED if gates.paid else OrderStatus.INVOICED


def _gate(gates: Gates) -> OrderStatus | None:
    if gates.missing:
        return OrderStatus.INCOMPLETE
    if gates.credit_check:
        return OrderStatus.CREDIT_CHECK
    if gates.held:
        return OrderStatus.ON_HOLD
    if gates.undecided:
        return OrderStatus.AVAILABILITY
    return OrderStatus.APPROVAL if gates.approval else None


def _progress(shipped: Decimal, allocated: Decimal, picked: Decimal) -> OrderStatus:
    if shipped > ZERO:
        return OrderStatus.PARTLY_SHIPPED
    if allocated == ZERO:
        return OrderStatus.BACKORDERED
    return OrderStatus.PICKED if picked == allocated else OrderStatus.TO_PICK


@lru_cache(maxsize=1 << 14)
def natural_key(text: str) -> tuple[list[str | int], str]:
    """Sorts identifiers as people do: 9 before 10, A-2 before A-10."""
    pieces: list[str | int] = list(_DIGITS.split(text.casefold()))
    for at in range(1, len(pieces), 2):
        pieces[at] = int(pieces[at])
    return pieces, text
