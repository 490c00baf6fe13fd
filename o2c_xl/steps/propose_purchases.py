"""Step 4, purchase proposals: what is short or at its reorder point is drafted, one order per supplier.

Python's own drafts are rebuilt by each run, so running twice adds nothing; a draft that someone changed, and
whatever was sent, counts as on order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.replenishment import Candidate, ProposedLine, ProposedOrder, StockLevel, propose
from o2c_xl.domain.settings import Policy

__all__ = ["Needs", "ProposalBooks", "PurchasesProposed", "propose_purchases"]


@dataclass(frozen=True, slots=True)
class Needs:
    """Products that are short or at their reorder point, who sells them, and suppliers' minimum order amounts."""

    levels: Sequence[StockLevel]
    candidates: Mapping[str, Sequence[Candidate]]
    minimum_orders: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class PurchasesProposed:
    """How many drafts were made or changed, and how many are not needed any more."""

    proposed: int = 0
    dropped: int = 0

    @property
    def count(self) -> int:
        """What changed."""
        return self.proposed + self.dropped


class ProposalBooks(Protocol):
    """What the step needs of the ledger."""

    def rebuild(self, decide: Callable[[Needs], Sequence[ProposedOrder]]) -> PurchasesProposed:
        """Make Python's drafts what `decide` gives for the needs of now."""


def propose_purchases(books: ProposalBooks, policy: Policy, day: dt.date) -> PurchasesProposed:
    """Rebuild the drafts; without the setting Purchase by rule there are none."""
    if not policy.purchase_by_rule:
        return PurchasesProposed()
    return books.rebuild(lambda needs: decide_proposals(needs, day))


def decide_proposals(needs: Needs, day: dt.date) -> list[ProposedOrder]:
    """What to buy from whom; products that nobody sells are left to a person."""
    found = propose(needs.levels, needs.candidates, day, needs.minimum_orders)
    return [_with_minimum(order) for order in found if order.supplier]


def _with_minimum(order: ProposedOrder) -> ProposedOrder:
    """Say beside the first line what the order lacks to the supplier's minimum."""
    if order.below_minimum <= ZERO:
        return order
    first, *rest = order.lines
    note = f"{first.why} The order is {order.below_minimum} below the supplier's minimum order."
    noted = ProposedLine(
        first.supplier, first.sku, first.quantity, first.unit_cost, note, first.for_orders, first.lead_days
    )
    return ProposedOrder(order.supplier, (noted, *rest), order.below_minimum)
