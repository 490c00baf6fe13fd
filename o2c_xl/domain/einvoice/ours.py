"""Our own invoice or credit note as an electronic invoice: the same figures, under the names of EN 16931."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import stdnum.iban

from o2c_xl.domain.einvoice.codes import exemption_code
from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, PaymentMeans, Preceding, StatedTotals, TaxLine
from o2c_xl.domain.einvoice.tax_numbers import compact_vat, is_vat_number
from o2c_xl.domain.einvoice.units import unit_code
from o2c_xl.domain.invoices.invoicing import FREIGHT, Adjustment, DocumentLine, TaxGroup
from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.paper import InvoiceDocument, Party
from o2c_xl.domain.tax import EXEMPTION

__all__ = ["einvoice_of", "endpoint_of"]

_CREDIT_NOTE = "Credit note"
_INVOICE_TYPE, _CREDIT_TYPE = "380", "381"
_SEPA_TRANSFER, _TRANSFER, _NOT_SAID, _SET_OFF = "58", "30", "1", "97"  # UNTDID 4461
_DISCOUNT_CODE, _FREIGHT_CODE = "95", "FC"
_WITHOUT_REASON = frozenset({"S", "Z", "L", "M"})
# Electronic address schemes (EAS) whose address is the VAT number of the country.
_VAT_SCHEMES = {
    "AT": "9914", "BG": "9926", "CH": "9927", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931",
    "EL": "9933", "ES": "9920", "FI": "0213", "FR": "9957", "GB": "9932", "GR": "9933", "HR": "9934", "HU": "9910",
    "IE": "9935", "IT": "0211", "LI": "9936", "LT": "9937", "LU": "9938", "LV": "9939", "MC": "9940", "MT": "9943",
    "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "SI": "9949", "SK": "9950", "SM": "9951",
}  # fmt: skip
# Schemes whose address is the number of the register, which is the VAT number without its letters.
_REGISTERS = {"BE": ("0208", 10), "NO": ("0192", 9), "SE": ("0007", 10)}


def einvoice_of(document: InvoiceDocument) -> EInvoice:
    """The document as an electronic invoice; what it lacks is told by `fields.gaps`."""
    credit = document.kind == _CREDIT_NOTE
    groups = document.totals.groups
    untaxed = bool(groups) and all(group.category == "O" for group in groups)
    nets = document.totals.line_nets
    return EInvoice(
        customization="urn:cen.eu:en16931:2017",
        number=document.number,
        issued=document.invoice_date,
        type_code=_CREDIT_TYPE if credit else _INVOICE_TYPE,
        currency=document.currency,
        tax_currency=document.accounting_currency if document.accounting_tax is not None else "",
        due=None if credit else document.due_date,
        buyer_reference=document.buyer.buyer_reference or document.purchase_reference or ", ".join(document.orders),
        purchase_reference=document.purchase_reference,
        sales_reference=", ".join(document.orders),
        despatch_reference=document.shipments[0] if document.shipments else "",
        terms=f"Set off against invoice {document.corrects}" if credit else document.payment_terms,
        notes=tuple(note for note in document.notes if note),
        preceding=(Preceding(document.corrects),) if document.corrects else (),
        seller=_party(document.seller, untaxed=untaxed),
        buyer=_party(document.buyer, untaxed=untaxed),
        deliver_to=document.ship_to if document.ship_to.country else None,
        delivered=document.delivery_date or (document.invoice_date if _inside_the_union(groups) else None),
        means=(PaymentMeans(code=_SET_OFF) if credit else _means(document),),
        allowances=tuple(_coded(one, "") for one in document.allowances),
        charges=tuple(_coded(one, _FREIGHT_CODE if one.reason == FREIGHT else "") for one in document.charges),
        lines=tuple(_line(line, net, document) for line, net in zip(document.lines, nets, strict=True)),
        taxes=tuple(_tax(group) for group in groups),
        totals=_stated(document),
    )


def _stated(document: InvoiceDocument) -> StatedTotals:
    totals = document.totals
    return StatedTotals(
        lines=totals.lines,
        allowances=totals.allowances if document.allowances else None,
        charges=totals.charges if document.charges else None,
        net=totals.net,
        tax=totals.tax,
        accounting_tax=document.accounting_tax,
        total=totals.total,
        prepaid=totals.prepaid or None,
        rounding=totals.rounding or None,
        payable=totals.payable,
    )


def _inside_the_union(groups: Iterable[TaxGroup]) -> bool:
    """Intra-Community supplies state a day of delivery, a credit note its own day (BR-IC-11)."""
    return any(group.category == "K" for group in groups)


def _party(party: Party, *, untaxed: bool) -> Party:
    """With the VAT number apart from one of the tax office; what is not subject to tax bears none (BR-O-02)."""
    vat = compact_vat(party.tax_id) if is_vat_number(party.tax_id) else ""
    number = party.tax_number or ("" if vat else party.tax_id)
    return replace(
        party,
        tax_id="" if untaxed else vat,
        tax_number=number or (vat if untaxed else ""),
        endpoint=endpoint_of(party),
    )


def endpoint_of(party: Party) -> str:
    """Where the party takes e-invoices, `scheme:address`: as it says itself, else its VAT number, else its mail."""
    if party.endpoint:
        return party.endpoint
    vat = compact_vat(party.tax_id) if is_vat_number(party.tax_id) else ""
    if scheme := _VAT_SCHEMES.get(vat[:2]):
        return f"{scheme}:{vat}"
    if vat[:2] in _REGISTERS:
        scheme, length = _REGISTERS[vat[:2]]
        return f"{scheme}:{vat[2 : 2 + length]}"
    return f"EM:{party.email}" if party.email else ""


def _means(document: InvoiceDocument) -> PaymentMeans:
    account = document.iban.replace(" ", "").upper()
    reference = document.payment_reference or document.number
    if not account:
        return PaymentMeans(code=_NOT_SAID, reference=reference)
    sepa = document.currency == "EUR" and stdnum.iban.is_valid(account)
    return PaymentMeans(
        code=_SEPA_TRANSFER if sepa else _TRANSFER,
        reference=reference,
        account=account,
        holder=document.seller.name,
        bic=document.bic.replace(" ", ""),
    )


def _coded(one: Adjustment, code: str) -> Adjustment:
    return replace(one, code=one.code or code)


def _line(line: DocumentLine, net: Decimal, document: InvoiceDocument) -> InvoiceLine:
    """A discount becomes an allowance of what it takes off; so does a cent that parts of an order line round to."""
    gross = round_money(line.quantity * line.price / line.price_base, document.currency)
    more, less = sum((one.amount for one in line.charges), ZERO), sum((one.amount for one in line.allowances), ZERO)
    rest = gross + more - less - net
    allowances, charges = line.allowances, line.charges
    if line.discount_percent and rest:
        one = Adjustment(amount=rest, reason="Discount", base=gross, percent=line.discount_percent, code=_DISCOUNT_CODE)
        allowances = (*allowances, one)
    elif rest > ZERO:
        allowances = (*allowances, Adjustment(amount=rest, reason="Rounding of partial invoices"))
    elif rest:
        charges = (*charges, Adjustment(amount=-rest, reason="Rounding of partial invoices"))
    return InvoiceLine(
        line=line.line,
        quantity=line.quantity,
        unit=unit_code(line.unit),
        net=net,
        price=line.price,
        price_base=line.price_base if line.price_base != 1 else None,
        allowances=allowances,
        charges=charges,
        tax_category=line.tax_category,
        tax_percent=line.tax_percent,
        name=line.name.strip() or line.sku,
        description=line.customisation,
        seller_sku=line.sku,
    )


def _tax(group: TaxGroup) -> TaxLine:
    plain = group.category in _WITHOUT_REASON
    return TaxLine(
        category=group.category,
        percent=group.percent,
        net=group.net,
        tax=group.tax,
        reason="" if plain else group.reason or EXEMPTION.get(group.category, ""),
        reason_code="" if plain else exemption_code(group.category, group.reason),
    )
