"""Messages in words: both languages, a company's own templates, faults told by line, headers that hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from o2c_xl.documents.mail import Letterhead, mail_bytes
from o2c_xl.documents.messages import SHIPPED, FaultyTemplate, Text, Words
from o2c_xl.domain.telling import KINDS

LINE = {
    "line": "1", "sku": "TEA", "name": "Tea", "unit": "box", "quantity": Decimal(3), "short": Decimal(1),
    "cancelled": Decimal(0), "net": Decimal("12.00"), "left": None, "promise_date": dt.date(2026, 3, 9),
    "alternative": {"sku": "TEB", "name": "Tea B", "price": Decimal("4.5")},
}  # fmt: skip
FACTS: dict[str, Any] = {
    "company": {"name": "Fjord & Field", "phone": "", "email": "o@f.example", "iban": "DE02"},
    "currency": "EUR",
    "party": {"name": "Ada <b>& Söhne</b>"},
    "message": {"number": "DOC-1", "kind": "", "about": "X-1", "subject": "About X-1"},
    "order": {
        "order": "1001", "customer_reference": "", "total": Decimal("14.28"), "currency": "EUR", "shipping": "",
        "promise_date": dt.date(2026, 3, 9), "lines": [LINE], "left": None,
    },
    "shipment": {
        "shipment": "SH-1", "expected": dt.date(2026, 3, 5),
        "shipped_on": dt.date(2026, 3, 2), "carrier": "DHL", "service": "", "tracking": "T1",
        "lines": [LINE],
    },
    "invoice": {
        "invoice": "INV-1", "invoice_date": dt.date(2026, 3, 2), "due_date": dt.date(2026, 4, 1), "order": "1001",
        "corrects": "INV-0", "total": Decimal("-1234.5"), "currency": "EUR",
        "prepaid": Decimal(20), "to_pay": Decimal("-1254.5"),
    },
    "purchase": {"po": "PO-1", "po_date": dt.date(2026, 3, 2), "expected": None},
    "data": {
        "text": "A letter.", "lines": ["1"], "before": "2026-03-05", "now": "2026-03-09", "amount": "5.00",
        "invoices": "INV-1", "late": [{"amount": "1234.50", "currency": "EUR", "frees": "5.00"}],
        "po": "PO-1", "receipt": "R1", "sku": "TEA", "quantity": "2",
        "quality": "Poor", "missing": [{"what": "quantity", "line": "1"}, {"what": "address", "detail": "street"}],
    },
}  # fmt: skip
REMINDED = {**FACTS, "data": {"level": 2, "amount": "5.00", "currency": "EUR", "invoices": [
    {"invoice": "INV-1", "due": "2026-03-01", "open": "5.00"}]}}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values()])
def test_every_kind_has_words_in_every_language(tmp_path: Path, kind: str, language: str) -> None:
    known = REMINDED if kind == "Reminder" else FACTS

    text = Words(tmp_path).text(kind, language, "DE", known)

    assert (SHIPPED / language / f"{KINDS[kind.casefold()].template}.txt").is_file()
    assert text.subject
    assert "Fjord & Field" in text.body  # plain text is not escaped
    assert "\n\n\n" not in text.body
    assert "None" not in text.subject + text.body


def test_amounts_and_days_are_written_as_in_the_readers_country(tmp_path: Path) -> None:
    german = Words(tmp_path).text("Credit note", "de", "DE", FACTS).body
    english = Words(tmp_path).text("Credit note", "en", "GB", FACTS).body

    assert "1.234,50 EUR" in german
    assert "02.03.2026" in german
    assert "1,234.50 EUR" in english
    assert "2 Mar 2026" in english
    held = Words(tmp_path).text("Order on hold", "de", "DE", FACTS).body
    assert "1,234.50 EUR" in Words(tmp_path).text("Credit note", "en", "DK", FACTS).body  # as on the invoice itself
    assert "weil 1.234,50 EUR überfällig sind (INV-1). Mit einer Zahlung von 5,00 EUR geht sie weiter" in held


@pytest.mark.parametrize(("country", "language"), [("AT", "de"), ("CH", "de"), ("FR", "en"), ("US", "en"), ("", "en")])
def test_the_language_is_the_readers_where_there_are_words_in_it(tmp_path: Path, country: str, language: str) -> None:
    assert Words(tmp_path).language(country) == language


def own(tmp_path: Path, name: str, text: str) -> Words:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Words(tmp_path)


def test_a_companys_own_template_and_language_come_first(tmp_path: Path) -> None:
    words = own(tmp_path, "fr/invoice.txt", "Subject: Facture {{ invoice.invoice }}\n\nBonjour\n")

    assert words.language("FR") == "fr"
    assert words.text("Invoice", "fr", "FR", FACTS) == Text("Facture INV-1", "Bonjour\n")
    assert words.text("Shipment", "fr", "FR", FACTS).subject.startswith("Your order")  # what it lacks is English


def test_html_is_escaped_and_text_is_not(tmp_path: Path) -> None:
    own(tmp_path, "en/invoice.txt", "Subject: x\n\n{{ party.name }}\n")
    words = own(tmp_path, "en/invoice.html", "<p>{{ party.name }}</p>")

    text = words.text("Invoice", "en", "GB", FACTS)

    assert text.body == "Ada <b>& Söhne</b>\n"
    assert text.html == "<p>Ada &lt;b&gt;&amp; Söhne&lt;/b&gt;</p>"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Subject: x\n\n{{ invoice.nonsense }}\n", 3),
        ("Subject: x\n\n\n{% if %}\n", 4),
        ("Subject: x\n\n{{ 1 / 0 }}\n", 3),
        ("Subject: x\n\n{{ 'x' | day }}\n", 3),
        ("Subject: x\n\n{% include 'en/none.txt' %}\n", 1),
        ("No subject\n", 1),
        ("Subject:\n\nx\n", 1),
    ],
)
def test_a_faulty_template_is_told_by_file_and_line(tmp_path: Path, text: str, line: int) -> None:
    words = own(tmp_path, "en/invoice.txt", text)

    with pytest.raises(FaultyTemplate) as fault:
        words.text("Invoice", "en", "GB", FACTS)

    assert (fault.value.source, fault.value.line) == ("templates/en/invoice.txt", line)


@pytest.mark.parametrize(
    "reach", ["''.__class__.__mro__", "company.__class__", "lipsum.__globals__", "cycler.__init__"]
)
def test_a_template_reaches_nothing_but_what_it_is_given(tmp_path: Path, reach: str) -> None:
    words = own(tmp_path, "en/invoice.txt", f"Subject: x\n\n{{{{ {reach} }}}}\n")

    with pytest.raises(FaultyTemplate):
        words.text("Invoice", "en", "GB", FACTS)


def test_no_line_of_data_becomes_a_header(tmp_path: Path) -> None:
    words = own(tmp_path, "en/invoice.txt", "Subject: {{ party.name }}\n\nx\n")
    evil = {**FACTS, "party": {"name": "x\r\nBcc: victim@evil.example\r\n\r\nbody"}}
    text = words.text("Invoice", "en", "GB", evil)
    head = Letterhead("office@f.example", "Fjord\r\nBcc: victim@evil.example", "")

    sent = mail_bytes(head, "a@b.example", text, "<1@o2c-xl>", dt.datetime(2026, 3, 2, tzinfo=dt.UTC), [])

    mail = message_from_bytes(sent, policy=policy.default)
    assert sorted(mail.keys()) == [
        "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"
    ]  # fmt: skip


def test_no_name_adds_a_line_to_a_message(tmp_path: Path) -> None:
    facts = {**FACTS, "party": {"name": "Ada\nBcc: victim@evil.example\n\nPay into DE00 instead"}}

    text = Words(tmp_path).text("Invoice", "en", "GB", facts)

    assert "Ada Bcc: victim@evil.example Pay into DE00 instead" in text.body
    assert "\nBcc" not in text.body


def test_a_mail_is_plain_ascii_with_its_files_and_its_given_id(tmp_path: Path) -> None:
    files = [tmp_path / "Rechnung ä.pdf", tmp_path / "a.xml", tmp_path / "a.csv"]
    for path in files:
        path.write_bytes(b"a\nb\r\n")

    sent = mail_bytes(
        Letterhead("office@f.example", "Fjörd", "reply@f.example"),
        "a@b.example",
        Text("Größe", "Grüße\n.\n", "<p>Grüße</p>"),
        "<DOC-1.abc@o2c-xl>",
        dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
        files,
    )

    mail = message_from_bytes(sent, policy=policy.default)
    sent.decode("ascii")
    assert (mail["Message-ID"], mail["Subject"], mail["Reply-To"]) == ("<DOC-1.abc@o2c-xl>", "Größe", "reply@f.example")
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in mail.iter_attachments()] == [
        (path.name, b"a\nb\r\n") for path in files
    ]
