"""What customers send back: never more than they have, into stock at the cost it left with, credited as invoiced."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from o2c_xl.domain.accounts import count_legs
from o2c_xl.domain.goods.stock import Move
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from tests.ledgers import open_ledger
from tests.steps.fulfilment_samples import (
    DAY,
    D,
    assert_books_hold,
    came_back,
    fulfil,
    head,
    line,
    pay,
    rows,
    run_actions,
    run_close,
    run_invoice,
    run_pick,
    run_returns,
    run_ship,
    stock_of,
    taken,
    type_in,
    warehouse,
)


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    warehouse(memory_ledger)
    taken(memory_ledger, "1", ("MUG", 3, "10"))
    fulfil(memory_ledger)
    return memory_ledger


def returned(ledger: Ledger, key: str = "RT-1") -> tuple:
    [row] = rows(ledger, schema.returns, **{"return": key})
    return row.status, row.credit_note, row.problem


def test_good_goods_go_back_into_stock_and_are_credited(ledger: Ledger) -> None:
    warehouse(ledger)
    taken(ledger, "1", ("MUG", 3, "10"), freight=D(5))
    fulfil(ledger)
    came_back(ledger, "RT-1", "1", "MUG", "2")

    assert (run_returns(ledger), run_returns(ledger)) == (1, 0)

    assert returned(ledger) == ("Posted", "CN-000001", "")
    assert (stock_of(ledger, "MUG").on_hand, stock_of(ledger, "MUG").value) == (99, 396)
    [note, invoice] = rows(ledger, schema.invoices)
    assert (note.total, note.credited, note.open, note.reason) == (D("-23.80"), D("-23.80"), 0, "Damaged")
    assert (invoice.total, invoice.credited, invoice.open) == (D("41.65"), D("23.80"), D("17.85"))
    assert (line(ledger, "1").returned, line(ledger, "1").returned_uninvoiced) == (2, 0)
    assert_books_hold(ledger)


def test_goods_given_up_are_credited_and_their_cost_stays(shop: Ledger) -> None:
    came_back(shop, "RT-1", "1", "MUG", "3", restock="No")

    run_returns(shop)

    assert returned(shop) == ("Posted", "CN-000001", "")
    assert (stock_of(shop, "MUG").on_hand, rows(shop, schema.invoices)[1].open) == (97, 0)
    assert_books_hold(shop)


@pytest.mark.parametrize(
    ("order", "sku", "quantity", "restock", "problem"),
    [
        ("1", "MUG", "5", "Yes", "Quantity: 5 is more than the 3 that were shipped. Enter at most 3."),
        ("1", "TEA", "1", "Yes", "SKU: TEA has not shipped for order 1. Enter what the customer had."),
        ("9", "MUG", "1", "Yes", "Order: 9 is not known. Choose one from Orders."),
        ("1", "MUG", "1", "", "Restock: nothing is entered. Choose Yes or No."),
    ],
)
def test_what_cannot_have_come_back_is_a_fault(
    shop: Ledger, order: str, sku: str, quantity: str, restock: str, problem: str
) -> None:
    came_back(shop, "RT-1", order, sku, quantity, restock)

    assert run_returns(shop) == 0
    before = shop.head()
    assert run_returns(shop) == 0

    assert (returned(shop), shop.head()) == (("Not posted", "", problem), before)
    assert stock_of(shop, "MUG").on_hand == 97
    assert_books_hold(shop)


def test_a_doubled_row_counts_twice(shop: Ledger) -> None:
    came_back(shop, "RT-1", "1", "MUG", "2")
    came_back(shop, "RT-2", "1", "MUG", "2")

    assert run_returns(shop) == 1

    assert returned(shop)[0] == "Posted"
    assert returned(shop, "RT-2")[2] == (
        "Quantity: 2 is more than the 1 left of the 3 that were shipped. Enter at most 1."
    )


def test_a_corrected_row_is_posted(shop: Ledger) -> None:
    came_back(shop, "RT-1", "1", "MUG", "5")
    run_returns(shop)

    type_in(shop, schema.returns, **{"return": "RT-1", "quantity": D(1), "status": ""})

    assert (run_returns(shop), returned(shop)) == (1, ("Posted", "CN-000001", ""))


def test_a_row_that_waited_is_no_return_of_what_shipped_after_its_day(memory_ledger: Ledger) -> None:
    warehouse(memory_ledger)
    taken(memory_ledger, "1", ("MUG", 3, "10"))
    came_back(memory_ledger, "RT-1", "1", "MUG", "1")
    run_returns(memory_ledger)
    later = DAY + dt.timedelta(days=7)
    fulfil(memory_ledger, day=later)

    assert run_returns(memory_ledger, later) == 0
    assert returned(memory_ledger)[2] == (
        f"Returned on: {DAY} is before {later}, when MUG first shipped for order 1. "
        "Correct the day or the order, or delete the row."
    )
    type_in(memory_ledger, schema.returns, **{"return": "RT-1", "returned_on": later, "status": ""})
    assert run_returns(memory_ledger, later) == 1
    assert_books_hold(memory_ledger)


def test_what_came_back_before_its_invoice_is_never_billed(memory_ledger: Ledger) -> None:
    warehouse(memory_ledger)
    taken(memory_ledger, "1", ("MUG", 3, "10"))
    run_pick(memory_ledger)
    run_ship(memory_ledger)
    came_back(memory_ledger, "RT-1", "1", "MUG", "1")

    run_returns(memory_ledger)
    run_invoice(memory_ledger)

    assert returned(memory_ledger) == ("Posted", "", "")
    [one] = rows(memory_ledger, schema.invoices)
    done = line(memory_ledger, "1")
    assert (one.net, done.invoiced, done.returned_uninvoiced, done.shipped) == (20, 2, 1, 3)
    assert_books_hold(memory_ledger)


def test_several_products_of_an_invoice_come_back_on_one_credit_note(memory_ledger: Ledger) -> None:
    warehouse(memory_ledger)
    taken(memory_ledger, "1", ("MUG", 3, "10"), ("PEN", 2, "1"))
    fulfil(memory_ledger)
    came_back(memory_ledger, "RT-1", "1", "MUG", "1")
    came_back(memory_ledger, "RT-2", "1", "PEN", "1", reason="Leaks")

    assert run_returns(memory_ledger) == 2

    assert (returned(memory_ledger)[1], returned(memory_ledger, "RT-2")[1]) == ("CN-000001", "CN-000001")
    assert rows(memory_ledger, schema.invoices)[0].reason == "Damaged, Leaks"
    assert_books_hold(memory_ledger)


def test_goods_of_two_invoices_give_two_credit_notes(memory_ledger: Ledger) -> None:
    warehouse(memory_ledger)
    taken(memory_ledger, "1", ("MUG", 3, "10", {"allocated": D(2)}))
    fulfil(memory_ledger)
    with memory_ledger.transaction(DAY) as txn:
        txn.update(schema.order_lines, [{"order": "1", "line": "1", "allocated": D(1)}])
        txn.reserve("MUG", D(1))
    fulfil(memory_ledger)
    came_back(memory_ledger, "RT-1", "1", "MUG", "3")

    run_returns(memory_ledger)

    assert returned(memory_ledger)[1] == "CN-000001, CN-000002"
    assert [row.open for row in rows(memory_ledger, schema.invoices)] == [0, 0, 0, 0]
    assert_books_hold(memory_ledger)


@pytest.mark.parametrize(("restock", "value"), [("Yes", "28.00"), ("No", "20.00")])
def test_goods_that_left_at_another_cost_after_some_came_back_come_back_at_it(
    memory_ledger: Ledger, restock: str, value: str
) -> None:
    warehouse(memory_ledger, MUG=2)
    taken(memory_ledger, "1", ("MUG", 4, "10", {"allocated": D(2)}))
    fulfil(memory_ledger)
    came_back(memory_ledger, "RT-1", "1", "MUG", "2", restock=restock)
    run_returns(memory_ledger)
    with memory_ledger.transaction(DAY) as txn:
        txn.record("brought", "MUG", legs=count_legs(D(20), "EUR"), moves=[Move("MUG", D(2), D(20), "count")])
        txn.update(schema.order_lines, [{"order": "1", "line": "1", "allocated": D(2)}])
        txn.reserve("MUG", D(2))
    fulfil(memory_ledger)
    came_back(memory_ledger, "RT-2", "1", "MUG", "2")

    run_returns(memory_ledger)

    assert stock_of(memory_ledger, "MUG").value == D(value)
    assert_books_hold(memory_ledger)


def test_a_credited_invoice_is_not_credited_again_when_its_goods_come_back(shop: Ledger) -> None:
    type_in(shop, schema.invoices, invoice="INV-000001", action="Credit", reason="Wrong")
    run_actions(shop)
    came_back(shop, "RT-1", "1", "MUG", "3")

    run_returns(shop)

    assert returned(shop) == ("Posted", "", "")
    assert (len(rows(shop, schema.invoices)), stock_of(shop, "MUG").on_hand) == (2, 100)
    assert_books_hold(shop)


def test_a_closed_order_is_open_again_until_its_credit_is_settled(shop: Ledger) -> None:
    pay(shop, "PM-1", "INV-000001", "35.70")
    run_close(shop)
    came_back(shop, "RT-1", "1", "MUG", "3")

    run_returns(shop)

    assert (head(shop, "1").status, head(shop, "1").closed_on) == ("Invoiced", None)
    note = rows(shop, schema.invoices)[0]
    assert (note.open, run_close(shop)) == (D("-35.70"), 0)
    assert_books_hold(shop)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(price=D("0.01"), comes=[(3, True), (3, True)])  # each has half a cent of tax, and the invoice had one
@given(
    price=st.decimals("0.01", 99, places=2),
    comes=st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=5),
)
def test_all_that_comes_back_is_all_that_was_invoiced_and_no_cent_more(price: D, comes: list[tuple[int, bool]]) -> None:
    ledger = warehouse(open_ledger(), MUG=50)
    taken(ledger, "1", ("MUG", 7, price))
    fulfil(ledger)

    for number, (quantity, good) in enumerate(comes):
        came_back(ledger, f"RT-{number}", "1", "MUG", str(quantity), "Yes" if good else "No")
        run_returns(ledger)

    [invoice] = rows(ledger, schema.invoices, kind="Invoice")
    notes = rows(ledger, schema.invoices, kind="Credit note")
    gone = line(ledger, "1").returned
    assert gone <= 7
    assert -sum(note.total for note in notes) == invoice.credited <= invoice.total
    assert (gone == 7) == (invoice.open == 0)
    assert run_returns(ledger) == 0
    assert_books_hold(ledger)
    ledger.engine.dispose()
