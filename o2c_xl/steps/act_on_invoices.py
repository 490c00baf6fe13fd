"""Act on what people ask of invoices, from sending to crediting them. An action already done does nothing again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from o2c_xl.domain.invoices.crediting import Credited, InvoiceToCredit, credit_rest

__all__ = ["AskedInvoice", "InvoiceActionBooks", "InvoiceActions", "act_on_invoices", "nothing_to_do"]


@dataclass(frozen=True, slots=True)
class AskedInvoice:
    """An invoice or credit note with an action beside it.

    `written_off` (something of it was given up by wish) is told only where it asks to be reopened, and `to_credit` only
    where it asks to be credited; a credit note has none.
    """

    invoice: str
    action: str
    reason: str = ""
    sent: bool = False
    disputed: bool = False
    settled: bool = False
    written_off: bool = False
    to_credit: InvoiceToCredit | None = None


@dataclass(frozen=True, slots=True)
class InvoiceActions:
    """What is to be done now."""

    send: Sequence[str] = ()
    dispute: Sequence[str] = ()
    resolve: Sequence[str] = ()
    reopen: Sequence[AskedInvoice] = ()
    credit: Sequence[tuple[AskedInvoice, Credited]] = ()


class InvoiceActionBooks(Protocol):
    """Where invoices with an action come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[Sequence[AskedInvoice]], InvoiceActions]) -> int:
        """Returns the number of invoices something was done with."""
        ...


def act_on_invoices(books: InvoiceActionBooks) -> int:
    """Do what was asked where it is still to be done; a second run finds nothing.

    Returns how many invoices something was done with.
    """
    return books.work_off(_decide)


def nothing_to_do(one: AskedInvoice) -> str:
    """Why the action has nothing to act on now, as a sentence; empty where it has."""
    if one.action == "Credit":
        return _nothing_to_credit(one)
    if one.action == "Dispute" and one.disputed:
        return "it is disputed already."
    if one.action in ("Dispute", "Write off") and one.settled:
        return "nothing of it is open."
    why = {
        "Send": "it is sent already." if one.sent else "",
        "Resolve": "" if one.disputed else "it is not disputed.",
        "Reopen": "" if one.written_off else "nothing of it was written off.",
    }
    return why.get(one.action, "")


def _nothing_to_credit(one: AskedInvoice) -> str:
    if one.to_credit is None:
        return "a credit note cannot be credited."
    return "" if credit_rest(one.to_credit) else "all of it is credited already."


def _decide(asked: Sequence[AskedInvoice]) -> InvoiceActions:
    todo = [one for one in asked if not nothing_to_do(one)]
    # without a reason nothing is credited or reopened; the sheet says so beside the row
    return InvoiceActions(
        send=[one.invoice for one in todo if one.action == "Send"],
        dispute=[one.invoice for one in todo if one.action == "Dispute"],
        resolve=[one.invoice for one in todo if one.action == "Resolve"],
        reopen=[one for one in todo if one.action == "Reopen" and one.reason],
        credit=[(one, credited) for one in todo if one.action == "Credit" and one.reason and (credited := _rest(one))],
    )


def _rest(one: AskedInvoice) -> Credited | None:
    """What is to be credited now; a note that lacks something gets no number."""
    return credit_rest(one.to_credit) if one.to_credit and not one.to_credit.lacks else None
