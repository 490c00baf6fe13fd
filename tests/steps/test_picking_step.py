"""Orders with stock set aside are picked: at once, or by hand with what was really found."""

from __future__ import annotations

import datetime as dt

import pytest

from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.allocation import AllocationBooks
from o2c_xl.ledger.goods.counting import CountingBooks
from o2c_xl.ledger.papers.slips import pick_list_documents
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.allocate import allocate
from o2c_xl.steps.count_stock import count_stock
from tests.steps.fulfilment_samples import (
    DAY,
    D,
    assert_books_hold,
    head,
    line,
    policy,
    rows,
    run_pick,
    run_ship,
    stock_of,
    taken,
    type_in,
    warehouse,
)

BY_HAND = policy(Pick_by_hand="Yes")


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    return warehouse(memory_ledger)


def picks(ledger: Ledger) -> list[tuple]:
    return [(row.pick, row.sku, row.to_pick, row.picked, row.status) for row in rows(ledger, schema.picks)]


def test_what_is_set_aside_counts_as_picked_unless_people_pick(ledger: Ledger) -> None:
    warehouse(ledger)
    taken(ledger, "1", ("MUG", 5, "10"), ("PEN", 3, "1"))

    assert (run_pick(ledger), run_pick(ledger)) == (1, 0)

    assert picks(ledger) == [("PK-000001", "PEN", 3, 3, "Packed"), ("PK-000002", "MUG", 5, 5, "Packed")]
    assert head(ledger, "1").status == "Picked"
    assert (line(ledger, "1").allocated, line(ledger, "1").picked) == (5, 5)
    assert_books_hold(ledger)


def test_a_list_is_walked_zone_by_zone_with_fragile_goods_last(shop: Ledger) -> None:
    taken(shop, "1", ("TEA", 1, "9"), ("MUG", 5, "10"))
    taken(shop, "2", ("PEN", 3, "1", {"customisation": "Engraving"}))

    run_pick(shop, BY_HAND)

    with shop.reading() as conn:
        [paper] = pick_list_documents(conn, [rows(shop, schema.outbox)[0].about])
    assert [(one.order, one.sku, one.zone, one.quantity, one.fragile) for one in paper.lines] == [
        ("2", "PEN", "Zone A", 3, False),
        ("1", "MUG", "Zone A", 5, True),
        ("1", "TEA", "Zone B", 1, False),
    ]
    assert (paper.pick, paper.orders, paper.lines[0].customisation) == ("PK-000001", ("2", "1"), "Engraving")


def test_an_empty_cell_means_not_picked(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))

    assert (run_pick(shop, BY_HAND), run_pick(shop, BY_HAND)) == (1, 0)

    assert picks(shop) == [("PK-000001", "MUG", 5, None, "To pick")]
    assert (head(shop, "1").status, line(shop, "1").picked) == ("To pick", 0)


def test_what_was_typed_is_taken_over_once_all_rows_are_done(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"), ("TEA", 2, "9"))
    run_pick(shop, BY_HAND)

    type_in(shop, schema.picks, pick="PK-000001", picked=D(5))
    run_pick(shop, BY_HAND)
    halfway = (head(shop, "1").status, run_ship(shop))
    type_in(shop, schema.picks, pick="PK-000002", picked=D(2), packed=D(2))
    run_pick(shop, BY_HAND)

    assert halfway == ("To pick", 0)
    assert head(shop, "1").status == "Picked"
    assert [row[4] for row in picks(shop)] == ["Packed", "Packed"]


def test_a_short_pick_gives_back_what_is_missing_and_asks_for_a_count(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop, BY_HAND)

    type_in(shop, schema.picks, pick="PK-000001", picked=D(3))
    assert (run_pick(shop, BY_HAND), run_pick(shop, BY_HAND)) == (1, 0)

    assert picks(shop) == [("PK-000001", "MUG", 5, 3, "Short")]
    assert line(shop, "1").why == "3 of 5 found; 2 go back to availability."
    assert (line(shop, "1").allocated, line(shop, "1").picked, stock_of(shop, "MUG").allocated) == (3, 3, 3)
    assert (head(shop, "1").status, head(shop, "1").waiting_who) == ("Picked", "Warehouse")
    [one] = rows(shop, schema.discrepancies)
    assert (one.kind, one.subject, one.owner, one.status) == ("Short pick", "1", "", "Open")
    assert_books_hold(shop)


def test_nothing_found_sends_the_order_back_to_wait_for_stock(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop, BY_HAND)

    type_in(shop, schema.picks, pick="PK-000001", picked=D(0))
    run_pick(shop, BY_HAND)

    assert head(shop, "1").status == "Backordered"
    assert (line(shop, "1").allocated, stock_of(shop, "MUG").allocated) == (0, 0)


@pytest.mark.parametrize(("picked", "packed"), [(D(6), None), (D(3), D(2)), (None, D(2))])
def test_cells_that_cannot_be_are_not_taken_over(shop: Ledger, picked: D | None, packed: D | None) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop, BY_HAND)

    type_in(shop, schema.picks, pick="PK-000001", picked=picked, packed=packed)

    assert run_pick(shop, BY_HAND) == 0
    assert picks(shop)[0][4] == "To pick"


def test_an_order_that_was_cancelled_or_held_is_called_back_from_the_list(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    taken(shop, "2", ("MUG", 5, "10"))
    run_pick(shop, BY_HAND)

    with shop.transaction(shop.clock().date()) as txn:
        txn.update(schema.orders, [{"order": "1", "status": "On hold"}, {"order": "2", "status": "Cancelled"}])
        txn.update(schema.order_lines, [{"order": "2", "line": "1", "allocated": D(0), "cancelled": D(5)}])
        txn.reserve("MUG", D(-5))
    assert (run_pick(shop, BY_HAND), run_pick(shop, BY_HAND)) == (2, 0)

    assert [row[4] for row in picks(shop)] == ["Cancelled", "Cancelled"]
    assert (head(shop, "1").status, head(shop, "2").status) == ("On hold", "Cancelled")


def test_a_line_that_shrank_is_listed_anew(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop, BY_HAND)

    with shop.transaction(shop.clock().date()) as txn:
        txn.update(schema.order_lines, [{"order": "1", "line": "1", "allocated": D(3), "quantity": D(3)}])
        txn.reserve("MUG", D(-2))
    run_pick(shop, BY_HAND)

    assert [(row[2], row[4]) for row in picks(shop)] == [(5, "Cancelled"), (3, "To pick")]


def test_more_stock_for_a_partly_shipped_order_is_listed_by_itself(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 8, "10", {"allocated": D(5)}))
    run_pick(shop)
    run_ship(shop)

    with shop.transaction(shop.clock().date()) as txn:
        txn.update(schema.order_lines, [{"order": "1", "line": "1", "allocated": D(3)}])
        txn.reserve("MUG", D(3))
    assert (head(shop, "1").status, run_pick(shop), run_ship(shop)) == ("Partly shipped", 1, 1)

    assert [(row[2], row[4]) for row in picks(shop)] == [(5, "Shipped"), (3, "Shipped")]
    assert (head(shop, "1").status, line(shop, "1").shipped) == ("Shipped", 8)
    assert_books_hold(shop)


def test_when_people_stop_picking_what_stands_on_lists_is_picked(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop, BY_HAND)

    run_pick(shop)

    assert picks(shop) == [("PK-000001", "MUG", 5, 5, "Packed")]
    assert head(shop, "1").status == "Picked"


def test_a_count_of_the_same_save_leaves_what_was_just_found_to_its_order(shop: Ledger) -> None:
    """What somebody holds in hands is not given up for another order's, which was looked for in vain."""
    taken(shop, "1", ("MUG", 5, "10"), priority=9)
    taken(shop, "2", ("MUG", 3, "10"), priority=1)
    run_pick(shop, BY_HAND)
    type_in(shop, schema.picks, pick="PK-000001", picked=D(5), packed=D(5))
    type_in(shop, schema.picks, pick="PK-000002", picked=D(0))

    with shop.transaction(DAY) as txn:
        txn.insert(schema.stock_counts, [{"count": "SC-1", "sku": "MUG", "counted": D(5), "counted_on": DAY}])
    count_stock(CountingBooks(shop, DAY, BY_HAND), BY_HAND)
    allocate(AllocationBooks(shop, DAY, BY_HAND), BY_HAND, DAY)
    run_pick(shop, BY_HAND)

    assert [(row[0], row[4]) for row in picks(shop)] == [("PK-000001", "Packed"), ("PK-000002", "Cancelled")]
    assert [(one.allocated, one.picked) for one in (line(shop, "1"), line(shop, "2"))] == [(5, 5), (0, 0)]
    assert not rows(shop, schema.discrepancies)
    assert_books_hold(shop)


def test_goods_wanted_later_are_picked_so_many_days_ahead_and_reach_a_customer_of_one_shipment_together(
    memory_ledger: Ledger,
) -> None:
    limits = [{"shipments_at_most": None}, {"customer_id": "ONE", "shipments_at_most": 1}]
    shop = warehouse(memory_ledger, limits)
    ahead = policy(Pick_days_ahead="2")
    wanted = DAY + dt.timedelta(days=10)
    for key, customer in (("1", "ALFKI"), ("2", "ONE")):
        both = ("MUG", 2, "10", {"requested_date": None}), ("PEN", 3, "1", {"requested_date": wanted})
        taken(shop, key, *both, customer_id=customer)
    taken(shop, "3", ("MUG", 1, "10"), requested_date=wanted)

    assert run_pick(shop, ahead) == 2
    run_ship(shop, ahead)
    assert [(row.order, row.sku) for row in rows(shop, schema.picks)] == [("1", "MUG"), ("2", "MUG")]
    assert [head(shop, key).status for key in "123"] == ["Partly shipped", "To pick", "To pick"]
    assert run_pick(shop, ahead, wanted - dt.timedelta(days=3)) == 0
    assert run_pick(shop, ahead, wanted - dt.timedelta(days=2)) == 3
    run_ship(shop, ahead, wanted - dt.timedelta(days=2))
    assert [head(shop, key).status for key in "123"] == ["Shipped"] * 3
    assert sorted(row.order for row in rows(shop, schema.shipments)) == ["1", "1", "2", "3"]
    assert_books_hold(shop)
