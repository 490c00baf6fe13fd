"""Stock goes to the fairest line first; what is short follows the remedy, and every line gets a date."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from o2c_xl.domain.goods.stock import Move
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import decide
from o2c_xl.ledger.proof.verify import verify
from o2c_xl.ledger.store import Ledger
from tests.ledgers import open_ledger
from tests.steps.order_samples import (
    DAY,
    D,
    act,
    head,
    lines,
    open_shop,
    order,
    policy,
    run,
    statuses,
    stock,
    stock_up,
)


def line(ledger: Ledger, key: str, number: int = 1) -> Any:
    return lines(ledger, key)[number - 1]


def purchase(ledger: Ledger, sku: str, quantity: int, expected: dt.date | None, status: str = "Sent") -> None:
    with ledger.transaction(DAY) as txn:
        po = txn.number("PO-")
        txn.insert(schema.purchase_orders, [{"po": po, "supplier_id": "S", "expected": expected, "status": status}])
        txn.insert(schema.purchase_order_lines, [{"po": po, "line": "1", "sku": sku, "quantity": D(quantity)}])


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    return open_shop(memory_ledger, [{}, {"customer_id": "WHOLE", "short_stock": "Delayed shipment"}], MUG=10, CUP=5)


def test_a_line_that_stock_fills_goes_to_pick_with_a_date(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 4))

    run(shop)

    row, one = head(shop, "1"), line(shop, "1")
    assert (row.status, row.promise_date) == ("To pick", DAY)
    assert (one.allocated, one.availability, one.promise_date) == (4, "In stock", DAY)
    assert stock(shop, "MUG").allocated == 4


def test_the_last_units_go_to_the_urgent_order_and_the_other_is_told_why(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 8))
    order(shop, "2", ("MUG", 8), priority=1)

    run(shop)

    first, second = line(shop, "1"), line(shop, "2")
    assert (first.allocated, second.allocated) == (2, 8)
    assert first.availability == "Low stock"
    assert "8 went to order 2, priority 1" in first.why
    assert statuses(shop) == {"1": "To pick", "2": "To pick"}


def test_an_order_without_any_stock_is_backordered_and_dated_by_lead_time(shop: Ledger) -> None:
    order(shop, "1", ("TEA", "1.5"))

    run(shop)

    row, one = head(shop, "1"), line(shop, "1")
    assert (row.status, row.waiting_who) == ("Backordered", "Purchasing")
    assert "1.5 of TEA" in row.waiting_for
    assert (one.availability, one.promise_date) == ("Out of stock", DAY + dt.timedelta(days=7))
    assert row.promise_date == one.promise_date


def test_new_stock_reaches_the_backorders_fairest_first(shop: Ledger) -> None:
    order(shop, "1", ("TEA", 3))
    order(shop, "2", ("TEA", 3), priority=2)
    run(shop)
    stock_up(shop, TEA=4)

    run(shop)

    assert (line(shop, "1").allocated, line(shop, "2").allocated) == (1, 3)
    assert statuses(shop) == {"1": "To pick", "2": "To pick"}


def test_a_run_without_new_stock_touches_nothing(shop: Ledger) -> None:
    for n in range(20):
        order(shop, str(n), ("TEA", 3), ("MUG", 4))
    run(shop)
    before = shop.head()

    assert run(shop) == (0, 0, 0, 0)
    assert run(shop, day=DAY + dt.timedelta(days=1)) == (0, 0, 0, 0)
    assert shop.head() == before


def test_an_open_purchase_order_gives_the_date_to_the_fairest_and_moves_it(shop: Ledger) -> None:
    order(shop, "1", ("TEA", 3))
    order(shop, "2", ("TEA", 3))
    purchase(shop, "TEA", 4, DAY + dt.timedelta(days=2))
    run(shop)
    dates = [line(shop, key).promise_date for key in "12"]
    with shop.transaction(DAY) as txn:
        txn.update(schema.purchase_orders, [{"po": "PO-000001", "expected": DAY + dt.timedelta(days=4)}])

    run(shop)

    assert dates == [DAY + dt.timedelta(days=2), DAY + dt.timedelta(days=7)]
    assert line(shop, "1").promise_date == head(shop, "1").promise_date == DAY + dt.timedelta(days=4)
    assert "PO-000001" in line(shop, "1").promised_from


def test_what_a_promise_rests_on_is_told_as_soon_as_it_changes_though_the_date_stays(shop: Ledger) -> None:
    order(shop, "1", ("TEA", 3))
    run(shop)
    first = line(shop, "1")
    purchase(shop, "TEA", 4, first.promise_date)

    run(shop)
    ordered = line(shop, "1")
    again = run(shop)
    with shop.transaction(DAY) as txn:
        txn.update(schema.purchase_orders, [{"po": "PO-000001", "status": "Received"}])
    run(shop, day=DAY + dt.timedelta(days=1))
    gone = line(shop, "1")

    assert first.promised_from == gone.promised_from == "3 to be ordered, lead time 7 days."
    assert ordered.promised_from == f"from PO-000001, expected {first.promise_date}."
    assert [one.promise_firm for one in (first, ordered, gone)] == [False, True, False]
    assert (ordered.promise_date, again) == (first.promise_date, (0, 0, 0, 0))
    assert gone.promise_date == first.promise_date + dt.timedelta(days=1)
    assert run(shop, day=DAY + dt.timedelta(days=2)) == (0, 0, 0, 0)


def test_a_date_that_passed_is_promised_anew(shop: Ledger) -> None:
    order(shop, "1", ("TEA", 3))
    run(shop)

    run(shop, day=DAY + dt.timedelta(days=8))

    assert line(shop, "1").promise_date > DAY + dt.timedelta(days=8)


def test_a_delayed_line_waits_whole_while_the_others_go(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 12, {"remedy": "Delayed shipment"}), ("CUP", 2, {"remedy": "Partial shipment"}))

    run(shop)

    assert [one.allocated for one in lines(shop, "1")] == [0, 2]
    assert statuses(shop) == {"1": "To pick"}


def test_that_a_line_waits_whole_is_said_once(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 12, {"remedy": "Delayed shipment"}))
    purchase(shop, "MUG", 12, DAY + dt.timedelta(days=7))

    run(shop)

    told = line(shop, "1")
    assert told.why == "Waits for the whole line: 10 of 12 are there."
    assert told.promised_from == "from PO-000001, expected 2026-03-09."


def test_a_customer_who_takes_complete_orders_only_gets_all_or_nothing(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 4), ("TEA", 1), customer_id="WHOLE")
    order(shop, "2", ("MUG", 10))
    run(shop)
    first = statuses(shop)
    stock_up(shop, TEA=1, MUG=4)

    run(shop)

    assert first == {"1": "Backordered", "2": "To pick"}
    assert [one.allocated for one in lines(shop, "1")] == [4, 1]
    assert statuses(shop)["1"] == "To pick"


def test_the_short_part_is_cancelled_where_the_line_says_so(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 12, {"remedy": "Cancel"}))
    order(shop, "2", ("TEA", 1, {"remedy": "Cancel"}))

    run(shop)

    assert (line(shop, "1").allocated, line(shop, "1").cancelled) == (10, 2)
    assert statuses(shop) == {"1": "To pick", "2": "Cancelled"}
    assert head(shop, "2").closed_on == DAY


def test_alternatives_are_offered_and_the_order_waits_for_a_choice(shop: Ledger) -> None:
    offered = {"remedy": "Offer alternative products"}
    order(shop, "1", ("MUG", 12, offered))
    run(shop)
    waiting = head(shop, "1")
    assert run(shop) == (0, 0, 0, 0)
    order(shop, "1", ("MUG", 12, {"remedy": "Partial shipment"}))

    run(shop)

    assert (waiting.status, waiting.waiting_who) == ("Availability", "Sales")
    assert "CUP (5" in waiting.waiting_for
    assert "+2" in waiting.waiting_for
    assert statuses(shop) == {"1": "To pick"}


def test_the_inventory_manager_approves_what_is_short_before_it_is_promised(shop: Ledger) -> None:
    rules = policy(Approve_availability="Yes")
    order(shop, "1", ("MUG", 12, {"remedy": "Cancel"}))
    order(shop, "2", ("CUP", 1))
    run(shop, rules)
    waiting, untouched = head(shop, "1"), line(shop, "1").cancelled
    assert run(shop, rules) == (0, 0, 0, 0)
    with shop.transaction(DAY) as txn:
        txn.who = "ingrid"
        txn.insert(schema.roles, [{"user": "ingrid", "role": "Inventory Manager"}])
        decide(txn, ["AP-000001"], "Approve")

    run(shop, rules)

    assert (waiting.status, waiting.waiting_who, untouched) == ("Approval", "Inventory Manager", 0)
    assert (line(shop, "1").cancelled, statuses(shop)) == (2, {"1": "To pick", "2": "To pick"})


def test_what_a_manager_is_asked_anew_is_what_the_line_says(shop: Ledger) -> None:
    rules = policy(Approve_availability="Yes")
    order(shop, "1", ("MUG", 12, {"remedy": "Cancel"}))
    run(shop, rules)
    with shop.transaction(DAY) as txn:
        txn.who = "ingrid"
        txn.insert(schema.roles, [{"user": "ingrid", "role": "Inventory Manager"}])
        decide(txn, ["AP-000001"], "Reject", "Keep them")
    run(shop, rules)
    before = line(shop, "1").why
    with shop.transaction(DAY) as txn:
        txn.record("order amended", "1")
        txn.update(schema.order_lines, [{"order": "1", "line": "1", "remedy": "Partial shipment"}])

    run(shop, rules)

    assert "cancelled" in before
    assert "cancelled" not in line(shop, "1").why
    assert run(shop, rules) == (0, 0, 0, 0)


def test_a_count_that_finds_less_takes_stock_back_from_the_least_urgent(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 4))
    order(shop, "2", ("MUG", 6), priority=9)
    run(shop)
    with shop.transaction(DAY) as txn:
        txn.record("stock counted", "SC-1", moves=[Move("MUG", D(-8), D(-8), "count")])

    run(shop)

    assert [line(shop, key).allocated for key in "12"] == [2, 0]
    assert statuses(shop) == {"1": "To pick", "2": "Backordered"}
    assert stock(shop, "MUG").allocated == 2


def test_a_count_that_finds_less_takes_stock_first_from_an_order_that_is_held(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 4))
    order(shop, "2", ("MUG", 6), priority=9)
    run(shop)
    with shop.transaction(DAY) as txn:
        txn.update(schema.orders, [{"order": "1", "status": "On hold"}])
        txn.record("stock counted", "SC-1", moves=[Move("MUG", D(-4), D(-4), "count")])

    run(shop)

    assert [line(shop, key).allocated for key in "12"] == [0, 6]


def test_quarantined_goods_are_not_promised(shop: Ledger) -> None:
    with shop.transaction(DAY) as txn:
        txn.record("goods received", "GR-1", moves=[Move("TEA", D(5), D(5), "receipt", D(4))])
    order(shop, "1", ("TEA", 3))

    run(shop)

    assert line(shop, "1").allocated == 1


def test_cancel_gives_everything_back_and_ends_the_order(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 12))
    run(shop)
    act(shop, "1", "Cancel")

    run(shop)

    assert (statuses(shop), stock(shop, "MUG").allocated, line(shop, "1").cancelled) == ({"1": "Cancelled"}, 0, 12)
    assert run(shop) == (0, 0, 0, 0)


def test_cancel_of_a_partly_shipped_order_cancels_what_is_open(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 12))
    run(shop)
    with shop.transaction(DAY) as txn:
        txn.reserve("MUG", D(-10))
        txn.update(schema.order_lines, [{"order": "1", "line": "1", "allocated": D(0), "shipped": D(10)}])
        txn.update(schema.orders, [{"order": "1", "status": "Partly shipped"}])
    act(shop, "1", "Cancel")

    run(shop)

    assert (statuses(shop), line(shop, "1").cancelled) == ({"1": "Shipped"}, 2)


def test_close_short_drops_the_backorder_and_lets_the_rest_go(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 12), action="Close short")

    run(shop)
    run(shop)

    assert (line(shop, "1").allocated, line(shop, "1").cancelled, statuses(shop)) == (10, 2, {"1": "To pick"})


def test_a_hold_stops_an_order_with_its_stock_and_an_empty_action_lets_it_go(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 4))
    run(shop)
    act(shop, "1", "Hold")
    run(shop)
    held = head(shop, "1")
    assert run(shop) == (0, 0, 0, 0)
    act(shop, "1", None)

    run(shop)

    assert (held.status, held.held, line(shop, "1").allocated) == ("On hold", True, 4)
    assert (head(shop, "1").status, head(shop, "1").held, head(shop, "1").waiting_for) == ("To pick", False, "")


def test_a_hold_from_the_start_keeps_the_order_from_being_priced(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 4), action="Hold")
    run(shop)
    assert statuses(shop) == {"1": "On hold"}
    act(shop, "1", "Release")

    run(shop)

    assert statuses(shop) == {"1": "To pick"}


def test_an_amended_order_goes_through_all_checks_again_and_keeps_its_stock(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 4))
    run(shop)
    order(shop, "1", ("MUG", 6))

    run(shop)

    assert (line(shop, "1").allocated, head(shop, "1").net, statuses(shop)) == (6, 60, {"1": "To pick"})
    assert stock(shop, "MUG").allocated == 6


def test_every_database_gives_the_same_result(ledger: Ledger) -> None:
    open_shop(ledger, [{"credit_limit": D(500)}], MUG=10, CUP=5)
    order(ledger, "1", ("MUG", 8), ("TEA", "0.5"), freight=D("4.90"))
    order(ledger, "2", ("MUG", 8, {"remedy": "Cancel"}), priority=1)
    order(ledger, "3", ("MUG", 900))
    order(ledger, "Web-4", ("CUP", 1), action="Hold")
    purchase(ledger, "TEA", 4, DAY + dt.timedelta(days=2))

    run(ledger)

    assert statuses(ledger) == {"1": "To pick", "2": "To pick", "3": "On hold", "Web-4": "On hold"}
    assert [one.promise_date for one in lines(ledger, "1")] == [DAY + dt.timedelta(days=7), DAY + dt.timedelta(days=2)]
    assert run(ledger) == (0, 0, 0, 0)


_ORDERS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(["MUG", "CUP"]), st.integers(1, 9)), min_size=1, max_size=3),
        st.sampled_from([None, 1, 9]),
        st.sampled_from(["ALFKI", "WHOLE"]),
        st.sampled_from([None, "Partial shipment", "Delayed shipment", "Cancel", "Offer alternative products"]),
    ),
    min_size=1,
    max_size=6,
)


_SHARED: list[Ledger] = []


def _empty() -> Ledger:
    """One ledger for all examples, emptied for each: making the schema anew takes longer than an example."""
    if not _SHARED:
        _SHARED.append(open_ledger())
    with _SHARED[0].transaction(DAY) as txn:
        for table in schema.metadata.sorted_tables:
            txn.conn.execute(table.delete())
        txn.head, txn.head_hash = 0, ""
    return _SHARED[0]


def _book(taken: Any, sequence: Any) -> tuple[Ledger, dict[Any, Any]]:
    ledger = open_shop(_empty(), [{}, {"customer_id": "WHOLE", "short_stock": "Delayed shipment"}], MUG=11, CUP=6)
    for n in sequence:
        wanted, priority, customer, remedy = taken[n]
        rows = [(sku, quantity, {"remedy": remedy}) for sku, quantity in wanted]
        order(ledger, f"O{n}", *rows, priority=priority, customer_id=customer)
    run(ledger)
    c = schema.order_lines.c
    with ledger.reading() as conn:
        rows = conn.execute(select(c.order, c.line, c.allocated, c.cancelled, c.promise_date, c.availability)).all()
    return ledger, {(row.order, row.line): tuple(row[2:]) for row in rows} | dict(statuses(ledger))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(taken=_ORDERS, data=st.data())
def test_stock_is_never_promised_twice_whatever_the_order_of_input(taken: Any, data: st.DataObject) -> None:
    _, other = _book(taken, data.draw(st.permutations(range(len(taken)))))
    ledger, result = _book(taken, range(len(taken)))

    with ledger.reading() as conn:
        c, s = schema.order_lines.c, schema.stock.c
        given_out = dict(conn.execute(select(c.sku, func.sum(c.allocated)).group_by(c.sku)).all())
        shelf = {row.sku: row for row in conn.execute(select(s.sku, s.on_hand, s.allocated))}
    before = ledger.head()
    assert result == other
    assert run(ledger) == (0, 0, 0, 0)
    assert ledger.head() == before
    for sku, row in shelf.items():
        assert 0 <= row.allocated <= row.on_hand
        assert row.allocated == given_out.get(sku, 0)
    assert [str(check) for check in verify(ledger) if not check.ok] == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    taken=_ORDERS,
    acts=st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["Cancel", "Hold", None, "Close short", "more", "less"])),
        max_size=6,
    ),
)
def test_whatever_people_ask_nothing_is_invented_or_lost(taken: Any, acts: Any) -> None:
    ledger, _ = _book(taken, range(len(taken)))

    for n, wish in acts:
        if n >= len(taken):
            continue
        wanted, priority, customer, _ = taken[n]
        if wish in ("more", "less"):
            step = 1 if wish == "more" else -1
            rows = [(sku, max(1, quantity + step)) for sku, quantity in wanted]
            order(ledger, f"O{n}", *rows, priority=priority, customer_id=customer)
        else:
            act(ledger, f"O{n}", wish)
        run(ledger)

    run(ledger)
    with ledger.reading() as conn:
        c, s = schema.order_lines.c, schema.stock.c
        given_out = dict(conn.execute(select(c.sku, func.sum(c.allocated)).group_by(c.sku)).all())
        for row in conn.execute(select(s.sku, s.on_hand, s.allocated)):
            assert 0 <= row.allocated <= row.on_hand
            assert row.allocated == given_out.get(row.sku, 0)
        for row in conn.execute(select(schema.order_lines)):
            assert row.allocated + row.shipped + row.cancelled <= row.quantity
    assert run(ledger) == (0, 0, 0, 0)


def test_an_amended_line_that_keeps_its_stock_says_why_and_when(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 6))
    run(shop)
    order(shop, "1", ("MUG", 3))

    run(shop)

    row = line(shop, "1")
    assert (row.allocated, row.why, row.promise_date) == (3, "3 of 3 from stock, set aside before.", DAY)
    assert run(shop) == (0, 0, 0, 0)
