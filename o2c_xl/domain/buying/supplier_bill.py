"""A supplier's e-invoice as a row of Bills: whose it is, for which order, how much; or why it is not entered.

Nothing is guessed: a supplier is known by VAT number, by account, else by the very name; what speaks against it, or a
second candidate, leaves the bill to a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from o2c_xl.domain.buying.bill_lines import OrderedArticle, against_order
from o2c_xl.domain.einvoice.fields import gaps
from o2c_xl.domain.einvoice.model import EInvoice
from o2c_xl.domain.einvoice.tax_numbers import compact_vat
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.paper import Party

__all__ = ["BillKnown", "BillRow", "Billing", "SupplierKnown", "bill_of", "order_of", "supplier_of"]

_MOST_AHEAD = 31  # days that a bill may be dated after the day it is entered
_NOT_GIVEN = frozenset({"", "NA", "N/A", "NONE", "-"})


@dataclass(frozen=True, slots=True)
class SupplierKnown:
    """A supplier as it stands in Suppliers; `currency` is the company's where it has none."""

    key: str
    name: str
    tax_id: str
    iban: str
    currency: str


@dataclass(frozen=True, slots=True)
class BillKnown:
    """A bill that is in the books."""

    bill: str
    supplier: str
    total: Decimal | None
    bill_date: date | None


@dataclass(frozen=True, slots=True)
class Billing:
    """What the books know: suppliers, whom each purchase order went to, the bills of these numbers, ourselves.

    `ordered` are the lines of the orders that the invoice may name, `tolerance` the percent that bills may differ by.
    """

    suppliers: Sequence[SupplierKnown]
    orders: Mapping[str, str]
    bills: Sequence[BillKnown]
    company: Party
    ordered: Mapping[str, Sequence[OrderedArticle]] = field(default_factory=dict)
    tolerance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BillRow:
    """A row of Bills; a credit has negative amounts, and `rounding` is part of `total`.

    `known` = it is there already, with the same figures.
    """

    bill: str
    supplier: str
    po: str
    bill_date: date | None
    due_date: date | None
    net: Decimal
    tax: Decimal
    total: Decimal
    rounding: Decimal = ZERO
    known: bool = False


def bill_of(invoice: EInvoice, books: Billing, day: date) -> BillRow | str:
    """The row that the invoice becomes on that day; else one sentence about what stops it, with what to do."""
    if problem := _not_for_us(invoice, books.company) or _not_whole(invoice) or _wrong(invoice, day):
        return problem
    supplier = supplier_of(invoice, books.suppliers)
    if isinstance(supplier, str):
        return supplier
    if invoice.currency != supplier.currency:
        found = f"It is in {invoice.currency}, and {supplier.key} bills in {supplier.currency}"
        return f"{found}. Correct the Currency in Suppliers, or enter the bill by hand."
    po = order_of(invoice.purchase_reference, books.orders)
    if not invoice.purchase_reference:  # some write our number where we are to route by
        po = order_of(invoice.buyer_reference, books.orders) or ""
    if po is None:
        found = f"It names purchase order {invoice.purchase_reference}, which is not in Purchase Orders"
        return f"{found}. Enter the bill by hand in Bills with the right one, or ask the supplier."
    if po and books.orders[po] != supplier.key:
        return f"It names {po}, which went to {books.orders[po]} and not to {supplier.key}. Ask the supplier."
    row = _row(invoice, supplier, po, books.bills)
    known = isinstance(row, BillRow) and row.known
    return row if known else against_order(invoice, po, books.ordered.get(po, ()), books.tolerance) or row


def _not_for_us(invoice: EInvoice, company: Party) -> str:
    ours, said = compact_vat(company.tax_id), compact_vat(invoice.buyer.tax_id)
    if ours and said and ours != said:
        return f"It is addressed to {_called(invoice.buyer)} ({invoice.buyer.tax_id}), not to us. Send it back."
    return ""


def _not_whole(invoice: EInvoice) -> str:
    totals = invoice.totals
    if not invoice.number or invoice.issued is None:
        return "It has no number or no date. Ask the supplier for a whole invoice."
    if totals.net is None or totals.total is None:
        return "It states no total. Ask the supplier for a whole invoice."
    if totals.prepaid:
        paid = plain_number(totals.prepaid)
        return f"It says that {paid} was paid before. Enter the bill by hand in Bills, at what is still to be paid."
    return ""


def _wrong(invoice: EInvoice, day: date) -> str:
    """Days, rates, kinds and currencies that cannot be right; those that are missing are told and stop nothing."""
    issued, due = invoice.issued or day, invoice.due
    if (issued - day).days > _MOST_AHEAD:
        return f"Its date is {issued}, more than {_MOST_AHEAD} days from today. Ask the supplier for a right one."
    if due is not None and due < issued:
        return f"It is due on {due}, before its own date {issued}. Ask the supplier for a right one."
    stops = next((gap for gap in gaps(invoice) if gap.stops), None)
    return f"{stops}. Ask the supplier for a right one." if stops else ""


def supplier_of(invoice: EInvoice, suppliers: Sequence[SupplierKnown]) -> SupplierKnown | str:
    """Who sent it; else what a person should look at."""
    seller = invoice.seller
    vat, names = compact_vat(seller.tax_id), {_plain(name) for name in (seller.name, seller.trade_name) if _plain(name)}
    accounts = {_account(means.account) for means in invoice.means if means.account}
    by_vat = [one for one in suppliers if vat and compact_vat(one.tax_id) == vat]
    by_account = [one for one in suppliers if one.iban and _account(one.iban) in accounts]
    by_name = [one for one in suppliers if _plain(one.name) in names]
    found = by_vat or by_account or by_name
    said = " ".join(part for part in (_called(seller), f"({seller.tax_id})" if seller.tax_id else "") if part)
    if not found:
        return f"No supplier is known as {said}. Enter the VAT number as Tax ID of the right one in Suppliers."
    if len(found) > 1:
        keys = ", ".join(sorted(one.key for one in found))
        return f"{said} may be {keys}. Enter the VAT number as Tax ID of the right one in Suppliers."
    if by_name and found[0] not in by_name:
        keys = ", ".join(sorted(one.key for one in by_name))
        return f"{said} is named like {keys}, and its number or account is that of {found[0].key}. Ask the supplier."
    return _contradicted(found[0], (vat, accounts), by_account) or found[0]


def _contradicted(one: SupplierKnown, said: tuple[str, set[str]], by_account: Sequence[SupplierKnown]) -> str:
    vat, accounts = said
    if vat and one.tax_id and compact_vat(one.tax_id) != vat:
        return (
            f"Its VAT number is {vat}, and that of {one.key} is {one.tax_id}. Correct Suppliers, or ask the supplier."
        )
    if accounts and one.iban and one not in by_account:
        account = ", ".join(sorted(accounts))
        ask = "Ask the supplier at a number that you know before you change the IBAN in Suppliers"
        return f"It is to be paid into {account}, and the account of {one.key} is {one.iban}. {ask}."
    return ""


def order_of(reference: str, orders: Mapping[str, str]) -> str | None:
    """Our purchase order that the invoice names; empty where it names none, None where it names another's."""
    if reference.strip().upper() in _NOT_GIVEN:
        return ""
    wanted = _plain(reference)
    found = [po for po in orders if _plain(po) == wanted]
    return found[0] if len(found) == 1 else None


def _row(invoice: EInvoice, supplier: SupplierKnown, po: str, bills: Sequence[BillKnown]) -> BillRow | str:
    sign = -1 if invoice.is_credit else 1
    net, rounding = sign * (invoice.totals.net or ZERO), sign * (invoice.totals.rounding or ZERO)
    taxed = sign * (invoice.totals.total or ZERO)
    total = taxed + rounding
    number = " ".join(invoice.number.split())
    mine = f"{supplier.key} {number}"
    there = next((one for one in bills if one.bill in {number, mine} and one.supplier == supplier.key), None)
    taken = any(one.bill == number for one in bills)
    if there is not None and (there.total, there.bill_date) != (total, invoice.issued):
        found = f"Bill {there.bill} of {supplier.key} is in the books with other figures"
        return f"{found}. Ask the supplier which one holds; a correction needs a number of its own."
    key = there.bill if there else mine if taken else number
    known = there is not None
    return BillRow(key, supplier.key, po, invoice.issued, invoice.due, net, taxed - net, total, rounding, known)


def _called(party: Party) -> str:
    return party.name or party.trade_name


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _account(text: str) -> str:
    return text.replace(" ", "").upper()
