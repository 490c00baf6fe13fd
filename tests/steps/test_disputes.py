"""A dispute is a row with response times, stops reminders and overdue holds; a promise is kept or broken."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from o2c_xl.domain.receivables.disputes import promise_kept
from o2c_xl.ledger.receivables.aging import open_items_at
from o2c_xl.ledger.receivables.disputes import disputes_of, promises
from o2c_xl.ledger.receivables.invoice_actions import InvoiceActionBooks
from o2c_xl.ledger.reporting.cash import disputes_page, expected_cash, habits_of
from o2c_xl.steps.act_on_invoices import act_on_invoices
from tests.steps.receivables import DAY, Books

D = Decimal


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def act(books: Books, day: dt.date, invoice: str, **asked: str) -> None:
    books.change("invoices", invoice, **asked)
    act_on_invoices(InvoiceActionBooks(books.ledger, day))
    assert act_on_invoices(InvoiceActionBooks(books.ledger, day)) == 0
    books.prove()


def test_a_dispute_is_recorded_with_code_reason_and_days(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")

    act(books, later(3), invoice, action="Dispute", dispute_code="Quality", reason="Two chairs scratched")
    number = books.rows("invoices")[invoice].dispute
    books.change("requests", number, first_reply_on=later(5))
    act(books, later(10), invoice, action="Resolve")

    row = books.rows("requests")[number]
    assert (row.kind, row.text, row.order_or_invoice) == ("Dispute: Quality", "Two chairs scratched", invoice)
    with books.ledger.reading() as conn:
        (dispute,) = disputes_of(conn, DAY, later(30))
        (before,) = disputes_of(conn, DAY, later(6))
    assert (dispute.code, dispute.amount) == ("Quality", D("119.00"))
    assert (dispute.days_to_answer, dispute.days_to_close) == (2, 7)
    assert (before.days_to_answer, before.days_to_close) == (2, None)


def test_an_invoice_disputed_again_is_a_dispute_of_its_own(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    act(books, later(1), invoice, action="Dispute", dispute_code="Price")
    act(books, later(2), invoice, action="Resolve")

    act(books, later(9), invoice, action="Dispute", dispute_code="Duplicate")

    rows = books.rows("requests")
    assert [(row.kind, row.closed_on) for row in rows.values()] == [
        ("Dispute: Price", later(2)),
        ("Dispute: Duplicate", None),
    ]
    assert books.rows("invoices")[invoice].status == "Disputed"


def test_a_number_that_someone_typed_is_left_alone(books: Books) -> None:
    with books.ledger.transaction(DAY) as txn:
        txn.insert(books_requests(), [{"request": "RQ-000001", "customer_id": "C2", "received_on": DAY}])
    invoice = books.invoice("C1", "119.00")

    act(books, later(1), invoice, action="Dispute")

    assert books.rows("invoices")[invoice].dispute == "RQ-000002"


def books_requests() -> object:
    from o2c_xl.ledger import schema

    return schema.requests


@pytest.mark.parametrize(
    ("promised", "still_open", "paid", "says"),
    [
        (None, "10", None, ""),
        (5, "10", None, "Open"),
        (4, "10", None, "Broken"),
        (5, "0", 5, "Kept"),
        (5, "0", 6, "Broken"),
    ],
)
def test_a_promise_is_kept_when_all_is_paid_by_its_day(
    promised: int | None, still_open: str, paid: int | None, says: str
) -> None:
    day = None if promised is None else later(promised)
    paid_on = None if paid is None else later(paid)

    assert promise_kept(day, D(still_open), paid_on, later(5)) == says


def test_promises_are_told_from_the_ledger(books: Books) -> None:
    kept, broken = books.invoice("C1", "119.00"), books.invoice("C2", "10.00")
    for invoice in (kept, broken):
        books.change("invoices", invoice, promised_for=later(4))
    books.pay("119.00", kept, "C1")
    books.settle()

    with books.ledger.reading() as conn:
        found = promises(conn, later(5))

    assert found == {kept: "Kept", broken: "Broken"}


def test_a_day_gone_by_knows_what_was_in_dispute_on_that_day(books: Books) -> None:
    ended, begun = books.invoice("C1", "119.00"), books.invoice("C1", "50.00")
    act(books, later(1), ended, action="Dispute", dispute_code="Price")
    act(books, later(4), ended, action="Resolve")
    act(books, later(5), begun, action="Dispute", dispute_code="Quality")

    def disputed(day: int) -> list[str]:
        with books.ledger.reading() as conn:
            return [item.invoice for item in open_items_at(conn, later(day)) if item.disputed]

    assert [disputed(day) for day in (0, 1, 3, 4, 5, 9)] == [[], [ended], [ended], [], [begun], [begun]]


def test_the_report_shows_disputes_with_their_days(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    act(books, later(1), invoice, action="Dispute", dispute_code="Price", reason="Not what we agreed")
    act(books, later(4), invoice, action="Resolve")

    with books.ledger.reading() as conn:
        (row,) = disputes_page(conn, DAY, later(30)).tables[0].rows

    assert (row[1], row[2], row[-2:]) == (invoice, "Price", (3, 3))


def test_the_forecast_leaves_out_what_is_disputed(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    books.invoice("C1", "50.00")
    act(books, later(1), invoice, action="Dispute")

    with books.ledger.reading() as conn:
        expected = expected_cash(conn, later(2), "EUR", habits_of(conn, later(2)))

    assert [(one.customer, one.amount, one.day) for one in expected] == [("C1", D("50.00"), later(30))]
