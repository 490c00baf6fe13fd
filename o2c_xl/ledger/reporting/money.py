"""Sales and receivables as the report counts them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, func, select

from o2c_xl.domain.chart import Account
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import overdue
from o2c_xl.domain.reporting.report import Check, Column, Page, Rows, Unit
from o2c_xl.ledger import schema
from o2c_xl.ledger.receivables.aging import Aging, open_items_at

__all__ = [
    "Sales",
    "aging_page",
    "flow",
    "late_payers",
    "months_back",
    "names_of",
    "sales_page",
    "sales_per_day",
]

_inv = schema.invoices.c
_BUCKETS = ("Not due", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")
_BY_AGE = (
    Column("Age", width=16),
    Column("Open", Unit.MONEY, 26, total=True),
    Column("Share", Unit.SHARE),
)
_LATE = (
    Column("Customer ID", width=16),
    Column("Name", width=26),
    Column("Overdue", Unit.MONEY, total=True),
    Column("Days late", Unit.COUNT),
)
_BY_CUSTOMER = (
    Column("Customer ID", width=16),
    Column("Name", width=26),
    Column("Currency"),
    *(Column(name, Unit.MONEY, total=True) for name in (*_BUCKETS, "Credits", "Total")),
)
_BESIDE = (
    Column("Customer ID", width=16),
    Column("What", width=26),
    Column("Currency"),
    Column("Amount", Unit.MONEY),
)


@dataclass(frozen=True, slots=True)
class Sales:
    """What was invoiced less what was credited: net of tax, with tax, and how many invoices."""

    net: Decimal = ZERO
    total: Decimal = ZERO
    invoices: int = 0

    def __add__(self, other: Sales) -> Sales:
        return Sales(self.net + other.net, self.total + other.total, self.invoices + other.invoices)


def sales_per_day(conn: Connection, first: dt.date, last: dt.date, currency: str) -> dict[dt.date, Sales]:
    """Sales of each day of a period that had any; items brought along from before are none."""
    columns = (_inv.invoice_date, _inv.kind, func.sum(_inv.net), func.sum(_inv.total), func.count())
    statement = (
        select(*columns)
        .where(_inv.entry.is_not(None), _inv.opening.is_(False), _inv.currency == currency)
        .where(_inv.invoice_date >= first, _inv.invoice_date <= last)
        .group_by(_inv.invoice_date, _inv.kind)
    )
    days: dict[dt.date, Sales] = {}
    for day, kind, net, total, count in conn.execute(statement):
        more = Sales(net, total, count if kind == "Invoice" else 0)
        days[day] = days.get(day, Sales()) + more
    return days


def months_back(last: dt.date, count: int) -> list[dt.date]:
    """The first days of the `count` months up to the one of `last`, oldest first."""
    months = [last.year * 12 + last.month - 1 - back for back in range(count)]
    return [dt.date(month // 12, month % 12 + 1, 1) for month in reversed(months)]


def flow(conn: Connection, account: Account, first: dt.date, last: dt.date, currency: str) -> Decimal:
    """What was posted to an account in a period, debits less credits."""
    c = schema.postings.c
    statement = select(func.sum(c.amount)).where(
        c.account == str(account), c.currency == currency, c.day >= first, c.day <= last
    )
    found: Decimal | None = conn.execute(statement).scalar()
    return found or ZERO


def names_of(conn: Connection) -> dict[str, str]:
    """Customers' names."""
    c = schema.customers.c
    return {row.customer_id: row.name for row in conn.execute(select(c.customer_id, c.name))}


def sales_page(
    conn: Connection, days: Mapping[dt.date, Sales], period: tuple[dt.date, dt.date], currency: str, *, months: int
) -> Page:
    """Sales by month, and by customer in the period."""
    per_month = {month: Sales() for month in months_back(period[1], months)}
    for day, sales in days.items():
        first = day.replace(day=1)
        if first in per_month:
            per_month[first] += sales
    by_month = [
        (f"{month:%Y-%m}", sales.invoices, sales.net, sales.total - sales.net, sales.total)
        for month, sales in per_month.items()
    ]
    return Page(
        "Sales",
        "What did we sell, and to whom?",
        f"Invoices less credit notes by invoice date, in {currency}. Items brought along from before do not count.",
        (
            Rows(
                "SalesByMonth",
                (
                    Column("Month", width=16),
                    Column("Invoices", Unit.COUNT, 26, total=True),
                    Column("Net", Unit.MONEY, total=True),
                    Column("Tax", Unit.MONEY, total=True),
                    Column("Total", Unit.MONEY, total=True),
                ),
                by_month,
                "By month",
            ),
            _by_customer(conn, period, currency),
        ),
    )


def _by_customer(conn: Connection, period: tuple[dt.date, dt.date], currency: str) -> Rows:
    statement = (
        select(_inv.customer_id, func.count(), func.sum(_inv.net), func.sum(_inv.total))
        .where(_inv.entry.is_not(None), _inv.opening.is_(False), _inv.currency == currency)
        .where(_inv.invoice_date >= period[0], _inv.invoice_date <= period[1])
        .group_by(_inv.customer_id)
    )
    found = sorted(((net, customer, count, total) for customer, count, net, total in conn.execute(statement)))
    whole = sum((row[0] for row in found), ZERO)
    names = names_of(conn)
    rows = [
        (customer, names.get(customer, ""), net, total - net, total, count, net / whole if whole else None)
        for net, customer, count, total in sorted(found, key=lambda row: (-row[0], row[1]))
    ]
    return Rows(
        "SalesByCustomer",
        (
            Column("Customer ID", width=16),
            Column("Name", width=26),
            Column("Net", Unit.MONEY, total=True),
            Column("Tax", Unit.MONEY, total=True),
            Column("Total", Unit.MONEY, total=True),
            Column("Papers", Unit.COUNT, total=True),
            Column("Share", Unit.SHARE),
        ),
        rows,
        "By customer, in the period; papers are invoices and credit notes",
    )


# --- aging -----------------------------------------------------------------------------------------------------


def late_payers(conn: Connection, day: dt.date, currency: str, most: int = 8) -> list[tuple[str, str, Decimal, int]]:
    """Who owes most that is past due: customer, name, amount, days since the oldest was due."""
    names = names_of(conn)
    late = overdue(open_items_at(conn, day), day)
    found = [
        (customer, names.get(customer, ""), one.amount, one.days)
        for (customer, of), one in late.items()
        if of == currency
    ]
    return sorted(found, key=lambda row: (-row[2], row[0]))[:most]


def aging_page(conn: Connection, found: Aging, currency: str, losses: Rows) -> Page:
    """Aging by customer, equal to the receivables account; what customers paid beside it stands apart."""
    return Page(
        "Aging",
        "Who owes us how much, and how late is it?",
        f"Open invoices at the end of {found.day} by the due date of each instalment; credit notes and payments not "
        "yet applied are credits.",
        (
            Rows("AgingByAge", _BY_AGE, _by_age(found, currency), f"By days late, in {currency}, before credits"),
            Rows(
                "LatePayers",
                _LATE,
                late_payers(conn, found.day, currency),
                f"Who owes most that is past due, in {currency}; disputed items are left out",
            ),
            Rows("AgingByCustomer", _BY_CUSTOMER, _aged(found, names_of(conn)), "By customer"),
            Rows(
                "PaidBeside",
                _BESIDE,
                _beside(found),
                "Not part of receivables: prepayments wait for their orders, unidentified receipts for their customers",
            ),
            losses,
        ),
        tuple(_equality(found)),
    )


def _by_age(found: Aging, currency: str) -> list[tuple[str, Decimal, Decimal | None]]:
    """Each bucket's amount, and its share of what is open (a fraction)."""
    own = next((row for row in found.totals if row.currency == currency), None)
    amounts = (own.not_due, own.days_1_30, own.days_31_60, own.days_61_90, own.over_90) if own else (ZERO,) * 5
    whole = sum(amounts, ZERO)
    return [(name, part, part / whole if whole else None) for name, part in zip(_BUCKETS, amounts, strict=True)]


def _aged(found: Aging, names: Mapping[str, str]) -> list[tuple[str | Decimal, ...]]:
    return [
        (
            row.customer,
            names.get(row.customer, ""),
            row.currency,
            row.not_due,
            row.days_1_30,
            row.days_31_60,
            row.days_61_90,
            row.over_90,
            row.credits,
            row.total,
        )
        for row in found.rows
    ]


def _beside(found: Aging) -> list[tuple[str, str, str, Decimal]]:
    rows = [(customer, "Prepayment", currency, amount) for (customer, currency), amount in found.prepaid.items()]
    return rows + [("", "Unidentified receipt", currency, amount) for currency, amount in found.unidentified.items()]


def _equality(found: Aging) -> Iterable[Check]:
    own = {row.currency: row.total for row in found.totals}
    for currency in sorted({*own, *found.accounts}):
        yield Check(
            "Aging equals the receivables account",
            found.accounts.get(currency, ZERO),
            own.get(currency, ZERO),
            currency,
        )
