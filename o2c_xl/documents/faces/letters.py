"""What stands where on letters about what is owed: the reminder and the statement of account."""

from __future__ import annotations

from collections.abc import Mapping

from o2c_xl.documents.faces.parts import Face, amount_figure, money_figure, party_block
from o2c_xl.documents.labels import words_for, words_of_ours
from o2c_xl.documents.payment import spaced_iban
from o2c_xl.domain.receivables.letters import ReminderDocument, ReminderLine, StatementDocument, StatementLine

__all__ = ["reminder_face", "reminder_title", "statement_face"]

_AGES = ("not_due", "days_1_30", "days_31_60", "days_61_90", "over_90")
_FINAL = 3
_NAMED = 3


def reminder_title(document: ReminderDocument, language: str = "en") -> str:
    """The letter's heading: a notice before anything is late, else a reminder and its level."""
    words = words_for(language)
    if not document.past_due:
        return words["payment_notice"]
    return words["reminder"] if document.level <= 1 else words["reminder_level"].format(level=document.level)


def reminder_face(document: ReminderDocument, language: str) -> Face:
    """Every field of a reminder by name."""
    words, currency, home = words_for(language), document.currency, document.seller.country
    asked = document.past_due or document.total
    if not document.past_due:
        told = "reminder_before"
    else:
        told = "reminder_final" if document.level >= _FINAL else f"reminder_{document.level}"
    return {
        "title": reminder_title(document, language),
        "number": document.number,
        "letter_date": document.letter_date,
        "currency": currency,
        "seller": party_block(document.seller),
        "buyer": party_block(document.buyer, home),
        "text": words[told],
        "crossed": words["reminder_crossed"],
        "lines": [_reminder_line(line, currency) for line in document.lines],
        "past_due": money_figure(asked, currency),
        "asked_label": words["past_due"] if document.past_due else words["soon_due"],
        "total": amount_figure(document.total, currency),
        "penalties": amount_figure(document.penalties, currency) if document.penalties else None,
        "earlier_penalties": amount_figure(document.earlier_penalties, currency)
        if document.earlier_penalties
        else None,
        "credits": amount_figure(-document.credits, currency) if document.credits else None,
        "reference": _reference(document),
        "account_holder": document.seller.name if document.iban else "",
        "iban": spaced_iban(document.iban),
        "bic": document.bic,
    }


def _reference(document: ReminderDocument) -> str:
    """What the payer is asked to write: the invoices, by which the payment is found, while they are few."""
    invoices = list(dict.fromkeys(line.invoice for line in document.lines))
    return ", ".join(invoices) if len(invoices) <= _NAMED else document.number


def _reminder_line(line: ReminderLine, currency: str) -> Face:
    return {
        "invoice": line.invoice,
        "reference": line.reference,
        "invoice_date": line.invoice_date,
        "due": line.due,
        "days_late": str(line.days_late) if line.days_late > 0 else "",
        "level": str(line.level) if line.level else "",
        "open": amount_figure(line.open, currency),
        "penalty": amount_figure(line.penalty, currency) if line.penalty else None,
    }


def statement_face(document: StatementDocument, language: str) -> Face:
    """Every field of a statement of account by name."""
    words, currency = words_for(language), document.currency
    changes = words_of_ours(language)
    return {
        "title": words["statement"],
        "number": document.number,
        "first": document.first,
        "last": document.last,
        "currency": currency,
        "seller": party_block(document.seller),
        "buyer": party_block(document.buyer, document.seller.country),
        "opening": amount_figure(document.opening, currency),
        "closing": amount_figure(document.closing, currency),
        "balance": money_figure(document.closing, currency),
        "lines": [_statement_line(line, currency, changes) for line in document.lines],
        "ages": [
            {"age": words[name], "amount": amount_figure(amount, currency)}
            for name, amount in zip(_AGES, document.ages, strict=True)
        ],
        "credits": amount_figure(-document.credits, currency) if document.credits else None,
        "prepaid": amount_figure(document.prepaid, currency) if document.prepaid else None,
        "penalties": amount_figure(document.penalties, currency) if document.penalties else None,
        "account_holder": document.seller.name if document.iban else "",
        "iban": spaced_iban(document.iban),
        "bic": document.bic,
    }


def _statement_line(line: StatementLine, currency: str, changes: Mapping[str, str]) -> Face:
    owed = line.amount > 0
    return {
        "day": line.day,
        "what": changes.get(line.what, line.what),
        "subject": line.subject,
        "reference": line.reference,
        "due": line.due,
        "charged": amount_figure(line.amount, currency) if owed else None,
        "settled": None if owed else amount_figure(-line.amount, currency),
        "balance": amount_figure(line.balance, currency),
    }
