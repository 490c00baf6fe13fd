"""Step 4, the purchase order goes to the supplier: when it may, after the approval it needs, or as someone asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from o2c_xl.domain.approvals import ApprovalStatus, above_limit
from o2c_xl.domain.buying.purchase_status import DRAFTS, PurchaseStatus
from o2c_xl.domain.policy import Policy

__all__ = ["Fate", "PurchaseToSend", "PurchasesSent", "SendingBooks", "decide_purchase", "send_purchases"]


class Fate(StrEnum):
    """What happens to a purchase order now."""

    STAY = "stay"
    ASK = "ask"
    RETURN = "return"
    SEND = "send"
    CANCEL = "cancel"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class PurchaseToSend:
    """A purchase order that may move on.

    `verdict` is the status of the approval of this very content, empty when none was asked for. `priced`: the cost of
    every line is known, so that `net` can be held against a limit. `complete`: it has a supplier and something to
    buy. `received`: something of it has come. `foreign`: it is in another currency than stock is kept in, so that
    nothing of it could be received.
    """

    po: str
    status: str
    action: str
    net: Decimal
    verdict: ApprovalStatus | None = None
    priced: bool = True
    complete: bool = True
    received: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class PurchasesSent:
    """How many purchase orders were sent, wait for approval, came back from it, or ended."""

    sent: int = 0
    asked: int = 0
    returned: int = 0
    cancelled: int = 0
    closed: int = 0

    @property
    def count(self) -> int:
        """What changed."""
        return self.sent + self.asked + self.returned + self.cancelled + self.closed


class SendingBooks(Protocol):
    """Where drafts, what waits for approval and orders that someone wants ended come from."""

    def work_off(self, decide: Callable[[Sequence[PurchaseToSend]], Sequence[Fate]]) -> Mapping[Fate, int]:
        """Give each batch to `decide`, which names the fate of each order, and record it; how many had which."""
        ...


def send_purchases(books: SendingBooks, policy: Policy) -> PurchasesSent:
    """Send, ask for approval, cancel or close every purchase order as far as it may go."""
    counts = books.work_off(lambda batch: [decide_purchase(one, policy) for one in batch])
    return PurchasesSent(*(counts.get(fate, 0) for fate in (Fate.SEND, Fate.ASK, Fate.RETURN, Fate.CANCEL, Fate.CLOSE)))


def decide_purchase(one: PurchaseToSend, policy: Policy) -> Fate:
    """What happens to one order; one that has partly come is not cancelled but closed short."""
    if one.action in ("Cancel", "Close short"):
        ends_draft = one.action == "Cancel" or one.status in DRAFTS
        return Fate.CANCEL if ends_draft and not one.received else Fate.CLOSE
    if one.status not in DRAFTS or not one.complete or one.foreign:
        return Fate.STAY
    if policy.send_by_hand and one.action != "Send":
        return Fate.STAY
    if not _needs_approval(one, policy.approve_purchase_orders_above) or one.verdict is ApprovalStatus.APPROVED:
        return Fate.SEND
    if one.verdict is ApprovalStatus.REJECTED:
        return Fate.RETURN if one.status == PurchaseStatus.APPROVAL else Fate.STAY
    waits = one.verdict is ApprovalStatus.WAITING and one.status == PurchaseStatus.APPROVAL
    return Fate.STAY if waits else Fate.ASK


def _needs_approval(one: PurchaseToSend, limit: Decimal | None) -> bool:
    """Whether the Operations Manager decides: above the limit, and where no sum is known to hold against it."""
    return above_limit(one.net, limit) or (limit is not None and not one.priced)
