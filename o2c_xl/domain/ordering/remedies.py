"""What happens to a line that is short of stock: an alternative, a part now, all later, or the short part cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import LineQuantities

__all__ = ["Alternative", "Effect", "Remedied", "Remedy", "alternatives", "apply_remedy", "offer", "remedy_for"]

_ONE = Decimal(1)


class Remedy(StrEnum):
    """The choices for a short line."""

    ALTERNATIVE = "Offer alternative products"
    PARTIAL = "Partial shipment"
    DELAYED = "Delayed shipment"
    CANCEL = "Cancel"


def remedy_for(line: str, customer: str, default: Remedy = Remedy.PARTIAL) -> Remedy:
    """The remedy that counts: the line's own, else the customer's `Short stock`, else the company's."""
    return Remedy(line or customer or default)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a remedy does to a short line: stock given back, quantity cancelled, whether a person must choose."""

    released: Decimal = ZERO
    cancelled: Decimal = ZERO
    waits_for_choice: bool = False
    note: str = ""


Remedied = tuple[LineQuantities, Effect]


def apply_remedy(remedy: Remedy, line: LineQuantities) -> Remedied:
    """The line after its remedy, and what that did; a line that is not short stays as it is.

    Partial: what is set aside goes now, the rest is backordered. Delayed: the line waits whole, so what is set
    aside and not picked is free again. Cancel: the short part is cancelled. Alternative: a person chooses.
    """
    short = line.backordered
    if short <= ZERO:
        return line, Effect()
    now = line.allocated
    if remedy is Remedy.CANCEL:
        return _with(line, cancelled=short), Effect(
            cancelled=short, note=f"{now} now, {short} cancelled for want of stock."
        )
    if remedy is Remedy.DELAYED:
        back = now - line.picked
        return _with(line, released=back), Effect(released=back, note=f"Waits whole: {short} of {line.open} are short.")
    if remedy is Remedy.ALTERNATIVE:
        return line, Effect(waits_for_choice=True, note=f"{short} of {line.open} are short. Choose a remedy.")
    return line, Effect(note=f"{now} now, {short} backordered.")


def _with(line: LineQuantities, cancelled: Decimal = ZERO, released: Decimal = ZERO) -> LineQuantities:
    return LineQuantities(
        line.ordered,
        line.allocated - released,
        line.picked,
        line.shipped,
        line.invoiced,
        line.returned,
        line.cancelled + cancelled,
        line.returned_uninvoiced,
    )


@dataclass(frozen=True, slots=True)
class Alternative:
    """A product that may stand in; `difference` is its price less the line's, None when either is unknown."""

    sku: str
    available: Decimal
    difference: Decimal | None


def alternatives(
    sku: str,
    stand_ins: Mapping[str, str],
    available: Mapping[str, Decimal],
    prices: Mapping[str, Decimal],
) -> tuple[Alternative, ...]:
    """The products that may stand in for `sku` and are there, nearest first.

    `stand_ins` is each product's `Alternative SKU`; alternatives of alternatives count, circles end.
    """
    found, seen, at = [], {sku}, stand_ins.get(sku, "")
    while at and at not in seen:
        seen.add(at)
        if available.get(at, ZERO) >= _ONE:
            known = at in prices and sku in prices
            found.append(Alternative(at, available[at], prices[at] - prices[sku] if known else None))
        at = stand_ins.get(at, "")
    return tuple(found)


def offer(found: tuple[Alternative, ...]) -> str:
    """The alternatives as one sentence for the clerk and the customer."""
    if not found:
        return "No alternative is in stock."
    parts = []
    for one in found:
        price = "price unknown" if one.difference is None else f"{one.difference:+} each"
        parts.append(f"{one.sku} ({one.available} there, {price})")
    return f"Alternatives: {', '.join(parts)}. Change the SKU or choose another remedy."
