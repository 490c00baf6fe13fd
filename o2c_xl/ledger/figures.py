"""The report's data: key figures beside those of the period before, and the rows that they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from o2c_xl.domain.chart import Account
from o2c_xl.domain.figures import (
    cash_conversion_cycle,
    count_back_dso,
    days_outstanding,
    line_fill,
    median,
    on_time_in_full,
    order_fill,
    share,
)
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.report import Better, Column, Figure, Page, ReportData, Rows, Unit
from o2c_xl.domain.settings import Policy
from o2c_xl.ledger.aging import Aging, aging, balances
from o2c_xl.ledger.report_goods import (
    STEPS,
    Line,
    backorders_page,
    fulfilment_page,
    lines_of_period,
    shortages,
    step_days,
    suppliers_page,
)
from o2c_xl.ledger.report_money import (
    Sales,
    aging_page,
    flow,
    months_back,
    reconciliation_page,
    sales_page,
    sales_per_day,
)

__all__ = ["report_data"]

_MONTHS = 12
_ONE_DAY = dt.timedelta(days=1)


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

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def report_data(
    conn: Connection,
    first: dt.date,
    last: dt.date,
    day: dt.date,
    policy: Policy,
    waiting: Iterable[tuple[Any, ...]] = (),
) -> ReportData:
    """The report on `first` to `last`, made on `day`; `waiting` are the rows of the table Waiting.

    Amounts are in the company's currency. Backlog, backorders and what waits are as the books stand now.
    """
    currency = policy.currency
    length = last - first + _ONE_DAY
    since = min(months_back(last, _MONTHS)[0], first - length)
    sales = sales_per_day(conn, since, last, currency)
    now = _span(conn, first, last, sales, currency)
    before = _span(conn, first - length, first - _ONE_DAY, sales, currency)
    short = shortages(conn)
    waits = list(waiting)
    figures = (
        *_money_figures(now, before, sales, currency),
        *_goods_figures(now, before),
        Figure(
            "Backlog",
            sum((one.worth(one.to_ship) for one in short), ZERO),
            Unit.MONEY,
            None,
            Better.NEITHER,
            "Backorders",
            "Net of what is ordered and not yet shipped, now",
        ),
        Figure(
            "Backordered lines",
            Decimal(sum(one.short > ZERO for one in short)),
            Unit.COUNT,
            None,
            Better.DOWN,
            "Backorders",
            "Lines with more to ship than is set aside, now",
        ),
        Figure(
            "Unapplied cash",
            _unapplied(now.aging, currency),
            Unit.MONEY,
            _unapplied(before.aging, currency),
            Better.DOWN,
            "Aging",
            "Credits, prepayments, receipts of nobody known",
        ),
        Figure(
            "Waiting for a person",
            Decimal(len(waits)),
            Unit.COUNT,
            None,
            Better.DOWN,
            "Waiting",
            "Orders, approvals and payments that stopped, now",
        ),
    )
    pages = (
        sales_page(conn, sales, (first, last), currency, months=_MONTHS),
        fulfilment_page(now.lines, now.steps),
        backorders_page(short),
        aging_page(conn, now.aging, currency),
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
    )


def _money_figures(now: _Span, before: _Span, sales: dict[dt.date, Sales], currency: str) -> list[Figure]:
    def dso(span: _Span) -> Decimal | None:
        return days_outstanding(span.aging.accounts.get(currency, ZERO), span.sales.total, span.days)

    def late(span: _Span) -> Decimal | None:
        rows = [row for row in span.aging.totals if row.currency == currency]
        return share(sum((row.overdue for row in rows), ZERO), sum((row.overdue + row.not_due for row in rows), ZERO))

    def dio(span: _Span) -> Decimal | None:
        return days_outstanding(span.stock, span.cost, span.days)

    def dpo(span: _Span) -> Decimal | None:
        return days_outstanding(span.payables, span.cost, span.days)

    def cycle(span: _Span) -> Decimal | None:
        return cash_conversion_cycle(dio(span), dso(span), dpo(span))

    def receivables(span: _Span) -> Decimal:
        return span.aging.accounts.get(currency, ZERO)

    back = count_back_dso(receivables(now), _months_newest_first(now.last, sales))
    counted = f"; counted back {back:.0f}" if back is not None else ""
    return [
        Figure("Sales", now.sales.net, Unit.MONEY, before.sales.net, Better.UP, "Sales", "Invoiced less credited, net"),
        Figure(
            "Receivables",
            receivables(now),
            Unit.MONEY,
            receivables(before),
            Better.NEITHER,
            "Aging",
            "At the period's end",
        ),
        Figure(
            "DSO",
            dso(now),
            Unit.DAYS,
            dso(before),
            Better.DOWN,
            "Aging",
            f"Receivables ÷ gross sales{counted}" if now.sales.total else "No sales in the period",
        ),
        Figure(
            "Overdue share",
            late(now),
            Unit.SHARE,
            late(before),
            Better.DOWN,
            "Aging",
            "Past due ÷ open invoices" if late(now) is not None else "Nothing is open",
        ),
        Figure(
            "DIO",
            dio(now),
            Unit.DAYS,
            dio(before),
            Better.DOWN,
            "Sales",
            "Stock ÷ cost of goods sold × days" if now.cost else "Nothing was shipped in the period",
        ),
        Figure(
            "DPO",
            dpo(now),
            Unit.DAYS,
            dpo(before),
            Better.NEITHER,
            "Suppliers",
            "Owed to suppliers ÷ cost of goods sold × days" if now.cost else "Nothing was shipped in the period",
        ),
        Figure(
            "Cash conversion",
            cycle(now),
            Unit.DAYS,
            cycle(before),
            Better.DOWN,
            "Aging",
            "DIO + DSO − DPO, on cost of goods" if cycle(now) is not None else "Needs sales and cost",
        ),
    ]


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


def _unapplied(found: Aging, currency: str) -> Decimal:
    credits_ = sum((row.credits for row in found.totals if row.currency == currency), ZERO)
    prepaid = sum((amount for (_, of), amount in found.prepaid.items() if of == currency), ZERO)
    return credits_ + prepaid + found.unidentified.get(currency, ZERO)


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
