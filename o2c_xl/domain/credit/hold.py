"""What a customer is on hold for being past due, as values and as words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.money import places
from o2c_xl.domain.receivables.open_items import Overdue

__all__ = ["Hold", "money_said"]


@dataclass(frozen=True, slots=True)
class Hold:
    """What a customer is on hold for: by currency what is past due and the amount that frees, its own first.

    `above` says that the order is above the credit limit as well; what frees it then brings it within.
    """

    parts: Sequence[tuple[str, Overdue, Decimal]]
    above: str = ""

    @property
    def why(self) -> str:
        """As a sentence for us."""
        owed = " and ".join(_late(late, currency) for currency, late, _ in self.parts)
        one = len(self.parts) == 1
        are, payments = ("is", f"A payment of {self.pays} frees") if one else ("are", f"Payments of {self.pays} free")
        above = f" {self.above}." if self.above else ""
        return f"On hold: {owed.replace(' (', f' {are} past due (', 1)}.{above} {payments} the order."

    @property
    def pays(self) -> str:
        """The amounts that free."""
        return " and ".join(money_said(frees, currency) for currency, _, frees in self.parts)

    @property
    def invoices(self) -> str:
        """The invoices past due."""
        return ", ".join(name for _, late, _ in self.parts for name in late.invoices)


def _late(late: Overdue, currency: str) -> str:
    days = "day" if late.days == 1 else "days"
    return f"{money_said(late.amount, currency)} ({', '.join(late.invoices)}; {late.days} {days} late)"


def money_said(amount: Decimal, currency: str) -> str:
    """An amount as people read it: 12.50 EUR."""
    return f"{amount:.{places(currency)}f} {currency}"
