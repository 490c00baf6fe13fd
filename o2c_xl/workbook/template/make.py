"""The workbooks people live in, made from the table definitions and nothing else.

The same tables, company and rows give the same bytes: no clock, no random, fixed document dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from xlsxwriter import Workbook

from o2c_xl.tables.define.catalogue import TABLES
from o2c_xl.tables.define.spec import Department, Table
from o2c_xl.workbook.template.lists import add_feeds, add_lists
from o2c_xl.workbook.template.look import FONT, Look
from o2c_xl.workbook.template.sheet import Row, add_table_sheet
from o2c_xl.workbook.template.start_sheet import add_start_sheet
from o2c_xl.workbook.template.styles import finish
from o2c_xl.workbook.template.sync_info import START

__all__ = ["DEPARTMENT_BOOKS", "build_template", "in_order_of_work"]

_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - Excel's own field has no zone, and the file must not change
_ORDER_OF_WORK = {
    Department.SALES: "Orders OrderLines Customers Prices Requests",
    Department.PURCHASING: "PurchaseOrders PurchaseOrderLines Suppliers SupplierPrices",
    Department.WAREHOUSE: "Products Receipts StockCounts PickList Shipments Returns Carriers",
    Department.FINANCE: "Invoices InvoiceLines Payments Matches Aging Reminders CreditExposure Statements BankLines"
    " Bills OpeningItems TaxRates",
    Department.MANAGEMENT: "Waiting Approvals Issues Discrepancies Surveys Improvements Outbox Files Log",
    Department.SETUP: "Settings Roles",
}
_TAB_ORDER = (
    Department.SALES,
    Department.PURCHASING,
    Department.WAREHOUSE,
    Department.FINANCE,
    Department.MANAGEMENT,
    Department.SETUP,
)


def in_order_of_work(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Tables department by department, each department's in the order its day goes; others at the end of theirs."""
    place = {name: i for i, name in enumerate(" ".join(_ORDER_OF_WORK[d] for d in _TAB_ORDER).split())}
    return tuple(sorted(tables, key=lambda t: (_TAB_ORDER.index(t.department), place.get(t.name, len(place)))))


DEPARTMENT_BOOKS: Mapping[str, tuple[Table, ...]] = {
    str(department): in_order_of_work(table for table in TABLES if table.department is department)
    for department in _TAB_ORDER
}


def build_template(
    out: Path | BinaryIO,
    *,
    tables: Sequence[Table] = TABLES,
    company: str = "",
    country: str = "DE",
    currency: str = "EUR",
    rows: Mapping[str, Sequence[Row]] | None = None,
) -> None:
    """Write a workbook with one sheet per table, a Start sheet before them and the lists behind.

    `rows` fills tables by name, each row by header (missing headers stay empty); dates and dropdowns follow
    `country` (ISO 3166) and `currency` (ISO 4217). `rows["SyncInfo"]` fills the Start sheet's table.
    """
    package = BytesIO()
    look = _write(package, in_order_of_work(tables), company, country, currency, rows or {})
    names = {name: style.xf_index for name, style in look.named.items() if style.xf_index is not None}
    if isinstance(out, Path):
        with out.open("wb") as file:
            finish(package, file, names)
    else:
        finish(package, out, names)


def _write(
    package: BytesIO,
    tables: Sequence[Table],
    company: str,
    country: str,
    currency: str,
    rows: Mapping[str, Sequence[Row]],
) -> Look:
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": FONT.copy(),  # XlsxWriter adds to it
    }
    with Workbook(package, options) as workbook:
        workbook.set_properties({"title": f"{company or 'Order to cash'}", "author": "o2c", "created": _MADE})
        workbook.set_size(1920, 1200)
        workbook.set_tab_ratio(85)
        look = Look(workbook, country, currency)
        add_start_sheet(workbook, look, tables, company=company, rows=rows)
        feeds = add_feeds(workbook, tables)
        for table in tables:
            add_table_sheet(workbook, table, look, feeds=feeds, company=company, rows=rows.get(table.name, ()))
        add_lists(workbook, look, tables, country=country, currency=currency)
        workbook.define_name(START, f"={START}!$A$1")
    return look
