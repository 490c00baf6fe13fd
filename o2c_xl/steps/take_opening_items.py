"""Open invoices brought along from the books before become items of the receivables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.money import ZERO

__all__ = ["OpeningBooks", "OpeningItem", "OpeningTaken", "check_items", "take_opening_items"]


@dataclass(frozen=True, slots=True)
class OpeningItem:
    """An item as it was entered; None is an empty cell. `taken` = an invoice has its number already."""

    invoice: str
    customer: str
    invoice_date: date | None
    due_date: date | None
    total: Decimal | None
    open: Decimal | None
    taken: bool
    known_customer: bool


@dataclass(frozen=True, slots=True)
class OpeningTaken:
    """How many items were posted, and how many were found at fault that were not before."""

    count: int
    faults: int = 0


class OpeningBooks(Protocol):
    """What the step needs of the ledger."""

    def work_off(self, check: Callable[[Sequence[OpeningItem]], dict[str, str]]) -> tuple[int, int]:
        """Post pending items a batch at a time but those `check` gives a problem for; (posted, newly at fault)."""
        ...


def take_opening_items(books: OpeningBooks) -> OpeningTaken:
    """Post every opening item that is sound; a second run posts nothing."""
    return OpeningTaken(*books.work_off(check_items))


def check_items(items: Sequence[OpeningItem]) -> dict[str, str]:
    """What is wrong with which item: sentences that begin with the column's header."""
    return {item.invoice: problem for item in items if (problem := _problem(item))}


def _problem(item: OpeningItem) -> str:
    if item.taken:
        return f"Invoice: {item.invoice} is in the books already. Leave this row out, or correct its number."
    if not item.known_customer:
        return f"Customer ID: {item.customer or 'it is empty and'} is not in Customers. Choose one from the list."
    for header, value in (
        ("Invoice date", item.invoice_date),
        ("Due date", item.due_date),
        ("Total", item.total),
        ("Open", item.open),
    ):
        if value is None:
            return f"{header}: it is empty. Enter what the old books say."
    return _unfit(item.total or ZERO, item.open or ZERO)


def _unfit(total: Decimal, still_open: Decimal) -> str:
    if not total or not still_open:
        header = "Open" if total else "Total"
        return f"{header}: it is 0. Leave out items with nothing open."
    if (total < ZERO) != (still_open < ZERO) or abs(still_open) > abs(total):
        return f"Open: {still_open} is not a part of the total {total}. Enter what is still to be paid of it."
    return ""
