"""Orders: quantities per line, the status that follows from them, what may still change or be cancelled.

Nothing is stored here that could be derived: a status comes from quantities and gates, never from a typed word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from o2c_xl.domain.money import ZERO

__all__ = [
    "Allowed",
    "Cancellation",
    "Gates",
    "LineQuantities",
    "LineTerms",
    "OrderStatus",
    "Refused",
    "Request",
    "Shipping",
    "amendment",
    "broken",
    "cancel_open",
    "close_short",
    "derive_status",
    "header_amendment",
    "natural_key",
    "request_refused",
]

_DIGITS = re.compile(r"(\d+)")
# These never change what was picked, shipped or billed, so they stay open to the end.
_ALWAYS_FREE = frozenset({"Notes", "Priority", "Action", "Released until"})


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
    for name in LineQuantities.__slots__:
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


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What the customer agreed to on a line: a change of any of it is an amendment."""

    sku: str
    quantity: Decimal
    price: Decimal | None = None
    discount: Decimal = ZERO
    customisation: str = ""
    requested: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The change may be made; `release` is what has to be given back of the stock set aside for the line."""

    release: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Refused:
    """The change may not be made; `reason` says why and what to do instead."""

    reason: str


def amendment(old: LineTerms, new: LineTerms, done: LineQuantities) -> Allowed | Refused:
    """Whether a line may still change: until it is picked; later only by cancelling what is open or by a return."""
    if old == new:
        return Allowed()
    if done.shipped > ZERO:
        return Refused(
            f"{done.shipped} of {done.ordered} have shipped. Cancel what is open, or enter a return, "
            "and order the rest anew."
        )
    if done.picked > ZERO:
        return Refused(f"{done.picked} of {done.ordered} are picked. Cancel what is open, and order the rest anew.")
    if new.quantity < done.cancelled:
        return Refused(f"Quantity: {new.quantity} is less than the {done.cancelled} already cancelled.")
    if new.sku != old.sku:
        return Allowed(release=done.allocated)
    return Allowed(release=max(ZERO, done.allocated - (new.quantity - done.cancelled)))


def header_amendment(changed: Iterable[str], lines: Iterable[LineQuantities]) -> Allowed | Refused:
    """Whether these columns of the order itself may still change: notes always, all else until a line is picked."""
    late = sorted(set(changed) - _ALWAYS_FREE)
    if late and any(line.picked > ZERO or line.shipped > ZERO for line in lines):
        names = ", ".join(late)
        return Refused(f"{names}: part of the order is picked or shipped. Cancel what is open, and order it anew.")
    return Allowed()


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A line after something of it was cancelled: `released` stock is free again."""

    after: LineQuantities
    cancelled: Decimal
    released: Decimal


def cancel_open(line: LineQuantities) -> Cancellation:
    """Cancel all that has not shipped; what was picked goes back to its bin."""
    quantity = line.open
    after = replace(line, allocated=ZERO, picked=ZERO, cancelled=line.cancelled + quantity)
    return Cancellation(after, quantity, line.allocated)


def close_short(line: LineQuantities, at_hand: Decimal = ZERO) -> Cancellation:
    """Cancel what has no stock; what is set aside, and `at_hand` of what is free, still goes out."""
    quantity = max(ZERO, line.backordered - at_hand)
    after = replace(line, cancelled=line.cancelled + quantity)
    return Cancellation(after, quantity, ZERO)


def request_refused(request: Request, status: OrderStatus) -> str | None:
    """Why the order cannot take this request now; None when it can."""
    if status in (OrderStatus.CANCELLED, OrderStatus.CLOSED):
        return f"Action: {request} is too late, the order is {status.lower()}. Empty the cell."
    ends = request in (Request.CANCEL, Request.CLOSE_SHORT, Request.HOLD)
    if ends and status in (OrderStatus.SHIPPED, OrderStatus.INVOICED):
        return f"Action: {request} is too late, everything has shipped. Enter a return for what comes back."
    return None


@lru_cache(maxsize=1 << 14)
def natural_key(text: str) -> tuple[list[str | int], str]:
    """Sorts identifiers as people do: 9 before 10, A-2 before A-10."""
    pieces: list[str | int] = list(_DIGITS.split(text.casefold()))
    for at in range(1, len(pieces), 2):
        pieces[at] = int(pieces[at])
    return pieces, text
