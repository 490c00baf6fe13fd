"""What credit is decided on: the account with what it owes and may owe, the order, and the terms of its exposure.

All amounts include tax; a customer here is a bill-to with all who are billed to it. Each currency stands by itself:
there are no exchange rates, so amounts of two currencies are never added up or compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.credit.score import CreditFacts
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import Overdue

__all__ = ["CreditCustomer", "CreditOrder", "CreditStatus", "Exposure", "InCurrency", "Release"]


class CreditStatus(StrEnum):
    """What finance, or the rule, has decided about a customer's credit."""

    NEW = "New"
    APPROVED = "Approved"
    REFUSED = "Refused"
    REVIEW = "Review"


@dataclass(frozen=True, slots=True)
class Release:
    """A person of finance lets orders pass despite a hold, up to and including `until`.

    `up_to` is the exposure up to which that person may decide; None is any.
    """

    by: str
    reason: str
    until: date
    up_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InCurrency:
    """What is open in one currency; `credit_notes` (above zero) are those open, which `open_receivables` has less."""

    currency: str
    open_receivables: Decimal = ZERO
    confirmed_not_invoiced: Decimal = ZERO
    credits: Decimal = ZERO
    credit_notes: Decimal = ZERO
    overdue: Overdue = field(default_factory=Overdue)

    @property
    def owed(self) -> Decimal:
        """What is owed and promised, less what is unapplied."""
        return self.open_receivables + self.confirmed_not_invoiced - self.credits


@dataclass(frozen=True, slots=True)
class CreditCustomer:
    """What is known of a bill-to; `limit` None = none set, 0 = prepay only; `credits` are usable and unapplied.

    Amounts are in its own currency, `others` what it has in other ones. `confirmed_not_invoiced` leaves out the
    orders to be decided. `credit_notes` as `InCurrency` has them. `decision_expires` dates an approval. `prepays`: the
    payment terms agreed with it are Prepaid.
    """

    customer: str
    currency: str
    limit: Decimal | None = None
    status: CreditStatus = CreditStatus.NEW
    open_receivables: Decimal = ZERO
    confirmed_not_invoiced: Decimal = ZERO
    credits: Decimal = ZERO
    overdue: Overdue = field(default_factory=Overdue)
    release: Release | None = None
    decision_expires: date | None = None
    facts: CreditFacts = field(default_factory=CreditFacts)
    credit_notes: Decimal = ZERO
    others: tuple[InCurrency, ...] = ()
    prepays: bool = False

    @property
    def own(self) -> InCurrency:
        """What it has in its own currency."""
        terms = (self.open_receivables, self.confirmed_not_invoiced, self.credits, self.credit_notes)
        return InCurrency(self.currency, *terms, self.overdue)

    @property
    def exposure(self) -> Decimal:
        """What it owes and has promised in its own currency, less what is unapplied."""
        return self.own.owed

    @property
    def available(self) -> Decimal | None:
        """The limit less the exposure, below zero = over the limit; None without a limit."""
        return None if self.limit is None else self.limit - self.exposure

    def has(self, currency: str) -> InCurrency:
        """What it has in a currency."""
        if currency == self.currency:
            return self.own
        return next((one for one in self.others if one.currency == currency), InCurrency(currency))

    def with_more(self, currency: str, confirmed: Decimal) -> CreditCustomer:
        """The customer once so much more is confirmed in a currency."""
        if currency == self.currency:
            return replace(self, confirmed_not_invoiced=self.confirmed_not_invoiced + confirmed)
        one = self.has(currency)
        more = replace(one, confirmed_not_invoiced=one.confirmed_not_invoiced + confirmed)
        return replace(self, others=(*(other for other in self.others if other.currency != currency), more))


@dataclass(frozen=True, slots=True)
class CreditOrder:
    """An order to decide; `total` is what is still to be invoiced of it, tax included, in `currency` ('' = account's).

    `elsewhere` is what the ordering customer has open on other accounts than the one this order is billed to.
    """

    order: str
    customer: str
    total: Decimal
    prepaid: bool = False
    release: Release | None = None
    currency: str = ""
    elsewhere: tuple[InCurrency, ...] = ()


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer would owe with this order, in its currency: the terms are kept, so that a sheet can show them."""

    open_receivables: Decimal
    confirmed_not_invoiced: Decimal
    this_order: Decimal
    credits: Decimal

    @property
    def total(self) -> Decimal:
        """The exposure."""
        return self.open_receivables + self.confirmed_not_invoiced + self.this_order - self.credits
