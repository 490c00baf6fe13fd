"""International bank account numbers (ISO 13616): whether one can be right."""

from __future__ import annotations

import re

import stdnum.iban

__all__ = ["iban_problem"]

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]*")


def iban_problem(text: str) -> str:
    """What is wrong with an account that begins as an IBAN, as a sentence; accounts elsewhere have other forms."""
    number = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(number) or stdnum.iban.is_valid(number):
        return ""
    return f"'{text}' is no IBAN: its length or its check digits do not fit."
