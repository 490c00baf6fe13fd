"""What happens to a line that is short."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.ordering.orders import LineQuantities, broken
from o2c_xl.domain.ordering.remedies import Alternative, Remedy, alternatives, apply_remedy, offer, remedy_for

D = Decimal
SHORT = LineQuantities(D(10), allocated=D(4), picked=D(1))


@pytest.mark.parametrize(
    ("line", "customer", "remedy"),
    [
        ("Cancel", "Partial shipment", Remedy.CANCEL),
        ("", "Delayed shipment", Remedy.DELAYED),
        ("", "", Remedy.PARTIAL),
    ],
)
def test_the_lines_own_choice_counts_before_the_customers_and_the_companys(
    line: str, customer: str, remedy: Remedy
) -> None:
    assert remedy_for(line, customer) is remedy


@pytest.mark.parametrize(
    ("remedy", "allocated", "cancelled", "released", "waits"),
    [
        (Remedy.PARTIAL, 4, 0, 0, False),
        (Remedy.DELAYED, 1, 0, 3, False),
        (Remedy.CANCEL, 4, 6, 0, False),
        (Remedy.ALTERNATIVE, 4, 0, 0, True),
    ],
)
def test_each_remedy_does_what_it_says(
    remedy: Remedy, allocated: int, cancelled: int, released: int, waits: bool
) -> None:
    after, effect = apply_remedy(remedy, SHORT)

    assert (after.allocated, after.cancelled) == (D(allocated), D(cancelled))
    assert (effect.released, effect.cancelled) == (D(released), D(cancelled))
    assert effect.waits_for_choice is waits
    assert effect.note


@given(st.sampled_from(Remedy), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_no_remedy_breaks_a_line(remedy: Remedy, allocated: int, short: int, shipped: int) -> None:
    line = LineQuantities(D(allocated + short + shipped), allocated=D(allocated), shipped=D(shipped))

    after, effect = apply_remedy(remedy, line)

    assert broken(after) is None
    assert after.open == line.open - effect.cancelled
    assert after.allocated == line.allocated - effect.released


def test_a_line_that_is_not_short_stays_as_it_is() -> None:
    line = LineQuantities(D(4), allocated=D(4))

    assert apply_remedy(Remedy.CANCEL, line)[0] == line


def test_alternatives_are_those_in_stock_with_their_price_difference_and_circles_end() -> None:
    stand_ins = {"A": "B", "B": "C", "C": "D", "D": "A"}
    there = {"A": D(0), "B": D(0), "C": D(12), "D": D(3)}

    found = alternatives("A", stand_ins, there, {"A": D("9.50"), "C": D("10.00")})

    assert found == (Alternative("C", D(12), D("0.50")), Alternative("D", D(3), None))
    assert "C (12 there, +0.50 each), D (3 there, price unknown)" in offer(found)


def test_without_alternatives_the_offer_says_so() -> None:
    assert alternatives("A", {}, {}, {}) == ()
    assert offer(()) == "No alternative is in stock."
