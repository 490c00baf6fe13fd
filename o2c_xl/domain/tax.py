"""Tax rates by tax group and tax code; where no rate is known, that is an error and never zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["NoRate", "Rate", "rate_for"]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate in percent (19 means 19 %) and why it is zero or reduced, where the law wants a reason."""

    percent: Decimal
    reason: str = ""

    @property
    def category(self) -> str:
        """UNTDID 5305 letter: S standard or reduced, Z zero, E exempt (a reason is given)."""
        if self.percent:
            return "S"
        return "E" if self.reason else "Z"


class NoRate(LookupError):
    """No tax rate is known for a group and code; the message says which and where to enter it."""

    def __init__(self, group: str, code: str) -> None:
        self.group = group
        self.code = code
        super().__init__(
            f"No tax rate for tax group {group or '(empty)'} and tax code {code or '(empty)'}. "
            "Enter the rate in TaxRates."
        )


def rate_for(rates: Mapping[tuple[str, str], Rate], group: str, code: str) -> Rate:
    """The rate of a tax group and tax code. Raises NoRate when there is none."""
    rate = rates.get((group, code))
    if rate is None:
        raise NoRate(group, code)
    return rate
