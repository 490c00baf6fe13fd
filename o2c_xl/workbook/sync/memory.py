"""What the ledger remembers of workbooks: the rows of each table as last seen, where it stands, the file's hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import driver_rows
from o2c_xl.ledger.store import Txn
from o2c_xl.workbook.fingerprint import SEPARATOR
from o2c_xl.workbook.sync.books import OpenBook, Place
from o2c_xl.workbook.sync.sheet_state import SheetRow

__all__ = [
    "forget",
    "forget_books",
    "forget_place",
    "keep_gone",
    "miss_book",
    "remember",
    "remember_book",
    "remember_cells",
    "remember_changed",
    "remember_new",
    "remember_place",
    "remember_renamed",
]


def remember(txn: Txn, table: str, before: dict[str, SheetRow], after: dict[str, SheetRow]) -> None:
    """Keep what a table holds now; only rows that differ are written."""
    forget(txn, table, [key for key in before if key not in after])
    _insert(txn, table, {key: row for key, row in after.items() if key not in before})
    remember_changed(txn, table, {key: row for key, row in after.items() if key in before and before[key] != row})


def remember_new(txn: Txn, table: str, rows: dict[str, SheetRow]) -> None:
    """Keep rows that were added to a table."""
    if rows:
        c = schema.seen.c
        known = driver_rows(txn.conn, select(c.key).where(c.table == table))
        forget(txn, table, [key for (key,) in known if key in rows])
        _insert(txn, table, rows)


def forget(txn: Txn, table: str, keys: Sequence[str]) -> None:
    """Drop the memory of rows."""
    if keys:
        remember_cells(txn, table, "")
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        txn.conn.execute(delete(schema.seen).where(schema.seen.c.table == table, schema.seen.c.key.in_(part)))


def remember_renamed(txn: Txn, table: str, keys: Mapping[str, str]) -> None:
    """Keep rows under their new keys, given by their old ones."""
    c = schema.seen.c
    forget(txn, table, list(keys.values()))
    for old, new in keys.items():
        txn.conn.execute(update(schema.seen).where(c.table == table, c.key == old).values(key=new))


def _insert(txn: Txn, table: str, rows: dict[str, SheetRow]) -> None:
    if rows:
        remember_cells(txn, table, "")
    columns: dict[str, list[Any]] = {
        "table": [table] * len(rows),
        "key": list(rows),
        "row": [row.row for row in rows.values()],
        "cells": [row.text for row in rows.values()],
    }
    txn.insert_columns(schema.seen, columns)


def remember_changed(txn: Txn, table: str, rows: dict[str, SheetRow]) -> None:
    """Keep how rows that were seen before stand now."""
    changed = [{"table": table, "key": key, "row": row.row, "cells": row.text} for key, row in rows.items()]
    if changed:
        remember_cells(txn, table, "")
        txn.update(schema.seen, changed)


def remember_cells(txn: Txn, table: str, cells: str) -> None:
    """Keep the hash of the cells of which `seen` tells; empty where it tells of others now."""
    c = schema.sheets.c
    txn.conn.execute(update(schema.sheets).where(c.table == table, c.cells != cells).values(cells=cells))


def remember_place(txn: Txn, table: str, place: Place) -> None:
    """Keep where a table stands; nothing is written when it stands where it stood."""
    c = schema.sheets.c
    values = {name: getattr(place, name) for name in ("book", "sheet", "first_col", "cells")}
    values["headers"] = SEPARATOR.join(place.headers)
    known = txn.conn.execute(select(*(c[name] for name in values)).where(c.table == table)).first()
    if known is not None and known._asdict() == values:
        return
    txn.conn.execute(delete(schema.sheets).where(c.table == table))
    txn.conn.execute(insert(schema.sheets).values(table=table, **values))


def keep_gone(txn: Txn, book: OpenBook) -> None:
    """Of tables that stood in the workbook and do not any longer: that they stand nowhere, until they come back."""
    c = schema.sheets.c
    lost = (c.book == book.name, c.sheet != "", c.table.not_like("%@%"), c.table.not_in(list(book.places)))
    txn.conn.execute(update(schema.sheets).where(*lost).values(sheet="", cells=""))


def forget_place(txn: Txn, table: str) -> None:
    """A table that people do without: it is missed in no workbook."""
    txn.conn.execute(delete(schema.sheets).where(schema.sheets.c.table == table))


def forget_books(txn: Txn, names: Iterable[str]) -> None:
    """Workbooks that are no more; one that comes back is read anew."""
    for name in names:
        txn.conn.execute(delete(schema.sheets).where(schema.sheets.c.book == name))
        txn.conn.execute(delete(schema.books).where(schema.books.c.name == name))


def miss_book(txn: Txn, name: str) -> None:
    """A workbook that is out of reach with tables of ours: read anew when it is back."""
    c, s = schema.books.c, schema.sheets.c
    txn.conn.execute(update(schema.books).where(c.name == name, c.sha256 != "").values(sha256=""))
    txn.conn.execute(update(schema.sheets).where(s.book == name, s.cells != "").values(cells=""))


def remember_book(txn: Txn, book: OpenBook, head: int) -> None:
    """Keep a workbook's hash and the state of the ledger it shows.

    A workbook that shows another day as it stands keeps the day it was written for: a run with nothing to do leaves
    the ledger's bytes alone, and what depends on the day is compared again on every other day.
    """
    c = schema.books.c
    known = txn.conn.execute(select(c.sha256, c.head).where(c.name == book.name)).first()
    if known is not None and tuple(known) == (book.sha256, head):
        return
    txn.conn.execute(delete(schema.books).where(c.name == book.name))
    txn.conn.execute(
        insert(schema.books).values(name=book.name, sha256=book.sha256, head=head, day=txn.day, synced_at=txn.at)
    )
