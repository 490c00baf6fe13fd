"""Late-payment penalties: memo until someone charges them by an invoice without tax, or waives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.domain.accounts import penalty_legs
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.messages.sending import ways_of
from o2c_xl.ledger.schema.partial import MEMO_PENALTIES
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["PenaltyBooks", "settled_penalties"]

_rem, _inv = schema.reminders.c, schema.invoices.c
_ONE = Decimal(1)
_TERMS = "Net 0"


class PenaltyBooks:
    """Charges and waives all that was decided in one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def work_off(self) -> int:
        """Charge and waive what was decided; returns how many."""
        with self._ledger.reading() as conn:
            if not _decided(conn):
                return 0
        with self._ledger.transaction(self._day) as txn:
            rows = _decided(txn.conn)
            _charge(txn, [row for row in rows if row.action == "Charge"])
            _waive(txn, [row for row in rows if row.action == "Waive"])
        return len(rows)


def _decided(conn: Connection) -> list[Any]:
    rows = conn.execute(select(schema.reminders).where(MEMO_PENALTIES, _rem.action.in_(("Charge", "Waive"))))
    return sorted(rows, key=lambda row: str(row.reminder))


def _waive(txn: Txn, rows: Sequence[Any]) -> None:
    for row in rows:
        txn.record("penalty waived", row.reminder, {"amount": row.penalty, "currency": row.currency})
    txn.update(schema.reminders, [{"reminder": row.reminder, "penalty_status": "Waived", "action": ""} for row in rows])


def _charge(txn: Txn, rows: Sequence[Any]) -> None:
    """An invoice of one line for each: it is open, ages, is paid and reminded of as any other."""
    if not rows:
        return
    ways = ways_of(txn.conn, {row.customer_id: row.customer_id for row in rows})
    invoices, lines, dues = [], [], []
    numbers = [txn.number("INV-") for _ in rows]
    for number, row in zip(numbers, rows, strict=True):
        data = {"reminder": row.reminder, "total": row.penalty, "currency": row.currency}
        entry = txn.record("invoice posted", number, data, penalty_legs(row.penalty, row.currency, row.customer_id))
        invoices.append(_invoice(number, row, txn.day, (entry, ways[row.customer_id].name)))
        lines.append(_line(number, row))
        dues.append({"invoice": number, "due_no": 1, "due_date": txn.day, "amount": row.penalty})
        txn.record("penalty charged", row.reminder, {"invoice": number, "amount": row.penalty})
    txn.insert(schema.invoices, invoices)
    txn.insert(schema.invoice_lines, lines)
    txn.insert(schema.invoice_dues, dues)
    charged = zip(numbers, rows, strict=True)
    txn.update(
        schema.reminders,
        [
            {"reminder": row.reminder, "penalty_status": "Charged", "charged_by": number, "action": ""}
            for number, row in charged
        ],
    )
    put_in_outbox(
        txn,
        [
            Outgoing("Invoice", number, way.to, "Invoice for a late-payment charge", party=row.customer_id)
            for number, row in zip(numbers, rows, strict=True)
            for way in (ways[row.customer_id],)
        ],
    )


def _invoice(number: str, row: Any, day: dt.date, more: tuple[int, str]) -> dict[str, Any]:  # noqa: ANN401 -- a row
    entry, way = more
    return {
        "invoice": number,
        "kind": "Invoice",
        "customer_id": row.customer_id,
        "account": row.customer_id,
        "customer_reference": row.reminder,
        "invoice_date": day,
        "due_date": day,
        "currency": row.currency,
        "terms": _TERMS,
        "net": row.penalty,
        "tax": ZERO,
        "total": row.penalty,
        "open": row.penalty,
        "sent_by": way,
        "sent_on": day,
        "status": "Sent",
        "entry": entry,
    }


def _line(number: str, row: Any) -> dict[str, Any]:  # noqa: ANN401 -- a row
    return {
        "invoice": number,
        "line": "1",
        "position": 1,
        "name": f"Late-payment charge, reminder {row.reminder} of {row.date}",
        "quantity": _ONE,
        "unit_price": row.penalty,
        "net": row.penalty,
    }


def settled_penalties(conn: Connection) -> list[Any]:
    """Reminders whose penalty is memo although all that they listed is settled, oldest first."""
    rows = {row.reminder: row for row in conn.execute(select(schema.reminders).where(MEMO_PENALTIES))}
    if not rows:
        return []
    c = schema.reminder_items.c
    listed = list(rows_by_key(conn, [c.reminder, c.invoice], c.reminder, rows))
    names = {row.invoice for row in listed}
    open_ = {row.invoice for row in rows_by_key(conn, [_inv.invoice], _inv.invoice, names, _inv.open > ZERO)}
    unsettled = {row.reminder for row in listed if row.invoice in open_}
    return [row for key, row in sorted(rows.items()) if key not in unsettled]
