"""Act on what people ask of invoices, from sending to crediting them. An action already done does nothing again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from o2c_xl.domain.invoices.crediting import Credited, InvoiceToCredit, credit_rest

__all__ = ["Acted", "AskedInvoice", "InvoiceActionBooks", "InvoiceActions", "act_on_invoices"]


@dataclass(frozen=True, slots=True)
class AskedInvoice:
    """An invoice or credit note with an action beside it; `to_credit` only where it asks to be credited."""

    invoice: str
    action: str
    reason: str = ""
    sent: bool = False
    disputed: bool = False
    settled: bool = False
    to_credit: InvoiceToCredit | None = None


@dataclass(frozen=True, slots=True)
class InvoiceActions:
    """What is to be done now."""

    send: Sequence[str] = ()
    dispute: Sequence[str] = ()
    resolve: Sequence[str] = ()
    reopen: Sequence[AskedInvoice] = ()
    credit: Sequence[tuple[AskedInvoice, Credited]] = ()


@dataclass(frozen=True, slots=True)
class Acted:
    """How many invoices something was done with."""

    count: int


class InvoiceActionBooks(Protocol):
    """Where invoices with an action come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[Sequence[AskedInvoice]], InvoiceActions]) -> int:
        """Returns the number of invoices something was done with."""
        ...


def act_on_invoices(books: InvoiceActionBooks) -> Acted:
    """Do what was asked where it is still to be done; a second run finds nothing."""
    return Acted(books.work_off(_decide))


def _decide(asked: Sequence[AskedInvoice]) -> InvoiceActions:
    return InvoiceActions(
        send=[one.invoice for one in asked if one.action == "Send" and not one.sent],
        dispute=[one.invoice for one in asked if one.action == "Dispute" and not one.disputed and not one.settled],
        resolve=[one.invoice for one in asked if one.action == "Resolve" and one.disputed],
        reopen=[one for one in asked if one.action == "Reopen" and one.reason],
        # without a reason nothing is credited; the sheet says so beside the row
        credit=[(one, credited) for one in asked if one.action == "Credit" and one.reason and (credited := _rest(one))],
    )


def _rest(one: AskedInvoice) -> Credited | None:
    """What is to be credited now; a note that lacks something gets no number."""
    return credit_rest(one.to_credit) if one.to_credit and not one.to_credit.lacks else None
