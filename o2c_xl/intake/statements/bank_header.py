"""Where the header of a bank's list is and which column is what, by a profile or by the words of the headers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from o2c_xl.intake.statements.bank_profile import Profile
from o2c_xl.intake.statements.bank_rows import Rows
from o2c_xl.intake.statements.bank_words import ACCOUNTS, HEADERS, plain

__all__ = ["EITHER", "Found", "by_profile", "by_words", "headers_of"]

_HEADER_ROWS = 40
_UNIT = re.compile(r"\s*[(\[](?:[A-Z]{3}|[£$€¥]|[+-])[)\]]\s*$")  # of `Amount (EUR)`, `Paid out (£)`, `Withdrawal (-)`
EITHER = "accounts"
"""Our name of columns whose header leaves open whose accounts they hold."""


@dataclass(slots=True)
class Found:
    """Where the header is and which column is what."""

    index: int
    columns: dict[str, list[int]]
    profile: Profile = field(default_factory=lambda: Profile(columns={}))


def by_profile(rows: Rows, profile: Profile) -> Found | None:
    """The header that has every column of the profile."""
    for index, row in enumerate(rows.cells[:_HEADER_ROWS]):
        places = {plain(str(cell)): place for place, cell in reversed(list(enumerate(row))) if cell not in (None, "")}
        columns: dict[str, list[int]] = {}
        for name, headers in profile.columns.items():
            wanted = [headers] if isinstance(headers, str) else headers
            there = [places[plain(header)] for header in wanted if plain(header) in places]
            if len(there) < len(wanted):
                break
            columns[name] = there
        else:
            for name, headers in profile.more.items():
                if there := [places[plain(header)] for header in headers if plain(header) in places]:
                    columns[name] = there
            if columns:
                return Found(index, columns, profile)
    return None


def by_words(rows: Rows) -> Found | None:
    """The header of a bank in any of the languages known."""
    for index, row in enumerate(rows.cells[:_HEADER_ROWS]):
        columns: dict[str, list[int]] = {}
        for place, cell in enumerate(row):
            word = plain(_UNIT.sub("", str(cell or "")))
            name = next((name for name, words in HEADERS.items() if word in words), EITHER if word in ACCOUNTS else "")
            if name and (name in {"text", EITHER} or name not in columns):
                columns.setdefault(name, []).append(place)
        money = "amount" in columns or {"debit", "credit"} <= set(columns)
        about = {"text", "counterparty", "balance", "account"} & set(columns)
        if money and about and ("booked_on" in columns or "value_on" in columns):
            return Found(index, columns)
    return None


def headers_of(rows: Rows) -> list[str]:
    """What looks most like the headers of a list that nobody knows: the first of the rows with most words."""
    told = [[str(cell).strip() for cell in row if _is_word(cell)] for row in rows.cells[:_HEADER_ROWS]]
    return max(told, key=len, default=[])


def _is_word(cell: object) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell))
