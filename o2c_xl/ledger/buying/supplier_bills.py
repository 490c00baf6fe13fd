"""What the books know about a supplier's e-invoice: who may have sent it, the orders, the bills of that number."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from o2c_xl.domain.buying.supplier_bill import Billing, BillKnown, SupplierKnown
from o2c_xl.domain.einvoice.model import EInvoice
from o2c_xl.domain.paper import company_party
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
    return Billing(suppliers, orders, bills, company_party(settings))


def _names(invoice: EInvoice) -> bool:
    return bool(invoice.purchase_reference.strip() or invoice.buyer_reference.strip())


def what_became_of(conn: Connection, bill: str) -> tuple[str, str, str]:
    """Status of a bill, its purchase order, and what stops it."""
    b = schema.bills.c
    row = conn.execute(select(b.status, b.po, b.problem).where(b.bill == bill)).first()
    return (row.status, row.po, row.problem) if row else ("", "", "")
