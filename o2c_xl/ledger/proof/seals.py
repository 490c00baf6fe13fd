"""What verify proves with the seals: every row is as it was recorded, none was put in and none taken away.

Each table is read once, in the order of its keys, beside the last seal of each of its rows. What does not fit is
looked at again (`facts.py`), so that the cell is named where the journal tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, text

from o2c_xl.ledger.proof.facts import odd_cell, unsealed_orders
from o2c_xl.ledger.proof.journal import Broken, stream
from o2c_xl.ledger.seals import GONE, SEALED, Sealed, told_in

__all__ = ["SEAL_CHECKS"]

_STRAY = """SELECT x.seal, x.entry FROM seals x LEFT JOIN journal j ON j.seq = x.entry
            WHERE j.seq IS NULL ORDER BY x.seal"""


def last_seals(conn: Connection, table: str) -> dict[str, str]:
    """By key the hash that its rows were last sealed with."""
    told: dict[str, str] = {}
    for (rows,) in stream(conn, 'SELECT rows FROM seals WHERE "table" = :of ORDER BY seal', of=table):
        told.update(told_in(rows))
    return told


def stray(conn: Connection) -> Broken | None:
    """No seal without its entry."""
    row = conn.exec_driver_sql(_STRAY).first()
    return None if row is None else Broken("an entry", "none", f"seal {row[0]} of entry {row[1]}")


def _typed(conn: Connection) -> Broken | None:
    return unsealed_orders(conn, last_seals(conn, "orders").keys(), last_seals(conn, "order_lines").keys())


def _fitting(sealed: Sealed) -> Callable[[Connection], Broken | None]:
    return lambda conn: next(_odd(conn, sealed), None)


def _odd(conn: Connection, sealed: Sealed) -> Iterator[Broken]:
    told = last_seals(conn, sealed.table.name)
    for key, found in sealed.hashes(conn):
        wanted = told.pop(key, None)
        if wanted != found and (wanted is not None or sealed.when_new):
            yield _named(conn, sealed, key, "no row" if wanted in (None, GONE) else "")
    for key, wanted in told.items():
        if wanted != GONE:
            yield _named(conn, sealed, key, "a row")


def _named(conn: Connection, sealed: Sealed, key: str, expected: str) -> Broken:
    """The cell where the journal tells it, else the row and the entry that sealed it."""
    at = f"{sealed.table.name} {key}"
    if broken := odd_cell(conn, sealed.table, key):
        return broken
    if expected:
        return Broken(expected, "a row put in by hand" if expected == "no row" else "none", at)
    return Broken(f"as {_sealed_by(conn, sealed, key)} recorded it", "changed since", at)


def _sealed_by(conn: Connection, sealed: Sealed, key: str) -> str:
    rows = conn.execute(
        text(
            'SELECT x.rows, x.entry, j.event FROM seals x LEFT JOIN journal j ON j.seq = x.entry WHERE x."table" = :of'
            " ORDER BY x.seal DESC"
        ),
        {"of": sealed.table.name},
    )
    entry, event = next((row[1:] for row in rows if key in dict(told_in(row[0]))), (0, ""))
    return f"entry {entry} ({event})"


SEAL_CHECKS: tuple[tuple[str, Callable[[Connection], Broken | None]], ...] = (
    ("Every seal belongs to an entry", stray),
    ("Orders without a price yet are as they were typed", _typed),
    *((f"The rows of {name} are as they were recorded", _fitting(sealed)) for name, sealed in SEALED.items()),
)
