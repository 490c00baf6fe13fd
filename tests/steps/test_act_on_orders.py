"""A request of an order is done, waits with a reason, or is done already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from o2c_xl.domain.ordering.orders import LineQuantities, OrderStatus
from o2c_xl.steps.act_on_orders import ActedOrder, NotDone, OrderToActOn, act_on_orders

D = Decimal


class Books:
    """One order with a request."""

    def __init__(self, order: OrderToActOn) -> None:
        self.order, self.decided = order, list[ActedOrder | NotDone]()

    def work_off(self, decide: Callable[[Sequence[OrderToActOn]], Sequence[ActedOrder | NotDone]]) -> int:
        self.decided = list(decide([self.order]))
        return len(self.decided)


def close_short(status: str, credit: str, line: LineQuantities, **more: Any) -> ActedOrder | NotDone | None:
    books = Books(OrderToActOn("1", OrderStatus(status), "Close short", False, credit, {"1": line}, **more))
    act_on_orders(books)
    return books.decided[0] if books.decided else None


@pytest.mark.parametrize(
    ("status", "credit", "said"),
    [
        ("Incomplete", "", "Close short waits: the order is incomplete."),
        ("On hold", "Hold", "Close short waits for the credit check"),
        ("Credit check", "Review", "Close short waits for the credit check"),
    ],
)
def test_close_short_before_stock_was_looked_at_says_what_it_waits_for(status: str, credit: str, said: str) -> None:
    done = close_short(status, credit, LineQuantities(D(5)))

    assert isinstance(done, NotDone)
    assert done.why.startswith(said)
    assert done.why.endswith("Set Action to Cancel to give up all that has not shipped.")


def test_close_short_of_what_is_fully_set_aside_says_so() -> None:
    done = close_short("To pick", "Approved", LineQuantities(D(5), allocated=D(5), picked=D(2)), looked_at=True)

    assert isinstance(done, NotDone)
    assert "all 5 that are open, 2 of them are picked" in done.why


def test_close_short_that_is_done_says_nothing_more() -> None:
    done = close_short("To pick", "Approved", LineQuantities(D(5), allocated=D(3), cancelled=D(2)), looked_at=True)

    assert done is None


def test_an_order_on_credit_hold_whose_shortage_is_known_is_closed_short_and_checked_anew() -> None:
    done = close_short("On hold", "Hold", LineQuantities(D(5), allocated=D(3)), looked_at=True)

    assert isinstance(done, ActedOrder)
    assert (done.status, done.lines["1"].cancelled) == (OrderStatus.CREDIT_CHECK, D(2))
