"""Aging and exposure as the sheets show them: as of any day, term by term."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.show.views import Scope, fields_of, view_rows
from tests.steps.receivables import DAY, Books

D = Decimal


@pytest.fixture
def books(memory_ledger: Ledger) -> Books:
    made = Books(memory_ledger)
    made.customers("C1", "C2", currency="EUR")
    return made


def shown(books: Books, name: str, day: dt.date) -> list[dict[str, object]]:
    table = BY_NAME[name]
    with books.ledger.reading() as conn:
        rows = view_rows(conn, table, Scope(day, None, {}, policy_of({}).currency, day))
    return [dict(zip(fields_of(table), row, strict=True)) for row in rows]


def test_aging_is_shown_as_of_a_day_gone_by(books: Books) -> None:
    invoice = books.invoice("C1", "100.00")
    books.order("SO-000001", "C2")
    books.pay("40.00", "SO-000001", "C2")
    books.settle()
    books.day = DAY + dt.timedelta(days=45)
    books.pay("100.00", invoice, "C1")
    books.settle()

    before = shown(books, "Aging", DAY + dt.timedelta(days=40))
    after = shown(books, "Aging", books.day)

    assert [
        (row["customer_id"], row["1_30_days"], row["total"], row["prepaid"], row["allowance"]) for row in before
    ] == [
        ("C1", D("100.00"), D("100.00"), None, D("1.00")),
        ("C2", D(0), D(0), D("40.00"), D("0.00")),
    ]
    assert [row["customer_id"] for row in after] == ["C2"]
    books.prove()


def test_exposure_is_shown_term_by_term(books: Books) -> None:
    books.change("customers", "C1", credit_limit=D("500.00"))
    books.invoice("C1", "100.00")
    books.order("SO-000001", "C1")
    books.change("orders", "SO-000001", net=D("200.00"), tax=D("38.00"), total=D("238.00"), credit_state="Approved")
    books.pay("30.00", "on account", "C1")
    books.receive()
    books.apply()

    (row,) = [one for one in shown(books, "CreditExposure", DAY + dt.timedelta(days=33)) if one["customer_id"] == "C1"]

    terms = (
        "open_receivables",
        "confirmed_not_invoiced",
        "credits",
        "exposure",
        "credit_limit",
        "available",
        "overdue",
    )
    assert [row[name] for name in terms] == [D("100"), D("238"), D("30"), D("308"), D("500"), D("192"), D("100")]
    assert row["days_overdue"] == 3


def test_available_credit_is_one_number_wherever_it_is_shown(books: Books) -> None:
    for customer in ("C1", "C2"):
        books.change("customers", customer, credit_limit=D("500.00"))
    books.order("SO-000001", "C1")
    books.change("orders", "SO-000001", net=D("200.00"), tax=D("38.00"), total=D("238.00"))
    line = {"order": "SO-000001", "line": "1", "quantity": D(10), "cancelled": D(4), "net": D("200.00")}
    with books.ledger.transaction(books.day) as txn:
        txn.insert(schema.order_lines, [line])
    books.order("SO-000002", "C2")
    books.change("orders", "SO-000002", net=D("100.00"), tax=D("19.00"), total=D("119.00"), terms="Prepaid")

    of_customers = {row["customer_id"]: row["available_credit"] for row in shown(books, "Customers", DAY)}
    of_exposure = {row["customer_id"]: row["available"] for row in shown(books, "CreditExposure", DAY)}

    assert of_customers == of_exposure == {"C1": D("357.20"), "C2": D("500.00")}
