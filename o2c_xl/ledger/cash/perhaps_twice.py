"""Money that stands in the books twice, it may be: typed by a person, and brought by the bank."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["perhaps_twice"]

_DAYS = dt.timedelta(days=5)
"""So many days a transfer is on its way at most; a line of the bank is held against typed payments as far back."""


def perhaps_twice(conn: Connection, unapplied: Sequence[Any]) -> dict[str, tuple[Any, str]]:
    """Of payments none of which is applied the one other of the same amount near their day, and the number typed.

    Only where one of the two was typed and the other came from the bank, of the same customer as far as both are
    known. `unapplied` are rows with `payment`, `account`, `paid_on`, `amount`, `unapplied` and `currency`.
    """
    rows = [row for row in unapplied if row.amount == row.unapplied and row.amount > 0]
    pay, line = schema.payments.c, schema.bank_lines.c
    near: dict[tuple[Any, str], list[Any]] = defaultdict(list)
    columns = (pay.payment, pay.account, pay.paid_on, pay.amount, pay.currency)
    if rows:
        first, last = min(row.paid_on for row in rows) - _DAYS, max(row.paid_on for row in rows) + _DAYS
        amounts = {row.amount for row in rows}
        where = (pay.paid_on.between(first, last), pay.held_on != "", pay.reverses == "")
        for one in conn.execute(select(*columns).where(*where)):
            if one.amount in amounts:
                near[one.amount, one.currency].append(one)
    banks = {
        one.payment
        for one in rows_by_key(
            conn, [line.payment], line.payment, {one.payment for each in near.values() for one in each}
        )
    }
    found = {}
    for row in rows:
        others = [one for one in near[row.amount, row.currency] if _alike(row, one, banks)]
        if len(others) == 1:
            found[row.payment] = (others[0], others[0].payment if row.payment in banks else row.payment)
    return found


def _alike(row: Any, other: Any, banks: set[str]) -> bool:  # noqa: ANN401 -- rows
    same_customer = not row.account or not other.account or row.account == other.account
    one_of_each = (row.payment in banks) != (other.payment in banks)
    return one_of_each and same_customer and abs(row.paid_on - other.paid_on) <= _DAYS
