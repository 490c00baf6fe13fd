"""Items of the books before become open items, once, against the opening balance."""

from __future__ import annotations

from decimal import Decimal

import pytest

from o2c_xl.domain.chart import Account
from tests.steps.receivables import Books

D = Decimal


def test_an_open_invoice_of_before_is_an_open_item_outside_the_number_series(books: Books) -> None:
    books.opening("2025-0817", "C1", "119.00", "119.00", order="88", customer_reference="PO-1")

    taken = books.take_opening()

    assert (taken.count, taken.faults) == (1, 0)
    row = books.rows("invoices")["2025-0817"]
    assert (row.kind, row.total, row.open, row.status, row.opening) == ("Invoice", D(119), D(119), "Posted", True)
    assert books.balance(Account.RECEIVABLES, ["C1"]) == D("119.00")
    assert books.balance(Account.OPENING) == D("-119.00")
    assert books.rows("opening_items")["2025-0817"].status == "Posted"
    books.prove()


def test_what_was_paid_before_counts_as_paid(books: Books) -> None:
    books.opening("2025-0817", "C1", "119.00", "50.00")

    books.take_opening()

    row = books.rows("invoices")["2025-0817"]
    assert (row.total, row.paid, row.open) == (D(119), D(69), D(50))
    assert books.balance(Account.RECEIVABLES) == D("50.00")
    books.prove()


def test_an_item_below_zero_is_a_credit_note(books: Books) -> None:
    books.opening("G-1", "C1", "-30.00", "-30.00")

    books.take_opening()

    assert books.rows("invoices")["G-1"].kind == "Credit note"
    books.prove()


def test_opening_items_are_paid_like_any_other(books: Books) -> None:
    books.opening("2025-0817", "C1", "119.00", "50.00")
    books.take_opening()
    books.pay("50.00", "2025-0817")

    books.settle()

    assert books.open_of("2025-0817") == D(0)


def test_a_second_run_takes_nothing(books: Books) -> None:
    books.opening("2025-0817", "C1", "119.00", "119.00")
    books.take_opening()
    head = books.ledger.head()

    again = books.take_opening()

    assert (again.count, again.faults, books.ledger.head()) == (0, 0, head)


@pytest.mark.parametrize(
    ("values", "header"),
    [
        ({"number": "INV-000001"}, "Invoice"),
        ({"customer": "NOBODY"}, "Customer ID"),
        ({"still_open": "120.00"}, "Open"),
        ({"still_open": "-5.00"}, "Open"),
        ({"still_open": "0"}, "Open"),
        ({"total": "0"}, "Total"),
    ],
)
def test_an_item_at_fault_says_what_to_mend(books: Books, values: dict[str, str], header: str) -> None:
    books.invoice("C2", "10.00")
    item = {"number": "2025-1", "customer": "C1", "total": "119.00", "still_open": "119.00"} | values
    books.opening(**item)

    taken = books.take_opening()

    assert (taken.count, taken.faults) == (0, 1)
    row = books.rows("opening_items")[item["number"]]
    assert row.status == "Not posted"
    assert row.problem.startswith(f"{header}: ")


def test_an_item_whose_fault_has_gone_is_taken_by_the_next_run_and_said_once(books: Books) -> None:
    books.opening("2025-1", "C9", "119.00", "119.00")
    first, head = books.take_opening(), books.ledger.head()
    again, unchanged = books.take_opening(), books.ledger.head()
    books.customers("C9")

    taken = books.take_opening()

    assert (first.faults, again.faults, head) == (1, 0, unchanged)
    assert (taken.count, books.rows("opening_items")["2025-1"].problem) == (1, "")
    books.prove()
