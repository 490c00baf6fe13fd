"""Raising a proposed order to the supplier's minimum amount: whole packs, the most urgent products first, fairly.

Products kept in stock are raised; those bought only for orders that wait only where the order has no other, and
discontinued ones never. Each round gives every such line one step, its reorder quantity in full packs, most urgent
first; the last step takes only the packs that are still needed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from o2c_xl.domain.buying.replenishment import Candidate, ProposedLine, ProposedOrder, StockLevel, order_up
from o2c_xl.domain.money import ZERO, plain_number, round_money

__all__ = ["LeastOrder", "raise_to_least"]

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class LeastOrder:
    """The net amount below which a supplier delivers nothing, in their currency; zero = none."""

    amount: Decimal
    currency: str


@dataclass(slots=True)
class _Raised:
    """A line while it grows; `offers` are its supplier's prices, each from its minimum quantity on."""

    line: ProposedLine
    at: StockLevel
    offers: Sequence[Candidate]
    quantity: Decimal
    cost: Decimal
    pack: Decimal

    @property
    def step(self) -> Decimal:
        """What one round adds: the reorder quantity in full packs, else one pack."""
        return order_up(self.at.reorder_quantity or self.pack, ZERO, self.pack)

    def add(self, quantity: Decimal) -> None:
        """Buy so much more, by the supplier's price that is the cheapest for all of it."""
        self.quantity += quantity
        fitting = [
            (order_up(self.quantity, ZERO, one.pack) * one.price, one.minimum, one.price, one.pack)
            for one in self.offers
            if one.price and one.minimum <= self.quantity
        ]
        if fitting:
            _, _, self.cost, pack = min(fitting)
            self.pack = pack or _ONE
            self.quantity = order_up(self.quantity, ZERO, self.pack)


def raise_to_least(
    order: ProposedOrder,
    levels: Mapping[str, StockLevel],
    candidates: Mapping[str, Sequence[Candidate]],
    least: LeastOrder,
) -> ProposedOrder:
    """The order with enough on its lines; as it was where it reaches the minimum, or where nothing may be raised.

    An order with a line of unknown cost is left alone: nobody knows what it comes to. `below_minimum` of the result
    is what still lacks.
    """
    short = _short(order.lines, least)
    if short <= ZERO or any(line.unit_cost is None for line in order.lines):
        return replace(order, below_minimum=max(short, ZERO))
    raised = _raisable(order, levels, candidates)
    if not raised:
        return replace(order, below_minimum=short)
    others = sum((_net(line, least.currency) for line in order.lines if line.sku not in raised), ZERO)
    queue = sorted(raised.values(), key=_urgency)
    _grow(queue, least, others)
    lines = tuple(_said(line, raised.get(line.sku), least) for line in order.lines)
    return replace(order, lines=lines, below_minimum=ZERO)


def _short(lines: Sequence[ProposedLine], least: LeastOrder) -> Decimal:
    return least.amount - sum((_net(line, least.currency) for line in lines), ZERO)


def _net(line: ProposedLine, currency: str) -> Decimal:
    return round_money(line.quantity * (line.unit_cost or ZERO), currency)


def _raisable(
    order: ProposedOrder, levels: Mapping[str, StockLevel], candidates: Mapping[str, Sequence[Candidate]]
) -> dict[str, _Raised]:
    """The lines that may grow: kept in stock, else not discontinued; what costs nothing never helps."""
    mine = [(line, levels[line.sku]) for line in order.lines if line.unit_cost and not levels[line.sku].discontinued]
    kept = [(line, at) for line, at in mine if at.reorder_point is not None]
    found = {}
    for line, at in kept or mine:
        offers = [one for one in candidates.get(line.sku, ()) if one.supplier == order.supplier]
        pack = next((one.pack for one in offers if one.pack and one.price == line.unit_cost), _ONE)
        found[line.sku] = _Raised(line, at, offers, line.quantity, line.unit_cost or ZERO, pack)
    return found


def _urgency(one: _Raised) -> tuple[dt.date, bool, Decimal, str]:
    """The earliest date an order wants it, then what orders wait for, then the least cover of its reorder point."""
    point = one.at.reorder_point or ZERO
    cover = one.at.projected / point if point else one.at.projected
    return one.at.needed_by or dt.date.max, not one.at.for_orders, cover, one.at.sku


def _grow(queue: Sequence[_Raised], least: LeastOrder, others: Decimal) -> None:
    """Add rounds, then the steps of the last round, until the sum of the rounded lines reaches the minimum."""
    while (missing := _missing(queue, least, others)) > ZERO:
        rounds = (missing / sum((one.step * one.cost for one in queue), ZERO)).quantize(_ONE, ROUND_FLOOR)
        for one in queue if rounds else ():
            one.add(rounds * one.step)
        for one in queue:
            missing = _missing(queue, least, others)
            if missing <= ZERO:
                break
            packs = (missing / (one.pack * one.cost)).quantize(_ONE, ROUND_CEILING)
            one.add(min(one.step, packs * one.pack))


def _missing(queue: Sequence[_Raised], least: LeastOrder, others: Decimal) -> Decimal:
    return least.amount - others - sum((round_money(one.quantity * one.cost, least.currency) for one in queue), ZERO)


def _said(line: ProposedLine, raised: _Raised | None, least: LeastOrder) -> ProposedLine:
    if raised is None or raised.quantity == line.quantity:
        return line
    more = plain_number(raised.quantity - line.quantity)
    price = "" if raised.cost == line.unit_cost else f", at {raised.cost} from that quantity on"
    why = (
        f"{line.why} Raised by {more} to {plain_number(raised.quantity)}{price}, as {line.supplier} takes no order"
        f" below {plain_number(least.amount)} {least.currency}."
    )
    return replace(line, quantity=raised.quantity, unit_cost=raised.cost, why=why)
