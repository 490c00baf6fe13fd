"""Rows of the ledger that have the keys of rows on their way in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Table, select, tuple_

from o2c_xl.ledger.lookups import records
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["Key", "Known", "existing_rows"]

_CHUNK = 400
Key = tuple[Any, ...]
Known = Mapping[Key, Row[Any]]


def existing_rows(txn: Txn, table: Table, rows: RowSet) -> dict[Key, Row[Any]]:
    """Rows of the ledger with the keys of these rows."""
    names = [column.field for column in rows.table.keys]
    keys = list(dict.fromkeys(rows.key(i) for i in range(len(rows))))
    columns = [table.c[name] for name in names]
    found: dict[Key, Row[Any]] = {}
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        where = columns[0].in_([key[0] for key in part]) if len(names) == 1 else tuple_(*columns).in_(part)
        for row in records(txn.conn, select(table).where(where), list(table.c)):
            found[tuple(getattr(row, name) for name in names)] = row
    return found
