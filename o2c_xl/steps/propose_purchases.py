"""Step 4, purchase proposals: what is short or at its reorder point is drafted, one order per supplier.

Python's own drafts are rebuilt by each run, so running twice adds nothing; a draft that someone changed, and
whatever was sent, counts as on order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from o2c_xl.domain.buying.least_order import LeastOrder, raise_to_least
from o2c_xl.domain.buying.replenishment import Candidate, ProposedOrder, StockLevel, propose
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.policy import Policy

__all__ = ["Needs", "ProposalBooks", "PurchasesProposed", "propose_purchases"]


@dataclass(frozen=True, slots=True)
class Needs:
    """Products that are short or at their reorder point, who sells them, and suppliers' minimum order amounts."""

    levels: Sequence[StockLevel]
    candidates: Mapping[str, Sequence[Candidate]]
    minimum_orders: Mapping[str, LeastOrder]


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
    levels = {level.sku: level for level in needs.levels}
    orders = []
    for order in propose(needs.levels, needs.candidates, day):
        if order.supplier:
            least = needs.minimum_orders.get(order.supplier)
            raised = raise_to_least(order, levels, needs.candidates, least) if least else order
            orders.append(_noted(raised))
    return orders


def _noted(order: ProposedOrder) -> ProposedOrder:
    """Say beside the first line what the order still lacks to the supplier's minimum, for a person to decide."""
    if order.below_minimum <= ZERO:
        return order
    first, *rest = order.lines
    why = f"{first.why} The order is {plain_number(order.below_minimum)} below the supplier's minimum order."
    return replace(order, lines=(replace(first, why=why), *rest))
