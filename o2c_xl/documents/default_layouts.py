"""The packaged xlsx layouts, made by `python -m o2c_xl.documents.default_layouts`; a test holds them equal.

A company that wants another look copies one of the files into its `layouts/` folder and restyles it in its
spreadsheet program; nobody needs this module for that.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from o2c_xl.documents.layout_page import (
    PLAIN,
    SMALL,
    Page,
    answers,
    fact_rows,
    foot,
    head,
    lines_table,
    opening,
    sums,
)
from o2c_xl.documents.package import workbook_bytes

__all__ = ["packaged_layouts"]

_STAMP = datetime(2026, 1, 1)  # noqa: DTZ001  a file's stamp has no zone


def packaged_layouts() -> dict[str, bytes]:
    """Each layout by its file name."""
    pages = {
        "invoice.xlsx": _invoice(),
        "purchase_order.xlsx": _purchase_order(),
        "packing_slip.xlsx": _packing_slip(),
        "pick_list.xlsx": _pick_list(),
    }
    return {name: workbook_bytes(page.book, _STAMP) for name, page in pages.items()}


def _invoice() -> Page:
    page = Page("Invoice", (14, 40, 10, 7, 12, 10, 8, 15))
    head(page, "seller")
    facts = [
        ("Number", "number"),
        ("Date", "invoice_date"),
        ("Date of supply", "delivery_date"),
        ("Our order", "orders"),
        ("Customer", "buyer.key"),
        ("Currency", "currency"),
        ("Your reference", "purchase_reference"),
        ("Shipment", "shipments"),
        ("Corrects invoice", "corrects"),
    ]
    opening(page, "seller", "buyer", facts)
    answers(
        page,
        ("{{due_label}}", "due_amount", 1, 2),
        ("{{by_label}}", "by_date", 3, 3),
        ("Number", "number", 6, 3),
    )
    columns = [
        ("SKU", "sku", "left"),
        ("Article", "name", "left"),
        ("Quantity", "quantity", "right"),
        ("Unit", "unit", "left"),
        ("Unit price", "price", "right"),
        ("Discount", "discount", "right"),
        ("Tax", "tax_percent", "right"),
        ("Net", "net", "right"),
    ]
    lines_table(page, columns)
    _invoice_sums(page)
    _invoice_payment(page)
    foot(page, "seller")
    return page


def _invoice_sums(page: Page) -> None:
    amounts = [
        ("Sum of lines", "line_total"),
        ("{{adjustments.reason}}", "adjustments.amount"),
        ("Total without tax", "net"),
        ("Tax {{taxes.rate}} on {{taxes.taxable}}", "taxes.tax"),
        ("Total with tax", "total"),
        ("Already paid", "prepaid"),
        ("Rounding", "rounding"),
        ("Amount due", "amount_due"),
        ("Tax in our currency", "accounting_tax"),
    ]
    first = page.row + 1
    sums(page, *amounts, strong="total")
    page.sheet.cell(first + 3, 1, "{{taxes.reason}}").font = SMALL


def _invoice_payment(page: Page) -> None:
    page.next()
    page.put(1, "Payment terms", SMALL)
    page.put(2, "{{payment_terms}}", PLAIN)
    page.put(page.last - 1, "{{payment_qr}}", PLAIN)
    fact_rows(
        page,
        ("Due {{instalments.due}}", "instalments.amount"),
        ("Account holder", "account_holder"),
        ("IBAN", "iban"),
        ("BIC", "bic"),
        ("Reference", "payment_reference"),
    )
    for _ in range(2):
        page.next()
    fact_rows(
        page, ("Delivered to", "ship_to.name"), ("", "ship_to.street"), ("", "ship_to.place"), ("", "ship_to.country")
    )


def _purchase_order() -> Page:
    page = Page("Purchase order", (14, 40, 14, 10, 7, 12, 13, 15))
    head(page, "buyer")
    facts = [
        ("Number", "number"),
        ("Date", "po_date"),
        ("Currency", "currency"),
        ("Payment terms", "payment_terms"),
        ("Supplier", "supplier.key"),
    ]
    opening(page, "buyer", "supplier", facts)
    answers(
        page,
        ("Order value without tax", "order_value", 1, 2),
        ("Deliver by", "expected", 3, 3),
        ("Deliver to", "ship_to.place", 6, 3),
    )
    columns = [
        ("Our SKU", "sku", "left"),
        ("Article", "name", "left"),
        ("Your SKU", "supplier_sku", "left"),
        ("Quantity", "quantity", "right"),
        ("Unit", "unit", "left"),
        ("Unit price", "price", "right"),
        ("Expected", "expected", "right"),
        ("Net", "net", "right"),
    ]
    lines_table(page, columns)
    sums(page, ("Total without tax", "net"), strong="net")
    fact_rows(
        page,
        ("Deliver to", "ship_to.name"),
        ("", "ship_to.street"),
        ("", "ship_to.place"),
        ("", "ship_to.country"),
        ("Please quote", "number"),
    )
    foot(page, "buyer")
    return page


def _packing_slip() -> Page:
    page = Page("Packing slip", (14, 14, 40, 10, 10, 12, 7, 14))
    head(page, "seller")
    facts = [
        ("Shipment", "number"),
        ("Shipped on", "ship_date"),
        ("Order", "order"),
        ("Your reference", "purchase_reference"),
        ("Carrier", "carrier"),
        ("Service", "service"),
        ("Tracking", "tracking"),
        ("Weight kg", "weight_kg"),
    ]
    opening(page, "seller", "ship_to", facts)
    answers(page, ("In this parcel", "contents", 1, 3), ("Still to come", "to_come", 4, 5))
    columns = [
        ("Line", "line", "left"),
        ("SKU", "sku", "left"),
        ("Article", "name", "left"),
        ("Ordered", "ordered", "right"),
        ("In parcel", "quantity", "right"),
        ("Still to come", "to_come", "right"),
        ("Unit", "unit", "left"),
        ("Fragile", "fragile", "left"),
    ]
    lines_table(page, columns)
    foot(page, "seller")
    return page


def _pick_list() -> Page:
    page = Page("Pick list", (12, 14, 14, 40, 14, 10, 7, 14))
    head(page, "seller")
    answers(page, ("Pick", "number", 1, 2), ("Promised for", "promise_date", 3, 2), ("To pick", "contents", 5, 4))
    columns = [
        ("Zone", "zone", "left"),
        ("Bin", "bin", "left"),
        ("SKU", "sku", "left"),
        ("Article", "name", "left"),
        ("Order", "order", "left"),
        ("Quantity", "quantity", "right"),
        ("Unit", "unit", "left"),
        ("Fragile", "fragile", "left"),
    ]
    lines_table(page, columns)
    foot(page, "seller")
    return page


if __name__ == "__main__":
    for layout, content in packaged_layouts().items():
        (Path(__file__).parent / "layouts" / layout).write_bytes(content)
