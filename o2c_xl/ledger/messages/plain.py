"""Invoices that went out without their data, as no e-invoice can be made of them: kept with their message, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.schema.partial import OPEN_INVOICES

__all__ = ["as_data", "plain_invoices", "plain_messages", "went_plain"]

_KEY = "no e-invoice"


def as_data(why: str) -> str:
    """What is kept with the message of an invoice; `why` is empty where it carries its data."""
    return json.dumps({_KEY: why}, ensure_ascii=False) if why else ""


def went_plain(data: str) -> str:
    """Why the invoice of a message went without its data; empty where it carries it."""
    return str(json.loads(data).get(_KEY, "")) if data else ""


def plain_invoices(conn: Connection) -> dict[str, list[str]]:
    """The invoices still to be paid that went out without their data, by why."""
    box, inv = schema.outbox.c, schema.invoices.c
    statement = (
        select(box.about, box.data)
        .join(schema.invoices, inv.invoice == box.about)
        .where(OPEN_INVOICES, box.kind.in_(("Invoice", "Credit note")), box.data != "")
        .order_by(box.message)
    )
    last = {about: went_plain(data) for about, data in conn.execute(statement)}  # the latest message counts
    found: dict[str, list[str]] = {}
    for about, why in last.items():
        if why:
            found.setdefault(why, []).append(about)
    return found


def plain_messages(conn: Connection, invoices: Sequence[str] = ()) -> dict[str, tuple[str, str]]:
    """Kind and message by invoice of those that went out without their data; of none named, those still to be paid."""
    wanted = invoices or [key for keys in plain_invoices(conn).values() for key in keys]
    box = schema.outbox.c
    columns = [box.message, box.kind, box.about, box.data]
    rows = rows_by_key(conn, columns, box.about, wanted, box.kind.in_(("Invoice", "Credit note")))
    last = {row.about: row for row in sorted(rows, key=lambda row: row.message)}
    return {about: (row.kind, row.message) for about, row in sorted(last.items()) if went_plain(row.data)}
