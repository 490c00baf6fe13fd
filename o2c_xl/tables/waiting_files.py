"""Dropped files that wait for a person: refused ones that nobody mended yet, and those that cannot be taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from o2c_xl.ledger import schema as s

__all__ = ["waiting_files"]

_SALES = "Sales"
# The department that knows whom to ask, by the kind of drop folder; Sales for any other.
_FOR = {
    "receipts": "Warehouse",
    "stock-counts": "Warehouse",
    "payments": "Finance",
    "bank": "Finance",
    "prices": "Purchasing",
}


def waiting_files(conn: Connection) -> Iterator[tuple[Any, ...]]:
    """Rows of the table Waiting: subject, what stops it, for whom, since, what to do."""
    c, i = s.files.c, s.issues.c
    faults = (
        select(i.source, func.count().label("faults"), func.min(i.since).label("since")).group_by(i.source).subquery()
    )
    refused = (
        select(c.file, c.kind, c.stored_as, faults.c.faults, faults.c.since)
        .join(faults, faults.c.source == c.file)
        .where(c.fate == "Set aside")
        .order_by(c.seen)
    )
    for row in conn.execute(refused):
        number = f"{row.faults} {'fault' if row.faults == 1 else 'faults'}"
        marked = f"mend the marked copy beside {row.stored_as} and drop it again, or delete the file there."
        todo = f"{number}: {marked if row.stored_as else 'mend the file and load it again.'}"
        yield row.file, "File set aside", _FOR.get(row.kind, _SALES), row.since, todo
    left = select(c.file, c.seen, c.why).where(c.fate == "Waiting").order_by(c.file)
    for name, seen, why in conn.execute(left):
        yield name, "File waits in its drop folder", _SALES, _day(seen), why


def _day(seen: str) -> dt.date:
    return dt.date.fromisoformat(seen[:10])
