"""What verify proves about the contents of facts: they are what the journal says was typed and posted.

A posted document carries a hash of its contents in its entry. What people typed stands in the journal in full:
replaying its entries must give the rows as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Integer, Table

from o2c_xl.ledger import schema
from o2c_xl.ledger.bulk import raw_rows
from o2c_xl.ledger.seals import SEALED, contents
from o2c_xl.ledger.types import Exact, from_units, to_units
from o2c_xl.ledger.verify_journal import Broken, stream

__all__ = ["FACT_CHECKS"]

_PAGE = 1_000
_T = TypeVar("_T")

# By event the table whose cells it tells: typed ones, and what was decided about them.
_TYPED = {
    "customer changed": "customers",
    "supplier changed": "suppliers",
    "product changed": "products",
    "supplier price changed": "supplier_prices",
    "price changed": "prices",
    "tax rate changed": "tax_rates",
    "role changed": "roles",
    "setting changed": "settings",
    "receipt entered": "receipts",
    "count entered": "stock_counts",
    "return entered": "returns",
    "opening item entered": "opening_items",
    "bill entered": "bills",
    "payment entered": "payments",
    "payment received": "payments",
    "order received": "orders",
    "order amended": "orders",
    "order priced": "orders",
}
# Typed cells that the program itself may fill or clear later on.
_LOOSE = {
    "orders": {"action"},
    "order_lines": {"remedy"},
    "payments": {"customer_id"},
    "bills": {"paid_on"},
}
_WITH_LINES = {"columns", "lines", "new_lines", "released"}

Told = dict[tuple[str, ...], dict[str, Any]]


def documents(conn: Connection) -> Broken | None:
    """The rows of each posted document are those its entry was sealed with."""
    events = ", ".join(f"'{event}'" for event in SEALED)
    entries = stream(conn, f"SELECT seq, event, subject, data FROM journal WHERE event IN ({events}) ORDER BY seq")  # noqa: S608
    for page in _pages(entries):
        found = {
            event: contents(conn, event, [row.subject for row in page if row.event == event])
            for event in {row.event for row in page}
        }
        for seq, event, subject, data in page:
            sealed = json.loads(data).get("content") if data else None
            if sealed and sealed != found[event].get(subject):
                return Broken(sealed, found[event].get(subject, "nothing"), f"{subject}, {event} by entry {seq}")
    return None


def typed(conn: Connection) -> Broken | None:
    """Every typed cell holds what the journal says was typed last."""
    events = ", ".join(f"'{event}'" for event in _TYPED)
    entries = stream(
        conn,
        f"SELECT subject, event, data FROM journal WHERE event IN ({events}) AND data <> '' ORDER BY subject, seq",  # noqa: S608
    )
    for page in _pages(_replayed(entries)):
        by_table: dict[str, Told] = {}
        for table, key, values in page:
            by_table.setdefault(table, {})[key] = values
        for table, told in by_table.items():
            if broken := _compared(conn, schema.metadata.tables[table], told):
                return broken
    return None


def _replayed(entries: Iterator[Any]) -> Iterator[tuple[str, tuple[str, ...], dict[str, Any]]]:
    """Table, key and last typed values of each row that the journal tells of."""
    for subject, group in groupby(entries, key=lambda row: row[0]):
        heads: dict[str, dict[str, Any]] = {}
        lines: Told = {}
        for _, event, data in group:
            values = json.loads(data)
            if _TYPED[event] == "orders":
                for number, cells in _lines(values):
                    lines.setdefault((subject, number), {}).update(cells)
            heads.setdefault(_TYPED[event], {}).update(values)
        for table, values in heads.items():
            names = [column.name for column in schema.metadata.tables[table].primary_key]
            key = (subject,) if len(names) == 1 else tuple(str(values[name]) for name in names)
            yield table, key, {name: value for name, value in values.items() if name not in _WITH_LINES}
        for key, values in lines.items():
            yield "order_lines", key, values


def _lines(values: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The order lines an entry tells of: all columns of new ones, of changed ones those that changed."""
    lines = values.get("lines", {})
    if "columns" in values:
        lines = {cells["line"]: cells for cells in (dict(zip(values["columns"], row, strict=True)) for row in lines)}
    yield from lines.items()
    yield from values.get("new_lines", {}).items()


def _compared(conn: Connection, table: Table, told: Told) -> Broken | None:
    keys = [column.name for column in table.primary_key]
    loose = _LOOSE.get(table.name, set()) | set(keys)
    names = sorted({name for values in told.values() for name in values if name in table.c} - loose)
    readers = {name: _reader(table.c[name]) for name in [*names, *keys]}
    width = len(keys)
    rows = {
        row[:width]: dict(zip(names, row[width:], strict=True))
        for row in raw_rows(conn, table, [*keys, *names], keys[0], dict.fromkeys(key[0] for key in told))
    }
    for key, values in told.items():
        at = f"{table.name} {'/'.join(key)}"
        row = rows.get(tuple(readers[name](part) for name, part in zip(keys, key, strict=True)))
        if row is None:
            return Broken("a row", "none", at)
        for name, found in row.items():
            if name in values and found != (wanted := readers[name](values[name])) and str(found) != str(wanted):
                where = f"{at}, {name.replace('_', ' ')}"
                return Broken(_shown(table.c[name], wanted), _shown(table.c[name], found), where)
    return None


def _reader(column: Column[Any]) -> Callable[[Any], object]:
    """Makes of a value in the journal what the driver gives for it; an empty cell is '' in text columns, else NULL."""
    if isinstance(column.type, Exact):
        return _units
    if isinstance(column.type, Integer):
        return lambda told: None if told in (None, "") else int(told)
    return (lambda told: told or None) if column.nullable else (lambda told: told or "")


@lru_cache(maxsize=4_096)
def _units(told: str | int | None) -> int | None:
    return None if told in (None, "") else to_units(Decimal(str(told)))


def _shown(column: Column[Any], value: object) -> str:
    """A driver's value as people read it."""
    if value is None:
        return "nothing"
    return str(from_units(value)) if isinstance(column.type, Exact) and isinstance(value, int) else str(value)


def _pages(rows: Iterator[_T]) -> Iterator[list[_T]]:
    page: list[_T] = []
    for row in rows:
        page.append(row)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page


FACT_CHECKS: Sequence[tuple[str, Callable[[Connection], Broken | None]]] = (
    ("Posted documents hold what their entry was sealed with", documents),
    ("Typed cells hold what the journal says was typed", typed),
)
