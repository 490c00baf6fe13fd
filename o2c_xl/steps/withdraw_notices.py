"""Withdraw messages about orders that wait to be sent and tell what is no longer so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from o2c_xl.domain.ordering.orders import IN_WAREHOUSE, OrderStatus
from o2c_xl.domain.telling import ALTERNATIVES, DELAY, HELD, MISSING

__all__ = ["Notice", "NoticeBooks", "overtaken", "withdraw_notices"]

_GONE = (OrderStatus.SHIPPED, OrderStatus.INVOICED, OrderStatus.CLOSED)
_CHOSEN = (*IN_WAREHOUSE, *_GONE)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about an order that was not sent yet, and how the order stands now.

    `held` for the customer's credit; `again`: a later message of the same kind waits too.
    """

    message: str
    kind: str
    status: OrderStatus
    held: bool = False
    again: bool = False


class NoticeBooks(Protocol):
    """Where messages that wait come from."""

    def work_off(self, decide: Callable[[Sequence[Notice]], dict[str, str]]) -> int:
        """Withdraw the messages that `decide` gives a reason for; returns how many."""
        ...


def withdraw_notices(books: NoticeBooks) -> int:
    """Look at what waits, before it is mailed; where the program mails nothing, people have it in their hands.

    Returns how many messages do not go out.
    """
    return books.work_off(_decide)


def _decide(notices: Sequence[Notice]) -> dict[str, str]:
    return {one.message: why for one in notices if (why := overtaken(one))}


def overtaken(one: Notice) -> str:
    """Why a message must not go out any more, as a sentence; empty where it still tells the customer something true."""
    reasons = (
        (one.status is OrderStatus.CANCELLED, "The order was cancelled."),
        (one.again, "A later message tells how the order stands now."),
        (one.kind == HELD and not one.held, "The order is not held any more."),
        (one.kind == MISSING and one.status is not OrderStatus.INCOMPLETE, "What was missing is there."),
        (one.kind == ALTERNATIVES and one.status in _CHOSEN, "It is settled what becomes of the short lines."),
        (one.kind == DELAY and one.status in _GONE, "The goods have gone out."),
    )
    return next((why for over, why in reasons if over), "")
