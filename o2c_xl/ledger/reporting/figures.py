"""The report's data: key figures beside those of the period before, and the rows that they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from o2c_xl.domain.chart import Account
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.reporting.figures import (
    cash_conversion_cycle,
    count_back_dso,
    days_outstanding,
    line_fill,
    median,
    on_time_in_full,
    order_fill,
    share,
)
from o2c_xl.domain.reporting.report import Better, Column, Figure, Page, ReportData, Rows, Unit
from o2c_xl.ledger.receivables.aging import Aging, aging, balances
from o2c_xl.ledger.reporting.cash import cash_page, disputes_page, losses_of
from o2c_xl.ledger.reporting.goods import (
    STEPS,
    Line,
    Shortage,
    backorders_page,
    fulfilment_page,
    lines_of_period,
    shortages,
    step_days,
)
from o2c_xl.ledger.reporting.money import (
    Sales,
    aging_page,
    flow,
    months_back,
    names_of,
    sales_page,
    sales_per_day,
)
from o2c_xl.ledger.reporting.reconciliation import reconciliation_page
from o2c_xl.ledger.reporting.suppliers import suppliers_page

__all__ = ["report_data"]

_MONTHS = 12
_ONE_DAY = dt.timedelta(days=1)
_BACKLOG = "Net of orders to the last day not shipped, now"
_BACKORDERED = "Lines with more to ship than is set aside, now"
_UNAPPLIED = "Credits, prepayments, receipts of nobody known"
_WAITING = "Orders, approvals and payments that stopped, now"


@dataclass(frozen=True, slots=True)
class _Span:
    """What is known of one period; `before` is the same number of days just before it."""

    first: dt.date
    last: dt.date
    sales: Sales
    aging: Aging
    lines: list[Line]
    steps: dict[str, list[int]]
    stock: Decimal
    payables: Decimal
    cost: Decimal
    currency: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def net_sales(self) -> Decimal:
        return self.sales.net

    def receivables(self) -> Decimal:
        return self.aging.accounts.get(self.currency, ZERO)

    def dso(self) -> Decimal | None:
        return days_outstanding(self.receivables(), self.sales.total, self.days)

    def late(self) -> Decimal | None:
        """The share of what is open that is past due."""
        rows = [row for row in self.aging.totals if row.currency == self.currency]
        return share(sum((row.overdue for row in rows), ZERO), sum((row.overdue + row.not_due for row in rows), ZERO))

    def dio(self) -> Decimal | None:
        return days_outstanding(self.stock, self.cost, self.days)

    def dpo(self) -> Decimal | None:
        return days_outstanding(self.payables, self.cost, self.days)

    def cycle(self) -> Decimal | None:
        return cash_conversion_cycle(self.dio(), self.dso(), self.dpo())

    def unapplied(self) -> Decimal:
        """What customers paid or were credited and no invoice has taken up."""
        found, currency = self.aging, self.currency
        credits_ = sum((row.credits for row in found.totals if row.currency == currency), ZERO)
        prepaid = sum((amount for (_, of), amount in found.prepaid.items() if of == currency), ZERO)
        return credits_ + prepaid + found.unidentified.get(currency, ZERO)


_Told = tuple[str, Callable[[_Span], Decimal | None], Unit, Better, str, str]


def report_data(
    conn: Connection,
    first: dt.date,
    last: dt.date,
    day: dt.date,
    policy: Policy,
    waiting: Iterable[tuple[Any, ...]] = (),
) -> ReportData:
    """The report on `first` to `last`, made on `day`; `waiting` are the rows of the table Waiting.

    Amounts are in the company's currency. Backlog, backorders and what waits are as the books stand
    now, without orders after `last`.
    """
    currency = policy.currency
    length = last - first + _ONE_DAY
    since = min(months_back(last, _MONTHS)[0], first - length)
    sales = sales_per_day(conn, since, last, currency)
    now = _span(conn, first, last, sales, currency)
    before = _span(conn, first - length, first - _ONE_DAY, sales, currency)
    short = shortages(conn, last)
    waits = list(waiting)
    figures = (
        *_money_figures(now, before, sales),
        *_goods_figures(now, before),
        *_standing_figures(now, before, short, len(waits)),
    )
    pages = (
        sales_page(conn, sales, (first, last), currency, months=_MONTHS),
        fulfilment_page(now.lines, now.steps),
        backorders_page(short, last),
        aging_page(conn, now.aging, currency, losses_of(now.aging, policy.bad_debt_percents)),
        cash_page(conn, last, currency, names_of(conn)),
        disputes_page(conn, first, last),
        reconciliation_page(conn, first, last),
        suppliers_page(conn, first, last),
        _waiting_page(waits),
    )
    name = policy.company.get("Company name", "")
    return ReportData(name, currency, policy.country, first, last, day, figures, pages)


def _span(conn: Connection, first: dt.date, last: dt.date, sales: dict[dt.date, Sales], currency: str) -> _Span:
    def balance(account: Account) -> Decimal:
        return balances(conn, account, last).get(currency, ZERO)

    return _Span(
        first,
        last,
        sum((one for day, one in sales.items() if first <= day <= last), Sales()),
        aging(conn, last),
        lines_of_period(conn, first, last),
        step_days(conn, first, last),
        balance(Account.STOCK),
        -balance(Account.PAYABLES) - balance(Account.GOODS_RECEIVED),
        flow(conn, Account.COST_OF_GOODS, first, last, currency),
        currency,
    )


def _money_figures(now: _Span, before: _Span, sales: dict[dt.date, Sales]) -> list[Figure]:
    back = count_back_dso(now.receivables(), _months_newest_first(now.last, sales))
    counted = f"; counted back {back:.0f}" if back is not None else ""
    unshipped = "" if now.cost else "Nothing was shipped in the period"
    dso = f"Receivables ÷ gross sales{counted}" if now.sales.total else "No sales in the period"
    late = "Past due ÷ open invoices" if now.late() is not None else "Nothing is open"
    dio, dpo = "Stock ÷ cost of goods sold × days", "Owed to suppliers ÷ cost of goods sold × days"
    cycle = "DIO + DSO − DPO, on cost of goods" if now.cycle() is not None else "Needs sales and cost"
    told: tuple[_Told, ...] = (
        ("Sales", _Span.net_sales, Unit.MONEY, Better.UP, "Sales", "Invoiced less credited, net"),
        ("Receivables", _Span.receivables, Unit.MONEY, Better.NEITHER, "Aging", "At the period's end"),
        ("DSO", _Span.dso, Unit.DAYS, Better.DOWN, "Aging", dso),
        ("Overdue share", _Span.late, Unit.SHARE, Better.DOWN, "Aging", late),
        ("DIO", _Span.dio, Unit.DAYS, Better.DOWN, "Sales", unshipped or dio),
        ("DPO", _Span.dpo, Unit.DAYS, Better.NEITHER, "Suppliers", unshipped or dpo),
        ("Cash conversion", _Span.cycle, Unit.DAYS, Better.DOWN, "Aging", cycle),
    )
    return [
        Figure(name, find(now), unit, find(before), better, page, note) for name, find, unit, better, page, note in told
    ]


def _standing_figures(now: _Span, before: _Span, short: Sequence[Shortage], waits: int) -> list[Figure]:
    """What waits: as the books stand now, but for the cash at the period's end."""
    backlog = sum((one.worth(one.to_ship) for one in short), ZERO)
    lines = Decimal(sum(one.short > ZERO for one in short))
    cash, cash_before = now.unapplied(), before.unapplied()
    told: tuple[tuple[str, Decimal, Unit, Decimal | None, Better, str, str], ...] = (
        ("Backlog", backlog, Unit.MONEY, None, Better.NEITHER, "Backorders", _BACKLOG),
        ("Backordered lines", lines, Unit.COUNT, None, Better.DOWN, "Backorders", _BACKORDERED),
        ("Unapplied cash", cash, Unit.MONEY, cash_before, Better.DOWN, "Aging", _UNAPPLIED),
        ("Waiting for a person", Decimal(waits), Unit.COUNT, None, Better.DOWN, "Waiting", _WAITING),
    )
    return [Figure(*one) for one in told]


def _months_newest_first(last: dt.date, sales: dict[dt.date, Sales]) -> list[tuple[int, Decimal]]:
    periods = []
    end = last
    for month in reversed(months_back(last, _MONTHS)):
        total = sum((one.total for day, one in sales.items() if month <= day <= end), ZERO)
        periods.append(((end - month).days + 1, total))
        end = month - _ONE_DAY
    return periods


def _goods_figures(now: _Span, before: _Span) -> list[Figure]:
    def seen(span: _Span) -> list[Any]:
        return [line.seen for line in span.lines]

    none = "No line of the period was due"
    cash = now.steps[STEPS[-1]]
    worst = _slowest(now.steps)
    return [
        Figure(
            name, find(seen(now)), Unit.SHARE, find(seen(before)), Better.UP, "Fulfilment", note if now.lines else none
        )
        for name, find, note in (
            ("Order fill", order_fill, "Orders with every line shipped in full"),
            ("Line fill", line_fill, "Lines shipped in full"),
            ("On time in full", on_time_in_full, "Orders in full and no later than promised"),
        )
    ] + [
        Figure(
            "Order to cash",
            median(cash),
            Unit.DAYS,
            median(before.steps[STEPS[-1]]),
            Better.DOWN,
            "Fulfilment",
            f"Median of paid orders{worst}" if cash else "No order of the period is paid yet",
        )
    ]


def _slowest(steps: dict[str, list[int]]) -> str:
    known = [(median(steps[step]) or ZERO, step) for step in STEPS[:-1] if steps[step]]
    return f"; slowest: {max(known)[1].lower()}" if known and max(known)[0] else ""


def _waiting_page(rows: list[tuple[Any, ...]]) -> Page:
    return Page(
        "Waiting",
        "What stops, for whom, and what is to be done?",
        "As the books stand now.",
        (
            Rows(
                "WaitingNow",
                (
                    Column("Subject", width=16),
                    Column("What stops it", width=30),
                    Column("For", width=20),
                    Column("Since", Unit.DATE),
                    Column("What to do", width=80),
                ),
                rows,
            ),
        ),
    )
