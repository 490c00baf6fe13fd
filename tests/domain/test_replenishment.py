"""What is bought, how much, from whom, and why."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.buying.replenishment import (
    Candidate,
    StockLevel,
    buy_quantity,
    choose_supplier,
    order_up,
    propose,
)
from tests.worked_tables import worked_table

D = Decimal
TODAY = dt.date(2024, 5, 3)
SOON = TODAY + dt.timedelta(days=7)
units = st.integers(0, 60).map(Decimal)
maybe = st.none() | units
levels = st.builds(
    StockLevel,
    sku=st.sampled_from("ABC"),
    usable=units,
    on_order=units,
    allocated=units,
    backordered=units,
    reorder_point=maybe,
    reorder_quantity=maybe,
    discontinued=st.booleans(),
)
offers = st.lists(
    st.builds(
        Candidate,
        supplier=st.sampled_from(["S1", "S2", "S3"]),
        price=maybe,
        lead_days=st.none() | st.integers(0, 20),
        minimum=units,
        pack=st.integers(0, 12).map(Decimal),
        preferred=st.booleans(),
        record=maybe,
    ),
    min_size=1,
    max_size=5,
)


def _maybe(text: str) -> Decimal | None:
    return D(text) if text else None


@pytest.mark.parametrize("row", worked_table("reorder.md"), ids=lambda row: row["case"])
def test_the_worked_table_of_reordering_holds(row: dict[str, str]) -> None:
    at = StockLevel(
        "A-1",
        D(row["on hand"]),
        D(row["on order"]),
        D(row["allocated"]),
        D(row["backordered"]),
        _maybe(row["reorder point"]),
        _maybe(row["reorder quantity"]),
        _maybe(row["level"]),
        row["discontinued"] == "Yes",
    )

    needed = buy_quantity(at)
    bought = order_up(needed, D(row["minimum"]), D(row["pack"])) if needed else D(0)

    assert at.projected == D(row["projected"])
    assert needed == D(row["needed"])
    assert bought == D(row["bought"])


@pytest.mark.parametrize("row", worked_table("reorder.md", "Prices by quantity"), ids=lambda row: row["case"])
def test_a_price_from_a_quantity_on_makes_nobody_buy_more(row: dict[str, str]) -> None:
    sells = [Candidate("S1", D(row[f"{one} price"]), 3, D(row[f"{one} from"])) for one in ("second", "first")]

    choice = choose_supplier(sells, D(row["needed"]), TODAY)

    assert choice is not None
    assert (choice.quantity, choice.candidate.price) == (D(row["bought"]), D(row["price"]))


@given(levels, offers)
def test_once_ordered_a_second_run_adds_nothing(at: StockLevel, sells: list[Candidate]) -> None:
    first = propose([at], {at.sku: sells}, TODAY)
    bought = sum((line.quantity for order in first for line in order.lines), D(0))

    second = propose([replace(at, on_order=at.on_order + bought)], {at.sku: sells}, TODAY)

    assert second == []


@given(levels, offers)
def test_what_orders_wait_for_is_covered_in_any_case(at: StockLevel, sells: list[Candidate]) -> None:
    bought = sum((line.quantity for order in propose([at], {at.sku: sells}, TODAY) for line in order.lines), D(0))

    assert not at.backordered or at.projected + bought >= 0


@given(offers, units.map(lambda quantity: quantity + 1), st.randoms(use_true_random=False))
def test_the_order_of_offers_does_not_matter(sells: list[Candidate], quantity: Decimal, chance: random.Random) -> None:
    one = choose_supplier(sells, quantity, TODAY, SOON)
    other = choose_supplier(chance.sample(sells, len(sells)), quantity, TODAY, SOON)

    assert one is not None
    assert other is not None
    assert (one.candidate.supplier, one.quantity, one.why) == (
        other.candidate.supplier,
        other.quantity,
        other.why,
    )


CHEAP = Candidate("S1", D("2.00"), 14)
QUICK = Candidate("S2", D("2.50"), 3)


@pytest.mark.parametrize(
    ("sells", "needed_by", "supplier", "why"),
    [
        ([CHEAP, QUICK], None, "S1", "S1: cheapest of 2, 10 at 2.00."),
        ([CHEAP, QUICK], SOON, "S2", "S2: can deliver by 2024-05-10, 10 at 2.50."),
        ([replace(CHEAP, preferred=True), QUICK], SOON, "S1", "preferred supplier, though not by 2024-05-10"),
        ([CHEAP], None, "S1", "the only supplier"),
        ([CHEAP, Candidate("S2", None, 3)], None, "S1", "its price is known"),
        ([CHEAP, replace(CHEAP, supplier="S3", lead_days=3)], None, "S3", "shortest lead time"),
        ([CHEAP, replace(CHEAP, supplier="S3", record=D(90))], None, "S3", "best record"),
        ([CHEAP, replace(CHEAP, supplier="S3")], None, "S1", "first by name"),
        ([replace(CHEAP, price=D(1), minimum=D(100)), QUICK], None, "S2", "cheapest of 2, 10 at 2.50"),
        ([CHEAP, replace(CHEAP, price=D("1.50"), minimum=D(12))], None, "S1", "10 at 2.00"),
        ([replace(CHEAP, price=None)], None, "S1", "the only supplier, cost unknown."),
    ],
)
def test_the_supplier_is_chosen_by_rule_and_says_why(
    sells: Sequence[Candidate], needed_by: dt.date | None, supplier: str, why: str
) -> None:
    choice = choose_supplier(sells, D(10), TODAY, needed_by)

    assert choice is not None
    assert choice.candidate.supplier == supplier
    assert why in choice.why


def test_lines_for_one_supplier_are_joined_and_those_without_come_first() -> None:
    waits = [
        StockLevel("A", backordered=D(3), for_orders=("1001",)),
        StockLevel("B", backordered=D(2), for_orders=("1002", "1003")),
        StockLevel("C", backordered=D(1)),
    ]

    nobody, s1 = propose(waits, {"A": [CHEAP], "B": [CHEAP]}, TODAY)

    assert [line.sku for line in nobody.lines] == ["C"]
    assert nobody.lines[0].unit_cost is None
    assert "No supplier sells it." in nobody.lines[0].why
    assert [(line.sku, line.quantity, line.for_orders) for line in s1.lines] == [
        ("A", D(3), ("1001",)),
        ("B", D(2), ("1002", "1003")),
    ]
    assert s1.supplier == "S1"


def test_a_proposal_shows_its_sum_and_what_already_covers_it() -> None:
    at = StockLevel("A", D(5), D(10), D(2), D(20), D(8), D(10))

    (order,) = propose([at], {"A": [CHEAP]}, TODAY)

    assert order.lines[0].why == (
        "5 on hand + 10 on order - 2 allocated - 20 backordered = -7, reorder point 8."
        " S1: the only supplier, 15 at 2.00."
    )


def test_a_discontinued_product_says_that_it_is_bought_for_orders_only() -> None:
    at = StockLevel("A", backordered=D(1), reorder_point=D(5), discontinued=True)

    (order,) = propose([at], {}, TODAY)

    assert "discontinued: for orders only" in order.lines[0].why
    assert order.lines[0].quantity == D(1)
