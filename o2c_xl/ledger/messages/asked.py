"""The books behind decisions on messages that were typed in the sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.domain.telling import SEND_AGAIN, TAKE_AS_SENT
from o2c_xl.ledger import schema
from o2c_xl.ledger.messages.mailing import resolve_rows, undecidable
from o2c_xl.ledger.schema.partial import ASKED_MESSAGES
from o2c_xl.ledger.store import Ledger

__all__ = ["AskedBooks"]

_VERDICTS = {SEND_AGAIN: "again", TAKE_AS_SENT: "sent"}


class AskedBooks:
    """Does all that was decided in one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def work_off(self) -> int:
        """Do what was decided; returns of how many. What went out meanwhile is left as it is."""
        with self._ledger.reading() as conn:
            if not _asked(conn):
                return 0
        with self._ledger.transaction(self._day) as txn:
            rows = _asked(txn.conn)
            open_ = [row for row in rows if not undecidable(row)]
            for action, verdict in _VERDICTS.items():
                resolve_rows(txn, [row for row in open_ if row.action == action], verdict)
            txn.update(schema.outbox, [{"message": row.message, "action": ""} for row in rows])
        return len(open_)


def _asked(conn: Connection) -> Sequence[Any]:
    # sorted here: asked to sort, SQLite walks all messages in the order of their keys
    return sorted(conn.execute(select(schema.outbox).where(ASKED_MESSAGES)), key=attrgetter("message"))
