"""The figures of a report, each from plain sums and rows. A zero denominator gives None: an empty cell, no zero.

Shares are fractions of 1, durations and days are in days; nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2c_xl.domain.money import ZERO

__all__ = [
    "Fulfilment",
    "average",
    "cash_conversion_cycle",
    "count_back_dso",
    "days_outstanding",
    "line_fill",
    "median",
    "on_time_in_full",
    "order_fill",
    "percentile",
    "share",
]

_TWO = Decimal(2)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """One order line as the customer saw it; `promised` None is no promise, `shipped_on` the last shipment."""

    order: str
    ordered: Decimal
    shipped: Decimal
    promised: date | None = None
    shipped_on: date | None = None

    @property
    def full(self) -> bool:
        """All of it has shipped."""
        return self.shipped >= self.ordered

    @property
    def on_time(self) -> bool:
        """It shipped no later than promised; without a promise whenever it shipped."""
        return self.shipped_on is not None and (self.promised is None or self.shipped_on <= self.promised)


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """`part` of `whole` as a fraction, such as the overdue share of receivables."""
    return Decimal(part) / Decimal(whole) if whole else None


def average(opening: Decimal, closing: Decimal) -> Decimal:
    """The average balance of a period."""
    return (opening + closing) / _TWO


def days_outstanding(balance: Decimal, flow: Decimal, days: int) -> Decimal | None:
    """How many days of `flow` a balance is.

    DSO: receivables on credit sales, both with tax or both without. DIO: stock on cost of goods sold.
    DPO: payables on purchases (or cost of goods sold).
    """
    return balance * days / flow if flow else None


def cash_conversion_cycle(dio: Decimal | None, dso: Decimal | None, dpo: Decimal | None) -> Decimal | None:
    """DIO + DSO - DPO; None if any of them is."""
    if dio is None or dso is None or dpo is None:
        return None
    return dio + dso - dpo


def count_back_dso(receivables: Decimal, periods: Iterable[tuple[int, Decimal]]) -> Decimal | None:
    """Days of the latest sales that the receivables stand for; `periods` are (days, sales), newest first.

    None when the sales given do not reach back far enough.
    """
    left, counted = receivables, ZERO
    for days, sales in periods:
        if left <= 0:
            break
        if sales >= left:
            return counted + days * left / sales
        left -= sales
        counted += days
    return counted if left <= 0 else None


def line_fill(lines: Sequence[Fulfilment]) -> Decimal | None:
    """Share of order lines shipped in full."""
    return share(sum(line.full for line in lines), len(lines))


def order_fill(lines: Iterable[Fulfilment]) -> Decimal | None:
    """Share of orders with every line shipped in full."""
    good: dict[str, bool] = {}
    for line in lines:
        good[line.order] = good.get(line.order, True) and line.full
    return share(sum(good.values()), len(good))


def on_time_in_full(lines: Iterable[Fulfilment]) -> Decimal | None:
    """Share of orders with every line shipped in full and no later than promised (OTIF)."""
    good: dict[str, bool] = {}
    for line in lines:
        good[line.order] = good.get(line.order, True) and line.full and line.on_time
    return share(sum(good.values()), len(good))


def median(values: Iterable[Decimal | int]) -> Decimal | None:
    """The middle value; None for no values."""
    return percentile(values, 50)


def percentile(values: Iterable[Decimal | int], percent: int) -> Decimal | None:
    """The value below which `percent` of the values lie, between neighbours by proportion.

    As Excel's PERCENTILE.INC, so that people can check it beside the rows.
    """
    ordered = sorted(Decimal(value) for value in values)
    if not ordered:
        return None
    place = Decimal(len(ordered) - 1) * percent / _HUNDRED
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
