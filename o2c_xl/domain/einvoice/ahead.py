"""An invoice as it is to be, before it has a number: it is checked as the document that goes out is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from o2c_xl.domain.invoices.invoicing import Adjustment, Document, DocumentLine, TaxBy, calculate
from o2c_xl.domain.paper import InvoiceDocument, Party

__all__ = ["document_ahead"]

_NOT_YET = "-"


def document_ahead(
    lines: Sequence[DocumentLine], currency: str, tax_by: TaxBy, parties: tuple[Party, Party, str], day: date
) -> InvoiceDocument:
    """The document with a sign in place of its number.

    Freight, which has no order line, becomes a charge. `parties` are seller, buyer and the country of delivery.
    """
    seller, buyer, to = parties
    what = Document(
        currency=currency,
        lines=tuple(line for line in lines if line.order_line),
        charges=tuple(_charge(line) for line in lines if not line.order_line),
        tax_by=tax_by,
    )
    return InvoiceDocument(
        kind="Invoice",
        number=_NOT_YET,
        invoice_date=day,
        seller=seller,
        buyer=buyer,
        ship_to=Party(name=buyer.name, country=to),
        currency=currency,
        lines=what.lines,
        charges=what.charges,
        totals=calculate(what),
        due_date=day,
        delivery_date=day,
    )


def _charge(line: DocumentLine) -> Adjustment:
    return Adjustment(amount=line.price, reason=line.name, tax_category=line.tax_category, tax_percent=line.tax_percent)
