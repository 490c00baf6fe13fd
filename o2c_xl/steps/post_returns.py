"""Post what customers sent back: into stock again or given up, and credited at the prices it was invoiced at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.invoices.crediting import Credited, InvoiceToCredit, credit_lines
from o2c_xl.domain.money import ZERO, plain_number, round_money
from o2c_xl.domain.ordering.orders import Gates, LineQuantities, OrderStatus, derive_status
from o2c_xl.domain.policy import Policy

__all__ = [
    "GOODS_RETURNED",
    "PostedReturn",
    "ReturnBatch",
    "ReturnBooks",
    "ReturnToPost",
    "ReturnedOrder",
    "ReturnsDecided",
    "ShippedLine",
    "post_returns",
    "too_many_back",
]

GOODS_RETURNED = "Goods returned"
"""The reason of a credit note for goods that came back without one; documents say it in the reader's language."""
_FOLLOWS = (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.INVOICED, OrderStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class ReturnToPost:
    """A typed row of returns; None or empty = the cell is. `waited` = an earlier run could not post it."""

    key: str
    order: str
    sku: str
    quantity: Decimal | None
    restock: str
    reason: str = ""
    returned_on: dt.date | None = None
    waited: bool = False


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """An order line; `cost` is what left the stock account for what the customer has of it, in the company's currency.

    What went with goods that came back is off it, whether they went into stock again or were given up. `since` is the
    day on which the first of the line shipped.
    """

    line: str
    sku: str
    quantities: LineQuantities
    cost: Decimal = ZERO
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ReturnedOrder:
    """An order that goods came back for, with its posted invoices, oldest first."""

    order: str
    status: str
    lines: Sequence[ShippedLine]
    invoices: Sequence[InvoiceToCredit] = ()


@dataclass(frozen=True, slots=True)
class ReturnBatch:
    """Returns in the sequence they are posted in, and their orders."""

    returns: Sequence[ReturnToPost]
    orders: Mapping[str, ReturnedOrder]


@dataclass(frozen=True, slots=True)
class PostedReturn:
    """A return that can be posted: `invoices` have a part of it, `lines` and `costs` are by order line.

    `costs` are what the goods left at; they go back into stock with them where it is `restocked`.
    """

    key: str
    order: str
    sku: str
    quantity: Decimal
    restocked: bool
    lines: Mapping[str, Decimal]
    costs: Mapping[str, Decimal]
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReturnsDecided:
    """What becomes of a batch: faults by return; credit notes by invoice, each with its reason."""

    posted: Sequence[PostedReturn]
    faults: Mapping[str, str]
    credits: Mapping[str, tuple[Credited, str]]
    after: Mapping[tuple[str, str], LineQuantities]
    statuses: Mapping[str, OrderStatus]


class ReturnBooks(Protocol):
    """Where returns come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[ReturnBatch], ReturnsDecided]) -> int:
        """Returns the number of returns posted."""
        ...


def post_returns(books: ReturnBooks, policy: Policy) -> int:
    """Post returns of what shipped; one that cannot be keeps a sentence, and nothing is posted twice.

    Returns how many returns were posted.
    """
    return books.work_off(lambda batch: _Desk(batch, policy.currency).work())


def too_many_back(quantity: Decimal, had: Decimal, left: Decimal, how: str = "shipped") -> str:
    """Why so many cannot come back of the `had` that were shipped (or `how`), as a sentence; empty when they can."""
    if quantity <= left:
        return ""
    there = f"{plain_number(had)} that were {how}"
    if left != had:
        there = f"{plain_number(left)} left of the {there}"
    return f"Quantity: {plain_number(quantity)} is more than the {there}. Enter at most {plain_number(left)}."


def _lacking(one: ReturnToPost, order: ReturnedOrder) -> str:
    """What the credit note lacks, as a sentence; empty when nothing, or where none of it was invoiced."""
    billed = (each for each in order.invoices if any(line.sku == one.sku and line.left for line in each.lines))
    lacks = next((each.lacks for each in billed if each.lacks), "")
    return f"Order: its credit note gets no number yet. {lacks}" if lacks else ""


def _before_it_went(one: ReturnToPost, order: ReturnedOrder) -> str:
    """Why a row that waited is no return of what has shipped since, as a sentence: it was typed for other goods."""
    since = min((line.since for line in order.lines if line.sku == one.sku and line.since), default=None)
    if not (one.waited and one.returned_on and since and one.returned_on < since):
        return ""
    day = f"{one.returned_on} is before {since}, when {one.sku} first shipped for order {order.order}"
    return f"Returned on: {day}. Correct the day or the order, or delete the row."


@dataclass(slots=True)
class _Desk:
    """The returns desk: what every line and invoice still has while a batch is worked on."""

    batch: ReturnBatch
    currency: str
    now: dict[tuple[str, str], LineQuantities] = field(default_factory=dict)
    back: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    wanted: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    reasons: dict[str, dict[str, None]] = field(default_factory=dict)

    def work(self) -> ReturnsDecided:
        posted: list[PostedReturn] = []
        faults: dict[str, str] = {}
        for one in self.batch.returns:
            order = self.batch.orders.get(one.order)
            problem = self._problem(one, order)
            if problem or order is None or one.quantity is None:
                faults[one.key] = problem
            else:
                posted.append(self._post(one, order, one.quantity))
        credits_ = self._credits()
        return ReturnsDecided(posted, faults, credits_, self.now, self._statuses(credits_))

    def _left(self, order: ReturnedOrder, line: ShippedLine) -> LineQuantities:
        return self.now.get((order.order, line.line), line.quantities)

    def _problem(self, one: ReturnToPost, order: ReturnedOrder | None) -> str:
        """Why it cannot be posted, as a sentence; empty when it can."""
        if order is None:
            return f"Order: {one.order or 'nothing'} is not known. Choose one from Orders."
        lines = [self._left(order, line) for line in order.lines if line.sku == one.sku]
        shipped = sum((line.shipped for line in lines), ZERO)
        if not shipped:
            return f"SKU: {one.sku or 'nothing'} has not shipped for order {one.order}. Enter what the customer had."
        if one.quantity is None or one.quantity <= ZERO:
            return "Quantity: nothing is entered. Enter how many came back."
        left = sum((line.returnable for line in lines), ZERO)
        if problem := too_many_back(one.quantity, shipped, left):
            return problem
        if one.restock not in ("Yes", "No"):
            return "Restock: nothing is entered. Choose Yes or No."
        return _before_it_went(one, order) or _lacking(one, order)

    def _post(self, one: ReturnToPost, order: ReturnedOrder, quantity: Decimal) -> PostedReturn:
        """Share the quantity out over the order's lines with that product, first those that shipped first."""
        rest = quantity
        parts: dict[str, Decimal] = {}
        costs: dict[str, Decimal] = {}
        touched: dict[str, None] = {}
        for line in order.lines:
            now = self._left(order, line)
            part = min(rest, now.returnable) if line.sku == one.sku else ZERO
            if part <= ZERO:
                continue
            rest -= part
            parts[line.line] = part
            costs[line.line] = self._cost(order, line, now, part)
            unbilled = min(part, now.to_invoice)
            self.now[order.order, line.line] = replace(
                now, returned=now.returned + part, returned_uninvoiced=now.returned_uninvoiced + unbilled
            )
            touched |= self._credit(order, line.line, part - unbilled, one.reason)
        restocked = one.restock == "Yes"
        return PostedReturn(one.key, one.order, one.sku, quantity, restocked, parts, costs, tuple(touched))

    def _cost(self, order: ReturnedOrder, line: ShippedLine, now: LineQuantities, part: Decimal) -> Decimal:
        """The part's share of what the customer's goods left at; the last of them take all, so that no cent remains."""
        key = order.order, line.line
        there = line.cost - self.back.get(key, ZERO)
        cost = round_money(there * part / now.returnable, self.currency)
        self.back[key] = self.back.get(key, ZERO) + cost
        return cost

    def _credit(self, order: ReturnedOrder, line: str, quantity: Decimal, reason: str) -> dict[str, None]:
        """Ask the order's invoices, oldest first, for what they billed of the line and was not credited yet."""
        touched: dict[str, None] = {}
        for invoice in order.invoices:
            wanted = self.wanted.get(invoice.invoice, {})
            left = sum((one.left for one in invoice.lines if one.order_line == line), ZERO) - wanted.get(line, ZERO)
            part = min(quantity, left)
            if part > ZERO:
                quantity -= part
                self.wanted.setdefault(invoice.invoice, wanted)[line] = wanted.get(line, ZERO) + part
                self.reasons.setdefault(invoice.invoice, {})[reason or GOODS_RETURNED] = None
                touched[invoice.invoice] = None
        return touched

    def _credits(self) -> dict[str, tuple[Credited, str]]:
        """One credit note per invoice for all that came back of it."""
        return {
            invoice.invoice: (credited, ", ".join(self.reasons[invoice.invoice]))
            for order in self.batch.orders.values()
            for invoice in order.invoices
            if invoice.invoice in self.wanted and (credited := credit_lines(invoice, self.wanted[invoice.invoice]))
        }

    def _statuses(self, credits_: Mapping[str, object]) -> dict[str, OrderStatus]:
        """Where each order stands now; a closed one that is credited is open until its credit is settled."""
        found = {}
        for key in {order for order, _ in self.now}:
            order = self.batch.orders[key]
            if order.status in _FOLLOWS:
                credited = any(invoice.invoice in credits_ for invoice in order.invoices)
                paid = order.status == OrderStatus.CLOSED and not credited
                status = derive_status([self._left(order, line) for line in order.lines], Gates(paid=paid))
                if status != order.status:
                    found[key] = status
        return found
