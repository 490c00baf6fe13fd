"""What may still be said of a payment once it is posted, and that the same rows again change nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from o2c_xl.documents.report.book import report_of
from o2c_xl.ledger.receivables.aging import aging
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.rows import take_rows
from o2c_xl.tables.take.rules import RULES
from tests.steps.receivables import DAY, POLICY, Books

D = Decimal
ROW: dict[str, Any] = {
    "payment": "PM-A",
    "customer_id": None,
    "paid_on": DAY,
    "amount": D("50.00"),
    "currency": None,
    "method": "Cash",
    "reference": "thanks",
}


def take(books: Books, table: str, **values: Any) -> tuple[int, list[str]]:
    """Take a row as a file would bring it: rows changed, and the faults."""
    rows = Batch(
        BY_NAME[table],
        f"{table}.csv",
        "",
        {name: [value] for name, value in values.items()},
        [2],
        dict(zip(values, "ABCDEFGH", strict=False)),
    )
    with books.ledger.transaction(DAY) as txn:
        count = take_rows(txn, rows, POLICY, RULES[table])
    return count, [f"{issue.column}: {issue.problem}" for issue in rows.issues]


def test_the_same_payment_again_changes_nothing_though_its_currency_was_filled_in(books: Books) -> None:
    take(books, "Payments", **ROW)
    books.settle()
    head = books.ledger.head()

    again = take(books, "Payments", **ROW)

    assert again == (0, [])
    assert books.rows("payments")["PM-A"].currency == "EUR"
    assert books.ledger.head() == head


def test_customer_and_reference_of_an_unapplied_payment_may_be_filled_in_later(books: Books) -> None:
    invoice = books.invoice("C1", "50.00")
    take(books, "Payments", **ROW)
    books.settle()

    taken = take(books, "Payments", **(ROW | {"customer_id": "C1", "reference": invoice}))
    books.settle()

    assert taken == (1, [])
    assert books.open_of(invoice) == D(0)


def test_the_amount_of_a_posted_payment_is_fixed(books: Books) -> None:
    take(books, "Payments", **ROW)
    books.settle()

    taken = take(books, "Payments", **(ROW | {"customer_id": "C1", "amount": D("60.00")}))

    assert taken == (0, ["Amount: it cannot be changed: it is posted already."])


def test_what_cannot_be_changed_says_what_to_type_back_and_how_it_is_put_right(books: Books) -> None:
    take(books, "Payments", **ROW)
    books.settle()
    rows = Batch(BY_NAME["Payments"], "a.csv", "", {name: [value] for name, value in ROW.items()}, [2], {})
    rows.columns["amount"] = [D("60.00")]

    with books.ledger.transaction(DAY) as txn:
        take_rows(txn, rows, POLICY, RULES["Payments"])

    assert rows.issues[0].fix.startswith("Type 50 back. Take it back by a row with its amount and a minus")


def test_of_an_applied_payment_nothing_is_changed(books: Books) -> None:
    invoice = books.invoice("C1", "50.00")
    take(books, "Payments", **(ROW | {"reference": invoice}))
    books.settle()

    count, faults = take(books, "Payments", **(ROW | {"reference": "other"}))

    assert count == 0
    assert faults[0].startswith("Reference: it cannot be changed")


def test_a_payment_at_fault_may_be_mended_in_every_cell(books: Books) -> None:
    take(books, "Payments", **(ROW | {"amount": D(0)}))
    books.receive()

    taken = take(books, "Payments", **ROW)
    books.settle()

    assert taken == (1, [])
    assert books.rows("payments")["PM-A"].status == "Unapplied"


def test_a_match_is_decided_once(books: Books) -> None:
    books.invoice("C1", "40.00")
    books.invoice("C1", "40.00")
    books.pay("40.00", "thanks", "C1")
    books.settle()
    assert take(books, "Matches", match="MT-000001", decision="Accept") == (1, [])
    books.settle()

    count, faults = take(books, "Matches", match="MT-000001", decision="Reject")

    assert count == 0
    assert faults == ["Decision: it cannot be changed: it is posted already."]


def test_money_goes_the_same_way_on_every_database(ledger: Ledger) -> None:
    books = Books(ledger)
    books.customers("C1", "C2", currency="EUR")
    books.opening("OLD-1", "C1", "80.00", "30.00")
    books.take_opening()
    books.order("SO-000001", "C1", reference="PO-77")
    invoice = books.invoice("C2", "119.00", terms="2% 10, Net 30")
    books.pay("30.00", "OLD-1")
    books.pay("20.00", "PO-77")
    bounced = books.pay("116.62", invoice, "C2")
    books.pay("7.00", "who")
    books.settle()
    books.pay("-116.62", f"Return of {bounced}")
    books.settle()
    prepaid = books.invoice("C1", "15.00", order="SO-000001")

    books.settle()

    assert (books.open_of("OLD-1"), books.open_of(invoice), books.open_of(prepaid)) == (D(0), D("119.00"), D(0))
    with ledger.reading() as conn:
        for day in (DAY - dt.timedelta(days=1), DAY):
            assert aging(conn, day).differences == {}
        assert report_of(conn, DAY, DAY, DAY, POLICY).startswith(b"PK")


@pytest.mark.parametrize("text", ["INV-000001", "inv 000001", "Inv/000001.", "Re: INV000001 - thanks"])
def test_numbers_are_found_however_the_payer_writes_them(books: Books, text: str) -> None:
    invoice = books.invoice("C1", "12.00")
    books.pay("12.00", text)

    books.settle()

    assert books.open_of(invoice) == D(0)
