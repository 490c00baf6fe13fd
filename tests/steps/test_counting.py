"""Stock counts: the difference is posted with its reason, opening stock comes at cost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_xl.domain.goods.stock import Move
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.store import Ledger
from tests.ledgers import open_ledger
from tests.steps.purchasing_desk import Desk, days

D = Decimal
STOCK, OPENING, DIFFERENCE = "1200", "3000", "5200"


@pytest.fixture
def desk(memory_ledger: Ledger) -> Desk:
    return Desk(memory_ledger)


def test_opening_stock_comes_at_the_products_cost(ledger: Ledger) -> None:
    desk = Desk(ledger)
    desk.counted("SC-1", "A", "10", reason="opening")

    done = desk.count()

    assert (done.posted, done.faults) == (1, 0)
    assert desk.stock("A") == (D(10), D(0), D(0), D(40))
    assert desk.balances() == {STOCK: D(40), OPENING: D(-40)}
    assert desk.rows(s.stock_counts, "expected", "difference", "value", "status") == [(D(0), D(10), D(40), "Posted")]
    assert desk.rows(s.movements, "kind") == ["opening"]
    desk.check_books()


def test_a_difference_is_posted_at_the_average(desk: Desk) -> None:
    desk.have("A", "3", "10.00")
    desk.counted("SC-1", "A", "2", reason="Broken")

    desk.count()

    assert desk.stock("A") == (D(2), D(0), D(0), D("6.67"))
    assert desk.balances()[DIFFERENCE] == D("3.33")
    assert desk.rows(s.stock_counts, "expected", "difference", "value") == [(D(3), D(-1), D("-3.33"))]
    desk.check_books()


def test_a_count_that_agrees_is_posted_and_moves_nothing(desk: Desk) -> None:
    desk.have("A", "3", "10.00")
    desk.counted("SC-1", "A", "3")

    desk.count()

    assert desk.rows(s.stock_counts, "difference", "value", "status") == [(D(0), D(0), "Posted")]
    assert desk.rows(s.movements, "kind") == ["receipt"]


def test_counts_of_one_product_follow_each_other_by_their_day(desk: Desk) -> None:
    desk.counted("SC-2", "A", "7", counted_on=days(-1), reason="Opening")
    desk.counted("SC-1", "A", "5")

    desk.count()

    assert desk.rows(s.stock_counts, "count", "expected", "difference") == [("SC-1", D(7), D(-2)), ("SC-2", D(0), D(7))]
    assert desk.stock("A") == (D(5), D(0), D(0), D(20))


def test_a_second_run_finds_nothing(desk: Desk) -> None:
    desk.counted("SC-1", "A", "5")
    desk.count()
    head = desk.ledger.head()

    assert desk.count().count == 0
    assert desk.ledger.head() == head


def test_less_than_stands_in_quarantine_is_a_fault(desk: Desk) -> None:
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "10", "Fair")
    desk.receive()
    desk.counted("SC-1", "A", "4")

    desk.count()

    assert desk.rows(s.stock_counts, "status", "problem") == [
        (
            "Not posted",
            "Counted: 4 is less than the 10 that stand in quarantine. Decide on those first, or count them too.",
        )
    ]


def test_less_than_is_promised_is_posted_and_allocation_takes_it_back(desk: Desk) -> None:
    desk.have("A", "10", "40.00")
    desk.promise("SO-1", "A", "4")
    desk.counted("SC-1", "A", "3")

    desk.count()

    assert desk.stock("A") == (D(3), D(4), D(0), D(12))


def test_less_than_was_picked_is_a_fault(desk: Desk) -> None:
    desk.have("A", "10", "40.00")
    desk.promise("SO-1", "A", "8")
    desk.set(s.order_lines, order="SO-1", line="1", picked=D(8))
    desk.counted("SC-1", "A", "6")

    desk.count()

    assert desk.rows(s.stock_counts, "problem") == [
        "Counted: 6 is less than the 8 picked for orders. Count them too, or ship them first."
    ]


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 12), st.sampled_from(("", "Opening"))), max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_after_any_counts_stock_is_what_was_counted_last_and_the_accounts_agree(
    counts: list[tuple[str, int, str]],
) -> None:
    ledger = open_ledger()
    desk = Desk(ledger)
    desk.have("A", "7", "9.99")
    desk.promise("SO-1", "A", "5")
    for n, (sku, counted, reason) in enumerate(counts):
        desk.counted(f"SC-{n}", sku, str(counted), reason=reason)

    desk.count()

    last = {sku: D(counted) for sku, counted, _ in counts}
    assert {sku: desk.stock(sku)[0] for sku in last} == last
    desk.check_books()
    ledger.engine.dispose()


def test_a_count_of_an_earlier_day_is_held_against_what_the_books_expected_then(ledger: Ledger) -> None:
    """What came and left since is not counted away; what came that day or before, but was typed later, was counted."""
    desk = Desk(ledger)
    desk.have("A", "90", "396.00")
    that_day, desk.day = desk.day, desk.day + dt.timedelta(days=2)
    with ledger.transaction(desk.day) as txn:
        txn.record("goods shipped", "SH-1", moves=[Move("A", D(-5), D(-22), "shipment")])
        for key, quantity, on in (("GR-1", 3, that_day), ("GR-2", 7, desk.day)):
            entry = txn.record("goods received", key, moves=[Move("A", D(quantity), D(0), "receipt")])
            txn.insert(
                s.receipts, [{"receipt": key, "sku": "A", "received_on": on, "entry": entry, "status": "Posted"}]
            )
    desk.counted("SC-1", "A", "92", counted_on=that_day)
    desk.counted("SC-2", "A", "94")

    desk.count()

    assert desk.rows(s.stock_counts, "expected", "difference") == [(D(93), D(-1)), (D(94), D(0))]
    assert desk.stock("A")[0] == D(94)


def test_what_became_of_goods_later_changes_nothing_of_the_day_on_which_they_came(ledger: Ledger) -> None:
    """Their receipt then tells of another entry: of goods that went back, they left on the day on which they did."""
    desk = Desk(ledger)
    desk.order("PO-1", ("A", "10", "4.00"), ("B", "10", "4.00"))
    that_day, desk.day = desk.day, days(2)
    desk.deliver("GR-1", "PO-1", "A", "10", "Poor", received_on=that_day, refused_goods="Scrap")
    desk.deliver("GR-2", "PO-1", "B", "10", "Poor", received_on=that_day, refused_goods="Keep")
    desk.receive()
    desk.decide_quarantine()
    desk.counted("SC-1", "A", "10", counted_on=days(1))
    desk.counted("SC-2", "B", "10", counted_on=days(1))

    desk.count()

    assert desk.rows(s.stock_counts, "expected", "difference") == [(D(10), D(0)), (D(10), D(0))]
    assert (desk.stock("A")[0], desk.stock("B")[0]) == (D(0), D(10))


def test_goods_that_left_before_the_count_are_not_counted_away_again(ledger: Ledger) -> None:
    """A shipment may be told a day after it left."""
    desk = Desk(ledger)
    desk.have("A", "10", "40.00")
    that_day, desk.day = desk.day, days(1)
    with ledger.transaction(desk.day) as txn:
        entry = txn.record("goods shipped", "SH-1", moves=[Move("A", D(-4), D(-16), "shipment")])
        txn.insert(s.shipments, [{"shipment": "SH-1", "shipped_on": that_day, "entry": entry, "status": "Shipped"}])
    desk.counted("SC-1", "A", "6", counted_on=that_day)

    desk.count()

    assert desk.rows(s.stock_counts, "expected", "difference") == [(D(6), D(0))]


def test_a_count_below_what_has_left_since_says_so(desk: Desk) -> None:
    desk.have("A", "20", "80.00")
    desk.day = days(2)
    with desk.ledger.transaction(desk.day) as txn:
        txn.record("goods shipped", "SH-1", moves=[Move("A", D(-6), D(-24), "shipment")])
    desk.counted("SC-1", "A", "3", counted_on=days(1))

    desk.count()

    said = "Counted: 3 is less than has gone since: 6 more left than came. Count again, or correct Counted on."
    assert desk.rows(s.stock_counts, "problem") == [said]
