"""The packaged xlsx layouts, made by `python -m o2c_xl.documents.xlsx.default_layouts`; a test holds them equal.

A company that wants another look copies one of the files into its `layouts/` folder and restyles it in its
spreadsheet program; nobody needs this module for that.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from o2c_xl.documents.xlsx.layout_page import (
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
from o2c_xl.documents.xlsx.package import workbook_bytes

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
        ("{{words.number}}", "number"),
        ("{{words.date}}", "invoice_date"),
        ("{{words.delivery_date}}", "delivery_date"),
        ("{{words.our_number}}", "orders"),
        ("{{words.customer}}", "buyer.key"),
        ("{{words.currency}}", "currency"),
        ("{{words.purchase_reference}}", "purchase_reference"),
        ("{{words.shipment}}", "shipments"),
        ("{{words.corrects}}", "corrects"),
    ]
    opening(page, "seller", "buyer", facts)
    answers(
        page,
        ("{{due_label}}", "due_amount", 1, 2),
        ("{{by_label}}", "by_date", 3, 3),
        ("{{words.number}}", "number", 6, 3),
    )
    columns = [
        ("{{words.sku}}", "sku", "left"),
        ("{{words.article}}", "name", "left"),
        ("{{words.quantity}}", "quantity", "right"),
        ("{{words.unit}}", "unit", "left"),
        ("{{words.price}}", "price", "right"),
        ("{{words.discount}}", "discount", "right"),
        ("{{words.tax}}", "tax_percent", "right"),
        ("{{words.line_net}}", "net", "right"),
    ]
    lines_table(page, columns)
    _invoice_sums(page)
    _invoice_payment(page)
    foot(page, "seller")
    return page


def _invoice_sums(page: Page) -> None:
    amounts = [
        ("{{words.line_total}}", "line_total"),
        ("{{adjustments.reason}}", "adjustments.amount"),
        ("{{words.net}}", "net"),
        ("{{words.tax}} {{taxes.rate}} {{words.tax_on}} {{taxes.taxable}}", "taxes.tax"),
        ("{{words.total}}", "total"),
        ("{{words.prepaid}}", "prepaid"),
        ("{{words.rounding}}", "rounding"),
        ("{{words.payable}}", "amount_due"),
        ("{{words.tax_ours}}", "accounting_tax"),
    ]
    first = page.row + 1
    sums(page, *amounts, strong="total")
    page.sheet.cell(first + 3, 1, "{{taxes.reason}}").font = SMALL


def _invoice_payment(page: Page) -> None:
    page.next()
    page.put(1, "{{words.payment_terms}}", SMALL)
    page.put(2, "{{payment_terms}}", PLAIN)
    page.put(page.last - 1, "{{payment_qr}}", PLAIN)
    fact_rows(
        page,
        ("{{words.due}} {{instalments.due}}", "instalments.amount"),
        ("{{words.account_holder}}", "account_holder"),
        ("{{words.iban}}", "iban"),
        ("{{words.bic}}", "bic"),
        ("{{words.reference}}", "payment_reference"),
    )
    for _ in range(2):
        page.next()
    fact_rows(
        page,
        ("{{words.ship_to}}", "ship_to.name"),
        ("", "ship_to.street"),
        ("", "ship_to.place"),
        ("", "ship_to.country"),
    )


def _purchase_order() -> Page:
    page = Page("Purchase order", (14, 40, 14, 10, 7, 12, 13, 15))
    head(page, "buyer")
    facts = [
        ("{{words.number}}", "number"),
        ("{{words.date}}", "po_date"),
        ("{{words.currency}}", "currency"),
        ("{{words.payment_terms}}", "payment_terms"),
        ("{{words.supplier}}", "supplier.key"),
    ]
    opening(page, "buyer", "supplier", facts)
    answers(
        page,
        ("{{words.order_value}}", "order_value", 1, 2),
        ("{{words.deliver_by}}", "expected", 3, 3),
        ("{{words.deliver_to}}", "ship_to.place", 6, 3),
    )
    columns = [
        ("{{words.sku}}", "sku", "left"),
        ("{{words.article}}", "name", "left"),
        ("{{words.supplier_sku}}", "supplier_sku", "left"),
        ("{{words.quantity}}", "quantity", "right"),
        ("{{words.unit}}", "unit", "left"),
        ("{{words.price}}", "price", "right"),
        ("{{words.expected}}", "expected", "right"),
        ("{{words.line_net}}", "net", "right"),
    ]
    lines_table(page, columns)
    sums(page, ("{{words.net}}", "net"), strong="net")
    fact_rows(
        page,
        ("{{words.deliver_to}}", "ship_to.name"),
        ("", "ship_to.street"),
        ("", "ship_to.place"),
        ("", "ship_to.country"),
        ("{{words.quote}}", "number"),
    )
    foot(page, "buyer")
    return page


def _packing_slip() -> Page:
    page = Page("Packing slip", (14, 14, 40, 10, 10, 12, 7, 14))
    head(page, "seller")
    facts = [
        ("{{words.shipment}}", "number"),
        ("{{words.ship_date}}", "ship_date"),
        ("{{words.order}}", "order"),
        ("{{words.purchase_reference}}", "purchase_reference"),
        ("{{words.carrier}}", "carrier"),
        ("{{words.service}}", "service"),
        ("{{words.tracking}}", "tracking"),
        ("{{words.weight}} kg", "weight_kg"),
    ]
    opening(page, "seller", "ship_to", facts)
    answers(page, ("{{words.contents}}", "contents", 1, 3), ("{{words.to_come}}", "to_come", 4, 5))
    columns = [
        ("{{words.line}}", "line", "left"),
        ("{{words.sku}}", "sku", "left"),
        ("{{words.article}}", "name", "left"),
        ("{{words.ordered}}", "ordered", "right"),
        ("{{words.parcel}}", "quantity", "right"),
        ("{{words.to_come}}", "to_come", "right"),
        ("{{words.unit}}", "unit", "left"),
        ("{{words.fragile}}", "fragile", "left"),
    ]
    lines_table(page, columns)
    foot(page, "seller")
    return page


def _pick_list() -> Page:
    page = Page("Pick list", (12, 14, 14, 40, 14, 10, 7, 14))
    head(page, "seller")
    answers(
        page,
        ("{{words.pick}}", "number", 1, 2),
        ("{{words.promise}}", "promise_date", 3, 2),
        ("{{words.contents_pick}}", "contents", 5, 4),
    )
    columns = [
        ("{{words.zone}}", "zone", "left"),
        ("{{words.bin}}", "bin", "left"),
        ("{{words.sku}}", "sku", "left"),
        ("{{words.article}}", "name", "left"),
        ("{{words.order}}", "order", "left"),
        ("{{words.quantity}}", "quantity", "right"),
        ("{{words.unit}}", "unit", "left"),
        ("{{words.fragile}}", "fragile", "left"),
    ]
    lines_table(page, columns)
    foot(page, "seller")
    return page


if __name__ == "__main__":
    for layout, content in packaged_layouts().items():
        (Path(__file__).parents[1] / "layouts" / layout).write_bytes(content)
