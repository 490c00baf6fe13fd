"""When a line can go to the customer: from stock, from what suppliers still owe, else after the lead time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.workdays import working_day

__all__ = [
    "Incoming", "Need", "Promise", "PromiseRules", "promise_lines", "ships_on", "whole_order_promise",
]  # fmt: skip

_FIRST_WAIT = 4  # days


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is still to come of an open purchase order line; `expected` None = the supplier's lead time."""

    sku: str
    po: str
    quantity: Decimal
    expected: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A line to be promised; `quantity` is what is open and has no stock set aside, 0 when it is all there."""

    order: str
    line: str
    sku: str
    quantity: Decimal
    requested: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PromiseRules:
    """The company's days: calendar `lead_days` by SKU (from its supplier).

    A product that nobody is known to sell has no lead days and is not promised; what is on order without a day counts
    `default_lead_days` then.
    """

    lead_days: Mapping[str, int] = field(default_factory=dict)
    default_lead_days: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """The earliest day a line can go out (be fetched, for a pickup); None when nobody can say.

    `why` is what it rests on: `from PO-000012, expected 2026-03-09.` `firm`: these are goods, in stock or owed by a
    supplier; else it only counts on a lead time and moves with the day.
    """

    order: str
    line: str
    on: dt.date | None
    why: str
    firm: bool = True


@dataclass(slots=True)
class _Supply:
    ready: dt.date
    left: Decimal
    source: str


def promise_lines(
    needs: Iterable[Need],
    free: Mapping[str, Decimal],
    incoming: Iterable[Incoming],
    rules: PromiseRules,
    today: dt.date,
) -> list[Promise]:
    """The earliest date of each line; `needs` come fairest first, and what one is promised the next cannot have.

    `free` is the stock that allocation left over: lines that wait whole count on it.
    """
    supplies = _supplies(free, incoming, rules, today)
    return [_promise(need, supplies.get(need.sku, []), rules, today) for need in needs]


def ships_on(ready: dt.date, requested: dt.date | None) -> dt.date:
    """The day on which goods that are ready go out: a working day, and not before the customer wants them."""
    return max(working_day(ready), requested or dt.date.min)


def whole_order_promise(dates: Iterable[dt.date | None]) -> dt.date | None:
    """The day a complete order can go out: that of its last line; None while one of them has none."""
    latest: dt.date | None = None
    for day in dates:
        if day is None:
            return None
        latest = day if latest is None or day > latest else latest
    return latest


def _supplies(
    free: Mapping[str, Decimal], incoming: Iterable[Incoming], rules: PromiseRules, today: dt.date
) -> dict[str, list[_Supply]]:
    """What there is and what will come per SKU, earliest first."""
    found = {sku: [_Supply(today, quantity, "stock")] for sku, quantity in free.items() if quantity > ZERO}
    coming = [(_arrives(one, rules, today), one) for one in incoming if one.quantity > ZERO]
    for ready, one in sorted(((day, one) for day, one in coming if day), key=lambda it: (it[0], it[1].po)):
        found.setdefault(one.sku, []).append(_Supply(ready, one.quantity, _source(one, today)))
    return found


def _arrives(one: Incoming, rules: PromiseRules, today: dt.date) -> dt.date | None:
    """The expected day; of one that has passed a later day, which stands for a while, as nobody knows when it comes."""
    if one.expected is None:
        return _after(rules.lead_days.get(one.sku, rules.default_lead_days), today)
    return one.expected if one.expected >= today else _later(one.expected, today)


def _later(expected: dt.date, today: dt.date) -> dt.date:
    """The first working day still to come of those 4, 8, 16, 32 … days after the expected one.

    A day that moved with each one that passes would be told to the customer every morning.
    """
    days = _FIRST_WAIT
    while (day := working_day(expected + dt.timedelta(days=days))) <= today:
        days *= 2
    return day


def _source(one: Incoming, today: dt.date) -> str:
    name = one.po if one.po.startswith("PO") else f"PO {one.po}"
    if one.expected is None:
        return f"{name}, no date from the supplier"
    late = "overdue since" if one.expected < today else "expected"
    return f"{name}, {late} {one.expected}"


def _after(days: int | None, today: dt.date) -> dt.date | None:
    return None if days is None else today + dt.timedelta(days=days)


def _promise(need: Need, supplies: list[_Supply], rules: PromiseRules, today: dt.date) -> Promise:
    ready, why, firm = _ready(need, supplies, rules, today)
    if ready is None:
        return Promise(need.order, need.line, None, why, firm)
    on = ships_on(ready, need.requested)
    return Promise(need.order, need.line, on, why if on == working_day(ready) else f"{why} As requested.", firm)


def _ready(
    need: Need, supplies: list[_Supply], rules: PromiseRules, today: dt.date
) -> tuple[dt.date | None, str, bool]:
    """The day the last unit of the need is here; takes from the supplies what it counts on."""
    missing, last = need.quantity, _Supply(today, ZERO, "stock")
    while missing > ZERO and supplies:
        last = supplies[0]
        taken = min(missing, last.left)
        missing, last.left = missing - taken, last.left - taken
        if last.left == ZERO:
            supplies.pop(0)
    if missing <= ZERO:
        return last.ready, f"from {last.source}.", True
    ready = _after(rules.lead_days.get(need.sku), today)
    if ready is None:
        return None, f"no date for {plain_number(missing)}, as no supplier sells it.", False
    why = f"{plain_number(missing)} to be ordered, lead time {(ready - today).days} days."
    return max(ready, last.ready), why, False
