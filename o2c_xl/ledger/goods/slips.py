"""Slips that wait to be posted (receipts, counts, bills): read in batches, and what is wrong with one kept beside it.

A slip that could not be posted is tried again at each run, since the reason may have gone; it is recorded again only
when the sentence changed, so that a run that can do nothing leaves the journal as it was.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Row, Table, select

from o2c_xl.domain.goods.slips import NOT_POSTED, PENDING
from o2c_xl.domain.ordering.orders import natural_key
from o2c_xl.ledger.lookups import CHUNK, rows_by_key
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["mark_faults", "slip_batches"]


def slip_batches(
    ledger: Ledger, day: date, table: Table, dated: Column[date], statuses: Sequence[str] = PENDING
) -> Generator[tuple[Txn, list[Any]], None, None]:
    """Slips in these statuses, a batch of up to 500 per transaction, by their date and then by their key.

    Each batch is read again inside the transaction that posts it: another program may have posted it meanwhile.
    """
    key = next(iter(table.primary_key))
    with ledger.reading() as conn:
        found = conn.execute(select(key, dated).where(table.c.status.in_(statuses))).all()
    keys = [row[0] for row in sorted(found, key=lambda row: (row[1] or day, natural_key(row[0])))]
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        with ledger.transaction(day) as txn:
            rows = {getattr(row, key.name): row for row in rows_by_key(txn.conn, table, key, part)}
            yield txn, [rows[k] for k in part if k in rows and rows[k].status in statuses]


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
