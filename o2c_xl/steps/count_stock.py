"""Step 6, update inventory: what was counted is held against the books, and the difference posted with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.goods.stock import Move, Position, count, receive
from o2c_xl.domain.money import ZERO, beyond_books, plain_number, round_money
from o2c_xl.domain.policy import Policy

__all__ = [
    "OPENING",
    "CountDecided",
    "CountPosted",
    "Counted",
    "CountingBooks",
    "Counts",
    "StockCounted",
    "count_stock",
    "decide_counts",
    "is_later",
    "is_opening",
]

OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Counted:
    """A row of the counts table, in the product's unit; `moved` is what came and, below zero, left since that day."""

    count: str
    sku: str
    counted: Decimal
    reason: str = ""
    moved: Decimal = ZERO

    @property
    def now(self) -> Decimal:
        """What is there now, if as much was there on the day of the count."""
        return self.counted + self.moved


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts not posted yet, in the order in which they were taken, with what the books say of their products.

    `costs` are the products' own; `picked` is what was fetched from the shelf and has not shipped, given where a
    count finds less than is promised.
    """

    counted: Sequence[Counted]
    positions: Mapping[str, Position]
    costs: Mapping[str, Decimal]
    picked: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CountPosted:
    """A count to post: what the books expected, and the movement of the difference, None where there is none."""

    count: str
    expected: Decimal
    difference: Decimal
    value: Decimal
    move: Move | None
    opening: bool


@dataclass(slots=True)
class CountDecided:
    """What becomes of a batch: counts to post, and a sentence for each that cannot be."""

    posted: list[CountPosted] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockCounted:
    """How many counts were posted, and how many were found at fault that were not before."""

    posted: int = 0
    faults: int = 0

    @property
    def count(self) -> int:
        """What changed."""
        return self.posted + self.faults


class CountingBooks(Protocol):
    """Where counts to post come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[Counts], CountDecided]) -> tuple[int, int]:
        """Give each batch to `decide` and record what it decided; (counts posted, those newly at fault)."""
        ...


def count_stock(books: CountingBooks, policy: Policy) -> StockCounted:
    """Post every count; what is promised beyond it is taken back from orders when stock is next allocated."""
    return StockCounted(*books.work_off(lambda counts: decide_counts(counts, policy.currency)))


def decide_counts(counts: Counts, currency: str) -> CountDecided:
    """Each count against what the books say of its day, after the one before it."""
    decided = CountDecided()
    positions = dict(counts.positions)
    for one in counts.counted:
        at = positions[one.sku]
        packed = counts.picked.get(one.sku, ZERO)
        if one.now < at.quarantined + packed:
            decided.faults[one.count] = _too_few(one, at, packed)
            continue
        cost = counts.costs.get(one.sku, ZERO)
        after, move = _difference(one, at, cost, currency)
        value = move.value if move else ZERO
        if value > ZERO and beyond_books(value):
            decided.faults[one.count] = _too_much(one, value, currency)
            continue
        positions[one.sku] = after
        expected = at.on_hand - one.moved
        difference = one.counted - expected
        decided.posted.append(CountPosted(one.count, expected, difference, value, move, is_opening(one.reason)))
    return decided


def is_opening(reason: str) -> bool:
    """Whether a count brings along the stock there was before: it is posted before anything that comes and leaves."""
    return reason.strip().casefold() == OPENING


def is_later(reason: str) -> bool:
    """Whether a count was taken of stock that moves: at the end of its day, so after what came and left on it."""
    return not is_opening(reason)


def _difference(one: Counted, at: Position, cost: Decimal, currency: str) -> tuple[Position, Move | None]:
    """Opening stock comes at the product's cost; any other difference at the average, if there is one."""
    more = one.now - at.on_hand
    if is_opening(one.reason) and more > ZERO:
        return receive(at, more, round_money(more * cost, currency), "opening")
    return count(at, one.now, currency, cost)


def _too_much(one: Counted, value: Decimal, currency: str) -> str:
    what = f"what was found beyond the books comes to {plain_number(value)} {currency} for {one.sku}"
    limit = "an amount has at most eleven digits before the point"
    return f"Counted: {what}; {limit}. Correct what was counted, or the product's Cost."


def _too_few(one: Counted, at: Position, packed: Decimal) -> str:
    if one.now < ZERO:
        left = f"{plain_number(-one.moved)} more left than came"
        return f"Counted: {one.counted} is less than has gone since: {left}. Count again, or correct Counted on."
    moved = f", with {plain_number(one.moved)} that moved since," if one.moved else ""
    if not packed:
        rest = "that stand in quarantine. Decide on those first, or count them too."
        return f"Counted: {one.counted}{moved} is less than the {at.quarantined} {rest}"
    quarantine = f" and the {at.quarantined} in quarantine" if at.quarantined else ""
    rest = "Count them too, or ship them first."
    return f"Counted: {one.counted}{moved} is less than the {packed} picked for orders{quarantine}. {rest}"
