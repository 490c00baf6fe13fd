"""The report as values: key figures with what they were before, and pages of rows that they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

__all__ = ["Better", "Check", "Column", "Figure", "Page", "ReportData", "Rows", "Unit", "change"]


class Unit(StrEnum):
    """What a number counts; a share is a fraction of 1."""

    MONEY = "money"
    SHARE = "share"
    DAYS = "days"
    COUNT = "count"
    QUANTITY = "quantity"
    TEXT = "text"
    DATE = "date"


class Better(StrEnum):
    """Which way is the good one."""

    UP = "more is better"
    DOWN = "less is better"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure of the period; `before` is that of the period before it, None where there is none.

    `page` is the page with its rows, `note` says how it is made, or why it is empty.
    """

    name: str
    value: Decimal | None
    unit: Unit
    before: Decimal | None
    better: Better
    page: str
    note: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of rows; `total` = its numbers add up."""

    header: str
    unit: Unit = Unit.TEXT
    width: int = 14
    total: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of a page; `name` is its name in the workbook. `note` stands above it."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Two amounts that must be equal, in `currency`."""

    name: str
    expected: Decimal
    found: Decimal
    currency: str

    @property
    def ok(self) -> bool:
        """They are equal."""
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class Page:
    """One question and its answer; `how` says what is counted."""

    title: str
    question: str
    how: str
    tables: tuple[Rows, ...]
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportData:
    """All of a report: `first` to `last` is the period, `day` the business day it was made on."""

    company: str
    currency: str
    country: str
    first: date
    last: date
    day: date
    figures: tuple[Figure, ...]
    pages: tuple[Page, ...] = field(default=())

    def page(self, title: str) -> Page:
        """The page of that title."""
        return next(page for page in self.pages if page.title == title)


def change(figure: Figure) -> Decimal | None:
    """How much the figure rose (below zero: fell) since the period before; None when either is empty."""
    if figure.value is None or figure.before is None:
        return None
    return figure.value - figure.before
