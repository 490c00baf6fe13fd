"""Picks that found less than the books say, until somebody has counted what is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, select

from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["SHORT_PICK", "ShortPick", "short_picks"]

SHORT_PICK = "Short pick"
"""The kind of discrepancy that such a pick leaves."""


@dataclass(frozen=True, slots=True)
class ShortPick:
    """A pick of which `picked` of `to_pick` was found, on the day `since`."""

    pick: str
    order: str
    sku: str
    to_pick: Decimal
    picked: Decimal
    since: dt.date

    @property
    def found(self) -> str:
        """How much was found, for a sentence."""
        return f"{plain_number(self.picked)} of {plain_number(self.to_pick)}"

    @property
    def mend(self) -> str:
        """What is to be done, for a sentence."""
        return f"Count the stock of {self.sku} in Stock Counts; until then the books say that it is there."


def short_picks(conn: Connection) -> list[ShortPick]:
    """Those whose discrepancy is open and whose product was not counted since."""
    d, p = schema.discrepancies.c, schema.picks.c
    open_ = conn.execute(select(d.subject, d.since).where(d.kind == SHORT_PICK, d.status == "Open"))
    since: dict[str, dt.date] = {}
    for order, day in open_:
        since[order] = min(day, since.get(order, day))
    short = [
        row
        for row in rows_by_key(conn, schema.picks, p.order, since, p.picked.is_not(None), p.status != "Cancelled")
        if row.picked < row.to_pick
    ]
    counted = _last_counts(conn, {row.sku for row in short})
    told = _last_picked(conn, {row.order for row in short})
    return [
        ShortPick(row.pick, row.order, row.sku, row.to_pick, row.picked or ZERO, since[row.order])
        for row in sorted(short, key=lambda row: row.pick)
        if counted.get(row.sku, 0) < told.get(row.order, 0)
    ]


def _last_counts(conn: Connection, skus: Collection[str]) -> dict[str, int]:
    """By product the journal's number of its last count."""
    c = schema.stock_counts.c
    last: dict[str, int] = {}
    for row in rows_by_key(conn, [c.sku, c.entry], c.sku, skus, c.status == "Posted"):
        last[row.sku] = max(row.entry or 0, last.get(row.sku, 0))
    return last


def _last_picked(conn: Connection, orders: Collection[str]) -> dict[str, int]:
    """By order the journal's number of the last entry in which something was found short."""
    j = schema.journal.c
    last: dict[str, int] = {}
    where = (j.event == "goods picked", j.data.contains('"short"'))
    for row in rows_by_key(conn, [j.subject, j.seq], j.subject, orders, *where):
        last[row.subject] = max(row.seq, last.get(row.subject, 0))
    return last
