"""A statement of account: what was owed before, each change, what is owed after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2c_xl.domain.receivables.letters import StatementLine

__all__ = ["Change", "statement_lines"]

_WORDS = {
    "invoice posted": "Invoice",
    "credit note posted": "Credit note",
    "opening item taken": "Brought forward",
    "opening payment taken": "Brought forward",
    "payment received": "Payment",
    "payment identified": "Payment",
    "prepayment released": "Advance payment",
    "payment returned": "Payment returned",
    "written off": "Written off",
    "discount taken back": "Discount taken back",
    "write-off reversed": "Write-off reversed",
    "penalty charged": "Late-payment charge",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What one journal entry changed on an account: above zero more is owed; `seq` is its place in the journal."""

    seq: int
    day: date
    event: str
    subject: str
    amount: Decimal
    reference: str = ""
    due: date | None = None
    prepaid: bool = False


def statement_lines(opening: Decimal, changes: Iterable[Change]) -> list[StatementLine]:
    """The lines with the balance after each, in the order of the journal; a change of nothing is left out.

    A payment that is applied changes the account only by its discount or difference, or by using what was prepaid.
    """
    lines, balance = [], opening
    for one in sorted(changes, key=lambda one: (one.day, one.seq)):
        if not one.amount:
            continue
        balance += one.amount
        lines.append(StatementLine(
            day=one.day, what=_what(one), subject=one.subject, amount=one.amount, balance=balance,
            reference=one.reference, due=one.due,
        ))  # fmt: skip
    return lines


def _what(one: Change) -> str:
    if one.event == "payment applied":
        return "Advance payment used" if one.prepaid else "Discount or difference"
    if one.event == "invoice posted" and one.amount < 0:
        return "Credit note"
    return _WORDS.get(one.event, one.event.capitalize())
