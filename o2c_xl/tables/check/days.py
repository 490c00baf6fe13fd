"""Days on which something happened: a year typed wrongly is told at its cell, before it moves money between years."""

from __future__ import annotations

import datetime as dt

from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.define.spec import field_of
from o2c_xl.tables.known.rows import existing_rows
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_days"]

_FIRST = dt.date(1980, 1, 1)  # before it nobody kept books with a computer that could bring rows
_AHEAD = dt.timedelta(days=366)
_BACK = dt.timedelta(days=400)
_OF_OLD = frozenset({"OpeningItems"})  # what stood open in other books may be as old as it likes


def check_days(txn: Txn, rows: RowSet) -> None:
    """Mark days of facts that lie more than a year ahead, before 1980, or in a workbook long before today.

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
    """A day far back that the ledger does not hold beside that row already."""
    first = txn.day - _BACK
    old = [i for i, day in enumerate(rows.columns[name]) if day is not None and _FIRST <= day < first]
    known = existing_rows(txn, schema.metadata.tables[field_of(rows.table.title)], rows.select(old)) if old else {}
    for i in old:
        day = rows.columns[name][i]
        if getattr(known.get(rows.key(i)), name, None) != day:
            problem = f"{day} is more than {_BACK.days} days before {txn.day}."
            rows.fault(i, name, problem, "Check the year; what really is that old is brought by a file (o2c load).")


def _odd(day: dt.date | None, today: dt.date) -> str:
    if day is None:
        return ""
    if day > today + _AHEAD:
        return f"{day} is more than a year ahead of {today}."
    return f"{day} is before {_FIRST.year}." if day < _FIRST else ""
