"""Picked orders leave: at once, or when a person says Ship; their goods leave stock at the moving average."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_xl.ledger import schema
from o2c_xl.ledger.papers.slips import packing_slips
from o2c_xl.ledger.store import Ledger
from tests.ledgers import open_ledger, ticking_clock
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

BY_HAND = policy(Ship_by_hand="Yes")


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    return warehouse(memory_ledger)


def shipments(ledger: Ledger) -> list[tuple]:
    return [(row.shipment, row.order, row.status) for row in rows(ledger, schema.shipments)]


def test_a_picked_order_leaves_with_carrier_weight_and_cost(ledger: Ledger) -> None:
    warehouse(ledger)
    taken(ledger, "1", ("MUG", 5, "10"), ("TEA", "2.5", "9"))
    run_pick(ledger)

    assert (run_ship(ledger), run_ship(ledger)) == (1, 0)

    [sent] = rows(ledger, schema.shipments)
    assert (sent.carrier, sent.service, sent.weight_kg) == ("Parcel service", "Standard", D("4.5"))
    assert (sent.status, sent.shipped_on) == ("Shipped", DAY)
    assert [(one.sku, one.cost) for one in rows(ledger, schema.shipment_lines)] == [("MUG", 20), ("TEA", 10)]
    mug = stock_of(ledger, "MUG")
    assert (mug.on_hand, mug.allocated, mug.value) == (95, 0, 380)
    done = line(ledger, "1")
    assert (done.allocated, done.picked, done.shipped, head(ledger, "1").status) == (0, 0, 5, "Shipped")
    assert_books_hold(ledger)


def test_what_is_backordered_leaves_the_order_partly_shipped(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 8, "10", {"allocated": D(5)}))
    run_pick(shop)

    run_ship(shop)

    assert (head(shop, "1").status, line(shop, "1").shipped) == ("Partly shipped", 5)


@pytest.mark.parametrize(("hour", "carrier", "expected"), [(13, "Early", "2026-03-03"), (14, "Late", "2026-03-04")])
def test_the_hour_by_the_clock_decides_who_still_comes(shop: Ledger, hour: int, carrier: str, expected: str) -> None:
    takes = {"shipping": "Standard shipping", "days": 1}
    early = {"carrier": "Early", "service": "A", "cut_off": "13:30", **takes}
    late = {"carrier": "Late", "service": "B", "cut_off": "18:00", **takes, "days": 2, "cost": D(1)}
    with shop.transaction(DAY) as txn:
        txn.insert(schema.carriers, [early | {"cost": D(2)}, late])
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop)
    shop.clock = ticking_clock(dt.datetime.combine(DAY, dt.time(hour)).astimezone())

    run_ship(shop)

    [sent] = rows(shop, schema.shipments)
    assert (sent.carrier, sent.expected) == (carrier, dt.date.fromisoformat(expected))


def test_express_and_heavy_goods_go_by_other_services(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 1, "10"), shipping="Express shipping")
    taken(shop, "2", ("TEA", 50, "9"))
    taken(shop, "3", ("MUG", 1, "10"), shipping="Pickup at store")
    run_pick(shop)

    run_ship(shop)

    assert [(row.carrier, row.service) for row in rows(shop, schema.shipments)] == [
        ("Courier", "Express"),
        ("Freight forwarder", "Pallet"),
        ("Store", "Pickup"),
    ]


def test_without_an_address_the_order_waits_and_says_so_once(memory_ledger: Ledger) -> None:
    warehouse(memory_ledger, [{"street": "", "city": ""}])
    taken(memory_ledger, "1", ("MUG", 5, "10"))
    run_pick(memory_ledger)

    assert (run_ship(memory_ledger), memory_ledger.head()) == (0, before := memory_ledger.head())
    assert (run_ship(memory_ledger), memory_ledger.head()) == (0, before)

    assert head(memory_ledger, "1").waiting_for == (
        "The ship-to address has no street and city. Enter it on the order or at the customer."
    )
    with memory_ledger.transaction(DAY) as txn:
        txn.update(schema.orders, [{"order": "1", "ship_to_street": "Kai 1", "ship_to_city": "Kiel"}])
    assert (run_ship(memory_ledger), head(memory_ledger, "1").waiting_for) == (1, "")


def test_goods_that_a_count_no_longer_found_do_not_leave(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop)
    with shop.transaction(DAY) as txn:
        txn.update(schema.stock, [{"sku": "MUG", "on_hand": D(3), "value": D(12)}])

    assert run_ship(shop) == 0

    assert head(shop, "1").waiting_for == "MUG: 5 are to leave, but the books have 3. Count the stock."
    assert (stock_of(shop, "MUG").on_hand, shipments(shop)) == (3, [])


def test_by_hand_a_shipment_stands_packed_until_someone_says_ship(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop)

    assert (run_ship(shop, BY_HAND), run_ship(shop, BY_HAND)) == (1, 0)
    packed = (shipments(shop), stock_of(shop, "MUG").on_hand, head(shop, "1").status)
    type_in(shop, schema.shipments, shipment="SH-000001", action="Ship", shipped_on=dt.date(2026, 3, 1))
    assert (run_ship(shop, BY_HAND), run_ship(shop, BY_HAND)) == (1, 0)

    assert packed == ([("SH-000001", "1", "Packed")], 100, "Picked")
    [sent] = rows(shop, schema.shipments)
    assert (sent.status, sent.shipped_on, stock_of(shop, "MUG").on_hand) == ("Shipped", dt.date(2026, 3, 1), 95)
    assert rows(shop, schema.shipment_lines)[0].cost == 20
    assert rows(shop, schema.picks)[0].status == "Shipped"
    assert len([one for one in rows(shop, schema.outbox) if one.kind == "Packing slip"]) == 1
    assert_books_hold(shop)


def test_cancelling_a_shipment_puts_the_goods_back_and_keeps_them_set_aside(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop)
    run_ship(shop, BY_HAND)

    type_in(shop, schema.shipments, shipment="SH-000001", action="Cancel")
    assert (run_ship(shop, BY_HAND), run_ship(shop, BY_HAND)) == (1, 0)

    assert (shipments(shop), rows(shop, schema.picks)[0].status) == ([("SH-000001", "1", "Cancelled")], "Cancelled")
    assert (head(shop, "1").status, line(shop, "1").allocated, line(shop, "1").picked) == ("To pick", 5, 0)
    assert (run_pick(shop), run_ship(shop), shipments(shop)[1][2]) == (1, 1, "Shipped")
    assert_books_hold(shop)


def test_a_packed_shipment_of_a_cancelled_order_is_cancelled_too(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    run_pick(shop)
    run_ship(shop, BY_HAND)
    with shop.transaction(DAY) as txn:
        txn.record("order cancelled", "1", {"status": "Cancelled", "cancelled": {"1": D(5)}})
        gone = {"allocated": D(0), "picked": D(0), "cancelled": D(5)}
        txn.update(schema.order_lines, [{"order": "1", "line": "1", **gone}])
        txn.update(schema.orders, [{"order": "1", "status": "Cancelled", "closed_on": txn.day}])
        txn.reserve("MUG", D(-5))

    run_ship(shop, BY_HAND)

    assert shipments(shop) == [("SH-000001", "1", "Cancelled")]
    assert (head(shop, "1").status, rows(shop, schema.picks)[0].status) == ("Cancelled", "Cancelled")
    assert_books_hold(shop)


def test_the_packing_slip_says_what_lies_in_the_parcel_and_what_still_comes(shop: Ledger) -> None:
    taken(
        shop,
        "1",
        ("MUG", 8, "10", {"allocated": D(5)}),
        ship_to_name="Dock",
        ship_to_street="Kai 1",
        ship_to_city="Kiel",
    )
    run_pick(shop)
    run_ship(shop)

    with shop.reading() as conn:
        [slip] = packing_slips(conn, ["SH-000001", "SH-999999"], policy(Company_name="Nordlicht").company)

    assert (slip.seller.name, slip.ship_to.street, slip.ship_to.city) == ("Nordlicht", "Kai 1", "Kiel")
    assert [(one.sku, one.quantity, one.ordered, one.backordered) for one in slip.lines] == [("MUG", 5, 8, 3)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.tuples(st.sampled_from(["MUG", "PEN", "TEA"]), st.integers(1, 9)), min_size=1), max_size=5))
def test_nothing_is_lost_or_invented_between_shelf_and_door(orders: list[list[tuple[str, int]]]) -> None:
    ledger = open_ledger()
    warehouse(ledger, MUG=500, PEN=500, TEA=500)
    for number, wanted in enumerate(orders):
        taken(ledger, str(number), *[(sku, quantity, "10") for sku, quantity in wanted])

    run_pick(ledger)
    run_ship(ledger)

    left = sum(row.on_hand for row in rows(ledger, schema.stock))
    sent = sum(row.quantity for row in rows(ledger, schema.shipment_lines))
    assert left + sent == 1500
    assert sent == sum(quantity for wanted in orders for _, quantity in wanted)
    assert (run_pick(ledger), run_ship(ledger)) == (0, 0)
    assert_books_hold(ledger)
    ledger.engine.dispose()
