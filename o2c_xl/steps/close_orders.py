"""Close orders that are invoiced and settled: ordered, shipped, invoiced and paid must explain each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.invoices.invoicing import line_net, partial_net
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.closing import Closing, OrderAccount, reconcile
from o2c_xl.domain.ordering.orders import LineQuantities

__all__ = ["ClosingBooks", "LineToClose", "OrderToClose", "close_orders"]


@dataclass(frozen=True, slots=True)
class LineToClose:
    """An order line at the price (per unit) and discount it was taken at."""

    line: str
    quantities: LineQuantities
    price: Decimal
    discount_percent: Decimal


@dataclass(frozen=True, slots=True)
class OrderToClose:
    """An order whose invoices are settled; amounts are sums over its invoices, `freight` what was due of it.

    `prepaid` was paid in advance and is not applied.
    """

    order: str
    currency: str
    lines: Sequence[LineToClose]
    freight: Decimal = ZERO
    invoiced_net: Decimal = ZERO
    total: Decimal = ZERO
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    written_off: Decimal = ZERO
    open: Decimal = ZERO
    prepaid: Decimal = ZERO


class ClosingBooks(Protocol):
    """Where orders to close come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[Sequence[OrderToClose]], Sequence[Closing]]) -> int:
        """Returns the number of orders closed."""
        ...


def close_orders(books: ClosingBooks) -> int:
    """Close what is done; a difference closes the order too, and becomes a discrepancy that someone has to own.

    Returns how many orders were closed.
    """
    return books.work_off(lambda orders: [_reconcile(order) for order in orders])


def _reconcile(order: OrderToClose) -> Closing:
    account = OrderAccount(
        order.order,
        [(line.line, line.quantities) for line in order.lines],
        sum((_kept_net(line, order.currency) for line in order.lines), order.freight),
        order.invoiced_net,
        order.total,
        order.paid,
        order.credited,
        order.written_off,
        order.open,
        prepaid=order.prepaid,
    )
    return reconcile(account)


def _kept_net(line: LineToClose, currency: str) -> Decimal:
    """The net of what shipped and was not brought back before its invoice, at the order's own price."""
    done = line.quantities
    kept = done.shipped - done.returned_uninvoiced
    if not done.ordered or not kept:
        return ZERO
    full = line_net(done.ordered, line.price, line.discount_percent, currency)
    return partial_net(done.ordered, ZERO, ZERO, kept, full, currency)
