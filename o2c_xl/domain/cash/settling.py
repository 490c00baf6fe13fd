"""How a payment settles open items: what is still open while a batch is matched, discounts and tolerance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from o2c_xl.domain.cash.near_numbers import Near, index_near
from o2c_xl.domain.cash.references import Numbers, index_numbers
from o2c_xl.domain.cash.sums import MOST_WORK, sets_with_sum
from o2c_xl.domain.money import ZERO, places, round_money
from o2c_xl.domain.receivables.open_items import OpenItem, open_instalments

__all__ = ["MatchPolicy", "OpenItems", "Parts", "all_but", "in_order", "sets_of_parts", "settle_one"]


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """How much short a payment may be and still settle: the lesser of percent of the item and amount."""

    tolerance_percent: Decimal = ZERO
    tolerance_amount: Decimal = ZERO
    most_work: int = MOST_WORK

    def tolerance(self, still_open: Decimal, currency: str) -> Decimal:
        """What may be missing of `still_open`."""
        if not self.tolerance_percent or not self.tolerance_amount:
            return ZERO
        return round_money(min(still_open * self.tolerance_percent / 100, self.tolerance_amount), currency)


class Parts(NamedTuple):
    """How a payment settles one item."""

    item: OpenItem
    amount: Decimal
    discount: Decimal = ZERO
    write_off: Decimal = ZERO


class OpenItems:
    """What is still open while payments are matched, found by owner, by amount and by number.

    Numbers and amounts that only some payments ask for are indexed when the first one does. `without` gives a view for
    payments that do not pay some of the items: what is settled in the one is settled in all.
    """

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self.items = {item.invoice: item for item in items}
        self.open = {name: item.open for name, item in self.items.items()}
        self.invoices = index_numbers(self.items)
        self._owned: defaultdict[tuple[str, str], dict[str, OpenItem]] = defaultdict(dict)
        for name, item in self.items.items():
            self._owned[item.customer, item.currency][name] = item
        self._settled: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._by_amount: dict[tuple[str, str], dict[Decimal, list[str]]] = {}
        self._near: dict[tuple[str, str], Near] = {}
        self._by_due: dict[tuple[str, str], defaultdict[Decimal, list[str]]] = {}
        self._late: set[str] = set()
        self._views: list[OpenItems] = []

    def without(self, invoices: Collection[str]) -> OpenItems:
        """The same items but these."""
        view = OpenItems(item for name, item in self.items.items() if name not in invoices)
        self._views = self._views or [self]
        self._views.append(view)
        view._views = self._views
        return view

    @cached_property
    def named_by(self) -> dict[str, list[OpenItem]]:
        """Items by their order and by the customer's reference."""
        named: defaultdict[str, list[OpenItem]] = defaultdict(list)
        for item in self.items.values():
            if item.order:
                named[item.order].append(item)
            if item.reference and item.reference != item.order:
                named[item.reference].append(item)
        return named

    @cached_property
    def others(self) -> Numbers:
        """The numbers of `named_by`."""
        return index_numbers(self.named_by)

    def owned(self, customer: str, currency: str) -> Collection[OpenItem]:
        """The customer's items with something open, in no order."""
        return self._owned[customer, currency].values()

    def settled_by(self, customer: str, currency: str, amount: Decimal, paid_on: date) -> list[Parts]:
        """How exactly `amount` settles all of one item, for each of the customer's items that it does settle."""
        key = customer, currency
        if key not in self._by_amount:
            self._by_amount[key] = self._index_amounts(customer, currency)
        names = dict.fromkeys(self._by_amount[key].get(amount, ()))
        return [parts for name in names if (parts := self.whole(self.items[name], amount, paid_on))]

    def _index_amounts(self, customer: str, currency: str) -> dict[Decimal, list[str]]:
        """Where to look for an item with an amount open, or open less its discount: `whole` proves it."""
        index: dict[Decimal, list[str]] = {}
        for name, item in self._owned[customer, currency].items():
            index.setdefault(self.open[name], []).append(name)
            if item.discount:
                index.setdefault(self.open[name] - item.discount, []).append(name)
        return index

    def near(self, customer: str, currency: str) -> Near:
        """How the numbers of a customer's items look, those settled meanwhile among them."""
        key = customer, currency
        if key not in self._near:
            self._near[key] = index_near([*self._owned[key], *self._settled[key]])
        return self._near[key]

    def next_due(self, customer: str, currency: str, amount: Decimal) -> list[Parts]:
        """The instalments due next that have just `amount`, of items of which more is open."""
        key = customer, currency
        if key not in self._by_due:
            self._by_due[key] = defaultdict(list)
            for item in self._owned[key].values():
                self._index_due(item)
        names = dict.fromkeys(self._by_due[key].get(amount, ()))
        return [Parts(self.items[name], amount) for name in names if self._instalment(self.items[name]) == amount]

    def _index_due(self, item: OpenItem) -> None:
        if amount := self._instalment(item):
            self._by_due[item.customer, item.currency][amount].append(item.invoice)

    def _instalment(self, item: OpenItem) -> Decimal:
        """What is open of the instalment due next; zero where nothing else would be left."""
        still_open = self.open[item.invoice]
        if len(item.due) == 1 or still_open <= ZERO:
            return ZERO
        amount = open_instalments(item.due, still_open)[0][1]
        return amount if amount < still_open else ZERO

    def fits(self, item: OpenItem, amount: Decimal, paid_on: date) -> bool:
        """Whether `amount` settles all of an item, or its next instalment."""
        return self.whole(item, amount, paid_on) is not None or self._instalment(item) == amount

    def settle(self, parts: Parts, paid_on: date) -> None:
        """Take what is settled off the item, so that nothing settles it again."""
        for view in self._views or (self,):
            if parts.item.invoice in view.items:
                view.take_off(parts, paid_on)

    def take_off(self, parts: Parts, paid_on: date) -> None:
        """Take what is settled off the item in this view alone."""
        item = parts.item
        key = item.customer, item.currency
        if not item.in_time(paid_on):
            self._late.add(item.invoice)
        still_open = self.open[item.invoice] - (parts.amount + parts.discount + parts.write_off)
        self.open[item.invoice] = still_open
        if not still_open:
            self._owned[key].pop(item.invoice, None)
            self._settled[key].append(item.invoice)
            return
        if key in self._by_amount:
            for amount in {still_open, still_open - item.discount}:
                self._by_amount[key].setdefault(amount, []).append(item.invoice)
        if key in self._by_due:
            self._index_due(item)

    def discount(self, item: OpenItem, paid_on: date) -> Decimal:
        """The early-payment discount a payment of that day may still take, where all before it came in time."""
        granted = item.in_time(paid_on) and item.invoice not in self._late
        return min(item.discount, self.open[item.invoice]) if granted else ZERO

    def discounted(self, item: OpenItem, paid_on: date) -> Parts:
        """All that is open of an item, less the discount in time; in full where nothing else would be left to pay."""
        still_open, discount = self.open[item.invoice], self.discount(item, paid_on)
        return Parts(item, still_open - discount, discount) if discount < still_open else Parts(item, still_open)

    def whole(self, item: OpenItem, amount: Decimal, paid_on: date) -> Parts | None:
        """How exactly `amount` settles all of an item, in full or less the discount; None if it does not."""
        if self.open[item.invoice] == amount:
            return Parts(item, amount)
        lessened = self.discounted(item, paid_on)
        return lessened if lessened.amount == amount else None


def _units(amount: Decimal, currency: str) -> int:
    """Whole minor units, to search sums ten times as quickly as by decimals."""
    return int(amount.scaleb(places(currency)))


def settle_one(item: OpenItem, left: Decimal, paid_on: date, openings: OpenItems, policy: MatchPolicy) -> Parts:
    """As much of one item as `left` pays, with the discount in time and a difference within tolerance."""
    still_open = openings.open[item.invoice]
    if left < 0:
        return Parts(item, max(left, still_open))
    if left >= still_open:
        return Parts(item, still_open)
    short = still_open - left
    discount = min(short, openings.discount(item, paid_on))
    rest = short - discount
    if rest > policy.tolerance(still_open, item.currency):
        return Parts(item, left)
    return Parts(item, left, discount, rest)


def all_but(short: Decimal, items: list[OpenItem], openings: OpenItems) -> list[Parts]:
    """All items settled, what is short written off on the largest."""
    largest = max(items, key=lambda item: openings.open[item.invoice])
    amounts = [(item, openings.open[item.invoice], short if item is largest else ZERO) for item in items]
    return [Parts(item, still_open - less, write_off=less) for item, still_open, less in amounts]


def sets_of_parts(parts: list[Parts], target: Decimal, most_work: int) -> tuple[list[list[Parts]], bool]:
    """Sets of parts whose money adds up to `target` (two already prove a tie); False where the bound was hit."""
    if not parts:
        return [], True
    currency = parts[0].item.currency
    amounts = [_units(part.amount, currency) for part in parts]
    found = sets_with_sum(amounts, _units(target, currency), most_work)
    return [[parts[position] for position in sorted(chosen)] for chosen in found.sets], found.complete


def in_order(items: Iterable[OpenItem]) -> list[OpenItem]:
    """Items by first due date, then by number."""
    return sorted(items, key=lambda item: (item.due[0][0], item.invoice))
