"""Which carrier and service takes an order: by the customer's choice, the weight and the cut-off time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.completeness import Address, missing_in_address
from o2c_xl.domain.ordering.orders import Shipping
from o2c_xl.domain.workdays import add_working_days, next_working_day, working_day

__all__ = [
    "DEFAULT_SERVICES",
    "CannotShip",
    "Dispatch",
    "Service",
    "choose_service",
    "shipment_weight",
    "why_not_ship",
]


@dataclass(frozen=True, slots=True)
class Service:
    """What one carrier offers for one shipping choice.

    `most_kg` and `least_kg` bound the weight, None = no upper bound; orders after `cut_off` leave the next day,
    None = any time; `days` on the way; `cost` per shipment in the company's currency decides between equals.
    """

    carrier: str
    service: str
    shipping: Shipping
    most_kg: Decimal | None = None
    least_kg: Decimal = ZERO
    cut_off: dt.time | None = None
    days: int = 0
    cost: Decimal = ZERO

    def takes(self, choice: str, weight_kg: Decimal) -> bool:
        """Whether the service fits the customer's choice and the weight."""
        light_enough = self.most_kg is None or weight_kg <= self.most_kg
        return self.shipping == choice and light_enough and weight_kg >= self.least_kg


# A start for a company that has entered no carriers of its own.
DEFAULT_SERVICES = (
    Service("Courier", "Express", Shipping.EXPRESS, Decimal(70), cut_off=dt.time(15), days=1),
    Service("Parcel service", "Standard", Shipping.STANDARD, Decimal(30), cut_off=dt.time(16), days=3),
    Service("Freight forwarder", "Pallet", Shipping.STANDARD, cut_off=dt.time(11), days=5),
    Service("Freight forwarder", "Express pallet", Shipping.EXPRESS, cut_off=dt.time(11), days=2),
    Service("Store", "Pickup", Shipping.PICKUP),
)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How a shipment goes, and when it leaves and arrives."""

    carrier: str
    service: str
    leaves: dt.date
    arrives: dt.date
    why: str


@dataclass(frozen=True, slots=True)
class CannotShip:
    """Nothing takes the shipment; `reason` says what to do."""

    reason: str


def shipment_weight(lines: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal:
    """The weight in kg of (quantity, kg each); a product without weight counts nothing."""
    return sum((quantity * (each or ZERO) for quantity, each in lines), ZERO)


def why_not_ship(address: Address, choice: str) -> str | None:
    """What is wrong with the address for this shipping choice; None when it can go. A pickup needs none."""
    if choice == Shipping.PICKUP:
        return None
    return next(iter(missing_in_address(address)), None)


def choose_service(
    services: Iterable[Service], choice: str, weight_kg: Decimal, ready: dt.datetime
) -> Dispatch | CannotShip:
    """The service that arrives first, then the cheapest, then the first listed.

    `ready` is the local time at which the goods stand at the door; carriers come and drive on working days.
    """
    wanted = choice or Shipping.STANDARD
    fitting = [one for one in services if one.takes(wanted, weight_kg)]
    if not fitting:
        return CannotShip(f"No carrier takes {weight_kg} kg by {wanted}. Choose another shipping or split it.")
    leaves = [_leaves(one, ready) for one in fitting]
    arrives = [add_working_days(day, one.days) for day, one in zip(leaves, fitting, strict=True)]
    best = min(range(len(fitting)), key=lambda at: (arrives[at], fitting[at].cost, at))
    one = fitting[best]
    return Dispatch(one.carrier, one.service, leaves[best], arrives[best], _why(one, ready, weight_kg))


def _leaves(one: Service, ready: dt.datetime) -> dt.date:
    """The day the carrier takes it: today before the cut-off time, else the next day they come."""
    today = ready.date()
    late = one.cut_off is not None and ready.time() > one.cut_off
    # On a weekend nobody comes, so Monday's cut-off is not missed.
    return next_working_day(today) if late and working_day(today) == today else working_day(today)


def _why(one: Service, ready: dt.datetime, weight_kg: Decimal) -> str:
    late = one.cut_off is not None and ready.time() > one.cut_off
    after = f", after the cut-off at {one.cut_off:%H:%M}" if late else ""
    return f"{one.shipping}, {weight_kg} kg{after}."
