"""Purchase orders in the ledger: what they are worth, what an approval of one is bound to, and their document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.domain.approvals import content_hash
from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.paper import Party, PurchaseLine, PurchaseOrderDocument
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import verdicts
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.slips import trimmed

__all__ = ["PURCHASE_ORDER", "lines_by_po", "net_of", "purchase_hash", "purchase_order_document", "waiting_drafts"]

PURCHASE_ORDER = "Purchase order"
"""The step of its approvals, and the kind of its message."""

Line = Mapping[str, Any]


def net_of(lines: Iterable[Line], currency: str) -> Decimal:
    """The sum of the lines, each rounded; a line without a known cost counts as nothing."""
    return sum((_line_net(line, currency) for line in lines), ZERO)


def _line_net(line: Line, currency: str) -> Decimal:
    return round_money((line["quantity"] or ZERO) * (line["unit_cost"] or ZERO), currency)


def purchase_hash(supplier: str, currency: str, lines: Iterable[Line]) -> str:
    """What an approval is bound to: from whom what is bought, how much of it and at what cost."""
    content = [[line["line"], line["sku"], line["quantity"], line["unit_cost"]] for line in lines if line["quantity"]]
    return content_hash({"supplier": supplier, "currency": currency, "lines": content})


def lines_by_po(conn: Connection, pos: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The lines of these purchase orders, each one's in the sequence of its positions."""
    found: dict[str, list[dict[str, Any]]] = {po: [] for po in pos}
    c = schema.purchase_order_lines.c
    for row in rows_by_key(conn, schema.purchase_order_lines, c.po, list(found)):
        found[row.po].append(dict(row._mapping))
    for lines in found.values():
        lines.sort(key=lambda line: (line["position"] or 0, line["line"]))
    return found


def waiting_drafts(conn: Connection) -> list[tuple[str, str, str, dt.date | None, str]]:
    """Purchase orders that wait for a person: number, what stops them, who may act, since when, and what to do."""
    h = schema.purchase_orders.c
    drafts = conn.execute(select(h.po, h.made_on, h.content_hash, h.action).where(h.status == "Draft")).all()
    found = verdicts(conn, PURCHASE_ORDER, [draft.po for draft in drafts])
    rows = []
    for draft in drafts:
        verdict = found.get(draft.po)
        if verdict and verdict.of(draft.content_hash) == "Rejected":
            what, fix = "Purchase order was rejected", f"{verdict.reason}. Change it, or set its Action to Cancel."
        elif draft.action == "Send":
            what, fix = "Purchase order has no lines", "Enter what is to be bought, or set its Action to Cancel."
        else:
            what, fix = "Purchase order is a draft", "Set its Action to Send, or to Cancel."
        rows.append((draft.po, what, "Purchasing", draft.made_on, fix))
    return rows


def purchase_order_document(conn: Connection, po: str, settings: Mapping[str, str]) -> PurchaseOrderDocument:
    """The order as its supplier reads it; `settings` are the company's own data (`Policy.company`).

    Raises KeyError for an unknown number.
    """
    head = conn.execute(select(schema.purchase_orders).where(schema.purchase_orders.c.po == po)).first()
    if head is None:
        raise KeyError(po)
    supplier = conn.execute(select(schema.suppliers).where(schema.suppliers.c.supplier_id == head.supplier_id)).first()
    lines = [line for line in lines_by_po(conn, [po])[po] if line["quantity"]]
    buyer = _company(settings)
    day = head.po_date or head.made_on
    unknown = any(line["unit_cost"] is None for line in lines)
    return PurchaseOrderDocument(
        number=po,
        po_date=day,
        buyer=buyer,
        supplier=_supplier(supplier._asdict()) if supplier else Party(name=head.supplier_id, key=head.supplier_id),
        ship_to=buyer,
        currency=head.currency,
        lines=_document_lines(conn, head._asdict(), lines),
        net=head.net,
        expected=head.expected,
        payment_terms=supplier.payment_terms if supplier else "",
        notes=("Please confirm the price of the lines without one.",) if unknown else (),
    )


def _document_lines(conn: Connection, head: Mapping[str, Any], lines: list[dict[str, Any]]) -> tuple[PurchaseLine, ...]:
    p, prices = schema.products.c, schema.supplier_prices.c
    skus = [line["sku"] for line in lines]
    products = {row.sku: row for row in rows_by_key(conn, [p.sku, p.name, p.unit], p.sku, skus)}
    theirs = {
        row.sku: row.supplier_sku
        for row in rows_by_key(
            conn, [prices.sku, prices.supplier_sku], prices.sku, skus, prices.supplier_id == head["supplier_id"]
        )
    }
    return tuple(
        PurchaseLine(
            line=line["line"],
            sku=line["sku"],
            name=products[line["sku"]].name if line["sku"] in products else line["sku"],
            quantity=trimmed(line["quantity"]),
            unit=products[line["sku"]].unit if line["sku"] in products else "",
            unit_cost=line["unit_cost"] or ZERO,
            net=_line_net(line, head["currency"]),
            supplier_sku=theirs.get(line["sku"], ""),
            expected=head["expected"],
        )
        for line in lines
    )


def _company(settings: Mapping[str, str]) -> Party:
    def of(name: str) -> str:
        return settings.get(f"Company {name}", "")

    return Party(
        name=of("name"),
        street=of("street"),
        city=of("city"),
        postal_code=of("postal code"),
        country=of("country"),
        tax_id=of("tax ID"),
        email=of("email"),
    )


def _supplier(row: Mapping[str, Any]) -> Party:
    names = ("name", "street", "city", "postal_code", "country", "email", "phone")
    return Party(key=row["supplier_id"], **{name: row[name] for name in names})
