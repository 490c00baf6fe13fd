"""Ship what is picked: one shipment per order and run, its carrier chosen, its goods taken out of stock at cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.goods.shipping import (
    DEFAULT_SERVICES,
    CannotShip,
    Dispatch,
    choose_service,
    shipment_weight,
    why_not_ship,
)
from o2c_xl.domain.goods.stock import Move, NotEnoughStock, Position, issue
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.ordering.completeness import Address
from o2c_xl.domain.ordering.orders import Gates, LineQuantities, OrderStatus, derive_status
from o2c_xl.domain.policy import Policy

__all__ = [
    "SHIPPABLE",
    "LineToShip",
    "OrderShipped",
    "OrderToShip",
    "PackedShipment",
    "Parcel",
    "ParcelLine",
    "Shipped",
    "ShippingBatch",
    "ShippingBooks",
    "moves_of",
    "ship",
]

SHIPPABLE = (OrderStatus.TO_PICK, OrderStatus.PICKED, OrderStatus.PARTLY_SHIPPED, OrderStatus.BACKORDERED)
_ENDED = (OrderStatus.CANCELLED, OrderStatus.CLOSED)
# No clock is asked here: goods that are ready on a day stand at the door at noon.
_NOON = dt.time(12)


@dataclass(frozen=True, slots=True)
class LineToShip:
    """An order line; `weight_kg` of one unit."""

    line: str
    sku: str
    quantities: LineQuantities
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """What of an order line lies in the parcel; `cost` in the company's currency, nothing until it ships."""

    line: str
    sku: str
    quantity: Decimal
    cost: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PackedShipment:
    """A shipment that stands packed at the door; `action` is what a person asked for, `shipped_on` what they typed."""

    shipment: str
    lines: tuple[ParcelLine, ...]
    action: str = ""
    shipped_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class OrderToShip:
    """An order with all its lines; `ship_to` is where it really goes.

    `shipments_at_most` is what the customer takes of an order, None = any, and `shipments_made` what there is by now.
    """

    order: str
    status: str
    lines: Sequence[LineToShip]
    ship_to: Address
    shipping: str = ""
    account: str = ""
    waiting_for: str = ""
    packed: Sequence[PackedShipment] = ()
    shipments_at_most: int | None = None
    shipments_made: int = 0


@dataclass(frozen=True, slots=True)
class ShippingBatch:
    """Orders to ship and the balances of their products."""

    orders: Sequence[OrderToShip]
    stock: Mapping[str, Position]
    day: dt.date


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment after the decision: new when `shipment` is empty; `shipped_on` None = it stands packed."""

    lines: tuple[ParcelLine, ...]
    shipment: str = ""
    dispatch: Dispatch | None = None
    weight_kg: Decimal = ZERO
    shipped_on: dt.date | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class OrderShipped:
    """What became of an order: its shipments, its changed lines, and what stops it, if anything."""

    order: str
    account: str
    status: OrderStatus | None
    waiting_for: str = ""
    parcels: Sequence[Parcel] = ()
    after: Mapping[str, LineQuantities] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shipped:
    """How many shipments were made, sent or cancelled."""

    count: int


class ShippingBooks(Protocol):
    """Where orders to ship come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[ShippingBatch], Sequence[OrderShipped]]) -> int:
        """Returns the number of shipments that changed."""
        ...


def ship(books: ShippingBooks, policy: Policy) -> Shipped:
    """Send what is picked, or pack it where a person sends it; a second run finds nothing."""
    return Shipped(books.work_off(lambda batch: _decide(batch, policy)))


def _decide(batch: ShippingBatch, policy: Policy) -> list[OrderShipped]:
    stock = dict(batch.stock)
    return [_Door(order, stock, policy, batch.day).work() for order in batch.orders]


@dataclass(slots=True)
class _Door:
    """One order at the door; `stock` is shared by the batch, so nothing leaves twice."""

    order: OrderToShip
    stock: dict[str, Position]
    policy: Policy
    day: dt.date
    now: dict[str, LineQuantities] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)

    def work(self) -> OrderShipped:
        order = self.order
        self.now = {line.line: line.quantities for line in order.lines}
        standing = [one for one in order.packed if not self._settle(one)]
        if order.status in SHIPPABLE:
            self._pack(standing)
        before = {line.line: line.quantities for line in order.lines}
        after = {line: now for line, now in self.now.items() if now is not before[line]}
        status = derive_status(self.now.values(), Gates()) if after and order.status in SHIPPABLE else None
        waits = " ".join(self.waits)
        return OrderShipped(order.order, order.account, status, waits, self.parcels, after)

    def _settle(self, one: PackedShipment) -> bool:
        """Cancel or send what stands packed; False when it goes on standing there."""
        missing = any(line.line not in self.now or self.now[line.line].picked < line.quantity for line in one.lines)
        if missing or self.order.status in _ENDED:
            self.parcels.append(Parcel(one.lines, one.shipment, cancelled=True))
            return True
        if one.action == "Cancel":
            for line in one.lines:
                self.now[line.line] = self.now[line.line].after_picking(-line.quantity)
            self.parcels.append(Parcel(one.lines, one.shipment, cancelled=True))
            return True
        if self.order.status not in SHIPPABLE or (self.policy.ship_by_hand and one.action != "Ship"):
            return False
        lines = self._send(one.lines)
        if lines:
            self.parcels.append(Parcel(lines, one.shipment, shipped_on=one.shipped_on or self.day))
        return bool(lines)

    def _pack(self, standing: Sequence[PackedShipment]) -> None:
        """Put what is picked and stands in no shipment into a new one, once nothing is left to pick."""
        packed: dict[str, Decimal] = {}
        for one in standing:
            for line in one.lines:
                packed[line.line] = packed.get(line.line, ZERO) + line.quantity
        lines = tuple(
            ParcelLine(line.line, line.sku, quantity)
            for line in self.order.lines
            if (quantity := self.now[line.line].picked - packed.get(line.line, ZERO)) > ZERO
        )
        if not lines or any(now.picked < now.allocated for now in self.now.values()):
            return
        if limit := self._waits_for_all():
            # What allocation said about it is better known, and stands.
            self.waits += [] if self.order.waiting_for else [limit]
            return
        dispatch, weight = self._dispatch(lines)
        if isinstance(dispatch, str):
            self.waits.append(dispatch)
        elif self.policy.ship_by_hand:
            self.parcels.append(Parcel(lines, dispatch=dispatch, weight_kg=weight))
        elif sent := self._send(lines):
            self.parcels.append(Parcel(sent, dispatch=dispatch, weight_kg=weight, shipped_on=self.day))

    def _waits_for_all(self) -> str:
        """Why this shipment cannot go yet: it is the last that the customer takes, and something is still open."""
        most = self.order.shipments_at_most
        if most is None or most - self.order.shipments_made > 1 or all(n.open <= n.picked for n in self.now.values()):
            return ""
        return f"The customer takes at most {most} shipment{'s' * (most > 1)}: the last goes when all of it is picked."

    def _dispatch(self, lines: Sequence[ParcelLine]) -> tuple[Dispatch | str, Decimal]:
        """Carrier and service, or a sentence that says why it cannot go; and the weight in kg."""
        each = {line.line: line.weight_kg for line in self.order.lines}
        weight = shipment_weight((line.quantity, each[line.line]) for line in lines)
        wrong = why_not_ship(self.order.ship_to, self.order.shipping)
        if wrong:
            return wrong, weight
        ready = dt.datetime.combine(self.day, _NOON)
        found = choose_service(DEFAULT_SERVICES, self.order.shipping, weight, ready)
        return (found.reason if isinstance(found, CannotShip) else found), weight

    def _send(self, lines: Sequence[ParcelLine]) -> tuple[ParcelLine, ...]:
        """Take the goods out of stock; nothing when not all of them are there."""
        left: dict[str, Position] = {}
        sent = []
        for line in lines:
            at = left.get(line.sku) or self.stock.get(line.sku, Position(line.sku))
            try:
                left[line.sku], move = issue(at, line.quantity, self.policy.currency, reserved=line.quantity)
            except NotEnoughStock as short:
                wanted, there = plain_number(short.wanted), plain_number(short.there)
                self.waits.append(f"{line.sku}: {wanted} are to leave, but the books have {there}. Count the stock.")
                return ()
            sent.append(ParcelLine(line.line, line.sku, line.quantity, -move.value))
        self.stock.update(left)
        for line in sent:
            self.now[line.line] = self.now[line.line].after_shipping(line.quantity)
        return tuple(sent)


def moves_of(lines: Sequence[ParcelLine]) -> list[Move]:
    """The stock movements of a shipment's lines."""
    return [Move(line.sku, -line.quantity, -line.cost, "shipment") for line in lines]
