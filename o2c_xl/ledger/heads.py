"""Where the journal ends, kept beside it, so that entries cut off at its end are missed; and its latest day.

A transaction goes on from the head that is kept, not from the last entry there is: whoever cuts entries off leaves a
hole that stays. The last entry need not be of the latest day: a person may work with an earlier one.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy import Connection, Date, bindparam, case, insert, select, update

from o2c_xl.ledger import schema

__all__ = ["Head", "keep_head", "last_entry", "latest_day"]

_c, _journal = schema.heads.c, schema.journal.c
_OF = "journal"
# Asked in every transaction, so put together once.
_KEPT = select(_c.seq, _c.hash).where(_c.of == _OF)
_DAY = bindparam("day_now", type_=Date)
_MOVED = (
    update(schema.heads)
    .where(_c.of == _OF)
    .values(
        seq=bindparam("seq_now"),
        hash=bindparam("hash_now"),
        last_day=case((_c.last_day > _DAY, _c.last_day), else_=_DAY),
    )
)


class Head(NamedTuple):
    """The journal's last entry."""

    seq: int = 0
    hash: str = ""


def last_entry(conn: Connection) -> Head:
    """Number and hash of the last entry ever recorded."""
    kept = conn.execute(_KEPT).first()
    if kept is None:
        kept = conn.execute(select(_journal.seq, _journal.hash).order_by(_journal.seq.desc()).limit(1)).first()
    return Head(*kept) if kept else Head()


def latest_day(conn: Connection) -> dt.date | None:
    """The latest business day that anything was recorded on; None where nothing is."""
    kept: dt.date | None = conn.execute(select(_c.last_day).where(_c.of == _OF)).scalar()
    return kept


def keep_head(conn: Connection, seq: int, hash_: str, day: dt.date) -> None:
    """The journal ends here now, with an entry of that day."""
    if not conn.execute(_MOVED, {"seq_now": seq, "hash_now": hash_, "day_now": day}).rowcount:
        conn.execute(insert(schema.heads).values(of=_OF, seq=seq, hash=hash_, last_day=day))
