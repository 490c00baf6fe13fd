"""Invoices that went out without their data, as no e-invoice can be made of them: kept with their message, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

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


def plain_invoices(conn: Connection) -> dict[str, dict[str, date]]:
    """The invoices still to be paid that went out without their data, by why, each with the day it went out."""
    box, inv = schema.outbox.c, schema.invoices.c
    statement = (
        select(box.about, box.data, box.made_on)
        .join(schema.invoices, inv.invoice == box.about)
        .where(OPEN_INVOICES, box.kind.in_(("Invoice", "Credit note")), box.data != "")
        .order_by(box.message)
    )
    last = {row.about: row for row in conn.execute(statement)}  # the latest message counts
    found: dict[str, dict[str, date]] = {}
    for about, row in last.items():
        if why := went_plain(row.data):
            found.setdefault(why, {})[about] = row.made_on
    return found


def plain_messages(conn: Connection, invoices: Sequence[str] = ()) -> dict[str, tuple[str, str]]:
    """Kind and message by invoice of those that went out without their data; of none named, those still to be paid."""
    wanted = invoices or [key for keys in plain_invoices(conn).values() for key in keys]
    box = schema.outbox.c
    columns = [box.message, box.kind, box.about, box.data]
    rows = rows_by_key(conn, columns, box.about, wanted, box.kind.in_(("Invoice", "Credit note")))
    last = {row.about: row for row in sorted(rows, key=lambda row: row.message)}
    return {about: (row.kind, row.message) for about, row in sorted(last.items()) if went_plain(row.data)}
