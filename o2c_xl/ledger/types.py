"""How exact numbers lie in the database: as whole numbers of 1/10 000, the same on every engine.

SQLite has no decimal type, and sums of texts or floats are not exact. A whole number is: it is summed by the
database itself without a rounding, and an amount up to 900 000 000 000 000 fits. No amount of a document is above
10^11 (`domain.money.AMOUNT_BELOW`), so a sum over 9 000 of the largest fits too.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect

__all__ = ["SCALE", "Exact", "from_units", "to_units"]

SCALE = 4


def to_units(value: Decimal) -> int:
    """The whole number of 1/10 000 that stands for `value`; ValueError when it has more places."""
    units = value.scaleb(SCALE)
    whole = int(units)
    if whole != units:
        raise ValueError(f"{value} has more than {SCALE} decimal places")
    return whole


def from_units(units: int) -> Decimal:
    """The exact number for a stored whole number of 1/10 000, without idle zeros beyond two places."""
    if units % 100:
        return Decimal(units).scaleb(-SCALE)
    return Decimal(units // 100).scaleb(-2)


@lru_cache(maxsize=1 << 16)  # quantities, prices and nothing at all come back again and again
def _from_driver(units: int | Decimal | None) -> Decimal | None:
    """Whole number to Decimal; a sum may come back as Decimal from PostgreSQL."""
    return None if units is None else from_units(int(units))


class Exact(TypeDecorator[Decimal]):
    """A column of amounts, prices, quantities or percentages; `Decimal` in Python."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Decimal | None], int | None]:  # noqa: ARG002
        """Decimal to whole number."""
        return lambda value: None if value is None else to_units(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], Decimal | None]:  # noqa: ARG002
        """Whole number to Decimal."""
        return _from_driver
