"""The ledger's tables. Names follow the headers people see (`Ship to city` is `ship_to_city`).

Three kinds of tables: what people typed and how far it has got (orders, products …), the books (journal, postings,
movements, settlements), and what the program remembers of the outside (seen rows, files, outbox, issues).
Amounts, prices, quantities and percentages are `Exact`. Every change here is an Alembic migration too; a test
compares both. The tables stand in one module per area beside this one; everybody names them from here.
"""

from __future__ import annotations

from o2c_xl.ledger.schema import partial
from o2c_xl.ledger.schema.bank import bank_lines, payer_aliases, statements
from o2c_xl.ledger.schema.books import heads, journal, layers, movements, numbers, postings, seals, valuations
from o2c_xl.ledger.schema.control import approvals, clashes, discrepancies, improvements, requests, surveys
from o2c_xl.ledger.schema.master import (
    carriers,
    customers,
    prices,
    products,
    roles,
    settings,
    supplier_prices,
    suppliers,
    tax_rates,
)
from o2c_xl.ledger.schema.money import (
    invoice_dues,
    invoice_lines,
    invoices,
    matches,
    opening_items,
    payments,
    settlements,
)
from o2c_xl.ledger.schema.outside import books, files, issues, mail_files, mails, outbox, seen, sheets
from o2c_xl.ledger.schema.parts import metadata
from o2c_xl.ledger.schema.purchasing import (
    bills,
    purchase_order_lines,
    purchase_orders,
    receipt_lines,
    receipts,
    stock,
    stock_counts,
)
from o2c_xl.ledger.schema.receivables import reminder_items, reminders
from o2c_xl.ledger.schema.sales import order_lines, orders, picks, returns, shipment_lines, shipments

__all__ = [
    "approvals",
    "bank_lines",
    "bills",
    "books",
    "carriers",
    "clashes",
    "customers",
    "discrepancies",
    "files",
    "heads",
    "improvements",
    "invoice_dues",
    "invoice_lines",
    "invoices",
    "issues",
    "journal",
    "layers",
    "mail_files",
    "mails",
    "matches",
    "metadata",
    "movements",
    "numbers",
    "opening_items",
    "order_lines",
    "orders",
    "outbox",
    "partial",
    "payer_aliases",
    "payments",
    "picks",
    "postings",
    "prices",
    "products",
    "purchase_order_lines",
    "purchase_orders",
    "receipt_lines",
    "receipts",
    "reminder_items",
    "reminders",
    "requests",
    "returns",
    "roles",
    "seals",
    "seen",
    "settings",
    "settlements",
    "sheets",
    "shipment_lines",
    "shipments",
    "statements",
    "stock",
    "stock_counts",
    "supplier_prices",
    "suppliers",
    "surveys",
    "tax_rates",
    "valuations",
]
