"""What the books know about a supplier's e-invoice: who may have sent it, the orders, the bills of that number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from o2c_xl.domain.buying.bill_lines import OrderedArticle
from o2c_xl.domain.buying.supplier_bill import Billing, BillKnown, SupplierKnown, order_of
from o2c_xl.domain.einvoice.model import EInvoice
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.paper import company_party
from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["billing_for", "what_became_of"]


def billing_for(conn: Connection, invoice: EInvoice, settings: Mapping[str, str]) -> Billing:
    """Everything that decides what the invoice becomes. `settings` are those that hold, by name."""
    s, p, b = schema.suppliers.c, schema.purchase_orders.c, schema.bills.c
    own = settings.get("Company currency", "")
    suppliers = [
        SupplierKnown(row.supplier_id, row.name, row.tax_id, row.iban, row.currency or own)
        for row in conn.execute(select(s.supplier_id, s.name, s.tax_id, s.iban, s.currency))
    ]
    number = " ".join(invoice.number.split())
    keys = [number, *(f"{one.key} {number}" for one in suppliers)]
    bills = [
        BillKnown(row.bill, row.supplier_id, row.total, row.bill_date)
        for row in rows_by_key(conn, [b.bill, b.supplier_id, b.total, b.bill_date], b.bill, keys)
    ]
    orders = {row.po: row.supplier_id for row in conn.execute(select(p.po, p.supplier_id))} if _names(invoice) else {}
    named = _ordered(conn, [po for po in orders if order_of(_said(invoice), {po: orders[po]})])
    return Billing(suppliers, orders, bills, company_party(settings), named, policy_of(settings).bill_tolerance_percent)


def _names(invoice: EInvoice) -> bool:
    return bool(_said(invoice))


def _said(invoice: EInvoice) -> str:
    """Where an order of ours is named, if one is."""
    return invoice.purchase_reference.strip() or invoice.buyer_reference.strip()


def _ordered(conn: Connection, orders: Sequence[str]) -> dict[str, list[OrderedArticle]]:
    """The lines of these purchase orders, with the supplier's own numbers of the articles."""
    line, head = schema.purchase_order_lines.c, schema.purchase_orders.c
    price, product = schema.supplier_prices.c, schema.products.c
    suppliers = {row.po: row.supplier_id for row in rows_by_key(conn, [head.po, head.supplier_id], head.po, orders)}
    lines = list(rows_by_key(conn, schema.purchase_order_lines, line.po, orders))
    skus = {row.sku for row in lines}
    units = {row.sku: row.unit for row in rows_by_key(conn, [product.sku, product.unit], product.sku, skus)}
    columns = [price.supplier_id, price.sku, price.supplier_sku, price.pack_size]
    sold = {(row.supplier_id, row.sku): row for row in rows_by_key(conn, columns, price.sku, skus)}
    found: dict[str, list[OrderedArticle]] = {}
    for row in lines:
        offer = sold.get((suppliers[row.po], row.sku))
        much = max((row.quantity or ZERO) - row.cancelled, row.received - row.refused)
        theirs, packed = (offer.supplier_sku, (offer.pack_size or 1) > 1) if offer else ("", False)
        article = OrderedArticle(row.line, row.sku, theirs, much, row.unit_cost, units.get(row.sku, ""), packed)
        found.setdefault(row.po, []).append(article)
    return found


def what_became_of(conn: Connection, bill: str) -> tuple[str, str, str]:
    """Status of a bill, its purchase order, and what stops it."""
    b = schema.bills.c
    row = conn.execute(select(b.status, b.po, b.problem).where(b.bill == bill)).first()
    return (row.status, row.po, row.problem) if row else ("", "", "")
