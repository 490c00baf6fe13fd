"""Numbers without gaps: given inside the transaction that posts, so one that is rolled back was never given.

People bring numbers of their own, and some look like ours: an open item of the books before may be called
`INV-000001`. A number that something bears already is passed over; that is no gap, as it can be shown what bears it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, insert, select, update

from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger import schema

__all__ = ["BORNE_BY", "DATED_SERIES", "DIGITS", "Numbers"]

DATED_SERIES = ("INV-", "CN-")  # whose dates may not go back: invoices and credit notes
DIGITS = 6  # at least
_OF_INVOICES = (schema.invoices.c.invoice, schema.opening_items.c.invoice)
BORNE_BY: dict[str, tuple[Column[Any], ...]] = {
    "SO-": (schema.orders.c.order,),
    "PO-": (schema.purchase_orders.c.po,),
    "GR-": (schema.receipts.c.receipt,),
    "SC-": (schema.stock_counts.c.count,),
    "RT-": (schema.returns.c["return"],),
    "INV-": _OF_INVOICES,
    "CN-": _OF_INVOICES,
    "PM-": (schema.payments.c.payment,),
    "RQ-": (schema.requests.c.request,),
    "SV-": (schema.surveys.c.survey,),
    "IM-": (schema.improvements.c.improvement,),
}
"""Where a number of each series may be borne that a person brought; the other series are Python's alone."""
_AHEAD = 10_000  # how many numbers are looked up at once


@dataclass(slots=True)
class _Ahead:
    """What is known of the numbers up to `until`: which are `taken`."""

    until: int = 0
    taken: set[str] = field(default_factory=set)


@dataclass
class Numbers:
    """The series used in one transaction."""

    _last: dict[str, int] = field(default_factory=dict)
    _last_day: dict[str, dt.date | None] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _ahead: dict[str, _Ahead] = field(default_factory=dict)

    def next(self, conn: Connection, series: str, day: dt.date, beside: Collection[str] = ()) -> str:
        """The next number, such as `INV-000124`; one that something bears, or that is in `beside`, is passed over.

        Raises CannotRun when a dated series already has a later day: a number must not be older than the one
        before it (§ 14 UStG, ERPNext 8765).
        """
        if series not in self._last:
            self._load(conn, series)
        last_day = self._last_day[series]
        if series in DATED_SERIES and last_day is not None and day < last_day:
            raise CannotRun(
                f"The last number {_spelt(series, self._last[series])} is dated {last_day}; "
                f"{day} is before it. Use a date from {last_day} on."
            )
        number = self._last[series] + 1
        while (text := _spelt(series, number)) in self._borne(conn, series, number) or text in beside:
            number += 1
        self._last[series] = number
        self._last_day[series] = day
        return text

    def _borne(self, conn: Connection, series: str, number: int) -> set[str]:
        """The numbers from this one on that rows bear, in whatever case; the ledger is asked for many at once."""
        ahead = self._ahead.get(series) or self._ahead.setdefault(series, _Ahead())
        if number > ahead.until and series in BORNE_BY:
            # as many digits each: so their order as texts is that of the numbers, however a database compares texts
            ahead.until = min(number + _AHEAD, 10 ** max(len(str(number)), DIGITS) - 1)
            ends = _spelt(series, number), _spelt(series, ahead.until)
            for column in BORNE_BY[series]:
                for first, last in (ends, (ends[0].lower(), ends[1].lower())):
                    found = select(column).where(column.between(first, last))
                    ahead.taken.update(key.upper() for key in conn.execute(found).scalars())
        return ahead.taken

    def inserted(self, table: str, columns: Mapping[str, Iterable[Any]]) -> None:
        """Rows that this transaction inserts: what was looked up before does not hold their keys."""
        for series, ahead in self._ahead.items():
            for column in BORNE_BY.get(series, ()):
                if column.table.name == table:
                    ahead.taken.update(key.upper() for key in columns[column.name])

    def _load(self, conn: Connection, series: str) -> None:
        row = conn.execute(select(schema.numbers).where(schema.numbers.c.series == series)).first()
        self._last[series] = row.last if row else 0
        self._last_day[series] = row.last_day if row else None
        if row:
            self._known.add(series)

    def flush(self, conn: Connection) -> list[str]:
        """Write the series back; returns those that went on."""
        table = schema.numbers
        for series, last in self._last.items():
            values = {"last": last, "last_day": self._last_day[series]}
            if series in self._known:
                conn.execute(update(table).where(table.c.series == series).values(values))
            else:
                conn.execute(insert(table).values(series=series, **values))
        return list(self._last)


def _spelt(series: str, number: int) -> str:
    return f"{series}{number:0{DIGITS}d}"
