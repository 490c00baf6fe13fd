"""Give stock to the open lines, fairest first, apply the remedy for what is short, and promise dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.approvals import ApprovalStatus, Verdict, content_hash
from o2c_xl.domain.goods.serving import OrderToServe, Served, ServedLine, Shelf, serve
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import IN_WAREHOUSE, OrderStatus
from o2c_xl.domain.ordering.promise import Incoming, Need, Promise, PromiseRules, promise_lines, ships_on
from o2c_xl.domain.ordering.remedies import Remedy
from o2c_xl.domain.policy import Policy

__all__ = [
    "AllocatedOrder",
    "AllocatedOrders",
    "AllocationBatch",
    "AllocationBooks",
    "PromiseBatch",
    "Promised",
    "WantedDate",
    "allocate",
]

_MANAGER = "Inventory Manager"


@dataclass(frozen=True, slots=True)
class AllocationBatch:
    """Orders that may have stock, what is on the shelf, and what the manager said, by order.

    `agreed` are the orders for which one decision was approved; the manager is asked no more about them.
    """

    orders: Sequence[OrderToServe]
    shelf: Shelf
    verdicts: Mapping[str, Verdict]
    agreed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AllocatedOrder:
    """What became of an order; `ask` is the hash of the decision that the Inventory Manager is asked to approve.

    `dates` are the promises of the lines that now have all they want.
    """

    served: Served
    status: OrderStatus
    waiting_for: str = ""
    waiting_who: str = ""
    ask: str = ""
    approved: bool = False
    dates: Mapping[str, dt.date | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WantedDate:
    """A line whose promise is due to be looked at; `promised` is the date that stands.

    `why` is what that rests on, `firm` that these are goods and no mere lead time.
    """

    need: Need
    promised: dt.date | None = None
    why: str = ""
    firm: bool = False


@dataclass(frozen=True, slots=True)
class PromiseBatch:
    """Lines without stock, fairest first, and what will come of their products.

    `lead_days` None = the supplier does not say; nobody sells what is left out.
    """

    wanted: Sequence[WantedDate]
    free: Mapping[str, Decimal]
    incoming: Sequence[Incoming]
    lead_days: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Promised:
    """A new promise date of a line, and what it rests on; `firm` where these are goods."""

    order: str
    line: str
    on: dt.date | None
    why: str
    firm: bool


@dataclass(frozen=True, slots=True)
class AllocatedOrders:
    """How many orders got stock or another status, and how many lines another date."""

    count: int
    promised: int


class AllocationBooks(Protocol):
    """Where orders that want stock come from."""

    def take_back(self) -> int:
        """Take stock back that a count found missing; returns the number of orders that lost some."""
        ...

    def work_off(self, decide: Callable[[AllocationBatch], Sequence[AllocatedOrder]]) -> int:
        """Give each batch to `decide` and record what it decided; returns the number of orders that changed."""
        ...

    def renew_promises(self, decide: Callable[[PromiseBatch], Sequence[Promised]]) -> int:
        """Give the lines that wait for goods to `decide`; returns the number of lines with a new date."""
        ...


def allocate(books: AllocationBooks, policy: Policy, day: dt.date) -> AllocatedOrders:
    """Allocate, remedy and promise; a second run with the same stock and orders changes nothing."""
    books.take_back()
    count = books.work_off(lambda batch: _decide(batch, policy, day))
    return AllocatedOrders(count, books.renew_promises(lambda batch: _promise(batch, policy, day)))


def _decide(batch: AllocationBatch, policy: Policy, day: dt.date) -> list[AllocatedOrder]:
    served = serve(batch.orders, batch.shelf, Remedy(policy.default_short_stock))
    gate = policy.approve_availability
    decided = [
        _gated(one, batch.verdicts.get(one.order)) if gate and one.order not in batch.agreed else _open(one)
        for one in served
    ]
    return [
        replace(one, dates=_from_stock(order, one.served, day))
        for order, one in zip(batch.orders, decided, strict=True)
    ]


def _from_stock(order: OrderToServe, served: Served, day: dt.date) -> dict[str, dt.date | None]:
    """Promises of the lines that have all they want: those that were short, and those whose stock stayed."""
    return {
        line.line: ships_on(day, asked.wanted_on or order.wanted_on)
        for line, asked in zip(served.lines, order.lines, strict=True)
        if (line.before.backordered > ZERO or line.after == line.before)
        and line.after.open > ZERO
        and line.short <= ZERO
    }


def _open(served: Served) -> AllocatedOrder:
    chosen = [f"Line {line.line}: {line.choose}" for line in served.lines if line.choose]
    if chosen:
        return AllocatedOrder(served, served.status, " ".join(chosen), "Sales")
    limited = next((line.why for line in served.lines if line.limit), "")
    if limited and served.status in IN_WAREHOUSE:
        return AllocatedOrder(served, served.status, limited, "Purchasing")
    if served.status is OrderStatus.BACKORDERED:
        return AllocatedOrder(served, served.status, f"Waits for stock: {_shortages(served)}.", "Purchasing")
    return AllocatedOrder(served, served.status)


def _gated(served: Served, said: Verdict | None) -> AllocatedOrder:
    """Where something is short the Inventory Manager approves what is promised, before it goes on."""
    opened = _open(served)
    undecided = served.status is OrderStatus.AVAILABILITY
    if undecided or not served.short:
        return opened
    content = _content(served)
    status = said.of(content) if said else None
    if status is ApprovalStatus.APPROVED:
        return AllocatedOrder(served, opened.status, opened.waiting_for, opened.waiting_who, approved=True)
    why = f"Short of stock: {_shortages(served)}. The {_MANAGER} decides."
    if said and status is ApprovalStatus.REJECTED:
        why = f"Short of stock: {_shortages(served)}. Rejected: {said.reason}. Change the order or its remedies."
    return AllocatedOrder(_without_cancelling(served), OrderStatus.APPROVAL, why, _MANAGER, content)


def _without_cancelling(served: Served) -> Served:
    """Nothing is cancelled before the manager has agreed to it."""
    lines = [
        replace(line, after=replace(line.after, cancelled=line.before.cancelled)) if _cancels(line) else line
        for line in served.lines
    ]
    return replace(served, lines=tuple(lines))


def _cancels(line: ServedLine) -> bool:
    return line.after.cancelled > line.before.cancelled


def _short_of(line: ServedLine) -> Decimal:
    return line.short + line.after.cancelled - line.before.cancelled


def _shortages(served: Served) -> str:
    return ", ".join(f"{_short_of(line)} of {line.sku} (line {line.line})" for line in served.short)


def _content(served: Served) -> str:
    """A hash of the decision: which lines are short by how much, and what is done about it."""
    return content_hash({"short": [[line.line, line.sku, _short_of(line), str(line.remedy)] for line in served.short]})


def _promise(batch: PromiseBatch, policy: Policy, day: dt.date) -> list[Promised]:
    lead_days = {sku: policy.default_lead_days if days is None else days for sku, days in batch.lead_days.items()}
    rules = PromiseRules(lead_days=lead_days, default_lead_days=policy.default_lead_days)
    promises = promise_lines([one.need for one in batch.wanted], batch.free, batch.incoming, rules, day)
    return list(_changed(zip(batch.wanted, promises, strict=True), day))


def _changed(pairs: Iterable[tuple[WantedDate, Promise]], day: dt.date) -> Iterable[Promised]:
    """What differs; a date that rests on a lead time stands until it passes, as it would move every day.

    One that rested on goods falls with them: they went to others, or their purchase order has ended.
    """
    for wanted, promise in pairs:
        stands = wanted.promised is not None and wanted.promised >= day and not wanted.firm
        same = (promise.on, promise.why) == (wanted.promised, wanted.why)
        if same or (stands and not promise.firm):
            continue
        yield Promised(promise.order, promise.line, promise.on, promise.why, promise.firm)
