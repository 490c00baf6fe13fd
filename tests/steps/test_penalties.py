"""A penalty is memo: it stays when its invoice is paid, and is owed only once it is charged."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from o2c_xl.domain.chart import Account
from o2c_xl.domain.receivables.reminders import ReminderPolicy, levels_of
from o2c_xl.ledger.papers.invoices import invoice_document
from o2c_xl.ledger.papers.letters import memo_penalties
from o2c_xl.ledger.receivables.penalties import PenaltyBooks
from o2c_xl.ledger.receivables.reminders import ReminderBooks
from o2c_xl.steps.remind import remind
from o2c_xl.tables.show.computed import waiting
from tests.steps.receivables import DAY, Books

D = Decimal
POLICY = ReminderPolicy(levels=levels_of("7", "5", "1"), gap=7)
LATE = DAY + dt.timedelta(days=40)


def reminded(books: Books) -> str:
    invoice = books.invoice("C1", "200.00")
    remind(ReminderBooks(books.ledger, LATE, POLICY), POLICY, LATE)
    books.day = LATE
    return invoice


def settle(books: Books) -> int:
    count = PenaltyBooks(books.ledger, LATE).work_off()
    assert PenaltyBooks(books.ledger, LATE).work_off() == 0
    books.prove()
    return count


def penalty_rows(books: Books) -> list[str]:
    with books.ledger.reading() as conn:
        return [row[0] for row in waiting(conn) if row[1] == "Late-payment penalty"]


def test_the_penalty_stays_visible_when_the_principal_is_paid(books: Books) -> None:
    invoice = reminded(books)
    before = penalty_rows(books)
    books.pay("200.00", invoice, "C1")
    books.settle()

    with books.ledger.reading() as conn:
        told = memo_penalties(conn, "C1", "EUR")

    assert (before, penalty_rows(books), told) == ([], ["RM-000001"], D("7.00"))
    assert books.balance(Account.RECEIVABLES) == D(0)


def test_charged_it_is_an_invoice_without_tax_that_ages_and_is_paid(books: Books) -> None:
    invoice = reminded(books)
    books.pay("200.00", invoice, "C1")
    books.settle()
    books.change("reminders", "RM-000001", action="Charge")

    count = settle(books)

    row = books.rows("reminders")["RM-000001"]
    charged = books.rows("invoices")[row.charged_by]
    assert (count, row.penalty_status, row.action) == (1, "Charged", "")
    assert (charged.total, charged.tax, charged.open, charged.due_date) == (D("7.00"), D(0), D("7.00"), LATE)
    assert books.balance(Account.LATE_PAYMENT) == D("-7.00")
    assert books.balance(Account.REVENUE) + books.balance(Account.OUTPUT_TAX) == D("-200.00")
    assert penalty_rows(books) == []
    books.pay("7.00", row.charged_by, "C1")
    books.settle()
    assert books.open_of(row.charged_by) == D(0)


def test_its_document_can_be_made(books: Books) -> None:
    reminded(books)
    books.change("reminders", "RM-000001", action="Charge")
    settle(books)

    with books.ledger.reading() as conn:
        number = books.rows("reminders")["RM-000001"].charged_by
        (document,) = invoice_document(conn, [number], {"Company name": "Fjord"})

    assert (document.totals.net, document.totals.tax, document.lines[0].net) == (D("7.00"), D(0), D("7.00"))


def test_waived_it_is_gone_and_nothing_is_posted(books: Books) -> None:
    reminded(books)
    books.change("reminders", "RM-000001", action="Waive")

    assert settle(books) == 1

    assert books.rows("reminders")["RM-000001"].penalty_status == "Waived"
    assert books.balance(Account.LATE_PAYMENT) == D(0)
