"""Step 4, the purchase order goes to the supplier: when it may, after the approval it needs, or as someone asks."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from o2c_xl.domain.buying.purchase_status import DRAFTS, PurchaseStatus
from o2c_xl.domain.money import ZERO
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
    verdict: str = ""
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
    """What the step needs of the ledger."""

    def pending(self) -> Generator[Sequence[PurchaseToSend], None, None]:
        """Batches of drafts, of what waits for approval, and of orders someone wants ended."""

    def record(self, fates: Sequence[tuple[PurchaseToSend, Fate]]) -> None:
        """Carry out what was decided for the batch that was given last."""


def send_purchases(books: SendingBooks, policy: Policy) -> PurchasesSent:
    """Send, ask for approval, cancel or close every purchase order as far as it may go."""
    counts = dict.fromkeys(Fate, 0)
    with closing(books.pending()) as batches:
        for batch in batches:
            decided = [(one, decide_purchase(one, policy)) for one in batch]
            fates = [(one, fate) for one, fate in decided if fate is not Fate.STAY]
            books.record(fates)
            for _, fate in fates:
                counts[fate] += 1
    return PurchasesSent(
        counts[Fate.SEND], counts[Fate.ASK], counts[Fate.RETURN], counts[Fate.CANCEL], counts[Fate.CLOSE]
    )


def decide_purchase(one: PurchaseToSend, policy: Policy) -> Fate:
    """What happens to one order; one that has partly come is not cancelled but closed short."""
    if one.action in ("Cancel", "Close short"):
        ends_draft = one.action == "Cancel" or one.status in DRAFTS
        return Fate.CANCEL if ends_draft and not one.received else Fate.CLOSE
    if one.status not in DRAFTS or not one.complete or one.foreign:
        return Fate.STAY
    if policy.send_by_hand and one.action != "Send":
        return Fate.STAY
    if not needs_approval(one, policy.approve_purchase_orders_above) or one.verdict == "Approved":
        return Fate.SEND
    if one.verdict == "Rejected":
        return Fate.RETURN if one.status == PurchaseStatus.APPROVAL else Fate.STAY
    return Fate.STAY if one.verdict == "Waiting" and one.status == PurchaseStatus.APPROVAL else Fate.ASK


def needs_approval(one: PurchaseToSend, above: Decimal | None) -> bool:
    """Whether the Operations Manager decides: above the limit, at a limit of 0 always, and where no sum is known."""
    if above is None:
        return False
    return above == ZERO or one.net > above or not one.priced
