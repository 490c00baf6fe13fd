"""What verify proves about the database and the journal: readable, without holes, sealed, complete.

The journal is streamed: memory does not grow with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, inspect, text

from o2c_xl.ledger import schema
from o2c_xl.ledger.journal import hash_of, plain, seal_of
from o2c_xl.ledger.seals import plain_rows
from o2c_xl.ledger.types import from_units

__all__ = ["JOURNAL_CHECKS", "Broken"]

_SEALED = ("seq", "at", "day", "who", "event", "subject", "source", "sheet", "row", "data", "digest")
_PAGE = 5_000


@lru_cache(maxsize=1 << 15)
def _number(units: int) -> str:
    return plain(from_units(units))


class Broken(NamedTuple):
    """The first place where something is not as expected."""

    expected: str
    found: str
    first: str


def stream(conn: Connection, sql: str, **values: object) -> Iterator[Any]:
    """The rows of a query as the driver gives them, a page at a time.

    Without our own types on top, so that a damaged value comes through and is found by its hash.
    """
    with conn.execute(text(sql), values, execution_options={"yield_per": _PAGE}) as result:
        yield from plain_rows(result)


def integrity(conn: Connection) -> Broken | None:
    """The database's own check of its pages and indexes; PostgreSQL checks its pages as it reads them."""
    if conn.dialect.name != "sqlite":
        return None
    found = conn.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    return None if found == "ok" else Broken("ok", str(found), "the database file")


def tables(conn: Connection) -> Broken | None:
    """The database's tables and columns are the ones this program means."""
    there = inspect(conn).get_multi_columns()
    for table in schema.metadata.sorted_tables:
        wanted = [_described(column.name, column.type, column.server_default) for column in table.c]
        found = [_described(c["name"], c["type"], c["default"]) for c in there.get((None, table.name), [])]
        if sorted(wanted) != sorted(found):
            odd = min(set(wanted) ^ set(found))
            return Broken(*(odd, "not so") if odd in wanted else ("no such column", odd), f"table {table.name}")
    return None


def _described(name: str, kind: object, default: object) -> str:
    text_ = getattr(getattr(default, "arg", default), "text", getattr(default, "arg", default))
    plain = "" if text_ is None or str(text_).startswith("nextval(") else str(text_).partition("::")[0].strip("'")
    return f"{name} {str(kind).partition('(')[0]} {plain}".strip()


def sequence(conn: Connection) -> Broken | None:
    """The journal's numbers go 1, 2, 3 … without a hole."""
    hole = conn.exec_driver_sql(
        "SELECT MIN(j.seq) FROM journal j WHERE j.seq <> 1 "
        "AND NOT EXISTS (SELECT 1 FROM journal k WHERE k.seq = j.seq - 1)"
    ).scalar()
    return None if hole is None else Broken(f"an entry {hole - 1}", "none", f"entry {hole}")


def ending(conn: Connection) -> Broken | None:
    """The journal ends with the entry that is kept as its head."""
    kept = conn.exec_driver_sql("SELECT seq, hash FROM heads WHERE \"of\" = 'journal'").first()
    others = conn.exec_driver_sql('SELECT seq, "of" FROM heads WHERE "of" <> \'journal\'').first()
    if others:
        return Broken("one head, the journal's", f"{others[0]} of {others[1]}", "heads")
    last = conn.exec_driver_sql("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").first()
    if kept != last:
        expected, found = (f"entry {row[0]} ({row[1][:16]})" if row else "no entry" for row in (kept, last))
        return Broken(expected, found, "the end of the journal")
    latest = conn.exec_driver_sql("SELECT MAX(day) FROM journal").scalar()
    day = conn.exec_driver_sql("SELECT MAX(last_day) FROM heads").scalar()
    if day == latest:
        return None
    return Broken(f"{latest} as latest day", f"{day} beside entry {kept[0] if kept else 0}", "the end of the journal")


def known_to_books(conn: Connection) -> Broken | None:
    """No workbook was written from an entry that is not there any more."""
    last = conn.exec_driver_sql("SELECT COALESCE(MAX(seq), 0) FROM journal").scalar_one()
    row = conn.exec_driver_sql(f"SELECT name, head FROM books WHERE head > {int(last)} ORDER BY name").first()  # noqa: S608
    return None if row is None else Broken(f"at least {row[1]} entries", str(last), f"workbook {row[0]}")


def sealed(conn: Connection) -> Broken | None:
    """Each entry's hash is the one of its contents and of the entry before."""
    columns = ", ".join(f'"{name}"' for name in _SEALED)
    before = ""
    for *values, prev_hash, found in stream(conn, f"SELECT {columns}, prev_hash, hash FROM journal ORDER BY seq"):  # noqa: S608
        if prev_hash != before:
            return Broken(before or "no hash before it", prev_hash, f"entry {values[0]}, the hash before it")
        before = seal_of(before, values)
        if found != before:
            return Broken(before, found, f"entry {values[0]}")
    return None


def digests(conn: Connection) -> Broken | None:
    """An entry's postings, movements and seals are those it was sealed with."""
    legs = _Following(
        stream(conn, "SELECT entry, account, amount, currency, party FROM postings ORDER BY entry, posting")
    )
    moves = _Following(
        stream(conn, "SELECT entry, sku, quantity, value, quarantined, kind FROM movements ORDER BY entry, movement")
    )
    seals = _Following(stream(conn, 'SELECT entry, "table", rows FROM seals ORDER BY entry, seal'))
    for seq, digest in stream(conn, "SELECT seq, digest FROM journal WHERE digest <> '' ORDER BY seq"):
        parts = [f"{account}|{_number(amount)}|{money}|{party}" for _, account, amount, money, party in legs.of(seq)]
        parts += [
            f"{sku}|{_number(quantity)}|{_number(value)}|{_number(held)}|{kind}"
            for _, sku, quantity, value, held, kind in moves.of(seq)
        ]
        parts += [f"{table}|{rows}" for _, table, rows in seals.of(seq)]
        if hash_of(parts) != digest:
            return Broken(digest, hash_of(parts) or "no postings", _entry(conn, seq))
    strays = [row.stray for row in (legs, moves, seals) if row.rest() is not None]
    return Broken("nothing", "postings, movements or seals", _entry(conn, min(strays))) if strays else None


def _entry(conn: Connection, seq: int) -> str:
    row = conn.execute(text("SELECT event, subject FROM journal WHERE seq = :seq"), {"seq": seq}).first()
    return f"entry {seq}, {row[0]} {row[1]}" if row else f"entry {seq}"


class _Following:
    """Rows that belong to entries, read along with the journal; each begins with its entry."""

    def __init__(self, rows: Iterator[Row[Any]]) -> None:
        self._rows = rows
        self._next = next(rows, None)
        self.stray: int = 0

    def of(self, seq: int) -> list[Any]:
        """What follows the entry in each of its rows; rows of entries before it are strays."""
        found: list[Any] = []
        row = self._next
        while row is not None and row[0] <= seq:
            if row[0] == seq:
                found.append(row)
            elif not self.stray:
                self.stray = row[0]
            row = next(self._rows, None)
        self._next = row
        return found

    def rest(self) -> int | None:
        """The first entry whose rows belong to no digest, if there is one."""
        if not self.stray and self._next is not None:
            self.stray = self._next[0]
        return self.stray or None


JOURNAL_CHECKS: tuple[tuple[str, Callable[[Connection], Broken | None]], ...] = (
    ("The database is sound", integrity),
    ("The tables are those of this program", tables),
    ("The journal has no holes", sequence),
    ("The journal is there to its end", ending),
    ("No workbook knows of a later entry", known_to_books),
    ("Each journal entry is sealed with the one before", sealed),
    ("Postings, movements and seals are those their entry was sealed with", digests),
)
