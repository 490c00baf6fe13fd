"""Whose a payment is and on which account it stands until it is applied.

The customer is the one typed, else the one who pays from that account or under that name, else the only one whose
invoice, order or order reference the payer names, as long as the payer's name is not that of several others. Money for
an order not yet invoiced is a prepayment; money of nobody known is an unidentified receipt. What a reference says
never refuses a payment: the money is here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.accounts import METHOD_ACCOUNTS
from o2c_xl.domain.cash.payers import Payers
from o2c_xl.domain.cash.references import find_numbers, index_numbers
from o2c_xl.domain.chart import Account
from o2c_xl.domain.money import ZERO, round_money, too_fine

__all__ = ["HELD_ON", "Clues", "HeldOn", "Knows", "Named", "PaidBefore", "Placed", "Refused", "Typed", "place"]


class HeldOn(StrEnum):
    """What the unapplied part of a payment stands on."""

    RECEIVABLES = "receivables"
    PREPAYMENTS = "customer prepayments"
    UNIDENTIFIED = "unidentified receipts"


HELD_ON: Mapping[str, Account] = {
    HeldOn.RECEIVABLES: Account.RECEIVABLES,
    HeldOn.PREPAYMENTS: Account.PREPAYMENTS,
    HeldOn.UNIDENTIFIED: Account.UNIDENTIFIED,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A payment as it was entered; None and '' are empty cells."""

    payment: str
    customer: str
    paid_on: date | None
    amount: Decimal | None
    currency: str
    method: str
    reference: str
    payer: str = ""
    payer_account: str = ""


@dataclass(frozen=True, slots=True)
class Knows:
    """What is known of a customer: the account charged (its bill-to) and its currency."""

    account: str
    currency: str


@dataclass(frozen=True, slots=True)
class Named:
    """An invoice or order that a reference may name; `open` = something is to be paid, or still to be invoiced.

    `left` is what is open of an invoice.
    """

    number: str
    customer: str
    account: str
    currency: str
    open: bool
    order: str = ""
    left: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """A posted payment that another may take back; `left` is what was not taken back yet."""

    payment: str
    account: str
    currency: str
    left: Decimal


@dataclass(slots=True)
class Clues:
    """All that the references of a batch may name, by number; `references` are customers' own order numbers.

    `payers` tells customers by who pays, `accepted` by payment the customer whose invoice a person said it pays.
    """

    customers: Mapping[str, Knows] = field(default_factory=dict)
    invoices: Mapping[str, Named] = field(default_factory=dict)
    orders: Mapping[str, Named] = field(default_factory=dict)
    references: Mapping[str, Sequence[Named]] = field(default_factory=dict)
    payments: Mapping[str, PaidBefore] = field(default_factory=dict)
    payers: Payers = field(default_factory=Payers)
    accepted: Mapping[str, str] = field(default_factory=dict)
    company_currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a payment stands; `takes_back` names the payment that it returns."""

    payment: str
    account: str
    currency: str
    held_on: HeldOn
    order: str = ""
    takes_back: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a payment cannot be posted, as a sentence that begins with the column's header."""

    payment: str
    problem: str


def place(payments: Sequence[Typed], clues: Clues) -> list[Placed | Refused]:
    """Place each payment of a batch, in its order; two that take back the same payment share what is left of it."""
    finder = _Finder(clues)
    left: dict[str, Decimal] = {}
    placed: list[Placed | Refused] = []
    for payment in payments:
        problem = _unfit(payment, clues)
        found = Refused(payment.payment, problem) if problem else _placed(payment, finder, left)
        placed.append(found)
    return placed


class _Finder:
    """The numbers of a batch, indexed once."""

    def __init__(self, clues: Clues) -> None:
        self.clues = clues
        self._invoices = index_numbers(clues.invoices)
        self._orders = index_numbers(clues.orders)
        self._references = index_numbers(clues.references)
        self._payments = index_numbers(clues.payments)

    def invoices(self, text: str) -> list[Named]:
        return [self.clues.invoices[number] for number in find_numbers(self._invoices, text)]

    def orders(self, text: str) -> list[Named]:
        return [self.clues.orders[number] for number in find_numbers(self._orders, text)]

    def references(self, text: str) -> list[Named]:
        return [named for number in find_numbers(self._references, text) for named in self.clues.references[number]]

    def payments(self, text: str, own: str) -> list[PaidBefore]:
        return [self.clues.payments[number] for number in find_numbers(self._payments, text) if number != own]


def _unfit(payment: Typed, clues: Clues) -> str:
    if payment.amount is None or not payment.amount:
        what = "it is empty." if payment.amount is None else "0 is no payment."
        return f"Amount: {what} Enter what came in, or with a minus what went back."
    if payment.paid_on is None:
        return "Paid on: it is empty. Enter the day the money came."
    if payment.method not in METHOD_ACCOUNTS:
        what = f"{payment.method} is not known." if payment.method else "it is empty."
        return f"Method: {what} Choose {', '.join(METHOD_ACCOUNTS)}."
    if payment.customer and payment.customer not in clues.customers:
        return f"Customer ID: {payment.customer} is not in Customers. Choose one from the list, or leave it empty."
    return ""


def _placed(payment: Typed, finder: _Finder, left: dict[str, Decimal]) -> Placed | Refused:
    knows = finder.clues.customers.get(payment.customer or _who_pays(payment, finder.clues))
    account = knows.account if knows else ""
    named = finder.invoices(payment.reference) if payment.reference else []
    orders = finder.orders(payment.reference) if payment.reference else []
    if payment.amount is not None and payment.amount < ZERO and payment.reference:
        before = finder.payments(payment.reference, payment.payment)
        if before:
            return _taken_back(payment, account, before, left)
    others = [] if named or orders or not payment.reference else finder.references(payment.reference)
    if not account:
        found = named or orders or others
        owners = {one.account for one in found}
        account = owners.pop() if len(owners) == 1 and _may_pay(payment, owners, finder.clues) else ""
    currency = payment.currency or _currency(account, knows, named, finder.clues)
    if odd := _too_fine(payment, currency):
        return odd
    account = _former_account(payment, named, currency, finder.clues) or account
    if not account or _contested(payment, account, named, finder.clues):
        return Placed(payment.payment, "", currency, HeldOn.UNIDENTIFIED)
    order = "" if named else _order_to_come(payment, account, currency, orders or others)
    held_on = HeldOn.PREPAYMENTS if order else HeldOn.RECEIVABLES
    return Placed(payment.payment, account, currency, held_on, order)


def _too_fine(payment: Typed, currency: str) -> Refused | None:
    """An amount that the currency has no coins for; the other rules count on whole minor units."""
    odd = too_fine(payment.amount or ZERO, currency)
    return Refused(payment.payment, f"Amount: {odd}") if odd else None


def _former_account(payment: Typed, named: Sequence[Named], currency: str, clues: Clues) -> str:
    """The account on which all that it names stands open, where that is the payer's own from before another Bill-to."""
    payer = payment.customer or _who_pays(payment, clues)
    accounts = {one.account for one in named}
    if not payer or len(accounts) != 1:
        return ""
    own = all(one.open and one.currency == currency and payer in (one.customer, one.account) for one in named)
    return accounts.pop() if own else ""


def _who_pays(payment: Typed, clues: Clues) -> str:
    """The customer of a payment for which nobody typed one: as a person decided, else by account and name."""
    return clues.accepted.get(payment.payment) or clues.payers.customer(payment.payer, payment.payer_account)


def _contested(payment: Typed, account: str, named: Sequence[Named], clues: Clues) -> bool:
    """Whether it names just what another customer owes, while only what was taught of an earlier payment says whose."""
    if payment.customer or payment.payment in clues.accepted:
        return False
    if not clues.payers.taught(payment.payer, payment.payer_account):
        return False
    payer = _who_pays(payment, clues)
    others = [one for one in named if account != one.account and payer not in (one.customer, one.account)]
    return payment.amount in (*(one.left for one in others), sum((one.left for one in others), ZERO))


def _may_pay(payment: Typed, owners: AbstractSet[str], clues: Clues) -> bool:
    """Whether the name of the payer does not speak against it: not where several customers bear it, and no owner."""
    named = {clues.customers[one].account for one in clues.payers.namesakes(payment.payer) if one in clues.customers}
    return not named or owners <= named


def _currency(account: str, knows: Knows | None, named: Sequence[Named], clues: Clues) -> str:
    if knows is not None:
        return knows.currency
    currencies = {one.currency for one in named if one.account == account}
    if len(currencies) == 1:
        return currencies.pop()
    known = clues.customers.get(account)
    return known.currency if known else clues.company_currency


def _order_to_come(payment: Typed, account: str, currency: str, orders: Sequence[Named]) -> str:
    """The one order it names that is still to be invoiced and has nothing open; '' when there is none."""
    own = {one.order for one in orders if one.account == account and one.open and one.currency == currency}
    return own.pop() if len(own) == 1 and payment.amount is not None and payment.amount > ZERO else ""


def _taken_back(
    payment: Typed, account: str, before: Sequence[PaidBefore], left: dict[str, Decimal]
) -> Placed | Refused:
    one, amount = before[0], -(payment.amount or ZERO)
    if len(before) > 1:
        names = ", ".join(each.payment for each in before)
        return Refused(payment.payment, f"Reference: it names {names}. Enter one row for each payment that came back.")
    if account and one.account != account:
        return Refused(
            payment.payment, f"Customer ID: {one.payment} is of {one.account or 'nobody known'}. Correct one."
        )
    if payment.currency and payment.currency != one.currency:
        return Refused(payment.payment, f"Currency: {one.payment} came in {one.currency}. Enter {one.currency}.")
    if odd := _too_fine(payment, one.currency):
        return odd
    rest = left.get(one.payment, one.left)
    if amount > rest:
        there = round_money(rest, one.currency)
        return Refused(
            payment.payment, f"Amount: of {one.payment} {there} is left to take back. Enter no more than that."
        )
    left[one.payment] = rest - amount
    held_on = HeldOn.RECEIVABLES if one.account else HeldOn.UNIDENTIFIED
    return Placed(payment.payment, one.account, one.currency, held_on, takes_back=one.payment)
