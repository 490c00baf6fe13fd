"""Which price applies: the list's, by quantity and date; and whether an entered price strays too far from it.

Prices are net per unit, in the currency of their list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["PriceIndex", "PriceRow", "beyond_tolerance", "find_price", "index_prices"]

PriceIndex = Mapping[tuple[str, str], tuple["PriceRow", ...]]


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One row of a price list; both dates are included, None = without end."""

    price_list: str
    sku: str
    minimum: Decimal
    price: Decimal
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def valid(self, on: dt.date) -> bool:
        """Whether the row holds on that day."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


def index_prices(rows: Iterable[PriceRow]) -> PriceIndex:
    """The rows per (price list, SKU), in the order in which they are tried.

    The highest minimum quantity first; of the same minimum the one that began last, as a new price replaces an old.
    """
    found: dict[tuple[str, str], list[PriceRow]] = {}
    for row in rows:
        found.setdefault((row.price_list, row.sku), []).append(row)
    return {key: tuple(sorted(group, key=_last_to_try, reverse=True)) for key, group in found.items()}


def _last_to_try(row: PriceRow) -> tuple[Decimal, dt.date, dt.date, Decimal]:
    ends = row.valid_to or dt.date.max
    # Of two rows that begin on the same day the one that ends sooner is the special offer.
    return row.minimum, row.valid_from or dt.date.min, dt.date.min + (dt.date.max - ends), -row.price


def find_price(
    prices: PriceIndex,
    price_list: str,
    sku: str,
    quantity: Decimal,
    on: dt.date,
    product_price: Decimal | None = None,
) -> Decimal | None:
    """The list's price for that quantity on that day, else `product_price`, else None: then there is no price.

    Give `product_price` only where the product's own price may stand in: it is in the company's currency.
    """
    for row in prices.get((price_list, sku), ()):
        if row.minimum <= quantity and row.valid(on):
            return row.price
    return product_price


def beyond_tolerance(entered: Decimal, listed: Decimal | None, percent: Decimal | None) -> bool:
    """Whether an entered price strays more than `percent` from the list's, up or down, so that a person must agree.

    None as percent = never asked; without a listed price there is nothing to compare.
    """
    if percent is None or listed is None:
        return False
    return abs(entered - listed) * 100 > percent * listed
