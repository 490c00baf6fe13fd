"""A reminder that waits is withdrawn when what it asks for is settled, disputed, promised or blocked meanwhile."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from o2c_xl.domain.receivables.outdated_reminders import Asked, outdated
from o2c_xl.domain.receivables.reminders import DueItem, ReminderPolicy, levels_of
from o2c_xl.ledger.receivables.reminders import ReminderBooks
from o2c_xl.ledger.receivables.withdrawing import WithdrawingBooks
from o2c_xl.steps.remind import remind
from o2c_xl.steps.withdraw_reminders import withdraw_reminders
from tests.steps.receivables import DAY, Books

D = Decimal
POLICY = ReminderPolicy(levels=levels_of("7, 21", "5, 5"), gap=7, mailed=True)
LATE = DAY + dt.timedelta(days=40)


def run(books: Books, day: dt.date = LATE, policy: ReminderPolicy = POLICY) -> tuple[int, int]:
    """Withdrawn and written; a second run finds nothing."""
    counts = []
    for _ in range(2):
        gone = withdraw_reminders(WithdrawingBooks(books.ledger, day, policy), policy)
        counts.append((gone, remind(ReminderBooks(books.ledger, day, policy), policy, day)))
    books.prove()
    assert counts[1] == (0, 0)
    return counts[0]


def message(books: Books, about: str) -> Any:
    (found,) = [row for row in books.rows("outbox").values() if row.about == about]
    return found


@pytest.mark.parametrize(
    ("table", "change", "why"),
    [
        ("invoices", {"disputed": True, "status": "Disputed"}, "is in dispute"),
        ("invoices", {"promised_for": LATE + dt.timedelta(days=5)}, "is promised for"),
        ("invoices", {"block_reminders": "Yes"}, "is not to be reminded of"),
        ("customers", {"block_reminders": "Yes"}, "is not to be reminded of"),
    ],
)
def test_what_is_stopped_meanwhile_is_withdrawn_with_its_level(
    books: Books, table: str, change: dict[str, object], why: str
) -> None:
    invoice = books.invoice("C1", "119.00")
    written = run(books)
    books.change(table, invoice if table == "invoices" else "C1", **change)

    after = run(books)

    letter, waiting = books.rows("reminders")["RM-000001"], message(books, "RM-000001")
    assert (written, after) == ((0, 1), (1, 0))
    assert (waiting.status, waiting.said.startswith(f"Withdrawn: {invoice} {why}")) == ("Withdrawn", True)
    assert (books.level_sent(invoice), letter.penalty_status) == (0, "Waived")


def test_what_is_paid_is_withdrawn_and_never_asked_for_again(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    run(books)
    books.day = LATE
    books.pay("119.00", invoice, "C1")
    books.settle()

    after, later = run(books), run(books, LATE + dt.timedelta(days=30))

    assert (after, later) == ((1, 0), (0, 0))
    assert message(books, "RM-000001").said == f"Withdrawn: {invoice} is settled."


def test_what_is_paid_in_part_is_written_anew_at_the_level_it_had(books: Books) -> None:
    first, second = books.invoice("C1", "119.00"), books.invoice("C1", "20.00")
    run(books)
    books.day = LATE
    books.pay("119.00", first, "C1")
    books.settle()

    after = run(books)

    assert after == (1, 1)
    assert message(books, "RM-000001").said.endswith("What is still due is reminded of anew.")
    letter = books.rows("reminders")["RM-000002"]
    assert (letter.level, letter.invoices, letter.amount) == (1, second, D("20.00"))


@pytest.mark.parametrize("status", ["Sent", "Uncertain", "Failed", "Sending"])
def test_a_letter_that_may_have_arrived_stands(books: Books, status: str) -> None:
    invoice = books.invoice("C1", "119.00")
    run(books)
    books.change("outbox", message(books, "RM-000001").message, status=status)
    books.change("invoices", invoice, block_reminders="Yes")

    assert run(books) == (0, 0)
    assert books.level_sent(invoice) == (1 if status == "Sent" else 0)


def test_where_the_program_mails_nothing_the_letters_stand(books: Books) -> None:
    policy = replace(POLICY, mailed=False)
    invoice = books.invoice("C1", "119.00")
    run(books, policy=policy)
    books.change("invoices", invoice, block_reminders="Yes")

    assert run(books, policy=policy) == (0, 0)


def test_a_letter_that_may_have_gone_by_hand_keeps_its_level(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    run(books, policy=replace(POLICY, mailed=False))
    books.change("invoices", invoice, block_reminders="Yes")

    after = run(books)

    assert after == (1, 0)
    assert books.level_sent(invoice) == 1


def test_a_letter_whose_items_are_as_they_were_goes() -> None:
    item = DueItem(DAY, "INV-1", 1, D(5))
    asked = [Asked("INV-1", 1, D(5))]

    assert outdated(asked, [item]) == ""
    assert outdated(asked, [replace(item, open=D(6))]).startswith("Withdrawn: INV-1 has more open")


def test_of_many_items_the_first_are_named() -> None:
    asked = [Asked(f"INV-{n}", 1, D(5)) for n in range(5)]

    assert outdated(asked, []) == "Withdrawn: INV-0 is settled, INV-1 is settled, INV-2 is settled and 2 more."
