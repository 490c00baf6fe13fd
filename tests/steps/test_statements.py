"""A statement of account leads from the opening to the closing, and the closing is the aging's row."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from pypdf import PdfReader

from o2c_xl.documents.pdf import render_pdf
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.receivables.letters import StatementDocument
from o2c_xl.ledger.receivables.account_statements import (
    StatementBooks,
    ask_statements,
    statement_documents,
    statements_wanted,
)
from o2c_xl.ledger.receivables.aging import aging
from o2c_xl.steps.state_accounts import month_before, state_accounts
from tests.steps.receivables import DAY, Books

D = Decimal
APRIL = dt.date(2026, 4, 10)


def state(books: Books, account: str | None, first: dt.date, last: dt.date) -> list[StatementDocument]:
    with books.ledger.transaction(max(last, books.day)) as txn:
        wanted = statements_wanted(txn.conn, None if account is None else [account], first, last)
        abouts = ask_statements(txn, wanted)
    with books.ledger.reading() as conn:
        return statement_documents(conn, abouts, {"Company name": "Fjord"})


def lively(books: Books) -> Books:
    """March: an invoice and a part of it paid. April: the rest with discount, another invoice, money to spare."""
    books.order("SO-000001", "C1")
    first = books.invoice("C1", "119.00", terms="2% 60, Net 60", customer_reference="B-1")
    books.invoice("C2", "10.00")
    books.pay("30.00", "SO-000001", "C1")
    books.settle()
    books.day = APRIL
    books.pay("116.62", first, "C1")
    books.invoice("C1", "-11.90", day=APRIL)
    books.invoice("C1", "59.50", day=APRIL)
    books.pay("5.00", "whatever", "C1")
    books.settle()
    return books


@pytest.mark.parametrize(
    ("first", "last"),
    [(DAY, DAY), (DAY, APRIL), (APRIL, APRIL), (DAY, dt.date(2026, 4, 1)), (dt.date(2026, 4, 1), APRIL)],
)
def test_opening_and_lines_make_the_closing_which_is_the_agings_row(
    books: Books, first: dt.date, last: dt.date
) -> None:
    lively(books)

    (found,) = state(books, "C1", first, last)

    with books.ledger.reading() as conn:
        row = next(row for row in aging(conn, last).rows if row.customer == "C1")
    assert found.opening + sum(line.amount for line in found.lines) == found.closing == row.total
    assert sum(found.ages) - found.credits == found.closing
    books.prove()


def test_it_says_what_happened_in_words(books: Books) -> None:
    (found,) = state(lively(books), "C1", DAY, APRIL)

    assert sorted((line.what, line.amount) for line in found.lines) == [
        ("Credit note", D("-11.90")),
        ("Discount or difference", D("-2.38")),
        ("Invoice", D("59.50")),
        ("Invoice", D("119.00")),
        ("Payment", D("-116.62")),
        ("Payment", D("-5.00")),
    ]
    assert found.lines[0].reference == "B-1"
    assert found.prepaid == D("30.00")


def test_the_same_statement_is_put_into_the_outbox_once(books: Books) -> None:
    lively(books)

    state(books, "C1", DAY, APRIL)
    state(books, "C1", DAY, APRIL)

    kinds = [row.kind for row in books.rows("outbox").values()]
    assert kinds.count("Statement of account") == 1


def test_everybody_is_who_moved_or_owes(books: Books) -> None:
    books.customers("C3", currency="EUR")
    lively(books)

    found = state(books, None, APRIL, APRIL)

    assert [(one.buyer.key, one.closing) for one in found] == [("C1", D("42.60")), ("C2", D("10.00"))]


def test_a_customer_without_any_movement_gets_an_empty_one(books: Books) -> None:
    (found,) = state(books, "C2", DAY, APRIL)

    assert (found.opening, found.lines, found.closing) == (D(0), (), D(0))


def test_who_is_not_known_or_billed_to_another_is_said(books: Books) -> None:
    books.customers("C9", currency="EUR", bill_to="C1")

    with pytest.raises(CannotRun, match="no customer X1"):
        state(books, "X1", DAY, APRIL)
    with pytest.raises(CannotRun, match="billed to C1"):
        state(books, "C9", DAY, APRIL)


def test_monthly_statements_are_made_once_a_month(books: Books) -> None:
    lively(books)
    day = dt.date(2026, 5, 2)

    counts = [
        state_accounts(StatementBooks(books.ledger, on), on, monthly=True)
        for on in (day, day, dt.date(2026, 5, 20), dt.date(2026, 6, 1))
    ]

    assert counts == [2, 0, 0, 2]
    assert state_accounts(StatementBooks(books.ledger, day), day, monthly=False) == 0
    assert month_before(dt.date(2026, 1, 15)) == (dt.date(2025, 12, 1), dt.date(2025, 12, 31))
    books.prove()


def test_the_paper_shows_it(books: Books) -> None:
    (found,) = state(lively(books), "C1", dt.date(2026, 4, 1), APRIL)

    text = PdfReader(io.BytesIO(render_pdf(found))).pages[0].extract_text()

    for part in ("Statement of account", "Opening balance", "119", "Closing balance", "42.60", "Not due"):
        assert part in text
