"""An order below its supplier's minimum amount is raised: enough, in full packs, by rule, and told."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.buying.least_order import LeastOrder, raise_to_least
from o2c_xl.domain.buying.replenishment import Candidate, ProposedLine, ProposedOrder, StockLevel
from o2c_xl.domain.money import round_money
from tests.worked_tables import worked_table

D = Decimal


def line(sku: str, quantity: str, cost: str | None) -> ProposedLine:
    return ProposedLine("S1", sku, D(quantity), None if cost is None else D(cost), "Needed.")


def raised(
    lines: Sequence[ProposedLine],
    levels: Sequence[StockLevel],
    sells: dict[str, list[Candidate]],
    minimum: Decimal,
) -> ProposedOrder:
    by_sku = {at.sku: at for at in levels}
    return raise_to_least(ProposedOrder("S1", tuple(lines)), by_sku, sells, LeastOrder(minimum, "EUR"))


def amount(order: ProposedOrder) -> Decimal:
    return sum((round_money(one.quantity * (one.unit_cost or D(0)), "EUR") for one in order.lines), D(0))


@pytest.mark.parametrize("row", worked_table("reorder.md", "Minimum order"), ids=lambda row: row["case"])
def test_the_worked_table_of_minimum_orders_holds(row: dict[str, str]) -> None:
    levels = [
        StockLevel("A", D(0), reorder_point=D(20), reorder_quantity=D(row["A step"])),
        StockLevel("B", D(10), reorder_point=D(20), reorder_quantity=D(row["B step"])),
    ]
    lines = [line(sku, row[f"{sku} bought"], row[f"{sku} price"]) for sku in "AB"]
    sells = {sku: [Candidate("S1", D(row[f"{sku} price"]), pack=D(row[f"{sku} pack"]))] for sku in "AB"}

    order = raised(lines, levels, sells, D(row["minimum"]))

    assert [one.quantity for one in order.lines] == [D(row["A ordered"]), D(row["B ordered"])]
    assert (amount(order), order.below_minimum) == (D(row["amount"]), D(row["lacks"]))


def test_a_raised_line_says_by_how_much_and_why() -> None:
    at = StockLevel("A", reorder_point=D(5), reorder_quantity=D(10))

    order = raised([line("A", "10", "4.00")], [at], {}, D(60))

    assert order.lines[0].why == "Needed. Raised by 5 to 15, as S1 takes no order below 60 EUR."


def test_what_an_order_waits_for_soonest_is_raised_first() -> None:
    soon, later = dt.date(2026, 1, 5), dt.date(2026, 1, 6)
    kept = {"reorder_point": D(5), "reorder_quantity": D(10), "for_orders": ("1",)}
    levels = [StockLevel("A", needed_by=later, **kept), StockLevel("B", needed_by=soon, **kept)]

    order = raised([line("A", "10", "1"), line("B", "10", "1")], levels, {}, D(23))

    assert [one.quantity for one in order.lines] == [D(10), D(13)]


def test_what_is_bought_for_orders_only_grows_only_where_the_order_has_nothing_else() -> None:
    waits, kept = StockLevel("A", backordered=D(2)), StockLevel("B", reorder_point=D(5))

    both = raised([line("A", "2", "1"), line("B", "2", "1")], [waits, kept], {}, D(10))
    alone = raised([line("A", "2", "1")], [waits], {}, D(10))

    assert [one.quantity for one in both.lines] == [D(2), D(8)]
    assert [one.quantity for one in alone.lines] == [D(10)]


def test_discontinued_goods_and_unknown_costs_are_left_to_a_person() -> None:
    gone = StockLevel("A", backordered=D(2), discontinued=True)
    kept = StockLevel("A", reorder_point=D(5))

    assert raised([line("A", "2", "1")], [gone], {}, D(10)).below_minimum == D(8)
    unknown = raised([line("A", "2", None)], [kept], {}, D(10))
    assert (unknown.lines[0].quantity, unknown.below_minimum) == (D(2), D(10))


def test_the_price_of_the_larger_quantity_counts() -> None:
    kept = StockLevel("A", reorder_point=D(5))
    sells = {"A": [Candidate("S1", D("2.00")), Candidate("S1", D("1.50"), minimum=D(12))]}

    order = raised([line("A", "8", "2.00")], [kept], sells, D(24))

    assert (order.lines[0].quantity, order.lines[0].unit_cost, amount(order)) == (D(16), D("1.50"), D("24.00"))
    assert "Raised by 8 to 16, at 1.50 from that quantity on, as S1" in order.lines[0].why


whole = st.integers(1, 40).map(Decimal)
costs = st.decimals("0.0001", "50", places=4)
tiers = st.lists(st.tuples(costs, st.integers(0, 30).map(Decimal), st.integers(0, 12).map(Decimal)), max_size=3)


@given(
    st.lists(st.tuples(whole, costs, st.none() | whole, tiers), min_size=1, max_size=4),
    st.integers(0, 100_000).map(Decimal),
    st.randoms(),
)
def test_the_minimum_is_reached_in_full_packs_whatever_is_sold(
    rows: list[tuple[Decimal, Decimal, Decimal | None, list[tuple[Decimal, Decimal, Decimal]]]],
    minimum: Decimal,
    chance: random.Random,
) -> None:
    skus = "ABCD"[: len(rows)]
    levels = [StockLevel(sku, reorder_point=D(5), reorder_quantity=row[2]) for sku, row in zip(skus, rows, strict=True)]
    lines = [line(sku, str(row[0]), str(row[1])) for sku, row in zip(skus, rows, strict=True)]
    sells = {
        sku: [Candidate("S1", cost, minimum=least, pack=pack) for cost, least, pack in row[3]]
        for sku, row in zip(skus, rows, strict=True)
    }

    order = raised(lines, levels, sells, minimum)

    assert order.below_minimum == 0
    assert amount(order) >= minimum
    assert all(new.quantity >= old.quantity for new, old in zip(order.lines, lines, strict=True))
    mixed = [replace(one) for one in lines]
    chance.shuffle(mixed)
    again = raised(mixed, levels, sells, minimum)
    assert {one.sku: one for one in again.lines} == {one.sku: one for one in order.lines}
