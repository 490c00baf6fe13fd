"""An invoice or credit note in UBL 2.1, as Peppol BIS Billing 3.0 wants it, else by the norm alone.

It names Peppol's rules only where nothing keeps it from them and there is a reference (PEPPOL-EN16931-R003).

The order of the elements is that of the OASIS schemas UBL-Invoice-2.1 and UBL-CreditNote-2.1.
"""

from __future__ import annotations

from decimal import Decimal

from o2c_xl.documents.einvoice.xml import XmlText, amount_text, percent_text
from o2c_xl.domain.einvoice.codes import schemed
from o2c_xl.domain.einvoice.lacks import may_claim_peppol
from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, PaymentMeans, TaxLine
from o2c_xl.domain.invoices.invoicing import Adjustment
from o2c_xl.domain.paper import Party

__all__ = ["ubl_bytes"]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_PEPPOL = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"


def ubl_bytes(invoice: EInvoice) -> bytes:
    """The invoice as UBL, in UTF-8."""
    root = "CreditNote" if invoice.is_credit else "Invoice"
    names = (
        f'xmlns="{_UBL}{root}-2"\n  xmlns:cac="{_UBL}CommonAggregateComponents-2"'
        f'\n  xmlns:cbc="{_UBL}CommonBasicComponents-2"'
    )
    xml = XmlText(root, names)
    _head(xml, invoice, root)
    _references(xml, invoice)
    _supplier_and_customer(xml, invoice)
    _delivery(xml, invoice)
    for means in invoice.means:
        _means(xml, means)
    with xml.within("cac:PaymentTerms"):
        xml.put("cbc:Note", invoice.terms)
    _adjustments(xml, invoice.allowances, invoice.charges, invoice.currency)
    _taxes(xml, invoice)
    _totals(xml, invoice)
    for line in invoice.lines:
        _line(xml, line, invoice)
    return xml.bytes()


def _head(xml: XmlText, invoice: EInvoice, root: str) -> None:
    referred = invoice.buyer_reference or invoice.purchase_reference or invoice.sales_reference
    peppol = bool(referred) and may_claim_peppol(invoice.seller, invoice.buyer)
    xml.put("cbc:CustomizationID", _PEPPOL if peppol else invoice.customization)
    xml.put("cbc:ProfileID", _PROFILE if peppol else "")
    xml.put("cbc:ID", invoice.number)
    xml.put("cbc:IssueDate", invoice.issued)
    if not invoice.is_credit:
        xml.put("cbc:DueDate", invoice.due)
    xml.put(f"cbc:{root}TypeCode", invoice.type_code)
    xml.put("cbc:Note", " ".join(invoice.notes))  # Peppol takes one note
    xml.put("cbc:DocumentCurrencyCode", invoice.currency)
    xml.put("cbc:TaxCurrencyCode", invoice.tax_currency)
    xml.put("cbc:BuyerReference", invoice.buyer_reference)
    with xml.within("cac:InvoicePeriod"):
        xml.put("cbc:StartDate", invoice.period[0])
        xml.put("cbc:EndDate", invoice.period[1])


def _references(xml: XmlText, invoice: EInvoice) -> None:
    with xml.within("cac:OrderReference"):
        # UBL wants the buyer's number; Peppol has NA stand for it where only the seller's is known
        xml.put("cbc:ID", invoice.purchase_reference or ("NA" if invoice.sales_reference else ""))
        xml.put("cbc:SalesOrderID", invoice.sales_reference)
    for one in invoice.preceding:
        with xml.within("cac:BillingReference"), xml.within("cac:InvoiceDocumentReference"):
            xml.put("cbc:ID", one.number)
            xml.put("cbc:IssueDate", one.issued)
    with xml.within("cac:DespatchDocumentReference"):
        xml.put("cbc:ID", invoice.despatch_reference)


def _supplier_and_customer(xml: XmlText, invoice: EInvoice) -> None:
    with xml.within("cac:AccountingSupplierParty"):
        _party(xml, invoice.seller, seller=True)
    with xml.within("cac:AccountingCustomerParty"):
        _party(xml, invoice.buyer, seller=False)
    if (agent := invoice.representative) is not None:
        with xml.within("cac:TaxRepresentativeParty"):
            with xml.within("cac:PartyName"):
                xml.put("cbc:Name", agent.name)
            _address(xml, "cac:PostalAddress", agent)
            _tax_scheme(xml, agent.tax_id, "VAT")


def _party(xml: XmlText, party: Party, *, seller: bool) -> None:
    with xml.within("cac:Party"):
        scheme, address = schemed(party.endpoint)
        xml.put("cbc:EndpointID", address, schemeID=scheme)
        if not seller:
            with xml.within("cac:PartyIdentification"):
                xml.put("cbc:ID", party.key)
        _address(xml, "cac:PostalAddress", party)
        _tax_scheme(xml, party.tax_id, "VAT")
        if seller:
            _tax_scheme(xml, party.tax_number, "TAX")
        with xml.within("cac:PartyLegalEntity"):
            xml.put("cbc:RegistrationName", party.name)
            scheme, registration = schemed(party.registration)
            xml.put("cbc:CompanyID", registration, schemeID=scheme)
        with xml.within("cac:Contact"):
            xml.put("cbc:Name", party.contact or (party.name if seller and party.email else ""))
            xml.put("cbc:Telephone", party.phone)
            xml.put("cbc:ElectronicMail", party.email)


def _tax_scheme(xml: XmlText, number: str, scheme: str) -> None:
    if number:
        with xml.within("cac:PartyTaxScheme"):
            xml.put("cbc:CompanyID", number)
            with xml.within("cac:TaxScheme"):
                xml.put("cbc:ID", scheme)


def _address(xml: XmlText, tag: str, party: Party) -> None:
    with xml.within(tag):
        xml.put("cbc:StreetName", party.street)
        xml.put("cbc:CityName", party.city)
        xml.put("cbc:PostalZone", party.postal_code)
        with xml.within("cac:Country"):
            xml.put("cbc:IdentificationCode", party.country)


def _delivery(xml: XmlText, invoice: EInvoice) -> None:
    with xml.within("cac:Delivery"):
        xml.put("cbc:ActualDeliveryDate", invoice.delivered)
        if (to := invoice.deliver_to) is not None:
            with xml.within("cac:DeliveryLocation"):
                _address(xml, "cac:Address", to)
            with xml.within("cac:DeliveryParty"), xml.within("cac:PartyName"):
                xml.put("cbc:Name", to.name)


def _means(xml: XmlText, means: PaymentMeans) -> None:
    with xml.within("cac:PaymentMeans"):
        xml.put("cbc:PaymentMeansCode", means.code)
        xml.put("cbc:PaymentID", means.reference)
        with xml.within("cac:PayeeFinancialAccount"):
            xml.put("cbc:ID", means.account)
            xml.put("cbc:Name", means.holder)
            with xml.within("cac:FinancialInstitutionBranch"):
                xml.put("cbc:ID", means.bic)


def _amount(xml: XmlText, tag: str, amount: Decimal | None, currency: str) -> None:
    xml.put(tag, amount_text(amount, currency), currencyID=currency)


def _adjustments(
    xml: XmlText,
    allowances: tuple[Adjustment, ...],
    charges: tuple[Adjustment, ...],
    currency: str,
    *,
    line: bool = False,
) -> None:
    for one, is_charge in [(one, "false") for one in allowances] + [(one, "true") for one in charges]:
        with xml.within("cac:AllowanceCharge"):
            xml.put("cbc:ChargeIndicator", is_charge)
            xml.put("cbc:AllowanceChargeReasonCode", one.code)
            xml.put("cbc:AllowanceChargeReason", one.reason)
            xml.put("cbc:MultiplierFactorNumeric", one.percent)
            _amount(xml, "cbc:Amount", one.amount, currency)
            _amount(xml, "cbc:BaseAmount", one.base, currency)
            if not line:
                _category(xml, "cac:TaxCategory", one.tax_category, one.tax_percent)


def _category(xml: XmlText, tag: str, category: str, percent: Decimal | None, code: str = "", reason: str = "") -> None:
    with xml.within(tag):
        xml.put("cbc:ID", category)
        xml.put("cbc:Percent", "" if category == "O" else percent_text(percent))
        xml.put("cbc:TaxExemptionReasonCode", code)
        xml.put("cbc:TaxExemptionReason", reason)
        with xml.within("cac:TaxScheme"):
            xml.put("cbc:ID", "VAT")


def _taxes(xml: XmlText, invoice: EInvoice) -> None:
    currency = invoice.currency
    with xml.within("cac:TaxTotal"):
        _amount(xml, "cbc:TaxAmount", invoice.totals.tax, currency)
        for group in invoice.taxes:
            _tax(xml, group, currency)
    if invoice.tax_currency:
        with xml.within("cac:TaxTotal"):
            _amount(xml, "cbc:TaxAmount", invoice.totals.accounting_tax, invoice.tax_currency)


def _tax(xml: XmlText, group: TaxLine, currency: str) -> None:
    with xml.within("cac:TaxSubtotal"):
        _amount(xml, "cbc:TaxableAmount", group.net, currency)
        _amount(xml, "cbc:TaxAmount", group.tax, currency)
        _category(xml, "cac:TaxCategory", group.category, group.percent, group.reason_code, group.reason)


def _totals(xml: XmlText, invoice: EInvoice) -> None:
    said, currency = invoice.totals, invoice.currency
    with xml.within("cac:LegalMonetaryTotal"):
        for tag, amount in (
            ("LineExtension", said.lines),
            ("TaxExclusive", said.net),
            ("TaxInclusive", said.total),
            ("AllowanceTotal", said.allowances),
            ("ChargeTotal", said.charges),
            ("Prepaid", said.prepaid),
            ("PayableRounding", said.rounding),
            ("Payable", said.payable),
        ):
            _amount(xml, f"cbc:{tag}Amount", amount, currency)


def _line(xml: XmlText, line: InvoiceLine, invoice: EInvoice) -> None:
    kind, counted = ("CreditNoteLine", "Credited") if invoice.is_credit else ("InvoiceLine", "Invoiced")
    currency = invoice.currency
    with xml.within(f"cac:{kind}"):
        xml.put("cbc:ID", line.line)
        xml.put("cbc:Note", line.note)
        xml.put(f"cbc:{counted}Quantity", line.quantity, unitCode=line.unit)
        _amount(xml, "cbc:LineExtensionAmount", line.net, currency)
        with xml.within("cac:OrderLineReference"):
            xml.put("cbc:LineID", line.order_line)
        _adjustments(xml, line.allowances, line.charges, currency, line=True)
        with xml.within("cac:Item"):
            xml.put("cbc:Description", line.description)
            xml.put("cbc:Name", line.name)
            with xml.within("cac:BuyersItemIdentification"):
                xml.put("cbc:ID", line.buyer_sku)
            with xml.within("cac:SellersItemIdentification"):
                xml.put("cbc:ID", line.seller_sku)
            _category(xml, "cac:ClassifiedTaxCategory", line.tax_category, line.tax_percent)
        with xml.within("cac:Price"):
            xml.put("cbc:PriceAmount", line.price, currencyID=currency)
            xml.put("cbc:BaseQuantity", line.price_base, unitCode=line.unit)
            if line.price_discount is not None:
                with xml.within("cac:AllowanceCharge"):
                    xml.put("cbc:ChargeIndicator", "false")
                    xml.put("cbc:Amount", line.price_discount, currencyID=currency)
                    xml.put("cbc:BaseAmount", line.gross_price, currencyID=currency)
