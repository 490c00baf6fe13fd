"""Buying: drafts that follow what is needed, approval above a limit, orders that go out once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from o2c_xl.ledger import schema as s
from o2c_xl.ledger.buying.purchasing import purchase_order_documents
from o2c_xl.ledger.buying.shortages import unsourced, unsourced_low
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.show.computed import waiting
from tests.ledgers import open_ledger
from tests.steps.purchasing_desk import DAY, Desk, days, product, role

D = Decimal
BY_HAND = {"Send_purchase_orders_by_hand": "Yes"}
LIMIT = {"Approve_purchase_orders_above": "30"}


def shop(ledger: Ledger, **more: str) -> Desk:
    """A desk whose products A and B are kept: at 5 left, 20 are bought from EXOTIC."""
    desk = Desk(ledger, **more)
    kept = {"reorder_point": D(5), "reorder_quantity": D(20), "preferred_supplier": "EXOTIC"}
    for sku in "AB":
        desk.set(s.products, sku=sku, **kept)
        desk.have(sku, "10", "40.00")
    return desk


@pytest.fixture
def desk(memory_ledger: Ledger) -> Desk:
    return shop(memory_ledger, **BY_HAND)


def test_what_is_short_is_drafted_with_its_sum_and_the_orders_that_wait(ledger: Ledger) -> None:
    desk = shop(ledger, **BY_HAND)
    desk.want("SO-2", "A", "30")
    desk.want("SO-10", "A", "5")

    done = desk.propose()

    assert (done.proposed, done.dropped) == (1, 0)
    assert desk.rows(s.purchase_orders, "po", "supplier_id", "net", "status", "proposed") == [
        ("PO-000001", "EXOTIC", D(120), "Draft", True)
    ]
    assert desk.rows(s.purchase_order_lines, "sku", "quantity", "unit_cost", "for_orders", "why") == [
        (
            "A",
            D(30),
            D(4),
            "SO-2, SO-10",
            (
                "10 on hand + 0 on order - 0 allocated - 35 backordered = -25, reorder point 5. "
                "EXOTIC: preferred supplier, 30 at 4."
            ),
        )
    ]


def test_what_is_at_its_reorder_point_is_bought_though_nobody_waits(desk: Desk) -> None:
    desk.promise("SO-1", "B", "5")

    desk.propose()

    assert desk.rows(s.purchase_order_lines, "sku", "quantity", "for_orders") == [("B", D(20), "")]


def test_running_again_adds_nothing(desk: Desk) -> None:
    desk.want("SO-1", "A", "30")
    desk.propose()
    head = desk.ledger.head()

    assert desk.propose().count == 0
    assert desk.ledger.head() == head


def test_a_draft_follows_the_need_under_its_number(desk: Desk) -> None:
    desk.want("SO-1", "A", "30")
    desk.want("SO-2", "B", "30")
    desk.propose()
    desk.set(s.order_lines, order="SO-1", line="1", cancelled=D(30))
    desk.set(s.order_lines, order="SO-2", line="1", quantity=D(40))

    done = desk.propose()

    assert (done.proposed, done.dropped) == (1, 0)
    assert desk.rows(s.purchase_orders, "po", "net") == [("PO-000001", D(140))]
    assert desk.rows(s.purchase_order_lines, "sku", "quantity", "why")[0] == ("A", D(0), "No longer needed.")
    assert desk.rows(s.purchase_order_lines, "quantity")[1] == D(35)


def test_a_draft_that_nobody_needs_any_more_is_cancelled(desk: Desk) -> None:
    desk.want("SO-1", "A", "30")
    desk.propose()
    desk.set(s.orders, order="SO-1", status="Cancelled")

    done = desk.propose()

    assert done.dropped == 1
    assert desk.rows(s.purchase_orders, "status") == ["Cancelled"]
    assert desk.propose().count == 0


def test_a_draft_that_someone_took_over_counts_as_on_order(desk: Desk) -> None:
    desk.want("SO-1", "A", "30")
    desk.propose()
    desk.set(s.purchase_orders, po="PO-000001", proposed=False)

    assert desk.propose().count == 0
    assert len(desk.rows(s.purchase_orders)) == 1


def test_what_was_sent_covers_the_need_and_refused_goods_are_still_owed(memory_ledger: Ledger) -> None:
    desk = shop(memory_ledger)
    desk.want("SO-1", "A", "30")
    desk.propose()
    assert desk.send().sent == 1
    desk.deliver("GR-1", "PO-000001", "A", "25", "Poor")
    desk.receive()

    assert desk.propose().count == 0


@pytest.mark.parametrize("status", ["Incomplete", "Credit check", "On hold", "Approval", "Cancelled", "Closed"])
def test_nothing_is_bought_for_orders_that_may_not_go_on(desk: Desk, status: str) -> None:
    desk.want("SO-1", "A", "30", status)

    assert desk.propose().count == 0


def test_without_purchase_by_rule_nothing_is_proposed(memory_ledger: Ledger) -> None:
    desk = shop(memory_ledger, Purchase_by_rule="No")
    desk.want("SO-1", "A", "30")

    assert desk.propose().count == 0


def test_the_cheapest_of_todays_prices_wins_where_none_is_preferred(desk: Desk) -> None:
    desk.put(s.suppliers, {"supplier_id": "NORDIC", "name": "Nordic", "minimum_order": D(500)})
    desk.put(s.products, product("C"))
    for supplier, price, to in (("EXOTIC", "3.00", None), ("NORDIC", "2.50", None), ("EXOTIC", "1.00", days(-1))):
        row = {"supplier_id": supplier, "sku": "C", "price": D(price), "pack_size": D(12), "valid_to": to}
        desk.put(s.supplier_prices, {**row, "minimum_quantity": D(1) if to else D(0)})
    desk.want("SO-1", "C", "30")

    desk.propose()

    found = desk.rows(s.purchase_order_lines, "sku", "quantity", "unit_cost", "why")
    assert found == [
        (
            "C",
            D(204),
            D("2.50"),
            (
                "0 on hand + 0 on order - 0 allocated - 30 backordered = -30. NORDIC: cheapest of 2, 36 at 2.5. "
                "Raised by 168 to 204, as NORDIC takes no order below 500 EUR."
            ),
        )
    ]


def test_what_nobody_sells_is_told_and_not_proposed(ledger: Ledger) -> None:
    desk = Desk(ledger)
    desk.want("SO-1", "A", "3")

    assert desk.propose().count == 0
    with ledger.reading() as conn:
        found = unsourced(conn, DAY)
    assert found == [
        (
            "A",
            None,
            (
                "Orders wait for 3, and no supplier sells it. "
                "Enter its Preferred supplier, a price in Supplier Prices, or a purchase order."
            ),
        )
    ]


def test_what_runs_low_and_nobody_sells_is_told(ledger: Ledger) -> None:
    desk = Desk(ledger)
    desk.put(s.products, product("LOW", reorder_point=D(3)), product("GONE", reorder_point=D(3), discontinued="Yes"))
    desk.put(s.products, product("SOLD", reorder_point=D(3), preferred_supplier="EXOTIC"))
    desk.put(s.products, product("MUCH", reorder_point=D(3)))
    desk.have("LOW", "3", "9.00")
    desk.have("MUCH", "4", "9.00")

    with ledger.reading() as conn:
        found = unsourced_low(conn, DAY)

    mend = "Enter its Preferred supplier, a price in Supplier Prices, or a purchase order."
    assert found == [("LOW", DAY, f"Stock is at or below its Reorder point, and no supplier sells it. {mend}")]


def test_sending_fixes_the_day_and_puts_the_message_out_once(ledger: Ledger) -> None:
    desk = shop(ledger)
    desk.set(s.suppliers, supplier_id="EXOTIC", lead_days=9)
    desk.want("SO-1", "A", "30")
    desk.propose()

    first, second = desk.send(), desk.send()

    assert (first.sent, second.count) == (1, 0)
    assert desk.rows(s.purchase_orders, "status", "po_date", "expected") == [("Sent", DAY, DAY + dt.timedelta(days=9))]
    assert desk.rows(s.outbox, "kind", "to", "about", "status", "written") == [
        ("Purchase order", "po@exotic.example", "PO-000001", "Waiting", "")
    ]
    with ledger.reading() as conn:
        (document,) = purchase_order_documents(conn, ["PO-000001"], {"Company name": "Ours"})
    assert (document.supplier.name, document.buyer.name, document.net) == ("Exotic Liquids", "Ours", D(100))
    assert [(line.sku, line.name, line.quantity, line.unit) for line in document.lines] == [
        ("A", "Product A", D(25), "pcs")
    ]


def test_by_hand_a_draft_waits_for_its_action(desk: Desk) -> None:
    desk.want("SO-1", "A", "30")
    desk.propose()
    assert desk.send().count == 0

    desk.set(s.purchase_orders, po="PO-000001", action="Send")

    assert desk.send().sent == 1


def test_above_the_limit_the_operations_manager_decides(ledger: Ledger) -> None:
    desk = Desk(ledger, **LIMIT)
    desk.put(s.roles, role("olga", "Operations Manager"))
    desk.order("PO-1", ("A", "10", "3.01"), status="Draft", asked_by="anna", expected=None)
    desk.order("PO-2", ("A", "10", "3.00"), status="Draft", asked_by="anna", expected=None)

    assert (desk.send().asked, desk.send().count) == (1, 0)
    assert desk.rows(s.purchase_orders, "status") == ["Approval", "Sent"]
    names = ("role", "step", "subject", "amount", "asked_by")
    assert desk.rows(s.approvals, *names) == [("Operations Manager", "Purchase order", "PO-1", D("30.10"), "anna")]
    assert desk.decide("AP-000001", "Approve", who="olga") == []

    assert desk.send().sent == 1
    assert desk.rows(s.purchase_orders, "status") == ["Sent", "Sent"]


def test_a_rejected_order_is_a_draft_until_it_changes(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger, **LIMIT)
    desk.put(s.roles, role("olga", "Operations Manager"))
    desk.order("PO-1", ("A", "10", "9.00"), status="Draft", asked_by="anna")
    desk.send()
    desk.decide("AP-000001", "Reject", "too dear", who="olga")

    assert (desk.send().returned, desk.send().count) == (1, 0)
    assert desk.rows(s.purchase_orders, "status") == ["Draft"]
    desk.set(s.purchase_order_lines, po="PO-1", line="1", quantity=D(8))
    assert desk.send().asked == 1


def test_what_was_approved_is_not_what_was_edited(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger, **LIMIT)
    desk.put(s.roles, role("olga", "Operations Manager"))
    desk.order("PO-1", ("A", "10", "9.00"), status="Draft", asked_by="anna")
    desk.send()
    desk.decide("AP-000001", "Approve", who="olga")
    desk.set(s.purchase_order_lines, po="PO-1", line="1", quantity=D(800))

    assert (desk.send().sent, desk.rows(s.purchase_orders, "status")) == (0, ["Approval"])
    assert desk.rows(s.approvals, "status") == ["Approved", "Waiting"]


def test_an_order_whose_sum_is_not_known_needs_approval_where_there_is_a_limit(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger, **LIMIT)
    desk.order("PO-1", ("A", "10", "1.00"), status="Draft")
    desk.set(s.purchase_order_lines, po="PO-1", line="1", unit_cost=None)

    assert desk.send().asked == 1


def test_what_could_not_be_received_is_not_sent_and_says_so_and_keeps_nothing_else(ledger: Ledger) -> None:
    desk = shop(ledger)
    desk.put(s.suppliers, {"supplier_id": "OVERSEAS", "name": "Overseas", "currency": "USD"})
    desk.set(s.products, sku="B", preferred_supplier="OVERSEAS")
    desk.want("SO-1", "A", "30")
    desk.want("SO-2", "B", "30")
    desk.propose()

    sent = desk.send()

    with ledger.reading() as conn:
        (told,) = [row for row in waiting(conn, DAY) if row[0].startswith("PO-")]
    assert sent.sent == 1
    assert told[1:3] == ("Goods of this currency cannot be received", "Purchasing")
    assert told[4].startswith("It is in USD, stock is kept in EUR, and there are no exchange rates. Set Currency of")


def test_a_draft_is_made_anew_when_its_supplier_s_currency_was_mended(ledger: Ledger) -> None:
    desk = shop(ledger)
    desk.set(s.suppliers, supplier_id="EXOTIC", currency="USD")
    desk.want("SO-1", "A", "30")
    desk.propose()
    held = desk.send().count
    desk.set(s.suppliers, supplier_id="EXOTIC", currency="EUR")

    desk.propose()

    assert (held, desk.send().sent) == (0, 1)
    assert desk.rows(s.purchase_orders, "currency", "status") == [("USD", "Cancelled"), ("EUR", "Sent")]


def test_an_order_in_another_currency_can_be_cancelled(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger)
    desk.order("PO-1", ("A", "10", "1.00"), status="Draft", currency="USD", action="Cancel")

    assert desk.send().cancelled == 1


def test_an_order_without_anything_to_buy_waits(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger)
    desk.order("PO-1", ("A", "0", "1.00"), status="Draft", action="Send")
    desk.put(s.purchase_orders, {"po": "PO-2", "supplier_id": "EXOTIC", "status": "Draft", "currency": "EUR"})

    assert desk.send().count == 0


@pytest.mark.parametrize(
    ("status", "action", "received", "after"),
    [
        ("Draft", "Cancel", "0", "Cancelled"),
        ("Draft", "Close short", "0", "Cancelled"),
        ("Sent", "Cancel", "0", "Cancelled"),
        ("Sent", "Close short", "0", "Closed"),
        ("Partly received", "Close short", "4", "Closed"),
        ("Partly received", "Cancel", "4", "Closed"),
    ],
)
def test_an_order_is_cancelled_or_closed_short_once(
    memory_ledger: Ledger, status: str, action: str, received: str, after: str
) -> None:
    desk = Desk(memory_ledger)
    desk.order("PO-1", ("A", "10", "1.00"), status=status, action=action)
    desk.set(s.purchase_order_lines, po="PO-1", line="1", received=D(received))

    first, second = desk.send(), desk.send()

    assert (first.count, second.count) == (1, 0)
    assert desk.rows(s.purchase_orders, "status") == [after]
    assert desk.rows(s.purchase_order_lines, "cancelled") == [D(10) - D(received)]
    assert desk.rows(s.outbox, "kind") == ([] if status == "Draft" else ["Purchase order cancelled"])


def test_ten_thousand_products_with_enough_stock_are_not_looked_at(memory_ledger: Ledger) -> None:
    desk = shop(memory_ledger, **BY_HAND)
    many = [product(f"P{n}", reorder_point=D(5), preferred_supplier="EXOTIC") for n in range(2_000)]
    with memory_ledger.transaction(DAY) as txn:
        txn.insert(s.products, many)
        held = {"on_hand": D(9), "allocated": D(0), "quarantined": D(0), "value": D(9)}
        txn.insert(s.stock, [{"sku": row["sku"], **held} for row in many])
    desk.want("SO-1", "P7", "30")

    assert desk.propose().proposed == 1
    assert desk.rows(s.purchase_order_lines, "sku", "quantity") == [("P7", D(26))]


needs = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 40)), max_size=4)


@given(st.lists(needs, min_size=1, max_size=4))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_wanted_it_is_on_hand_or_on_order_and_no_more_than_needed(
    turns: list[list[tuple[str, int]]],
) -> None:
    ledger = open_ledger()
    desk = shop(ledger)
    for turn, wanted in enumerate(turns):
        for n, (sku, quantity) in enumerate(wanted):
            desk.want(f"SO-{turn}-{n}", sku, str(quantity))
        desk.propose()
        desk.send()
        assert desk.propose().count == 0

    for sku in "AB":
        backordered = D(sum(quantity for wanted in turns for of, quantity in wanted if of == sku))
        bought = sum((line["quantity"] for line in desk.rows(s.purchase_order_lines) if line["sku"] == sku), D(0))
        assert 10 + bought - backordered >= 5 or 10 - backordered > 5
        assert bought <= backordered + 20 * len(turns)
    ledger.engine.dispose()


def test_drafts_and_products_without_a_supplier_wait_for_purchasing(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger, **LIMIT)
    desk.put(s.roles, role("olga", "Operations Manager"))
    desk.order("PO-1", ("A", "10", "9.00"), status="Draft", asked_by="anna")
    desk.order("PO-2", ("A", "0", "9.00"), status="Draft")
    desk.want("SO-1", "A", "30")
    desk.want("SO-2", "B", "3")
    desk.send()
    desk.decide("AP-000001", "Reject", "too dear", who="olga")
    desk.send()

    with memory_ledger.reading() as conn:
        found = waiting(conn, DAY)

    assert [row[:3] for row in found if row[1] != "Backordered"] == [
        ("A", "No supplier", "Purchasing"),
        ("B", "No supplier", "Purchasing"),
        ("PO-1", "Purchase order was rejected", "Purchasing"),
        ("PO-2", "Purchase order is a draft", "Purchasing"),
    ]
    assert found[2][4] == "too dear. Change it, or set its Action to Cancel."


def test_a_proposal_is_raised_to_the_suppliers_minimum_order_and_says_so(ledger: Ledger) -> None:
    desk = shop(ledger, **BY_HAND)
    desk.set(s.suppliers, supplier_id="EXOTIC", minimum_order=D(200))
    desk.want("SO-1", "A", "10")
    desk.want("SO-2", "B", "6")

    desk.propose()

    assert desk.rows(s.purchase_orders, "net") == [D(200)]
    assert desk.rows(s.purchase_order_lines, "sku", "quantity") == [("A", D(30)), ("B", D(20))]
    assert "Raised by 10 to 30, as EXOTIC takes no order below 200 EUR." in desk.rows(s.purchase_order_lines, "why")[0]
    assert desk.propose().count == 0


def test_the_documents_of_a_batch_are_read_together(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger)
    desk.put(s.suppliers, {"supplier_id": "NORDIC", "name": "Nordic"})
    prices = [("EXOTIC", "A", "EX-1"), ("NORDIC", "A", "N-7"), ("NORDIC", "B", "")]
    for supplier, sku, theirs in prices:
        row = {"supplier_id": supplier, "sku": sku, "minimum_quantity": D(0), "price": D(1), "supplier_sku": theirs}
        desk.put(s.supplier_prices, row)
    for n in range(20):
        desk.order(f"PO-{n}", ("A", "1", "2.00"), ("B", "2", "3.00"), supplier_id=("EXOTIC", "NORDIC")[n % 2])
    asked: list[str] = []

    with memory_ledger.reading() as conn:
        event.listen(conn, "before_cursor_execute", lambda *told: asked.append(told[2]))
        found = purchase_order_documents(conn, [f"PO-{n}" for n in reversed(range(20))], {})

    assert [one.number for one in found] == [f"PO-{n}" for n in reversed(range(20))]
    assert [[line.supplier_sku for line in one.lines] for one in found[:2]] == [["N-7", ""], ["EX-1", ""]]
    assert len([text for text in asked if text.startswith("SELECT")]) == 5
