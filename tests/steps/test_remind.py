"""Customers are reminded by level, once a day at most, of everything at once, and only of what they should pay."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from o2c_xl.domain.policy import policy_of
from o2c_xl.domain.receivables.reminders import ReminderPolicy, levels_of
from o2c_xl.domain.setting import BadSetting
from o2c_xl.ledger.papers.letters import reminder_documents
from o2c_xl.ledger.receivables.reminders import ReminderBooks
from o2c_xl.steps.remind import remind
from tests.steps.receivables import DAY, Books

D = Decimal
POLICY = ReminderPolicy(levels=levels_of("7, 21, 35", "0, 5, 10", "0, 1, 2"), gap=7)


def run(books: Books, late: int, policy: ReminderPolicy = POLICY) -> int:
    """Remind so many days after the first of the two usual due dates (net 30)."""
    day = DAY + dt.timedelta(days=30 + late)
    count = remind(ReminderBooks(books.ledger, day, policy), policy, day)
    head = books.ledger.head()
    assert remind(ReminderBooks(books.ledger, day, policy), policy, day) == 0
    assert books.ledger.head() == head
    books.prove()
    return count


def test_one_letter_lists_every_item_of_a_customer(books: Books) -> None:
    first = books.invoice("C1", "119.00")
    books.invoice("C2", "20.00", terms="Net 60")
    second = books.invoice("C1", "59.50", day=DAY + dt.timedelta(days=5))

    count = run(books, 8)

    assert count == 1
    letter = books.rows("reminders")["RM-000001"]
    assert (letter.customer_id, letter.level, letter.invoices) == ("C1", 1, f"{first}, {second}")
    assert (letter.amount, letter.penalty, letter.penalty_status) == (D("178.50"), D(0), "")
    assert [books.level_sent(name) for name in (first, second)] == [1, 0]
    message = next(iter(books.rows("outbox").values()))
    assert (message.kind, message.about) == ("Reminder", "RM-000001")
    assert [one["invoice"] for one in json.loads(message.data)["invoices"]] == [first, second]


def test_levels_follow_each_other_with_the_gap_and_their_penalties(books: Books) -> None:
    invoice = books.invoice("C1", "200.00")

    counts = [run(books, late) for late in (6, 7, 13, 40, 46, 47, 90)]

    assert counts == [0, 1, 0, 1, 0, 1, 0]
    letters = list(books.rows("reminders").values())
    assert [(one.level, one.penalty) for one in letters] == [(1, D(0)), (2, D("7.00")), (3, D("14.00"))]
    assert books.level_sent(invoice) == 3
    assert books.balance("4200") == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "stop",
    [
        {"disputed": True, "status": "Disputed"},
        {"promised_for": DAY + dt.timedelta(days=38)},
        {"block_reminders": "Yes"},
    ],
    ids=["dispute", "promise", "block"],
)
def test_a_dispute_a_promise_or_a_block_stops_it(books: Books, stop: dict[str, object]) -> None:
    invoice = books.invoice("C1", "119.00")
    books.change("invoices", invoice, **stop)

    held = run(books, 8)
    books.change("invoices", invoice, disputed=False, status="Posted", block_reminders="")
    let_go = run(books, 9)

    assert (held, let_go) == (0, 1)


def test_a_blocked_customer_gets_none(books: Books) -> None:
    books.invoice("C1", "119.00")
    books.change("customers", "C1", block_reminders="Yes")

    assert run(books, 30) == 0


def test_what_was_paid_or_is_a_credit_note_is_not_reminded_of(books: Books) -> None:
    paid = books.invoice("C1", "119.00")
    books.invoice("C1", "-10.00")
    books.pay("119.00", paid, "C1")
    books.settle()

    assert run(books, 30) == 0


def test_each_instalment_begins_at_level_one(books: Books) -> None:
    invoice = books.invoice("C1", "100.00", terms="30% 0, 70% 60")
    run(books, -20)
    books.day = DAY + dt.timedelta(days=12)
    books.pay("30.00", invoice, "C1")
    books.settle()

    run(books, 40)

    letters = list(books.rows("reminders").values())
    assert [(one.level, one.amount) for one in letters] == [(1, D("30.00")), (1, D("70.00"))]


def test_a_letter_that_was_not_mailed_yet_keeps_the_next_level_back(books: Books) -> None:
    books.change("customers", "C1", email="c1@example.com")
    books.invoice("C1", "119.00")
    mailed = replace(POLICY, mailed=True)
    run(books, 8, mailed)

    waits = run(books, 40, mailed)
    message = next(iter(books.rows("outbox")))
    books.change("outbox", message, status="Sent", sent=f"{DAY + dt.timedelta(days=68)}T09:00:00+00:00")
    too_soon = run(books, 41, mailed)
    goes = run(books, 45, mailed)

    assert (waits, too_soon, goes) == (0, 0, 1)


def test_one_written_before_mail_was_switched_on_keeps_nobody_waiting(books: Books) -> None:
    books.invoice("C1", "119.00")
    run(books, 8)

    assert run(books, 22, replace(POLICY, mailed=True)) == 1


def test_the_letter_and_its_mail_tell_open_credit_notes_and_payments(books: Books) -> None:
    books.invoice("C1", "80.55")
    books.invoice("C1", "-40.00")
    books.pay("0.20", customer="C1", reference="thanks")
    books.settle()
    run(books, 8)

    with books.ledger.reading() as conn:
        (letter,) = reminder_documents(conn, ["RM-000001"], {})
    (message,) = [one for one in books.rows("outbox").values() if one.kind == "Reminder"]

    assert letter.credits == D("40.20")
    assert json.loads(message.data)["credits"] == "40.20"


def test_the_letter_says_what_the_ledger_holds(books: Books) -> None:
    books.change("customers", "C1", name="Alfreds Futterkiste", city="Berlin")
    invoice = books.invoice("C1", "200.00", customer_reference="B-77")
    run(books, 8)
    run(books, 22)
    run(books, 36)

    with books.ledger.reading() as conn:
        settings = {"Company name": "Fjord & Field", "Company IBAN": "DE02120300000000202051"}
        first, second, third = reminder_documents(conn, ["RM-000001", "RM-000002", "RM-000003"], settings)

    assert (first.level, first.past_due, first.penalties) == (1, D("200.00"), D(0))
    assert [(line.invoice, line.reference, line.days_late) for line in second.lines] == [(invoice, "B-77", 22)]
    assert (second.penalties, second.earlier_penalties) == (D("7.00"), D(0))
    assert (third.penalties, third.earlier_penalties) == (D("14.00"), D("7.00"))
    assert third.buyer.name == "Alfreds Futterkiste"


def test_settings_say_levels_and_amounts() -> None:
    policy = policy_of(
        {"Reminder days": "-3, 10", "Reminder fees": "0, 2.5", "Reminder penalty %": "", "Reminders": "No"}
    )

    assert policy.reminders == ReminderPolicy(on=False, levels=levels_of("-3, 10", "0, 2.5"), gap=7)
    with pytest.raises(BadSetting, match="Reminder days"):
        policy_of({"Reminder days": "10, 3"})
