"""What may still change of an order, and what becomes of a line that is cancelled or closed short."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import LineQuantities, OrderStatus, Request

__all__ = [
    "Allowed",
    "Cancellation",
    "LineTerms",
    "Refused",
    "amendment",
    "cancel_open",
    "close_short",
    "header_amendment",
    "request_refused",
]

# These never change what was picked, shipped or billed, so they stay open to the end.
_ALWAYS_FREE = frozenset({"Notes", "Priority", "Action", "Released until"})


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
    late, quantities = sorted(set(changed) - _ALWAYS_FREE), list(lines)
    if late and any(line.picked > ZERO or line.shipped > ZERO for line in quantities):
        names = ", ".join(late)
        if not any(line.open for line in quantities):
            return Refused(f"{names}: the order has shipped. Enter a return, and order it anew.")
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


def request_refused(request: Request, status: OrderStatus, credit: str = "", *, held: bool = False) -> str | None:
    """Why the order cannot take this request now, or has nothing to do for it; None when it can.

    `credit` is what the credit check said of it last, empty before that; `held` = a person holds it or asked for that.
    """
    if status in (OrderStatus.CANCELLED, OrderStatus.CLOSED):
        return f"{request} is too late, the order is {status.lower()}. Empty the cell."
    ends = request in (Request.CANCEL, Request.CLOSE_SHORT, Request.HOLD)
    if ends and status in (OrderStatus.SHIPPED, OrderStatus.INVOICED):
        return f"{request} is too late, everything has shipped. Enter a return for what comes back."
    if request is Request.CONFIRM and credit and not held:
        mend = "Empty the cell." if credit == "Approved" else "Set Action to Release to let it go on all the same."
        return f"Confirm has nothing to do, the order is confirmed and stands at {status}. {mend}"
    if request is Request.RELEASE and credit == "Approved" and not held:
        return f"Release has nothing to do, the order passed the credit check and stands at {status}. Empty the cell."
    return None
