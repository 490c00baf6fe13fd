"""Closing an order: ordered, shipped, invoiced and paid must explain each other; what does not is a discrepancy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import LineQuantities, broken

__all__ = ["Closing", "Discrepancy", "OrderAccount", "reconcile"]


@dataclass(frozen=True, slots=True)
class OrderAccount:
    """One order's quantities and money, all amounts in the order's currency.

    `shipped_net` is the net of what shipped and was not brought back before its invoice, freight included, by the
    order's own prices; `invoiced_net` the net of its invoices without credit notes. `total`, `paid`, `credited`,
    `written_off` and `open` are those of its invoices, tax included. `to_credit` is what came back after the
    invoice and has no credit note yet; `prepaid` what it paid in advance and has not been applied.
    """

    order: str
    lines: Sequence[tuple[str, LineQuantities]]
    shipped_net: Decimal = ZERO
    invoiced_net: Decimal = ZERO
    total: Decimal = ZERO
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    written_off: Decimal = ZERO
    open: Decimal = ZERO
    to_credit: Decimal = ZERO
    prepaid: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A difference that someone has to own; `subject` is the order, or order/line."""

    kind: str
    subject: str
    expected: Decimal
    found: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Closing:
    """Whether the order can be closed; if not, what it still waits for or what does not add up."""

    order: str
    waits_for: tuple[str, ...]
    discrepancies: tuple[Discrepancy, ...]

    @property
    def closed(self) -> bool:
        """Nothing is left to do and everything adds up."""
        return not self.waits_for and not self.discrepancies


def reconcile(account: OrderAccount) -> Closing:
    """Compare ordered, shipped, invoiced and paid of one order.

    What is merely not done yet is waited for; a difference is named only where the work says it is done.
    """
    to_ship = sum((line.open for _, line in account.lines), ZERO)
    to_invoice = sum((line.to_invoice for _, line in account.lines), ZERO)
    waits = (
        (to_ship, "still to be shipped or cancelled"),
        (to_invoice, "shipped and still to be invoiced"),
        (account.to_credit, "still to be credited for returned goods"),
        (account.open, "still to be paid"),
    )
    found = [*_quantities(account), *_receivable(account)]
    if to_ship == ZERO and to_invoice == ZERO:
        found += _invoiced(account)
        found += _prepaid(account)
    return Closing(account.order, tuple(f"{rest} {what}." for rest, what in waits if rest > ZERO), tuple(found))


def _quantities(account: OrderAccount) -> list[Discrepancy]:
    found = []
    for name, line in account.lines:
        fault = broken(line)
        if fault:
            explained = line.shipped + line.cancelled + max(ZERO, line.open)
            text = f"Line {name}: {fault}. Look at its movements."
            found.append(Discrepancy("Quantity", f"{account.order}/{name}", line.ordered, explained, text))
    return found


def _invoiced(account: OrderAccount) -> list[Discrepancy]:
    if account.invoiced_net == account.shipped_net:
        return []
    text = "The invoices differ from what shipped at the order's prices. Credit or invoice the difference."
    return [Discrepancy("Invoiced", account.order, account.shipped_net, account.invoiced_net, text)]


def _receivable(account: OrderAccount) -> list[Discrepancy]:
    settled = account.paid + account.credited + account.written_off + account.open
    found = []
    if settled != account.total:
        text = "Paid, credited, written off and open do not add up to the invoices. Look at its matches."
        found.append(Discrepancy("Receivable", account.order, account.total, settled, text))
    if account.open < ZERO:
        text = "More is paid or credited than was invoiced. Refund it or apply it to another invoice."
        found.append(Discrepancy("Overpaid", account.order, ZERO, account.open, text))
    return found


def _prepaid(account: OrderAccount) -> list[Discrepancy]:
    if account.prepaid <= ZERO:
        return []
    text = "All is invoiced, but a payment in advance is left. Apply it or refund it."
    return [Discrepancy("Prepayment", account.order, ZERO, account.prepaid, text)]
