"""A request of an order is done, waits with a reason, or is done already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.ordering.orders import LineQuantities, OrderStatus, Request
from o2c_xl.steps.act_on_orders import ActedOrder, NotDone, OrderToActOn, act_on_orders

D = Decimal


class Books:
    """One order with a request."""

    def __init__(self, order: OrderToActOn) -> None:
        self.order, self.decided = order, list[ActedOrder | NotDone]()

    def work_off(self, decide: Callable[[Sequence[OrderToActOn]], Sequence[ActedOrder | NotDone]]) -> int:
        self.decided = list(decide([self.order]))
        return len(self.decided)


def act(order: OrderToActOn) -> ActedOrder | NotDone | None:
    books = Books(order)
    act_on_orders(books)
    return books.decided[0] if books.decided else None


@st.composite
def quantities(draw: st.DrawFn) -> LineQuantities:
    """A line as far as it may have come."""
    shipped, picked, unpicked, cancelled, rest = (D(draw(st.integers(0, 3))) for _ in range(5))
    ordered, allocated = shipped + picked + unpicked + cancelled + rest, picked + unpicked
    return LineQuantities(ordered, allocated, picked, shipped, cancelled=cancelled)


orders = st.builds(
    OrderToActOn,
    order=st.just("1"),
    status=st.sampled_from(OrderStatus),
    action=st.sampled_from(["", *map(str, Request)]),
    held=st.booleans(),
    credit_state=st.sampled_from(["", "Approved", "Hold", "Review"]),
    lines=st.lists(quantities(), max_size=3).map(lambda lines: {str(at): one for at, one in enumerate(lines)}),
    looked_at=st.booleans(),
)


@given(order=orders)
def test_every_request_of_an_order_in_any_state_is_answered_and_done_once(order: OrderToActOn) -> None:
    done = act(order)

    if isinstance(done, ActedOrder):
        lines = {**order.lines, **{line: change.after for line, change in done.lines.items()}}
        again = act(replace(order, status=done.status, held=done.held, lines=lines))
        assert not isinstance(again, ActedOrder)


def close_short(status: str, credit: str, line: LineQuantities, **more: Any) -> ActedOrder | NotDone | None:
    return act(OrderToActOn("1", OrderStatus(status), "Close short", False, credit, {"1": line}, **more))


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


def test_close_short_of_an_order_without_lines_waits_for_them() -> None:
    done = act(OrderToActOn("1", OrderStatus.INCOMPLETE, "Close short", False, "", {}))

    assert isinstance(done, NotDone)
    assert done.why.startswith("Close short waits: the order is incomplete.")


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
