"""Warehouse: what comes in, is counted, is fetched, goes out and comes back."""

from __future__ import annotations

from o2c_xl.domain.goods.receiving import Quality
from o2c_xl.domain.goods.slips import NOT_POSTED
from o2c_xl.steps.decide_quarantine import WayOut
from o2c_xl.tables.define.build import YES_NO, choice, choices_of, key, python, staff, table
from o2c_xl.tables.define.spec import Department, Kind

__all__ = ["PICK_LIST", "RECEIPTS", "RETURNS", "SHIPMENTS", "STOCK_COUNTS"]

RECEIPTS = table(
    "Receipts",
    Department.WAREHOUSE,
    "What suppliers delivered; one row per product and quality.",
    key(
        "Receipt",
        "Delivery note number, with -1, -2 where it has several rows; leave it empty and Python gives one.",
        example="GR-000001",
    ),
    staff(
        "PO",
        Kind.CODE,
        "The purchase order it came for.",
        feeds="PurchaseOrders.PO",
        example="PO-000001",
        needed=True,
    ),
    staff("PO line", Kind.LINE, "Empty = the lines with that SKU in turn."),
    staff("SKU", Kind.CODE, "From Products.", feeds="Products.SKU", example="00123", needed=True),
    staff("Quantity", Kind.QUANTITY, "How many came.", least=0, above=True, example="50", needed=True),
    choice(
        "Quality",
        choices_of(Quality),
        "Excellent and Good are stocked, Fair waits for a decision, Poor is refused.",
        example="Good",
        needed=True,
        width=11,
    ),
    staff("Received on", Kind.DATE, "When it came.", example="2026-11-20", needed=True, happened=True),
    staff("Notes", Kind.LONG_TEXT, "Damage, missing papers …"),
    choice(
        "Refused goods",
        choices_of(WayOut),
        "How refused goods leave quarantine: back to the supplier, thrown away, or kept after all and paid.",
        decides=True,
        width=18,
    ),
    python("Accepted", Kind.QUANTITY, "Put into stock."),
    python("Refused", Kind.QUANTITY, "Quarantined and claimed."),
    python("Days late", Kind.WHOLE, "Days after the expected date; negative = early."),
    python(
        "Status",
        Kind.CHOICE,
        "Where it stands; Not posted: Check says why.",
        choices=("Posted", "Quarantined", "Refused", "Returned", "Scrapped", NOT_POSTED),
    ),
    gives_key="GR-",
)

STOCK_COUNTS = table(
    "StockCounts",
    Department.WAREHOUSE,
    "What was counted on the shelf; Python posts the difference.",
    key("Count", "Count sheet number; leave it empty and Python gives one.", example="SC-000001"),
    staff("SKU", Kind.CODE, "From Products.", feeds="Products.SKU", example="00123", needed=True),
    staff(
        "Counted",
        Kind.QUANTITY,
        "How many there are, quarantined, picked and packed goods included; what has shipped is not.",
        least=0,
        example="48",
        needed=True,
    ),
    staff("Counted on", Kind.DATE, "Day of the count.", example="2026-11-20", needed=True, happened=True),
    staff("Reason", Kind.TEXT, "Why there is a difference; Opening for opening stock.", example="Opening"),
    python("Expected", Kind.QUANTITY, "What the books said."),
    python("Difference", Kind.QUANTITY, "Counted less expected."),
    python("Value", Kind.MONEY, "Difference at cost."),
    python("Status", Kind.CHOICE, "Posted, or not: Check says why.", choices=("Posted", NOT_POSTED)),
    gives_key="SC-",
)

PICK_LIST = table(
    "PickList",
    Department.WAREHOUSE,
    "What to fetch, in walking order. Picked empty means not picked.",
    python("Pick", Kind.CODE, "Number of the pick row.", key=True),
    python("Order", Kind.CODE, "Customer order."),
    python("Line", Kind.LINE, "Order line."),
    python("SKU", Kind.CODE, "What to fetch."),
    python("Name", Kind.TEXT, "What it is called.", width=30),
    python("Zone", Kind.TEXT, "Where.", width=10),
    python("Bin", Kind.CODE, "Where exactly.", width=10),
    python("To pick", Kind.QUANTITY, "How many to fetch."),
    staff("Picked", Kind.QUANTITY, "How many you fetched; empty = not picked.", least=0),
    staff("Packed", Kind.QUANTITY, "How many are in the box, checked against Picked; empty = as picked.", least=0),
    python("Fragile", Kind.CHOICE, "Yes: handle with care.", choices=YES_NO, width=9),
    python(
        "Status",
        Kind.CHOICE,
        "Where it stands.",
        choices=("To pick", "Picked", "Packed", "Short", "Shipped", "Cancelled"),
        width=12,
    ),
)

SHIPMENTS = table(
    "Shipments",
    Department.WAREHOUSE,
    "What goes out; type the tracking number and Ship.",
    python("Shipment", Kind.CODE, "Number of the shipment.", key=True),
    python("Order", Kind.CODE, "Customer order."),
    python("Carrier", Kind.TEXT, "Who carries it.", width=16),
    python("Service", Kind.TEXT, "How fast.", width=16),
    python("Weight kg", Kind.NUMBER, "Weight of the goods."),
    python("Expected", Kind.DATE, "When it should be with the customer."),
    staff("Tracking", Kind.CODE, "The carrier's tracking number.", width=20),
    staff("Shipped on", Kind.DATE, "Empty = today.", happened=True),
    choice("Action", ("Ship", "Cancel"), "Ship sends it off; Cancel puts the goods back.", decides=True, width=10),
    python("Ship to name", Kind.TEXT, "For the label: to whom it goes.", width=28),
    python("Ship to street", Kind.TEXT, "Street and number.", width=28),
    python("Ship to city", Kind.TEXT, "Town.", width=18),
    python("Ship to postal code", Kind.CODE, "Postal code, as text.", width=12),
    python("Ship to country", Kind.COUNTRY, "Two letters (ISO 3166).", width=10),
    python("Status", Kind.CHOICE, "Where it stands.", choices=("Packed", "Shipped", "Cancelled"), width=12),
)

RETURNS = table(
    "Returns",
    Department.WAREHOUSE,
    "What customers sent back; Python makes the credit note.",
    key("Return", "Return number; leave it empty and Python gives one.", example="RT-000001"),
    staff(
        "Order",
        Kind.CODE,
        "The order it was shipped for.",
        feeds="Orders.Order",
        example="10248",
        needed=True,
    ),
    staff("SKU", Kind.CODE, "What came back.", feeds="Products.SKU", example="00123", needed=True),
    staff("Quantity", Kind.QUANTITY, "How many.", least=0, above=True, example="2", needed=True),
    staff("Returned on", Kind.DATE, "When.", example="2026-11-20", needed=True, happened=True),
    staff("Reason", Kind.TEXT, "Why the customer sent it back.", example="Damaged"),
    choice(
        "Restock",
        YES_NO,
        "Yes: good again, back to stock; No: given up.",
        example="Yes",
        needed=True,
        width=10,
    ),
    python("Credit note", Kind.CODE, "The credit note made for it."),
    python("Status", Kind.CHOICE, "Posted, or not: Check says why.", choices=("Posted", NOT_POSTED)),
    gives_key="RT-",
)
