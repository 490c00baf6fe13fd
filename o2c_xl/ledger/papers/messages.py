"""What messages tell, as plain values for their templates: orders, shipments, invoices, purchase orders, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table

from o2c_xl.domain.invoices.invoicing import line_net
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.ordering.orders import natural_key
from o2c_xl.domain.telling import ALTERNATIVES, CONFIRMATION, DELAY, HELD, MISSING, SHIPMENT
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.paid_ahead import paid_ahead
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.reach import told

__all__ = ["facts_of"]

_OF_ORDERS = (CONFIRMATION, MISSING, ALTERNATIVES, DELAY, HELD)
_ORDER = (
    "order", "customer_reference", "order_date", "requested_date", "promise_date", "shipping", "net", "tax", "total",
    "currency", "status", "ship_to_name", "ship_to_street", "ship_to_postal_code", "ship_to_city", "ship_to_country",
)  # fmt: skip
_LINE = (
    "order", "line", "sku", "quantity", "allocated", "shipped", "cancelled", "promise_date", "net", "unit_price",
    "price", "discount_percent",
)  # fmt: skip
_INVOICE = (
    "invoice", "kind", "order", "corrects", "invoice_date", "due_date", "currency", "net", "tax", "total", "open",
)  # fmt: skip
_SHIPMENT = ("shipment", "order", "carrier", "service", "tracking", "shipped_on", "expected")
_PURCHASE = ("po", "po_date", "expected", "net", "currency")


def facts_of(conn: Connection, rows: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """By message number what its template may use: `data` and, by kind, `order`, `shipment`, `invoice`, `purchase`."""
    abouts: dict[str, list[str]] = {}
    for row in rows:
        abouts.setdefault(row.kind, []).append(row.about)
    shipments = _by_key(conn, schema.shipments, _SHIPMENT, abouts.get(SHIPMENT, ()))
    keys = {about for kind in _OF_ORDERS for about in abouts.get(kind, ())}
    orders = _orders(conn, keys | {one["order"] for one in shipments.values()})
    parcels = _parcels(conn, shipments)
    invoices = _invoices(conn, [*abouts.get("Invoice", ()), *abouts.get("Credit note", ())])
    purchases = _by_key(conn, schema.purchase_orders, _PURCHASE, abouts.get("Purchase order", ()))
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        facts: dict[str, Any] = {"data": told(row)}
        if row.kind in _OF_ORDERS:
            facts["order"] = orders.get(row.about)
        elif row.kind == SHIPMENT:
            shipment = shipments.get(row.about)
            facts["shipment"] = shipment and {**shipment, "lines": parcels.get(row.about, [])}
            facts["order"] = shipment and orders.get(shipment["order"])
        elif row.kind in ("Invoice", "Credit note"):
            facts["invoice"] = invoices.get(row.about)
        elif row.kind == "Purchase order":
            facts["purchase"] = purchases.get(row.about)
        found[row.message] = facts
    return found


def _by_key(conn: Connection, table: Table, names: Sequence[str], keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    columns = [table.c[name] for name in names]
    return {row[0]: row._asdict() for row in rows_by_key(conn, columns, columns[0], keys)}


def _invoices(conn: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """With what was `prepaid` of each and what its paper asks for, `to_pay`."""
    columns = [schema.invoices.c[name] for name in (*_INVOICE, "account", "entry")]
    rows = {row.invoice: row for row in rows_by_key(conn, columns, schema.invoices.c.invoice, keys)}
    ahead = paid_ahead(conn, rows.values())
    found = {}
    for key, row in rows.items():
        prepaid = ahead[key].amount if key in ahead else ZERO
        found[key] = {name: getattr(row, name) for name in _INVOICE} | {
            "prepaid": prepaid,
            "to_pay": row.total - prepaid,
        }
    return found


def _orders(conn: Connection, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """With their lines; `left` of both is what the net comes to without what was cancelled, None where nothing was."""
    heads = _by_key(conn, schema.orders, _ORDER, keys)
    c = schema.order_lines.c
    wanted = c.quantity.is_distinct_from(ZERO)  # what was taken off the order is not told
    lines = [row._asdict() for row in rows_by_key(conn, [c[name] for name in _LINE], c.order, heads, wanted)]
    names = _products(conn, {line["sku"] for line in lines})
    offers = _products(conn, {names[line["sku"]]["alternative_sku"] for line in lines if line["sku"] in names} - {""})
    for head in heads.values():
        head |= {"lines": [], "left": None}
    for line in sorted(lines, key=lambda one: natural_key(one["line"])):
        product = names.get(line["sku"], {})
        quantity = line["quantity"] or ZERO
        short = quantity - line["allocated"] - line["shipped"] - line["cancelled"]
        offer = offers.get(product.get("alternative_sku", ""))
        head = heads[line["order"]]
        left = _left(line, head["currency"])
        if left is not None:
            head["left"] = (head["net"] if head["left"] is None else head["left"]) - line["net"] + left
        head["lines"].append(
            {
                **line,
                "name": product.get("name", line["sku"]),
                "unit": product.get("unit", ""),
                "quantity": trimmed(quantity),
                "short": trimmed(short),
                "cancelled": trimmed(line["cancelled"]),
                "alternative": offer,
                "left": left,
            }
        )
    return heads


def _left(line: Mapping[str, Any], currency: str) -> Decimal | None:
    if not line["cancelled"] or line["price"] is None:
        return None
    return line_net(line["quantity"] - line["cancelled"], line["price"], line["discount_percent"] or ZERO, currency)


def _parcels(conn: Connection, shipments: Mapping[str, Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    c = schema.shipment_lines.c
    rows = [row._asdict() for row in rows_by_key(conn, [c.shipment, c.line, c.sku, c.quantity], c.shipment, shipments)]
    names = _products(conn, {row["sku"] for row in rows})
    found: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda one: natural_key(one["line"])):
        product = names.get(row["sku"], {})
        told_of = {"name": product.get("name", row["sku"]), "unit": product.get("unit", "")}
        found.setdefault(row["shipment"], []).append({**row, **told_of, "quantity": trimmed(row["quantity"])})
    return found


def _products(conn: Connection, skus: Iterable[str]) -> dict[str, dict[str, Any]]:
    return _by_key(conn, schema.products, ("sku", "name", "unit", "price", "alternative_sku"), skus)
