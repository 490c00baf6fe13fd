"""Sales: customer orders and their lines."""

from __future__ import annotations

from o2c_xl.domain.goods.stock import Availability
from o2c_xl.domain.ordering.orders import OrderStatus, Request, Shipping
from o2c_xl.domain.ordering.remedies import Remedy
from o2c_xl.tables.define.build import choice, choices_of, key, python, staff, table
from o2c_xl.tables.define.spec import Department, Kind

__all__ = ["ORDERS", "ORDER_LINES"]

_CUSTOMISATION = ("Embroidery", "Engraving", "Special packaging")

ORDERS = table(
    "Orders",
    Department.SALES,
    "One row per customer order; its lines stand in Order Lines.",
    key("Order", "Order number; leave it empty and Python gives one.", example="10248"),
    staff(
        "Customer ID",
        Kind.CODE,
        "Who orders; from Customers.",
        feeds="Customers.Customer ID",
        example="ALFKI",
        needed=True,
    ),
    staff(
        "Customer reference",
        Kind.CODE,
        "The customer's own order number; printed on the invoice.",
        example="PO-7781",
        width=18,
    ),
    staff("Order date", Kind.DATE, "When the customer ordered.", example="2026-11-02", needed=True, happened=True),
    staff(
        "Requested date",
        Kind.DATE,
        "When the customer wants it; what is there goes out earlier unless held. Empty = as soon as possible.",
        example="2026-11-16",
    ),
    staff(
        "Channel",
        Kind.TEXT,
        "How it came: shop, phone, mail, representative.",
        offers=("Shop", "Phone", "Mail", "Representative"),
        example="Phone",
        width=12,
    ),
    choice(
        "Shipping",
        choices_of(Shipping),
        "How it goes out; empty = Standard shipping.",
        example="Standard shipping",
        width=20,
    ),
    staff("Ship to name", Kind.TEXT, "Empty = the customer's.", width=26),
    staff("Ship to street", Kind.TEXT, "Empty = the customer's.", width=26),
    staff("Ship to city", Kind.TEXT, "Empty = the customer's.", width=18),
    staff("Ship to postal code", Kind.CODE, "Empty = the customer's."),
    staff("Ship to country", Kind.COUNTRY, "Two letters; empty = the customer's."),
    staff("Payment terms", Kind.TERMS, "Empty = the customer's.", example="Net 30"),
    staff("Priority", Kind.WHOLE, "1 is served first; empty = 5.", example="5", least=1, most=999),
    staff("Freight", Kind.MONEY, "Freight charged on the first invoice, without tax.", example="12.50", least=0),
    staff("Notes", Kind.LONG_TEXT, "For colleagues; not printed."),
    choice(
        "Action",
        choices_of(Request),
        "What you want done with the order; empty = it goes on by itself.",
        example="Hold",
        decides=True,
        width=14,
    ),
    staff(
        "Released until",
        Kind.DATE,
        "Last day on which Action Release lets the order pass the credit check; empty = the day it counts.",
        decides=True,
    ),
    python("Promise date", Kind.DATE, "When we expect to ship all of it."),
    python("Net", Kind.MONEY, "Lines plus freight, without tax."),
    python("Tax", Kind.MONEY, "Tax on net."),
    python("Total", Kind.MONEY, "Net plus tax."),
    python("Waiting for", Kind.LONG_TEXT, "What stops the order and what to do; empty = nothing does.", width=64),
    python("Status", Kind.CHOICE, "Where the order stands.", choices=choices_of(OrderStatus), width=16),
    gives_key="SO-",
    late=("Promise date",),
)

ORDER_LINES = table(
    "OrderLines",
    Department.SALES,
    "What each order asks for, and how far it has got.",
    key("Order", "The order this line belongs to.", feeds="Orders.Order", example="10248"),
    key("Line", "1, 2, 3 … within the order; empty = numbered for you.", kind=Kind.LINE, example="1"),
    staff(
        "SKU",
        Kind.CODE,
        "What is ordered; from Products.",
        feeds="Products.SKU",
        example="00123",
        needed=True,
    ),
    staff(
        "Quantity",
        Kind.QUANTITY,
        "How many, in the product's unit; 0 takes a line off an order that stands.",
        example="12",
        least=0,
        needed=True,
    ),
    staff("Unit price", Kind.PRICE, "Without tax; empty = from the price list.", example="14.00", least=0),
    staff("Discount %", Kind.PERCENT, "5 means 5 % off.", example="5", least=0),
    choice("Customisation", _CUSTOMISATION, "What is done to the goods before they go out.", width=18),
    staff("Requested date", Kind.DATE, "Empty = the order's."),
    choice(
        "Remedy",
        choices_of(Remedy),
        "What happens when stock is short; empty = the customer's Short stock.",
        width=26,
    ),
    python("Availability", Kind.CHOICE, "Against what is free today.", choices=choices_of(Availability), width=14),
    python("Allocated", Kind.QUANTITY, "Set aside for this line."),
    python("Backordered", Kind.QUANTITY, "Still open and without stock, once stock was looked for."),
    python("Shipped", Kind.QUANTITY, "Gone out."),
    python("Invoiced", Kind.QUANTITY, "Stands on invoices."),
    python("Returned", Kind.QUANTITY, "Came back."),
    python("Cancelled", Kind.QUANTITY, "Will not be delivered."),
    python("Promise date", Kind.DATE, "When we expect to ship it."),
    python("Net", Kind.MONEY, "Quantity × price less discount, rounded to the cent."),
    python("Why", Kind.LONG_TEXT, "Why the line got stock or did not."),
    late=("Promise date",),
)
