"""Net, tax and total of an order as a whole, by the same arithmetic as the invoice that will follow.

Freight is part of the net (the tax-exclusive amount) and taxed at a code of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.invoices.invoicing import TaxBy, tax_due
from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.tax import Rate

__all__ = ["OrderTotals", "freight_tax_code", "order_totals"]


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """Amounts in the order's currency; total = net + tax."""

    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """What the customer is to pay."""
        return self.net + self.tax


def order_totals(parts: Iterable[tuple[Decimal, Rate]], currency: str, tax_by: TaxBy) -> OrderTotals:
    """Totals of nets with their rates, freight among them; tax is rounded once per rate, or on each part."""
    net = tax = round_money(ZERO, currency)
    by_rate: dict[tuple[str, Decimal], Decimal] = {}
    for amount, rate in parts:
        net += amount
        if tax_by is TaxBy.LINE:
            tax += tax_due(amount, rate.percent, currency)
        else:
            key = (rate.category, rate.percent)
            by_rate[key] = by_rate.get(key, ZERO) + amount
    tax += sum((tax_due(amount, percent, currency) for (_, percent), amount in by_rate.items()), ZERO)
    return OrderTotals(net, tax)


def freight_tax_code(lines: Sequence[tuple[Decimal, str]], default: str) -> str:
    """The tax code of freight: the company's default, else that of the line worth most (the first of equals)."""
    if default or not lines:
        return default
    return max(lines, key=lambda line: line[0])[1]
