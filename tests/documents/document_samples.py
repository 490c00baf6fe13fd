"""Documents that the tests render: a small company of Berlin with customers near and far."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from o2c_xl.domain.invoices.invoicing import Adjustment, Document, DocumentLine, calculate
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

SELLER = Party(
    name="Nordlicht Handels GmbH",
    street="Speicherstraße 12",
    postal_code="20457",
    city="Hamburg",
    country="DE",
    tax_id="DE811193231",
    email="rechnung@nordlicht.example",
    phone="+49 40 5550 120",
    registration="Amtsgericht Hamburg HRB 104512",
)
BUYER = Party(
    name="Alfreds Futterkiste",
    street="Obere Str. 57",
    postal_code="12209",
    city="Berlin",
    country="DE",
    tax_id="DE136695976",
    key="ALFKI",
)
ABROAD = Party(
    name="Blondel père et fils",
    street="24, place Kléber",
    postal_code="67000",
    city="Strasbourg",
    country="FR",
    tax_id="FR40303265045",
    key="BLONP",
)
LINES = (
    DocumentLine(
        line="1",
        quantity=Decimal(12),
        price=Decimal("18.00"),
        name="Chai, black tea with spices",
        sku="P-001",
        unit="box",
        tax_percent=Decimal(7),
        order="SO-000041",
        order_line="1",
    ),
    DocumentLine(
        line="2",
        quantity=Decimal(40),
        price=Decimal("2.4950"),
        name="Enamel mug 0.3 l",
        sku="P-118",
        tax_percent=Decimal(19),
        discount_percent=Decimal(5),
        customisation="Engraving",
        order="SO-000041",
        order_line="2",
    ),
    DocumentLine(
        line="3",
        quantity=Decimal("2.5"),
        price=Decimal("64.00"),
        name="Linen, natural",
        sku="P-230",
        unit="m",
        tax_percent=Decimal(19),
        order="SO-000041",
        order_line="3",
    ),
)
FREIGHT = Adjustment(amount=Decimal("14.90"), reason="Freight", tax_category="S", tax_percent=Decimal(19))


def invoice(lines: tuple[DocumentLine, ...] = LINES, **changes: object) -> InvoiceDocument:
    currency = str(changes.get("currency", "EUR"))
    charges = changes.pop("charges", (FREIGHT,))
    prepaid = changes.pop("prepaid", Decimal(0))
    totals = calculate(Document(currency=currency, lines=lines, charges=charges, prepaid=prepaid))  # type: ignore[arg-type]
    plain = InvoiceDocument(
        kind="Invoice",
        number="INV-000123",
        invoice_date=date(2026, 3, 5),
        delivery_date=date(2026, 3, 4),
        due_date=date(2026, 4, 4),
        seller=SELLER,
        buyer=BUYER,
        ship_to=BUYER,
        currency="EUR",
        lines=lines,
        totals=totals,
        charges=charges,  # type: ignore[arg-type]
        orders=("SO-000041",),
        shipments=("SH-000077",),
        purchase_reference="PO 4711 / Schmidt",
        payment_terms="30 days net",
        payment_reference="INV-000123",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        notes=("Thank you for your order.",),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def long_invoice(count: int = 300) -> InvoiceDocument:
    lines = tuple(
        replace(LINES[n % 3], line=str(n + 1), name=f"Article number {n + 1}", sku=f"P-{n + 1:04}")
        for n in range(count)
    )
    return invoice(lines)


def in_instalments() -> InvoiceDocument:
    plain = invoice(prepaid=Decimal("100.00"))
    first = Decimal("100.00")
    rest = plain.totals.payable - first
    return replace(
        plain,
        ship_to=ABROAD,
        instalments=(Instalment(date(2026, 3, 20), first), Instalment(date(2026, 5, 4), rest)),
        payment_terms="30 % now, 70 % in 60 days",
    )


def credit_note() -> InvoiceDocument:
    return invoice(LINES[1:2], kind="Credit note", number="CN-000009", corrects="INV-000123", charges=(), due_date=None)


def reverse_charge() -> InvoiceDocument:
    lines = tuple(replace(line, tax_category="AE", tax_percent=Decimal(0)) for line in LINES)
    return invoice(lines, buyer=ABROAD, ship_to=ABROAD, charges=(), number="INV-000124")


def purchase_order() -> PurchaseOrderDocument:
    lines = (
        PurchaseLine(
            line="1",
            sku="P-001",
            name="Chai, black tea with spices",
            quantity=Decimal(120),
            unit="box",
            unit_cost=Decimal("9.80"),
            net=Decimal("1176.00"),
            supplier_sku="EL-77120",
        ),
        PurchaseLine(
            line="2",
            sku="P-118",
            name="Enamel mug 0.3 l",
            quantity=Decimal(500),
            unit="pcs",
            unit_cost=Decimal("1.1250"),
            net=Decimal("562.50"),
            expected=date(2026, 4, 2),
        ),
    )
    return PurchaseOrderDocument(
        number="PO-000031",
        po_date=date(2026, 3, 6),
        expected=date(2026, 3, 20),
        buyer=SELLER,
        supplier=Party(
            name="Exotic Liquids Ltd",
            street="49 Gilbert St.",
            city="London",
            postal_code="EC1 4SD",
            country="GB",
            tax_id="GB980780684",
            key="S-01",
        ),
        ship_to=Party(name="Nordlicht Lager 2", street="Am Kai 4", postal_code="20539", city="Hamburg", country="DE"),
        currency="EUR",
        lines=lines,
        net=Decimal("1738.50"),
        payment_terms="60 days net",
        notes=("Deliver Monday to Friday, 7:00 to 15:00.",),
    )


def packing_slip() -> PackingSlip:
    lines = (
        PackingLine(
            line="1",
            sku="P-001",
            name="Chai, black tea with spices",
            quantity=Decimal(12),
            unit="box",
            ordered=Decimal(12),
        ),
        PackingLine(
            line="2",
            sku="P-118",
            name="Enamel mug 0.3 l",
            quantity=Decimal(30),
            unit="pcs",
            ordered=Decimal(40),
            backordered=Decimal(10),
            customisation="Engraving",
            fragile=True,
        ),
    )
    return PackingSlip(
        shipment="SH-000077",
        order="SO-000041",
        ship_date=date(2026, 3, 4),
        seller=SELLER,
        ship_to=BUYER,
        lines=lines,
        purchase_reference="PO 4711 / Schmidt",
        carrier="DHL",
        service="Express shipping",
        tracking="JD014600003872991237",
        weight_kg=Decimal("14.250"),
    )


def pick_list() -> PickListDocument:
    stops = [
        ("SO-000041", "P-001", "Chai, black tea with spices", "Zone A", "A-01-2", 12, "box", False),
        ("SO-000043", "P-003", "Aniseed syrup", "Zone A", "A-02-1", 6, "pcs", True),
        ("SO-000041", "P-118", "Enamel mug 0.3 l", "Zone B", "B-04-3", 30, "pcs", True),
        ("SO-000044", "P-230", "Linen, natural", "Zone C", "C-11-1", 4, "m", False),
    ]
    lines = tuple(
        PickLine(
            order=order,
            line="1",
            sku=sku,
            name=name,
            zone=zone,
            bin=bin_,
            quantity=Decimal(quantity),
            unit=unit,
            fragile=fragile,
            customisation="Engraving" if sku == "P-118" else "",
        )
        for order, sku, name, zone, bin_, quantity, unit, fragile in stops
    )
    return PickListDocument(
        pick="PK-000019",
        made_on=date(2026, 3, 4),
        lines=lines,
        orders=("SO-000041", "SO-000043", "SO-000044"),
        promise_date=date(2026, 3, 5),
        seller=SELLER,
    )
