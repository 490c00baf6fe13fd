"""The books behind withdrawn notices: messages about orders that wait, beside how these orders stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.telling import ALTERNATIVES, CONFIRMATION, DELAY, HELD, MISSING
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.withdraw_notices import Notice

__all__ = ["NoticeBooks"]

_KINDS = (ALTERNATIVES, CONFIRMATION, DELAY, HELD, MISSING)


class NoticeBooks:
    """All that wait at once: they are few, and each is one row."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def work_off(self, decide: Callable[[Sequence[Notice]], dict[str, str]]) -> int:
        """Withdraw the messages that `decide` gives a reason for; returns how many."""
        with self._ledger.reading() as conn:
            if not decide(_waiting(conn)):
                return 0
        with self._ledger.transaction(self._day) as txn:
            waiting = _waiting(txn.conn)  # read again where nobody else can write
            found = decide(waiting)
            for one in waiting:
                if one.message in found:
                    txn.record("message withdrawn", one.message, {"kind": one.kind, "why": found[one.message]})
            gone = {"status": "Withdrawn", "server": "", "next_try": ""}
            txn.update(schema.outbox, [{"message": key, "said": why, **gone} for key, why in found.items()])
        return len(found)


def _waiting(conn: Connection) -> list[Notice]:
    """In the sequence in which they were written."""
    box, o = schema.outbox.c, schema.orders.c
    query = select(box.message, box.kind, box.about).where(box.status == "Waiting", box.kind.in_(_KINDS))
    rows = sorted(conn.execute(query).all())
    last = {(row.kind, row.about): row.message for row in rows}
    orders = {
        row.order: row
        for row in rows_by_key(conn, [o.order, o.status, o.credit_state], o.order, {row.about for row in rows})
    }
    return [
        Notice(
            row.message,
            row.kind,
            OrderStatus(orders[row.about].status),
            held=orders[row.about].credit_state == "Hold",
            again=last[row.kind, row.about] != row.message,
        )
        for row in rows
        if row.about in orders
    ]
