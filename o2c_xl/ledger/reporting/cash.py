"""Cash that is coming, disputes and possible losses, as the report shows them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Connection, func, select

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.bad_debt import allowance
from o2c_xl.domain.receivables.cash_forecast import Expected, Habits, PaidItem, weeks_of_cash
from o2c_xl.domain.receivables.disputes import Dispute
from o2c_xl.domain.receivables.open_items import AgingRow, open_instalments
from o2c_xl.domain.reporting.report import Column, Page, Rows, Unit
from o2c_xl.ledger import schema
from o2c_xl.ledger.receivables.aging import Aging, open_items_at
from o2c_xl.ledger.receivables.disputes import disputes_of

__all__ = ["cash_page", "disputes_page", "expected_cash", "habits_of", "losses_of"]

_WEEKS = 13
_YEARS_BACK = 730  # days of history: habits change
_MOST = 25  # customers listed
_inv, _set = schema.invoices.c, schema.settlements.c


def habits_of(conn: Connection, day: dt.date) -> Habits:
    """How customers paid in the two years to that day: invoices that are settled, by their last payment."""
    paid = func.max(_set.day).label("paid_on")
    statement = (
        select(_inv.account, _inv.due_date, paid)
        .join(schema.settlements, _set.invoice == _inv.invoice)
        .where(_set.kind == "payment", _set.day <= day, _set.day > day - dt.timedelta(days=_YEARS_BACK))
        .where(_inv.open == ZERO, _inv.kind == "Invoice", _inv.due_date.is_not(None))
        .group_by(_inv.invoice, _inv.account, _inv.due_date)
    )
    return Habits(PaidItem(account, due, paid_on) for account, due, paid_on in conn.execute(statement))


def expected_cash(conn: Connection, day: dt.date, currency: str, habits: Habits) -> list[Expected]:
    """Every open instalment of the currency with the day on which it is expected; disputed invoices are left out."""
    return [
        Expected(item.customer, due, habits.expected(item.customer, due, day), amount)
        for item in open_items_at(conn, day)
        if item.currency == currency and item.open > ZERO and not item.disputed
        for due, amount in open_instalments(item.due, item.open)
    ]


def cash_page(conn: Connection, day: dt.date, currency: str, names: Mapping[str, str]) -> Page:
    """What is expected in the coming weeks, and whom it is expected from."""
    habits = habits_of(conn, day)
    expected = expected_cash(conn, day, currency, habits)
    weeks = [(one.monday, one.expected, one.when_due) for one in weeks_of_cash(expected, day, _WEEKS)]
    return Page(
        "Cash forecast",
        "When will our customers pay?",
        f"Open invoices in {currency} at the end of {day}, by how late each customer has paid in two years; "
        "where there is little history, by how all do. Disputed invoices are left out.",
        (
            Rows(
                "CashByWeek",
                (
                    Column("Week from", Unit.DATE, 16),
                    Column("Expected", Unit.MONEY, 26, total=True),
                    Column("When due", Unit.MONEY, total=True),
                ),
                weeks,
                "By week; what is overdue counts as due now",
            ),
            Rows(
                "CashByCustomer",
                (
                    Column("Customer ID", width=16),
                    Column("Name", width=26),
                    Column("Open", Unit.MONEY, total=True),
                    Column("Days late", Unit.DAYS),
                    Column("Paid invoices", Unit.COUNT),
                    Column("Next expected", Unit.DATE),
                ),
                _by_customer(expected, habits, names),
                "Who owes most; days late are what is usual, from so many paid invoices",
            ),
        ),
    )


def _by_customer(
    expected: Sequence[Expected], habits: Habits, names: Mapping[str, str]
) -> list[tuple[str, str, Decimal, Decimal | None, int, dt.date]]:
    found: dict[str, list[Expected]] = defaultdict(list)
    for one in expected:
        found[one.customer].append(one)
    rows = []
    for customer, items in found.items():
        usual = habits.usual(customer)
        total = sum((one.amount for one in items), ZERO)
        days = None if usual is None else Decimal(usual)
        rows.append(
            (customer, names.get(customer, ""), total, days, habits.known(customer), min(one.day for one in items))
        )
    return sorted(rows, key=lambda row: (-row[2], row[0]))[:_MOST]


def disputes_page(conn: Connection, first: dt.date, last: dt.date) -> Page:
    """Disputes of the period with the days until they were answered and closed."""
    rows = [
        (one.request, one.invoice, one.code, one.amount, one.opened, one.answered, one.closed, *_days(one))
        for one in disputes_of(conn, first, last)
    ]
    return Page(
        "Disputes",
        "What do customers dispute, and how quickly do we answer?",
        "Disputes that were open at any time of the period; days from opening to our first reply and to the end. "
        "The invoice's total is shown, whatever of it is open or disputed.",
        (
            Rows(
                "Disputes",
                (
                    Column("Request", width=16),
                    Column("Invoice", width=26),
                    Column("Code", width=16),
                    Column("Invoice total", Unit.MONEY),
                    Column("Opened", Unit.DATE),
                    Column("Answered", Unit.DATE),
                    Column("Closed", Unit.DATE),
                    Column("Days to answer", Unit.COUNT),
                    Column("Days to close", Unit.COUNT),
                ),
                rows,
            ),
        ),
    )


def _days(one: Dispute) -> tuple[int | None, int | None]:
    return one.days_to_answer, one.days_to_close


def losses_of(found: Aging, percents: Sequence[Decimal]) -> Rows:
    """What may be lost, by customer: the allowance by age; nothing of it is posted."""
    rows = [(row.customer, row.currency, row.overdue, allowed) for row in found.rows if (allowed := _of(row, percents))]
    return Rows(
        "Allowance",
        (
            Column("Customer ID", width=16),
            Column("Currency", width=26),
            Column("Overdue", Unit.MONEY, total=True),
            Column("Allowance", Unit.MONEY, total=True),
        ),
        sorted(rows, key=lambda row: (-row[3], row[0])),
        "What may be lost, by the setting Bad debt % of each age; an estimate, not posted",
    )


def _of(row: AgingRow, percents: Sequence[Decimal]) -> Decimal:
    return allowance(row, percents) or ZERO
