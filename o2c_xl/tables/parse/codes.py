"""Cells with a closed list: dropdowns, countries, currencies, and payment terms with their small grammar."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import cache

from o2c_xl.domain.countries import COUNTRIES
from o2c_xl.domain.money import CURRENCIES
from o2c_xl.domain.terms import parse_terms
from o2c_xl.tables.define.spec import Column
from o2c_xl.tables.parse.fault import Fault, quoted
from o2c_xl.tables.parse.texts import parse_text

__all__ = ["choice_parser", "parse_country", "parse_currency", "parse_payment_terms"]

_OTHER_NAMES = {"uk": "GB", "england": "GB", "great britain": "GB", "usa": "US", "holland": "NL", "el": "GR"}
_TERMS_FIX = "Write Prepaid, Net 30, Net 30 EOM, 2% 10, Net 30 or 30% 0, 70% 60."


def choice_parser(column: Column) -> Callable[[object], str | Fault | None]:
    """Reads one cell of a dropdown; case and surrounding space do not matter, the list's spelling is returned."""
    known = {choice.casefold(): choice for choice in column.choices}

    def parse(value: object) -> str | Fault | None:
        if isinstance(value, bool) and column.choices == ("Yes", "No"):
            return Fault(f"{quoted(value)} is a logical value.", "Write Yes or No.")
        text = parse_text(value)
        if text is None or isinstance(text, Fault):
            return text
        found = known.get(text.casefold())
        return found or Fault(f"{quoted(text)} is not in the list.", _choose(text, known))

    return parse


def parse_country(value: object) -> str | Fault | None:
    """A country code of ISO 3166-1 alpha-2, in capitals."""
    text = parse_text(value)
    if text is None or isinstance(text, Fault):
        return text
    code = text.upper()
    if code in COUNTRIES:
        return code
    meant = _OTHER_NAMES.get(text.casefold()) or _country_names().get(text.casefold(), "")
    fix = f"Write {meant}." if meant else "Write the two letters of ISO 3166, such as DE or FR."
    return Fault(f"{quoted(text)} is not a two-letter country code.", fix)


def parse_currency(value: object) -> str | Fault | None:
    """A currency code of ISO 4217, in capitals."""
    text = parse_text(value)
    if text is None or isinstance(text, Fault):
        return text
    code = text.upper()
    if code in CURRENCIES:
        return code
    meant = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}.get(text)
    hint = f"Write three letters, such as {meant or 'EUR'}."
    return Fault(f"{quoted(text)} is not a currency code of ISO 4217.", hint)


def parse_payment_terms(value: object) -> str | Fault | None:
    """Payment terms in their plain spelling; what they mean stands in `domain.terms`."""
    text = parse_text(value)
    if text is None or isinstance(text, Fault):
        return text
    try:
        return parse_terms(text).text
    except ValueError as error:
        problem, _, fix = str(error).partition(" Write ")
        return Fault(problem, f"Write {fix}" if fix else _TERMS_FIX)


def _choose(text: str, known: dict[str, str]) -> str:
    near = get_close_matches(text.casefold(), known, n=1)
    hint = f"; the nearest is {known[near[0]]}" if near else ""
    return f"Choose one of: {', '.join(known.values())}{hint}."


@cache
def _country_names() -> dict[str, str]:
    """Country names in English, German, French and Spanish and their codes, to say which code is meant."""
    from babel import Locale  # noqa: PLC0415 - half a second that only a wrong country costs

    names: dict[str, str] = {}
    for language in ("es", "fr", "de", "en"):
        territories = Locale(language).territories
        names.update({name.casefold(): code for code, name in territories.items() if code in COUNTRIES})
    return names
