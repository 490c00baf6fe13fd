"""Rows of facts dated long ago that were entered or posted only lately: what was typed is answered beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, select

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.show.views import kept_in

__all__ = ["entered_since"]


def entered_since(conn: Connection, table: Table, keys: Iterable[str], since: dt.date) -> set[str]:
    """Those of the keys whose row got its last entry in the journal on that day or later; of rows that staff type."""
    kept = kept_in(table)
    if kept is None or "entry" not in kept.c or len(table.keys) > 1 or not table.keys[0].typed:
        return set()
    key, journal = kept.c[table.keys[0].field], schema.journal.c
    lately = select(key).join(schema.journal, journal.seq == kept.c.entry).where(journal.day >= since)
    return {row[0] for part in chunks(keys) for row in conn.execute(lately.where(key.in_(part)))}
