"""Invoices are written off only for a reason, above a limit only with approval, and never twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from o2c_xl.domain.chart import Account
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import decide
from o2c_xl.ledger.receivables.invoice_actions import InvoiceActionBooks
from o2c_xl.ledger.receivables.writeoffs import WriteOffBooks
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.act_on_invoices import act_on_invoices
from o2c_xl.steps.write_off import WrittenOff, write_off
from o2c_xl.tables.show.computed import waiting
from o2c_xl.tables.show.waiting_money import waiting_money
from tests.ledgers import ticking_clock
from tests.steps.receivables import DAY, Books, plain_policy

D = Decimal
LIMIT = plain_policy(approve_write_offs_above=D(100))
FREE = plain_policy(approve_write_offs_above=None)


def wish(books: Books, invoice: str, reason: str = "Bankrupt") -> None:
    books.change("invoices", invoice, action="Write off", reason=reason)


def run(books: Books, policy: object = FREE) -> WrittenOff:
    found = write_off(WriteOffBooks(books.ledger, DAY), policy)  # type: ignore[arg-type]
    books.prove()
    return found


def verdict(books: Books, approval: str, word: str, reason: str = "") -> None:
    """Ben, a Finance Manager, decides."""
    with books.ledger.transaction(DAY) as txn:
        row = {"user": "ben", "role": "Finance Manager"}
        txn.insert(schema.roles, [row])
    with Ledger(books.ledger.engine, clock=ticking_clock(), who="ben").transaction(DAY) as txn:
        assert decide(txn, [approval], word, reason) == ([approval], [])  # type: ignore[arg-type]


def test_an_invoice_is_written_off_with_its_tax(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    wish(books, invoice)

    done = run(books)

    row = books.rows("invoices")[invoice]
    assert (row.written_off, row.open, row.status, row.action) == (D("119.00"), D(0), "Written off", "")
    assert books.balance(Account.WRITE_OFF) == D("100.00")
    assert books.balance(Account.OUTPUT_TAX) == D(0)
    assert done == WrittenOff(1)
    assert run(books) == WrittenOff(0)


def test_without_a_reason_nothing_happens(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    wish(books, invoice, reason=" ")

    done = run(books)

    assert done == WrittenOff(0)
    assert books.open_of(invoice) == D("119.00")


def test_above_the_limit_the_finance_manager_is_asked_once(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    wish(books, invoice)

    asked, again = run(books, LIMIT), run(books, LIMIT)

    assert (asked, again) == (WrittenOff(0, 1), WrittenOff(0))
    approval = books.rows("approvals")["AP-000001"]
    assert (approval.role, approval.step, approval.subject) == ("Finance Manager", "Write-off", invoice)
    assert approval.amount == D("119.00")
    verdict(books, "AP-000001", "Approve")
    assert run(books, LIMIT) == WrittenOff(1)
    settlement = next(iter(books.rows("settlements").values()))
    assert (settlement.kind, settlement.by) == ("write-off", "AP-000001")


def test_up_to_the_limit_nobody_is_asked(books: Books) -> None:
    invoice = books.invoice("C1", "100.00")
    wish(books, invoice)

    assert run(books, LIMIT) == WrittenOff(1)


def test_a_rejected_write_off_stays_open(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    wish(books, invoice)
    run(books, LIMIT)
    verdict(books, "AP-000001", "Reject", "Call them first")

    assert run(books, LIMIT) == WrittenOff(0)
    assert books.open_of(invoice) == D("119.00")


def test_an_approval_does_not_hold_for_another_amount(books: Books) -> None:
    invoice = books.invoice("C1", "300.00")
    wish(books, invoice)
    run(books, LIMIT)
    verdict(books, "AP-000001", "Approve")
    books.pay("50.00", invoice, "C1")
    books.settle()

    done = run(books, LIMIT)

    assert done == WrittenOff(0, 1)
    assert books.open_of(invoice) == D("250.00")


def test_a_credit_note_nobody_claims_can_be_written_off_too(books: Books) -> None:
    note = books.invoice("C1", "-11.90")
    wish(books, note, "Customer is gone")

    run(books)

    assert books.open_of(note) == D(0)
    assert books.balance(Account.WRITE_OFF) == D("-10.00")


def test_what_waits_in_finance_says_what_to_do(books: Books) -> None:
    first, second = books.invoice("C1", "119.00"), books.invoice("C1", "119.00")
    wish(books, first, reason="")
    wish(books, second)
    run(books, LIMIT)
    verdict(books, "AP-000001", "Reject", "Call them first.")
    stray = books.pay("7.00", "who knows")
    tied = books.pay("119.00", "thanks", "C1")
    back = books.pay("-3.00", "", "C2")
    books.settle()

    with books.ledger.reading() as conn:
        rows = {row[0]: row for row in waiting(conn)}

    assert rows[first][4].startswith("Write in Reason")
    assert "ben rejected it: Call them first." in rows[second][4]
    assert "Customer ID" in rows[stray][4]
    assert "Matches" in rows[tied][4]
    assert "went back" in rows[back][4]
    assert {row[2] for row in rows.values()} == {"Finance"}


def approvals(books: Books) -> list[tuple[str, str]]:
    return [(row.approval, row.status) for row in books.rows("approvals").values()]


def test_an_approval_ends_with_what_it_was_asked_for(books: Books) -> None:
    paid, kept, changed = (books.invoice("C1", "119.00") for _ in range(3))
    for invoice in (paid, kept, changed):
        wish(books, invoice)
    run(books, LIMIT)

    books.change("invoices", paid, action="")
    books.change("invoices", changed, reason="Moved away")
    run(books, LIMIT)
    again = run(books, LIMIT)

    assert approvals(books) == [
        ("AP-000001", "Void"), ("AP-000002", "Waiting"), ("AP-000003", "Void"), ("AP-000004", "Waiting")
    ]  # fmt: skip
    assert again == WrittenOff(0)


def test_an_approval_ends_with_the_last_wish(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    wish(books, invoice)
    run(books, LIMIT)

    books.change("invoices", invoice, action="")
    run(books, LIMIT)

    assert approvals(books) == [("AP-000001", "Void")]


@pytest.mark.parametrize("before", ["0", "100.00"])
def test_money_for_an_invoice_written_off_waits_and_is_proposed_for_no_other(books: Books, before: str) -> None:
    invoice, _other = books.invoice("C1", "119.00"), books.invoice("C1", "119.00")
    if D(before):
        books.pay(before, invoice, "C1")
        books.settle()
    wish(books, invoice)
    run(books)
    left = D("119.00") - D(before)
    payment = books.pay(left, invoice, "C1")

    assert books.settle().proposed == 0

    with books.ledger.reading() as conn:
        told = {row[0]: row[-1] for row in waiting_money(conn)}
    assert (
        told[payment]
        == f"{left:.2f} EUR is left, and {invoice} was written off: set its Action to Reopen, or refund it."
    )


def test_a_write_off_is_reversed_once_and_the_money_then_finds_its_invoice(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    wish(books, invoice)
    run(books)
    books.pay("119.00", invoice, "C1")
    books.settle()
    books.change("invoices", invoice, action="Reopen", reason="Paid after all")

    counts = [act_on_invoices(InvoiceActionBooks(books.ledger, DAY)) for _ in range(2)]
    books.settle()

    row = books.rows("invoices")[invoice]
    assert counts == [1, 0]
    assert (row.paid, row.written_off, row.open, row.status, row.action) == (D("119.00"), D(0), D(0), "Paid", "")
    assert books.balance(Account.WRITE_OFF) == D(0)
    assert books.balance(Account.OUTPUT_TAX) == D("-19.00")
    books.prove()
