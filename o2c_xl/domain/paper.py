"""The documents people send and carry: invoice, purchase order, packing slip, pick list, as plain values.

They hold what stands on the paper and nothing of how it looks; whoever renders them adds no figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2c_xl.domain.invoices.invoicing import Adjustment, DocumentLine, Totals

__all__ = [
    "Instalment",
    "InvoiceDocument",
    "PackingLine",
    "PackingSlip",
    "Party",
    "PickLine",
    "PickListDocument",
    "PurchaseLine",
    "PurchaseOrderDocument",
    "company_party",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A company or person with an address; `country` is ISO 3166 alpha-2, `key` our id for the party.

    `registration` is the register entry that a company prints below its letters (BT-30); `endpoint` is where e-invoices
    go, as `scheme:address` (BT-34, BT-49); `buyer_reference` what a customer wants its invoices to bear (BT-10).
    """

    name: str
    street: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    key: str = ""
    registration: str = ""
    endpoint: str = ""
    buyer_reference: str = ""
    contact: str = ""
    """Whom to ask, where it is not the company itself."""
    trade_name: str = ""
    """The name it goes by, where it is another than the legal one (BT-28)."""
    tax_number: str = ""
    """The number at the tax office (BT-32), beside the VAT number in `tax_id`."""


def company_party(settings: Mapping[str, str]) -> Party:
    """The company itself, from its settings by name."""

    def of(name: str) -> str:
        return settings.get(f"Company {name}", "")

    return Party(
        name=of("name"),
        street=of("street"),
        city=of("city"),
        postal_code=of("postal code"),
        country=of("country"),
        tax_id=of("tax ID"),
        email=of("email"),
        phone=of("phone"),
        contact=of("contact"),
        registration=of("registration"),
        endpoint=of("e-invoice address"),
    )


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of an invoice and the day it is due, in the invoice's currency."""

    due: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """An invoice or credit note as the customer reads it; amounts positive on both, in `currency`.

    `payment_terms` is the sentence as agreed; `payment_reference` what the payer is asked to write;
    `corrects` the invoice that a credit note takes back (BT-25); `purchase_reference` the customer's own
    order number (BT-13). `accounting_tax` is the tax in the seller's `accounting_currency` (BT-111, BT-6),
    where the invoice is in another one (Directive 2006/112/EC art. 230).
    """

    kind: str
    number: str
    invoice_date: date
    seller: Party
    buyer: Party
    ship_to: Party
    currency: str
    lines: tuple[DocumentLine, ...]
    totals: Totals
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    due_date: date | None = None
    delivery_date: date | None = None
    orders: tuple[str, ...] = ()
    shipments: tuple[str, ...] = ()
    purchase_reference: str = ""
    payment_terms: str = ""
    payment_reference: str = ""
    iban: str = ""
    bic: str = ""
    corrects: str = ""
    notes: tuple[str, ...] = ()
    accounting_currency: str = ""
    accounting_tax: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLine:
    """One line of a purchase order; `unit_cost` net per `unit`, `net` in the order's currency."""

    line: str
    sku: str
    name: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal
    net: Decimal
    supplier_sku: str = ""
    expected: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderDocument:
    """A purchase order as the supplier reads it."""

    number: str
    po_date: date
    buyer: Party
    supplier: Party
    ship_to: Party
    currency: str
    lines: tuple[PurchaseLine, ...]
    net: Decimal
    expected: date | None = None
    payment_terms: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingLine:
    """One line in the parcel; `backordered` is what still comes later."""

    line: str
    sku: str
    name: str
    quantity: Decimal
    unit: str
    ordered: Decimal
    backordered: Decimal = Decimal(0)
    customisation: str = ""
    fragile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingSlip:
    """What lies in the parcel, for the person who opens it; no prices."""

    shipment: str
    order: str
    ship_date: date
    seller: Party
    ship_to: Party
    lines: tuple[PackingLine, ...]
    purchase_reference: str = ""
    carrier: str = ""
    service: str = ""
    tracking: str = ""
    weight_kg: Decimal | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PickLine:
    """One stop of the picker's walk."""

    order: str
    line: str
    sku: str
    name: str
    zone: str
    bin: str
    quantity: Decimal
    unit: str
    fragile: bool = False
    customisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListDocument:
    """The lines of one pick in walking order."""

    pick: str
    made_on: date
    lines: tuple[PickLine, ...]
    orders: tuple[str, ...] = ()
    promise_date: date | None = None
    notes: tuple[str, ...] = ()
    seller: Party | None = None
