"""Which carrier and service takes an order: by the customer's choice, the weight and the cut-off time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.ordering.completeness import Address, missing_in_address
from o2c_xl.domain.ordering.orders import Shipping
from o2c_xl.domain.workdays import add_working_days, next_working_day, working_day

__all__ = [
    "DEFAULT_SERVICES",
    "CannotShip",
    "Dispatch",
    "Service",
    "choose_service",
    "cut_off_of",
    "expected_day",
    "services_in_use",
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


# What holds as long as a company has entered no carriers of its own.
DEFAULT_SERVICES = (
    Service("Courier", "Express", Shipping.EXPRESS, Decimal(70), cut_off=dt.time(15), days=1),
    Service("Parcel service", "Standard", Shipping.STANDARD, Decimal(30), cut_off=dt.time(16), days=3),
    Service("Freight forwarder", "Pallet", Shipping.STANDARD, cut_off=dt.time(11), days=5),
    Service("Freight forwarder", "Express pallet", Shipping.EXPRESS, cut_off=dt.time(11), days=2),
    Service("Store", "Pickup", Shipping.PICKUP),
)


_PICKUP = tuple(one for one in DEFAULT_SERVICES if one.shipping == Shipping.PICKUP)
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?::00)?")


def cut_off_of(text: str) -> dt.time | None:
    """The local time that a cell says, such as 15:00, 9.30 or Excel's 15:00:00; None when it says none."""
    found = _TIME.fullmatch(text.strip())
    return dt.time(int(found[1]), int(found[2])) if found else None


def services_in_use(own: Iterable[Service]) -> tuple[Service, ...]:
    """The company's own services, else the five that stand for them; goods can be fetched at the store in any case."""
    services = tuple(own)
    if not services:
        return DEFAULT_SERVICES
    fetched = any(one.shipping == Shipping.PICKUP for one in services)
    return services if fetched else services + _PICKUP


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How a shipment goes, and the day on which it should be there."""

    carrier: str
    service: str
    expected: dt.date


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
        fix = "Add a row for it in Carriers, or choose another Shipping."
        return CannotShip(f"No carrier takes {plain_number(weight_kg)} kg by {wanted}. {fix}")
    arrives = [expected_day(one, ready) for one in fitting]
    best = min(range(len(fitting)), key=lambda at: (arrives[at], fitting[at].cost, at))
    return Dispatch(fitting[best].carrier, fitting[best].service, arrives[best])


def expected_day(one: Service, ready: dt.datetime) -> dt.date:
    """The day on which goods that stand at the door at `ready` (local time) should be with the customer."""
    return add_working_days(_leaves(one, ready), one.days)


def _leaves(one: Service, ready: dt.datetime) -> dt.date:
    """The day the carrier takes it: today up to the cut-off time, else the next day they come."""
    today = ready.date()
    late = one.cut_off is not None and ready.time() > one.cut_off
    # On a weekend nobody comes, so Monday's cut-off is not missed.
    return next_working_day(today) if late and working_day(today) == today else working_day(today)
