"""First in, first out: the oldest layers leave first, and nothing is made or lost on the way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.goods.layers import Layer, NotEnoughStock, NotTheLayersCost, add_layer, issue_fifo, take_layers
from o2c_xl.domain.goods.stock import (
    CannotCount,
    Move,
    Position,
    average_cost,
    count,
    issue,
    leave_quarantine,
    receive,
    release_quarantine,
)
from o2c_xl.domain.money import round_money
from tests.worked_tables import worked_table

D = Decimal
quantities = st.integers(1, 4_000).map(lambda hundredths: D(hundredths).scaleb(-2))
values = st.integers(0, 100_000).map(lambda cents: D(cents).scaleb(-2))
stacks = st.lists(st.builds(Layer, quantities, values), max_size=6).map(tuple)
kinds = st.sampled_from(["receipt", "return", "quarantine", "shipment", "count", "release", "leave"])
stories = st.lists(st.tuples(kinds, quantities, values), max_size=30)


def _apply(at: Position, kind: str, quantity: Decimal, value: Decimal) -> tuple[Position, Move | None]:
    match kind:
        case "receipt" | "return":
            return receive(at, quantity, value, kind)
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


def _shown(layers: tuple[Layer, ...] | None) -> str:
    return ", ".join(f"{layer.quantity} = {layer.value}" for layer in layers or ())


def test_the_worked_table_of_first_in_first_out_holds() -> None:
    at = Position("A-1", layers=())

    for row in worked_table("fifo.md"):
        quantity = D(row["quantity"])
        move: Move | None
        if row["value in"]:
            at, move = receive(at, quantity, D(row["value in"]), row["event"])
        elif row["event"] == "count":
            at, move = count(at, at.on_hand + quantity, "EUR")
        else:
            at, move = issue(at, -quantity, "EUR")

        assert move is not None
        assert (move.value, at.on_hand, at.value) == (D(row["value moved"]), D(row["on hand"]), D(row["stock value"]))
        assert average_cost(at.value, at.on_hand) == D(row["average"])
        assert _shown(at.layers) == row["layers"]


@given(stories)
def test_whatever_happens_costs_issued_and_value_left_are_the_costs_received(
    story: list[tuple[str, Decimal, Decimal]],
) -> None:
    at, moves = Position("A-1", layers=()), []

    for event in story:
        try:
            at, move = _apply(at, *event)
        except (NotEnoughStock, CannotCount):
            continue
        moves += [move] if move else []
        assert at.layers is not None
        assert sum((layer.quantity for layer in at.layers), D(0)) == at.on_hand
        assert sum((layer.value for layer in at.layers), D(0)) == at.value
        assert all(layer.quantity > 0 and layer.value >= 0 for layer in at.layers)

    received = sum((move.value for move in moves if move.quantity > 0), D(0))
    issued = -sum((move.value for move in moves if move.quantity < 0), D(0))
    assert issued + at.value == received
    assert at.value == round_money(at.value, "EUR")


@given(stacks, quantities)
def test_an_issue_neither_makes_nor_loses_a_unit_or_a_cent(layers: tuple[Layer, ...], quantity: Decimal) -> None:
    there = sum((layer.quantity for layer in layers), D(0))
    if quantity > there:
        with pytest.raises(NotEnoughStock):
            issue_fifo(layers, quantity, "EUR")
        return

    cost, left = issue_fifo(layers, quantity, "EUR")

    assert cost + sum(layer.value for layer in left) == sum(layer.value for layer in layers)
    assert quantity + sum(layer.quantity for layer in left) == there
    assert all(layer.quantity > 0 and layer.value >= 0 for layer in left)
    assert take_layers(layers, quantity, cost) == left


@given(stacks, st.lists(quantities, min_size=1, max_size=5))
def test_many_small_issues_cost_what_a_large_one_does_but_for_the_rounding_of_each(
    layers: tuple[Layer, ...], parts: list[Decimal]
) -> None:
    if sum(parts) > sum((layer.quantity for layer in layers), D(0)):
        return
    whole, _ = issue_fifo(layers, sum(parts, D(0)), "EUR")

    costs, left = D(0), layers
    for part in parts:
        cost, left = issue_fifo(left, part, "EUR")
        costs += cost

    assert abs(costs - whole) <= D("0.01") * len(parts)


def test_the_oldest_leave_first() -> None:
    layers = [Layer(D(10), D("10.00")), Layer(D(5), D("7.00"))]

    cost, left = issue_fifo(layers, D(12), "EUR")

    assert cost == D("12.80")
    assert left == (Layer(D(3), D("4.20")),)


def test_goods_that_cost_the_same_per_unit_join_the_newest_layer_only() -> None:
    layers = (Layer(D(1), D("2.00")), Layer(D(3), D("10.00")))

    assert add_layer(layers, D(6), D("20.00")) == (layers[0], Layer(D(9), D("30.00")))
    assert add_layer(layers, D(1), D("2.00")) == (*layers, Layer(D(1), D("2.00")))


@pytest.mark.parametrize(("quantity", "cost"), [(D(10), D("9.99")), (D(10), D("10.01")), (D(12), D("16.00"))])
def test_goods_cannot_leave_at_a_cost_that_their_layers_do_not_have(quantity: Decimal, cost: Decimal) -> None:
    layers = [Layer(D(10), D("10.00")), Layer(D(5), D("7.00"))]

    with pytest.raises(NotTheLayersCost):
        take_layers(layers, quantity, cost)
