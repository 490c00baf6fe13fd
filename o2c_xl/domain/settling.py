"""How a payment settles open items: what is still open while a batch is matched, discounts and tolerance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2c_xl.domain.money import ZERO, places, round_money
from o2c_xl.domain.receivables import OpenItem
from o2c_xl.domain.references import Near, Numbers, index_near, index_numbers
from o2c_xl.domain.sums import MOST_WORK, sets_with_sum

__all__ = ["MatchPolicy", "OpenItems", "Parts", "in_order", "sets_of_parts", "settle_one"]


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


@dataclass(frozen=True, slots=True)
class Parts:
    """How a payment settles one item."""

    item: OpenItem
    amount: Decimal
    discount: Decimal = ZERO
    write_off: Decimal = ZERO


class OpenItems:
    """What is still open while payments are matched, found by owner, by amount and by number."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        ordered = in_order(items)
        self.items = {item.invoice: item for item in ordered}
        self.open = {item.invoice: item.open for item in ordered}
        self.owned: dict[tuple[str, str], dict[str, OpenItem]] = {}
        self._by_amount: dict[tuple[str, str], dict[Decimal, dict[str, None]]] = {}
        for item in ordered:
            self.owned.setdefault((item.customer, item.currency), {})[item.invoice] = item
        self.invoices = index_numbers(self.items)
        self.others, self.named_by = _other_numbers(ordered)
        self._near: dict[tuple[str, str], Near] = {}

    def of_amount(self, customer: str, currency: str, amount: Decimal) -> list[OpenItem]:
        """The customer's items that have this amount open, or this amount less their discount."""
        key = customer, currency
        if key not in self._by_amount:
            amounts: dict[Decimal, dict[str, None]] = {}
            for item in self.owned.get(key, {}).values():
                for one in self._payable(item):
                    amounts.setdefault(one, {})[item.invoice] = None
            self._by_amount[key] = amounts
        return [self.items[name] for name in self._by_amount[key].get(amount, ())]

    def near(self, customer: str, currency: str) -> Near:
        """How the numbers of a customer's items look, those settled meanwhile among them."""
        key = customer, currency
        if key not in self._near:
            self._near[key] = index_near(self.owned.get(key, {}))
        return self._near[key]

    def _payable(self, item: OpenItem) -> tuple[Decimal, ...]:
        still_open = self.open[item.invoice]
        if not still_open:
            return ()
        untouched = item.discount and still_open == item.open
        return (still_open, still_open - item.discount) if untouched else (still_open,)

    def settle(self, parts: Parts) -> None:
        """Take what is settled off the item, so that nothing settles it again."""
        item = parts.item
        known = self._by_amount.get((item.customer, item.currency))
        before = self._payable(item)
        self.open[item.invoice] -= parts.amount + parts.discount + parts.write_off
        if known is not None:
            for amount in before:
                known[amount].pop(item.invoice, None)
            for amount in self._payable(item):
                known.setdefault(amount, {})[item.invoice] = None
        if not self.open[item.invoice]:
            self.owned[item.customer, item.currency].pop(item.invoice, None)

    def discount(self, item: OpenItem, paid_on: date) -> Decimal:
        """The early-payment discount a payment of that day may still take."""
        in_time = item.discount_until is not None and paid_on <= item.discount_until
        return item.discount if in_time and self.open[item.invoice] == item.open else ZERO

    def discounted(self, item: OpenItem, paid_on: date) -> Parts:
        """All that is open of an item, less the discount in time."""
        discount = self.discount(item, paid_on)
        return Parts(item, self.open[item.invoice] - discount, discount)

    def whole(self, item: OpenItem, amount: Decimal, paid_on: date) -> Parts | None:
        """How exactly `amount` settles all of an item, in full or less the discount; None if it does not."""
        if self.open[item.invoice] == amount:
            return Parts(item, amount)
        lessened = self.discounted(item, paid_on)
        return lessened if lessened.amount == amount else None


def _other_numbers(items: Iterable[OpenItem]) -> tuple[Numbers, dict[str, list[OpenItem]]]:
    named_by: dict[str, list[OpenItem]] = {}
    for item in items:
        for number in {item.order, item.reference} - {""}:
            named_by.setdefault(number, []).append(item)
    return index_numbers(named_by), named_by


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


def sets_of_parts(parts: list[Parts], target: Decimal, most_work: int) -> tuple[list[list[Parts]], bool]:
    """Sets of parts whose money adds up to `target` (two already prove a tie); False where the bound was hit."""
    if not parts:
        return [], True
    shift = places(parts[0].item.currency)
    amounts = [int(part.amount.scaleb(shift)) for part in parts]
    found = sets_with_sum(amounts, int(target.scaleb(shift)), most_work)
    return [[parts[position] for position in sorted(chosen)] for chosen in found.sets], found.complete


def in_order(items: Iterable[OpenItem]) -> list[OpenItem]:
    """Items by first due date, then by number."""
    return sorted(items, key=lambda item: (item.due[0][0], item.invoice))
