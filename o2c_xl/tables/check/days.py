"""Days on which something happened: a year typed wrongly is told at its cell, before it moves money between years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.define.spec import field_of
from o2c_xl.tables.known.rows import existing_rows
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_days", "check_returned_on"]

_FIRST = dt.date(1980, 1, 1)  # before it nobody kept books with a computer that could bring rows
_AHEAD = dt.timedelta(days=366)
_BACK = dt.timedelta(days=400)
_TYPED_AHEAD = dt.timedelta(days=31)  # this day with next year's number is beyond it
_OF_OLD = frozenset({"OpeningItems"})  # what stood open in other books may be as old as it likes


def check_days(txn: Txn, rows: RowSet) -> None:
    """Mark days of facts more than a year ahead, before 1980, or in a workbook long before today or a month ahead.

    People type what happened lately. What happened long ago comes by file, as another program kept it, and stays as it
    is in the row that shows it.
    """
    for column in rows.table.typed:
        if column.happened and column.field in rows.columns:
            days = rows.columns[column.field]
            odd = {day: told for day in set(days) if (told := _odd(day, txn.day))}
            for i, day in enumerate(days if odd else ()):
                if day in odd:
                    rows.fault(i, column.field, odd[day], "Check the year.")
            if rows.shared and rows.table.name not in _OF_OLD:
                _check_typed(txn, rows, column.field)


def _check_typed(txn: Txn, rows: RowSet, name: str) -> None:
    """A day far back, or ahead, that the ledger does not hold beside that row already."""
    first, last = txn.day - _BACK, txn.day + _TYPED_AHEAD
    far = [i for i, day in enumerate(rows.columns[name]) if day is not None and not first <= day <= last]
    far = [i for i in far if _FIRST <= rows.columns[name][i] <= txn.day + _AHEAD and not _takes_back(rows, i)]
    known = existing_rows(txn, schema.metadata.tables[field_of(rows.table.title)], rows.select(far)) if far else {}
    for i in far:
        day = rows.columns[name][i]
        if getattr(known.get(rows.key(i)), name, None) != day:
            rows.fault(i, name, *(_old if day < first else _to_come)(day, txn.day))


def _old(day: dt.date, today: dt.date) -> tuple[str, str]:
    fix = "Check the year; what really is that old is brought by a file (o2c load)."
    return f"{day} is more than {_BACK.days} days before {today}.", fix


def _to_come(day: dt.date, today: dt.date) -> tuple[str, str]:
    fix = "Check the year: type the day on which it happened."
    return f"{day} is more than {_TYPED_AHEAD.days} days after {today}.", fix


def _takes_back(rows: RowSet, i: int) -> bool:
    """Whether the row takes an old payment back, on that one's day."""
    amount = rows.columns["amount"][i] if rows.table.name == "Payments" and "amount" in rows.columns else None
    return amount is not None and amount < 0


def check_returned_on(txn: Txn, rows: RowSet) -> None:
    """Mark returns of a day before the first shipment of their order; where nothing has left yet, before it came."""
    known = existing_rows(txn, schema.returns, rows)
    days, orders = rows.columns.get("returned_on", ()), rows.columns.get("order", [None] * len(rows))
    new = {i: day for i, day in enumerate(days) if day and day != getattr(known.get(rows.key(i)), "returned_on", None)}
    of = {i: orders[i] or getattr(known.get(rows.key(i)), "order", "") for i in new}
    first = _first_days(txn, set(of.values()))
    for i, day in new.items():
        begun, what = first.get(of[i], (day, ""))
        if day < begun:
            problem = f"{day} is before order {of[i]} {what} on {begun}."
            rows.fault(i, "returned_on", problem, "Enter the day on which the goods came back.")


def _first_days(txn: Txn, orders: Collection[str]) -> dict[str, tuple[dt.date, str]]:
    """By order the day of its first shipment, else its own, and what happened then."""
    o, s = schema.orders.c, schema.shipments.c
    came = rows_by_key(txn.conn, [o.order, o.order_date], o.order, orders, o.order_date.is_not(None))
    first = {row.order: (row.order_date, "came") for row in came}
    sent: dict[str, dt.date] = {}
    for row in rows_by_key(txn.conn, [s.order, s.shipped_on], s.order, orders, s.shipped_on.is_not(None)):
        sent[row.order] = min(row.shipped_on, sent.get(row.order, row.shipped_on))
    return first | {order: (day, "went out") for order, day in sent.items()}


def _odd(day: dt.date | None, today: dt.date) -> str:
    if day is None:
        return ""
    if day > today + _AHEAD:
        return f"{day} is more than a year ahead of {today}."
    return f"{day} is before {_FIRST.year}." if day < _FIRST else ""
