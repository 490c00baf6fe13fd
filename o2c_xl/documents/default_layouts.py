"""The packaged xlsx layouts, made by `python -m o2c_xl.documents.default_layouts`; a test holds them equal.

A company that wants another look copies one of the files into its `layouts/` folder and restyles it in its
spreadsheet program; nobody needs this module for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from o2c_xl.documents.package import workbook_bytes

__all__ = ["packaged_layouts"]

_INK, _SOFT, _GREY, _TINT = "16324F", "5B6B7B", "C9D2DB", "EEF3F8"
_FACE = "Calibri"
_RULE = Side(style="medium", color=_INK)
_HAIR = Side(style="thin", color=_GREY)
_LINE_TEXTS = {"name": "{{lines.name}} {{lines.customisation}}"}
_STAMP = datetime(2026, 1, 1)  # noqa: DTZ001  a file's stamp has no zone


@dataclass(slots=True)
class _Page:
    """A sheet being laid out from top to bottom; `widths` are those of its columns, in characters."""

    title: str
    widths: Sequence[int]
    book: Workbook = field(default_factory=Workbook)
    row: int = 0

    @property
    def sheet(self) -> Worksheet:
        """The one sheet."""
        return self.book.active

    @property
    def last(self) -> int:
        """The last column, 1-based."""
        return len(self.widths)

    def put(self, column: int, text: str, font: Font, align: str = "left", span: int = 1) -> None:
        """A text in the present row, over `span` columns."""
        cell = self.sheet.cell(self.row, column, text)
        cell.font = font
        indent = 1 if "{{lines.unit}}" in text or text == "Unit" else 0
        cell.alignment = Alignment(horizontal=align, vertical="center" if span > 1 else "bottom", indent=indent)
        if span > 1:
            self.sheet.merge_cells(None, self.row, column, self.row, column + span - 1)

    def next(self, height: float = 15) -> None:
        """The next row, of `height` points."""
        self.row += 1
        self.sheet.row_dimensions[self.row].height = height

    def rule(self, side: Side, first: int = 1) -> None:
        """A line below the present row, from column `first` to the last."""
        for column in range(first, self.last + 1):
            self.sheet.cell(self.row, column).border = Border(bottom=side)

    def tint(self) -> None:
        """The present row on the light ground of what the reader asks first."""
        for column in range(1, self.last + 1):
            self.sheet.cell(self.row, column).fill = PatternFill("solid", fgColor=_TINT)


_PLAIN = Font(name=_FACE, size=10)
_BOLD = Font(name=_FACE, size=10, bold=True)
_SMALL = Font(name=_FACE, size=8, color=_SOFT)
_BIG = Font(name=_FACE, size=14, bold=True, color=_INK)
_TITLE = Font(name=_FACE, size=18, bold=True, color=_INK)
_SUM = Font(name=_FACE, size=11, bold=True, color=_INK)


def packaged_layouts() -> dict[str, bytes]:
    """Each layout by its file name."""
    pages = {
        "invoice.xlsx": _invoice(),
        "purchase_order.xlsx": _purchase_order(),
        "packing_slip.xlsx": _packing_slip(),
        "pick_list.xlsx": _pick_list(),
    }
    return {name: workbook_bytes(page.book, _STAMP) for name, page in pages.items()}


def _head(page: _Page, sender: str) -> None:
    sheet = page.sheet
    sheet.title = page.title
    sheet.sheet_view.showGridLines = False
    for index, width in enumerate(page.widths):
        sheet.column_dimensions["ABCDEFGH"[index]].width = width
    page.next(28)
    page.put(1, f"{{{{{sender}.name}}}}", Font(name=_FACE, size=14, bold=True, color=_INK))
    page.put(page.last, "{{title}}", _TITLE, "right")
    page.rule(_RULE)
    page.next()


def _opening(page: _Page, sender: str, addressee: str, facts: Sequence[tuple[str, str]]) -> None:
    """The addressee on the left, facts on the right; further facts have rows that may be left out."""
    left = [
        (f"{{{{{sender}.name}}}} · {{{{{sender}.street}}}} · {{{{{sender}.place}}}}", _SMALL),
        (f"{{{{{addressee}.name}}}}", _PLAIN),
        (f"{{{{{addressee}.street}}}}", _PLAIN),
        (f"{{{{{addressee}.place}}}}", _PLAIN),
        (f"{{{{{addressee}.country}}}}", _PLAIN),
        (f"{{{{{addressee}.tax_id}}}}", _SMALL),
    ]
    for index in range(max(len(left), len(facts))):
        page.next()
        if index < len(left):
            page.put(1, *left[index])
        if index < len(facts):
            label, name = facts[index]
            page.put(page.last - 2, label, _SMALL)
            page.put(page.last, f"{{{{{name}}}}}", _BOLD if index == 0 else _PLAIN, "right")
    page.next()


def _answers(page: _Page, *answers: tuple[str, str, int, int]) -> None:
    """The reader's questions first; (label, field, first column, columns)."""
    page.next(16)
    page.tint()
    for label, _, column, _ in answers:
        page.put(column, label, _SMALL)
    page.next(22)
    page.tint()
    for _, name, column, span in answers:
        page.put(column, f"{{{{{name}}}}}", _BIG, "left", span)
    page.next()


def _table(page: _Page, columns: Sequence[tuple[str, str, str]]) -> None:
    """Head and repeated row; (title, field, alignment). The head is printed on each page."""
    page.next(18)
    for index, (title, _, align) in enumerate(columns, start=1):
        page.put(index, title, _SMALL, align)
    page.rule(_RULE)
    page.sheet.print_title_rows = f"{page.row}:{page.row}"
    page.next(18)
    for index, (_, name, align) in enumerate(columns, start=1):
        page.put(index, _LINE_TEXTS.get(name, f"{{{{lines.{name}}}}}"), _PLAIN, align)
    page.rule(_HAIR)
    page.next()


def _sums(page: _Page, *sums: tuple[str, str], strong: str) -> None:
    for label, name in sums:
        page.next(20 if name == strong else 15)
        font = _SUM if name == strong else _PLAIN
        page.put(page.last - 3, label, font)
        page.put(page.last, f"{{{{{name}}}}}", font, "right")
        if name == strong:
            page.rule(_RULE, page.last - 3)
    page.next()


def _fact_rows(page: _Page, *facts: tuple[str, str]) -> None:
    for label, name in facts:
        page.next()
        page.put(1, label, _SMALL)
        page.put(2, f"{{{{{name}}}}}", _PLAIN)


def _foot(page: _Page, sender: str) -> None:
    page.next()
    page.next()
    page.put(1, "{{notes.text}}", _PLAIN)
    page.next()
    page.next()
    parts = ("name", "street", "place", "email", "tax_id", "registration")
    page.put(1, " · ".join(f"{{{{{sender}.{part}}}}}" for part in parts), _SMALL)
    sheet = page.sheet
    sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.right.text = "Page &P of &N"
    sheet.print_options.horizontalCentered = True


def _invoice() -> _Page:
    page = _Page("Invoice", (14, 40, 10, 7, 12, 10, 8, 15))
    _head(page, "seller")
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
    _opening(page, "seller", "buyer", facts)
    _answers(
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
    _table(page, columns)
    _invoice_sums(page)
    _invoice_payment(page)
    _foot(page, "seller")
    return page


def _invoice_sums(page: _Page) -> None:
    sums = [
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
    _sums(page, *sums, strong="total")
    page.sheet.cell(first + 3, 1, "{{taxes.reason}}").font = _SMALL


def _invoice_payment(page: _Page) -> None:
    page.next()
    page.put(1, "Payment terms", _SMALL)
    page.put(2, "{{payment_terms}}", _PLAIN)
    page.put(page.last - 1, "{{payment_qr}}", _PLAIN)
    _fact_rows(
        page,
        ("Due {{instalments.due}}", "instalments.amount"),
        ("Account holder", "account_holder"),
        ("IBAN", "iban"),
        ("BIC", "bic"),
        ("Reference", "payment_reference"),
    )
    for _ in range(2):
        page.next()
    _fact_rows(
        page, ("Delivered to", "ship_to.name"), ("", "ship_to.street"), ("", "ship_to.place"), ("", "ship_to.country")
    )


def _purchase_order() -> _Page:
    page = _Page("Purchase order", (14, 40, 14, 10, 7, 12, 13, 15))
    _head(page, "buyer")
    facts = [
        ("Number", "number"),
        ("Date", "po_date"),
        ("Currency", "currency"),
        ("Payment terms", "payment_terms"),
        ("Supplier", "supplier.key"),
    ]
    _opening(page, "buyer", "supplier", facts)
    _answers(
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
    _table(page, columns)
    _sums(page, ("Total without tax", "net"), strong="net")
    _fact_rows(
        page,
        ("Deliver to", "ship_to.name"),
        ("", "ship_to.street"),
        ("", "ship_to.place"),
        ("", "ship_to.country"),
        ("Please quote", "number"),
    )
    _foot(page, "buyer")
    return page


def _packing_slip() -> _Page:
    page = _Page("Packing slip", (14, 14, 40, 10, 10, 12, 7, 14))
    _head(page, "seller")
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
    _opening(page, "seller", "ship_to", facts)
    _answers(page, ("In this parcel", "contents", 1, 3), ("Still to come", "to_come", 4, 5))
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
    _table(page, columns)
    _foot(page, "seller")
    return page


def _pick_list() -> _Page:
    page = _Page("Pick list", (12, 14, 14, 40, 14, 10, 7, 14))
    _head(page, "seller")
    _answers(page, ("Pick", "number", 1, 2), ("Promised for", "promise_date", 3, 2), ("To pick", "contents", 5, 4))
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
    _table(page, columns)
    _foot(page, "seller")
    return page


if __name__ == "__main__":
    for layout, content in packaged_layouts().items():
        (Path(__file__).parent / "layouts" / layout).write_bytes(content)
