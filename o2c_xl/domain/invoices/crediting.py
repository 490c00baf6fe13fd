"""Credit notes: what of an invoice is taken back, from its own prices, so that all of them together are the invoice.

Amounts and quantities are above zero here, as the customer reads them, in the invoice's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from o2c_xl.domain.invoices.invoicing import TaxBy, partial_net
from o2c_xl.domain.invoices.order_totals import order_totals
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.tax import Rate

__all__ = ["Credited", "CreditedLine", "InvoiceToCredit", "InvoicedLine", "credit_lines", "credit_rest"]


@dataclass(frozen=True, slots=True)
class InvoicedLine:
    """A line of a posted invoice, and what earlier credit notes took back of it; freight has no order line."""

    order_line: str
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal
    tax_code: str
    tax_rate: Decimal
    credited_quantity: Decimal = ZERO
    credited_net: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """The quantity that can still be credited."""
        return self.quantity - self.credited_quantity


@dataclass(frozen=True, slots=True)
class InvoiceToCredit:
    """A posted invoice with what earlier credit notes took back of its tax.

    `lacks` says what a credit note of it lacks that no invoice may go out without: it gets no number till then.
    """

    invoice: str
    currency: str
    net: Decimal
    tax: Decimal
    lines: tuple[InvoicedLine, ...]
    order: str = ""
    tax_by: TaxBy = TaxBy.RATE
    credited_net: Decimal = ZERO
    credited_tax: Decimal = ZERO
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """A part of an invoice line that is taken back."""

    of: InvoicedLine
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit note as it is to be, and the invoice after it."""

    lines: tuple[CreditedLine, ...]
    net: Decimal
    tax: Decimal
    invoice: InvoiceToCredit

    @property
    def total(self) -> Decimal:
        """What the customer gets back, tax included."""
        return self.net + self.tax


def credit_rest(invoice: InvoiceToCredit) -> Credited | None:
    """All of the invoice that was not taken back yet, freight too; None when nothing is left."""
    parts = {at: line.left for at, line in enumerate(invoice.lines) if line.left or line.net != line.credited_net}
    unlisted = invoice.net - sum((line.net for line in invoice.lines), ZERO)
    if unlisted and not invoice.lines:
        # An item brought along from the books before has no lines: it is credited as one.
        whole = InvoicedLine(
            "", "", "Correction", Decimal(1), unlisted, ZERO, unlisted, "", ZERO, credited_net=invoice.credited_net
        )
        invoice, parts = replace(invoice, lines=(whole,)), {0: Decimal(1)} if invoice.credited_net != unlisted else {}
    return _credited(invoice, parts) if parts else None


def credit_lines(invoice: InvoiceToCredit, quantities: Mapping[str, Decimal]) -> Credited | None:
    """Quantities by order line; None when all of them are nothing."""
    parts = {
        at: quantities[line.order_line]
        for at, line in enumerate(invoice.lines)
        if line.order_line and quantities.get(line.order_line, ZERO) > ZERO
    }
    return _credited(invoice, parts) if parts else None


def _credited(invoice: InvoiceToCredit, parts: Mapping[int, Decimal]) -> Credited:
    taken = []
    lines = list(invoice.lines)
    for at, quantity in parts.items():
        line = lines[at]
        net = line.net - line.credited_net
        if quantity != line.left:
            net = partial_net(
                line.quantity, line.credited_quantity, line.credited_net, quantity, line.net, invoice.currency
            )
        taken.append(CreditedLine(line, quantity, net))
        lines[at] = replace(
            line, credited_quantity=line.credited_quantity + quantity, credited_net=line.credited_net + net
        )
    amounts = order_totals([(one.net, Rate(one.of.tax_rate)) for one in taken], invoice.currency, invoice.tax_by)
    closes = all(line.credited_net == line.net for line in lines)
    # The last credit note takes the rest of the tax, so that rounding leaves no cent behind; none before takes more.
    rest = invoice.tax - invoice.credited_tax
    tax = rest if closes or ZERO <= rest < amounts.tax else amounts.tax
    after = replace(
        invoice,
        lines=tuple(lines),
        credited_net=invoice.credited_net + amounts.net,
        credited_tax=invoice.credited_tax + tax,
    )
    return Credited(tuple(taken), amounts.net, tax, after)
