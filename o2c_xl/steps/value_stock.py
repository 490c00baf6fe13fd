"""Step 6, update inventory: stock is valued as the settings say, from this run on and for all products at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from o2c_xl.domain.goods.layers import Valuation
from o2c_xl.domain.policy import Policy

__all__ = ["StockValued", "ValuationBooks", "value_stock"]


@dataclass(frozen=True, slots=True)
class StockValued:
    """Whether another valuation came into force."""

    changed: bool = False

    @property
    def count(self) -> int:
        """What changed."""
        return int(self.changed)


class ValuationBooks(Protocol):
    """What the step needs of the ledger."""

    def in_force(self) -> Valuation:
        """How stock is valued now."""

    def change(self, method: Valuation) -> bool:
        """Value stock by `method` from now on; False when it is already."""


def value_stock(books: ValuationBooks, policy: Policy) -> StockValued:
    """Bring the valuation that was set into force; what is in stock keeps its value."""
    if books.in_force() is policy.stock_valuation:
        return StockValued()
    return StockValued(books.change(policy.stock_valuation))
