"""May a customer's first order go on credit: points by stated rules, then approve, refuse or refer to finance.

The rules stand in docs/algorithms/credit-score.md with a worked table; nothing else counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.approvals import above_limit
from o2c_xl.domain.money import ZERO

__all__ = ["CreditFacts", "ScorePolicy", "Scored", "score"]

_BASE = 50
_RATINGS = {"A": 30, "B": 15, "C": -15, "D": -40}
_OWN_COUNTRY, _RISKY = 10, -40
_TAX_ID, _NO_TAX_ID = 5, -5
_PER_PAID, _MOST_PAID = 5, 20
_PER_LATE, _MOST_LATE = -10, -30
_SMALL, _LARGE, _VERY_LARGE = 10, -10, -25


@dataclass(frozen=True, slots=True)
class ScorePolicy:
    """The settings: points from which an order is approved, below which it is refused; in between finance decides.

    `limit` is the credit limit that an approval gives to a customer without one; `days` how long a decision holds,
    None = for ever; `up_to` the total above which no rule approves, None = any.
    """

    approve_from: int = 60
    refuse_below: int = 30
    risk_countries: frozenset[str] = frozenset()
    own_country: str = ""
    limit: Decimal | None = None
    days: int | None = 365
    up_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """What is known of a customer; `paid` counts settled invoices, `late` those paid more than 30 days late."""

    country: str = ""
    rating: str = ""
    tax_id: str = ""
    paid: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Scored:
    """The points with the rules that gave them, and what follows: Approve, Refer or Refuse."""

    points: int
    parts: tuple[tuple[str, int], ...]
    verdict: str

    def __str__(self) -> str:
        told = ", ".join(f"{name} {points:+d}" for name, points in self.parts)
        return f"score {self.points} ({told})"


def score(facts: CreditFacts, order_total: Decimal, policy: ScorePolicy) -> Scored:
    """The points of a first order on credit of `order_total`, tax included, and the verdict."""
    parts = (
        ("base", _BASE),
        (f"rating {facts.rating}", _RATINGS.get(facts.rating, 0)),
        (f"country {facts.country}", _country(facts.country, policy)),
        ("tax ID" if facts.tax_id else "no tax ID", _TAX_ID if facts.tax_id else _NO_TAX_ID),
        (f"{facts.paid} paid", min(facts.paid * _PER_PAID, _MOST_PAID)),
        (f"{facts.late} paid late", max(facts.late * _PER_LATE, _MOST_LATE)),
        ("size of the order", _size(order_total, policy.up_to)),
    )
    shown = tuple(part for part in parts if part[1])
    points = sum(points for _, points in shown)
    return Scored(points, shown, _verdict(points, order_total, policy))


def _verdict(points: int, order_total: Decimal, policy: ScorePolicy) -> str:
    if points < policy.refuse_below:
        return "Refuse"
    return "Refer" if above_limit(order_total, policy.up_to) or points < policy.approve_from else "Approve"


def _country(country: str, policy: ScorePolicy) -> int:
    if country in policy.risk_countries:
        return _RISKY
    return _OWN_COUNTRY if country and country == policy.own_country else 0


def _size(total: Decimal, up_to: Decimal | None) -> int:
    """Against the setting First order credit up to; without it every size is alike."""
    if up_to is None:
        return 0
    if ZERO < total <= up_to:
        return _SMALL
    return _LARGE if total <= 2 * up_to else _VERY_LARGE
