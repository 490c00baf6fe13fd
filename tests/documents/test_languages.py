"""Documents speak the language of the customer who gets them, where there are words in it; else English."""

from __future__ import annotations

import io
from dataclasses import replace
from string import Formatter

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from o2c_xl.documents.faces.faces import face_of, language_of
from o2c_xl.documents.labels import LANGUAGES, words_for, words_of_ours
from o2c_xl.documents.messages import SHIPPED
from o2c_xl.documents.pdf import render_pdf
from o2c_xl.documents.written import Job, desk
from o2c_xl.documents.xlsx.sheets import render_xlsx
from o2c_xl.domain.invoices.invoicing import FREIGHT
from o2c_xl.domain.paper import Party
from o2c_xl.domain.receivables import account_statement
from o2c_xl.steps.post_returns import GOODS_RETURNED
from tests.documents import document_samples as samples
from tests.documents.test_letters import REMINDER


def text_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(page.extract_text() for page in pages).replace("\u00a0", " ").replace("\u200b", "")


def test_the_words_of_documents_are_in_the_languages_of_the_messages() -> None:
    assert set(LANGUAGES) == {path.name for path in SHIPPED.iterdir()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_word_with_the_same_gaps(language: str) -> None:
    words, english = words_for(language), words_for("en")

    def gaps(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text)} - {None}

    assert set(words) == set(english)
    assert all(words.values())
    assert {name: gaps(word) for name, word in words.items()} == {name: gaps(word) for name, word in english.items()}


def test_everything_that_the_ledger_itself_says_has_a_german_word() -> None:
    changes = {*account_statement._WORDS.values(), "Advance payment used", "Discount or difference"}
    told = {*changes, FREIGHT, GOODS_RETURNED}

    assert set(words_of_ours("de")) == told
    assert words_of_ours("en") == {}


@pytest.mark.parametrize(("country", "language"), [("DE", "de"), ("AT", "de"), ("FR", "en"), ("GB", "en"), ("", "de")])
def test_the_language_is_the_first_of_the_readers_country_else_of_ours_else_english(
    country: str, language: str
) -> None:
    invoice = samples.invoice(buyer=Party(name="Reader", country=country))

    assert invoice.seller.country == "DE"
    assert language_of(invoice) == language
    assert language_of(replace(REMINDER, buyer=Party(name="Reader", country=country))) == language
    order = samples.purchase_order()
    assert language_of(replace(order, supplier=replace(order.supplier, country=country))) == language
    assert language_of(replace(samples.packing_slip(), ship_to=Party(name="Reader", country=country))) == language


def test_a_workbook_speaks_the_language_of_the_pdf_beside_it() -> None:
    charge = replace(samples.invoice().charges[0], reason="Freight")
    sheet = load_workbook(io.BytesIO(render_xlsx(samples.invoice(charges=(charge,)), language="de"))).active

    told = {cell.value for row in sheet.iter_rows() for cell in row}

    assert {"Rechnung", "Summe mit Steuer", "Versandkosten", "Zahlungsbedingungen"} <= told
    assert {"Total with tax", "Freight", "SKU", "Unit price"} & told == set()


@pytest.mark.parametrize(
    ("terms", "german"),
    [
        ("Prepaid", "Vorkasse"),
        ("Net 30", "30 Tage netto"),
        ("net 14 eom", "14 Tage netto nach Monatsende"),
        ("2.5% 10, Net 30", "2,5 % Skonto binnen 10 Tagen, 30 Tage netto"),
        ("30% 0, 70% 60", "30 % nach 0 Tagen, 70 % nach 60 Tagen"),
        ("as agreed", "as agreed"),
    ],
)
def test_payment_terms_are_said_in_german_and_as_typed_in_english(terms: str, german: str) -> None:
    invoice = samples.invoice(payment_terms=terms)

    assert str(face_of(invoice, "de")["payment_terms"]).replace("\u00a0", " ") == german
    assert face_of(invoice, "en")["payment_terms"] == terms


def test_a_pick_list_is_in_our_own_language() -> None:
    pick_list = samples.pick_list()

    assert language_of(replace(pick_list, seller=Party(name="We", country="AT"))) == "de"
    assert language_of(replace(pick_list, seller=Party(name="We", country="NL"))) == "en"
    assert language_of(replace(pick_list, seller=None)) == "en"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (samples.invoice, ["Rechnungsdatum", "Einzelpreis", "Zu zahlen", "Summe mit Steuer", "Seite 1 von 1"]),
        (samples.credit_note, ["Gutschrift", "Ihnen gutgeschrieben"]),
        (samples.packing_slip, ["Lieferschein", "In diesem Paket"]),
        (samples.purchase_order, ["Bestellung", "Bestelldatum", "Liefern bis", "Einzelpreis", "Bitte geben Sie"]),
        (samples.pick_list, ["Entnahmeliste", "Zugesagt für", "Zu entnehmen", "Fach", "Entnommen von"]),
        (lambda: REMINDER, ["2. Mahnung", "noch offen", "Verzugskosten"]),
    ],
)
def test_a_german_document_has_german_words_and_the_same_figures(make, words: list[str]) -> None:
    document = make()

    german, english = (text_of(render_pdf(document, language=language)).casefold() for language in ("de", "en"))

    assert [word for word in words if word.casefold() not in german] == []
    assert not any(word in german for word in ("total", "page ", "amount", "payment reminder"))
    assert [word for word in words if word.casefold() in english] == []
    assert set(face_of(document, "de")) == set(face_of(document))


def test_what_is_written_into_the_outbox_is_in_the_readers_language(tmp_path) -> None:
    with desk(tmp_path, tmp_path / "layouts") as at_work:
        [[german], [english]] = [
            one.names for one in at_work.write([Job(samples.invoice()), Job(samples.reverse_charge())])
        ]

    assert "Rechnungsdatum" in text_of((tmp_path / german).read_bytes())
    assert "Invoice date" in text_of((tmp_path / english).read_bytes())
