"""The forecast by habit follows its worked table, and beats the due date on real invoices."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from o2c_xl.domain.receivables.cash_forecast import Expected, Habits, PaidItem, weeks_of_cash
from tests.worked_tables import worked_table

D = Decimal
DUE = date(2026, 6, 1)
WEEKS = 8


def paid(customer: str, *late: int) -> list[PaidItem]:
    due = date(2026, 1, 1)
    return [PaidItem(customer, due, due + timedelta(days=days)) for days in late]


def test_the_worked_table() -> None:
    habits = Habits([*paid("A", 0, 10, 20), *paid("B", 2, 4), *paid("C", 40)])

    for row in worked_table("cash-forecast.md"):
        found = habits.expected(row["Customer"], DUE, date.fromisoformat(row["Today"]))

        assert found.isoformat() == row["Expected"], row


def test_without_any_history_everyone_pays_on_the_due_date_or_in_a_month() -> None:
    habits = Habits([])

    assert habits.expected("A", DUE, DUE - timedelta(days=3)) == DUE
    assert habits.expected("A", DUE, DUE + timedelta(days=3)) == DUE + timedelta(days=33)
    assert habits.usual("A") is None


def test_early_payers_are_expected_early_but_never_in_the_past() -> None:
    habits = Habits(paid("A", *[-10] * 20, -1))

    assert habits.expected("A", DUE, DUE - timedelta(days=30)) == DUE - timedelta(days=10)
    assert habits.expected("A", DUE, DUE - timedelta(days=4)) >= DUE - timedelta(days=4)


def test_weeks_begin_on_monday_and_hold_what_is_past_due_first() -> None:
    today = date(2026, 6, 3)
    items = [
        Expected("A", date(2026, 5, 1), date(2026, 6, 9), D("10")),
        Expected("A", date(2026, 6, 9), date(2026, 6, 15), D("5")),
        Expected("A", date(2026, 6, 9), date(2026, 9, 1), D("7")),
    ]

    weeks = weeks_of_cash(items, today, 3)

    assert [week.monday for week in weeks] == [date(2026, 6, 1), date(2026, 6, 8), date(2026, 6, 15)]
    assert [week.expected for week in weeks] == [D(0), D(10), D(5)]
    assert [week.when_due for week in weeks] == [D(10), D(12), D(0)]


# --- back-test on real invoices --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Real:
    customer: str
    issued: date
    due: date
    settled: date
    amount: Decimal


@pytest.fixture(scope="module")
def invoices(shared_data: Path) -> list[Real]:
    path = shared_data / "ar_ibm" / "WA_Fn-UseC_-Accounts-Receivable.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Real(
                row["customerID"],
                *(
                    datetime.strptime(row[name], "%m/%d/%Y").date()
                    for name in ("InvoiceDate", "DueDate", "SettledDate")
                ),
                D(row["InvoiceAmount"]),
            )
            for row in csv.DictReader(file)
        ]


def back_test(invoices: list[Real], guess: Callable[[Habits, Real, date], date]) -> tuple[Decimal, Decimal]:
    """Mean error in days per open invoice, and the share of the cash of the next weeks that came in another week."""
    days, count, misplaced, total = 0, 0, D(0), D(0)
    first, last = date(2012, 7, 1), date(2013, 9, 1)
    today = first
    while today <= last:
        known = [PaidItem(one.customer, one.due, one.settled) for one in invoices if one.settled < today]
        habits = Habits(known)
        open_ = [one for one in invoices if one.issued < today <= one.settled]
        guesses = [guess(habits, one, today) for one in open_]
        days += sum(abs((one.settled - day).days) for one, day in zip(open_, guesses, strict=True))
        count += len(open_)
        forecast = weeks_of_cash(
            [Expected(one.customer, one.due, day, one.amount) for one, day in zip(open_, guesses, strict=True)],
            today,
            WEEKS,
        )
        actual = weeks_of_cash(
            [Expected(one.customer, one.due, one.settled, one.amount) for one in open_], today, WEEKS
        )
        misplaced += sum((abs(a.expected - b.expected) for a, b in zip(forecast, actual, strict=True)), D(0))
        total += sum((week.expected for week in actual), D(0))
        today = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return D(days) / count, misplaced / total


def test_by_habit_is_nearer_than_by_due_date(invoices: list[Real], capsys: pytest.CaptureFixture[str]) -> None:
    habit = back_test(invoices, lambda habits, one, today: habits.expected(one.customer, one.due, today))
    naive = back_test(invoices, lambda _habits, one, today: max(one.due, today))

    told = (
        f"cash forecast, {len(invoices)} real invoices: by habit {habit[0]:.2f} days off and {habit[1]:.1%} of the "
        f"weekly cash misplaced; on the due date {naive[0]:.2f} days and {naive[1]:.1%}"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")
    assert habit[0] < naive[0]
    assert habit[1] < naive[1]
