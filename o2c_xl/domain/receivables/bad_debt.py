"""What of the receivables may be lost: a share of each age, as the company has found it; nothing is posted.

Source of the method: percentage of receivables by age, as in OpenStax Principles of Accounting, allowance for doubtful
accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.receivables.open_items import AgingRow

__all__ = ["BUCKETS", "allowance", "read_percents"]

BUCKETS = 5
_HUNDRED = Decimal(100)


def allowance(row: AgingRow, percents: Sequence[Decimal]) -> Decimal | None:
    """The allowance on a row's buckets, before credits, rounded once; None where no percents are set."""
    if not percents:
        return None
    parts = (row.not_due, row.days_1_30, row.days_31_60, row.days_61_90, row.over_90)
    exact = sum((part * percent for part, percent in zip(parts, percents, strict=True)), ZERO)
    return round_money(exact / _HUNDRED, row.currency)


def read_percents(text: str) -> tuple[Decimal, ...]:
    """The percents of the five ages from a setting such as `0, 1, 5, 20, 50`; none from an empty one.

    Raises ValueError with a sentence for the clerk.
    """
    parts = [part.strip() for part in text.split(";" if ";" in text else ",")] if text.strip() else []
    if parts and len(parts) != BUCKETS:
        raise ValueError(f"there are {len(parts)} numbers, not five.")
    return tuple(_percent(part) for part in parts)


def _percent(part: str) -> Decimal:
    try:
        number = Decimal(part)
    except InvalidOperation:
        raise ValueError(f"'{part}' is not a number from 0 to 100.") from None
    if not number.is_finite() or not ZERO <= number <= _HUNDRED:
        raise ValueError(f"'{part}' is not a number from 0 to 100.")
    return number
