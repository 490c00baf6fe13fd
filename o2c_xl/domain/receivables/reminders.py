"""Reminders for what is due: which level each open instalment has reached, when a letter goes, what it lists.

One letter per customer and currency lists every item; an item rises by one level at a time, so that none is skipped.
Penalties are memo: they are told in the letter and owed only once someone charges them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from o2c_xl.domain.money import ZERO, round_money

__all__ = ["Debtor", "DueItem", "Letter", "Level", "ListedItem", "ReminderPolicy", "letter_for", "levels_of"]

_HUNDRED = Decimal(100)
_MOST_DAYS = 999


@dataclass(frozen=True, slots=True)
class Level:
    """A level is reached `days` after the due date (below zero: before it).

    Its letter costs `fee`, in the item's currency, and `percent` (1 means 1 %) of each item that reached it.
    """

    days: int
    fee: Decimal = ZERO
    percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ReminderPolicy:
    """The settings. `gap` is the least number of days from one letter to the next, which never come on one day.

    `mailed` says whether messages are mailed: one that waits to be mailed has not reached anybody yet.
    """

    on: bool = True
    levels: tuple[Level, ...] = (Level(7), Level(21), Level(35))
    gap: int = 7
    mailed: bool = False


@dataclass(frozen=True, slots=True, order=True)
class DueItem:
    """An open instalment of an invoice; `level` is that of the last letter that listed it as risen, 0 for none.

    `stopped` says why it is not reminded of: a dispute, a promise to pay, a block; empty when it is.
    """

    due: date
    invoice: str
    due_no: int
    open: Decimal
    level: int = 0
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who is written to: an account with all its open instalments in one currency.

    `last_sent` is the day of the last letter, `on_the_way` that it has not reached anybody yet.
    """

    account: str
    currency: str
    items: Sequence[DueItem]
    last_sent: date | None = None
    on_the_way: bool = False


@dataclass(frozen=True, slots=True)
class ListedItem:
    """A line of a letter: an instalment with its level after the letter, and the penalty it brings."""

    item: DueItem
    level: int
    days_late: int
    rose: bool
    penalty: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Letter:
    """A reminder; `fee` is that of its level, charged once for the letter."""

    account: str
    currency: str
    level: int
    items: tuple[ListedItem, ...]
    fee: Decimal = ZERO

    @property
    def past_due(self) -> Decimal:
        """What is past due on the day of the letter."""
        return sum((one.item.open for one in self.items if one.days_late > 0), ZERO)

    @property
    def total(self) -> Decimal:
        """Everything that the letter lists."""
        return sum((one.item.open for one in self.items), ZERO)

    @property
    def penalty(self) -> Decimal:
        """Fee and penalties, as memo."""
        return self.fee + sum((one.penalty for one in self.items), ZERO)

    @property
    def invoices(self) -> tuple[str, ...]:
        """The invoices, each once."""
        return tuple(dict.fromkeys(one.item.invoice for one in self.items))


def letter_for(debtor: Debtor, policy: ReminderPolicy, today: date) -> Letter | None:
    """The letter that goes to the debtor today, or None.

    It goes when an item has reached its next level, `gap` days after the last letter; it then lists all that is past
    due or has reached a level, oldest first.
    """
    if not policy.on or debtor.on_the_way or not _gap_over(debtor, policy, today):
        return None
    items = [_listed(item, debtor.currency, policy, today) for item in sorted(debtor.items) if not item.stopped]
    risen = [one for one in items if one.rose]
    if not risen:
        return None
    level = max(one.level for one in risen)
    fee = round_money(policy.levels[level - 1].fee, debtor.currency)
    shown = tuple(one for one in items if one.rose or one.days_late > 0)
    return Letter(debtor.account, debtor.currency, level, shown, fee)


def levels_of(days: str, fees: str = "", percents: str = "") -> tuple[Level, ...]:
    """The levels from their settings, such as `7, 21, 35`.

    A fee or percent that is not given is nothing, one beyond the last level is left out.

    Raises ValueError with a sentence for the clerk.
    """
    numbers = [_days(part) for part in _parts(days)]
    if any(later <= earlier for earlier, later in itertools.pairwise(numbers)):
        raise ValueError("each level must come later than the one before it.")
    costs, shares = ([_amount(part) for part in _parts(text)] for text in (fees, percents))
    missing = [ZERO] * len(numbers)
    return tuple(Level(*one) for one in zip(numbers, [*costs, *missing], [*shares, *missing], strict=False))


def _gap_over(debtor: Debtor, policy: ReminderPolicy, today: date) -> bool:
    return debtor.last_sent is None or (today - debtor.last_sent).days >= max(policy.gap, 1)


def _listed(item: DueItem, currency: str, policy: ReminderPolicy, today: date) -> ListedItem:
    days = (today - item.due).days
    rises = item.level < len(policy.levels) and days >= policy.levels[item.level].days
    if not rises:
        return ListedItem(item, item.level, days, rose=False)
    percent = policy.levels[item.level].percent if days > 0 else ZERO
    return ListedItem(
        item, item.level + 1, days, rose=True, penalty=round_money(item.open * percent / _HUNDRED, currency)
    )


def _parts(text: str) -> Iterable[str]:
    separator = ";" if ";" in text else ","
    return [part.strip() for part in text.split(separator)] if text.strip() else []


def _days(part: str) -> int:
    try:
        number = int(part)
    except ValueError:
        raise ValueError(f"'{part}' is not a whole number of days.") from None
    if abs(number) > _MOST_DAYS:
        raise ValueError(f"'{part}' days are too many.")
    return number


def _amount(part: str) -> Decimal:
    try:
        number = Decimal(part)
    except InvalidOperation:
        raise ValueError(f"'{part}' is not a number of 0 or more.") from None
    if not number.is_finite() or number < 0 or number != round(number, 4):
        raise ValueError(f"'{part}' is not a number of 0 or more with up to four decimals.")
    return number
