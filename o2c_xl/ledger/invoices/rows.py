"""Invoices as rows of the ledger: the invoice, its lines, its instalments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from o2c_xl.domain.receivables.open_items import InvoiceStatus
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.sending import Way
from o2c_xl.ledger.store import Txn
from o2c_xl.steps.invoice import InvoiceDecided

__all__ = ["billed_shipments", "insert_dues", "insert_invoices"]


def insert_invoices(  # noqa: PLR0913 -- one row of invoices needs all of these
    txn: Txn,
    numbers: Sequence[str],
    invoices: Sequence[InvoiceDecided],
    heads: Mapping[str, Row[Any]],
    shipments: Mapping[str, str],
    *,
    entries: Sequence[int | None],
    ways: Mapping[str, Way],
) -> None:
    """Rows of posted invoices, and of drafts: those have no entry yet and nobody was sent them."""
    if not invoices:
        return
    orders = [one.order for one in invoices]
    rows = [heads[order.order] for order in orders]
    totals = [one.total for one in invoices]
    posted = entries[0] is not None
    txn.insert_columns(
        schema.invoices,
        {
            "invoice": numbers,
            "kind": ["Invoice"] * len(orders),
            "order": [order.order for order in orders],
            "customer_id": [row.customer_id for row in rows],
            "account": [order.account for order in orders],
            "customer_reference": [row.customer_reference for row in rows],
            "invoice_date": [txn.day] * len(orders),
            "due_date": [one.dues[-1][0] for one in invoices],
            "currency": [order.currency for order in orders],
            "terms": [order.terms for order in orders],
            "net": [one.net for one in invoices],
            "tax": [one.tax for one in invoices],
            "total": totals,
            "open": totals,
            "sent_by": [ways[order.account].name if posted else "" for order in orders],
            "sent_on": [txn.day if posted else None] * len(orders),
            "status": [_status(one) if posted else str(InvoiceStatus.APPROVAL) for one in invoices],
            "content_hash": [one.content for one in invoices],
            "asked_by": [row.asked_by for row in rows],
            "entry": entries,
        },
    )
    _insert_lines(txn, numbers, invoices, shipments)


def _status(one: InvoiceDecided) -> str:
    return str(InvoiceStatus.SENT if one.total else InvoiceStatus.PAID)


def _insert_lines(
    txn: Txn, numbers: Sequence[str], invoices: Sequence[InvoiceDecided], shipments: Mapping[str, str]
) -> None:
    positions = [position for one in invoices for position in range(1, len(one.lines) + 1)]
    of_line = [(number, one.order.order) for number, one in zip(numbers, invoices, strict=True) for _ in one.lines]
    lines = [line for one in invoices for line in one.lines]
    txn.insert_columns(
        schema.invoice_lines,
        {
            "invoice": [number for number, _ in of_line],
            "line": [str(position) for position in positions],
            "position": positions,
            "order": [order for _, order in of_line],
            "order_line": [line.order_line for line in lines],
            "sku": [line.sku for line in lines],
            "name": [line.name for line in lines],
            "quantity": [line.quantity for line in lines],
            "unit_price": [line.unit_price for line in lines],
            "discount_percent": [line.discount_percent for line in lines],
            "net": [line.net for line in lines],
            "tax_code": [line.tax_code for line in lines],
            "tax_rate_percent": [line.tax_rate for line in lines],
            "shipment": [
                shipments.get(order, "") if line.sku else "" for line, (_, order) in zip(lines, of_line, strict=True)
            ],
        },
    )


def insert_dues(txn: Txn, numbers: Sequence[str], invoices: Sequence[InvoiceDecided]) -> None:
    """The instalments of posted invoices; a draft has none, as its days are not fixed."""
    rows = [
        (number, n, day, amount)
        for number, one in zip(numbers, invoices, strict=True)
        for n, (day, amount) in enumerate(one.dues, 1)
    ]
    if rows:
        columns = zip(("invoice", "due_no", "due_date", "amount"), zip(*rows, strict=True), strict=True)
        txn.insert_columns(schema.invoice_dues, dict(columns))


def billed_shipments(conn: Connection, invoices: Sequence[InvoiceDecided]) -> dict[str, str]:
    """The shipments each of these orders is billed for: sent, and on no earlier invoice of the order."""
    orders = [one.order.order for one in invoices]
    partly = [one.order.order for one in invoices if any(line.quantities.invoiced for line in one.order.lines)]
    b, s = schema.invoice_lines.c, schema.shipments.c
    billed = {
        (row.order, number) for row in rows_by_key(conn, [b.order, b.shipment], b.order, partly)
        for number in row.shipment.split(", ")
    }  # fmt: skip
    found: dict[str, list[str]] = {}
    for row in rows_by_key(conn, [s.order, s.shipment], s.order, orders, s.status == "Shipped"):
        if (row.order, row.shipment) not in billed:
            found.setdefault(row.order, []).append(row.shipment)
    return {order: ", ".join(sorted(numbers)) for order, numbers in found.items()}
