"""Picking, shipping and invoicing go on from where the sales steps leave an order, and back to them."""

from __future__ import annotations

import pytest

from o2c_xl.domain.accounts import Account, count_legs
from o2c_xl.domain.goods.stock import Move
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from tests.steps import order_samples as sales
from tests.steps.fulfilment_samples import D, assert_books_hold, fulfil, line, policy, rows, run_pick, type_in


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    return more(sales.open_shop(memory_ledger), "MUG", 5)


def more(ledger: Ledger, sku: str, quantity: int) -> Ledger:
    """Goods are found on the shelf, a unit worth 1."""
    with ledger.transaction(sales.DAY) as txn:
        move = Move(sku, D(quantity), D(quantity), "opening")
        txn.record("stock counted", sku, legs=count_legs(D(quantity), "EUR", Account.OPENING), moves=[move])
    return ledger


def test_a_short_order_ships_in_two_parts_as_stock_comes(shop: Ledger) -> None:
    sales.order(shop, "1", ("MUG", 8), freight=D(5))
    sales.run(shop)
    fulfil(shop)
    partly = sales.statuses(shop)["1"]
    more(shop, "MUG", 5)

    sales.run(shop)
    fulfil(shop)

    assert (partly, sales.statuses(shop)["1"]) == ("Partly shipped", "Invoiced")
    assert sum(row.total for row in rows(shop, schema.invoices)) == sales.head(shop, "1").total
    assert_books_hold(shop)


def test_a_short_pick_goes_back_to_allocation(shop: Ledger) -> None:
    by_hand = policy(Pick_by_hand="Yes")
    sales.order(shop, "1", ("MUG", 5))
    sales.run(shop)
    run_pick(shop, by_hand)
    type_in(shop, schema.picks, pick="PK-000001", picked=D(3))

    fulfil(shop, by_hand)
    sales.run(shop)

    assert (line(shop, "1").shipped, line(shop, "1").allocated) == (3, 2)
    assert (sales.statuses(shop)["1"], run_pick(shop, by_hand)) == ("Partly shipped", 1)
    assert_books_hold(shop)


def test_an_order_cancelled_at_the_door_goes_back_to_the_shelf(shop: Ledger) -> None:
    by_hand = policy(Ship_by_hand="Yes")
    sales.order(shop, "1", ("MUG", 5))
    sales.run(shop)
    fulfil(shop, by_hand)

    sales.act(shop, "1", "Cancel")
    sales.run(shop)
    fulfil(shop, by_hand)

    assert [row.status for row in rows(shop, schema.shipments)] == ["Cancelled"]
    assert [row.status for row in rows(shop, schema.picks)] == ["Cancelled"]
    assert (sales.stock(shop, "MUG").on_hand, sales.stock(shop, "MUG").allocated) == (5, 0)
    assert_books_hold(shop)


def test_an_order_held_after_picking_ships_once_it_is_released(shop: Ledger) -> None:
    sales.order(shop, "1", ("MUG", 5))
    sales.run(shop)
    run_pick(shop)
    sales.act(shop, "1", "Hold")
    sales.run(shop)
    held = (fulfil(shop), sales.statuses(shop)["1"])

    sales.act(shop, "1", "Release")
    sales.run(shop)

    assert held == ((0, 0, 0), "On hold")
    assert (fulfil(shop), sales.statuses(shop)["1"]) == ((0, 1, 1), "Invoiced")
    assert_books_hold(shop)
