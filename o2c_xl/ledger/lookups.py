"""Reading rows by a list of keys: in chunks, never a query per key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, Text, TextClause, bindparam, func, select

__all__ = [
    "CHUNK",
    "Record",
    "chunks",
    "driver_rows",
    "readers_of",
    "records",
    "rows_by_key",
]

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
    """The rows whose `key` is one of `keys`, with the columns of `what`; in no particular order.

    They are `Record`s: an attribute of SQLAlchemy's own rows costs ten times as much.
    """
    columns = tuple(what.c if isinstance(what, Table) else what)
    as_json = conn.dialect.name == "sqlite" and isinstance(key.type, Text)
    statement = _by_key(columns, key, as_json=as_json)
    for part in chunks(keys):
        yield from records(
            conn,
            statement.where(*where) if where else statement,
            columns,
            {"keys": json.dumps(part) if as_json else part},
        )


@cache
def _by_key(columns: tuple[Column[Any], ...], key: Column[Any], *, as_json: bool) -> Select[Any]:
    """With the keys as one parameter where that can be: a parameter per key costs more than the search for it."""
    if not as_json:
        return select(*columns).where(key.in_(bindparam("keys", expanding=True)))
    given = func.json_each(bindparam("keys", type_=Text)).table_valued("value")
    return select(*columns).where(key.in_(select(given.c.value)))


def records(
    conn: Connection,
    statement: Select[Any],
    columns: Sequence[ColumnElement[Any]],
    values: Mapping[str, Any] | None = None,
) -> Iterator[Any]:
    """What a statement that selects these columns finds, as `Record`s."""
    rows = driver_rows(conn, statement, values)
    if not rows:
        return iter(())
    read = map(_read, readers_of(conn, columns), zip(*rows, strict=True))
    return map(_record_type(tuple(column.key for column in columns)), zip(*read, strict=True))


class Record(tuple[Any, ...]):
    """A row with its columns as attributes, also those that Python has another use for, such as `return`."""

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]] = ()

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))


@cache
def _record_type(names: tuple[str, ...]) -> type[Record]:
    columns = {name: property(itemgetter(i)) for i, name in enumerate(names)}
    return type("Record", (Record,), {"__slots__": (), "_fields": names, **columns})


def _read(reader: Callable[[Any], Any] | None, values: Iterable[Any]) -> Iterable[Any]:
    return values if reader is None else map(reader, values)


def driver_rows(
    conn: Connection, statement: Select[Any], values: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """All rows as the driver gives them, which is several times quicker than typed ones; see `readers_of`."""
    result = conn.execute(statement, values)
    rows = [] if result.cursor is None else result.cursor.fetchall()
    result.close()
    return list(rows)


def readers_of(conn: Connection, columns: Sequence[ColumnElement[Any]]) -> tuple[Callable[[Any], Any] | None, ...]:
    """Per column what turns the driver's value into Python's: whole numbers into decimals, ISO texts into dates."""
    dialect = conn.dialect
    return tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
