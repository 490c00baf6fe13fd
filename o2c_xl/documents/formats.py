"""Numbers, dates and addresses as the document's language and the company's country write them (Babel, CLDR data)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.languages import get_official_languages
from babel.numbers import format_currency, format_decimal

from o2c_xl.domain.money import PRICE_PLACES, places

__all__ = ["Figure", "FigureKind", "Scalar", "clean", "country_name", "locale_of", "spoken_in", "text_of", "writing_of"]

# Control characters and lone surrogates stand in no document; line breaks and tabs become a blank.
_BLANKS = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class FigureKind(Enum):
    """What a number on a document means, which decides its decimals."""

    AMOUNT = "amount in a column headed by its currency"
    MONEY = "amount with its currency"
    PRICE = "price per unit, two to four decimals"
    QUANTITY = "quantity, as many decimals as it has"
    PERCENT = "percent; 19 means 19 %"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a document with what it means; `currency` is empty for quantities and percents."""

    value: Decimal
    kind: FigureKind
    currency: str = ""


Scalar = str | date | Figure | None


@cache
def spoken_in(country: str) -> tuple[str, ...]:
    """The languages of a country (ISO 3166 alpha-2), the first of them first; none where it is unknown."""
    return tuple(get_official_languages(country.upper(), de_facto=True)) if country else ()


@cache
def locale_of(country: str, language: str = "en") -> Locale:
    """The words of `language` with the numbers of `country` (ISO 3166 alpha-2); plain where they are not used there."""
    for name in (f"{language}_{country.upper()}", language):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@cache
def writing_of(country: str, language: str = "en") -> Locale:
    """How numbers and dates are written in a language: as in `country` where it is spoken, else as at its home.

    English of a country that speaks none is written as in Great Britain.
    """
    if language in spoken_in(country):
        return locale_of(country, language)
    return locale_of("GB" if language == "en" else "", language)


def country_name(country: str) -> str:
    """`DE` gives Germany; what is no known code stays as it is."""
    return str(locale_of("").territories.get(country.strip().upper(), country))


def clean(text: str) -> str:
    """`text` on one line, without control characters and without marks that turn its direction."""
    return _UNPRINTABLE.sub("", _BLANKS.sub(" ", text)).strip()


def text_of(value: Scalar, locale: Locale) -> str:
    """The value as printed; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Figure):
        return _number(value, locale)
    return format_date(value, "medium", locale=locale)


def _number(figure: Figure, locale: Locale) -> str:
    value = figure.value
    if figure.kind is FigureKind.MONEY:
        return _money(value, figure.currency, locale)
    least, most = _decimals(figure)
    pattern = "#,##0" + ("." + "0" * least + "#" * (most - least) if most else "")
    text = format_decimal(value, pattern, locale=locale)
    text = f"{text} %" if figure.kind is FigureKind.PERCENT else text
    return _with_minus(text)


def _money(value: Decimal, currency: str, locale: Locale) -> str:
    digits = places(currency)
    pattern = "¤¤ #,##0" + ("." + "0" * digits if digits else "")
    return _with_minus(format_currency(value, currency, pattern, locale=locale, currency_digits=False))


def _decimals(figure: Figure) -> tuple[int, int]:
    if figure.kind is FigureKind.AMOUNT:
        digits = places(figure.currency)
        return digits, digits
    if figure.kind is FigureKind.PRICE:
        return places(figure.currency), max(PRICE_PLACES, places(figure.currency))
    return 0, 4


def _with_minus(text: str) -> str:
    """A real minus sign, and no line break inside a number."""
    return text.replace("-", "\u2212").replace(" ", "\u00a0").replace("\u202f", "\u00a0")
