"""VAT numbers: whether one is written as its country writes them, and the check digits where it has any."""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

__all__ = ["compact_vat", "is_vat_number", "vat_problem"]

# The longest is Switzerland's, which the law writes with the tax's name behind it (CHE-123.456.788 MWST).
_SHAPE = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}|CHE[0-9]{9}MWST")
_STORE = str.maketrans("", "", " .-/\u00a0")
# Prefixes of VAT numbers that are no country's code of ISO 3166: Greece, Northern Ireland.
_PREFIXES = {"EL": "gr", "XI": "gb"}
# The countries whose VAT numbers start with their code, as BR-CO-09 asks for.
_PREFIXED = frozenset(
    "AT BE BG CH CY CZ DE DK EE EL ES FI FR GB GR HR HU IE IT LI LT LU LV MC MT NL NO PL PT RO SE SI SK SM XI".split()
)


def compact_vat(text: str) -> str:
    """The number without what people put between its signs, in capitals."""
    return text.translate(_STORE).upper()


def is_vat_number(text: str) -> bool:
    """Whether it is a VAT number with its country before it (BT-31, BT-48), and not one of a tax office."""
    number = compact_vat(text)
    return bool(_SHAPE.fullmatch(number)) and number[:2] in _PREFIXED


@lru_cache(maxsize=1 << 12)
def vat_problem(text: str) -> str:
    """What is wrong with a VAT number, as a sentence; empty when nothing is, or when nobody can tell.

    A number that does not start with a country that checks its VAT numbers is somebody's tax number: it is let be.
    """
    number = compact_vat(text)
    if not is_vat_number(number):
        return ""
    country = number[:2]
    module = get_cc_module(_PREFIXES.get(country, country.lower()), "vat")
    if module is None:
        return ""
    try:
        module.validate("GB" + number[2:] if country == "XI" else number)
    except ValidationError as wrong:
        what = str(wrong).rstrip(".").lower() or "it is not valid"
        return f"{text} is no VAT number of {country}: {what}."
    return ""
