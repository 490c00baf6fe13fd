"""Disputes as rows of the table Requests, so that their response times are recorded; promises to pay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.disputes import Dispute, promise_kept
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = ["DISPUTED", "DISPUTE_RESOLVED", "close_disputes", "disputes_of", "open_disputes", "promises"]

DISPUTED, DISPUTE_RESOLVED = "invoice disputed", "dispute resolved"
"""Events of an invoice."""
_KIND = "Dispute"
_inv, _req, _set = schema.invoices.c, schema.requests.c, schema.settlements.c


def open_disputes(txn: Txn, invoices: Sequence[str]) -> dict[str, str]:
    """Record that these invoices are disputed; returns the number of each dispute in Requests."""
    columns = [_inv.invoice, _inv.customer_id, _inv.dispute_code, _inv.reason]
    heads = {row.invoice: row for row in rows_by_key(txn.conn, columns, _inv.invoice, invoices)}
    numbers = {key: txn.number("RQ-") for key in invoices}
    for key, number in numbers.items():
        txn.record(DISPUTED, key, {"code": heads[key].dispute_code, "request": number})
    txn.insert(schema.requests, [_row(number, heads[key], txn.day) for key, number in numbers.items()])
    return numbers


def _row(number: str, head: Any, day: dt.date) -> dict[str, Any]:  # noqa: ANN401 -- a row
    return {
        "request": number,
        "customer_id": head.customer_id,
        "order_or_invoice": head.invoice,
        "kind": f"{_KIND}: {head.dispute_code}" if head.dispute_code else _KIND,
        "text": head.reason,
        "received_on": day,
    }


def close_disputes(txn: Txn, invoices: Sequence[str]) -> None:
    """Record that these disputes are over; their rows in Requests close on that day unless they were closed before."""
    columns = [_inv.invoice, _inv.dispute]
    numbers = {row.dispute: row.invoice for row in rows_by_key(txn.conn, columns, _inv.invoice, invoices)}
    for key in invoices:
        txn.record(DISPUTE_RESOLVED, key)
    open_ = rows_by_key(txn.conn, [_req.request], _req.request, numbers, _req.closed_on.is_(None))
    txn.update(schema.requests, [{"request": row.request, "closed_on": txn.day} for row in open_])


def disputes_of(conn: Connection, first: dt.date, last: dt.date) -> list[Dispute]:
    """Disputes that were open at any time of a period, oldest first."""
    columns = [
        _req.request,
        _req.order_or_invoice,
        _req.kind,
        _req.received_on,
        _req.first_reply_on,
        _req.closed_on,
        _inv.total,
    ]
    statement = (
        select(*columns)
        .join(schema.invoices, _inv.invoice == _req.order_or_invoice)
        .where(_req.kind.startswith(_KIND), _req.received_on <= last)
        .where(_req.closed_on.is_(None) | (_req.closed_on >= first))
        .order_by(_req.received_on, _req.request)
    )
    return [
        Dispute(
            row.request,
            row.order_or_invoice,
            row.kind.partition(": ")[2] or "Other",
            row.total,
            row.received_on,
            _by(row.first_reply_on, last),
            _by(row.closed_on, last),
        )
        for row in conn.execute(statement)
    ]


def _by(day: dt.date | None, last: dt.date) -> dt.date | None:
    """The day, if it had come by then."""
    return day if day is not None and day <= last else None


def promises(conn: Connection, day: dt.date) -> dict[str, str]:
    """What came of each promise to pay, by invoice."""
    rows = conn.execute(select(_inv.invoice, _inv.promised_for, _inv.open).where(_inv.promised_for.is_not(None))).all()
    paid = _last_paid(conn, [row.invoice for row in rows if row.open <= ZERO])
    return {row.invoice: promise_kept(row.promised_for, row.open, paid.get(row.invoice), day) for row in rows}


def _last_paid(conn: Connection, invoices: Iterable[str]) -> dict[str, dt.date]:
    found: dict[str, dt.date] = {}
    for row in rows_by_key(conn, [_set.invoice, _set.day], _set.invoice, invoices):
        found[row.invoice] = max(found.get(row.invoice, row.day), row.day)
    return found
