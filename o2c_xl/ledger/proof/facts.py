"""What verify proves with the journal's own words: what people typed stands in it in full.

Replaying the entries of a key must give its rows as they are. It is done for the orders that have no seal yet, and
for whatever does not fit its seal, to name the cell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, Table

from o2c_xl.domain.keys import fold
from o2c_xl.ledger import schema
from o2c_xl.ledger.bulk import raw_rows
from o2c_xl.ledger.proof.journal import Broken, stream
from o2c_xl.ledger.types import Exact, from_units, to_units

__all__ = ["odd_cell", "unsealed_orders"]

_PAGE = 1_000

# By event the table whose cells it tells: typed ones, and what was decided about them.
_TYPED = {
    "customer changed": "customers",
    "supplier changed": "suppliers",
    "product changed": "products",
    "supplier price changed": "supplier_prices",
    "price changed": "prices",
    "tax rate changed": "tax_rates",
    "carrier changed": "carriers",
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
    "payments": {"customer_id"},
    "bills": {"paid_on"},
}
_WITH_LINES = {"columns", "lines", "new_lines", "released"}
_ORDER_CELLS = (
    "customer_id customer_reference order_date requested_date channel shipping ship_to_name ship_to_street ship_to_city"
    " ship_to_postal_code ship_to_country payment_terms priority freight notes"
).split()
_LINE_CELLS = "sku quantity unit_price discount_percent customisation requested_date remedy".split()
_RECEIVED = """SELECT subject, event, data, seq, source, sheet, "row", day, who FROM journal
               WHERE event = 'order received' ORDER BY seq"""
_BY_ENTRY = "entry source sheet row received_on asked_by".split()
# what steps make of an order, before any of them has looked at it
_NOT_LOOKED_AT = {
    **dict.fromkeys("currency terms bill_to action_problem content_hash released_until action".split()),
    **dict.fromkeys("net tax total held approved_availability".split(), 0),
}
_NOT_PRICED = {"price": None, "tax_code": "", "tax_rate": None, "net": 0}

Told = dict[tuple[str, ...], dict[str, Any]]


def unsealed_orders(conn: Connection, heads: Container[str], lines: Container[str]) -> Broken | None:
    """What is not sealed yet of an order is what the journal says was typed, in all cells and lines, and no more.

    `heads` and `lines` are the orders whose head and whose lines have a seal. Of an order that cannot be priced
    the head has one, as it says what is missing, and the lines have none.
    """
    entries = stream(conn, _RECEIVED)
    fresh: dict[str, list[Any]] = {}
    for row in entries:
        if row[2] and (row[0] not in heads or row[0] not in lines):
            fresh[row[0]] = [row]
        if len(fresh) == _PAGE:
            if broken := _as_typed(conn, fresh, heads, lines):
                return broken
            fresh = {}
    return _as_typed(conn, fresh, heads, lines)


def _as_typed(
    conn: Connection, fresh: Mapping[str, Sequence[Any]], heads: Container[str], lines: Container[str]
) -> Broken | None:
    told_heads: Told = {}
    told_lines: Told = {}
    for key, entries in fresh.items():
        told = _replayed(key, entries)
        if key not in heads:
            came = dict(zip(_BY_ENTRY, entries[0][3:], strict=True))
            typed = told["orders"][(key,)]
            found_by = {"folded_reference": fold(typed.get("customer_reference") or "")}
            told_heads[(key,)] = dict.fromkeys(_ORDER_CELLS) | _NOT_LOOKED_AT | came | found_by | typed
        if key not in lines:
            rows = told.get("order_lines", {})
            for place, (line, cells) in enumerate(rows.items(), start=1):
                told_lines[line] = dict.fromkeys(_LINE_CELLS) | _NOT_PRICED | {"position": place} | cells
    unsealed = [key for key in fresh if key not in lines]
    there = {row[:2] for row in raw_rows(conn, schema.order_lines, ["order", "line"], "order", unsealed)}
    if more := sorted(there - told_lines.keys()):
        return Broken("no row", "a row put in by hand", f"order_lines {'/'.join(more[0])}")
    return _compared(conn, schema.orders, told_heads) or _compared(conn, schema.order_lines, told_lines)


def odd_cell(conn: Connection, table: Table, key: str) -> Broken | None:
    """The first typed cell of the rows with this first key that is not as the journal tells it, if there is one."""
    head = "orders" if table.name == "order_lines" else table.name
    events = [event for event, told in _TYPED.items() if told == head]
    if not events:
        return None
    marks = ", ".join(f"'{event}'" for event in events)
    more = "" if len(table.primary_key) == 1 or head == "orders" else " OR subject LIKE :more ESCAPE '!'"
    like = key.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "/%"
    entries = stream(
        conn,
        f"SELECT subject, event, data FROM journal WHERE event IN ({marks}) AND (subject = :key{more}) ORDER BY seq",  # noqa: S608
        key=key,
        **({"more": like} if more else {}),
    )
    by_subject: dict[str, list[Any]] = {}
    for row in entries:
        if row[2]:
            by_subject.setdefault(row[0], []).append(row)
    told: Told = {}
    for subject, rows in by_subject.items():
        told |= _replayed(subject, rows).get(table.name, {})
    return _compared(conn, table, told) if told else None


def _replayed(subject: str, entries: Iterable[Any]) -> dict[str, Told]:
    """Table, key and last typed values of each row that these entries of one subject tell of."""
    found: dict[str, Told] = {}
    for _, event, data, *_ in entries:
        values, table = json.loads(data), _TYPED[event]
        if table == "orders":
            for number, cells in _lines(values):
                found.setdefault("order_lines", {}).setdefault((subject, number), {}).update(cells)
        names = [column.name for column in schema.metadata.tables[table].primary_key]
        key = (subject,) if len(names) == 1 else tuple(str(values.get(name, "")) for name in names)
        if len(names) > 1 and "" in key:
            key = next(iter(found.get(table, {key: {}})))  # later entries tell only what changed
        cells = {name: value for name, value in values.items() if name not in _WITH_LINES}
        found.setdefault(table, {}).setdefault(key, {}).update(cells)
    return found


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
    if isinstance(column.type, Boolean):
        return bool
    if isinstance(column.type, Integer):
        return lambda told: None if told in (None, "") else int(told)
    return (lambda told: told or None) if column.nullable else (lambda told: told or "")


@lru_cache(maxsize=4_096)
def _units(told: str | int | None) -> int | None:
    return None if told in (None, "") else to_units(Decimal(str(told)))


def _shown(column: Column[Any], value: object) -> str:
    """A driver's value as people read it."""
    if value in (None, ""):
        return "nothing"
    return str(from_units(value)) if isinstance(column.type, Exact) and isinstance(value, int) else str(value)
