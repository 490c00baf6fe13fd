"""Suppliers' bills: held against what was ordered, came and is not billed yet, posted, and paid on their day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.buying.billing import Settled, Settles, find_goods, settle
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.terms import due_dates, parse_terms

__all__ = [
    "Bill",
    "BillPosting",
    "Billable",
    "BillingBooks",
    "BillsDecided",
    "BillsPosted",
    "BillsToPost",
    "decide_bills",
    "post_bills",
]

# Where cash is rounded, it is to a coin of one whole unit at most (kroner), in Hungary of five.
_COINS = {"HUF": 5}


@dataclass(frozen=True, slots=True)
class Bill:
    """A row of the bills table; `currency` and `terms` are the supplier's. None = the cell is empty.

    `settles` is a person's word on what it is for; `rounding` what the amount to pay was rounded by.
    """

    bill: str
    status: str
    supplier: str
    po: str
    net: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    paid_on: date | None
    currency: str
    settles: str = ""
    bill_date: date | None = None
    due_date: date | None = None
    terms: str = ""
    rounding: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Billable:
    """A purchase order as a bill sees it: `received` is the value of what came, was kept and is not billed yet.

    It is below zero where more was billed than kept, and the supplier owes a credit.
    """

    supplier: str
    received: Decimal


@dataclass(frozen=True, slots=True)
class BillsToPost:
    """Bills not posted or not paid yet, in the order of their dates, with the purchase orders they may be for.

    `currency` is the company's, in which stock is kept; `tolerance` see `domain.buying.billing`.
    """

    bills: Sequence[Bill]
    orders: Mapping[str, Billable]
    currency: str
    tolerance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BillPosting:
    """A bill to post: what of its net clears goods of its order, the rest being price variance, and when it is due."""

    bill: Bill
    net: Decimal
    tax: Decimal
    received: Decimal
    po: str = ""
    due_date: date | None = None

    @property
    def difference(self) -> Decimal:
        """Net less what it settles of the goods that came."""
        return self.net - self.received


@dataclass(slots=True)
class BillsDecided:
    """What becomes of a batch; `faults` and `set_aside` are sentences by bill."""

    posted: list[BillPosting] = field(default_factory=list)
    paid: list[Bill] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    set_aside: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BillsPosted:
    """How many bills were posted, paid, found at fault or set aside that were not before."""

    posted: int = 0
    paid: int = 0
    faults: int = 0

    @property
    def count(self) -> int:
        """What changed."""
        return self.posted + self.paid + self.faults


class BillingBooks(Protocol):
    """Where bills to post and to pay come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[BillsToPost], BillsDecided]) -> tuple[int, int, int]:
        """Give each batch to `decide` and record what it decided; (posted, paid, newly at fault or set aside)."""
        ...


def post_bills(books: BillingBooks, day: date) -> BillsPosted:
    """Post every bill that adds up and whose goods have come; pay those whose day has come."""
    return BillsPosted(*books.work_off(lambda batch: decide_bills(batch, day)))


def decide_bills(batch: BillsToPost, day: date) -> BillsDecided:
    """Each bill against what the ones before it left to be billed.

    What is posted may tell for whose goods a bill before it is, so the ones set aside are asked again until none is
    posted any more: a second run finds nothing.
    """
    decided = BillsDecided()
    left = {po: order.received for po, order in batch.orders.items()}
    asked = [bill for bill in batch.bills if bill.status != "Posted"]
    for bill in asked:
        if fault := _fault(bill, batch.orders.get(bill.po), batch.currency):
            decided.faults[bill.bill] = fault
    asked = [bill for bill in asked if bill.bill not in decided.faults]
    while asked:
        before = len(decided.posted)
        for bill in asked:
            _decide(bill, batch, left, day, decided)
        if len(decided.posted) == before:
            break
        asked = [bill for bill in asked if bill.bill in decided.set_aside]
    posted = {one.bill.bill for one in decided.posted}
    known = (bill for bill in batch.bills if bill.status == "Posted" or bill.bill in posted)
    decided.paid.extend(bill for bill in known if bill.paid_on is not None and bill.paid_on <= day)
    return decided


def _decide(bill: Bill, batch: BillsToPost, left: dict[str, Decimal], day: date, decided: BillsDecided) -> None:
    found = _settled(bill, batch, left)
    if isinstance(found, str):
        decided.set_aside[bill.bill] = found
        return
    decided.set_aside.pop(bill.bill, None)
    if found.po:
        left[found.po] = left.get(found.po, ZERO) - found.received
    decided.posted.append(_posting(bill, found, day))


def _settled(bill: Bill, batch: BillsToPost, left: Mapping[str, Decimal]) -> Settled | str:
    net = bill.net or ZERO
    if bill.settles == Settles.NO_GOODS:
        return Settled("", ZERO)
    if bill.po:
        return settle(bill.po, net, left.get(bill.po, ZERO), batch.tolerance, bill.settles)
    if bill.currency != batch.currency:
        return f"PO: it is empty, and no goods came in {bill.currency}. Set Settles to No goods if none belong to it."
    mine = {po: amount for po, amount in left.items() if batch.orders[po].supplier == bill.supplier}
    return find_goods(bill.supplier, net, mine, batch.tolerance, bill.settles)


def _posting(bill: Bill, found: Settled, day: date) -> BillPosting:
    """The bill as it is posted; without a due date it is due by the supplier's terms, with its last instalment."""
    net, tax = bill.net or ZERO, bill.tax or ZERO
    due = bill.due_date
    if due is None and bill.terms:
        due = max(
            on for on, _ in due_dates(parse_terms(bill.terms), bill.bill_date or day, bill.total or ZERO, bill.currency)
        )
    return BillPosting(bill, net, tax, found.received, found.po, due)


def _fault(bill: Bill, order: Billable | None, currency: str) -> str | None:
    for header, value in (("Net", bill.net), ("Tax", bill.tax), ("Total", bill.total)):
        if value is None:
            return f"{header}: it is empty. Enter what the bill says."
    net, tax = bill.net or ZERO, bill.tax or ZERO
    if net + tax + bill.rounding != bill.total:
        parts = f"{net} net and {tax} tax" + (f" and {bill.rounding} rounding" if bill.rounding else "")
        found = f"{bill.total} is not {parts}, which are {net + tax + bill.rounding}"
        return f"Total: {found}. Correct the one that is wrong."
    coin = _COINS.get(bill.currency, 1)
    if abs(bill.rounding) >= coin:
        told = f"{bill.rounding} of it is told as rounding, which is always less than {coin} {bill.currency}"
        return f"Total: {told}. Ask the supplier for another bill."
    return _fault_with_order(bill, order, currency) if bill.po and bill.settles != Settles.NO_GOODS else None


def _fault_with_order(bill: Bill, order: Billable | None, currency: str) -> str | None:
    if order is None:
        return f"PO: {bill.po} is not in Purchase Orders. Correct the number."
    if order.supplier != bill.supplier:
        return f"Supplier ID: {bill.po} went to {order.supplier}, not to {bill.supplier}. Correct one of the two."
    if bill.currency != currency:
        problem = f"{bill.supplier} bills in {bill.currency}, and there are no exchange rates to {currency}"
        return f"Supplier ID: {problem}. Enter the bill in {currency}, from a supplier so marked."
    return None
