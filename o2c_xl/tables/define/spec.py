"""What a table is: its columns, whose they are, what goes in and what it means.

From these definitions, and nothing else, come the template, the reader's checks, the write-back, `o2c show` and
the field dictionary. A `Table` is data; how a cell is read stands in `cells.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

__all__ = ["Column", "Department", "Kind", "Owner", "Table", "field_of"]


class Owner(StrEnum):
    """Who fills a column: staff (or a file), or Python from the ledger."""

    STAFF = "staff"
    PYTHON = "Python"


class Kind(StrEnum):
    """What a cell holds; the unit stands with it."""

    CODE = "identifier"  # text, leading zeros kept
    LINE = "line number"  # text; a whole number is taken too
    TEXT = "text"
    LONG_TEXT = "long text"
    MONEY = "amount"  # in the row's currency, its minor unit's places
    PRICE = "price"  # per stock unit, up to four places
    QUANTITY = "quantity"  # in the product's unit
    PERCENT = "percent"  # 19 means 19 %
    NUMBER = "number"  # days, kilograms, counts; up to four places
    WHOLE = "whole number"
    DATE = "date"
    MOMENT = "date and time"  # UTC
    CHOICE = "choice"
    COUNTRY = "country"  # ISO 3166-1 alpha-2
    CURRENCY = "currency"  # ISO 4217
    TERMS = "payment terms"
    EMAIL = "e-mail address"


class Department(StrEnum):
    """Whose sheet it is; gives the tab its colour and the guide its chapter."""

    SALES = "Sales"
    WAREHOUSE = "Warehouse"
    PURCHASING = "Purchasing"
    FINANCE = "Finance"
    MANAGEMENT = "Management"
    SETUP = "Set-up"


_FIELD = re.compile(r"[^a-z0-9]+")


def field_of(header: str) -> str:
    """The header's name in code and ledger: `Ship to city` is `ship_to_city`, `Discount %` `discount_percent`."""
    return _FIELD.sub("_", header.lower().replace("%", "percent")).strip("_")


@dataclass(frozen=True)
class Column:
    """One column people see.

    `choices` are all it may say and `offers` some of it, which its dropdown shows; `feeds` names `Table.Header` whose
    values it shows; `needed` says a dropped file must bring it;
    `least` is the smallest value allowed and `above` excludes it, `most` the largest; `happened` marks the day of a
    fact, which is neither long ago nor far ahead; `decides` marks what only the company's own people say, which a file
    from outside may not bring;
    `width` is in Excel's character units.
    """

    header: str
    kind: Kind
    owner: Owner
    help: str
    example: str = ""
    key: bool = False
    needed: bool = False
    choices: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    feeds: str = ""
    least: int | None = None
    above: bool = False
    most: int | None = None
    happened: bool = False
    decides: bool = False
    width: int = 14

    @cached_property
    def field(self) -> str:
        """Name in code and ledger."""
        return field_of(self.header)

    @property
    def typed(self) -> bool:
        """True where staff or a file fill it."""
        return self.owner is Owner.STAFF


@dataclass(frozen=True)
class Table:
    """One Excel table: its name is fixed, its sheet is `title`.

    `gives_key` is the number series (such as `SO-`) from which an empty key in a shared workbook is filled;
    empty when people must type it. `late` names the date columns that turn late when they pass.
    """

    name: str
    title: str
    department: Department
    about: str
    columns: tuple[Column, ...]
    gives_key: str = ""
    late: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> tuple[Column, ...]:
        """The columns whose values together name a row."""
        return tuple(column for column in self.columns if column.key)

    @cached_property
    def typed(self) -> tuple[Column, ...]:
        """Columns that staff or a file fill, keys of theirs included."""
        return tuple(column for column in self.columns if column.typed)

    @cached_property
    def shown(self) -> tuple[Column, ...]:
        """Columns that Python fills, `Check` and `Status` included."""
        return tuple(column for column in self.columns if not column.typed)

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """All headers from left to right."""
        return tuple(column.header for column in self.columns)

    @cached_property
    def by_header(self) -> dict[str, Column]:
        """Columns by their header."""
        return {column.header: column for column in self.columns}

    @cached_property
    def by_field(self) -> dict[str, Column]:
        """Columns by their name in code."""
        return {column.field: column for column in self.columns}
