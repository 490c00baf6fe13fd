"""What stands on reminders and statements of account, read back from the PDF."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

from pypdf import PdfReader

from o2c_xl.documents.names import file_name
from o2c_xl.documents.pdf import render_pdf
from o2c_xl.domain.receivables.letters import ReminderDocument, ReminderLine
from tests.documents.document_samples import BUYER, SELLER

D = Decimal


def line(number: int, late: int, level: int, amount: str = "100.50", penalty: str = "0") -> ReminderLine:
    return ReminderLine(
        invoice=f"INV-{number:06d}",
        invoice_date=date(2026, 2, 1),
        due=date(2026, 3, 1),
        open=D(amount),
        days_late=late,
        level=level,
        reference=f"B-{number}",
        penalty=D(penalty),
    )


REMINDER = ReminderDocument(
    number="RM-000007",
    level=2,
    letter_date=date(2026, 4, 5),
    seller=SELLER,
    buyer=BUYER,
    currency="EUR",
    lines=(line(1, 35, 2, penalty="1.01"), line(2, 4, 0)),
    past_due=D("201.00"),
    fee=D("5.00"),
    earlier_penalties=D("3.00"),
    iban="DE02120300000000202051",
)


def text_of(document: ReminderDocument) -> str:
    reader = PdfReader(io.BytesIO(render_pdf(document)))
    return " ".join(page.extract_text() for page in reader.pages).replace("\u00a0", " ").replace("\u200b", "")


def test_a_reminder_lists_every_item_and_what_it_adds() -> None:
    text = text_of(REMINDER)

    for part in (
        "Payment reminder 2",
        "RM-000007",
        "INV-000001",
        "INV-000002",
        "B-2",
        "35",
        "EUR 201.00",
        "6.01",
        "3.00",
    ):
        assert part in text
    assert "We reminded you before" in text
    assert "DE02120300000000202051" in text.replace(" ", "")


def test_credit_that_is_not_applied_yet_stands_on_the_letter() -> None:
    with_credit = text_of(replace(REMINDER, credits=D("40.20")))

    assert "Credits not applied yet" in with_credit
    assert "40.20" in with_credit
    assert "Credits not applied yet" not in text_of(REMINDER)


def test_before_the_due_date_it_is_a_notice() -> None:
    notice = replace(REMINDER, level=1, past_due=D(0), lines=(line(1, -3, 1),), fee=D(0), earlier_penalties=D(0))

    text = text_of(notice)

    assert "Payment notice" in text
    assert "nothing is late yet" in text
    assert "Late-payment charges" not in text
    assert file_name(notice, "pdf") == "Payment notice RM-000007 Alfreds Futterkiste.pdf"


def test_the_payer_is_asked_to_name_the_invoices_while_they_are_few() -> None:
    many = replace(REMINDER, lines=tuple(line(n, 10, 1) for n in range(1, 60)))

    assert "INV-000001, INV-000002" in text_of(REMINDER)
    text = text_of(many)
    assert "INV-000001, INV-000002" not in text
    assert "INV-000059" in text


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert render_pdf(REMINDER) == render_pdf(REMINDER)
