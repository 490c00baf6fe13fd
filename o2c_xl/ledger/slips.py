"""Slips that wait to be posted (receipts, counts, returns, bills, opening items), read in batches and kept at fault.

A slip that could not be posted is tried again at each run, since the reason may have gone; it is recorded again only
when the sentence changed, so that a run that can do nothing leaves the journal as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, select

from o2c_xl.domain.goods.slips import NOT_POSTED, PENDING
from o2c_xl.domain.ordering.orders import natural_key
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["mark_faults", "pending_slips", "still_pending_slips"]


def pending_slips(
    ledger: Ledger, day: date, table: Table, dated: Column[date], statuses: Sequence[str] = PENDING
) -> list[list[str]]:
    """Keys of the slips in these statuses, in batches of up to 500, by their date and then by their key."""
    key = next(iter(table.primary_key))
    with ledger.reading() as conn:
        found = conn.execute(select(key, dated).where(table.c.status.in_(statuses))).all()
    return list(chunks(row[0] for row in sorted(found, key=lambda row: (row[1] or day, natural_key(row[0])))))


def still_pending_slips(
    conn: Connection, table: Table, keys: Sequence[str], statuses: Sequence[str] = PENDING
) -> list[Any]:
    """The slips of a batch, in its sequence, that no other program has posted meanwhile."""
    key = next(iter(table.primary_key))
    rows = {getattr(row, key.name): row for row in rows_by_key(conn, table, key, keys)}
    return [rows[one] for one in keys if one in rows and rows[one].status in statuses]


def mark_faults(
    txn: Txn, table: Table, event: str, rows: Sequence[Row[Any]], faults: Mapping[str, str], status: str = NOT_POSTED
) -> int:
    """Keep the sentence of each slip at fault, unless it stands there already; returns how many are new."""
    key = next(iter(table.primary_key)).name
    changed = []
    for row in rows:
        problem = faults.get(getattr(row, key))
        if problem is not None and (row.status, row.problem) != (status, problem):
            txn.record(event, getattr(row, key), {"problem": problem})
            changed.append({key: getattr(row, key), "status": status, "problem": problem})
    txn.update(table, changed)
    return len(changed)
