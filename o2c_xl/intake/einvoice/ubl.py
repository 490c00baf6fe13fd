"""UBL 2.1 invoices and credit notes, with whatever customisation, as `EInvoice`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, PaymentMeans, Preceding, StatedTotals, TaxLine
from o2c_xl.domain.invoices.invoicing import Adjustment
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.paper import Party
from o2c_xl.intake.einvoice.tree import Node, tax_totals

__all__ = ["read_ubl"]


def read_ubl(root: Node) -> EInvoice:
    """The invoice behind the root `Invoice` or `CreditNote`. Raises CannotRun for what is no number or date."""
    kind = root.element.tag
    currency = root.text("DocumentCurrencyCode")
    means = root.all("PaymentMeans")
    deliveries = root.all("Delivery")
    return EInvoice(
        customization=root.text("CustomizationID"),
        number=root.text("ID"),
        issued=root.day("IssueDate"),
        type_code=root.text(f"{kind}TypeCode") or ("381" if kind == "CreditNote" else ""),
        currency=currency,
        tax_currency=root.text("TaxCurrencyCode"),
        due=root.day("DueDate") or next((day for one in means if (day := one.day("PaymentDueDate"))), None),
        buyer_reference=root.text("BuyerReference"),
        purchase_reference=root.text("OrderReference/ID"),
        sales_reference=root.text("OrderReference/SalesOrderID"),
        despatch_reference=root.first_text("DespatchDocumentReference/ID"),
        terms=root.first_text("PaymentTerms/Note"),
        notes=tuple(note.text() for note in root.all("Note")),
        preceding=tuple(_preceding(one) for one in root.all("BillingReference/InvoiceDocumentReference")),
        seller=_party(root.one("AccountingSupplierParty/Party")),
        buyer=_party(root.one("AccountingCustomerParty/Party")),
        representative=_agent(root.one("TaxRepresentativeParty")),
        deliver_to=_place(deliveries[0]) if deliveries else None,
        delivered=next((day for one in deliveries if (day := one.day("ActualDeliveryDate"))), None),
        period=_period(root.one("InvoicePeriod")),
        means=tuple(_means(one) for one in means),
        allowances=_adjustments(root, charge=False),
        charges=_adjustments(root, charge=True),
        lines=tuple(_line(one, kind) for one in root.all(f"{kind}Line")),
        taxes=tuple(_tax(one) for one in root.all("TaxTotal/TaxSubtotal")),
        totals=_totals(root, currency),
        foreign_amounts=root.amounts_not_in(currency, ("TaxTotal/TaxAmount", root.text("TaxCurrencyCode"))),
    )


def _preceding(node: Node) -> Preceding:
    return Preceding(node.text("ID"), node.day("IssueDate"))


def _party(node: Node | None) -> Party:
    if node is None:
        return Party(name="")
    vat = other = ""
    for one in node.all("PartyTaxScheme"):
        if one.text("TaxScheme/ID").upper() == "VAT":
            vat = vat or one.text("CompanyID")
        else:
            other = other or one.text("CompanyID")
    return Party(
        name=node.text("PartyLegalEntity/RegistrationName"),
        **_address(node.one("PostalAddress")),
        tax_id=vat,
        tax_number=other,
        registration=node.text("PartyLegalEntity/CompanyID"),
        key=node.first_text("PartyIdentification/ID"),
        endpoint=node.text("EndpointID"),
        contact=node.text("Contact/Name"),
        trade_name=node.first_text("PartyName/Name"),
        phone=node.text("Contact/Telephone"),
        email=node.text("Contact/ElectronicMail"),
    )


def _address(node: Node | None) -> dict[str, str]:
    if node is None:
        return {}
    return {
        "street": node.text("StreetName"),
        "city": node.text("CityName"),
        "postal_code": node.text("PostalZone"),
        "country": node.text("Country/IdentificationCode"),
    }


def _agent(node: Node | None) -> Party | None:
    if node is None:
        return None
    return Party(
        name=node.first_text("PartyName/Name"),
        tax_id=node.text("PartyTaxScheme/CompanyID"),
        **_address(node.one("PostalAddress")),
    )


def _place(node: Node) -> Party | None:
    address = node.one("DeliveryLocation/Address")
    if address is None:
        return None
    return Party(name=node.first_text("DeliveryParty/PartyName/Name"), **_address(address))


def _period(node: Node | None) -> tuple[date | None, date | None]:
    return (None, None) if node is None else (node.day("StartDate"), node.day("EndDate"))


def _means(node: Node) -> PaymentMeans:
    return PaymentMeans(
        code=node.text("PaymentMeansCode"),
        reference=node.first_text("PaymentID"),
        account=node.text("PayeeFinancialAccount/ID"),
        holder=node.text("PayeeFinancialAccount/Name"),
        bic=node.text("PayeeFinancialAccount/FinancialInstitutionBranch/ID"),
    )


def _adjustments(node: Node, *, charge: bool) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            amount=one.number("Amount") or ZERO,
            reason=one.first_text("AllowanceChargeReason"),
            code=one.text("AllowanceChargeReasonCode"),
            tax_category=one.text("TaxCategory/ID"),
            tax_percent=one.number("TaxCategory/Percent") or ZERO,
            base=one.number("BaseAmount"),
            percent=one.number("MultiplierFactorNumeric"),
        )
        for one in node.all("AllowanceCharge")
        if (one.text("ChargeIndicator").lower() in {"true", "1"}) is charge
    )


def _tax(node: Node) -> TaxLine:
    return TaxLine(
        category=node.text("TaxCategory/ID"),
        percent=node.number("TaxCategory/Percent"),
        net=node.number("TaxableAmount"),
        tax=node.number("TaxAmount"),
        reason=node.first_text("TaxCategory/TaxExemptionReason"),
        reason_code=node.text("TaxCategory/TaxExemptionReasonCode"),
    )


def _totals(root: Node, currency: str) -> StatedTotals:
    own, other = tax_totals(root, "TaxTotal/TaxAmount", currency)
    sums = root.one("LegalMonetaryTotal") or root

    def said(name: str) -> Decimal | None:
        return sums.number(f"{name}Amount")

    return StatedTotals(
        lines=said("LineExtension"),
        allowances=said("AllowanceTotal"),
        charges=said("ChargeTotal"),
        net=said("TaxExclusive"),
        tax=own,
        accounting_tax=other,
        total=said("TaxInclusive"),
        prepaid=said("Prepaid"),
        rounding=said("PayableRounding"),
        payable=said("Payable"),
    )


def _line(node: Node, kind: str) -> InvoiceLine:
    counted = "CreditedQuantity" if kind == "CreditNote" else "InvoicedQuantity"
    price, discount = node.one("Price"), node.one("Price/AllowanceCharge")
    return InvoiceLine(
        line=node.text("ID"),
        quantity=node.number(counted),
        unit=node.attribute(counted, "unitCode"),
        net=node.number("LineExtensionAmount"),
        price=None if price is None else price.number("PriceAmount"),
        price_base=None if price is None else price.number("BaseQuantity"),
        gross_price=None if discount is None else discount.number("BaseAmount"),
        price_discount=None if discount is None else discount.number("Amount"),
        allowances=_adjustments(node, charge=False),
        charges=_adjustments(node, charge=True),
        tax_category=node.text("Item/ClassifiedTaxCategory/ID"),
        tax_percent=node.number("Item/ClassifiedTaxCategory/Percent"),
        name=node.text("Item/Name"),
        description=node.first_text("Item/Description"),
        seller_sku=node.text("Item/SellersItemIdentification/ID"),
        buyer_sku=node.text("Item/BuyersItemIdentification/ID"),
        order_line=node.text("OrderLineReference/LineID"),
        note=node.first_text("Note"),
    )
