"""Goods from suppliers: what is accepted, waits or is refused, which order line they belong to, and the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO, comes_to, plain_number, quantity_places

__all__ = [
    "Delivery",
    "Fate",
    "NotReceived",
    "OrderedLine",
    "Quality",
    "Received",
    "Reception",
    "SupplierRecord",
    "fate_of",
    "receive_deliveries",
    "records_by_supplier",
    "supplier_record",
]

_HUNDRED = Decimal(100)
_SHOWN = Decimal("0.01")


class Quality(StrEnum):
    """How the goods looked when they came."""

    EXCELLENT = "Excellent"
    GOOD = "Good"
    FAIR = "Fair"
    POOR = "Poor"


class Fate(StrEnum):
    """What becomes of goods: on the shelf, in quarantine for a person's decision, in quarantine to be claimed."""

    ACCEPTED = "Accepted"
    WAITS = "Waits"
    REFUSED = "Refused"


_FATES = {Quality.FAIR: Fate.WAITS, Quality.POOR: Fate.REFUSED}
_SCORES = {
    Quality.EXCELLENT: _HUNDRED,
    Quality.GOOD: Decimal(80),
    Quality.FAIR: Decimal(50),
    Quality.POOR: ZERO,
}


def fate_of(quality: Quality) -> Fate:
    """Excellent and Good become available, Fair waits for a decision, Poor is refused and claimed."""
    return _FATES.get(quality, Fate.ACCEPTED)


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """An open purchase order line in the stock unit; `received` counts all that came, `refused` its refused part."""

    po: str
    line: str
    sku: str
    ordered: Decimal
    received: Decimal = ZERO
    refused: Decimal = ZERO
    expected: dt.date | None = None
    unit_cost: Decimal = ZERO
    unit: str = ""

    @property
    def owed(self) -> Decimal:
        """What the supplier still owes: refused goods have to be delivered again."""
        return self.ordered - self.received + self.refused

    def over(self, tolerance: Decimal) -> Decimal:
        """What may come beyond that, by a tolerance in percent of what was ordered; whole pieces of what is counted."""
        step = Decimal(1).scaleb(-quantity_places(self.unit))
        return (self.ordered * tolerance / _HUNDRED).quantize(step, ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the receipts table; an empty `line` = the lines with that SKU in turn."""

    receipt: str
    po: str
    line: str
    sku: str
    quantity: Decimal
    quality: Quality
    received_on: dt.date


@dataclass(frozen=True, slots=True)
class Received:
    """What of a delivery belongs to one order line; `days_late` below zero = early, None where no date was expected."""

    receipt: str
    po: str
    line: str
    sku: str
    quantity: Decimal
    quality: Quality
    fate: Fate
    unit_cost: Decimal
    days_late: int | None

    @property
    def quarantined(self) -> Decimal:
        """The part that may not be promised."""
        return ZERO if self.fate is Fate.ACCEPTED else self.quantity


@dataclass(frozen=True, slots=True)
class NotReceived:
    """A delivery that is not posted: the fault of its cell in `column`, and how to mend it."""

    receipt: str
    column: str
    problem: str
    fix: str


@dataclass(frozen=True, slots=True)
class Reception:
    """The result of a batch: what to post, and the rows at fault."""

    received: tuple[Received, ...]
    faults: tuple[NotReceived, ...]


def receive_deliveries(
    deliveries: Iterable[Delivery], lines: Iterable[OrderedLine], tolerance: Decimal = ZERO
) -> Reception:
    """Match deliveries to order lines, one after the other, all rows of a line counted together.

    A delivery of more than is owed and the `tolerance` (percent of the ordered quantity) is a fault and nothing of
    its row is posted. Refused goods do not use up what is owed.
    """
    by_po: dict[str, list[OrderedLine]] = {}
    for line in lines:
        by_po.setdefault(line.po, []).append(line)
    came: dict[tuple[str, str], Decimal] = {}
    received: list[Received] = []
    faults: list[NotReceived] = []
    for delivery in deliveries:
        found = _lines_of(delivery, by_po.get(delivery.po))
        parts = found if isinstance(found, NotReceived) else _spread(delivery, found, came, tolerance)
        if isinstance(parts, NotReceived):
            faults.append(parts)
        else:
            received += parts
    return Reception(tuple(received), tuple(faults))


def _lines_of(delivery: Delivery, lines: Sequence[OrderedLine] | None) -> Sequence[OrderedLine] | NotReceived:
    if not lines:
        return _fault(delivery, "PO", f"{delivery.po} is not an order that is under way.", "Correct the number.")
    if not delivery.line:
        found = [line for line in lines if line.sku == delivery.sku]
        problem = f"{delivery.sku} is not on PO {delivery.po}."
        return found or _fault(delivery, "SKU", problem, "Correct it, or enter the order it came with.")
    for line in lines:
        if line.line == delivery.line:
            problem = f"line {line.line} of PO {line.po} is {line.sku}, not {delivery.sku}."
            same = line.sku == delivery.sku
            return [line] if same else _fault(delivery, "SKU", problem, "Correct the SKU or the PO line.")
    problem = f"{delivery.line} is not a line of PO {delivery.po}."
    return _fault(delivery, "PO line", problem, "Correct it, or leave it empty.")


def _spread(
    delivery: Delivery,
    lines: Sequence[OrderedLine],
    came: dict[tuple[str, str], Decimal],
    tolerance: Decimal,
) -> list[Received] | NotReceived:
    """Fill what is owed line by line, then what the tolerance allows; `came` is what earlier rows brought."""
    owed = [line.owed - came.get((line.po, line.line), ZERO) for line in lines]
    shares = _fill(delivery.quantity, owed)
    rooms = [have + line.over(tolerance) for have, line in zip(owed, lines, strict=True)]
    extra = [room - share for room, share in zip(rooms, shares, strict=True)]
    more = _fill(delivery.quantity - sum(shares, ZERO), extra)
    shares = [share + over for share, over in zip(shares, more, strict=True)]
    if sum(shares, ZERO) < delivery.quantity:
        return _too_much(delivery, _above_zero(owed), _above_zero(rooms), tolerance)
    parts = [(line, share) for line, share in zip(lines, shares, strict=True) if share > ZERO]
    for line, share in parts:
        if large := comes_to(share, line.unit_cost or ZERO):
            return _fault(delivery, "Quantity", large, "Correct the quantity, or the cost in the purchase order.")
    fate = fate_of(delivery.quality)
    if fate is not Fate.REFUSED:
        for line, share in parts:
            key = (line.po, line.line)
            came[key] = came.get(key, ZERO) + share
    return [_received(delivery, line, share, fate) for line, share in parts]


def _fill(quantity: Decimal, rooms: Iterable[Decimal]) -> list[Decimal]:
    """`quantity` poured into the rooms in turn; what finds no room is left out."""
    shares = []
    for room in rooms:
        share = max(ZERO, min(quantity, room))
        shares.append(share)
        quantity -= share
    return shares


def _above_zero(rooms: Iterable[Decimal]) -> Decimal:
    return sum((max(room, ZERO) for room in rooms), ZERO)


def _too_much(delivery: Delivery, owed: Decimal, room: Decimal, tolerance: Decimal) -> NotReceived:
    at = f"{delivery.po} line {delivery.line}" if delivery.line else delivery.po
    over = f" and the {plain_number(tolerance)} % over" if tolerance else ""
    problem = f"{plain_number(delivery.quantity)} is more than the {plain_number(owed)} still open on {at}{over}."
    return _fault(
        delivery, "Quantity", problem, f"Enter at most {plain_number(room)}, or raise Over-delivery tolerance %."
    )


def _fault(delivery: Delivery, column: str, problem: str, fix: str) -> NotReceived:
    return NotReceived(delivery.receipt, column, problem, fix)


def _received(delivery: Delivery, line: OrderedLine, quantity: Decimal, fate: Fate) -> Received:
    late = None if line.expected is None else (delivery.received_on - line.expected).days
    return Received(
        delivery.receipt,
        line.po,
        line.line,
        line.sku,
        quantity,
        delivery.quality,
        fate,
        line.unit_cost,
        late,
    )


@dataclass(frozen=True, slots=True)
class SupplierRecord:
    """How well a supplier delivers: `on_time` percent and `quality` 0 to 100, None without deliveries to judge."""

    on_time: Decimal | None
    quality: Decimal | None

    @property
    def score(self) -> Decimal | None:
        """One figure to compare suppliers by: the mean of the two that are known."""
        known = [value for value in (self.on_time, self.quality) if value is not None]
        return sum(known, ZERO) / len(known) if known else None


def supplier_record(receipts: Iterable[tuple[Quality, int | None]]) -> SupplierRecord:
    """The record from (quality, days late) of each receipt, every receipt counting the same; early is on time."""
    scores, on_time = [], []
    for quality, late in receipts:
        scores.append(_SCORES[quality])
        if late is not None:
            on_time.append(ZERO if late > 0 else _HUNDRED)
    return SupplierRecord(_mean(on_time), _mean(scores))


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    if not values:
        return None
    return (sum(values, ZERO) / len(values)).quantize(_SHOWN, ROUND_HALF_UP)


def records_by_supplier(
    receipts: Iterable[tuple[str, Quality, int | None]],
) -> Mapping[str, SupplierRecord]:
    """The record of each supplier from (supplier, quality, days late)."""
    grouped: dict[str, list[tuple[Quality, int | None]]] = {}
    for supplier, quality, late in receipts:
        grouped.setdefault(supplier, []).append((quality, late))
    return {supplier: supplier_record(rows) for supplier, rows in grouped.items()}
