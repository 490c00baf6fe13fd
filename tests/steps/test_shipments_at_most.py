"""A customer who takes an order complete, or in so many shipments at most, never gets more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.picking import PickingBooks
from o2c_xl.ledger.goods.shipping import ShippingBooks
from o2c_xl.ledger.proof.verify import verify
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.pick import pick
from o2c_xl.steps.ship import ship
from tests.ledgers import open_ledger
from tests.steps.order_samples import DAY, D, head, lines, open_shop, order, policy, run, statuses, stock_up


def work(ledger: Ledger, rules: Policy | None = None) -> int:
    """Allocate, pick and ship as a run does; returns how many were picked or shipped."""
    rules = rules or policy()
    run(ledger)
    picked = pick(PickingBooks(ledger, DAY), rules, DAY)
    return picked + ship(ShippingBooks(ledger, DAY, rules), rules)


def settle(ledger: Ledger, rules: Policy | None = None) -> None:
    for _ in range(6):
        if not work(ledger, rules):
            return


def shipments(ledger: Ledger, key: str) -> list[Any]:
    with ledger.reading() as conn:
        c = schema.shipments.c
        return list(conn.execute(select(schema.shipments).where(c.order == key, c.status != "Cancelled")))


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    limits = [{}, {"customer_id": "ONE", "shipments_at_most": 1}, {"customer_id": "TWO", "shipments_at_most": 2}]
    return open_shop(memory_ledger, limits, MUG=4)


def test_complete_only_waits_for_all_and_says_why(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 4), ("CUP", 3), customer_id="ONE")

    settle(shop)

    assert shipments(shop, "1") == []
    assert head(shop, "1").waiting_for == (
        "Waits for the whole order, which is short of 3 of CUP. The customer takes complete orders only."
    )
    assert "The customer takes complete orders only." in lines(shop, "1")[0].why
    stock_up(shop, CUP=3)
    settle(shop)
    assert (len(shipments(shop, "1")), statuses(shop)["1"]) == (1, "Shipped")


def test_the_last_of_two_shipments_brings_all_that_is_open(ledger: Ledger) -> None:
    shop = open_shop(ledger, [{"customer_id": "TWO", "shipments_at_most": 2}], MUG=4)
    order(shop, "1", ("MUG", 10), customer_id="TWO")
    settle(shop)
    assert ([one.shipped for one in lines(shop, "1")], len(shipments(shop, "1"))) == ([D(4)], 1)

    stock_up(shop, MUG=5)
    settle(shop)
    assert len(shipments(shop, "1")) == 1
    assert "The customer takes at most 2 shipments, so all that is open goes in one." in head(shop, "1").waiting_for
    assert work(shop) == 0

    stock_up(shop, MUG=1)
    settle(shop)
    assert ([one.shipped for one in lines(shop, "1")], len(shipments(shop, "1"))) == ([D(10)], 2)


def test_what_waits_for_the_whole_order_is_free_for_others(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 4), ("CUP", 3), customer_id="ONE")
    order(shop, "2", ("MUG", 4))

    settle(shop)

    assert statuses(shop) == {"1": "Backordered", "2": "Shipped"}


def test_a_short_part_that_is_cancelled_keeps_nothing_waiting(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 6, {"remedy": "Cancel"}), customer_id="ONE")

    settle(shop)

    assert (lines(shop, "1")[0].shipped, lines(shop, "1")[0].cancelled) == (4, 2)
    assert len(shipments(shop, "1")) == 1


def test_nothing_is_cancelled_of_a_line_that_only_waits_for_another(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 6, {"remedy": "Cancel"}), ("CUP", 3), customer_id="ONE")

    settle(shop)

    assert (lines(shop, "1")[0].cancelled, shipments(shop, "1")) == (0, [])


def test_a_short_pick_holds_the_last_shipment_back_until_the_rest_is_picked(shop: Ledger) -> None:
    by_hand = policy(Pick_by_hand="Yes")
    order(shop, "1", ("MUG", 4), customer_id="ONE")
    work(shop, by_hand)
    with shop.transaction(DAY) as txn:
        row = txn.conn.execute(select(schema.picks.c.pick)).scalar_one()
        txn.update(schema.picks, [{"pick": row, "picked": D(3), "packed": D(3)}])

    pick(PickingBooks(shop, DAY), by_hand, DAY)
    ship(ShippingBooks(shop, DAY, by_hand), by_hand)

    assert shipments(shop, "1") == []
    assert head(shop, "1").waiting_for


@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.sampled_from(("MUG", "CUP")), st.integers(1, 6)), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from(("MUG", "CUP")), st.integers(1, 5)), max_size=8),
    st.sampled_from(("", "Partial shipment", "Delayed shipment", "Cancel")),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_order_never_comes_in_more_shipments_than_the_customer_takes(
    most: int, wanted: list[tuple[str, int]], came: list[tuple[str, int]], short_stock: str
) -> None:
    ledger = open_ledger()
    open_shop(ledger, [{"shipments_at_most": most, "short_stock": short_stock}])
    order(ledger, "1", *wanted)
    settle(ledger)
    for sku, quantity in came:
        stock_up(ledger, **{sku: quantity})
        settle(ledger)
    stock_up(ledger, MUG=20, CUP=20)
    settle(ledger)

    assert len(shipments(ledger, "1")) <= most
    assert all(line.shipped + line.cancelled == line.quantity for line in lines(ledger, "1"))
    assert work(ledger) == 0
    assert all(check.ok for check in verify(ledger))
    ledger.engine.dispose()
