"""What keeps an invoice from getting its number: sums that do not add up, or data that the law or an e-invoice wants.

The same rules of EN 16931 as in `einvoice_fields`, asked before there is a document: what they miss is said as the cell
where it is to be entered. It is asked once for each customer and kind of tax, since most invoices are alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from o2c_xl.domain.einvoice.ours import endpoint_of
from o2c_xl.domain.einvoice.tax_numbers import is_vat_number
from o2c_xl.domain.invoices.invoicing import TaxBy, tax_due
from o2c_xl.domain.money import ZERO, places
from o2c_xl.domain.paper import Party

__all__ = ["Lack", "does_not_add_up", "lacking", "without_peppol"]

_MOST_PLACES = 2
_BUYERS_TAX = {"AE": "reverse charge", "K": "an intra-Community supply"}


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
    """Why a UBL invoice of these parties cannot go through Peppol, one sentence for each cell that is empty.

    The address is the one entered, else the VAT number, else the email (PEPPOL-EN16931-R010 and R020).
    """
    no = "it is empty, and there is neither VAT number nor email to take instead."
    found = []
    if not endpoint_of(seller):
        found.append(f"Company e-invoice address: {no} Enter it in Settings.")
    if not endpoint_of(buyer):
        found.append(f"E-invoice address of customer {buyer.key}: {no} Enter one in Customers.")
    return found + _in_germany(seller, buyer)


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
    return (*_of_seller(seller, categories), *_of_buyer(buyer, ship_to_country, categories), *_of_currency(currency))


def _of_seller(seller: Party, categories: frozenset[str]) -> Iterable[Lack]:
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
        yield Lack("Company registration: it is empty, as is the VAT number. Enter it in Settings.")


def _of_buyer(buyer: Party, ship_to_country: str, categories: frozenset[str]) -> Iterable[Lack]:
    of = f"of customer {buyer.key}"
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
