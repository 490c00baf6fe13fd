"""Slips that a person takes out of a sheet before anything was posted of them: they are given up.

What was posted is a fact, and its row is shown again; a slip that could not be posted
moved nothing. The journal keeps what it said.
"""

from __future__ import annotations

from collections.abc import Collection

from o2c_xl.domain.goods.slips import NOT_POSTED
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.define.spec import Table, field_of

__all__ = ["give_up"]

_SLIPS = frozenset({"Receipts", "StockCounts", "Returns", "OpeningItems", "Payments", "Bills"})


def give_up(txn: Txn, table: Table, keys: Collection[str]) -> list[str]:
    """Forget the slips among these keys that were never posted; returns their keys, which no other slip is given."""
    if table.name not in _SLIPS or not keys:
        return []
    held = schema.metadata.tables[field_of(table.title)]
    key = held.c[table.keys[0].field]
    columns = [key, *(held.c[column.field] for column in table.typed if column.field in held.c and not column.key)]
    rows = list(rows_by_key(txn.conn, columns, key, keys, held.c.status == NOT_POSTED))
    for row in rows:
        said = {name: value for name, value in row._asdict().items() if value not in (None, "")}
        txn.record("slip given up", row[0], {"table": table.name, "row": said})
    txn.delete(held, [row[0] for row in rows])
    return [row[0] for row in rows]
