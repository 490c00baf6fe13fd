"""Letters about what a customer owes, as plain values: the reminder, the statement of account.

They hold what stands on the paper and nothing of how it looks; whoever renders them adds no figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.paper import Party

__all__ = ["ReminderDocument", "ReminderLine", "StatementDocument", "StatementLine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderLine:
    """An open instalment; `open` in the letter's currency, `days_late` below one = not late yet."""

    invoice: str
    invoice_date: date | None
    due: date
    open: Decimal
    days_late: int
    level: int
    reference: str = ""
    penalty: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDocument:
    """A reminder as the customer reads it; `fee` is the letter's own, `earlier_penalties` were told before.

    `credits` are the customer's and not applied to any invoice yet; no item is less for them.
    """

    number: str
    level: int
    letter_date: date
    seller: Party
    buyer: Party
    currency: str
    lines: tuple[ReminderLine, ...]
    past_due: Decimal
    fee: Decimal = ZERO
    earlier_penalties: Decimal = ZERO
    credits: Decimal = ZERO
    iban: str = ""
    bic: str = ""

    @property
    def total(self) -> Decimal:
        """Everything listed."""
        return sum((line.open for line in self.lines), ZERO)

    @property
    def penalties(self) -> Decimal:
        """What this letter adds, as memo."""
        return self.fee + sum((line.penalty for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """What changed the account on a day: `amount` above zero is owed more, below zero less; `balance` after it."""

    day: date
    what: str
    subject: str
    amount: Decimal
    balance: Decimal
    reference: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDocument:
    """A customer's account from `first` to `last` in one currency, and how old what is open at its end is.

    `ages` are the amounts of Not due, 1-30, 31-60, 61-90 and over 90 days late; `credits` are not applied yet;
    they add up to `closing`. `penalties` are memo and no part of it.
    """

    number: str
    first: date
    last: date
    seller: Party
    buyer: Party
    currency: str
    opening: Decimal
    lines: tuple[StatementLine, ...]
    closing: Decimal
    ages: tuple[Decimal, ...] = ()
    credits: Decimal = ZERO
    prepaid: Decimal = ZERO
    penalties: Decimal = ZERO
    iban: str = ""
    bic: str = ""
