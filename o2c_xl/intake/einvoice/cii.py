"""Cross Industry Invoices (UN/CEFACT D16B and Factur-X), as `EInvoice`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, PaymentMeans, Preceding, StatedTotals, TaxLine
from o2c_xl.domain.invoices.invoicing import Adjustment
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.paper import Party
from o2c_xl.intake.einvoice.tree import Node, tax_totals

__all__ = ["read_cii"]

_DAY = "DateTimeString"
_SUMS = "SpecifiedTradeSettlementHeaderMonetarySummation"
_TAX = f"SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/{_SUMS}/TaxTotalAmount"


def read_cii(root: Node) -> EInvoice:
    """The invoice behind the root `CrossIndustryInvoice`. Raises CannotRun for what is no number or date."""
    head = root.one("ExchangedDocument") or root
    trade = root.one("SupplyChainTradeTransaction") or root
    agreed = trade.one("ApplicableHeaderTradeAgreement") or trade
    delivery = trade.one("ApplicableHeaderTradeDelivery") or trade
    money = trade.one("ApplicableHeaderTradeSettlement") or trade
    return EInvoice(
        customization=root.text("ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID"),
        number=head.text("ID"),
        issued=head.day(f"IssueDateTime/{_DAY}"),
        type_code=head.text("TypeCode"),
        currency=money.text("InvoiceCurrencyCode"),
        tax_currency=money.text("TaxCurrencyCode"),
        due=_due(money),
        buyer_reference=agreed.text("BuyerReference"),
        purchase_reference=agreed.text("BuyerOrderReferencedDocument/IssuerAssignedID"),
        sales_reference=agreed.text("SellerOrderReferencedDocument/IssuerAssignedID"),
        despatch_reference=delivery.text("DespatchAdviceReferencedDocument/IssuerAssignedID"),
        terms=" ".join(one.text("Description") for one in money.all("SpecifiedTradePaymentTerms")).strip(),
        notes=tuple(one.first_text("Content") for one in head.all("IncludedNote")),
        preceding=tuple(_preceding(one) for one in money.all("InvoiceReferencedDocument")),
        seller=_party(agreed.one("SellerTradeParty")),
        buyer=_party(agreed.one("BuyerTradeParty")),
        representative=_agent(agreed.one("SellerTaxRepresentativeTradeParty")),
        deliver_to=_agent(delivery.one("ShipToTradeParty")),
        delivered=delivery.day(f"ActualDeliverySupplyChainEvent/OccurrenceDateTime/{_DAY}"),
        period=_period(money.one("BillingSpecifiedPeriod")),
        means=tuple(_means(one, money) for one in money.all("SpecifiedTradeSettlementPaymentMeans")),
        allowances=_adjustments(money, charge=False),
        charges=_adjustments(money, charge=True),
        lines=tuple(_line(one) for one in trade.all("IncludedSupplyChainTradeLineItem")),
        taxes=tuple(_tax(one) for one in money.all("ApplicableTradeTax")),
        totals=_totals(money),
        foreign_amounts=root.amounts_not_in(money.text("InvoiceCurrencyCode"), (_TAX, money.text("TaxCurrencyCode"))),
    )


def _due(money: Node) -> date | None:
    days = (terms.day(f"DueDateDateTime/{_DAY}") for terms in money.all("SpecifiedTradePaymentTerms"))
    return next((day for day in days if day), None)


def _preceding(node: Node) -> Preceding:
    return Preceding(node.text("IssuerAssignedID"), node.day(f"FormattedIssueDateTime/{_DAY}"))


def _period(node: Node | None) -> tuple[date | None, date | None]:
    return (None, None) if node is None else (node.day(f"StartDateTime/{_DAY}"), node.day(f"EndDateTime/{_DAY}"))


def _party(node: Node | None) -> Party:
    if node is None:
        return Party(name="")
    return Party(
        name=node.text("Name"),
        **_address(node),
        tax_id=_registered(node, "VA"),
        tax_number=_registered(node, "FC"),
        registration=node.text("SpecifiedLegalOrganization/ID"),
        key=node.first_text("ID") or node.first_text("GlobalID"),
        endpoint=node.text("URIUniversalCommunication/URIID"),
        contact=node.first_text("DefinedTradeContact/PersonName"),
        trade_name=node.text("SpecifiedLegalOrganization/TradingBusinessName"),
        phone=node.first_text("DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber"),
        email=node.first_text("DefinedTradeContact/EmailURIUniversalCommunication/URIID"),
    )


def _registered(node: Node, scheme: str) -> str:
    numbers = [one for one in node.all("SpecifiedTaxRegistration") if one.attribute("ID", "schemeID") in {scheme, ""}]
    return numbers[0].text("ID") if numbers else ""


def _address(node: Node) -> dict[str, str]:
    return {
        "street": node.text("PostalTradeAddress/LineOne"),
        "city": node.text("PostalTradeAddress/CityName"),
        "postal_code": node.text("PostalTradeAddress/PostcodeCode"),
        "country": node.text("PostalTradeAddress/CountryID"),
    }


def _agent(node: Node | None) -> Party | None:
    return None if node is None else Party(name=node.text("Name"), tax_id=_registered(node, "VA"), **_address(node))


def _means(node: Node, money: Node) -> PaymentMeans:
    account = node.one("PayeePartyCreditorFinancialAccount") or node
    return PaymentMeans(
        code=node.text("TypeCode"),
        reference=money.text("PaymentReference"),
        account=account.text("IBANID") or account.text("ProprietaryID"),
        holder=account.text("AccountName"),
        bic=node.text("PayeeSpecifiedCreditorFinancialInstitution/BICID"),
    )


def _adjustments(node: Node, *, charge: bool) -> tuple[Adjustment, ...]:
    """Allowances or charges, with the freight that the fuller profiles write apart."""
    found = [
        Adjustment(
            amount=one.number("ActualAmount") or ZERO,
            reason=one.text("Reason"),
            code=one.text("ReasonCode"),
            tax_category=one.text("CategoryTradeTax/CategoryCode"),
            tax_percent=one.number("CategoryTradeTax/RateApplicablePercent") or ZERO,
            base=one.number("BasisAmount"),
            percent=one.number("CalculationPercent"),
        )
        for one in node.all("SpecifiedTradeAllowanceCharge")
        if (one.text("ChargeIndicator/Indicator").lower() in {"true", "1"}) is charge
    ]
    if charge:
        found += [
            Adjustment(
                amount=one.number("AppliedAmount") or ZERO,
                reason=one.text("Description"),
                tax_category=one.text("AppliedTradeTax/CategoryCode"),
                tax_percent=one.number("AppliedTradeTax/RateApplicablePercent") or ZERO,
            )
            for one in node.all("SpecifiedLogisticsServiceCharge")
        ]
    return tuple(found)


def _tax(node: Node) -> TaxLine:
    return TaxLine(
        category=node.text("CategoryCode"),
        percent=node.number("RateApplicablePercent"),
        net=node.number("BasisAmount"),
        tax=node.number("CalculatedAmount"),
        reason=node.text("ExemptionReason"),
        reason_code=node.text("ExemptionReasonCode"),
    )


def _totals(money: Node) -> StatedTotals:
    sums = money.one(_SUMS) or money
    own, other = tax_totals(sums, "TaxTotalAmount", money.text("InvoiceCurrencyCode"))

    def said(name: str) -> Decimal | None:
        return sums.number(f"{name}Amount")

    return StatedTotals(
        lines=said("LineTotal"),
        allowances=said("AllowanceTotal"),
        charges=said("ChargeTotal"),
        net=said("TaxBasisTotal"),
        tax=own,
        accounting_tax=other,
        total=said("GrandTotal"),
        prepaid=said("TotalPrepaid"),
        rounding=said("Rounding"),
        payable=said("DuePayable"),
    )


def _line(node: Node) -> InvoiceLine:
    product = node.one("SpecifiedTradeProduct") or node
    agreed = node.one("SpecifiedLineTradeAgreement") or node
    money = node.one("SpecifiedLineTradeSettlement") or node
    return InvoiceLine(
        line=node.text("AssociatedDocumentLineDocument/LineID"),
        quantity=node.number("SpecifiedLineTradeDelivery/BilledQuantity"),
        unit=node.attribute("SpecifiedLineTradeDelivery/BilledQuantity", "unitCode"),
        net=money.number("SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"),
        price=agreed.number("NetPriceProductTradePrice/ChargeAmount"),
        price_base=agreed.number("NetPriceProductTradePrice/BasisQuantity"),
        **_gross(agreed),
        allowances=_adjustments(money, charge=False),
        charges=_adjustments(money, charge=True),
        tax_category=money.text("ApplicableTradeTax/CategoryCode"),
        tax_percent=money.number("ApplicableTradeTax/RateApplicablePercent"),
        name=product.text("Name"),
        description=product.text("Description"),
        seller_sku=product.text("SellerAssignedID"),
        buyer_sku=product.text("BuyerAssignedID"),
        order_line=agreed.text("BuyerOrderReferencedDocument/LineID"),
        note=node.first_text("AssociatedDocumentLineDocument/IncludedNote/Content"),
    )


def _gross(agreed: Node) -> dict[str, Decimal | None]:
    """The gross price and its discounts, where they count for the same quantity as the net price."""
    gross, base = agreed.one("GrossPriceProductTradePrice"), agreed.number("NetPriceProductTradePrice/BasisQuantity")
    if gross is None or (gross.number("BasisQuantity") or Decimal(1)) != (base or Decimal(1)):
        return {}
    parts = [
        -amount if one.text("ChargeIndicator/Indicator").lower() in {"true", "1"} else amount
        for one in gross.all("AppliedTradeAllowanceCharge")
        if (amount := one.number("ActualAmount")) is not None
    ]
    return {"gross_price": gross.number("ChargeAmount"), "price_discount": sum(parts, ZERO) if parts else None}
