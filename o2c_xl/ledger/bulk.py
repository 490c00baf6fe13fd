"""Many rows at once, as the driver takes them: no statement per row, no object per cell.

The statement goes to the driver as it is; values are made ready once per distinct value, as quantities, prices and
dates repeat in a batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.types import TypeEngine

from o2c_xl.ledger.lookups import chunks

__all__ = ["driver_columns", "insert_columns", "raw_rows", "update_columns"]


def driver_columns(conn: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """The columns' values as the driver takes and gives them: an exact number is a whole number of 1/10 000."""
    return {name: _ready(table.c[name].type, conn.dialect, values) for name, values in columns.items()}


def insert_columns(conn: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given column by column, each of the same length."""
    if not len(next(iter(columns.values()))):
        return
    quote = conn.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    marks = ", ".join([_mark(conn)] * len(columns))
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"  # noqa: S608 -- our own names
    conn.exec_driver_sql(statement, list(zip(*driver_columns(conn, table, columns).values(), strict=True)))


def update_columns(conn: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Update rows by their primary key, given column by column, the keys among them."""
    keys = [column.name for column in table.primary_key]
    names = [name for name in columns if name not in keys]
    if not names or not len(columns[keys[0]]):
        return
    quote = conn.dialect.identifier_preparer.quote
    sets = ", ".join(f"{quote(name)} = {_mark(conn)}" for name in names)
    where = " AND ".join(f"{quote(name)} = {_mark(conn)}" for name in keys)
    statement = f"UPDATE {quote(table.name)} SET {sets} WHERE {where}"  # noqa: S608 -- our own names
    ready = driver_columns(conn, table, columns)
    conn.exec_driver_sql(statement, list(zip(*(ready[name] for name in (*names, *keys)), strict=True)))


def raw_rows(conn: Connection, table: Table, names: Sequence[str], key: str, keys: Iterable[str]) -> Iterator[Any]:
    """The rows whose text column `key` is one of `keys`, as the driver gives them, in no particular order."""
    quote = conn.dialect.identifier_preparer.quote
    wanted = ", ".join(quote(name) for name in names)
    for part in chunks(keys):
        marks = ", ".join([_mark(conn)] * len(part))
        statement = f"SELECT {wanted} FROM {quote(table.name)} WHERE {quote(key)} IN ({marks})"  # noqa: S608
        yield from conn.exec_driver_sql(statement, tuple(part)).all()


def _mark(conn: Connection) -> str:
    return "?" if conn.dialect.paramstyle == "qmark" else "%s"


def _ready(kind: TypeEngine[Any], dialect: Dialect, values: Sequence[Any]) -> Sequence[Any]:
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    made = {value: process(value) for value in set(values)}
    return [made[value] for value in values]
