"""Invoice arithmetic by EN 16931: line nets, allowances and charges, tax per rate, totals, amount due.

Amounts are in the document's currency and rounded half-up, once each, where the standard says so. Prices
are net of tax; percents are percents (19 means 19 %).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO, minor_unit, round_money

__all__ = [
    "FREIGHT",
    "Adjustment",
    "Document",
    "DocumentLine",
    "TaxBy",
    "TaxGroup",
    "Totals",
    "calculate",
    "line_net",
    "partial_net",
    "tax_due",
]

FREIGHT = "Freight"
"""What an invoice calls its freight, a line without product; documents say it in the reader's language."""

_HUNDRED = Decimal(100)
_PERCENT = Decimal("0.01")
_ONE = Decimal(1)


class TaxBy(StrEnum):
    """Where tax is rounded; fixed on the order, its invoices inherit it."""

    RATE = "Rate"
    LINE = "Line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An allowance (taken off) or a charge (added); which of the two is said by the list it stands in.

    `amount` is what counts; `base` and `percent` only say where it comes from. A line's has the line's tax.
    """

    amount: Decimal
    reason: str = ""
    tax_category: str = ""
    tax_percent: Decimal = ZERO
    base: Decimal | None = None
    percent: Decimal | None = None
    code: str = ""
    """UNTDID 5189 (allowance) or 7161 (charge)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One invoice line (BG-25); `price` is for `price_base` units.

    `net` is the line net where it is already posted (a part of an order line's net); None has it calculated.
    `tax_category` is the UNTDID 5305 letter (S, Z, E, AE, O ...), `tax_code` the company's own code.
    """

    line: str
    quantity: Decimal
    price: Decimal
    name: str = ""
    sku: str = ""
    unit: str = "pcs"
    price_base: Decimal = _ONE
    discount_percent: Decimal = ZERO
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    tax_category: str = "S"
    tax_code: str = ""
    tax_percent: Decimal = ZERO
    tax_reason: str = ""
    order: str = ""
    order_line: str = ""
    customisation: str = ""
    net: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the arithmetic needs of an invoice or credit note; freight is a charge or a line of its own."""

    currency: str
    lines: tuple[DocumentLine, ...]
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO
    tax_by: TaxBy = TaxBy.RATE


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """One line of the tax breakdown: taxable amount (BT-116) and tax (BT-117) of a category and rate."""

    category: str
    percent: Decimal
    net: Decimal
    tax: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The amounts of a document, named as in EN 16931."""

    line_nets: tuple[Decimal, ...]
    lines: Decimal
    """Sum of line nets (BT-106)."""
    allowances: Decimal
    """Sum of document allowances (BT-107)."""
    charges: Decimal
    """Sum of document charges (BT-108)."""
    net: Decimal
    """Total without tax (BT-109)."""
    tax: Decimal
    """Total tax (BT-110)."""
    total: Decimal
    """Total with tax (BT-112)."""
    prepaid: Decimal
    """Already paid (BT-113)."""
    rounding: Decimal
    """Rounding of the payable amount (BT-114)."""
    payable: Decimal
    """Due for payment (BT-115)."""
    groups: tuple[TaxGroup, ...]
    """Tax breakdown (BG-23), in the order the rates first appear."""


def line_net(quantity: Decimal, price: Decimal, discount_percent: Decimal, currency: str) -> Decimal:
    """Quantity times price less discount, rounded half-up to the minor unit: the one net of a line."""
    exact = quantity * price
    if discount_percent:
        exact *= (_HUNDRED - discount_percent) * _PERCENT
    return round_money(exact, currency)


def tax_due(net: Decimal, percent: Decimal, currency: str) -> Decimal:
    """Tax of one rate on the sum of its nets, rounded once (EN 16931, BR-CO-17)."""
    return round_money(net * percent * _PERCENT, currency)


def partial_net(
    ordered: Decimal,
    already_quantity: Decimal,
    already_net: Decimal,
    now_quantity: Decimal,
    full_net: Decimal,
    currency: str,
) -> Decimal:
    """Net of `now_quantity` of an order line, so that all its invoices add up to `full_net` to the cent.

    The net of everything invoiced so far is the rounded share of the full net; this invoice is the
    difference to what was invoiced before. So each is within one minor unit of its own share, and the last
    one closes the line.
    """
    until_now = already_quantity + now_quantity
    if until_now == ordered:
        return full_net - already_net
    return round_money(full_net * until_now / ordered, currency) - already_net


def calculate(document: Document) -> Totals:
    """All totals of a document from its lines, allowances, charges, prepayment and rounding."""
    nothing = ZERO * minor_unit(document.currency)  # 0.00, so that a sum of nothing shows its places
    nets = tuple(_net_of(line, document.currency) for line in document.lines)
    lines = sum(nets, nothing)
    allowances = _sum(document.allowances, nothing)
    charges = _sum(document.charges, nothing)
    net = lines - allowances + charges
    groups = _tax_groups(document, nets)
    tax = sum((group.tax for group in groups), nothing)
    total = net + tax
    prepaid = document.prepaid + nothing
    rounding = document.rounding + nothing
    payable = total - prepaid + rounding
    return Totals(nets, lines, allowances, charges, net, tax, total, prepaid, rounding, payable, groups)


def _net_of(line: DocumentLine, currency: str) -> Decimal:
    if line.net is not None:
        return line.net
    exact = line.quantity * line.price
    if line.price_base != _ONE:
        exact /= line.price_base
    if line.discount_percent:
        exact *= (_HUNDRED - line.discount_percent) * _PERCENT
    return round_money(exact, currency) + _sum(line.charges, ZERO) - _sum(line.allowances, ZERO)


def _sum(adjustments: Iterable[Adjustment], nothing: Decimal) -> Decimal:
    return sum((adjustment.amount for adjustment in adjustments), nothing)


def _taxable(document: Document, nets: tuple[Decimal, ...]) -> Iterator[tuple[str, Decimal, Decimal, str]]:
    for line, net in zip(document.lines, nets, strict=True):
        yield line.tax_category, line.tax_percent, net, line.tax_reason
    for charge in document.charges:
        yield charge.tax_category, charge.tax_percent, charge.amount, ""
    for allowance in document.allowances:
        yield allowance.tax_category, allowance.tax_percent, -allowance.amount, ""


def _tax_groups(document: Document, nets: tuple[Decimal, ...]) -> tuple[TaxGroup, ...]:
    by_line = document.tax_by is TaxBy.LINE
    net_of: dict[tuple[str, Decimal], Decimal] = {}
    tax_of: dict[tuple[str, Decimal], Decimal] = {}
    reason_of: dict[tuple[str, Decimal], str] = {}
    for category, percent, net, reason in _taxable(document, nets):
        key = (category, percent)
        net_of[key] = net_of.get(key, ZERO) + net
        reason_of[key] = reason_of.get(key, "") or reason
        if by_line:
            tax_of[key] = tax_of.get(key, ZERO) + tax_due(net, percent, document.currency)
    if not by_line:
        tax_of = {key: tax_due(net, key[1], document.currency) for key, net in net_of.items()}
    return tuple(TaxGroup(*key, net, tax_of[key], reason_of[key]) for key, net in net_of.items())
