"""A bank statement as every format gives it: balances and lines, each with its place in the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

__all__ = ["ASK_THE_BANK", "Fault", "Line", "Read", "Statement", "clean_text"]


@dataclass(slots=True)
class Line:
    """One booking. `amount` is above zero when money came in, in `currency`; `place` is its line in the file.

    `batch` tells the items of one collective booking, of the amount `whole`, from those of others (0 = none);
    `collective` is a booking of several without its items.
    `account` is the counterparty's, `reference` the structured one (ISO 11649 or another scheme's), `bank_reference`
    the bank's own for this transaction and `entry_reference` for the booking that it is a part of. `code` is the
    bank's for the kind of booking. `reversal`: an earlier booking is taken back. `raw` is what stood in the file.
    `remitted` is what the payer says of each document that it pays: its number and the amount.
    """

    booked_on: date
    amount: Decimal
    currency: str
    place: int
    value_on: date | None = None
    counterparty: str = ""
    account: str = ""
    text: str = ""
    reference: str = ""
    end_to_end: str = ""
    bank_reference: str = ""
    entry_reference: str = ""
    code: str = ""
    reversal: bool = False
    charges: Decimal | None = None
    batch: int = 0
    whole: Decimal | None = None
    collective: bool = False
    remitted: str = ""
    balance: Decimal | None = None
    raw: str = ""


@dataclass(slots=True)
class Statement:
    """The bookings of an account between two balances; a balance that the file does not tell is None.

    `interim` says that it is no statement of whole days (camt.052, camt.054, MT942): the same bookings come again.
    """

    kind: str
    account: str
    currency: str
    place: int
    number: str = ""
    from_on: date | None = None
    to_on: date | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    interim: bool = False
    lines: list[Line] = field(default_factory=list)

    @property
    def days(self) -> tuple[date | None, date | None]:
        """First and last day: as told, else those of its lines."""
        booked = [line.booked_on for line in self.lines]
        return (
            self.from_on or min(booked, default=self.to_on),
            self.to_on or max(booked, default=self.from_on),
        )


ASK_THE_BANK = "Ask the bank for the statement once more; nothing of this file was taken."


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be read: the line of the file (0 = the whole of it), the field's name there, and how to mend it."""

    place: int
    field: str
    value: str
    problem: str
    fix: str = ASK_THE_BANK


@dataclass(slots=True)
class Read:
    """What a file holds: statements, every fault, and what is said about it beside them."""

    statements: list[Statement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(self, place: int, name: str, value: str, problem: str) -> None:
        """Keep a fault."""
        self.faults.append(Fault(place, name, value[:80], problem))


Reader = Callable[[bytes, str], Read]


def clean_text(text: str) -> str:
    """One line, single blanks."""
    return " ".join(text.split())
