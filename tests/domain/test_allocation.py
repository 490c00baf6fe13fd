"""Who gets the stock, and why."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.goods.allocation import Demand, allocate
from tests.worked_tables import worked_table

D = Decimal
DAY = dt.date(2024, 5, 1)
days = st.integers(0, 9).map(lambda n: DAY + dt.timedelta(days=n))


@st.composite
def books(draw: st.DrawFn) -> list[Demand]:
    """Open lines of a few orders that compete for a few products."""
    demands = []
    for order in range(draw(st.integers(0, 6))):
        head = Demand(
            str(order),
            "",
            "",
            D(0),
            draw(days),
            priority=draw(st.integers(1, 3)),
            credit_released=draw(st.booleans()),
            whole_order=draw(st.booleans()),
        )
        demands += [
            replace(
                head,
                line=str(line),
                sku=draw(st.sampled_from("AB")),
                wanted=D(draw(st.integers(1, 9))),
                promised=draw(st.none() | days),
                whole_line=draw(st.booleans()),
            )
            for line in range(draw(st.integers(1, 4)))
        ]
    return demands


stocks = st.fixed_dictionaries({"A": st.integers(0, 25).map(Decimal), "B": st.integers(0, 25).map(Decimal)})


def _demand(row: dict[str, str]) -> Demand:
    return Demand(
        row["order"],
        row["line"],
        row["sku"],
        D(row["wanted"]),
        dt.date.fromisoformat(row["ordered on"]),
        promised=dt.date.fromisoformat(row["promised"]) if row["promised"] else None,
        priority=int(row["priority"]),
        credit_released=row["credit released"] == "Yes",
        whole_order=row["whole order"] == "Yes",
    )


def test_the_worked_table_of_allocation_holds() -> None:
    rows = worked_table("allocation.md")

    result = allocate([_demand(row) for row in rows], {"A": D(8), "B": D(3)})

    assert [(got.order, got.line, got.quantity, got.why) for got in result.lines] == [
        (row["order"], row["line"], D(row["gets"]), row["why"]) for row in rows
    ]
    assert result.free == {"A": D(0), "B": D(0)}


def test_an_order_without_a_date_wants_its_goods_at_once() -> None:
    later = Demand("1", "1", "A", D(2), DAY, promised=DAY + dt.timedelta(days=30))
    at_once = Demand("2", "1", "A", D(2), DAY)
    sooner = Demand("3", "1", "A", D(2), DAY - dt.timedelta(days=9), promised=DAY - dt.timedelta(days=1))

    result = allocate([later, at_once, sooner], {"A": D(4)})

    assert {got.order: got.quantity for got in result.lines} == {"3": D(2), "2": D(2), "1": D(0)}
    assert result.lines[-1].why == f"0 of 2: 2 went to order 2, wanted at once since {DAY}."


@given(books(), stocks)
def test_allocation_never_invents_or_loses_units(book: list[Demand], free: dict[str, Decimal]) -> None:
    result = allocate(book, free)

    for sku in "AB":
        given_out = sum((got.quantity for got in result.lines if got.sku == sku), D(0))
        assert given_out + result.free[sku] == free[sku]
        assert result.free[sku] >= 0
    assert len(result.lines) == len(book)
    assert all(got.quantity >= 0 and got.short >= 0 and got.why for got in result.lines)


@given(books(), stocks, st.randoms(use_true_random=False))
def test_any_order_of_input_gives_the_same_result(
    book: list[Demand], free: dict[str, Decimal], chance: random.Random
) -> None:
    shuffled = chance.sample(book, len(book))

    assert allocate(shuffled, free) == allocate(book, free)


@given(books(), stocks)
def test_what_goes_whole_gets_all_or_nothing(book: list[Demand], free: dict[str, Decimal]) -> None:
    result = allocate(book, free)

    short = {got.order for got in result.lines if got.short}
    for got in result.lines:
        demand = next(one for one in book if (one.order, one.line) == (got.order, got.line))
        if demand.whole_order:
            assert not got.quantity if got.order in short else not got.short
        if demand.whole_line:
            assert not got.quantity or not got.short


@given(books(), stocks)
def test_no_line_is_short_while_stock_it_could_take_is_left(book: list[Demand], free: dict[str, Decimal]) -> None:
    easy = [replace(one, whole_line=False, whole_order=False) for one in book]

    result = allocate(easy, free)

    assert all(not got.short or not result.free[got.sku] for got in result.lines)


@given(books(), stocks)
def test_a_second_run_finds_nothing_to_give(book: list[Demand], free: dict[str, Decimal]) -> None:
    easy = [replace(one, whole_line=False, whole_order=False) for one in book]
    first = allocate(easy, free)
    still_short = {(got.order, got.line): got.short for got in first.lines if got.short}
    rest = [
        replace(one, wanted=still_short[one.order, one.line]) for one in easy if (one.order, one.line) in still_short
    ]

    second = allocate(rest, first.free)

    assert all(not got.quantity for got in second.lines)


def test_the_last_unit_goes_to_one_line_only_and_the_other_is_told_why() -> None:
    urgent = Demand("1001", "1", "A", D(1), DAY, priority=1)
    usual = Demand("1000", "1", "A", D(1), DAY)

    first, second = allocate([usual, urgent], {"A": D(1)}).lines

    assert (first.order, first.quantity) == ("1001", D(1))
    assert second.why == "0 of 1: 1 went to order 1001, priority 1."


@pytest.mark.parametrize("free", [{}, {"A": D(0)}, {"A": D(-2)}])
def test_without_stock_nothing_is_given_and_the_line_says_so(free: dict[str, Decimal]) -> None:
    (got,) = allocate([Demand("1000", "1", "A", D(2), DAY)], free).lines

    assert (got.quantity, got.short, got.why) == (D(0), D(2), "0 of 2: no more in stock.")


def test_what_a_line_has_is_told_of_all_that_is_open_and_not_of_the_rest_it_asks_for() -> None:
    rest = Demand("1000", "1", "A", D(4), DAY, allocated=D(5))

    (short,) = allocate([rest], {"A": D(1)}).lines
    (filled,) = allocate([rest], {"A": D(4)}).lines
    (waits,) = allocate([replace(rest, whole_line=True)], {"A": D(1)}).lines

    assert (short.quantity, short.why) == (D(1), "6 of 9: no more in stock.")
    assert (filled.quantity, filled.why) == (D(4), "9 of 9 from stock.")
    assert waits.why == "Waits for the whole line: 6 of 9 are there."


def test_a_line_that_waits_whole_leaves_the_stock_to_those_behind_it() -> None:
    delayed = Demand("1000", "1", "A", D(5), DAY, whole_line=True)
    behind = Demand("1001", "1", "A", D(2), DAY)

    first, second = allocate([delayed, behind], {"A": D(3)}).lines

    assert first.why == "Waits for the whole line: 3 of 5 are there."
    assert (first.quantity, second.quantity) == (D(0), D(2))


def test_a_late_line_of_a_whole_order_that_came_first_is_named_as_such() -> None:
    whole = Demand("1000", "1", "B", D(1), DAY, promised=DAY, whole_order=True)
    late = replace(whole, line="2", sku="A", promised=DAY + dt.timedelta(days=9))
    other = Demand("1001", "1", "A", D(1), DAY, promised=DAY + dt.timedelta(days=1))

    result = allocate([other, late, whole], {"A": D(1), "B": D(1)})

    assert result.lines[1].why == "0 of 1: 1 went to order 1000, which goes whole and came first."
