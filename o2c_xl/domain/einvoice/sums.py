"""Every sum of an electronic invoice, computed again from what it is the sum of, by the rules of EN 16931.

Each rule takes what is *stated* below it, as the standard has it, so that one wrong figure is one difference. Amounts
are compared exactly, rounded half-up to two places, or to the currency's own where the sender rounds so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, TaxLine
from o2c_xl.domain.invoices.invoicing import Adjustment
from o2c_xl.domain.money import ZERO, places, plain_number, unit_of

__all__ = ["CATEGORY_RULES", "Difference", "differences", "line_net_of", "tax_of_rate", "taxed_by_line"]

CATEGORY_RULES = {
    "S": "S",
    "Z": "Z",
    "E": "E",
    "AE": "AE",
    "K": "IC",
    "G": "G",
    "O": "O",
    "L": "AF",
    "M": "AG",
    "B": "S",
}
"""How the rules of a tax category are named: BR-IC-08 is about category K; those of S hold for split payment (B)."""

_NAMES = {
    "BT-92": "Allowance",
    "BT-99": "Charge",
    "BT-106": "Sum of the lines",
    "BT-107": "Sum of allowances",
    "BT-108": "Sum of charges",
    "BT-109": "Total without tax",
    "BT-110": "Tax",
    "BT-112": "Total with tax",
    "BT-115": "Amount to pay",
    "BT-116": "Taxed amount",
    "BT-117": "Tax",
    "BT-131": "Net amount",
    "BT-136": "Allowance",
    "BT-141": "Charge",
    "BT-146": "Price",
}
"""The business terms as people say them."""

_BY_RATE = frozenset({"S", "B", "L", "M"})
"""Categories whose breakdown has a group for each rate."""
_CENTS = 2
_PERCENT = Decimal("0.01")
_SLACK = Decimal("0.02")  # of PEPPOL-EN16931-R040
_HALF = Decimal("0.5")
_Key = tuple[str, Decimal]


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum that is not what it should be: the official rule, the business term, both amounts.

    `stated` None: a group of the tax breakdown is not there at all.
    """

    rule: str
    field: str
    stated: Decimal | None
    computed: Decimal

    def __str__(self) -> str:
        said = "not given" if self.stated is None else plain_number(self.stated)
        term, _, where = self.field.partition(" ")
        name = f"{_NAMES[term]} {where}".rstrip()
        return f"{name} is {said}, what it is made of gives {plain_number(self.computed)} ({term}, {self.rule})"


def differences(invoice: EInvoice) -> list[Difference]:
    """Each sum that does not recompute, in the order of the invoice; what is not stated is no difference."""
    found = [*_lines(invoice), *_shares(invoice), *_document_sums(invoice), *_breakdown(invoice), *_totals(invoice)]
    return [one for one in found if not _same(one.stated, one.computed, invoice.currency)]


def _same(stated: Decimal | None, computed: Decimal, currency: str) -> bool:
    if stated is None:
        return False
    if stated == computed:
        return True
    own = places(currency)
    return own < _CENTS and stated == _rounded(computed, own)


def _rounded(amount: Decimal, decimals: int = _CENTS) -> Decimal:
    return amount.quantize(unit_of(decimals), ROUND_HALF_UP)


def _decimals(currency: str) -> int:
    return max(_CENTS, places(currency))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _amounts(adjustments: Iterable[Adjustment]) -> Decimal:
    return _sum(one.amount for one in adjustments)


def line_net_of(line: InvoiceLine, currency: str) -> Decimal | None:
    """Quantity × price ÷ price base, rounded, plus the line's charges, less its allowances; None where one lacks."""
    base = Decimal(1) if line.price_base is None else line.price_base
    if line.quantity is None or line.price is None or not base:
        return None
    exact = line.quantity * line.price / base
    return _rounded(exact, _decimals(currency)) + _amounts(line.charges) - _amounts(line.allowances)


def _lines(invoice: EInvoice) -> Iterator[Difference]:
    """Line nets and net prices; EN 16931 states how they come about, Peppol's rules give it a number."""
    for line in invoice.lines:
        net = line_net_of(line, invoice.currency)
        if line.net is not None and net is not None:
            yield Difference("PEPPOL-EN16931-R120", f"BT-131 (line {line.line})", line.net, net)
        if line.price is not None and line.gross_price is not None and line.price_discount is not None:
            price = line.gross_price - line.price_discount
            yield Difference("PEPPOL-EN16931-R046", f"BT-146 (line {line.line})", line.price, price)


def _shares(invoice: EInvoice) -> Iterator[Difference]:
    """Allowances and charges that say which percent they are of what."""
    yield from _shares_of(invoice.allowances, "BT-92", "", invoice.currency)
    yield from _shares_of(invoice.charges, "BT-99", "", invoice.currency)
    for line in invoice.lines:
        yield from _shares_of(line.allowances, "BT-136", f" (line {line.line})", invoice.currency)
        yield from _shares_of(line.charges, "BT-141", f" (line {line.line})", invoice.currency)


def _shares_of(parts: Iterable[Adjustment], term: str, where: str, currency: str) -> Iterator[Difference]:
    for one in parts:
        if one.base is None or one.percent is None:
            continue
        amount = one.base * one.percent * _PERCENT
        if abs(amount - one.amount) > _SLACK + _unsaid(one.percent) * abs(one.base) * _PERCENT:
            computed = _rounded(amount, _decimals(currency))
            yield Difference("PEPPOL-EN16931-R040", f"{term}{where}", one.amount, computed)


def _unsaid(percent: Decimal) -> Decimal:
    """What a percent of two decimals or more may have lost by rounding: 33.33 stands for a third too."""
    exponent = percent.normalize().as_tuple().exponent
    return _HALF.scaleb(exponent) if isinstance(exponent, int) and exponent <= -_CENTS else ZERO


def _document_sums(invoice: EInvoice) -> Iterator[Difference]:
    """The sums of the document; profiles without lines (Factur-X Minimum, Basic WL) state what nothing here adds up."""
    said = invoice.totals
    if said.lines is not None and invoice.lines:
        yield Difference("BR-CO-10", "BT-106", said.lines, _line_sum(invoice))
    if said.allowances is not None:
        yield Difference("BR-CO-11", "BT-107", said.allowances, _amounts(invoice.allowances))
    if said.charges is not None:
        yield Difference("BR-CO-12", "BT-108", said.charges, _amounts(invoice.charges))
    if said.net is not None and (said.lines is not None or invoice.lines):
        yield Difference("BR-CO-13", "BT-109", said.net, _net(invoice))


def _line_sum(invoice: EInvoice) -> Decimal:
    return _sum(line.net or ZERO for line in invoice.lines)


def _or(stated: Decimal | None, computed: Decimal) -> Decimal:
    return computed if stated is None else stated


def _net(invoice: EInvoice) -> Decimal:
    said = invoice.totals
    lines = _or(said.lines, _line_sum(invoice))
    less, more = _or(said.allowances, _amounts(invoice.allowances)), _or(said.charges, _amounts(invoice.charges))
    return lines - less + more


# --- the tax breakdown (BG-23) -------------------------------------------------------------------------------------


def _key(category: str, percent: Decimal | None) -> _Key:
    return category, (percent or ZERO) if category in _BY_RATE else ZERO


def _taxable(invoice: EInvoice) -> dict[_Key, Decimal]:
    """What is taxed in each category and rate, by the lines, allowances and charges."""
    nets: dict[_Key, Decimal] = {}
    parts: list[tuple[str, Decimal | None, Decimal]] = [
        (line.tax_category, line.tax_percent, line.net or ZERO) for line in invoice.lines
    ]
    parts += [(one.tax_category, one.tax_percent, one.amount) for one in invoice.charges]
    parts += [(one.tax_category, one.tax_percent, -one.amount) for one in invoice.allowances]
    for category, percent, amount in parts:
        if category:
            nets[_key(category, percent)] = nets.get(_key(category, percent), ZERO) + amount
    return nets


def _breakdown(invoice: EInvoice) -> Iterator[Difference]:
    nets = _taxable(invoice)
    stated = {_key(group.category, group.percent) for group in invoice.taxes}
    for group in invoice.taxes:
        yield from _group(invoice, group, nets)
    for key in nets if invoice.taxes else ():
        if key not in stated:
            yield Difference(f"BR-{_rule(key[0])}-01", f"BT-116 ({_named(*key)})", None, nets[key])


def _group(invoice: EInvoice, group: TaxLine, nets: dict[_Key, Decimal]) -> Iterator[Difference]:
    key, name, rule = _key(group.category, group.percent), _named(group.category, group.percent), _rule(group.category)
    if group.net is not None and invoice.lines:
        yield Difference(f"BR-{rule}-08", f"BT-116 ({name})", group.net, nets.get(key, ZERO))
    if group.tax is None or group.net is None or taxed_by_line(invoice, group):
        return
    if group.category in _BY_RATE:
        yield Difference("BR-CO-17", f"BT-117 ({name})", group.tax, tax_of_rate(group, invoice.currency))
    else:
        yield Difference(f"BR-{rule}-09", f"BT-117 ({name})", group.tax, ZERO)


def taxed_by_line(invoice: EInvoice, group: TaxLine) -> bool:
    """Whether the group's tax is the sum of its lines' taxes, each rounded: lawful in many places, if not the rule."""
    key, decimals = _key(group.category, group.percent), _decimals(invoice.currency)
    if group.tax is None or not group.percent or group.category not in _BY_RATE:
        return False
    share = group.percent * _PERCENT
    if group.tax == tax_of_rate(group, invoice.currency):
        return False
    nets = [line.net or ZERO for line in invoice.lines if _key(line.tax_category, line.tax_percent) == key]
    nets += [one.amount for one in invoice.charges if _key(one.tax_category, one.tax_percent) == key]
    nets += [-one.amount for one in invoice.allowances if _key(one.tax_category, one.tax_percent) == key]
    return group.net == _sum(nets) and group.tax == _sum(_rounded(net * share, decimals) for net in nets)


def tax_of_rate(group: TaxLine, currency: str) -> Decimal:
    """The tax of a group's net at its rate, rounded once (BR-CO-17)."""
    return _rounded((group.net or ZERO) * (group.percent or ZERO) * _PERCENT, _decimals(currency))


def _rule(category: str) -> str:
    return CATEGORY_RULES.get(category, category)


def _named(category: str, percent: Decimal | None) -> str:
    return f"{category} {plain_number(percent)} %" if percent is not None and category in _BY_RATE else category


# --- the totals ----------------------------------------------------------------------------------------------------


def _totals(invoice: EInvoice) -> Iterator[Difference]:
    said = invoice.totals
    groups = _sum(group.tax or ZERO for group in invoice.taxes)
    if said.tax is not None and invoice.taxes:
        yield Difference("BR-CO-14", "BT-110", said.tax, groups)
    total = _or(said.net, _net(invoice)) + _or(said.tax, groups)
    if said.total is not None and (said.net is not None or invoice.lines):
        yield Difference("BR-CO-15", "BT-112", said.total, total)
    if said.payable is not None and (said.total is not None or invoice.lines):
        payable = _or(said.total, total) - (said.prepaid or ZERO) + (said.rounding or ZERO)
        yield Difference("BR-CO-16", "BT-115", said.payable, payable)
