"""When open invoices will be paid: from how late each customer has paid so far, where there is little from how all do.

What is known of an open invoice is that it is not paid yet; so only payments at least that late count as examples.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from o2c_xl.domain.money import ZERO

__all__ = ["Expected", "Habits", "PaidItem", "WeekOfCash", "weeks_of_cash"]

SHRINKAGE = 4
"""So many payments of everybody's habit stand beside a customer's own."""
_NEVER_SO_LATE = 30  # days from today where nobody has ever been so late
_WEEK = 7


@dataclass(frozen=True, slots=True)
class PaidItem:
    """An invoice that is paid: who paid it, when it was due, when the last of it came."""

    customer: str
    due: date
    paid_on: date


@dataclass(frozen=True, slots=True)
class Expected:
    """An open amount with the day it was due and the day it is expected on."""

    customer: str
    due: date
    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class WeekOfCash:
    """A week from its Monday: what is expected, and what would come if all paid on the due date."""

    monday: date
    expected: Decimal
    when_due: Decimal


class Habits:
    """How many days after the due date customers pay; below zero is before it."""

    def __init__(self, paid: Iterable[PaidItem]) -> None:
        own: dict[str, list[int]] = defaultdict(list)
        for item in paid:
            own[item.customer].append((item.paid_on - item.due).days)
        self._own = {customer: sorted(days) for customer, days in own.items()}
        self._all = sorted(days for found in self._own.values() for days in found)

    def known(self, customer: str) -> int:
        """How many paid invoices of the customer are known."""
        return len(self._own.get(customer, ()))

    def usual(self, customer: str) -> int | None:
        """The days late that are expected of an invoice of which nothing else is known; None without any history."""
        return self._shrunk(self._own.get(customer, ()), self._all)

    def expected(self, customer: str, due: date, today: date) -> date:
        """The day on which an invoice that is still open today will be paid, today at the earliest."""
        late = (today - due).days
        rest = _from(self._all, late)
        if not rest:
            return today + timedelta(days=_NEVER_SO_LATE) if late > 0 else due
        days = self._shrunk(_from(self._own.get(customer, ()), late), rest)
        return due + timedelta(days=max(days or 0, late))

    @staticmethod
    def _shrunk(own: Sequence[int], everybody: Sequence[int]) -> int | None:
        """The customer's median, drawn to everybody's as if that were `SHRINKAGE` payments more."""
        if not everybody:
            return None
        weight = len(own)
        total = (_median(own) * weight if weight else ZERO) + _median(everybody) * SHRINKAGE
        return int((total / (weight + SHRINKAGE)).quantize(Decimal(1), ROUND_HALF_UP))


def weeks_of_cash(items: Sequence[Expected], today: date, count: int) -> list[WeekOfCash]:
    """The next `count` weeks; the first holds what is past due, what comes after the last is left out."""
    first = today - timedelta(days=today.weekday())
    mondays = [first + timedelta(days=_WEEK * n) for n in range(count)]
    expected, when_due = ([ZERO] * count for _ in range(2))
    for item in items:
        for sums, day in ((expected, item.day), (when_due, max(item.due, today))):
            week = (day - first).days // _WEEK
            if week < count:
                sums[max(week, 0)] += item.amount
    return [WeekOfCash(*one) for one in zip(mondays, expected, when_due, strict=True)]


def _from(days: Sequence[int], late: int) -> Sequence[int]:
    """Those that were at least so late; `days` are sorted."""
    return days[bisect_left(days, late) :]


def _median(days: Sequence[int]) -> Decimal:
    middle = len(days) // 2
    if len(days) % 2:
        return Decimal(days[middle])
    return Decimal(days[middle - 1] + days[middle]) / 2
