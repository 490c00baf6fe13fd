"""What stands where on a document: each field by its name, before anyone decides how it looks.

The PDF templates and the xlsx layouts read the same faces, so both show the same values under the same
names: a scalar (`number`), a part of a party (`seller.name`), or a list of rows (`lines`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from babel import Locale

from o2c_xl.documents.formats import Figure, FigureKind, Scalar, country_name, locale_of, text_of
from o2c_xl.documents.labels import EXEMPTION, words_for
from o2c_xl.documents.payment import epc_text, spaced_iban
from o2c_xl.domain.invoicing import Adjustment, DocumentLine, TaxGroup
from o2c_xl.domain.paper import (
    Instalment,
    InvoiceDocument,
    PackingLine,
    PackingSlip,
    Party,
    PickLine,
    PickListDocument,
    PurchaseLine,
    PurchaseOrderDocument,
)

__all__ = ["AnyDocument", "Face", "face_of", "home_of", "issued_on", "kind_of"]

AnyDocument: TypeAlias = InvoiceDocument | PurchaseOrderDocument | PackingSlip | PickListDocument
Face: TypeAlias = "dict[str, Scalar | Face | list[Face]]"

CREDIT_NOTE = "Credit note"
_ZERO = Decimal(0)


def kind_of(document: AnyDocument) -> str:
    """The template's name: invoice (credit notes too), purchase_order, packing_slip or pick_list."""
    return _FACES[type(document)][0]


def face_of(document: AnyDocument) -> Face:
    """Every field of the document by name."""
    return _FACES[type(document)][1](document)


def home_of(document: AnyDocument) -> Locale:
    """How the company that issues the document writes numbers and dates."""
    match document:
        case PurchaseOrderDocument(buyer=company):
            return locale_of(company.country)
        case PickListDocument(seller=None):
            return locale_of("")
        case _:
            return locale_of(document.seller.country if document.seller else "")


def issued_on(document: AnyDocument) -> date:
    """The document's own date; a file's time stamps are set to it, so that it can be made again."""
    match document:
        case InvoiceDocument():
            return document.invoice_date
        case PurchaseOrderDocument():
            return document.po_date
        case PackingSlip():
            return document.ship_date
        case PickListDocument():
            return document.made_on


def _amount(value: Decimal, currency: str) -> Figure:
    return Figure(value, FigureKind.AMOUNT, currency)


def _money(value: Decimal, currency: str) -> Figure:
    return Figure(value, FigureKind.MONEY, currency)


def _count(value: Decimal) -> Figure:
    return Figure(value, FigureKind.QUANTITY)


def _percent(value: Decimal) -> Figure:
    return Figure(value, FigureKind.PERCENT)


def _party(party: Party, home: str = "") -> Face:
    """A party's block; the country is named only where the letter crosses a border (`home` is the sender's)."""
    place = " ".join(part for part in (party.postal_code, party.city) if part)
    country = country_name(party.country) if party.country and party.country != home else ""
    return {
        "name": party.name,
        "street": party.street,
        "place": place,
        "country": country,
        "tax_id": party.tax_id,
        "email": party.email,
        "phone": party.phone,
        "key": party.key,
        "registration": party.registration,
    }


def _same_place(one: Party, other: Party) -> bool:
    return (one.name, one.street, one.postal_code, one.city) == (
        other.name,
        other.street,
        other.postal_code,
        other.city,
    )


def _elsewhere(ship_to: Party, addressee: Party, home: str) -> Face:
    """The delivery address where it is another one than the addressee's, else an empty block."""
    return _party(Party(name="") if _same_place(ship_to, addressee) else ship_to, home)


def _notes(notes: tuple[str, ...]) -> list[Face]:
    return [{"text": note} for note in notes if note]


def _invoice(document: InvoiceDocument) -> Face:
    totals, currency = document.totals, document.currency
    sign = _sign(document)
    home = document.seller.country
    face: Face = {
        "title": document.kind,
        "is_credit": "yes" if document.kind == CREDIT_NOTE else "",
        "number": document.number,
        "invoice_date": document.invoice_date,
        "delivery_date": document.delivery_date,
        "due_date": document.due_date,
        "purchase_reference": document.purchase_reference,
        "orders": ", ".join(document.orders),
        "shipments": ", ".join(document.shipments),
        "corrects": document.corrects,
        "currency": currency,
        "seller": _party(document.seller),
        "buyer": _party(document.buyer, home),
        "ship_to": _elsewhere(document.ship_to, document.buyer, home),
        "lines": _invoice_lines(document, sign),
        "taxes": [_tax(group, sign, currency) for group in totals.groups],
        "adjustments": _adjustments(document, sign),
        "net": _amount(sign * totals.net, currency),
        "tax": _amount(sign * totals.tax, currency),
        "total": _amount(sign * totals.total, currency),
        "payable": _amount(sign * totals.payable, currency),
        "notes": _notes(document.notes),
    }
    return face | _if_any(document, sign) | _payment(document)


def _sign(document: InvoiceDocument) -> int:
    """Credit notes print negative amounts, as the sheets show them, though the document holds positive ones."""
    return -1 if document.kind == CREDIT_NOTE and document.totals.total > 0 else 1


def _if_any(document: InvoiceDocument, sign: int) -> Face:
    """The totals that most invoices lack."""
    totals, currency = document.totals, document.currency
    adjusted = bool(document.allowances or document.charges)
    accounting = document.accounting_tax
    changed = bool(totals.prepaid or totals.rounding)
    return {
        "amount_due": _amount(sign * totals.payable, currency) if changed else None,
        "line_total": _amount(sign * totals.lines, currency) if adjusted else None,
        "prepaid": _amount(-sign * totals.prepaid, currency) if totals.prepaid else None,
        "rounding": _amount(sign * totals.rounding, currency) if totals.rounding else None,
        "accounting_tax": None
        if accounting is None
        else _money(sign * accounting, document.accounting_currency or currency),
    }


def _payment(document: InvoiceDocument) -> Face:
    """Who is asked to pay how much, by when, to where; a credit note asks for nothing."""
    words = words_for("en")
    payable, currency = document.totals.payable, document.currency
    credit = document.kind == CREDIT_NOTE
    asked = payable > 0 and not credit
    parts = document.instalments if len(document.instalments) > 1 else ()
    return {
        "asked": "yes" if asked else "",
        "due_label": words["credited" if credit else "to_pay"],
        "by_label": words["first_instalment" if parts else "by"] if asked else "",
        "by_date": (parts[0].due if parts else document.due_date) if asked else None,
        "due_amount": _money(abs(payable) if credit else payable, currency),
        "instalments": [_instalment(part, currency) for part in parts],
        "payment_terms": document.payment_terms if asked else "",
        "payment_reference": (document.payment_reference or document.number) if asked else "",
        "iban": spaced_iban(document.iban) if asked else "",
        "bic": document.bic if asked and document.iban else "",
        "account_holder": document.seller.name if asked and document.iban else "",
        "payment_qr": epc_text(document) if asked else "",
    }


def _instalment(part: Instalment, currency: str) -> Face:
    return {"due": part.due, "amount": _amount(part.amount, currency)}


def _invoice_lines(document: InvoiceDocument, sign: int) -> list[Face]:
    home, currency = home_of(document), document.currency
    name_order = len(document.orders) > 1
    return [
        _invoice_line(line, _amount(sign * net, currency), _detail(line, home, currency, name_order=name_order), sign)
        for line, net in zip(document.lines, document.totals.line_nets, strict=True)
    ]


def _invoice_line(line: DocumentLine, net: Figure, detail: str, sign: int) -> Face:
    return {
        "line": line.line,
        "sku": line.sku,
        "name": line.name or line.sku,
        "detail": detail,
        "order": line.order,
        "customisation": line.customisation,
        "quantity": _count(sign * line.quantity),
        "unit": line.unit,
        "price": Figure(line.price, FigureKind.PRICE, net.currency),
        "price_base": _count(line.price_base) if line.price_base != 1 else None,
        "discount": _percent(line.discount_percent) if line.discount_percent else None,
        "tax_percent": _percent(line.tax_percent),
        "tax_category": line.tax_category,
        "net": net,
    }


def _detail(line: DocumentLine, home: Locale, currency: str, *, name_order: bool) -> str:
    """The small print below a line's name: SKU, customisation, order, its own allowances and charges."""
    words = words_for("en")
    parts = [line.sku if line.name else "", line.customisation]
    if name_order and line.order:
        parts.append(f"{words['order']} {line.order}")
    for adjustment, sign in [(one, -1) for one in line.allowances] + [(one, 1) for one in line.charges]:
        amount = text_of(_money(sign * adjustment.amount, currency), home)
        parts.append(f"{adjustment.reason or words['discount']} {amount}")
    return " · ".join(part for part in parts if part)


def _tax(group: TaxGroup, sign: int, currency: str) -> Face:
    untaxed = group.percent == 0
    return {
        "rate": _percent(group.percent),
        "category": group.category,
        "taxable": _amount(sign * group.net, currency),
        "tax": _amount(sign * group.tax, currency),
        "reason": group.reason or (EXEMPTION.get(group.category, "") if untaxed else ""),
    }


def _adjustments(document: InvoiceDocument, sign: int) -> list[Face]:
    """The document's allowances (minus) and charges (plus), such as freight."""
    discount = words_for("en")["discount"]
    minus = [_adjustment(one, -sign, document.currency, discount) for one in document.allowances]
    return minus + [_adjustment(one, sign, document.currency, discount) for one in document.charges]


def _adjustment(adjustment: Adjustment, sign: int, currency: str, name: str) -> Face:
    return {
        "reason": adjustment.reason or name,
        "percent": None if adjustment.percent is None else _percent(adjustment.percent),
        "amount": _amount(sign * adjustment.amount, currency),
    }


def _purchase_order(document: PurchaseOrderDocument) -> Face:
    home = document.buyer.country
    return {
        "title": words_for("en")["purchase_order"],
        "number": document.number,
        "po_date": document.po_date,
        "expected": document.expected,
        "currency": document.currency,
        "payment_terms": document.payment_terms,
        "buyer": _party(document.buyer),
        "supplier": _party(document.supplier, home),
        "ship_to": _party(document.ship_to, home),
        "lines": [_purchase_line(line, document) for line in document.lines],
        "net": _amount(document.net, document.currency),
        "order_value": _money(document.net, document.currency),
        "notes": _notes(document.notes),
    }


def _purchase_line(line: PurchaseLine, document: PurchaseOrderDocument) -> Face:
    return {
        "line": line.line,
        "sku": line.sku,
        "supplier_sku": line.supplier_sku,
        "customisation": "",
        "name": line.name or line.sku,
        "quantity": _count(line.quantity),
        "unit": line.unit,
        "price": Figure(line.unit_cost, FigureKind.PRICE, document.currency),
        "net": _amount(line.net, document.currency),
        "expected": line.expected if line.expected != document.expected else None,
    }


def _packing_slip(document: PackingSlip) -> Face:
    weight = None if document.weight_kg is None else _count(document.weight_kg)
    home = home_of(document)
    waiting = [(line.backordered, line.unit) for line in document.lines if line.backordered]
    return {
        "title": words_for("en")["packing_slip"],
        "number": document.shipment,
        "order": document.order,
        "ship_date": document.ship_date,
        "purchase_reference": document.purchase_reference,
        "carrier": document.carrier,
        "service": document.service,
        "tracking": document.tracking,
        "weight_kg": weight,
        "seller": _party(document.seller),
        "ship_to": _party(document.ship_to, document.seller.country),
        "lines": [_packing_line(line) for line in document.lines],
        "contents": _contents([(line.quantity, line.unit) for line in document.lines], home),
        "to_come": _contents(waiting, home),
        "notes": _notes(document.notes),
    }


def _contents(quantities: list[tuple[Decimal, str]], home: Locale) -> str:
    """`42 pcs, 3 lines`; without the sum where the units differ, for boxes and metres do not add up."""
    if not quantities:
        return ""
    words = words_for("en")
    lines = words["one_line"] if len(quantities) == 1 else words["some_lines"].format(count=len(quantities))
    units = {unit for _, unit in quantities}
    if len(units) > 1:
        return lines
    total = sum((quantity for quantity, _ in quantities), _ZERO)
    return f"{text_of(_count(total), home)} {units.pop()}, {lines}"


def _packing_line(line: PackingLine) -> Face:
    return {
        "line": line.line,
        "sku": line.sku,
        "name": line.name or line.sku,
        "customisation": line.customisation,
        "fragile": "yes" if line.fragile else "",
        "quantity": _count(line.quantity),
        "unit": line.unit,
        "ordered": _count(line.ordered),
        "to_come": _count(line.backordered) if line.backordered else None,
    }


def _pick_list(document: PickListDocument) -> Face:
    return {
        "title": words_for("en")["pick_list"],
        "number": document.pick,
        "made_on": document.made_on,
        "promise_date": document.promise_date,
        "orders": ", ".join(document.orders),
        "lines": [_pick_line(line) for line in document.lines],
        "contents": _contents([(line.quantity, line.unit) for line in document.lines], home_of(document)),
        "seller": _party(document.seller or Party(name="")),
        "notes": _notes(document.notes),
    }


def _pick_line(line: PickLine) -> Face:
    return {
        "order": line.order,
        "line": line.line,
        "sku": line.sku,
        "name": line.name or line.sku,
        "zone": line.zone,
        "bin": line.bin,
        "quantity": _count(line.quantity),
        "unit": line.unit,
        "fragile": "yes" if line.fragile else "",
        "customisation": line.customisation,
    }


_FACES: dict[type, tuple[str, Callable[..., Face]]] = {
    InvoiceDocument: ("invoice", _invoice),
    PurchaseOrderDocument: ("purchase_order", _purchase_order),
    PackingSlip: ("packing_slip", _packing_slip),
    PickListDocument: ("pick_list", _pick_list),
}
