"""Pick lists: most urgent orders together, zone by zone, in walking order, fragile goods last."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from o2c_xl.domain.goods.allocation import NORMAL_PRIORITY
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.ordering.orders import natural_key

__all__ = ["PickList", "PickResult", "PickTask", "check_pick", "plan_picks", "walking_order"]

_PIECES = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class PickTask:
    """What is to be taken from one bin for one order line; `quantity` is allocated and not picked yet."""

    order: str
    line: str
    sku: str
    quantity: Decimal
    zone: str = ""
    bin: str = ""
    fragile: bool = False
    promised: dt.date | None = None
    priority: int = NORMAL_PRIORITY


@dataclass(frozen=True, slots=True)
class PickList:
    """One walk through one zone; `batch` counts from 1, the most urgent."""

    batch: int
    zone: str
    tasks: tuple[PickTask, ...]


def plan_picks(tasks: Iterable[PickTask], orders_per_batch: int = 10) -> list[PickList]:
    """Batches of whole orders, most urgent promise first, each batch one list per zone in walking order."""
    by_order: dict[str, list[PickTask]] = {}
    for task in tasks:
        by_order.setdefault(task.order, []).append(task)
    orders = sorted(by_order.values(), key=_urgency)
    lists = []
    for start in range(0, len(orders), orders_per_batch):
        batch = [task for order in orders[start : start + orders_per_batch] for task in order]
        lists += _zones(start // orders_per_batch + 1, batch)
    return lists


def _urgency(order: Sequence[PickTask]) -> tuple[dt.date, int, tuple[list[str | int], str]]:
    return (
        min(task.promised or dt.date.max for task in order),
        min(task.priority for task in order),
        natural_key(order[0].order),
    )


def _zones(batch: int, tasks: Iterable[PickTask]) -> list[PickList]:
    zones: dict[str, list[PickTask]] = {}
    for task in tasks:
        zones.setdefault(task.zone, []).append(task)
    return [PickList(batch, zone, tuple(walking_order(zones[zone]))) for zone in sorted(zones, key=natural_key)]


def walking_order(tasks: Iterable[PickTask]) -> list[PickTask]:
    """The tasks of one zone as a person walks: up one aisle, down the next; what is fragile on a last round.

    A bin reads aisle, bay, level (A-03-2); bins that do not read so come after those that do, sorted naturally.
    """
    sturdy: list[PickTask] = []
    fragile: list[PickTask] = []
    for task in tasks:
        (fragile if task.fragile else sturdy).append(task)
    return [*_serpentine(sturdy), *_serpentine(fragile)]


def _serpentine(tasks: list[PickTask]) -> list[PickTask]:
    aisles: dict[str, list[tuple[int, int, PickTask]]] = {}
    others = []
    for task in tasks:
        place = _place(task.bin)
        if place is None:
            others.append(task)
        else:
            aisle, bay, level = place
            aisles.setdefault(aisle, []).append((bay, level, task))
    walk = []
    for number, aisle in enumerate(sorted(aisles, key=natural_key)):
        # Every second aisle is walked from its far end: one comes out where the next begins.
        sign = -1 if number % 2 else 1
        stops = sorted(aisles[aisle], key=lambda stop: (sign * stop[0], stop[1], _by_name(stop[2])))
        walk += [task for _, _, task in stops]
    return walk + sorted(others, key=_by_name)


def _by_name(task: PickTask) -> tuple[tuple[list[str | int], str], ...]:
    return natural_key(task.bin), natural_key(task.sku), natural_key(task.order), natural_key(task.line)


@lru_cache(maxsize=1 << 14)
def _place(name: str) -> tuple[str, int, int] | None:
    """Aisle, bay and level of a bin such as A-03-2, 12-4 or B07; a missing level is 0."""
    pieces = _PIECES.findall(name.casefold())
    if not 2 <= len(pieces) <= 3 or not pieces[1].isdecimal():  # noqa: PLR2004 - aisle, bay and perhaps level
        return None
    level = pieces[2] if pieces[2:] else "0"
    return pieces[0], int(pieces[1]), int(level) if level.isdecimal() else ord(level[0])


@dataclass(frozen=True, slots=True)
class PickResult:
    """What came of a task: `short` goes back to availability; `ready` = picked and packed in full agreement."""

    picked: Decimal
    short: Decimal
    ready: bool
    why: str = ""


def check_pick(to_pick: Decimal, picked: Decimal | None, packed: Decimal | None = None) -> PickResult | str | None:
    """What the cells of a pick say: None when it is not picked yet, a sentence when they cannot be.

    An empty cell means not picked, never all picked; 0 means that nothing was found. An empty `packed` means not
    packed yet.
    """
    if picked is None:
        return None if packed is None else f"Packed: {packed} are packed, but none picked. Enter what was picked."
    if picked < ZERO:
        return f"Picked: {picked} is less than 0. Enter how many you took."
    if picked > to_pick:
        return f"Picked: {picked} is more than the {to_pick} of this row. Put the rest back and enter {to_pick}."
    if packed is not None and (packed < ZERO or packed > picked):
        return f"Packed: {packed} is not between 0 and the {picked} picked. Count again."
    short = to_pick - picked
    told = f"{plain_number(picked)} of {plain_number(to_pick)} found; {plain_number(short)} go back to availability."
    why = told if short else ""
    return PickResult(picked, short, packed == picked and picked > ZERO, why)
