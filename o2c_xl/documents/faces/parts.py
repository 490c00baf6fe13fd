"""What the faces of all documents are made of: numbers with what they mean, parties, notes, contents of a parcel."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from babel import Locale

from o2c_xl.documents.formats import Figure, FigureKind, Scalar, country_name, text_of
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.paper import Party

__all__ = [
    "Face",
    "amount_figure",
    "contents_text",
    "count_figure",
    "money_figure",
    "note_rows",
    "party_block",
    "percent_figure",
]

Face: TypeAlias = "dict[str, Scalar | Face | list[Face]]"


def amount_figure(value: Decimal, currency: str) -> Figure:
    """An amount in a column that is headed by its currency."""
    return Figure(value, FigureKind.AMOUNT, currency)


def money_figure(value: Decimal, currency: str) -> Figure:
    """An amount with its currency beside it."""
    return Figure(value, FigureKind.MONEY, currency)


def count_figure(value: Decimal) -> Figure:
    """A quantity."""
    return Figure(value, FigureKind.QUANTITY)


def percent_figure(value: Decimal) -> Figure:
    """Percent: 19 means 19 %."""
    return Figure(value, FigureKind.PERCENT)


def party_block(party: Party, home: str = "") -> Face:
    """A party's block; the country is named only where the letter crosses a border (`home` is the sender's)."""
    place = " ".join(part for part in (party.postal_code, party.city) if part)
    country = country_name(party.country) if party.country and party.country != home else ""
    return {
        "name": party.name,
        "street": party.street,
        "place": place,
        "country": country,
        "tax_id": party.tax_id,
        "email": party.email,
        "phone": party.phone,
        "key": party.key,
        "registration": party.registration,
    }


def note_rows(notes: tuple[str, ...]) -> list[Face]:
    """A row for each note that says something."""
    return [{"text": note} for note in notes if note]


def contents_text(quantities: list[tuple[Decimal, str]], home: Locale, words: Mapping[str, str]) -> str:
    """`42 pcs, 3 lines`; without the sum where the units differ, for boxes and metres do not add up."""
    if not quantities:
        return ""
    lines = words["one_line"] if len(quantities) == 1 else words["some_lines"].format(count=len(quantities))
    units = {unit for _, unit in quantities}
    if len(units) > 1:
        return lines
    total = sum((quantity for quantity, _ in quantities), ZERO)
    return f"{text_of(count_figure(total), home)} {units.pop()}, {lines}"
