"""Purchasing: purchase orders and their lines."""

from __future__ import annotations

from o2c_xl.domain.buying.purchase_status import PurchaseStatus
from o2c_xl.tables.define.build import choice, choices_of, key, python, staff, table
from o2c_xl.tables.define.spec import Department, Kind

__all__ = ["PURCHASE_ORDERS", "PURCHASE_ORDER_LINES"]

PURCHASE_ORDERS = table(
    "PurchaseOrders",
    Department.PURCHASING,
    "What we order from suppliers; Python proposes drafts, you may change them.",
    key("PO", "Purchase order number; leave it empty and Python gives one.", example="PO-000001"),
    staff(
        "Supplier ID",
        Kind.CODE,
        "From Suppliers.",
        feeds="Suppliers.Supplier ID",
        example="EXOTIC",
        needed=True,
    ),
    python("PO date", Kind.DATE, "When it was sent."),
    staff(
        "Expected",
        Kind.DATE,
        "When the goods should arrive; change it when the supplier confirms another day.",
    ),
    choice(
        "Action",
        ("Send", "Cancel", "Close short"),
        "What you want done; a draft of Python's goes out by itself unless Send purchase orders by hand is Yes.",
        decides=True,
        width=12,
    ),
    staff("Reason", Kind.TEXT, "Why from another supplier than Python proposed; kept with the order.", width=26),
    python("Net", Kind.MONEY, "Sum of its lines."),
    python(
        "Status",
        Kind.CHOICE,
        "Where it stands.",
        choices=choices_of(PurchaseStatus),
        width=16,
    ),
    gives_key="PO-",
    late=("Expected",),
)

PURCHASE_ORDER_LINES = table(
    "PurchaseOrderLines",
    Department.PURCHASING,
    "What each purchase order asks for.",
    key("PO", "The purchase order.", feeds="PurchaseOrders.PO", example="PO-000001"),
    key(
        "Line",
        "1, 2, 3 … within the purchase order; empty in the workbook = numbered for you.",
        kind=Kind.LINE,
        example="1",
    ),
    staff("SKU", Kind.CODE, "From Products.", feeds="Products.SKU", example="00123", needed=True),
    staff("Quantity", Kind.QUANTITY, "How many; 0 takes a line off a draft.", least=0, example="50", needed=True),
    staff(
        "Unit cost",
        Kind.PRICE,
        "Per unit, without tax; empty = the supplier's price.",
        least=0,
        example="11.50",
    ),
    python("Received", Kind.QUANTITY, "All that came, refused included."),
    python("Refused", Kind.QUANTITY, "Refused part of what came."),
    python("For orders", Kind.TEXT, "Customer orders that wait for it."),
    python("Why", Kind.LONG_TEXT, "How the quantity was found."),
)
