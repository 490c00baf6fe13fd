"""What keeps an invoice from getting its number: sums that do not add up, or data that the law or an e-invoice wants.

The same rules of EN 16931 as in `fields.py`, asked before there is a document: what they miss is said as the cell
where it is to be entered. It is asked once for each customer and kind of tax, since most invoices are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from o2c_xl.domain.einvoice.codes import address_problem, register_problem
from o2c_xl.domain.einvoice.fields import gaps
from o2c_xl.domain.einvoice.gap import Gap
from o2c_xl.domain.einvoice.ours import einvoice_of, endpoint_of
from o2c_xl.domain.einvoice.tax_numbers import is_vat_number
from o2c_xl.domain.invoices.invoicing import TaxBy, tax_due
from o2c_xl.domain.money import ZERO, places
from o2c_xl.domain.paper import InvoiceDocument, Party

__all__ = [
    "Lack", "does_not_add_up", "lacking", "lacks_of", "may_claim_peppol", "no_font", "unset_lacks", "untold_tax",
    "without_peppol",
]  # fmt: skip

_MOST_PLACES = 2
_SOME_SIGNS = 10
_BUYERS_TAX = {"AE": "reverse charge", "K": "an intra-Community supply"}
_OWN_RULES = frozenset("DK GR EL IS IT NL NO SE".split())
"""Sellers' countries with rules of their own in Peppol BIS Billing 3 that are not checked here; Germany's are."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing, as a sentence; `always` when no invoice may go out without it, e-invoice or not.

    What is not `mendable` is in no cell: it stays a plain document.
    """

    sentence: str
    always: bool = False
    mendable: bool = True


def does_not_add_up(
    nets: Iterable[tuple[Decimal, Decimal]], net: Decimal, tax: Decimal, currency: str, tax_by: TaxBy
) -> str:
    """What is wrong with the sums of lines given as (net, tax percent), by official rule; empty when nothing is."""
    lines = list(nets)
    found = sum((one for one, _ in lines), ZERO)
    if found != net:
        return f"The lines add up to {found}, not to {net} (BR-CO-10)."
    by_rate: dict[Decimal, Decimal] = {}
    for one, percent in lines:
        by_rate[percent] = by_rate.get(percent, ZERO) + one
    taxed = by_rate.items() if tax_by is TaxBy.RATE else [(percent, one) for one, percent in lines]
    due = sum((tax_due(one, percent, currency) for percent, one in taxed), ZERO)
    return "" if due == tax else f"The tax of the lines is {due}, not {tax} (BR-CO-14)."


def without_peppol(seller: Party, buyer: Party) -> Sequence[str]:
    """Why a UBL invoice of these parties cannot go through Peppol, one sentence for each cell at fault.

    The address is the one entered, else the VAT number, else the email (PEPPOL-EN16931-R010 and R020).
    """
    no = "it is empty, and there is neither VAT number nor email to take instead."
    found = []
    if not endpoint_of(seller):
        found.append(f"Company e-invoice address: {no} Enter it in Settings.")
    if not endpoint_of(buyer):
        found.append(f"E-invoice address of customer {buyer.key}: {no} Enter one in Customers.")
    if seller.country in _OWN_RULES:
        found.append(
            f"Company country: what Peppol asks of sellers in {seller.country} is not checked here, so the UBL is "
            "plain EN 16931. Hand it over outside Peppol, or set E-invoice to Factur-X."
        )
    return found + _in_germany(seller, buyer)


def may_claim_peppol(seller: Party, buyer: Party) -> bool:
    """Whether all that Peppol wants of these parties is known to hold."""
    return not without_peppol(seller, buyer)


def _in_germany(seller: Party, buyer: Party) -> list[str]:
    """What Peppol wants besides inside Germany (PEPPOL-EN16931-DE-R-003 to R-009)."""
    if not seller.country == buyer.country == "DE":
        return []
    cells = (
        ("Company city", seller.city),
        ("Company postal code", seller.postal_code),
        ("Company phone", seller.phone),
        ("Company email", seller.email),
    )
    empty = [f"{setting}: it is empty. Enter it in Settings." for setting, said in cells if not said]
    of = f"of customer {buyer.key}: it is empty. Enter it in Customers."
    return empty + [
        f"{what} {of}" for what, said in (("City", buyer.city), ("Postal code", buyer.postal_code)) if not said
    ]


@lru_cache(maxsize=1 << 14)
def lacking(
    seller: Party, buyer: Party, ship_to_country: str, currency: str, categories: frozenset[str]
) -> Sequence[Lack]:
    """What an invoice of these parties and tax categories (UNTDID 5305) lacks."""
    return (
        *_of_seller(seller, categories),
        *_of_buyer(buyer, ship_to_country, categories),
        *_of_currency(currency),
        *_together(categories),
    )


def lacks_of(document: InvoiceDocument) -> Sequence[Lack]:
    """Why it can be no e-invoice: the cells that are empty or wrong, else the rules that do not hold.

    The one check of an invoice as it is to be, before it has a number, and of the document that goes out.
    """
    categories = frozenset(group.category for group in document.totals.groups)
    found = lacking(document.seller, document.buyer, document.ship_to.country, document.currency, categories)
    return found or [_broken(gap) for gap in gaps(einvoice_of(document)) if gap.rule]


def unset_lacks(document: InvoiceDocument, unset: Callable[[str], str]) -> Sequence[Lack]:
    """Names and addresses that cannot stand in an archival PDF; `unset` gives the signs of a text that no font has."""
    seller, buyer = document.seller, document.buyer
    cells = (
        ("Company name", (seller.name, seller.street, seller.city)),
        (f"Name and address of customer {buyer.key}", (buyer.name, buyer.street, buyer.city, buyer.postal_code)),
        *((f"Name of product {line.sku}", (line.name, line.customisation)) for line in document.lines),
    )
    return [Lack(f"{cell}: {no_font(signs)}") for cell, texts in cells if (signs := unset(" ".join(texts)))]


def no_font(signs: str) -> str:
    """That no font of the machine has these signs, and what to do."""
    some = signs[:_SOME_SIGNS] + ("…" if len(signs) > _SOME_SIGNS else "")
    return f"no font of this machine has {some}. Install one, such as of Noto Sans."


def _broken(gap: Gap) -> Lack:
    if gap.rule == "BR-CO-17":
        return Lack(f"{gap}. Set Tax rounding to Per rate and enter the order anew.", mendable=False)
    return Lack(f"{gap}.")


def _together(categories: frozenset[str]) -> Iterable[Lack]:
    if "O" in categories and len(categories) > 1:
        yield Lack(
            "Reason in Tax Rates: what is not subject to tax cannot stand on one e-invoice with other goods "
            "(BR-O-11). Enter it in an order of its own.",
            mendable=False,
        )


def untold_tax(currency: str, own: str, tax: Decimal) -> Sequence[Lack]:
    """Tax is to be told in the seller's currency too, for which there is no rate of exchange."""
    if not tax or currency == own:
        return ()
    told = f"its tax must stand in {own} too (Directive 2006/112/EC art. 230), and there are no exchange rates"
    fix = f"Invoice the customer in {own}, or set E-invoice needed to No and tell the tax yourself."
    return (Lack(f"Currency: the invoice is in {currency}; {told}. {fix}"),)


def _badly(where: str, found: tuple[str, str], sheet: str) -> Iterable[Lack]:
    problem, fix = found
    if problem:
        yield Lack(f"{where}: {problem} {fix} It stands in {sheet}.")


def _of_seller(seller: Party, categories: frozenset[str]) -> Iterable[Lack]:
    yield from _badly("Company e-invoice address", address_problem(seller.endpoint), "Settings")
    yield from _badly("Company registration", register_problem(seller.registration), "Settings")
    for setting, said in (("Company name", seller.name), ("Company country", seller.country)):
        if not said:
            yield Lack(f"{setting}: it is empty. Enter it in Settings.")
    vat = is_vat_number(seller.tax_id)
    if categories - {"O"} and not seller.tax_id:
        yield Lack("Company tax ID: it is empty. Enter it in Settings.")
    elif categories & {"K", "G"} and not vat:
        yield Lack(
            f"Company tax ID: {seller.tax_id} is no VAT number, which untaxed sales abroad need. Mend it in Settings."
        )
    elif not (seller.registration or seller.key) and (categories == {"O"} or not vat):
        also = f"and {seller.tax_id} is no VAT number" if seller.tax_id and not vat else "as is the VAT number"
        if vat:
            also = "and an invoice that is not subject to tax may not tell the VAT number"
        yield Lack(f"Company registration: it is empty, {also}. Enter it in Settings.")


def _of_buyer(buyer: Party, ship_to_country: str, categories: frozenset[str]) -> Iterable[Lack]:
    of = f"of customer {buyer.key}"
    yield from _badly(f"E-invoice address {of}", address_problem(buyer.endpoint), "Customers")
    if not buyer.name:
        yield Lack(f"Name {of}: it is empty. Enter it in Customers.")
    if not buyer.country:
        yield Lack(f"Country {of}: it is empty. Enter it in Customers.")
    for category, what in _BUYERS_TAX.items():
        if category in categories and not is_vat_number(buyer.tax_id):
            said = "it is empty" if not buyer.tax_id else f"{buyer.tax_id} is no VAT number"
            fix = "Enter the VAT number with its country, such as FR40303265045, in Customers."
            yield Lack(f"Tax ID {of}: {said}, and {what} needs one. {fix}", always=True)
    if "K" in categories and not ship_to_country:
        yield Lack(
            "Ship to country: it is empty, and an intra-Community supply needs it. Enter it in Orders.", always=True
        )


def _of_currency(currency: str) -> Iterable[Lack]:
    if places(currency) > _MOST_PLACES:
        yield Lack(f"Currency: {currency} has more than two decimals, which no e-invoice takes.", mendable=False)
