"""Do what people asked of orders in their Action column: hold, let go, cancel, close short."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.amending import Cancellation, cancel_open, close_short, request_refused
from o2c_xl.domain.ordering.orders import Gates, LineQuantities, OrderStatus, Request, derive_status

__all__ = ["ActedOrder", "ActionBooks", "NotDone", "OrderToActOn", "act_on_orders"]


@dataclass(frozen=True, slots=True)
class OrderToActOn:
    """An order with a request, or held by one before. `looked_at`: stock was allocated to all of its lines."""

    order: str
    status: OrderStatus
    action: str
    held: bool
    credit_state: str
    lines: Mapping[str, LineQuantities]
    looked_at: bool = False


@dataclass(frozen=True, slots=True)
class ActedOrder:
    """What became of an order; `event` is what happened, `lines` what was cancelled of each line."""

    order: str
    event: str
    status: OrderStatus
    held: bool = False
    waiting_for: str = ""
    waiting_who: str = ""
    lines: Mapping[str, Cancellation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotDone:
    """A request that has no effect now; `why` says what stands against it and what to do, for beside the row."""

    order: str
    why: str


class ActionBooks(Protocol):
    """Where orders with requests come from."""

    def work_off(self, decide: Callable[[Sequence[OrderToActOn]], Sequence[ActedOrder | NotDone]]) -> int:
        """Give each batch to `decide` and record what it decided; returns the number of orders that changed."""
        ...


def act_on_orders(books: ActionBooks) -> int:
    """Do what was asked and is not done yet; what the cell asks for is a state, so a second run changes nothing.

    Returns how many orders were held, let go, cancelled or closed short. Confirm and Release are read where an order
    waits for them: when it is priced, and by the credit check.
    """
    return books.work_off(lambda orders: [done for one in orders if (done := _act(one)) is not None])


def _act(one: OrderToActOn) -> ActedOrder | NotDone | None:
    if one.action and request_refused(Request(one.action), one.status, one.credit_state, held=one.held):
        return None  # said at the cell when it was typed
    if one.action == Request.CANCEL:
        return _cancelled(one)
    if one.action == Request.CLOSE_SHORT:
        return _closed_short(one)
    if one.action == Request.HOLD:
        return None if one.held else _held(one)
    return _let_go(one) if one.held else None


def _held(one: OrderToActOn) -> ActedOrder:
    why = "Held by hand. Empty the Action or set it to Release to let the order go on."
    return ActedOrder(one.order, "order held", OrderStatus.ON_HOLD, held=True, waiting_for=why, waiting_who="Sales")


def _let_go(one: OrderToActOn) -> ActedOrder:
    """Back to the first check that it has not passed; what has stock already keeps it."""
    status = OrderStatus.AVAILABILITY if one.credit_state == "Approved" else OrderStatus.CREDIT_CHECK
    return ActedOrder(one.order, "order let go", status if one.credit_state else OrderStatus.INCOMPLETE)


def _cancelled(one: OrderToActOn) -> ActedOrder | None:
    lines = {line: cancel_open(quantities) for line, quantities in one.lines.items() if quantities.open > ZERO}
    if not lines and _shipped(one):
        return None
    return ActedOrder(one.order, "order cancelled", _after(one, lines), lines=lines)


def _closed_short(one: OrderToActOn) -> ActedOrder | NotDone | None:
    """Only where stock was looked at: before that nobody knows what is short."""
    short = {line: quantities for line, quantities in one.lines.items() if quantities.backordered > ZERO}
    if not short or not one.looked_at:
        return _let_go(one) if one.held else _not_closed(one, short)
    lines = {line: close_short(quantities) for line, quantities in short.items()}
    status = _after(one, lines)
    if status is not OrderStatus.CANCELLED and one.credit_state != "Approved":
        # what is left is less than was held: it is checked anew
        status = OrderStatus.CREDIT_CHECK if one.credit_state else OrderStatus.INCOMPLETE
    return ActedOrder(one.order, "order closed short", status, lines=lines)


_GIVE_UP = "Set Action to Cancel to give up all that has not shipped."


def _not_closed(one: OrderToActOn, short: Mapping[str, LineQuantities]) -> NotDone | None:
    """Why nothing was closed short, unless it is done already."""
    if (short or not one.lines) and one.status is OrderStatus.INCOMPLETE:
        return NotDone(one.order, f"Close short waits: the order is incomplete. Fill in what is missing. {_GIVE_UP}")
    if short and one.credit_state != "Approved":
        told = "Close short waits for the credit check: what stock is short is looked at after it, and closed then."
        return NotDone(one.order, f"{told} {_GIVE_UP}")
    if short or any(quantities.cancelled > ZERO for quantities in one.lines.values()):
        return None  # stock is looked at in this very run; or nothing more is short
    open_ = sum((quantities.open for quantities in one.lines.values()), ZERO)
    picked = sum((quantities.picked for quantities in one.lines.values()), ZERO)
    if open_ <= ZERO:
        return None
    told = f"Nothing is short, so nothing was closed: stock is set aside for all {open_:f} that are open"
    if picked < open_:
        told += f", {picked:f} of them are picked. Type in Picked what is there; what is not found is closed short"
    return NotDone(one.order, f"{told}. {_GIVE_UP}")


def _after(one: OrderToActOn, lines: Mapping[str, Cancellation]) -> OrderStatus:
    """The status that follows once these lines are cancelled; an order of which nothing ever shipped has ended."""
    after = [lines[line].after if line in lines else quantities for line, quantities in one.lines.items()]
    if not _shipped(one) and not any(quantities.open > ZERO for quantities in after):
        return OrderStatus.CANCELLED
    return derive_status(after, Gates())


def _shipped(one: OrderToActOn) -> bool:
    return any(quantities.shipped > ZERO for quantities in one.lines.values())
