"""Invoices that went out without their data, as no e-invoice can be made of them: kept with their message, and why."""

from __future__ import annotations

import json

from sqlalchemy import Connection, literal_column, select

from o2c_xl.ledger import schema

__all__ = ["as_data", "plain_invoices", "went_plain"]

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
        .where(literal_column("invoices.open <> 0"), box.kind.in_(("Invoice", "Credit note")), box.data != "")
        .order_by(box.message)
    )
    last = {about: went_plain(data) for about, data in conn.execute(statement)}
    found: dict[str, list[str]] = {}
    for about, why in last.items():
        if why:
            found.setdefault(why, []).append(about)
    return found
