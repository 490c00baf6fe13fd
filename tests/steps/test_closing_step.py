"""An order is closed when ordered, shipped, invoiced and paid explain each other; a difference is someone's to own."""

from __future__ import annotations

import datetime as dt

import pytest

from o2c_xl.ledger import schema
from o2c_xl.ledger.proof.verify import verify
from o2c_xl.ledger.store import Ledger
from tests.steps.fulfilment_samples import (
    DAY,
    D,
    assert_books_hold,
    came_back,
    fulfil,
    head,
    pay,
    rows,
    run_close,
    run_pick,
    run_returns,
    run_ship,
    taken,
    type_in,
    warehouse,
)


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    warehouse(memory_ledger)
    taken(memory_ledger, "1", ("MUG", 3, "10"), freight=D(5))
    fulfil(memory_ledger)
    return memory_ledger


def test_a_paid_order_is_closed_once(ledger: Ledger) -> None:
    warehouse(ledger)
    taken(ledger, "1", ("MUG", 3, "10"), freight=D(5))
    fulfil(ledger)
    unpaid = run_close(ledger)
    pay(ledger, "PM-1", "INV-000001", "41.65")

    assert (unpaid, run_close(ledger), run_close(ledger)) == (0, 1, 0)

    assert (head(ledger, "1").status, head(ledger, "1").closed_on) == ("Closed", DAY)
    assert rows(ledger, schema.discrepancies) == []
    assert_books_hold(ledger)


def test_a_partly_paid_order_stays_open(shop: Ledger) -> None:
    pay(shop, "PM-1", "INV-000001", "30.00")

    assert (run_close(shop), head(shop, "1").status) == (0, "Invoiced")


def test_an_order_whose_payment_comes_back_is_open_till_it_is_paid_again(shop: Ledger) -> None:
    pay(shop, "PM-1", "INV-000001", "41.65")
    run_close(shop)
    later, last = DAY + dt.timedelta(days=3), DAY + dt.timedelta(days=9)

    pay(shop, "PM-2", "Return of PM-1", "-41.65", later)
    back = (run_close(shop, later), head(shop, "1").status, head(shop, "1").closed_on)
    assert_books_hold(shop)
    pay(shop, "PM-3", "INV-000001", "41.65", last)

    assert back == (0, "Invoiced", None)
    assert (run_close(shop, last), head(shop, "1").status, head(shop, "1").closed_on) == (1, "Closed", last)
    assert rows(shop, schema.discrepancies) == []
    assert_books_hold(shop)


def test_verify_finds_a_closed_order_with_an_open_invoice(shop: Ledger) -> None:
    with shop.transaction(DAY) as txn:
        txn.record("order closed", "1")
        txn.update(schema.orders, [{"order": "1", "status": "Closed", "closed_on": DAY}])

    broken = [str(check) for check in verify(shop) if not check.ok]

    assert [one for one in broken if "closed only while its invoices are settled" in one] == broken
    assert len(broken) == 1


def test_an_order_worth_nothing_is_closed_without_a_payment(shop: Ledger) -> None:
    taken(shop, "2", ("MUG", 1, "0"))
    fulfil(shop)

    assert (run_close(shop), head(shop, "2").status) == (1, "Closed")


def test_an_order_that_came_back_before_its_invoice_is_closed(shop: Ledger) -> None:
    taken(shop, "2", ("MUG", 1, "10"), freight=D(5))
    run_pick(shop)
    run_ship(shop)
    came_back(shop, "RT-1", "2", "MUG", "1")
    run_returns(shop)

    assert (run_close(shop), head(shop, "2").status) == (1, "Closed")
    assert rows(shop, schema.discrepancies) == []


def test_an_order_credited_for_what_came_back_is_closed_when_the_rest_is_paid(shop: Ledger) -> None:
    came_back(shop, "RT-1", "1", "MUG", "1")
    run_returns(shop)
    pay(shop, "PM-1", "INV-000001", "29.75")

    assert (run_close(shop), head(shop, "1").status) == (1, "Closed")
    assert rows(shop, schema.discrepancies) == []
    assert_books_hold(shop)


def test_a_difference_closes_the_order_and_becomes_a_discrepancy(shop: Ledger) -> None:
    pay(shop, "PM-1", "INV-000001", "41.65")
    type_in(shop, schema.order_lines, order="1", line="1", price=D(11))

    assert (run_close(shop), run_close(shop)) == (1, 0)

    [one] = rows(shop, schema.discrepancies)
    assert (one.kind, one.subject, one.expected, one.found) == ("Invoiced", "1", "38.00", "35.00")
    assert (one.owner, one.status, one.since) == ("", "Open", DAY)
    assert head(shop, "1").status == "Closed"


def test_what_is_left_of_a_payment_in_advance_is_a_discrepancy(shop: Ledger) -> None:
    taken(shop, "2", ("MUG", 1, "0"))
    with shop.transaction(DAY) as txn:
        row = {"payment": "PM-9", "customer_id": "ALFKI", "account": "ALFKI", "order": "2", "amount": D(20)}
        held = {"held_on": "customer prepayments", "unapplied": D(20), "currency": "EUR", "status": "Unapplied"}
        txn.insert(schema.payments, [{**row, **held}])
    fulfil(shop)

    run_close(shop)

    assert [(one.kind, one.found) for one in rows(shop, schema.discrepancies)] == [("Prepayment", "20.00")]
