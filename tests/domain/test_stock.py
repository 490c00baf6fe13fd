"""Availability, moving average, quarantine and counts."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.goods.stock import (
    Availability,
    CannotCount,
    Move,
    MoveKind,
    NotEnoughStock,
    Position,
    availability,
    average_cost,
    count,
    issue,
    leave_quarantine,
    opening,
    receive,
    release_quarantine,
    reserve,
    stock_status,
)
from o2c_xl.domain.money import round_money
from tests.worked_tables import worked_table

D = Decimal
quantities = st.integers(1, 40).map(Decimal)
values = st.integers(0, 100_000).map(lambda cents: D(cents).scaleb(-2))
events = st.tuples(
    st.sampled_from(["receipt", "quarantine", "shipment", "count", "release", "leave"]), quantities, values
)


def _apply(at: Position, event: tuple[str, Decimal, Decimal]) -> tuple[Position, Move | None]:
    kind, quantity, value = event
    match kind:
        case "receipt":
            return receive(at, quantity, value)
        case "quarantine":
            return receive(at, quantity, value, quarantined=quantity)
        case "shipment":
            return issue(at, quantity, "EUR")
        case "release":
            return release_quarantine(at, quantity)
        case "leave":
            return leave_quarantine(at, quantity, "EUR", value)
        case _:
            return count(at, quantity, "EUR", D("1.25"))


@pytest.mark.parametrize("row", worked_table("availability.md"))
def test_the_worked_table_of_availability_holds(row: dict[str, str]) -> None:
    at = Position("A-1", D(row["on hand"]), D(row["allocated"]), D(row["quarantined"]))
    level = D(row["reorder point"]) if row["reorder point"] else None

    found = availability(at.available, D(row["wanted"]), level)

    assert at.available == D(row["available"])
    assert at.available - D(row["wanted"]) == D(row["leaves"])
    assert found == row["availability"]


def test_the_worked_table_of_the_moving_average_holds() -> None:
    at = Position("A-1")

    for row in worked_table("moving-average.md"):
        quantity = D(row["quantity"])
        move: Move | None
        if row["value in"]:
            at, move = receive(at, quantity, D(row["value in"]), row["event"])
        elif row["event"] == "count":
            at, move = count(at, at.on_hand + quantity, "EUR")
        else:
            at, move = issue(at, -quantity, "EUR")

        assert move is not None
        assert (at.on_hand, move.value, at.value) == (
            D(row["on hand"]),
            D(row["value moved"]),
            D(row["stock value"]),
        )
        assert average_cost(at.value, at.on_hand) == D(row["average"])


@given(st.lists(events, max_size=30))
def test_stock_and_its_value_are_the_sum_of_the_movements_and_never_negative(
    story: list[tuple[str, Decimal, Decimal]],
) -> None:
    at, moves = Position("A-1"), []

    for event in story:
        try:
            at, move = _apply(at, event)
        except (NotEnoughStock, CannotCount):
            continue
        moves += [move] if move else []

    assert at.on_hand == sum(move.quantity for move in moves)
    assert at.value == sum(move.value for move in moves)
    assert at.quarantined == sum(move.quarantined for move in moves)
    assert at.on_hand >= at.quarantined >= 0
    assert at.value >= 0
    assert at.on_hand > 0 or at.value == 0
    assert at.value == round_money(at.value, "EUR")
    assert {move.kind for move in moves} <= set(get_args(MoveKind))


def test_the_opening_is_valued_at_the_products_cost() -> None:
    at, move = opening("A-1", D(3), D("1.3333"), "EUR")

    assert (at.value, move.kind) == (D("4.00"), "opening")


def test_nothing_leaves_that_is_set_aside_for_others_or_quarantined() -> None:
    at = Position("A-1", on_hand=D(10), allocated=D(6), quarantined=D(3), value=D(10))

    with pytest.raises(NotEnoughStock, match="A-1: 2 are to leave, but only 1 are there"):
        issue(at, D(2), "EUR")
    after, _ = issue(at, D(6), "EUR", reserved=D(6))
    assert (after.on_hand, after.allocated, after.available) == (D(4), D(0), D(1))


def test_a_reservation_takes_only_what_is_free_and_gives_back_only_what_it_holds() -> None:
    at = reserve(Position("A-1", on_hand=D(5)), D(3))

    assert (at.allocated, at.available) == (D(3), D(2))
    assert reserve(at, D(-3)).allocated == D(0)
    with pytest.raises(NotEnoughStock):
        reserve(at, D(3))
    with pytest.raises(NotEnoughStock):
        reserve(at, D(-4))


def test_quarantined_goods_become_available_or_leave() -> None:
    at, _ = receive(Position("A-1"), D(4), D(8), quarantined=D(4))

    good, released = release_quarantine(at, D(3))
    after, left = leave_quarantine(good, D(1), "EUR", D("2.50"))

    assert stock_status(at.available, None) is Availability.OUT_OF_STOCK
    assert released == Move("A-1", D(0), D(0), "quarantine_release", D(-3))
    assert left == Move("A-1", D(-1), D("-2.50"), "quarantine_leave", D(-1))
    assert (after.available, after.value) == (D(3), D("5.50"))


def test_more_than_is_quarantined_neither_leaves_nor_is_released() -> None:
    at = Position("A-1", on_hand=D(5), quarantined=D(1), value=D(5))

    with pytest.raises(NotEnoughStock):
        leave_quarantine(at, D(2), "EUR")
    with pytest.raises(NotEnoughStock):
        release_quarantine(at, D(2))


def test_a_count_as_expected_moves_nothing() -> None:
    at = Position("A-1", on_hand=D(5), value=D(5))

    assert count(at, D(5), "EUR") == (at, None)


def test_a_find_on_an_empty_shelf_is_valued_at_the_products_cost() -> None:
    at, move = count(Position("A-1"), D(2), "EUR", D("1.25"))

    assert move == Move("A-1", D(2), D("2.50"), "count")
    assert at.value == D("2.50")


def test_a_count_below_what_is_promised_says_how_much_orders_must_give_back() -> None:
    at, _ = count(Position("A-1", on_hand=D(5), allocated=D(4), value=D(5)), D(3), "EUR")

    assert at.available == D(-1)


def test_a_count_below_what_is_quarantined_cannot_be() -> None:
    with pytest.raises(CannotCount, match="Counted: 1 is less than the 2"):
        count(Position("A-1", on_hand=D(5), quarantined=D(2)), D(1), "EUR")
