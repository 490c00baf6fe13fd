"""A synthetic company for measuring: customers, products, tax, stock, and order workbooks of any size."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from o2c_xl.company.init import Wishes, make_company
from o2c_xl.company.opened import Company, open_company
from o2c_xl.ledger import schema

DAY = dt.date(2026, 3, 2)
CUSTOMERS, PRODUCTS = 500, 200
HEADERS = (
    "Order", "Customer ID", "Customer reference", "Order date", "Requested date", "Shipping",
    "Priority", "Line", "SKU", "Quantity", "Unit price", "Discount %",
)  # fmt: skip


def clock() -> dt.datetime:
    return dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


def make(root: Path, *settings: tuple[str, str]) -> Company:
    """A company with master data and plenty of stock, ready to take orders."""
    company = make_company(root, Wishes("Bench"), DAY, clock, "bench")
    with company.ledger.transaction(DAY) as txn:
        txn.insert(schema.settings, [{"setting": name, "value": value} for name, value in settings])
        txn.insert(schema.tax_rates, [{"tax_group": "Domestic", "tax_code": "Standard", "rate_percent": Decimal(19)}])
        txn.insert(
            schema.customers,
            [
                {"customer_id": f"C{i:05d}", "name": f"Customer {i}", "street": f"Street {i}", "city": "Town",
                 "postal_code": "01000", "country": "DE", "tax_group": "Domestic", "payment_terms": "Net 30"}
                for i in range(CUSTOMERS)
            ],
        )  # fmt: skip
        txn.insert(
            schema.products,
            [
                {"sku": f"P{i:04d}", "name": f"Product {i}", "unit": "pcs", "price": Decimal(5 + i % 90),
                 "cost": Decimal(3 + i % 50), "tax_code": "Standard", "zone": f"Zone {'ABC'[i % 3]}",
                 "bin": f"A-{i % 40:02d}-{i % 5}"}
                for i in range(PRODUCTS)
            ],
        )  # fmt: skip
        txn.insert(
            schema.stock_counts,
            [
                {"count": f"OPEN-{i}", "sku": f"P{i:04d}", "counted": Decimal(100_000_000), "counted_on": DAY,
                 "reason": "Opening"}
                for i in range(PRODUCTS)
            ],
        )  # fmt: skip
    return company


def reopen(root: Path) -> Company:
    return open_company(root, clock=clock, who="bench")


def order_row(line_no: int, *, first: int = 0, per_order: int = 5) -> tuple[object, ...]:
    """One row of a flat order list; about one in a hundred has a fault, in one order of twenty."""
    order, line = divmod(line_no, per_order)
    quantity: object = 1 + line_no % 12
    if order % 20 == 0 and line == 2:
        quantity = (0, "many", -3, 1.5)[order // 20 % 4]
    return (
        f"O{first + order:07d}", f"C{order % CUSTOMERS:05d}", f"REF-{order}", dt.date(2026, 2, 1 + order % 28),
        dt.date(2026, 3, 1 + order % 28), ("Standard shipping", "Express shipping")[order % 2], 1 + order % 5,
        str(line + 1), f"P{line_no * 7 % PRODUCTS:04d}", quantity, 5 + line_no % 90, (0, 5, 10)[order % 3],
    )  # fmt: skip


def write_orders(path: Path, lines: int) -> Path:
    """A workbook with one flat order list of so many lines, 12 columns."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Order list")
    sheet.write_row(0, 0, HEADERS)
    for i in range(lines):
        sheet.write_row(i + 1, 0, order_row(i))
    book.close()
    return path
