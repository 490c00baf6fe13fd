"""What customers owe: open items, aging by due date, what is overdue, and the status of an invoice.

Amounts are in the item's currency; an invoice's are above zero, a credit note's below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO

__all__ = [
    "LATE_FROM",
    "NOT_POSTED",
    "AgingRow",
    "Credit",
    "Due",
    "InvoiceStatus",
    "Late",
    "OpenItem",
    "Overdue",
    "Settlement",
    "age",
    "invoice_status",
    "late_parts",
    "merged",
    "open_instalments",
    "overdue",
    "totals",
]

Due = tuple[tuple[date, Decimal], ...]
LATE_FROM = (0, 30, 60, 90)
"""Upper bounds of the buckets in days late, inclusive; the last bucket is what is later."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice or credit note with something open; `due` its instalments, oldest first, adding up to its total.

    `discount` (tax included) may be taken by payments up to `discount_until`: all of them, where it is paid in parts.
    `reference` is the customer's.
    """

    invoice: str
    customer: str
    currency: str
    open: Decimal
    due: Due
    kind: str = "Invoice"
    order: str = ""
    reference: str = ""
    discount: Decimal = ZERO
    discount_until: date | None = None
    disputed: bool = False

    def in_time(self, paid_on: date) -> bool:
        """Whether a payment of that day may take the early-payment discount."""
        return self.discount_until is not None and paid_on <= self.discount_until


@dataclass(frozen=True, slots=True)
class Credit:
    """Money or credit of a customer that is not applied to an invoice; `amount` is above zero."""

    customer: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AgingRow:
    """What one customer owes in one currency, by days late; `total` = the buckets less `credits`."""

    customer: str
    currency: str
    not_due: Decimal = ZERO
    days_1_30: Decimal = ZERO
    days_31_60: Decimal = ZERO
    days_61_90: Decimal = ZERO
    over_90: Decimal = ZERO
    credits: Decimal = ZERO

    @property
    def overdue(self) -> Decimal:
        """Everything past its due date, before credits."""
        return self.days_1_30 + self.days_31_60 + self.days_61_90 + self.over_90

    @property
    def total(self) -> Decimal:
        """The customer's balance on the receivables account."""
        return self.not_due + self.overdue - self.credits


@dataclass(frozen=True, slots=True, order=True)
class Late:
    """A part of an invoice that is past its due date."""

    due: date
    invoice: str
    amount: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """What a customer is late with, oldest first."""

    parts: tuple[Late, ...] = ()

    @property
    def amount(self) -> Decimal:
        """All of it together."""
        return sum((part.amount for part in self.parts), ZERO)

    @property
    def days(self) -> int:
        """Days since the oldest due date."""
        return self.parts[0].days if self.parts else 0

    @property
    def invoices(self) -> tuple[str, ...]:
        """The invoices, each once."""
        return tuple(dict.fromkeys(part.invoice for part in self.parts))

    def beyond(self, days: int) -> Overdue:
        """Only what is more than so many days late."""
        return Overdue(tuple(part for part in self.parts if part.days > days))


def open_instalments(due: Due, still_open: Decimal) -> list[tuple[date, Decimal]]:
    """What is open of each instalment: payments settle the oldest first, so the latest stay open longest."""
    if not still_open:
        return []
    if len(due) == 1:
        return [(due[0][0], still_open)]
    rest, parts = still_open, []
    for day, amount in reversed(due):
        part = min(rest, amount) if still_open > 0 else max(rest, amount)
        if part:
            parts.append((day, part))
        rest -= part
    if rest:
        parts.append((due[0][0], rest))
    return parts[::-1]


def age(items: Iterable[OpenItem], credits_: Iterable[Credit], as_of: date) -> list[AgingRow]:
    """Aging by customer and currency, upper bound of each bucket inclusive; customers in order.

    `items` and `credits_` are as they stood at `as_of`. An open credit note counts among the credits.
    """
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for item in items:
        row = sums.setdefault((item.customer, item.currency), [ZERO] * 6)
        if item.open < 0:
            row[5] -= item.open
            continue
        for day, amount in open_instalments(item.due, item.open):
            row[_bucket((as_of - day).days)] += amount
    for credit in credits_:
        sums.setdefault((credit.customer, credit.currency), [ZERO] * 6)[5] += credit.amount
    return [AgingRow(*key, *sums[key]) for key in sorted(sums)]


def merged(rows: Iterable[AgingRow]) -> list[AgingRow]:
    """Rows of one customer and currency added up; customers in order."""
    found: dict[tuple[str, str], AgingRow] = {}
    for row in rows:
        key = (row.customer, row.currency)
        found[key] = _added(found[key], row) if key in found else row
    return [found[key] for key in sorted(found)]


def _added(one: AgingRow, other: AgingRow) -> AgingRow:
    return AgingRow(
        one.customer,
        one.currency,
        one.not_due + other.not_due,
        one.days_1_30 + other.days_1_30,
        one.days_31_60 + other.days_31_60,
        one.days_61_90 + other.days_61_90,
        one.over_90 + other.over_90,
        one.credits + other.credits,
    )


def totals(rows: Iterable[AgingRow]) -> list[AgingRow]:
    """One row `Total` per currency; its total is the balance of the receivables account."""
    sums: dict[str, list[Decimal]] = {}
    for row in rows:
        amounts = (row.not_due, row.days_1_30, row.days_31_60, row.days_61_90, row.over_90, row.credits)
        before = sums.get(row.currency, [ZERO] * 6)
        sums[row.currency] = [a + b for a, b in zip(before, amounts, strict=True)]
    return [AgingRow("Total", currency, *sums[currency]) for currency in sorted(sums)]


def late_parts(invoice: str, due: Due, still_open: Decimal, as_of: date) -> Iterator[Late]:
    """The instalments of an invoice that are open and past their due date, oldest first."""
    for day, amount in open_instalments(due, still_open):
        if day < as_of:
            yield Late(day, invoice, amount, (as_of - day).days)


def overdue(items: Iterable[OpenItem], as_of: date) -> dict[tuple[str, str], Overdue]:
    """What is past due by customer and currency; disputed items are left out."""
    late: dict[tuple[str, str], list[Late]] = {}
    for item in items:
        if not item.disputed and item.open > 0 and item.due[0][0] < as_of:
            parts = late_parts(item.invoice, item.due, item.open, as_of)
            late.setdefault((item.customer, item.currency), []).extend(parts)
    return {key: Overdue(tuple(sorted(parts))) for key, parts in late.items() if parts}


class InvoiceStatus(StrEnum):
    """Where an invoice or credit note stands."""

    DRAFT = "Draft"
    APPROVAL = "Approval"
    POSTED = "Posted"
    SENT = "Sent"
    PARTLY_PAID = "Partly paid"
    PAID = "Paid"
    DISPUTED = "Disputed"
    CREDITED = "Credited"
    WRITTEN_OFF = "Written off"


NOT_POSTED = frozenset({InvoiceStatus.DRAFT, InvoiceStatus.APPROVAL})
"""An invoice in these is in no books yet, and has no number."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """The facts an invoice's status follows from; total = paid + credited + written off + open."""

    total: Decimal
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    written_off: Decimal = ZERO
    posted: bool = True
    waits_for_approval: bool = False
    sent: bool = False
    disputed: bool = False

    @property
    def open(self) -> Decimal:
        """What is still to be settled."""
        return self.total - self.paid - self.credited - self.written_off


def invoice_status(facts: Settlement) -> InvoiceStatus:
    """The status of an invoice; a settled one is named by what settled most of it."""
    if facts.waits_for_approval:
        return InvoiceStatus.APPROVAL
    if not facts.posted:
        return InvoiceStatus.DRAFT
    if not facts.open:
        return _settled_by(facts)
    if facts.disputed:
        return InvoiceStatus.DISPUTED
    if facts.paid:
        return InvoiceStatus.PARTLY_PAID
    return InvoiceStatus.SENT if facts.sent else InvoiceStatus.POSTED


def _settled_by(facts: Settlement) -> InvoiceStatus:
    ways = (
        (abs(facts.paid), InvoiceStatus.PAID),
        (abs(facts.credited), InvoiceStatus.CREDITED),
        (abs(facts.written_off), InvoiceStatus.WRITTEN_OFF),
    )
    return max(ways, key=lambda way: way[0])[1]


def _bucket(days_late: int) -> int:
    for bucket, upper in enumerate(LATE_FROM):
        if days_late <= upper:
            return bucket
    return len(LATE_FROM)
