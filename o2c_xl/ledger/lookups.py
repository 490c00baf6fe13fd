"""Reading rows by a list of keys: in chunks, never a query per key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, TextClause, bindparam, select, text

__all__ = ["CHUNK", "OPEN_INVOICES", "OPEN_ORDERS", "UNAPPLIED", "chunks", "rows_by_key"]

# The conditions of the partial indexes, word for word: only so does a database see that the index serves.
OPEN_ORDERS = text("orders.status NOT IN ('Closed', 'Cancelled', 'Invoiced')")
OPEN_INVOICES = text("invoices.open <> 0")
UNAPPLIED = text("payments.unapplied <> 0")

CHUNK = 500


def chunks(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """The keys, each once, in parts that a statement takes."""
    distinct = list(dict.fromkeys(keys))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]


def rows_by_key(
    conn: Connection,
    what: Table | Sequence[Column[Any]],
    key: Column[Any],
    keys: Iterable[Any],
    *where: ColumnElement[bool] | TextClause,
) -> Iterator[Any]:
    """The rows whose `key` is one of `keys`, with the columns of `what`; in no particular order."""
    columns = what.c if isinstance(what, Table) else what
    statement = select(*columns).where(key.in_(bindparam("keys", expanding=True)), *where)
    for part in chunks(keys):
        yield from conn.execute(statement, {"keys": part}).all()
