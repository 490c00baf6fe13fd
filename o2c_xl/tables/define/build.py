"""Short ways to write a column down, so that a table's definition reads as a list."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Any

from o2c_xl.tables.define.spec import Column, Department, Kind, Owner, Table

__all__ = ["YES_NO", "choice", "choices_of", "key", "python", "staff", "table"]

YES_NO = ("Yes", "No")
_WIDTHS = {
    Kind.CODE: 14,
    Kind.LINE: 7,
    Kind.TEXT: 22,
    Kind.LONG_TEXT: 40,
    Kind.MONEY: 13,
    Kind.PRICE: 12,
    Kind.QUANTITY: 11,
    Kind.PERCENT: 11,
    Kind.NUMBER: 11,
    Kind.WHOLE: 9,
    Kind.DATE: 12,
    Kind.MOMENT: 18,
    Kind.CHOICE: 18,
    Kind.COUNTRY: 9,
    Kind.CURRENCY: 10,
    Kind.TERMS: 16,
    Kind.EMAIL: 26,
}


def _header_width(header: str) -> int:
    """Room for the header on two lines, its filter button beside it."""
    words = header.split()
    breaks = range(1, len(words)) or (1,)
    return min(max(len(" ".join(words[:i])), len(" ".join(words[i:]))) for i in breaks) + 6


def _column(owner: Owner, header: str, kind: Kind, help_text: str, **more: Any) -> Column:  # noqa: ANN401
    if kind is Kind.PERCENT:
        more.setdefault("most", 100)
    width = max(more.pop("width", _WIDTHS[kind]), _header_width(header))
    return Column(header=header, kind=kind, owner=owner, help=help_text, width=width, **more)


staff = partial(_column, Owner.STAFF)
python = partial(_column, Owner.PYTHON)


def key(header: str, help_text: str, **more: Any) -> Column:  # noqa: ANN401
    """A key column that staff fill; text that names the row."""
    kind = more.pop("kind", Kind.CODE)
    return staff(header, kind, help_text, key=True, needed=True, **more)


def choice(header: str, choices: tuple[str, ...], help_text: str, **more: Any) -> Column:  # noqa: ANN401
    """A staff column with a fixed dropdown."""
    return staff(header, Kind.CHOICE, help_text, choices=choices, **more)


def choices_of(words: type[StrEnum]) -> tuple[str, ...]:
    """A dropdown's choices, from the one place where the rules know them."""
    return tuple(str(word) for word in words)


_CHECK = python(
    "Check",
    Kind.LONG_TEXT,
    "Empty when the row is good; else what is wrong and how to mend it. Python writes it at every sync.",
    example="Quantity: 0 is not more than 0. Enter how many you want.",
    width=64,
)
_RARELY_SAID = 12  # how wide `Check` is where nobody types anything


def table(name: str, department: Department, about: str, *columns: Column, **more: Any) -> Table:  # noqa: ANN401
    """A table with `Check` put right after its key; its sheet's title is the name with spaces."""
    last_key = max(i for i, column in enumerate(columns) if column.key)
    check = _CHECK if any(column.typed for column in columns) else replace(_CHECK, width=_RARELY_SAID)
    placed = (*columns[: last_key + 1], check, *columns[last_key + 1 :])
    title = more.pop("title", "".join(f" {c}" if c.isupper() and i else c for i, c in enumerate(name)))
    return Table(name=name, title=title, department=department, about=about, columns=placed, **more)
