"""What an electronic invoice must say: the mandatory fields of EN 16931, and those its tax categories ask for.

A gap is a rule that does not hold because something lacks or may not stand there. Sums are in `sums.py`, codes in
`coded.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from o2c_xl.domain.einvoice.coded import code_gaps
from o2c_xl.domain.einvoice.gap import Gap
from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine
from o2c_xl.domain.einvoice.sums import CATEGORY_RULES, tax_of_rate, taxed_by_line
from o2c_xl.domain.einvoice.tax_numbers import vat_problem
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.paper import Party

__all__ = ["gaps"]

_CENTS = 2
_TAX_SLACK = 1  # the official rules let tax differ by less than one unit of the currency
_WHOLE = 100  # percent
_TRANSFER = frozenset({"30", "58"})
_NO_TAX = frozenset({"Z", "E", "AE", "K", "G", "O"})
_NEEDS_REASON = frozenset({"E", "AE", "K", "G", "O"})


def gaps(invoice: EInvoice) -> list[Gap]:
    """Every gap, in the order of the invoice."""
    return [
        *_head(invoice),
        *code_gaps(invoice),
        *_parties(invoice),
        *_payment(invoice),
        *_stated(invoice),
        *_adjusted(invoice),
        *_lines(invoice),
        *_taxes(invoice),
        *_categories(invoice),
        *_decimals(invoice),
    ]


def _head(invoice: EInvoice) -> Iterator[Gap]:
    for rule, term, said, name in (
        ("BR-01", "BT-24", invoice.customization, "the specification identifier"),
        ("BR-02", "BT-1", invoice.number, "the invoice number"),
        ("BR-03", "BT-2", invoice.issued, "the invoice date"),
        ("BR-04", "BT-3", invoice.type_code, "the invoice type code"),
        ("BR-05", "BT-5", invoice.currency, "the currency"),
    ):
        if not said:
            yield _lacks(rule, term, name)
    if invoice.tax_currency and invoice.totals.accounting_tax is None:
        yield _lacks("BR-53", "BT-111", f"the tax in {invoice.tax_currency}")
    if any(not one.number for one in invoice.preceding):
        yield _lacks("BR-55", "BT-25", "the number of the preceding invoice")


def _lacks(rule: str, term: str, name: str) -> Gap:
    return Gap(rule, term, f"{name[0].upper()}{name[1:]} is missing")


def _parties(invoice: EInvoice) -> Iterator[Gap]:
    seller, buyer, agent, to = invoice.seller, invoice.buyer, invoice.representative, invoice.deliver_to
    for rule, term, said, name in (
        ("BR-06", "BT-27", seller.name, "the seller's name"),
        ("BR-07", "BT-44", buyer.name, "the buyer's name"),
        ("BR-09", "BT-40", seller.country, "the seller's country"),
        ("BR-11", "BT-55", buyer.country, "the buyer's country"),
    ):
        if not said:
            yield _lacks(rule, term, name)
    if agent is not None and not agent.country:
        yield _lacks("BR-20", "BT-69", "the country of the seller's tax representative")
    if agent is not None and not agent.tax_id:
        yield _lacks("BR-56", "BT-63", "the VAT number of the seller's tax representative")
    if to is not None and not to.country and (to.city or to.street or to.postal_code):
        yield _lacks("BR-57", "BT-80", "the country that goods are delivered to")
    if not (seller.tax_id or seller.registration or seller.key):
        yield _lacks("BR-CO-26", "BT-31", "the seller's VAT number or register entry")
    yield from _vat_numbers(seller, buyer)


def _vat_numbers(seller: Party, buyer: Party) -> Iterator[Gap]:
    for party, term, whose in ((seller, "BT-31", "seller"), (buyer, "BT-48", "buyer")):
        if party.tax_id and not party.tax_id[:2].isalpha():
            yield Gap("BR-CO-09", term, f"The {whose}'s VAT number {party.tax_id} does not start with its country")
        elif problem := vat_problem(party.tax_id):
            yield Gap("", term, f"The {whose}'s VAT number: {problem.rstrip('.')}")


def _payment(invoice: EInvoice) -> Iterator[Gap]:
    if (invoice.totals.payable or ZERO) > ZERO and not invoice.due and not invoice.terms:
        yield Gap("BR-CO-25", "BT-9", "Neither a due date nor payment terms are given")
    for means in invoice.means:
        if not means.code:
            yield _lacks("BR-49", "BT-81", "the payment means code")
        if means.code in _TRANSFER and not means.account:
            yield _lacks("BR-61", "BT-84", "the account to pay into")


def _stated(invoice: EInvoice) -> Iterator[Gap]:
    said = invoice.totals
    for rule, term, amount, name in (
        ("BR-12", "BT-106", said.lines, "the sum of the lines"),
        ("BR-13", "BT-109", said.net, "the total without tax"),
        ("BR-14", "BT-112", said.total, "the total with tax"),
        ("BR-15", "BT-115", said.payable, "the amount due"),
    ):
        if amount is None:
            yield _lacks(rule, term, name)
    if said.allowances is None and any(one.amount for one in invoice.allowances):
        yield _lacks("BR-CO-11", "BT-107", "the sum of the allowances")
    if said.charges is None and any(one.amount for one in invoice.charges):
        yield _lacks("BR-CO-12", "BT-108", "the sum of the charges")
    if not invoice.taxes:
        yield _lacks("BR-CO-18", "BG-23", "the tax breakdown")
    elif said.tax is None:
        yield _lacks("BR-CO-14", "BT-110", "the total tax")
    if not invoice.lines:
        yield _lacks("BR-16", "BG-25", "every invoice line")


def _adjusted(invoice: EInvoice) -> Iterator[Gap]:
    for group, adjustments, category, reason in (
        ("allowance", invoice.allowances, ("BR-32", "BT-95"), ("BR-33", "BT-97")),
        ("charge", invoice.charges, ("BR-37", "BT-102"), ("BR-38", "BT-104")),
    ):
        for one in adjustments:
            if not one.tax_category:
                yield _lacks(*category, f"the tax category of the {group} of {one.amount}")
            if not one.reason and not one.code:
                yield _lacks(*reason, f"the reason of the {group} of {one.amount}")


def _lines(invoice: EInvoice) -> Iterator[Gap]:
    for place, line in enumerate(invoice.lines, 1):
        named = f"of line {line.line or place}"
        for rule, term, said, name in (
            ("BR-21", "BT-126", line.line, "the number"),
            ("BR-22", "BT-129", line.quantity is not None, "the quantity"),
            ("BR-23", "BT-130", line.unit, "the unit"),
            ("BR-24", "BT-131", line.net is not None, "the net"),
            ("BR-25", "BT-153", line.name.strip(), "the item's name"),
            ("BR-26", "BT-146", line.price is not None, "the price"),
            ("BR-CO-04", "BT-151", line.tax_category, "the tax category"),
        ):
            if not said:
                yield _lacks(rule, term, f"{name} {named}")
        yield from _prices(line, named)


def _prices(line: InvoiceLine, named: str) -> Iterator[Gap]:
    if (line.price or ZERO) < ZERO:
        yield Gap("BR-27", "BT-146", f"The price {named} is below zero")
    if line.price_base is not None and line.price_base <= ZERO:
        text = f"The price {named} is for {line.price_base} units, which has to be more than 0"
        yield Gap("PEPPOL-EN16931-R121", "BT-149", text, stops=True)
    if (line.gross_price or ZERO) < ZERO:
        yield Gap("BR-28", "BT-148", f"The gross price {named} is below zero")
    for rule, term, adjustments, name in (
        ("BR-42", "BT-139", line.allowances, "allowance"),
        ("BR-44", "BT-144", line.charges, "charge"),
    ):
        for one in adjustments:
            if not one.reason and not one.code:
                yield _lacks(rule, term, f"the reason of the {name} {named}")


def _taxes(invoice: EInvoice) -> Iterator[Gap]:
    for group in invoice.taxes:
        name = f"of tax category {group.category}"
        for rule, term, said, what in (
            ("BR-45", "BT-116", group.net is not None, "the taxable amount"),
            ("BR-46", "BT-117", group.tax is not None, "the tax"),
            ("BR-47", "BT-118", group.category, "the category"),
            ("BR-48", "BT-119", group.percent is not None or group.category == "O", "the rate"),
        ):
            if not said:
                yield _lacks(rule, term, f"{what} {name}")
        off = (group.tax or ZERO) - tax_of_rate(group, invoice.currency)
        if abs(off) >= _TAX_SLACK and taxed_by_line(invoice, group):
            yield Gap("BR-CO-17", "BT-117", f"The tax {name} was rounded on each line, which makes {off}")
        if group.category in _NEEDS_REASON and not (group.reason or group.reason_code):
            yield _lacks(f"BR-{CATEGORY_RULES[group.category]}-10", "BT-120", f"the reason {name}")


def _used(invoice: EInvoice) -> dict[str, list[Decimal | None]]:
    """The rates of each tax category in use."""
    used: dict[str, list[Decimal | None]] = {}
    for line in invoice.lines:
        used.setdefault(line.tax_category, []).append(line.tax_percent)
    for one in (*invoice.allowances, *invoice.charges):
        used.setdefault(one.tax_category, []).append(one.tax_percent)
    used.pop("", None)
    return used


def _categories(invoice: EInvoice) -> Iterator[Gap]:
    """What each tax category wants of the parties, the rates and the delivery."""
    agent = invoice.representative
    seller_numbers = bool(invoice.seller.tax_id or invoice.seller.tax_number or (agent and agent.tax_id))
    seller_vat = bool(invoice.seller.tax_id or (agent and agent.tax_id))
    used = _used(invoice)
    if "O" in used and len(used) > 1:
        yield Gap("BR-O-11", "BT-118", "What is not subject to tax stands with other tax categories")
    for category, rates in used.items():
        rule = CATEGORY_RULES.get(category)
        if rule is None:
            yield Gap("BR-CL-17", "BT-151", f"Tax category {category} is not known")
            continue
        if category == "O":
            if invoice.seller.tax_id or invoice.buyer.tax_id:
                yield Gap("BR-O-02", "BT-31", "What is not subject to tax may not bear a VAT number")
        elif not (seller_vat if category in {"K", "G"} else seller_numbers):
            yield Gap(f"BR-{rule}-02", "BT-31", "The seller's tax number is missing")
        if category == "B":
            yield from _split_payment(invoice)
        yield from _rates(category, rule, rates)
        yield from _of_buyer(invoice, category, rule)


def _split_payment(invoice: EInvoice) -> Iterator[Gap]:
    """Tax that the buyer pays to the state itself, which only Italy knows."""
    if {invoice.seller.country, invoice.buyer.country} != {"IT"}:
        yield Gap("BR-B-01", "BT-151", "Split payment (tax category B) is for invoices within Italy")
    if "S" in _used(invoice):
        yield Gap("BR-B-02", "BT-151", "Split payment (tax category B) and the standard rate do not go together")


def _rates(category: str, rule: str, rates: list[Decimal | None]) -> Iterator[Gap]:
    if category == "S" and any(rate is None or rate <= 0 for rate in rates):
        yield Gap("BR-S-05", "BT-152", "A standard rate has to be more than 0 %", stops=True)
    if any(rate is not None and abs(rate) > _WHOLE for rate in rates):
        yield Gap("", "BT-152", "No tax is more than what is taxed (100 %)", stops=True)
    if category in _NO_TAX and any(rates):
        yield Gap(f"BR-{rule}-05", "BT-152", f"Tax category {category} has no rate but 0 %", stops=True)


def _of_buyer(invoice: EInvoice, category: str, rule: str) -> Iterator[Gap]:
    buyer = invoice.buyer
    if category in {"AE", "K"} and not (buyer.tax_id or (category == "AE" and buyer.registration)):
        yield Gap(f"BR-{rule}-02", "BT-48", "The buyer's VAT number is missing")
    if category == "K" and invoice.delivered is None and not any(invoice.period):
        yield _lacks("BR-IC-11", "BT-72", "the day of delivery")
    if category == "K" and (invoice.deliver_to is None or not invoice.deliver_to.country):
        yield _lacks("BR-IC-12", "BT-80", "the country that goods are delivered to")


def _decimals(invoice: EInvoice) -> Iterator[Gap]:
    """Amounts have two decimals at most."""
    said = invoice.totals
    for rule, term, amount in (
        ("BR-DEC-09", "BT-106", said.lines),
        ("BR-DEC-10", "BT-107", said.allowances),
        ("BR-DEC-11", "BT-108", said.charges),
        ("BR-DEC-12", "BT-109", said.net),
        ("BR-DEC-13", "BT-110", said.tax),
        ("BR-DEC-15", "BT-111", said.accounting_tax),
        ("BR-DEC-14", "BT-112", said.total),
        ("BR-DEC-16", "BT-113", said.prepaid),
        ("BR-DEC-17", "BT-114", said.rounding),
        ("BR-DEC-18", "BT-115", said.payable),
        *(("BR-DEC-23", f"BT-131 (line {line.line})", line.net) for line in invoice.lines),
        *(("BR-DEC-19", "BT-116", group.net) for group in invoice.taxes),
        *(("BR-DEC-20", "BT-117", group.tax) for group in invoice.taxes),
    ):
        if amount is not None and not _fits(amount):
            yield Gap(rule, term, f"{amount} has more than {_CENTS} decimals")


def _fits(amount: Decimal) -> bool:
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and (exponent >= -_CENTS or amount == round(amount, _CENTS))
