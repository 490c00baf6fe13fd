"""Step 5, receive products: deliveries are matched to what suppliers owe and go to stock or into quarantine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from o2c_xl.domain.buying.purchase_status import DRAFTS, ORDERED
from o2c_xl.domain.goods.receiving import Delivery, NotReceived, OrderedLine, Reception, receive_deliveries
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy

__all__ = ["Arrivals", "GoodsReceived", "ReceivingBooks", "Supply", "match_arrivals", "receive_goods"]


@dataclass(frozen=True, slots=True)
class Supply:
    """A purchase order as far as a delivery asks: where it stands and the currency of its costs."""

    status: str
    currency: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Deliveries not posted yet, in the order in which they came, with the purchase orders they name."""

    deliveries: Sequence[Delivery]
    orders: Mapping[str, Supply]
    lines: Sequence[OrderedLine]


@dataclass(frozen=True, slots=True)
class GoodsReceived:
    """How many receipts were posted, and how many were found at fault that were not before."""

    posted: int = 0
    faults: int = 0

    @property
    def count(self) -> int:
        """What changed."""
        return self.posted + self.faults


class ReceivingBooks(Protocol):
    """Where receipts to post come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[Arrivals], Reception]) -> tuple[int, int]:
        """Give each batch to `decide` and record what it decided; (receipts posted, those newly at fault)."""
        ...


def receive_goods(books: ReceivingBooks, policy: Policy) -> GoodsReceived:
    """Post every delivery that an order under way is owed; the others are faults with a sentence."""
    return GoodsReceived(*books.work_off(lambda arrivals: match_arrivals(arrivals, policy)))


def match_arrivals(arrivals: Arrivals, policy: Policy) -> Reception:
    """What of a batch is to be posted, and what is wrong with the rest."""
    refused = {}
    for delivery in arrivals.deliveries:
        if fault := _cannot_come(delivery, arrivals.orders.get(delivery.po), policy.currency):
            refused[delivery.receipt] = fault
    sound = [one for one in arrivals.deliveries if one.receipt not in refused]
    matched = receive_deliveries(sound, arrivals.lines, policy.over_delivery_percent)
    return Reception(matched.received, (*refused.values(), *matched.faults))


def _cannot_come(delivery: Delivery, order: Supply | None, currency: str) -> NotReceived | None:
    po = delivery.po
    if delivery.quantity <= ZERO:
        return NotReceived(delivery.receipt, "Quantity", "It is not more than 0.", "Enter how many came.")
    if order is None:
        return _at_po(delivery, f"{po or 'It'} is not in Purchase Orders.", "Correct the number.")
    if order.status in DRAFTS:
        return _at_po(delivery, f"{po} is not sent yet.", "Send it first, or correct the number.")
    if order.status not in ORDERED:
        fix = "Correct the number, or enter a purchase order for what came."
        return _at_po(delivery, f"{po} is {order.status.lower()}.", fix)
    if order.currency != currency:
        problem = f"{po} is in {order.currency}, stock is kept in {currency}, and there are no exchange rates."
        return _at_po(delivery, problem, f"Order these goods at a Unit cost in {currency}, from a supplier so marked.")
    return None


def _at_po(delivery: Delivery, problem: str, fix: str) -> NotReceived:
    return NotReceived(delivery.receipt, "PO", problem, fix)
