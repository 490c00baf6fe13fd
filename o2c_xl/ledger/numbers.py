"""Numbers without gaps: given inside the transaction that posts, so one that is rolled back was never given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger import schema

__all__ = ["DATED_SERIES", "Numbers"]

DATED_SERIES = ("INV-", "CN-")  # whose dates may not go back: invoices and credit notes
_DIGITS = 6


@dataclass
class Numbers:
    """The series used in one transaction."""

    _last: dict[str, int] = field(default_factory=dict)
    _last_day: dict[str, dt.date | None] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    def next(self, conn: Connection, series: str, day: dt.date) -> str:
        """The next number, such as `INV-000124`.

        Raises CannotRun when a dated series already has a later day: a number must not be older than the one
        before it (§ 14 UStG, ERPNext 8765).
        """
        if series not in self._last:
            self._load(conn, series)
        last_day = self._last_day[series]
        if series in DATED_SERIES and last_day is not None and day < last_day:
            raise CannotRun(
                f"The last number {series}{self._last[series]:0{_DIGITS}d} is dated {last_day}; "
                f"{day} is before it. Use a date from {last_day} on."
            )
        self._last[series] += 1
        self._last_day[series] = day
        return f"{series}{self._last[series]:0{_DIGITS}d}"

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
