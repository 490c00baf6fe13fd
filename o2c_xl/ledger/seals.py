"""Each row sealed as it was recorded, so that a row changed, put in or taken away by hand is found.

Equations find a changed amount; they do not see a changed due date, name or price list. So a transaction notes which
rows it writes, reads them back at its end, whoever wrote them, and keeps a hash of each in `seals`, which the digest of
its last entry covers. `o2c verify` computes the hashes anew from the rows as they are: the last seal of each must fit.

The rows of a document's part (an invoice's lines) share a seal. What is left out stands in `LOOSE` and `WITHOUT`, each
with the reason.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult, Table
from sqlalchemy.exc import SQLAlchemyError

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks

__all__ = ["GONE", "LOOSE", "SEALED", "WITHOUT", "Seal", "Sealed", "Written", "plain_rows", "told_in"]

GONE = "-" * 16
"""Stands for the hash where there is no row any more."""
_PAGE = 5_000
_PARTS = "\x1e"
_WIDTH = len(GONE)

WITHOUT: Mapping[str, str] = {
    "journal": "sealed by its own chain",
    "postings": "in the digest of their entry",
    "movements": "in the digest of their entry",
    "seals": "in the digest of their entry",
    "heads": "compared with the journal",
    "stock": "the sum of its movements and of what is set aside",
    "layers": "follow from the movements",
    "valuations": "compared with the journal",
    "seen": "what a workbook showed when it was last read",
    "sheets": "where a workbook has its tables",
    "books": "what a workbook was when it was last read",
    "files": "what became of files; their entries stand in the journal",
    "clashes": "what is said beside a row until a person has seen it; told in the journal",
    "issues": "what is to be mended in a file; made anew when it is read again",
}
"""Tables whose rows have no seal, and why."""

_COUNTED = "computed anew from its facts: shipments, invoices, returns, picks, entries that cancel"
_STATE = "follows from the order's facts, against which it is held; each run looks at it again"
_PAYING = "computed anew from the settlements"
LOOSE: Mapping[str, Mapping[str, str]] = {
    "orders": {
        **dict.fromkeys("status freight_invoiced closed_on".split(), _STATE),
        **dict.fromkeys("waiting_for waiting_who waiting_since credit_state credit_terms".split(), _STATE),
    },
    "order_lines": {
        **dict.fromkeys("allocated picked shipped invoiced invoiced_net returned".split(), _COUNTED),
        **dict.fromkeys("returned_uninvoiced cancelled".split(), _COUNTED),
        **dict.fromkeys("availability promise_date why promised_from promise_firm".split(), _STATE),
    },
    "picks": dict.fromkeys(("status", "shipment"), "compared with the shipments"),
    "invoices": dict.fromkeys("paid credited written_off open status".split(), _PAYING),
    "outbox": dict.fromkeys(
        "written sent status path data said next_try batch server tries".split(), "how far it has got"
    ),
}
"""Columns that are in no seal, by table, and what proves them instead."""

_SHARED_BY = {"settlements": "invoice"}
_NOT_WHEN_NEW = {"orders", "order_lines"}  # an order as it came in stands in its entry; the seals come later


class Seal(NamedTuple):
    """Rows of one table that a transaction wrote, each with its hash, as text."""

    table: str
    rows: str

    def __str__(self) -> str:
        return f"{self.table}|{self.rows}"


@dataclass(frozen=True, slots=True)
class Sealed:
    """How the rows of a table are sealed: rows with the same `key` column share a hash over `columns`."""

    table: Table
    key: str
    columns: tuple[str, ...]
    when_new: bool
    alone: bool
    """Each row has a key of its own."""

    @property
    def watched(self) -> frozenset[str]:
        """The columns whose change makes a new seal."""
        return frozenset(self.columns) - {column.name for column in self.table.primary_key}

    def texts(self, conn: Connection, keys: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
        """Key and contents of each row, as JSON; of these keys in any order, or of all with equal keys together.

        SQLite writes the JSON itself, in half the time that its cells take to become objects.
        """
        quote = conn.dialect.identifier_preparer.quote
        lite = conn.dialect.name == "sqlite"
        names, key = ", ".join(map(quote, self.columns)), quote(self.key)
        select = f"SELECT {key}, {f'json_array({names})' if lite else names} FROM {quote(self.table.name)}"  # noqa: S608
        # rows alone come as they lie; by the order of their keys they would be fetched here and there
        whole = select if self.alone else f"{select} ORDER BY {key}"
        rows = _all(conn, whole) if keys is None else _wanted(conn, select, key, keys)
        if lite:
            yield from rows
        else:
            yield from ((row[0], _json(row[1:])) for row in rows)

    def hashes(self, conn: Connection, keys: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
        """Key and hash, as `texts`; it does not matter how the database sorts rows of one key."""
        rows: Iterable[tuple[str, str]] = self.texts(conn, keys)
        if self.alone:
            yield from ((key, _hash(text)) for key, text in rows)
            return
        if keys is not None:
            rows = sorted(rows)
        for key, group in groupby(rows, key=itemgetter(0)):
            yield key, _hash("\n".join(sorted(text for _, text in group)))


def _all(conn: Connection, select: str) -> Iterator[Any]:
    with conn.exec_driver_sql(select, execution_options={"yield_per": _PAGE}) as result:
        yield from plain_rows(result)


def plain_rows(result: CursorResult[Any]) -> Iterator[Any]:
    """The rows of a query as they come, a page at a time; plain tuples on SQLite, in a third of the time."""
    if result.dialect.name != "sqlite":
        for page in result.partitions(_PAGE):
            yield from page
    elif result.cursor is not None:
        try:
            while rows := result.cursor.fetchmany(_PAGE):
                yield from rows
        except sqlite3.Error as fault:  # past SQLAlchemy, which would have made it one of its own
            raise SQLAlchemyError(str(fault)) from fault


def _wanted(conn: Connection, select: str, key: str, keys: Iterable[str]) -> Iterator[Any]:
    mark = "?" if conn.dialect.paramstyle == "qmark" else "%s"
    for part in chunks(keys):
        marks = ", ".join([mark] * len(part))
        with conn.exec_driver_sql(f"{select} WHERE {key} IN ({marks})", tuple(part)) as result:
            yield from plain_rows(result)


def _json(cells: Iterable[object]) -> str:
    """As SQLite writes it: no blanks, flags as numbers, dates as texts."""
    plain = [int(cell) if isinstance(cell, bool) else cell for cell in cells]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=str)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_WIDTH]


def _sealed(table: Table) -> Sealed:
    keys = [column.name for column in table.primary_key]
    key = _SHARED_BY.get(table.name, keys[0])
    columns = tuple(column.name for column in table.c if column.name not in LOOSE.get(table.name, {}))
    return Sealed(table, key, columns, when_new=table.name not in _NOT_WHEN_NEW, alone=keys == [key])


SEALED: Mapping[str, Sealed] = {
    table.name: _sealed(table) for table in schema.metadata.sorted_tables if table.name not in WITHOUT
}
_WATCHED = {name: sealed.watched for name, sealed in SEALED.items()}


@dataclass(slots=True)
class Written:
    """The rows that a transaction has written so far, by table and key."""

    _keys: dict[str, dict[str, None]] = field(default_factory=dict)

    def note(self, table: Table, columns: Mapping[str, Collection[Any]], *, new: bool) -> None:
        """Rows were inserted or updated, given column by column."""
        sealed = SEALED.get(table.name)
        if sealed is None or not len(columns[sealed.key]):
            return
        keys: Iterable[str] = columns[sealed.key]
        if new and not sealed.when_new:  # but for lines that a known order gets: its head changes with them
            amended = self._keys.get(schema.orders.name, {})
            keys = [key for key in keys if key in amended]
        elif not new and _WATCHED[table.name].isdisjoint(columns):
            return
        self._keys.setdefault(table.name, {}).update(dict.fromkeys(keys))

    def seals(self, conn: Connection) -> list[Seal]:
        """A seal per table, over the rows as the database holds them now."""
        made = []
        for name, keys in sorted(self._keys.items()):
            if not keys:
                continue
            found = dict(SEALED[name].hashes(conn, keys))
            made.append(Seal(name, _PARTS.join([f"{found.get(key, GONE)} {key}" for key in keys])))
        self._keys.clear()
        return made


def told_in(rows: str) -> Iterator[tuple[str, str]]:
    """Key and hash of each row that a seal tells of."""
    return ((part[_WIDTH + 1 :], part[:_WIDTH]) for part in rows.split(_PARTS))
