"""What stands where on a document: each field by its name, before anyone decides how it looks.

The PDF templates and the xlsx layouts read the same faces, so both show the same values under the same
names: a scalar (`number`), a part of a party (`seller.name`), or a list of rows (`lines`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from babel import Locale

from o2c_xl.documents.faces.invoice import invoice_face
from o2c_xl.documents.faces.letters import reminder_face, statement_face
from o2c_xl.documents.faces.parts import (
    Face,
    amount_figure,
    contents_text,
    count_figure,
    money_figure,
    note_rows,
    party_block,
)
from o2c_xl.documents.faces.terms import terms_text
from o2c_xl.documents.formats import Figure, FigureKind, spoken_in, writing_of
from o2c_xl.documents.labels import LANGUAGES, words_for
from o2c_xl.domain.paper import (
    InvoiceDocument,
    PackingLine,
    PackingSlip,
    Party,
    PickLine,
    PickListDocument,
    PurchaseLine,
    PurchaseOrderDocument,
)
from o2c_xl.domain.receivables.letters import ReminderDocument, StatementDocument

__all__ = ["AnyDocument", "Face", "face_of", "home_of", "issued_on", "kind_of", "language_of"]

_FALLBACK = "en"

AnyDocument: TypeAlias = (
    InvoiceDocument | PurchaseOrderDocument | PackingSlip | PickListDocument | ReminderDocument | StatementDocument
)


def kind_of(document: AnyDocument) -> str:
    """The template's name: such as invoice (credit notes too), purchase_order or reminder."""
    return _FACES[type(document)][0]


def face_of(document: AnyDocument, language: str = "en") -> Face:
    """Every field of the document by name, its words in that language."""
    return _FACES[type(document)][1](document, language)


def language_of(document: AnyDocument) -> str:
    """The language of who reads the document, where there are words in it, else English: a pick list is read by us.

    It is the first that is spoken in the reader's country, as for messages; ours where that is not known.
    """
    match document:
        case InvoiceDocument(buyer=reader, seller=us) | ReminderDocument(buyer=reader, seller=us):
            pass
        case StatementDocument(buyer=reader, seller=us) | PackingSlip(ship_to=reader, seller=us):
            pass
        case PurchaseOrderDocument(supplier=reader, buyer=us):
            pass
        case PickListDocument(seller=us):
            reader = us = us or Party(name="")
    country = reader.country or us.country
    return next((one for one in spoken_in(country) if one in LANGUAGES), _FALLBACK)


def home_of(document: AnyDocument, language: str = "en") -> Locale:
    """How the company that issues the document writes numbers and dates in that language."""
    match document:
        case PurchaseOrderDocument(buyer=company):
            return writing_of(company.country, language)
        case PickListDocument(seller=None):
            return writing_of("", language)
        case _:
            return writing_of(document.seller.country if document.seller else "", language)


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
        case ReminderDocument():
            return document.letter_date
        case StatementDocument():
            return document.last


def _purchase_order(document: PurchaseOrderDocument, language: str) -> Face:
    home = document.buyer.country
    return {
        "title": words_for(language)["purchase_order"],
        "number": document.number,
        "po_date": document.po_date,
        "expected": document.expected,
        "currency": document.currency,
        "payment_terms": terms_text(document.payment_terms, language, home_of(document, language)),
        "buyer": party_block(document.buyer),
        "supplier": party_block(document.supplier, home),
        "ship_to": party_block(document.ship_to, home),
        "lines": [_purchase_line(line, document) for line in document.lines],
        "net": amount_figure(document.net, document.currency),
        "order_value": money_figure(document.net, document.currency),
        "notes": note_rows(document.notes),
    }


def _purchase_line(line: PurchaseLine, document: PurchaseOrderDocument) -> Face:
    return {
        "line": line.line,
        "sku": line.sku,
        "supplier_sku": line.supplier_sku,
        "customisation": "",
        "name": line.name or line.sku,
        "quantity": count_figure(line.quantity),
        "unit": line.unit,
        "price": Figure(line.unit_cost, FigureKind.PRICE, document.currency),
        "net": amount_figure(line.net, document.currency),
        "expected": line.expected if line.expected != document.expected else None,
    }


def _packing_slip(document: PackingSlip, language: str) -> Face:
    weight = None if document.weight_kg is None else count_figure(document.weight_kg)
    home, words = home_of(document, language), words_for(language)
    waiting = [(line.backordered, line.unit) for line in document.lines if line.backordered]
    return {
        "title": words["packing_slip"],
        "number": document.shipment,
        "order": document.order,
        "ship_date": document.ship_date,
        "purchase_reference": document.purchase_reference,
        "carrier": document.carrier,
        "service": document.service,
        "tracking": document.tracking,
        "weight_kg": weight,
        "seller": party_block(document.seller),
        "ship_to": party_block(document.ship_to, document.seller.country),
        "lines": [_packing_line(line) for line in document.lines],
        "contents": contents_text([(line.quantity, line.unit) for line in document.lines], home, words),
        "to_come": contents_text(waiting, home, words),
        "notes": note_rows(document.notes),
    }


def _packing_line(line: PackingLine) -> Face:
    return {
        "line": line.line,
        "sku": line.sku,
        "name": line.name or line.sku,
        "customisation": line.customisation,
        "fragile": "yes" if line.fragile else "",
        "quantity": count_figure(line.quantity),
        "unit": line.unit,
        "ordered": count_figure(line.ordered),
        "to_come": count_figure(line.backordered) if line.backordered else None,
    }


def _pick_list(document: PickListDocument, language: str) -> Face:
    words = words_for(language)
    return {
        "title": words["pick_list"],
        "number": document.pick,
        "made_on": document.made_on,
        "promise_date": document.promise_date,
        "orders": ", ".join(document.orders),
        "lines": [_pick_line(line) for line in document.lines],
        "contents": contents_text(
            [(line.quantity, line.unit) for line in document.lines], home_of(document, language), words
        ),
        "seller": party_block(document.seller or Party(name="")),
        "notes": note_rows(document.notes),
    }


def _pick_line(line: PickLine) -> Face:
    return {
        "order": line.order,
        "line": line.line,
        "sku": line.sku,
        "name": line.name or line.sku,
        "zone": line.zone,
        "bin": line.bin,
        "quantity": count_figure(line.quantity),
        "unit": line.unit,
        "fragile": "yes" if line.fragile else "",
        "customisation": line.customisation,
    }


_FACES: dict[type, tuple[str, Callable[..., Face]]] = {
    InvoiceDocument: ("invoice", invoice_face),
    PurchaseOrderDocument: ("purchase_order", _purchase_order),
    PackingSlip: ("packing_slip", _packing_slip),
    PickListDocument: ("pick_list", _pick_list),
    ReminderDocument: ("reminder", reminder_face),
    StatementDocument: ("statement", statement_face),
}
