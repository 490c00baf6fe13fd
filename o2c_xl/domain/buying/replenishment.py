"""What to buy, how much and from whom; every proposal shows its sum and says what already covers the need.

Prices are per unit in the company's currency, everything included that the goods cost until they are here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from o2c_xl.domain.money import ZERO, comes_to

__all__ = [
    "Candidate",
    "Choice",
    "ProposedLine",
    "ProposedOrder",
    "StockLevel",
    "buy_quantity",
    "choose_supplier",
    "order_up",
    "propose",
]

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class StockLevel:
    """One product as purchasing sees it, in its unit.

    `usable` is on hand less quarantined (goods nobody may sell cover no need). `on_order` is what suppliers still
    owe on orders that a person or an earlier run has sent or confirmed, not the drafts this run rebuilds.
    `reorder_point` None = not kept in stock: bought only for orders. `level` is what a purchase should fill up to,
    None = the reorder point. `for_orders` are the orders that wait, `needed_by` the earliest date of theirs.
    """

    sku: str
    usable: Decimal = ZERO
    on_order: Decimal = ZERO
    allocated: Decimal = ZERO
    backordered: Decimal = ZERO
    reorder_point: Decimal | None = None
    reorder_quantity: Decimal | None = None
    level: Decimal | None = None
    discontinued: bool = False
    for_orders: tuple[str, ...] = ()
    needed_by: dt.date | None = None

    @property
    def projected(self) -> Decimal:
        """What would be left if all that is owed came in and all that is promised went out."""
        return self.usable + self.on_order - self.allocated - self.backordered


@dataclass(frozen=True, slots=True)
class Candidate:
    """One price of a supplier for a product; `minimum` and `pack` in the product's unit, 0 = none.

    The lowest `minimum` of a supplier's prices is the least they deliver, the others say from when on a price holds.
    `price` None = unknown, `lead_days` None = unknown. `record` is the better the higher, None = no deliveries yet.
    """

    supplier: str
    price: Decimal | None = None
    lead_days: int | None = None
    minimum: Decimal = ZERO
    pack: Decimal = ZERO
    preferred: bool = False
    record: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The supplier to buy from, how much with their minimum and pack, and why them."""

    candidate: Candidate
    quantity: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """One line to buy; `supplier` is empty and `unit_cost` None where nobody is known to sell it, or for how much."""

    supplier: str
    sku: str
    quantity: Decimal
    unit_cost: Decimal | None
    why: str
    for_orders: tuple[str, ...] = ()
    lead_days: int | None = None


@dataclass(frozen=True, slots=True)
class ProposedOrder:
    """All lines for one supplier; `below_minimum` is what it lacks to the supplier's minimum order amount."""

    supplier: str
    lines: tuple[ProposedLine, ...]
    below_minimum: Decimal = ZERO


def buy_quantity(at: StockLevel) -> Decimal:
    """How much to buy before minimum and pack, 0 = nothing.

    At or below the reorder point: the larger of the reorder quantity and what fills up to the level. What orders
    wait for is bought in any case; a discontinued product only for them.
    """
    projected = at.projected
    for_orders = max(ZERO, -projected) if at.backordered > ZERO else ZERO
    if at.discontinued or at.reorder_point is None or projected > at.reorder_point:
        return for_orders
    if projected == at.reorder_point and at.on_order > ZERO:
        # A purchase that fills up exactly to the point has met it: the next run must not buy again.
        return for_orders
    level = at.reorder_point if at.level is None else at.level
    return max(at.reorder_quantity or ZERO, level - projected, for_orders)


def order_up(quantity: Decimal, minimum: Decimal, pack: Decimal) -> Decimal:
    """The quantity the supplier delivers: at least their minimum, in full packs, rounded up."""
    wanted = max(quantity, minimum)
    if pack <= ZERO:
        return wanted
    return (wanted / pack).quantize(_ONE, ROUND_CEILING) * pack


def choose_supplier(
    candidates: Sequence[Candidate], quantity: Decimal, today: dt.date, needed_by: dt.date | None = None
) -> Choice | None:
    """The supplier to buy from: preferred, can meet the date, landed price, lead time, record; None without any.

    The landed price is that of all that must be bought, so a cheap offer with a large minimum does not win by
    its unit price. A price that holds from more on than is needed makes nobody buy more.
    """
    if not candidates:
        return None
    offers = sorted(_offers(candidates, quantity), key=lambda offer: _rank(offer[1], offer[0], today, needed_by))
    best_quantity, best = offers[0]
    return Choice(best, best_quantity, _why_supplier(offers, today, needed_by))


def _offers(candidates: Sequence[Candidate], quantity: Decimal) -> list[tuple[Decimal, Candidate]]:
    """What each supplier would deliver, by each of their prices that holds for it."""
    least: dict[str, Decimal] = {}
    for one in candidates:
        least[one.supplier] = min(least.get(one.supplier, one.minimum), one.minimum)
    ups = [(order_up(quantity, least[one.supplier], one.pack), one) for one in candidates]
    return [(up, one) for up, one in ups if one.minimum <= up]


def _rank(
    one: Candidate, quantity: Decimal, today: dt.date, needed_by: dt.date | None
) -> tuple[bool, bool, bool, Decimal, int, Decimal, str, Decimal]:
    return (
        not one.preferred,
        not _meets(one, today, needed_by),
        one.price is None,
        (one.price or ZERO) * quantity,
        10**6 if one.lead_days is None else one.lead_days,
        -(one.record or ZERO),
        one.supplier,
        quantity,
    )


def _meets(one: Candidate, today: dt.date, needed_by: dt.date | None) -> bool:
    if needed_by is None:
        return True
    return one.lead_days is not None and today + dt.timedelta(days=one.lead_days) <= needed_by


def _why_supplier(offers: Sequence[tuple[Decimal, Candidate]], today: dt.date, needed_by: dt.date | None) -> str:
    quantity, best = offers[0]
    rivals = [one for _, one in offers[1:] if one.supplier != best.supplier]
    if best.preferred:
        reason = "preferred supplier"
    elif not rivals:
        reason = "the only supplier"
    else:
        reason = _why_better(offers, today, needed_by)
    late = "" if _meets(best, today, needed_by) else f", though not by {needed_by}"
    cost = "cost unknown" if best.price is None else f"{quantity} at {best.price}"
    return f"{best.supplier}: {reason}{late}, {cost}."


def _why_better(offers: Sequence[tuple[Decimal, Candidate]], today: dt.date, needed_by: dt.date | None) -> str:
    """The first rule by which the best offer beats the next one of another supplier."""
    quantity, best = offers[0]
    other_quantity, other = next(offer for offer in offers if offer[1].supplier != best.supplier)
    mine = _rank(best, quantity, today, needed_by)
    theirs = _rank(other, other_quantity, today, needed_by)
    reasons = (
        "preferred",
        f"can deliver by {needed_by}",
        "its price is known",
        f"cheapest of {len({one.supplier for _, one in offers})}",
        "shortest lead time",
        "best record",
        "first by name",
    )
    return next(reason for reason, a, b in zip(reasons, mine, theirs, strict=False) if a != b)


def propose(
    levels: Iterable[StockLevel],
    candidates: Mapping[str, Sequence[Candidate]],
    today: dt.date,
) -> list[ProposedOrder]:
    """What to buy now, one order per supplier, by supplier and SKU; `candidates` are the offers per SKU.

    No supplier's minimum amount is looked at yet, see `least_order`.

    Run again after these were ordered it finds nothing: what is on order counts as covered. Products that nobody
    is known to sell come first, under an empty supplier, for a person to place.
    """
    grouped: dict[str, list[ProposedLine]] = {}
    for at in sorted(levels, key=lambda level: level.sku):
        quantity = buy_quantity(at)
        if quantity > ZERO:
            line = _line(at, quantity, candidates.get(at.sku, ()), today)
            grouped.setdefault(line.supplier, []).append(line)
    return [ProposedOrder(supplier, tuple(lines)) for supplier, lines in sorted(grouped.items())]


def _line(at: StockLevel, quantity: Decimal, candidates: Sequence[Candidate], today: dt.date) -> ProposedLine:
    choice = choose_supplier(candidates, quantity, today, at.needed_by)
    why = _sum_of(at)
    if choice is None:
        return ProposedLine("", at.sku, quantity, None, f"{why} No supplier sells it.", at.for_orders)
    chosen = choice.candidate
    large = comes_to(choice.quantity, chosen.price or ZERO)
    return ProposedLine(
        chosen.supplier,
        at.sku,
        choice.quantity,
        None if large else chosen.price,
        f"{why} {choice.why} {large}".rstrip(),
        at.for_orders,
        chosen.lead_days,
    )


def _sum_of(at: StockLevel) -> str:
    """The sum behind the decision, as a person would check it."""
    point = "" if at.reorder_point is None or at.discontinued else f", reorder point {at.reorder_point}"
    gone = ", discontinued: for orders only" if at.discontinued else ""
    return (
        f"{at.usable} on hand + {at.on_order} on order - {at.allocated} allocated - {at.backordered} backordered"
        f" = {at.projected}{point}{gone}."
    )
