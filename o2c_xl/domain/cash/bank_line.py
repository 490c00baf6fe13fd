"""A bank line, what may belong to it, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO

__all__ = [
    "DAYS",
    "BankLine",
    "Became",
    "LineStatus",
    "Payee",
    "Posted",
    "Surroundings",
    "line_named",
    "near",
    "without_lines",
]

DAYS = 5
"""So far apart may be the day on which a person says money came and the day of its booking."""


_LINE = re.compile(r"\bBS-[0-9]+/[0-9]+\b")


class LineStatus(StrEnum):
    """What became of a bank line; one that waits is looked at again by each run."""

    POSTED = "Posted"
    OUTGOING = "Outgoing"
    WAITS = "Waits"
    ITEMISED = "Itemised"
    WITHDRAWN = "Withdrawn"


@dataclass(frozen=True, slots=True)
class BankLine:
    """A booking; `amount` above zero came in. `proved_by` as the ledger keeps it, empty for a new one.

    An item of a collective booking has the `batch` that it came with and the booking's amount, `whole`. `collective`
    is a booking of several of which the bank tells no items; `items` is the batch of those that took its place.
    """

    key: str
    booked_on: date
    amount: Decimal
    currency: str
    counterparty: str = ""
    account: str = ""
    text: str = ""
    reference: str = ""
    end_to_end: str = ""
    bank_reference: str = ""
    entry_reference: str = ""
    code: str = ""
    reversal: bool = False
    proved_by: str = ""
    kind: str = ""
    batch: str = ""
    whole: Decimal | None = None
    collective: bool = False
    items: str = ""
    payment: str = ""
    charges: Decimal | None = None

    @property
    def bare(self) -> bool:
        """Whether it does not say who paid."""
        return not (self.account or self.counterparty or self.end_to_end)

    @property
    def said(self) -> str:
        """All that may name an invoice."""
        return " ".join(part for part in (self.reference, self.text) if part) or self.end_to_end


@dataclass(frozen=True, slots=True)
class Posted:
    """A payment that a line may belong to: typed by a person (`line` empty) or made from an earlier line.

    `back`: it was taken back, or a part of it. `unapplied` belongs to no invoice; `invoices` are those that it pays or
    names. A credit note to be paid out stands here like a payment that is not applied, with an `amount` of zero.
    """

    payment: str
    amount: Decimal
    currency: str
    paid_on: date
    customer: str = ""
    payer: str = ""
    reference: str = ""
    line: BankLine | None = None
    back: bool = False
    payer_account: str = ""
    unapplied: Decimal = ZERO
    invoices: frozenset[str] = frozenset()

    @property
    def of_line(self) -> str:
        """The bank line that a person named as the one that it is of, or of which it is a part."""
        return line_named(self.reference)


@dataclass(frozen=True, slots=True)
class Payee:
    """What is known of where money went: the customers (their accounts), and what of ours the line names.

    `customer`: the name or account is that of a customer, be it not clear of which. `invoices` gives by the number of
    a named invoice or credit note whose it is; `supplier`: the name or account is that of a supplier.
    """

    accounts: frozenset[str] = frozenset()
    customer: bool = False
    supplier: bool = False
    invoices: Mapping[str, str] = field(default_factory=dict)
    payments: frozenset[str] = frozenset()


@dataclass(slots=True)
class Surroundings:
    """What else is known: payments near in time, credit notes to be paid out, and by line where money went."""

    typed: list[Posted] = field(default_factory=list)
    made: list[Posted] = field(default_factory=list)
    credit_notes: Sequence[Posted] = ()
    payees: Mapping[str, Payee] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Became:
    """What a line becomes: a new payment (`new`), one that is there already (`payment`), or nothing.

    `back` is the payment or credit note that a new payment takes back or pays out; `fee` what the bank took with it,
    which is no part of the payment.
    """

    key: str
    status: LineStatus
    payment: str = ""
    new: bool = False
    reference: str = ""
    problem: str = ""
    back: str = ""
    fee: Decimal = ZERO


def line_named(reference: str) -> str:
    """The bank line that a person named in a reference; '' where none."""
    found = _LINE.search(reference)
    return found[0] if found else ""


def without_lines(reference: str) -> str:
    """A reference without the bank lines that it names: their digits are those of no invoice."""
    return _LINE.sub(" ", reference) if "BS-" in reference else reference


def near(one: Posted, line: BankLine) -> bool:
    """Whether a payment is of about the day of the line, and of its currency; one that names a line is of that line."""
    if one.of_line not in ("", line.key):
        return False
    fits = one.currency == line.currency or (not one.currency and bool(one.of_line))
    return fits and abs((one.paid_on - line.booked_on).days) <= DAYS
