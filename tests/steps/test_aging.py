"""Aging equals the receivables account, now and as of any day before."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_xl.domain.money import ZERO
from o2c_xl.ledger.receivables.aging import Aging, aging
from tests.ledgers import open_ledger
from tests.steps.receivables import DAY, Books

D = Decimal


def aged(books: Books, day: dt.date) -> Aging:
    with books.ledger.reading() as conn:
        return aging(conn, day)


def test_aging_puts_each_instalment_where_its_due_date_says(books: Books) -> None:
    books.invoice("C1", "100.00", terms="30% 0, 70% 60")
    books.invoice("C2", "50.00", terms="Net 30")
    books.invoice("C2", "-5.00")
    books.pay("20.00", "on account", "C2")
    books.settle()

    rows = {row.customer: row for row in aged(books, DAY + dt.timedelta(days=31)).rows}

    assert (rows["C1"].not_due, rows["C1"].days_31_60) == (D("70.00"), D("30.00"))
    assert (rows["C2"].days_1_30, rows["C2"].credits, rows["C2"].total) == (D("50.00"), D("25.00"), D("25.00"))


def test_prepayments_and_unidentified_receipts_stand_apart(books: Books) -> None:
    books.order("SO-000001", "C1")
    books.pay("40.00", "SO-000001", "C1")
    books.pay("9.00", "whoever")
    books.settle()

    found = aged(books, DAY)

    assert found.rows == ()
    assert dict(found.prepaid) == {("C1", "EUR"): D("40.00")}
    assert dict(found.unidentified) == {"EUR": D("9.00")}
    assert found.differences == {}


def test_aging_of_a_day_gone_by_is_what_it_was_on_that_day(books: Books) -> None:
    invoice = books.invoice("C1", "119.00", terms="2% 10, Net 30")
    payment = books.pay("9.00", "soon", "")
    other = books.pay("7.00", "mine", "C2")
    books.settle()
    before = aged(books, DAY)
    books.day = DAY + dt.timedelta(days=5)
    books.pay("116.62", invoice, "C1")
    books.change("payments", payment, customer_id="C1", status="")
    books.change("payments", other, customer_id="C1", status="")
    books.invoice("C2", "10.00", day=books.day)
    books.settle()

    after = aged(books, DAY)

    assert after == before
    assert aged(books, books.day).rows != before.rows


def test_a_day_gone_by_stays_as_it_was_when_work_is_done_under_an_earlier_day_afterwards(books: Books) -> None:
    books.invoice("C1", "119.00")
    books.settle()
    before = aged(books, DAY)
    books.day = DAY + dt.timedelta(days=20)
    books.invoice("C2", "10.00", day=books.day)
    books.pay("119.00", "INV-000001", "C1")
    books.settle()
    books.day = DAY + dt.timedelta(days=-1)
    books.pay("5.00", "on account", "C2")
    books.settle()

    found = aged(books, DAY)

    assert [row for row in found.rows if row.customer == "C1"] == list(before.rows)
    assert found.differences == {}
    assert aged(books, DAY + dt.timedelta(days=20)).differences == {}


amounts = st.integers(1, 30_000).map(lambda cents: D(cents).scaleb(-2))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(amounts, min_size=1, max_size=6),
    st.lists(st.tuples(amounts, st.integers(0, 9), st.integers(0, 3)), max_size=6),
)
def test_whatever_is_paid_and_comes_back_the_books_hold_on_every_day(
    invoices: list[Decimal], payments: list[tuple[Decimal, int, int]]
) -> None:
    books = Books(open_ledger())
    books.customers("C1", "C2", currency="EUR")
    numbers = [books.invoice(("C1", "C2")[at % 2], amount) for at, amount in enumerate(invoices)]
    days = [DAY]
    for amount, which, how in payments:
        books.day = books.day + dt.timedelta(days=1)
        named = numbers[which % len(numbers)]
        payment = books.pay(amount, named if how else "thanks", "C1" if how == 2 else "")
        books.settle()
        if how == 3:
            books.pay(-amount, f"Return of {payment}")
            books.settle()
        days.append(books.day)

    for day in days:
        assert aged(books, day).differences == {}
    paid = sum((row.applied + row.unapplied for row in books.rows("payments").values()), ZERO)
    assert paid == sum((row.amount for row in books.rows("payments").values()), ZERO)
    books.ledger.engine.dispose()
