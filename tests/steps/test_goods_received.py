"""Receiving goods: what is owed goes to stock at cost, fair waits, poor is claimed, too much is a fault."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_xl.domain.goods.layers import Valuation
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.goods.valuation import ValuationBooks
from o2c_xl.ledger.reporting.suppliers import suppliers_page
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.show.computed import waiting
from tests.ledgers import open_ledger
from tests.steps.purchasing_desk import DAY, Desk, days, role

D = Decimal
STOCK, GOODS_RECEIVED, VARIANCE, DIFFERENCE = "1200", "2010", "5100", "5200"


@pytest.fixture
def desk(memory_ledger: Ledger) -> Desk:
    return Desk(memory_ledger)


def test_good_goods_come_into_stock_at_the_cost_of_their_order(ledger: Ledger) -> None:
    desk = Desk(ledger)
    desk.order("PO-1", ("A", "100", "2.50"), expected=days(-2))
    desk.deliver("GR-1", "PO-1", "A", "60")

    done = desk.receive()

    assert (done.posted, done.faults) == (1, 0)
    assert desk.stock("A") == (D(60), D(0), D(0), D(150))
    assert desk.balances() == {STOCK: D(150), GOODS_RECEIVED: D(-150)}
    assert desk.rows(s.receipts, "status", "accepted", "refused", "days_late") == [("Posted", D(60), D(0), 2)]
    assert desk.rows(s.purchase_order_lines, "received") == [D(60)]
    assert desk.rows(s.purchase_orders, "status") == ["Partly received"]
    desk.check_books()


def test_an_order_of_which_everything_came_is_received(desk: Desk) -> None:
    desk.order("PO-1", ("A", "10", "2.50"), ("A", "5", "3.00"))
    desk.deliver("GR-1", "PO-1", "A", "15")

    desk.receive()

    assert desk.rows(s.purchase_orders, "status") == ["Received"]
    assert desk.rows(s.purchase_order_lines, "received") == [D(10), D(5)]
    assert desk.stock("A")[3] == D(40)
    assert desk.rows(s.receipt_lines, "line", "value") == [("1", D(25)), ("2", D(15))]


def test_a_second_run_finds_nothing(desk: Desk) -> None:
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "4")
    desk.deliver("GR-2", "PO-1", "A", "40")
    desk.receive()
    head = desk.ledger.head()

    again = desk.receive()

    assert again.count == 0
    assert desk.ledger.head() == head


def test_partial_receipts_add_up_to_the_value_of_the_whole(desk: Desk) -> None:
    desk.order("PO-1", ("A", "3", "0.3333"))
    for n in range(3):
        desk.deliver(f"GR-{n}", "PO-1", "A", "1")

    desk.receive()

    assert desk.stock("A") == (D(3), D(0), D(0), D(1))


def test_more_than_is_open_is_a_fault_and_changes_nothing(desk: Desk) -> None:
    desk.order("PO-1", ("A", "50", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "60")

    done = desk.receive()

    assert done.faults == 1
    assert desk.rows(s.receipts, "status", "problem") == [
        (
            "Not posted",
            (
                "Quantity: 60 is more than the 50 still open on PO-1. "
                "Enter at most 50, or raise Over-delivery tolerance %."
            ),
        )
    ]
    assert desk.stock("A")[0] == 0
    assert desk.rows(s.purchase_orders, "status") == ["Sent"]


def test_the_tolerance_lets_more_come(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger, **{"Over-delivery_tolerance_%": "10"})
    desk.order("PO-1", ("A", "50", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "55")
    desk.deliver("GR-2", "PO-1", "A", "1")

    desk.receive()

    assert desk.rows(s.receipts, "status") == ["Posted", "Not posted"]
    assert desk.rows(s.receipts, "problem")[1] == (
        "Quantity: 1 is more than the 0 still open on PO-1 and the 10 % over. "
        "Enter at most 0, or raise Over-delivery tolerance %."
    )


@pytest.mark.parametrize(
    ("po", "problem"),
    [
        ("PO-2", "PO: PO-2 is not sent yet. Send it first, or correct the number."),
        ("PO-3", "PO: PO-3 is cancelled. Correct the number, or enter a purchase order for what came."),
        ("PO-9", "PO: PO-9 is not in Purchase Orders. Correct the number."),
        (
            "PO-4",
            (
                "PO: PO-4 is in USD, stock is kept in EUR, and there are no exchange rates. "
                "Order these goods at a Unit cost in EUR, from a supplier so marked."
            ),
        ),
    ],
)
def test_goods_for_an_order_that_is_not_under_way_are_a_fault(desk: Desk, po: str, problem: str) -> None:
    desk.order("PO-2", ("A", "50", "2.50"), status="Draft")
    desk.order("PO-3", ("A", "50", "2.50"), status="Cancelled")
    desk.order("PO-4", ("A", "50", "2.50"), currency="USD")
    desk.deliver("GR-1", po, "A", "1")

    desk.receive()

    assert desk.rows(s.receipts, "status", "problem") == [("Not posted", problem)]


def test_a_product_that_is_not_on_the_order_is_a_fault(desk: Desk) -> None:
    desk.order("PO-1", ("A", "50", "2.50"))
    desk.deliver("GR-1", "PO-1", "B", "1")

    desk.receive()

    assert desk.rows(s.receipts, "problem") == [
        "SKU: B is not on PO PO-1. Correct it, or enter the order it came with."
    ]


def test_a_fault_whose_reason_has_gone_is_posted_by_the_next_run(desk: Desk) -> None:
    desk.order("PO-1", ("A", "50", "2.50"), status="Draft")
    desk.deliver("GR-1", "PO-1", "A", "50")
    desk.receive()
    desk.set(s.purchase_orders, po="PO-1", status="Sent")

    done = desk.receive()

    assert done.posted == 1
    assert desk.rows(s.receipts, "status", "problem") == [("Posted", "")]


def test_poor_goods_are_quarantined_refused_owed_again_and_claimed(desk: Desk) -> None:
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "4", "Poor")
    desk.deliver("GR-2", "PO-1", "A", "10")

    desk.receive()

    assert desk.stock("A") == (D(14), D(0), D(4), D(35))
    assert desk.rows(s.receipts, "status", "accepted", "refused") == [("Refused", D(0), D(4)), ("Posted", D(10), D(0))]
    assert desk.rows(s.purchase_order_lines, "received", "refused") == [(D(14), D(4))]
    assert desk.rows(s.purchase_orders, "status") == ["Received"]
    assert desk.rows(s.discrepancies, "discrepancy", "kind", "subject", "owner", "status") == [
        ("DI-000001", "Refused goods", "GR-1", "Purchasing", "Open")
    ]
    assert desk.rows(s.outbox, "kind", "to", "about", "status") == [("Claim", "po@exotic.example", "GR-1", "Waiting")]
    desk.check_books()


@pytest.mark.parametrize(
    ("verdict", "stock", "status", "order_status"),
    [
        ("Approve", (D(10), D(0), D(0), D(25)), ("Posted", D(10), D(0)), "Received"),
        ("Reject", (D(10), D(0), D(10), D(25)), ("Refused", D(0), D(10)), "Partly received"),
    ],
)
def test_fair_goods_wait_for_the_inventory_manager(
    ledger: Ledger, verdict: str, stock: object, status: object, order_status: str
) -> None:
    desk = Desk(ledger)
    desk.put(s.roles, role("ines", "Inventory Manager"))
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "10", "Fair")
    desk.receive()
    assert desk.rows(s.receipts, "status", "accepted") == [("Quarantined", D(0))]
    assert desk.stock("A") == (D(10), D(0), D(10), D(25))
    assert desk.rows(s.approvals, "role", "step", "subject", "amount", "status") == [
        ("Inventory Manager", "Fair goods", "GR-1", D(25), "Waiting")
    ]
    assert desk.decide_quarantine().count == 0

    assert desk.decide("AP-000001", verdict, "scratched") == []
    done = desk.decide_quarantine()

    assert done.count == 1
    assert desk.stock("A") == stock
    assert desk.rows(s.receipts, "status", "accepted", "refused") == [status]
    assert desk.rows(s.purchase_orders, "status") == [order_status]
    assert len(desk.rows(s.discrepancies)) == (verdict == "Reject")
    assert desk.decide_quarantine().count == 0
    desk.check_books()


def refused(ledger: Ledger, **settings_: str) -> Desk:
    """A desk with 10 of A on the shelf at 3.00 and 4 refused at 2.50, which stand in quarantine."""
    desk = Desk(ledger, **settings_)
    desk.have("A", "10", "30.00")
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "4", "Poor")
    desk.receive()
    return desk


@pytest.mark.parametrize(
    ("way", "status", "stock", "owed", "accounts"),
    [
        (
            "Return to supplier",
            ("Returned", D(0), D(4)),
            (D(10), D(0), D(0), D(30)),
            (D(4), D(4), "Partly received"),
            {STOCK: D(30), GOODS_RECEIVED: D(-30)},
        ),
        (
            "Scrap",
            ("Scrapped", D(0), D(4)),
            (D(10), D(0), D(0), D(30)),
            (D(4), D(4), "Partly received"),
            {STOCK: D(30), GOODS_RECEIVED: D(-30)},
        ),
        (
            "Keep",
            ("Posted", D(4), D(0)),
            (D(14), D(0), D(0), D(40)),
            (D(4), D(0), "Partly received"),
            {STOCK: D(40), GOODS_RECEIVED: D(-40)},
        ),
    ],
)
def test_refused_goods_leave_quarantine_by_a_persons_word(
    ledger: Ledger, way: str, status: object, stock: object, owed: object, accounts: object
) -> None:
    desk = refused(ledger)
    assert [row[:3] for row in waiting_of(desk)] == [("GR-1", "Refused goods stand in quarantine", "Purchasing")]

    assert desk.take("Receipts", {"receipt": "GR-1", "refused_goods": way}) == []
    done = desk.decide_quarantine()

    assert (done.left, done.count) == (1, 1)
    assert desk.stock("A") == stock
    assert desk.rows(s.receipts, "status", "accepted", "refused") == [status]
    assert desk.rows(s.purchase_order_lines, "received", "refused")[0] == owed[:2]  # type: ignore[index]
    assert desk.rows(s.purchase_orders, "status") == [owed[2]]  # type: ignore[index]
    assert desk.balances() == accounts
    assert desk.rows(s.discrepancies, "status") == ["Resolved"]
    assert ("Goods returned" in desk.rows(s.outbox, "kind")) == (way == "Return to supplier")
    assert waiting_of(desk) == []
    assert desk.decide_quarantine().count == 0
    desk.check_books()


def waiting_of(desk: Desk) -> list[tuple[object, ...]]:
    with desk.ledger.reading() as conn:
        return waiting(conn)


def test_scrap_posts_the_goods_to_stock_difference_and_takes_the_claim_off_it(memory_ledger: Ledger) -> None:
    desk = refused(memory_ledger)
    desk.take("Receipts", {"receipt": "GR-1", "refused_goods": "Scrap"})

    desk.decide_quarantine()

    legs = desk.rows(s.postings, "account", "amount")[-4:]
    assert legs == [(DIFFERENCE, D(10)), (STOCK, D(-10)), (GOODS_RECEIVED, D(10)), (DIFFERENCE, D(-10))]


def test_a_difference_to_the_cost_of_stock_is_variance_when_refused_goods_go_back(memory_ledger: Ledger) -> None:
    """First in, first out the oldest cost leaves, and not what the refused goods came in at."""
    desk = refused(memory_ledger)
    ValuationBooks(memory_ledger, DAY).change(Valuation.FIFO)
    desk.take("Receipts", {"receipt": "GR-1", "refused_goods": "Return to supplier"})

    desk.decide_quarantine()

    assert desk.balances()[GOODS_RECEIVED] == D(-30)
    assert desk.balances()[STOCK] + desk.balances()[VARIANCE] == D(30)
    desk.check_books()


def test_a_way_out_typed_before_the_goods_are_refused_waits_for_it(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger)
    desk.put(s.roles, role("ines", "Inventory Manager"))
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "10", "Fair", refused_goods="Return to supplier")
    desk.receive()
    assert desk.decide_quarantine().count == 0

    desk.decide("AP-000001", "Reject", "scratched")
    done = desk.decide_quarantine()

    assert (done.refused, done.left) == (1, 1)
    assert desk.stock("A") == (D(0), D(0), D(0), D(0))
    assert desk.balances() == {}
    desk.check_books()


def test_what_stands_on_the_shelf_does_not_leave_as_refused(desk: Desk) -> None:
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "10")
    desk.receive()

    problems = desk.take("Receipts", {"receipt": "GR-1", "refused_goods": "Scrap"})

    assert problems == ["it cannot be changed: it is posted already."]
    assert desk.decide_quarantine().count == 0


def test_a_line_ordered_without_a_cost_comes_in_at_the_products(desk: Desk) -> None:
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.set(s.purchase_order_lines, po="PO-1", line="1", unit_cost=None)
    desk.deliver("GR-1", "PO-1", "A", "10")

    desk.receive()

    assert desk.stock("A")[3] == D(40)


def test_a_line_without_any_cost_comes_in_at_the_average_rounded_half_up(desk: Desk) -> None:
    desk.set(s.products, sku="A", cost=None)
    desk.have("A", "8", "0.01")
    desk.order("PO-1", ("A", "1000", "2.50"))
    desk.set(s.purchase_order_lines, po="PO-1", line="1", unit_cost=None)
    desk.deliver("GR-1", "PO-1", "A", "1000")

    desk.receive()

    assert desk.rows(s.receipt_lines, "unit_cost", "value") == [(D("0.0013"), D("1.30"))]


QUALITIES = ("Excellent", "Good", "Fair", "Poor")
WAYS = ("", "Return to supplier", "Scrap", "Keep")
rows = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(1, 12), st.sampled_from(QUALITIES), st.sampled_from(WAYS)), max_size=8
)


@given(rows)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_comes_stock_and_orders_and_accounts_agree(came: list[tuple[str, int, str, str]]) -> None:
    ledger = open_ledger()
    desk = Desk(ledger)
    desk.order("PO-1", ("A", "10", "1.1111"), ("B", "7", "2.50"), ("A", "3", "0.99"))
    for n, (sku, quantity, quality, way) in enumerate(came):
        desk.deliver(f"GR-{n}", "PO-1", sku, str(quantity), quality, refused_goods=way)

    desk.receive()
    desk.receive()

    posted = {row["receipt"]: row for row in desk.rows(s.receipts) if row["status"] != "Not posted"}
    for sku in "AB":
        came_in = sum((row["quantity"] for row in posted.values() if row["sku"] == sku), D(0))
        lines = [line for line in desk.rows(s.purchase_order_lines) if line["sku"] == sku]
        assert desk.stock(sku)[0] == came_in == sum((line["received"] for line in lines), D(0))
        assert all(line["received"] - line["refused"] <= line["quantity"] for line in lines)
    desk.check_books()

    desk.decide_quarantine()

    left = {row["receipt"] for row in desk.rows(s.receipts) if row["status"] in ("Returned", "Scrapped")}
    for sku in "AB":
        there = [row for row in posted.values() if row["sku"] == sku and row["receipt"] not in left]
        apart = [
            row for row in desk.rows(s.receipts) if row["sku"] == sku and row["status"] in ("Refused", "Quarantined")
        ]
        assert desk.stock(sku)[0] == sum((row["quantity"] for row in there), D(0))
        assert desk.stock(sku)[2] == sum((row["quantity"] for row in apart), D(0))
    owed = sum((row["value"] for row in desk.rows(s.receipt_lines) if row["receipt"] not in left), D(0))
    assert desk.balances().get(GOODS_RECEIVED, D(0)) == -owed
    assert desk.decide_quarantine().count == 0
    desk.check_books()
    ledger.engine.dispose()


def test_a_supplier_is_on_time_by_the_receipts_that_were_expected_on_a_day(desk: Desk) -> None:
    desk.order("PO-1", ("A", "10", "2.50"), expected=days(-2))
    desk.order("PO-2", ("A", "10", "2.50"), expected=None)
    desk.deliver("GR-1", "PO-1", "A", "10")
    desk.deliver("GR-2", "PO-2", "A", "10")
    desk.receive()

    with desk.ledger.reading() as conn:
        page = suppliers_page(conn, DAY, DAY)

    names = [column.header for column in page.tables[0].columns]
    record = next(dict(zip(names, row, strict=True)) for row in page.tables[0].rows if row[2])
    assert (record["Receipts"], record["On time"], record["Days late"]) == (2, 0, 2)
