"""What stands on the PDF, read back from it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from threading import Thread

import pytest
from pypdf import PdfReader

import tests.documents.document_samples as samples
from o2c_xl.documents.payment import epc_text
from o2c_xl.documents.pdf import render_pdf
from o2c_xl.documents.qr import qr_svg
from o2c_xl.domain.invoices.invoicing import DocumentLine
from tests.documents.document_golden import assert_golden


def pages_of(content: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(content))
    return [page.extract_text().replace("\u00a0", " ").replace("\u200b", "") for page in reader.pages]


def text_of(content: bytes) -> str:
    return "\n".join(pages_of(content))


DOCUMENTS = {
    "invoice": samples.invoice,
    "invoice_in_instalments": samples.in_instalments,
    "credit_note": samples.credit_note,
    "reverse_charge": samples.reverse_charge,
    "purchase_order": samples.purchase_order,
    "packing_slip": samples.packing_slip,
    "pick_list": samples.pick_list,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_text_is_the_one_that_was_looked_at(name):
    text = text_of(render_pdf(DOCUMENTS[name]()))

    assert_golden(name, text.rstrip() + "\n")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_same_document_gives_the_same_bytes(name):
    assert render_pdf(DOCUMENTS[name]()) == render_pdf(DOCUMENTS[name]())


def test_other_documents_in_between_change_no_byte():
    first = render_pdf(samples.invoice())

    render_pdf(samples.pick_list())
    render_pdf(samples.invoice(number="INV-000999"))

    assert render_pdf(samples.invoice()) == first


def test_another_thread_gives_the_same_bytes():
    found: list[bytes] = []
    thread = Thread(target=lambda: found.append(render_pdf(samples.invoice())))

    thread.start()
    thread.join()

    assert found == [render_pdf(samples.invoice())]


def test_it_is_an_archivable_pdf_with_a_title():
    content = render_pdf(samples.invoice())

    reader = PdfReader(io.BytesIO(content))
    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice INV-000123"
    assert b"<pdfaid:part>3</pdfaid:part>" in content


def test_an_invoice_states_what_the_eu_directive_asks():
    text = text_of(render_pdf(samples.invoice()))

    required = [
        "5 Mar 2026",  # art. 226 (1) date of issue
        "INV-000123",  # (2) number
        "DE811193231",  # (3) the seller's tax number
        "DE136695976",  # (4) the customer's tax number
        "Nordlicht Handels GmbH",  # (5) names and addresses
        "Speicherstraße 12",
        "Alfreds Futterkiste",
        "Obere Str. 57",
        "12 box",  # (6) quantity and nature
        "Chai, black tea with spices",
        "4 Mar 2026",  # (7) date of supply
        "269.71",  # (8) taxable amount per rate
        "18.00",  # (8) unit price, (8) discount
        "5 %",
        "19 %",  # (9) rate
        "66.36",  # (10) tax
    ]
    assert [value for value in required if value not in text] == []


def test_reverse_charge_says_so():
    assert "Reverse charge" in text_of(render_pdf(samples.reverse_charge()))


def test_the_taxes_add_up_to_the_total_on_paper():
    document = samples.invoice()

    text = text_of(render_pdf(document))

    assert document.totals.total == Decimal("552.07")
    assert text.count("552.07") == 2


def test_what_was_paid_before_is_taken_off():
    text = text_of(render_pdf(samples.in_instalments()))

    assert "Already paid −100.00" in text
    assert "EUR 452.07" in text
    assert "20 Mar 2026" in text
    assert "352.07 EUR" in text


def test_a_credit_note_shows_minus_amounts_and_asks_for_nothing():
    text = text_of(render_pdf(samples.credit_note()))

    assert "−112.82" in text
    assert "EUR 112.82" in text
    assert "Credited to you" in text.replace("CREDITED TO YOU", "Credited to you")
    assert "IBAN" not in text


def test_an_invoice_that_is_paid_asks_for_nothing():
    text = text_of(render_pdf(samples.invoice(prepaid=Decimal("552.07"))))

    assert "Nothing is to be paid" in text
    assert "IBAN" not in text


def test_tax_in_the_sellers_currency_is_stated_beside_a_foreign_one():
    document = samples.invoice(currency="USD", accounting_currency="EUR", accounting_tax=Decimal("61.02"))

    assert "EUR 61.02" in text_of(render_pdf(document))


@pytest.mark.parametrize(
    ("country", "language", "expected"),
    [
        ("DE", "de", ("1.728,00", "05.03.2026")),
        ("DE", "en", ("1,728.00", "5 Mar 2026")),
        ("US", "en", ("1,728.00", "Mar 5, 2026")),
        ("US", "de", ("1.728,00", "05.03.2026")),
        ("CH", "de", ("1’728.00", "05.03.2026")),
        ("CH", "en", ("1,728.00", "5 Mar 2026")),
    ],
)
def test_numbers_and_dates_are_written_as_in_the_documents_language(country, language, expected):
    seller = replace(samples.SELLER, country=country)
    lines = (DocumentLine(line="1", quantity=Decimal(96), price=Decimal(18), name="Chai"),)

    text = text_of(render_pdf(samples.invoice(lines, charges=(), seller=seller), None, language))

    assert [one in text for one in expected] == [True, True]


def test_a_currency_without_cents_shows_none():
    lines = (DocumentLine(line="1", quantity=Decimal(2), price=Decimal(1500), name="Chai"),)

    text = text_of(render_pdf(samples.invoice(lines, charges=(), currency="JPY")))

    assert "JPY 3,000" in text
    assert "3,000.00" not in text


def test_a_long_invoice_repeats_its_head_and_counts_its_pages():
    pages = pages_of(render_pdf(samples.long_invoice()))

    assert len(pages) > 5
    assert all("UNIT PRICE" in page.upper() for page in pages[:-1])
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all("Invoice INV-000123" in page for page in pages[1:])
    assert re.findall(r"Article number (\d+)", "".join(pages)) == [str(n) for n in range(1, 301)]


HOSTILE = [
    "#panic(1)",
    "*bold* _it_ $x$ `raw`",
    "= heading",
    "=1+1",
    "<label> @ref",
    '"; #read("/etc/passwd")',
    "\\u{41}",
    '\\" #panic(1)',
    "ends with \\",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_markup_stays_text(text):
    line = replace(samples.LINES[0], name=text)
    document = samples.invoice((line,), notes=(text,), purchase_reference=text)

    assert text_of(render_pdf(document)).count(text) == 3


def test_control_characters_are_left_out():
    buyer = replace(samples.BUYER, name="Al\x00fr\x07eds\r\nFut\u202eter")

    assert "Alfreds Futter" in text_of(render_pdf(samples.invoice(buyer=buyer)))


def test_a_word_wider_than_its_column_breaks_within_it():
    line = replace(samples.LINES[0], name="X" * 400)

    text = text_of(render_pdf(samples.invoice((line,))))

    assert text.count("X") >= 400
    assert "X" * 400 not in text


def test_our_address_can_be_copied_out_of_the_document():
    reader = PdfReader(io.BytesIO(render_pdf(samples.invoice())))

    assert "rechnung@nordlicht.example" in "".join(page.extract_text() for page in reader.pages)


def test_a_name_in_another_script_is_rendered():
    buyer = replace(samples.BUYER, name="北京茶叶公司")

    assert render_pdf(samples.invoice(buyer=buyer)).startswith(b"%PDF")


def test_empty_documents_are_rendered():
    assert render_pdf(samples.invoice((), charges=())).startswith(b"%PDF")
    assert render_pdf(replace(samples.pick_list(), lines=(), orders=(), promise_date=None, seller=None)).startswith(
        b"%PDF"
    )


def test_the_code_asks_for_what_the_invoice_asks():
    lines = epc_text(samples.invoice()).split("\n")

    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[4:8] == ["COBADEFFXXX", "Nordlicht Handels GmbH", "DE89370400440532013000", "EUR552.07"]
    assert lines[10] == "INV-000123"


def test_the_code_asks_for_the_first_instalment_only():
    assert "EUR100.00" in epc_text(samples.in_instalments())


def test_a_structured_reference_stands_in_its_own_field():
    lines = epc_text(samples.invoice(payment_reference="RF18 5390 0754 7034")).split("\n")

    assert lines[9:] == ["RF18539007547034", ""]


@pytest.mark.parametrize(
    "changes", [{"currency": "USD"}, {"iban": ""}, {"iban": "DE00370400440532013000"}, {"prepaid": Decimal("552.07")}]
)
def test_there_is_no_code_where_no_euro_transfer_is_possible(changes):
    assert epc_text(samples.invoice(**changes)) == ""


def test_the_code_is_a_picture_of_lines():
    svg = qr_svg(epc_text(samples.invoice()))

    assert svg.startswith("<svg")
    assert "<path" in svg


def test_the_pick_list_keeps_the_walking_order():
    text = text_of(render_pdf(samples.pick_list()))

    places = [text.index(stop) for stop in ("A-01-2", "A-02-1", "B-04-3", "C-11-1")]
    assert places == sorted(places)
    assert text.count("FRAGILE") == 2


def test_dates_stay_unambiguous_in_every_country():
    seller = replace(samples.SELLER, country="US")

    assert "Mar 5, 2026" in text_of(render_pdf(samples.invoice(seller=seller, invoice_date=date(2026, 3, 5))))
