"""Ship what is picked: one shipment per order and run, its carrier chosen, its goods taken out of stock at cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.goods.shipping import CannotShip, Dispatch, Service, choose_service, shipment_weight, why_not_ship
from o2c_xl.domain.goods.stock import Move, NotEnoughStock, Position, issue
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.ordering.completeness import Address
from o2c_xl.domain.ordering.orders import IN_WAREHOUSE, Gates, LineQuantities, OrderStatus, derive_status
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.workdays import add_working_days

__all__ = [
    "LineToShip",
    "OrderShipped",
    "OrderToShip",
    "PackedShipment",
    "Parcel",
    "ParcelLine",
    "ShippingBatch",
    "ShippingBooks",
    "moves_of",
    "send_parcels",
    "ship",
]

_ENDED = (OrderStatus.CANCELLED, OrderStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class LineToShip:
    """An order line; `weight_kg` of one unit, `wanted_on` the day on which the customer wants it to leave."""

    line: str
    sku: str
    quantities: LineQuantities
    weight_kg: Decimal | None = None
    wanted_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """What of an order line lies in the parcel; `cost` in the company's currency, nothing until it ships."""

    line: str
    sku: str
    quantity: Decimal
    cost: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PackedShipment:
    """A shipment that stands packed at the door; `action` is what a person asked for, `shipped_on` what they typed.

    `dispatch` is how it was to go when it was packed.
    """

    shipment: str
    lines: tuple[ParcelLine, ...]
    action: str = ""
    shipped_on: dt.date | None = None
    dispatch: Dispatch | None = None


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
    """Orders to ship, the balances of their products and who carries them.

    `ready` is the local time at which what is packed now stands at the door.
    """

    orders: Sequence[OrderToShip]
    stock: Mapping[str, Position]
    services: Sequence[Service]
    ready: dt.datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment after the decision: new when `shipment` is empty; `shipped_on` None = it stands packed.

    `ship_to` and `weight_kg` are said of a new one.
    """

    lines: tuple[ParcelLine, ...]
    shipment: str = ""
    dispatch: Dispatch | None = None
    weight_kg: Decimal = ZERO
    ship_to: Address = field(default_factory=Address)
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


class ShippingBooks(Protocol):
    """Where orders to ship come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[ShippingBatch], Sequence[OrderShipped]]) -> int:
        """Returns the number of shipments that changed."""
        ...


def ship(books: ShippingBooks, policy: Policy) -> int:
    """Send what is picked, or pack it where a person sends it; a second run finds nothing.

    Returns how many shipments were made, sent or cancelled.
    """
    return books.work_off(lambda batch: [door.work() for door in _doors(batch, policy)])


def send_parcels(books: ShippingBooks, policy: Policy) -> int:
    """Send what people say has left, where they do that: before an order is cancelled and before stock is counted.

    Returns how many shipments were made, sent or cancelled.
    """
    if not policy.ship_by_hand:
        return 0
    return books.work_off(lambda batch: [door.send() for door in _doors(batch, policy)])


def _doors(batch: ShippingBatch, policy: Policy) -> list[_Door]:
    stock = dict(batch.stock)
    return [_Door(order, stock, policy, batch.services, batch.ready) for order in batch.orders]


@dataclass(slots=True)
class _Door:
    """One order at the door; `stock` is shared by the batch, so nothing leaves twice."""

    order: OrderToShip
    stock: dict[str, Position]
    policy: Policy
    services: Sequence[Service]
    ready: dt.datetime
    now: dict[str, LineQuantities] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = {line.line: line.quantities for line in self.order.lines}

    def work(self) -> OrderShipped:
        """Settle what stands packed, and pack what is picked."""
        standing = [one for one in self.order.packed if not self._settle(one)]
        if self.order.status in IN_WAREHOUSE:
            self._pack(standing)
        return self._done()

    def send(self) -> OrderShipped:
        """Settle only what is said to have left."""
        for one in self.order.packed:
            if one.action == "Ship":
                self._settle(one)
        return self._done()

    def _done(self) -> OrderShipped:
        order = self.order
        before = {line.line: line.quantities for line in order.lines}
        after = {line: now for line, now in self.now.items() if now is not before[line]}
        status = derive_status(self.now.values(), Gates()) if after and order.status in IN_WAREHOUSE else None
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
        if self.order.status not in IN_WAREHOUSE or (self.policy.ship_by_hand and one.action != "Ship"):
            return False
        lines = self._send(one.lines)
        if lines:
            day = one.shipped_on or self.ready.date()
            self.parcels.append(Parcel(lines, one.shipment, self._handed_over(one.dispatch, day), shipped_on=day))
        return bool(lines)

    def _handed_over(self, dispatch: Dispatch | None, day: dt.date) -> Dispatch | None:
        """How it goes, expected by the day on which the carrier really took it."""
        for one in self.services:
            if dispatch is not None and (one.carrier, one.service) == (dispatch.carrier, dispatch.service):
                return replace(dispatch, expected=add_working_days(day, one.days))
        return dispatch

    def _pack(self, standing: Sequence[PackedShipment]) -> None:
        """Put what is picked and stands in no shipment into a new one, once nothing is left to pick by now."""
        packed: dict[str, Decimal] = {}
        for one in standing:
            for line in one.lines:
                packed[line.line] = packed.get(line.line, ZERO) + line.quantity
        lines = tuple(
            ParcelLine(line.line, line.sku, quantity)
            for line in self.order.lines
            if (quantity := self.now[line.line].picked - packed.get(line.line, ZERO)) > ZERO
        )
        if not lines or any(map(self._to_pick, self.order.lines)):
            return
        if limit := self._waits_for_all():
            # What allocation said about it is better known, and stands.
            self.waits += [] if self.order.waiting_for else [limit]
            return
        dispatch, weight = self._dispatch(lines)
        if isinstance(dispatch, str):
            self.waits.append(dispatch)
            return
        parcel = Parcel(lines, dispatch=dispatch, weight_kg=weight, ship_to=self.order.ship_to)
        if self.policy.ship_by_hand:
            self.parcels.append(parcel)
        elif sent := self._send(lines):
            self.parcels.append(replace(parcel, lines=sent, shipped_on=self.ready.date()))

    def _to_pick(self, line: LineToShip) -> bool:
        now, until = self.now[line.line], self.policy.picked_until(self.ready.date())
        return now.picked < now.allocated and (line.wanted_on or until) <= until

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
        found = choose_service(self.services, self.order.shipping, weight, self.ready)
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
