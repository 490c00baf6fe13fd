"""Step 6, update inventory: what was counted is held against the books, and the difference posted with its reason."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.settings import Policy
from o2c_xl.domain.stock import CannotCount, Move, Position, count, receive

__all__ = [
    "OPENING",
    "CountDecided",
    "CountPosted",
    "Counted",
    "CountingBooks",
    "Counts",
    "Promised",
    "StockCounted",
    "TakenBack",
    "count_stock",
    "decide_counts",
]

OPENING = "opening"
_NORMAL_PRIORITY = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """A row of the counts table, in the product's unit."""

    count: str
    sku: str
    counted: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """Stock set aside for an order line and not on a pick list, so that it can still be taken back."""

    sku: str
    order: str
    line: str
    quantity: Decimal
    priority: int | None = None
    promise_date: date | None = None
    order_date: date | None = None

    @property
    def claim(self) -> tuple[int, date, date, str]:
        """The stronger the smaller: priority, promise date, order date, number, as stock is allocated."""
        return (
            _NORMAL_PRIORITY if self.priority is None else self.priority,
            self.promise_date or date.max,
            self.order_date or date.max,
            self.order,
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts not posted yet, in the order in which they were taken, with what the books say of their products.

    `costs` are the products' own; `promised` is given where a count finds less than is promised.
    """

    counted: Sequence[Counted]
    positions: Mapping[str, Position]
    costs: Mapping[str, Decimal]
    promised: Sequence[Promised] = ()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Stock that an order line loses because a count did not find it."""

    promised: Promised
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class CountPosted:
    """A count to post: what the books expected, and the movement of the difference, None where there is none."""

    count: str
    expected: Decimal
    difference: Decimal
    value: Decimal
    move: Move | None
    opening: bool
    taken_back: tuple[TakenBack, ...] = ()


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
    """What the step needs of the ledger."""

    def pending(self) -> Generator[Counts, None, None]:
        """Batches of counts to post; each stays open until the next is asked for."""

    def record(self, decided: CountDecided) -> StockCounted:
        """Post the batch that was given last."""


def count_stock(books: CountingBooks, policy: Policy) -> StockCounted:
    """Post every count; stock that is not there is taken back from the orders with the weakest claim."""
    posted = faults = 0
    with closing(books.pending()) as batches:
        for counts in batches:
            done = books.record(decide_counts(counts, policy.currency))
            posted, faults = posted + done.posted, faults + done.faults
    return StockCounted(posted, faults)


def decide_counts(counts: Counts, currency: str) -> CountDecided:
    """Each count against what the books say after the one before it."""
    decided = CountDecided()
    positions = dict(counts.positions)
    free = sorted(counts.promised, key=lambda one: one.claim)
    for one in counts.counted:
        at = positions[one.sku]
        try:
            after, move = _difference(one, at, counts.costs.get(one.sku, ZERO), currency)
        except CannotCount as fault:
            decided.faults[one.count] = f"{fault} Decide on those first, or count them too."
            continue
        taken = _take_back(one.sku, after.overpromised, free)
        short = after.overpromised - sum((part.quantity for part in taken), ZERO)
        if short > ZERO:
            decided.faults[one.count] = _being_picked(one, after)
            continue
        free = _left(free, taken)
        back = after.overpromised
        positions[one.sku] = replace(after, allocated=after.allocated - back)
        value = move.value if move else ZERO
        opening = is_opening(one)
        decided.posted.append(
            CountPosted(one.count, at.on_hand, one.counted - at.on_hand, value, move, opening, tuple(taken))
        )
    return decided


def is_opening(one: Counted) -> bool:
    """Whether the count brings along the stock there was before."""
    return one.reason.strip().casefold() == OPENING


def _difference(one: Counted, at: Position, cost: Decimal, currency: str) -> tuple[Position, Move | None]:
    """Opening stock comes at the product's cost; any other difference at the average, if there is one."""
    more = one.counted - at.on_hand
    if is_opening(one) and more > ZERO:
        return receive(at, more, round_money(more * cost, currency), "opening")
    return count(at, one.counted, currency, cost)


def _take_back(sku: str, quantity: Decimal, free: Sequence[Promised]) -> list[TakenBack]:
    """Take what is missing from the weakest claims, as far as they reach."""
    taken = []
    for one in reversed(free):
        if quantity <= ZERO:
            break
        if one.sku == sku:
            part = min(quantity, one.quantity)
            taken.append(TakenBack(one, part))
            quantity -= part
    return taken


def _left(free: Sequence[Promised], taken: Sequence[TakenBack]) -> list[Promised]:
    gone = {(part.promised.order, part.promised.line): part.quantity for part in taken}
    left = [replace(one, quantity=one.quantity - gone.get((one.order, one.line), ZERO)) for one in free]
    return [one for one in left if one.quantity > ZERO]


def _being_picked(one: Counted, after: Position) -> str:
    promised = after.allocated + after.quarantined
    return (
        f"Counted: {one.counted} is less than the {promised} that are being picked, promised or in quarantine. "
        "Finish or cancel the picks of this product, then count again."
    )
