"""Our invoices as data: the official rules of EN 16931 accept what we write, and readers find it in the PDF."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_xl.documents.einvoice.cii import cii_bytes
from o2c_xl.documents.einvoice.facturx import mark_as_factur_x
from o2c_xl.documents.einvoice.ubl import ubl_bytes
from o2c_xl.documents.pdf import render_pdf
from o2c_xl.domain.einvoice.fields import gaps
from o2c_xl.domain.einvoice.lacks import without_peppol
from o2c_xl.domain.einvoice.model import EInvoice
from o2c_xl.domain.einvoice.ours import einvoice_of, endpoint_of
from o2c_xl.domain.einvoice.sums import differences
from o2c_xl.domain.invoices.invoicing import Adjustment, Document, DocumentLine, calculate, line_net
from o2c_xl.domain.paper import InvoiceDocument, Party
from o2c_xl.domain.tax import Rate
from o2c_xl.intake.einvoice.read import invoice_in
from tests.documents.document_samples import (
    ABROAD,
    BUYER,
    LINES,
    SELLER,
    credit_note,
    in_instalments,
    invoice,
    long_invoice,
)
from tests.documents.official_rules import broken_in_cii, broken_in_ubl

D = Decimal
AMERICAN = Party(name="Save-a-lot & <Sons>", street="187 Suffolk Ln.", city="Boise", postal_code="83720", country="US")


def untaxed(reason: str, **changes: object) -> InvoiceDocument:
    rate = Rate(D(0), reason)
    lines = tuple(replace(line, tax_category=rate.category, tax_percent=D(0), tax_reason=reason) for line in LINES)
    return invoice(lines, charges=(), **changes)


def partial() -> InvoiceDocument:
    """Parts of order lines whose share is a cent off quantity × price."""
    nets = (("1", "3", "0.3333", "0", "0.99"), ("2", "3", "0.3333", "0", "1.01"), ("3", "7", "9.99", "12.5", "61.20"))
    lines = tuple(
        replace(LINES[2], line=n, quantity=D(q), price=D(p), discount_percent=D(d), net=D(net), name=f"Part {n}")
        for n, q, p, d, net in nets
    )
    return invoice(lines, charges=())


def around() -> InvoiceDocument:
    """Allowances, charges, three rates, something paid before, and the amount due rounded."""
    bonus = Adjustment(amount=D(5), reason="Bonus", tax_category="S", tax_percent=D(7), base=D(100), percent=D(5))
    more = (
        Adjustment(amount=D("9.90"), reason="Freight", tax_category="S", tax_percent=D(19)),
        Adjustment(amount=D("2.00"), reason="Pallet", tax_category="Z"),
    )
    free = replace(LINES[0], line="9", name="Book", tax_category="E", tax_percent=D(0), tax_reason="§ 4 UStG")
    own = (Adjustment(amount=D("1.23"), reason="Cutting"),), (Adjustment(amount=D("3.21"), reason="Second choice"),)
    lines = (*LINES[:2], replace(LINES[2], charges=own[0], allowances=own[1], price_base=D(10)), free)
    said = {"lines": lines, "allowances": (bonus,), "charges": more}
    totals = calculate(Document(currency="EUR", prepaid=D(50), rounding=D("0.03"), **said))
    return replace(invoice(), totals=totals, **said)


def in_yen() -> InvoiceDocument:
    lines = (DocumentLine(line="1", quantity=D(3), price=D("99.5"), name="Pen", tax_percent=D(10)),)
    return invoice(lines, currency="JPY", charges=(), iban="", bic="")


SAMPLES = {
    "plain": invoice(),
    "in instalments, part paid": in_instalments(),
    "credit note": credit_note(),
    "parts of lines": partial(),
    "allowances and charges": around(),
    "in yen": in_yen(),
    "many lines": long_invoice(60),
    "reverse charge": untaxed("Reverse charge", buyer=ABROAD, ship_to=ABROAD),
    "inside the union": untaxed("Intra-Community supply", buyer=ABROAD, ship_to=ABROAD),
    "credit note inside the union": replace(
        untaxed("Intra-Community supply", buyer=ABROAD, ship_to=ABROAD, delivery_date=None, due_date=None),
        kind="Credit note",
        corrects="INV-000120",
    ),
    "export": untaxed("Export", buyer=AMERICAN, ship_to=AMERICAN),
    "zero-rated": untaxed(""),
    "exempt": untaxed("Small business, § 19 UStG"),
    "not subject to tax": untaxed("Not subject to tax"),
    "without a VAT number": invoice(seller=replace(SELLER, tax_id="22/815/08154")),
    "without a payment reference": invoice(payment_reference="", iban="NO93 8601 1117 947", currency="EUR"),
    "worth nothing": invoice((replace(LINES[0], discount_percent=D(100)),), charges=()),
    "nothing known of the order": invoice(orders=(), shipments=(), purchase_reference="", notes=(), delivery_date=None),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_official_rules_accept_ubl_and_cii(name: str) -> None:
    written = einvoice_of(SAMPLES[name])

    ubl, cii = ubl_bytes(written), cii_bytes(written)

    ours = [str(one) for one in [*differences(written), *gaps(written)]]
    assert (ours, broken_in_cii(cii), broken_in_ubl(ubl)) == ([], [], [])
    # Peppol asks for a reference and an address for e-invoices; the norm does not
    assert (b"peppol" in ubl) == (name != "nothing known of the order" and written.buyer.endpoint != "")


@pytest.mark.parametrize("cell", ["phone", "email", "city", "postal_code"])
def test_inside_germany_an_invoice_without_what_peppol_wants_there_claims_no_peppol(cell: str) -> None:
    seller, buyer = replace(SELLER, country="DE"), replace(BUYER, country="DE")
    whole, lacking = (
        invoice(seller=one, buyer=buyer, ship_to=buyer) for one in (seller, replace(seller, **{cell: ""}))
    )

    assert [b"peppol" in ubl_bytes(einvoice_of(one)) for one in (whole, lacking)] == [True, False]
    assert broken_in_ubl(ubl_bytes(einvoice_of(lacking))) == []
    assert without_peppol(whole.seller, whole.buyer) == []
    assert [said.split(":")[0] for said in without_peppol(lacking.seller, lacking.buyer)] == [
        f"Company {cell.replace('_', ' ')}"
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_both_syntaxes_say_the_same(name: str) -> None:
    written = einvoice_of(SAMPLES[name])

    ubl, cii = invoice_in(ubl_bytes(written)), invoice_in(cii_bytes(written))

    assert figures(ubl) == figures(cii) == figures(written)
    assert (ubl.number, ubl.issued, ubl.due, ubl.preceding) == (cii.number, cii.issued, cii.due, cii.preceding)
    assert (ubl.seller.tax_id, ubl.buyer.tax_id, ubl.means) == (cii.seller.tax_id, cii.buyer.tax_id, cii.means)


def figures(invoice: EInvoice) -> object:
    taxes = [(tax.category, tax.percent or 0, tax.net, tax.tax) for tax in invoice.taxes]
    lines = [(line.line, line.quantity, line.unit, line.price, line.net, line.name) for line in invoice.lines]
    return invoice.totals, taxes, lines


money = st.decimals(min_value=0, max_value=5000, places=2)
a_line = st.tuples(
    st.decimals(min_value=D("-20"), max_value=200, places=3).filter(bool),
    st.decimals(min_value=0, max_value=900, places=4),
    st.sampled_from(["0", "0", "3", "12.5", "100"]),
    st.sampled_from(["19", "7", "5.5", "0"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.lists(a_line, min_size=1, max_size=6), freight=st.none() | money, credit=st.booleans())
def test_whatever_is_sold_the_official_rules_accept_it(
    drawn: list[tuple[Decimal, Decimal, str, str]], freight: Decimal | None, *, credit: bool
) -> None:
    lines = tuple(
        DocumentLine(
            line=str(n), quantity=q, price=p, discount_percent=D(d), name=f"Thing {n}", unit="kg",
            tax_percent=D(rate), tax_category=Rate(D(rate)).category, net=line_net(q, p, D(d), "EUR"),
        )
        for n, (q, p, d, rate) in enumerate(drawn, 1)
    )  # fmt: skip
    taxed = {"tax_category": lines[0].tax_category, "tax_percent": lines[0].tax_percent}
    charges = () if freight is None else (Adjustment(amount=freight, reason="Freight", **taxed),)
    kind = {"kind": "Credit note", "corrects": "INV-1", "due_date": None} if credit else {}

    written = einvoice_of(invoice(lines, charges=charges, **kind))

    assert [*differences(written), *gaps(written)] == []
    assert (broken_in_cii(cii_bytes(written)), broken_in_ubl(ubl_bytes(written))) == ([], [])


@pytest.mark.parametrize(
    ("changes", "endpoint"),
    [
        ({"tax_id": "DE 811193231"}, "9930:DE811193231"),
        ({"tax_id": "BE0428759497"}, "0208:0428759497"),
        ({"tax_id": "NO995525828MVA"}, "0192:995525828"),
        ({"tax_id": "SE556012579001"}, "0007:5560125790"),
        ({"tax_id": "22/815/08154", "email": "a@b.example"}, "EM:a@b.example"),
        ({"tax_id": "DE811193231", "endpoint": "0088:4012345000009"}, "0088:4012345000009"),
        ({"tax_id": "", "email": ""}, ""),
    ],
)
def test_who_says_nothing_takes_e_invoices_at_the_vat_number(changes: dict[str, str], endpoint: str) -> None:
    assert endpoint_of(replace(BUYER, **changes)) == endpoint


# --- the PDF -------------------------------------------------------------------------------------------------------


def a_pdf(document: InvoiceDocument) -> tuple[bytes, bytes]:
    xml = cii_bytes(einvoice_of(document))
    return render_pdf(document, xml), xml


def test_a_second_reader_finds_the_invoice_in_the_pdf() -> None:
    pdf, xml = a_pdf(invoice())

    reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
    catalog = reader.trailer["/Root"]
    (attached,) = catalog["/AF"]
    spec = attached.get_object()

    assert reader.attachments == {"factur-x.xml": [xml]}
    assert (spec["/AFRelationship"], spec["/UF"], spec["/EF"]["/F"]["/Subtype"]) == (
        "/Alternative", "factur-x.xml", "/text/xml",
    )  # fmt: skip
    assert spec["/EF"]["/F"]["/Params"]["/ModDate"].startswith("D:20260305")
    assert invoice_in(pdf).number == "INV-000123"


def test_a_file_that_the_pdf_names_only_as_its_own_is_found_too() -> None:
    pdf, xml = a_pdf(invoice())
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    del writer.root_object["/Names"]
    out = io.BytesIO()
    writer.write(out)

    assert pypdf.PdfReader(io.BytesIO(out.getvalue())).attachments == {}
    assert invoice_in(out.getvalue()) == invoice_in(xml)


def test_the_metadata_claim_pdf_a_3_and_factur_x_and_describe_it() -> None:
    pdf, _ = a_pdf(invoice())
    metadata = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data()
    about = ET.fromstring(metadata)

    said = {element.tag.rpartition("}")[2]: element.text for element in about.iter() if element.text}
    fx = {e.tag.rpartition("}")[2]: e.text for e in about.iter() if e.tag.startswith("{urn:factur-x:pdfa")}
    described = [e.text for e in about.iter("{http://www.aiim.org/pdfa/ns/property#}name")]

    assert (said["part"], said["conformance"]) == ("3", "B")
    assert fx == {
        "DocumentType": "INVOICE", "DocumentFileName": "factur-x.xml", "Version": "1.0", "ConformanceLevel": "EN 16931",
    }  # fmt: skip
    assert set(fx) <= set(described)
    assert "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#" in {
        e.text for e in about.iter("{http://www.aiim.org/pdfa/ns/schema#}namespaceURI")
    }


def test_every_object_of_the_pdf_stands_where_its_table_says() -> None:
    pdf, _ = a_pdf(in_instalments())

    table = int(pdf[pdf.rindex(b"startxref\n") + 10 :].split(b"\n")[0])
    entries = pdf[table:].split(b"trailer")[0].split(b"\n", 2)[2].splitlines()

    assert pdf[table : table + 5] == b"xref\n"
    for number, entry in enumerate(entries):
        if entry.endswith(b"n"):
            assert pdf[int(entry[:10]) :].startswith(b"%d 0 obj" % number)


def test_the_same_invoice_gives_the_same_bytes_and_its_pages_are_those_of_the_plain_one() -> None:
    first, again = a_pdf(around())[0], a_pdf(around())[0]
    plain = render_pdf(around())

    assert first == again
    assert texts(first) == texts(plain)


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_the_factur_x_library_reads_it_too() -> None:
    facturx = pytest.importorskip("facturx")
    pdf, xml = a_pdf(credit_note())

    name, found = facturx.get_facturx_xml_from_pdf(pdf, check_xsd=True)

    assert (name, found) == ("factur-x.xml", xml)


def test_a_pdf_of_another_make_is_not_touched() -> None:
    with pytest.raises(ValueError, match="not laid out"):
        mark_as_factur_x(b"%PDF-1.7\nstartxref\n0\n%%EOF")


def test_a_customer_without_any_address_is_a_gap_and_not_a_guess() -> None:
    nobody = Party(name="")
    written = einvoice_of(invoice(buyer=nobody, ship_to=nobody, due_date=None, payment_terms=""))

    assert {"BR-07", "BR-11", "BR-CO-25"} <= {one.rule for one in gaps(written)}


def test_the_day_of_an_invoice_is_the_day_it_says() -> None:
    assert invoice_in(ubl_bytes(einvoice_of(invoice(invoice_date=date(2026, 12, 31))))).issued == date(2026, 12, 31)


def test_texts_that_look_like_markup_stay_text() -> None:
    nasty = replace(BUYER, name="A & B <script> ]]> \"q\" 'a' \x07", street="Größe 5\nHinterhof")

    for written in (ubl_bytes, cii_bytes):
        found = invoice_in(written(einvoice_of(invoice(buyer=nasty)))).buyer
        assert (found.name, found.street) == ("A & B <script> ]]> \"q\" 'a'", "Größe 5 Hinterhof")
