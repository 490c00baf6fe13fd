"""Tax what is not invoiced yet at the rates of today, so that an order says what its invoices will.

Tax is due by the day of the invoice. A rate that was corrected, or a customer whose tax group was, therefore changes
what is still to be invoiced of a confirmed order; what is invoiced keeps the rate it was invoiced at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.invoices.invoicing import TaxBy
from o2c_xl.domain.invoices.order_totals import freight_tax_code, order_totals
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.tax import Rate

__all__ = ["LineToTax", "OrderToTax", "TaxBatch", "TaxedOrder", "TaxingBooks", "tax_orders"]


@dataclass(frozen=True, slots=True)
class LineToTax:
    """An order line at the rate (percent) it was taken at; `rest` is its net still to be invoiced."""

    line: str
    tax_code: str
    tax_rate: Decimal
    net: Decimal
    rest: Decimal


@dataclass(frozen=True, slots=True)
class OrderToTax:
    """A confirmed order; `freight` is what is still to be invoiced of it, `invoiced` the tax on its invoices."""

    order: str
    tax_group: str
    currency: str
    tax_by: TaxBy
    lines: Sequence[LineToTax]
    tax: Decimal
    freight: Decimal = ZERO
    invoiced: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class TaxBatch:
    """Orders whose tax may have changed, and all tax rates."""

    orders: Sequence[OrderToTax]
    rates: Mapping[tuple[str, str], Rate]


@dataclass(frozen=True, slots=True)
class TaxedOrder:
    """An order's tax as it is now, and by line the new rate (percent) and what is said of it."""

    order: str
    tax: Decimal
    rates: Mapping[str, tuple[Decimal, str]] = field(default_factory=dict)


class TaxingBooks(Protocol):
    """Where such orders come from; `work_off` gives each batch to `decide` and records what it decided."""

    def work_off(self, decide: Callable[[TaxBatch], Sequence[TaxedOrder]]) -> int:
        """Returns the number of orders whose tax changed."""
        ...


def tax_orders(books: TaxingBooks, policy: Policy) -> int:
    """Bring confirmed orders to the rates of today; a second run finds nothing.

    Returns how many orders were taxed anew.
    """

    def decide(batch: TaxBatch) -> list[TaxedOrder]:
        taxed = [(order, _taxed(order, batch.rates, policy)) for order in batch.orders]
        return [now for order, now in taxed if now.rates or now.tax != order.tax]

    return books.work_off(decide)


def _taxed(order: OrderToTax, rates: Mapping[tuple[str, str], Rate], policy: Policy) -> TaxedOrder:
    group = order.tax_group or policy.default_tax_group
    now = {
        line.line: rate.percent
        for line in order.lines
        if line.rest and (rate := rates.get((group, line.tax_code))) and rate.percent != line.tax_rate
    }
    parts = [(line.rest, Rate(now.get(line.line, line.tax_rate))) for line in order.lines]
    if order.freight:
        code = freight_tax_code([(line.net, line.tax_code) for line in order.lines], policy.default_tax_code)
        if (group, code) not in rates:
            return TaxedOrder(order.order, order.tax)  # invoicing says what is missing
        parts.append((order.freight, rates[group, code]))
    tax = order.invoiced + order_totals(parts, order.currency, order.tax_by).tax
    said = {
        line.line: (now[line.line], _said(now[line.line], line.tax_rate)) for line in order.lines if line.line in now
    }
    return TaxedOrder(order.order, tax, said)


def _said(now: Decimal, before: Decimal) -> str:
    return f"Tax is {plain_number(now)} % instead of {plain_number(before)} %, as Tax Rates say now."
