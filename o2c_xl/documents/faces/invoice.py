"""The face of an invoice or credit note: its lines, taxes and totals, and who is asked to pay what by when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from o2c_xl.documents.faces.parts import (
    Face,
    amount_figure,
    count_figure,
    money_figure,
    note_rows,
    party_block,
    percent_figure,
)
from o2c_xl.documents.faces.terms import terms_text
from o2c_xl.documents.formats import Figure, FigureKind, text_of, writing_of
from o2c_xl.documents.labels import words_for, words_of_ours
from o2c_xl.documents.payment import epc_text, spaced_iban
from o2c_xl.domain.invoices.invoicing import Adjustment, DocumentLine, TaxGroup
from o2c_xl.domain.paper import Instalment, InvoiceDocument, Party
from o2c_xl.domain.tax import EXEMPTION

__all__ = ["CREDIT_NOTE", "invoice_face"]

CREDIT_NOTE = "Credit note"


def invoice_face(document: InvoiceDocument, language: str) -> Face:
    """Every field of an invoice or credit note by name."""
    totals, currency, words = document.totals, document.currency, words_for(language)
    sign = _sign(document)
    home = document.seller.country
    face: Face = {
        "title": words["credit_note" if document.kind == CREDIT_NOTE else "invoice"],
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
        "seller": party_block(document.seller),
        "buyer": party_block(document.buyer, home),
        "ship_to": _elsewhere(document.ship_to, document.buyer, home),
        "lines": _invoice_lines(document, sign, language),
        "taxes": [_tax(group, sign, currency) for group in totals.groups],
        "adjustments": _adjustments(document, sign, words["discount"], words_of_ours(language)),
        "net": amount_figure(sign * totals.net, currency),
        "tax": amount_figure(sign * totals.tax, currency),
        "total": amount_figure(sign * totals.total, currency),
        "payable": amount_figure(sign * totals.payable, currency),
        "notes": note_rows(tuple(words_of_ours(language).get(note, note) for note in document.notes)),
    }
    return face | _if_any(document, sign) | _payment(document, language)


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
        "amount_due": amount_figure(sign * totals.payable, currency) if changed else None,
        "line_total": amount_figure(sign * totals.lines, currency) if adjusted else None,
        "prepaid": amount_figure(-sign * totals.prepaid, currency) if totals.prepaid else None,
        "rounding": amount_figure(sign * totals.rounding, currency) if totals.rounding else None,
        "accounting_tax": None
        if accounting is None
        else money_figure(sign * accounting, document.accounting_currency or currency),
    }


def _payment(document: InvoiceDocument, language: str) -> Face:
    """Who is asked to pay how much, by when, to where; a credit note asks for nothing."""
    words, home = words_for(language), writing_of(document.seller.country, language)
    payable, currency = document.totals.payable, document.currency
    credit = document.kind == CREDIT_NOTE
    asked = payable > 0 and not credit
    parts = document.instalments if len(document.instalments) > 1 else ()
    return {
        "asked": "yes" if asked else "",
        "due_label": words["credited" if credit else "to_pay"],
        "by_label": words["first_instalment" if parts else "by"] if asked else "",
        "by_date": (parts[0].due if parts else document.due_date) if asked else None,
        "due_amount": money_figure(abs(payable) if credit else payable, currency),
        "instalments": [_instalment(part, currency) for part in parts],
        "payment_terms": terms_text(document.payment_terms, language, home) if asked else "",
        "payment_reference": (document.payment_reference or document.number) if asked else "",
        "iban": spaced_iban(document.iban) if asked else "",
        "bic": document.bic if asked and document.iban else "",
        "account_holder": document.seller.name if asked and document.iban else "",
        "payment_qr": epc_text(document) if asked else "",
    }


def _instalment(part: Instalment, currency: str) -> Face:
    return {"due": part.due, "amount": amount_figure(part.amount, currency)}


def _invoice_lines(document: InvoiceDocument, sign: int, language: str) -> list[Face]:
    home, words = writing_of(document.seller.country, language), words_for(language)
    currency = document.currency
    several = len(document.orders) > 1
    return [
        _invoice_line(
            line,
            amount_figure(sign * net, currency),
            _detail(line, line.order if several else "", lambda one: text_of(money_figure(one, currency), home), words),
            sign,
        )
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
        "quantity": count_figure(sign * line.quantity),
        "unit": line.unit,
        "price": Figure(line.price, FigureKind.PRICE, net.currency),
        "price_base": count_figure(line.price_base) if line.price_base != 1 else None,
        "discount": percent_figure(line.discount_percent) if line.discount_percent else None,
        "tax_percent": percent_figure(line.tax_percent),
        "tax_category": line.tax_category,
        "net": net,
    }


def _detail(line: DocumentLine, order: str, printed: Callable[[Decimal], str], words: Mapping[str, str]) -> str:
    """The small print below a line's name: SKU, customisation, order, its own allowances and charges."""
    parts = [line.sku if line.name else "", line.customisation]
    if order:
        parts.append(f"{words['order']} {order}")
    for adjustment, sign in [(one, -1) for one in line.allowances] + [(one, 1) for one in line.charges]:
        parts.append(f"{adjustment.reason or words['discount']} {printed(sign * adjustment.amount)}")
    return " · ".join(part for part in parts if part)


def _tax(group: TaxGroup, sign: int, currency: str) -> Face:
    untaxed = group.percent == 0
    return {
        "rate": percent_figure(group.percent),
        "category": group.category,
        "taxable": amount_figure(sign * group.net, currency),
        "tax": amount_figure(sign * group.tax, currency),
        "reason": group.reason or (EXEMPTION.get(group.category, "") if untaxed else ""),
    }


def _adjustments(document: InvoiceDocument, sign: int, discount: str, ours: Mapping[str, str]) -> list[Face]:
    """The document's allowances (minus) and charges (plus), such as freight; one without a reason is a discount."""
    minus = [_adjustment(one, -sign, document.currency, discount, ours) for one in document.allowances]
    return minus + [_adjustment(one, sign, document.currency, discount, ours) for one in document.charges]


def _adjustment(adjustment: Adjustment, sign: int, currency: str, name: str, ours: Mapping[str, str]) -> Face:
    return {
        "reason": ours.get(adjustment.reason, adjustment.reason) or name,
        "percent": None if adjustment.percent is None else percent_figure(adjustment.percent),
        "amount": amount_figure(sign * adjustment.amount, currency),
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
    return party_block(Party(name="") if _same_place(ship_to, addressee) else ship_to, home)
