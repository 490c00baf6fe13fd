"""No amount with more places than its currency has comes into the books, whichever cell or file says the currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from tests.steps.receivables import DAY, Books
from tests.steps.test_payments_typed import ROW, take

D = Decimal
OPENING: dict[str, Any] = {"invoice": "OLD-1", "customer_id": "C1", "invoice_date": DAY, "due_date": DAY}
BILL: dict[str, Any] = {"bill": "B-1", "supplier_id": "S1", "po": None, "bill_date": DAY, "tax": None, "total": None}


@pytest.fixture
def books(memory_ledger: Ledger) -> Books:
    books = Books(memory_ledger)
    books.customers("C1", "C2")
    books.customers("YEN", currency="JPY")
    books.customers("DINAR", currency="KWD")
    with books.ledger.transaction(DAY) as txn:
        txn.insert(schema.suppliers, [{"supplier_id": "S1", "name": "S1"}])
        txn.insert(schema.suppliers, [{"supplier_id": "S2", "name": "S2", "currency": "JPY"}])
    return books


@pytest.mark.parametrize(
    ("table", "values", "fault"),
    [
        ("Payments", ROW | {"amount": D("19.285")}, "Amount: 19.285 has more decimal places than EUR (2)."),
        ("Payments", ROW | {"amount": D("-19.285")}, "Amount: -19.285 has more decimal places than EUR (2)."),
        (
            "Payments",
            ROW | {"amount": D("19.5"), "customer_id": "YEN"},
            "Amount: 19.5 has more decimal places than JPY",
        ),
        (
            "OpeningItems",
            OPENING | {"total": D("9.125"), "open": D(9)},
            "Total: 9.125 has more decimal places than EUR",
        ),
        (
            "OpeningItems",
            OPENING | {"customer_id": "YEN", "total": D(10), "open": D("9.5")},
            "Open: 9.5 has more decimal places than JPY (0).",
        ),
        ("Bills", BILL | {"net": D("10.125")}, "Net: 10.125 has more decimal places than EUR (2)."),
        ("Bills", BILL | {"net": D("10.5"), "supplier_id": "S2"}, "Net: 10.5 has more decimal places than JPY (0)."),
        ("Customers", {"customer_id": "C1", "credit_limit": D("0.001")}, "Credit limit: 0.001 has more decimal places"),
        (
            "Customers",
            {"customer_id": "YEN", "credit_limit": D("0.5")},
            "Credit limit: 0.5 has more decimal places than",
        ),
        ("Suppliers", {"supplier_id": "S2", "minimum_order": D("0.5")}, "Minimum order: 0.5 has more decimal places"),
    ],
)
def test_an_amount_is_held_against_the_currency_that_goes_without_saying(
    books: Books, table: str, values: dict[str, Any], fault: str
) -> None:
    count, faults = take(books, table, **values)

    assert count == 0
    assert [one[: len(fault)] for one in faults] == [fault]


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("Payments", ROW | {"amount": D("19.285"), "customer_id": "DINAR"}),
        ("OpeningItems", OPENING | {"customer_id": "DINAR", "total": D("9.125"), "open": D("9.125")}),
        ("Customers", {"customer_id": "DINAR", "credit_limit": D("0.125")}),
    ],
)
def test_a_currency_of_three_places_takes_three(books: Books, table: str, values: dict[str, Any]) -> None:
    assert take(books, table, **values) == (1, [])


def test_a_payment_of_nobody_known_has_the_currency_of_the_invoice_that_it_names(books: Books) -> None:
    dinar = books.invoice("DINAR", "19.285", currency="KWD")
    yen = books.invoice("YEN", "20", currency="JPY")
    fine = take(books, "Payments", **ROW | {"amount": D("19.285"), "reference": dinar})
    books.pay("19.5", yen, number="PM-B", method="Cash")

    received = books.receive()

    assert fine == (1, [])
    assert received.faults == 1
    assert books.rows("payments")["PM-A"].currency == "KWD"
    row = books.rows("payments")["PM-B"]
    assert (row.status, row.held_on) == ("Not posted", "")
    assert row.problem == "Amount: 19.5 has more decimal places than JPY (0). Enter it with no decimal places."


@pytest.mark.parametrize("decision", ["Accept", "Reject"])
def test_a_decision_is_never_held_up_by_the_amount_that_was_proposed(books: Books, decision: str) -> None:
    books.invoice("DINAR", "19.285", currency="KWD")
    books.invoice("DINAR", "19.285", currency="KWD")
    books.pay("19.285", customer="DINAR")
    books.settle()
    match = next(iter(books.rows("matches")))

    taken = take(books, "Matches", match=match, amount=D("19.285"), decision=decision)

    assert taken == (1, [])


def test_the_lowered_amount_of_a_proposal_is_held_against_the_currency_of_its_payment(books: Books) -> None:
    books.invoice("YEN", "20", currency="JPY")
    books.invoice("YEN", "20", currency="JPY")
    books.pay("20", customer="YEN")
    books.settle()
    match = next(iter(books.rows("matches")))

    taken = take(books, "Matches", match=match, amount=D("10.5"), decision="Accept")

    assert taken == (0, ["Amount: 10.5 has more decimal places than JPY (0)."])
