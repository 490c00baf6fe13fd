"""An invoice or credit note as Cross Industry Invoice (UN/CEFACT D16B), in the profile EN 16931 of Factur-X.

The order of the elements is that of the schema CrossIndustryInvoice:100.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from o2c_xl.documents.einvoice.xml import XmlText, amount_text, percent_text
from o2c_xl.domain.einvoice.codes import schemed
from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, PaymentMeans, TaxLine
from o2c_xl.domain.invoices.invoicing import Adjustment
from o2c_xl.domain.paper import Party

__all__ = ["cii_bytes"]

_UN = "urn:un:unece:uncefact:data:standard:"
_NAMES = (
    f'xmlns:rsm="{_UN}CrossIndustryInvoice:100"\n  xmlns:qdt="{_UN}QualifiedDataType:100"'
    f'\n  xmlns:ram="{_UN}ReusableAggregateBusinessInformationEntity:100"'
    f'\n  xmlns:udt="{_UN}UnqualifiedDataType:100"'
)
_EN16931 = "urn:cen.eu:en16931:2017"


def cii_bytes(invoice: EInvoice) -> bytes:
    """The invoice as CII, in UTF-8."""
    xml = XmlText("rsm:CrossIndustryInvoice", _NAMES)
    with xml.within("rsm:ExchangedDocumentContext"), xml.within("ram:GuidelineSpecifiedDocumentContextParameter"):
        xml.put("ram:ID", _EN16931)
    with xml.within("rsm:ExchangedDocument"):
        xml.put("ram:ID", invoice.number)
        xml.put("ram:TypeCode", invoice.type_code)
        _day(xml, "ram:IssueDateTime", invoice.issued)
        for note in invoice.notes:
            with xml.within("ram:IncludedNote"):
                xml.put("ram:Content", note)
    with xml.within("rsm:SupplyChainTradeTransaction"):
        for line in invoice.lines:
            _line(xml, line)
        _agreement(xml, invoice)
        _delivery(xml, invoice)
        _settlement(xml, invoice)
    return xml.bytes()


def _day(xml: XmlText, tag: str, day: date | None, kind: str = "udt") -> None:
    if day is not None:
        with xml.within(tag):
            xml.put(f"{kind}:DateTimeString", f"{day:%Y%m%d}", format="102")


def _line(xml: XmlText, line: InvoiceLine) -> None:
    with xml.within("ram:IncludedSupplyChainTradeLineItem"):
        with xml.within("ram:AssociatedDocumentLineDocument"):
            xml.put("ram:LineID", line.line)
            with xml.within("ram:IncludedNote"):
                xml.put("ram:Content", line.note)
        with xml.within("ram:SpecifiedTradeProduct"):
            xml.put("ram:SellerAssignedID", line.seller_sku)
            xml.put("ram:BuyerAssignedID", line.buyer_sku)
            xml.put("ram:Name", line.name)
            xml.put("ram:Description", line.description)
        _prices(xml, line)
        with xml.within("ram:SpecifiedLineTradeDelivery"):
            xml.put("ram:BilledQuantity", line.quantity, unitCode=line.unit)
        with xml.within("ram:SpecifiedLineTradeSettlement"):
            _category(xml, "ram:ApplicableTradeTax", line.tax_category, line.tax_percent)
            _adjustments(xml, line.allowances, line.charges, line=True)
            with xml.within("ram:SpecifiedTradeSettlementLineMonetarySummation"):
                xml.put("ram:LineTotalAmount", amount_text(line.net, ""))


def _prices(xml: XmlText, line: InvoiceLine) -> None:
    with xml.within("ram:SpecifiedLineTradeAgreement"):
        with xml.within("ram:BuyerOrderReferencedDocument"):
            xml.put("ram:LineID", line.order_line)
        if line.price_discount is not None:
            with xml.within("ram:GrossPriceProductTradePrice"):
                xml.put("ram:ChargeAmount", line.gross_price)
                xml.put("ram:BasisQuantity", line.price_base, unitCode=line.unit)
                with xml.within("ram:AppliedTradeAllowanceCharge"):
                    with xml.within("ram:ChargeIndicator"):
                        xml.put("udt:Indicator", "false")
                    xml.put("ram:ActualAmount", line.price_discount)
        with xml.within("ram:NetPriceProductTradePrice"):
            xml.put("ram:ChargeAmount", line.price)
            xml.put("ram:BasisQuantity", line.price_base, unitCode=line.unit)


def _category(xml: XmlText, tag: str, category: str, percent: Decimal | None) -> None:
    with xml.within(tag):
        xml.put("ram:TypeCode", "VAT")
        xml.put("ram:CategoryCode", category)
        xml.put("ram:RateApplicablePercent", "" if category == "O" else percent_text(percent))


def _adjustments(
    xml: XmlText, allowances: tuple[Adjustment, ...], charges: tuple[Adjustment, ...], *, line: bool = False
) -> None:
    for one, is_charge in [(one, "false") for one in allowances] + [(one, "true") for one in charges]:
        with xml.within("ram:SpecifiedTradeAllowanceCharge"):
            with xml.within("ram:ChargeIndicator"):
                xml.put("udt:Indicator", is_charge)
            xml.put("ram:CalculationPercent", one.percent)
            xml.put("ram:BasisAmount", amount_text(one.base, ""))
            xml.put("ram:ActualAmount", amount_text(one.amount, ""))
            xml.put("ram:ReasonCode", one.code)
            xml.put("ram:Reason", one.reason)
            if not line:
                _category(xml, "ram:CategoryTradeTax", one.tax_category, one.tax_percent)


def _agreement(xml: XmlText, invoice: EInvoice) -> None:
    with xml.within("ram:ApplicableHeaderTradeAgreement"):
        xml.put("ram:BuyerReference", invoice.buyer_reference)
        _party(xml, "ram:SellerTradeParty", invoice.seller, seller=True)
        _party(xml, "ram:BuyerTradeParty", invoice.buyer, seller=False)
        if (agent := invoice.representative) is not None:
            with xml.within("ram:SellerTaxRepresentativeTradeParty"):
                xml.put("ram:Name", agent.name)
                _address(xml, agent)
                _registered(xml, agent.tax_id, "VA")
        for tag, number in (
            ("ram:SellerOrderReferencedDocument", invoice.sales_reference),
            ("ram:BuyerOrderReferencedDocument", invoice.purchase_reference),
        ):
            with xml.within(tag):
                xml.put("ram:IssuerAssignedID", number)


def _party(xml: XmlText, tag: str, party: Party, *, seller: bool) -> None:
    with xml.within(tag):
        if not seller:
            xml.put("ram:ID", party.key)
        xml.put("ram:Name", party.name)
        scheme, registration = schemed(party.registration)
        with xml.within("ram:SpecifiedLegalOrganization"):
            xml.put("ram:ID", registration, schemeID=scheme)
        _contact(xml, party, seller=seller)
        _address(xml, party)
        scheme, endpoint = schemed(party.endpoint)
        with xml.within("ram:URIUniversalCommunication"):
            xml.put("ram:URIID", endpoint, schemeID=scheme)
        _registered(xml, party.tax_id, "VA")
        if seller:
            _registered(xml, party.tax_number, "FC")


def _contact(xml: XmlText, party: Party, *, seller: bool) -> None:
    with xml.within("ram:DefinedTradeContact"):
        xml.put("ram:PersonName", party.contact or (party.name if seller and party.email else ""))
        with xml.within("ram:TelephoneUniversalCommunication"):
            xml.put("ram:CompleteNumber", party.phone)
        with xml.within("ram:EmailURIUniversalCommunication"):
            xml.put("ram:URIID", party.email)


def _address(xml: XmlText, party: Party) -> None:
    with xml.within("ram:PostalTradeAddress"):
        xml.put("ram:PostcodeCode", party.postal_code)
        xml.put("ram:LineOne", party.street)
        xml.put("ram:CityName", party.city)
        xml.put("ram:CountryID", party.country)


def _registered(xml: XmlText, number: str, scheme: str) -> None:
    with xml.within("ram:SpecifiedTaxRegistration"):
        xml.put("ram:ID", number, schemeID=scheme)


def _delivery(xml: XmlText, invoice: EInvoice) -> None:
    xml.opened("ram:ApplicableHeaderTradeDelivery")  # the schema wants it, be it empty
    if (to := invoice.deliver_to) is not None:
        with xml.within("ram:ShipToTradeParty"):
            xml.put("ram:Name", to.name)
            _address(xml, to)
    with xml.within("ram:ActualDeliverySupplyChainEvent"):
        _day(xml, "ram:OccurrenceDateTime", invoice.delivered)
    with xml.within("ram:DespatchAdviceReferencedDocument"):
        xml.put("ram:IssuerAssignedID", invoice.despatch_reference)
    xml.closed("ram:ApplicableHeaderTradeDelivery")


def _settlement(xml: XmlText, invoice: EInvoice) -> None:
    with xml.within("ram:ApplicableHeaderTradeSettlement"):
        xml.put("ram:PaymentReference", next((means.reference for means in invoice.means), ""))
        xml.put("ram:TaxCurrencyCode", invoice.tax_currency)
        xml.put("ram:InvoiceCurrencyCode", invoice.currency)
        for means in invoice.means:
            _means(xml, means)
        for group in invoice.taxes:
            _tax(xml, group)
        with xml.within("ram:BillingSpecifiedPeriod"):
            _day(xml, "ram:StartDateTime", invoice.period[0])
            _day(xml, "ram:EndDateTime", invoice.period[1])
        _adjustments(xml, invoice.allowances, invoice.charges)
        with xml.within("ram:SpecifiedTradePaymentTerms"):
            xml.put("ram:Description", invoice.terms)
            _day(xml, "ram:DueDateDateTime", invoice.due)
        _totals(xml, invoice)
        for one in invoice.preceding:
            with xml.within("ram:InvoiceReferencedDocument"):
                xml.put("ram:IssuerAssignedID", one.number)
                _day(xml, "ram:FormattedIssueDateTime", one.issued, "qdt")


def _means(xml: XmlText, means: PaymentMeans) -> None:
    with xml.within("ram:SpecifiedTradeSettlementPaymentMeans"):
        xml.put("ram:TypeCode", means.code)
        with xml.within("ram:PayeePartyCreditorFinancialAccount"):
            iban = means.account[:2].isalpha()
            xml.put("ram:IBANID", means.account if iban else "")
            xml.put("ram:AccountName", means.holder)
            xml.put("ram:ProprietaryID", "" if iban else means.account)
        with xml.within("ram:PayeeSpecifiedCreditorFinancialInstitution"):
            xml.put("ram:BICID", means.bic)


def _tax(xml: XmlText, group: TaxLine) -> None:
    with xml.within("ram:ApplicableTradeTax"):
        xml.put("ram:CalculatedAmount", amount_text(group.tax, ""))
        xml.put("ram:TypeCode", "VAT")
        xml.put("ram:ExemptionReason", group.reason)
        xml.put("ram:BasisAmount", amount_text(group.net, ""))
        xml.put("ram:CategoryCode", group.category)
        xml.put("ram:ExemptionReasonCode", group.reason_code)
        xml.put("ram:RateApplicablePercent", percent_text(group.percent))


def _totals(xml: XmlText, invoice: EInvoice) -> None:
    said = invoice.totals
    with xml.within("ram:SpecifiedTradeSettlementHeaderMonetarySummation"):
        for tag, amount in (
            ("LineTotal", said.lines),
            ("ChargeTotal", said.charges),
            ("AllowanceTotal", said.allowances),
            ("TaxBasisTotal", said.net),
        ):
            xml.put(f"ram:{tag}Amount", amount_text(amount, ""))
        xml.put("ram:TaxTotalAmount", amount_text(said.tax, ""), currencyID=invoice.currency)
        xml.put("ram:TaxTotalAmount", amount_text(said.accounting_tax, ""), currencyID=invoice.tax_currency)
        for tag, amount in (
            ("Rounding", said.rounding),
            ("GrandTotal", said.total),
            ("TotalPrepaid", said.prepaid),
            ("DuePayable", said.payable),
        ):
            xml.put(f"ram:{tag}Amount", amount_text(amount, ""))
