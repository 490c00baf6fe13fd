"""Where the journal ends, kept beside it, so that entries cut off at its end are missed.

A transaction goes on from the head that is kept, not from the last entry there is: whoever cuts entries off leaves a
hole that stays.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from o2c_xl.ledger import schema

__all__ = ["Head", "keep_head", "last_entry"]

_c, _journal = schema.heads.c, schema.journal.c
_OF = "journal"
# Asked in every transaction, so put together once.
_KEPT = select(_c.seq, _c.hash).where(_c.of == _OF)
_MOVED = update(schema.heads).where(_c.of == _OF).values(seq=bindparam("seq_now"), hash=bindparam("hash_now"))


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


def keep_head(conn: Connection, seq: int, hash_: str) -> None:
    """The journal ends here now."""
    if not conn.execute(_MOVED, {"seq_now": seq, "hash_now": hash_}).rowcount:
        conn.execute(insert(schema.heads).values(of=_OF, seq=seq, hash=hash_))
