"""The contents of a posted document, sealed with its journal entry.

Equations find a changed amount; they do not see a changed due date or customer. So the entry that posts a document
carries a hash of the rows it was posted with. They are read back when the entry is written, whoever wrote them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from o2c_xl.ledger import schema
from o2c_xl.ledger.bulk import raw_rows
from o2c_xl.ledger.journal import Entry

__all__ = ["SEALED", "contents", "with_contents"]

_INVOICE = (
    (
        "invoices",
        "invoice",
        (
            "invoice kind order customer_id account customer_reference invoice_date due_date currency terms "
            "net tax total corrects"
        ),
    ),
    (
        "invoice_lines",
        "invoice",
        (
            "invoice line order order_line sku name quantity unit_price discount_percent net tax_code "
            "tax_rate_percent shipment"
        ),
    ),
    ("invoice_dues", "invoice", "invoice due_no due_date amount"),
)
_SHIPMENT = (
    ("shipments", "shipment", "shipment order"),
    ("shipment_lines", "shipment", "shipment line order sku quantity cost"),
)
_RECEIPT = (("receipt_lines", "receipt", "receipt po line sku quantity unit_cost value"),)

SEALED: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "invoice posted": _INVOICE,
    "credit note posted": _INVOICE,
    "goods shipped": _SHIPMENT,
    "goods received": _RECEIPT,
}
"""By event: the tables of the document that is the event's subject, their key column and the columns that stay."""


def contents(conn: Connection, event: str, subjects: Sequence[str]) -> dict[str, str]:
    """By subject a hash of its rows as the database holds them; subjects without any row are left out.

    Rows are taken in the order of their texts, so it does not matter how the database sorts or returns them.
    """
    texts: dict[str, list[str]] = {}
    for table, key, names in SEALED[event]:
        columns = names.split()
        for row in raw_rows(conn, schema.metadata.tables[table], columns, key, subjects):
            texts.setdefault(row[0], []).append(table + "\x1f".join(map(str, row)))
    return {
        subject: hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()[:32] for subject, rows in texts.items()
    }


def with_contents(conn: Connection, entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries, those that post a document with the hash of its contents in their data."""
    found = {
        event: contents(conn, event, [entry.subject for entry in entries if entry.event == event])
        for event in _sealed_events(entries)
    }
    if not found:
        return entries
    return [
        replace(entry, data={**entry.data, "content": content})
        if (content := found.get(entry.event, {}).get(entry.subject))
        else entry
        for entry in entries
    ]


def _sealed_events(entries: Iterable[Entry]) -> set[str]:
    return {entry.event for entry in entries} & SEALED.keys()
