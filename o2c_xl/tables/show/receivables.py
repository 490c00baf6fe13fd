"""The rows of the sheets Aging and CreditExposure, from the ledger as of a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.domain.credit.account import CreditCustomer
from o2c_xl.domain.money import places
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.receivables.bad_debt import allowance
from o2c_xl.domain.receivables.open_items import AgingRow
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.credit.facts import exposed_accounts
from o2c_xl.ledger.receivables.aging import aging

__all__ = ["aging_rows", "exposure_rows"]

Rows = list[tuple[Any, ...]]


def aging_rows(conn: Connection, day: dt.date, policy: Policy) -> Rows:
    """What is owed at the end of the day by customer and currency, with those that only paid in advance."""
    found = aging(conn, day)
    rows = {(row.customer, row.currency): row for row in found.rows}
    for key in found.prepaid:
        rows.setdefault(key, AgingRow(*key))
    c = s.customers.c
    names = {row.customer_id: row.name for row in conn.execute(select(c.customer_id, c.name))}
    return [
        (
            *key,
            names.get(key[0], ""),
            row.not_due,
            row.days_1_30,
            row.days_31_60,
            row.days_61_90,
            row.over_90,
            row.credits,
            row.total,
            found.prepaid.get(key),
            allowance(row, policy.bad_debt_percents),
        )
        for key, row in sorted(rows.items())
    ]


def _beside(one: CreditCustomer) -> str:
    """What the account has in other currencies, which no amount of the row has in it."""
    owed = [f"{other.owed:.{places(other.currency)}f} {other.currency}" for other in one.others if other.owed]
    return f"Besides: {' and '.join(owed)} owed or ordered, not compared with the limit." if owed else ""


def exposure_rows(conn: Connection, day: dt.date, policy: Policy) -> Rows:
    """Each account that owes, has something confirmed or a limit, with the terms of its exposure."""
    c = s.customers.c
    columns = (c.customer_id, c.name, c.credit_status, c.credit_why)
    known = {row.customer_id: row for row in conn.execute(select(*columns))}
    rows = []
    for key, one in sorted(exposed_accounts(conn, day, policy).items()):
        row = known.get(key)
        rows.append(
            (
                key,
                row.name if row else "",
                one.currency,
                one.open_receivables,
                one.confirmed_not_invoiced,
                one.credits,
                one.exposure,
                one.limit,
                one.available,
                one.overdue.amount,
                one.overdue.days or None,
                row.credit_status if row else "",
                " ".join(text for text in (row.credit_why if row else "", _beside(one)) if text),
            )
        )
    return rows
