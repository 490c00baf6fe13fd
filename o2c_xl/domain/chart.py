"""The chart of accounts and the legs of an entry.

An amount above zero is a debit, below zero a credit, always in the currency beside it. `party` is the
customer or supplier whose sub-ledger the leg belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from o2c_xl.domain.money import ZERO

__all__ = ["CHART", "Account", "AccountKind", "Charted", "Leg", "legs", "reversed_legs", "unbalanced"]


class Account(StrEnum):
    """An account by its code, as the journal keeps it."""

    BANK = "1000"
    CARD_CLEARING = "1010"
    CASH = "1020"
    RECEIVABLES = "1100"
    STOCK = "1200"
    INPUT_TAX = "1300"
    PAYABLES = "2000"
    GOODS_RECEIVED = "2010"
    PREPAYMENTS = "2100"
    UNIDENTIFIED = "2110"
    OUTPUT_TAX = "2200"
    OPENING = "3000"
    REVENUE = "4000"
    FREIGHT = "4010"
    DISCOUNT = "4100"
    LATE_PAYMENT = "4200"
    COST_OF_GOODS = "5000"
    PRICE_VARIANCE = "5100"
    STOCK_DIFFERENCE = "5200"
    WRITE_OFF = "6000"
    BANK_CHARGES = "6100"


class AccountKind(StrEnum):
    """What an account is in the balance sheet or the income statement."""

    ASSET = "Asset"
    LIABILITY = "Liability"
    EQUITY = "Equity"
    INCOME = "Income"
    EXPENSE = "Expense"


class Charted(NamedTuple):
    """Name and kind of an account in the chart."""

    name: str
    kind: AccountKind


CHART: dict[Account, Charted] = {
    Account.BANK: Charted("Bank", AccountKind.ASSET),
    Account.CARD_CLEARING: Charted("Card clearing", AccountKind.ASSET),
    Account.CASH: Charted("Cash", AccountKind.ASSET),
    Account.RECEIVABLES: Charted("Receivables", AccountKind.ASSET),
    Account.STOCK: Charted("Stock", AccountKind.ASSET),
    Account.INPUT_TAX: Charted("Input tax", AccountKind.ASSET),
    Account.PAYABLES: Charted("Payables", AccountKind.LIABILITY),
    Account.GOODS_RECEIVED: Charted("Goods received not invoiced", AccountKind.LIABILITY),
    Account.PREPAYMENTS: Charted("Customer prepayments", AccountKind.LIABILITY),
    Account.UNIDENTIFIED: Charted("Unidentified receipts", AccountKind.LIABILITY),
    Account.OUTPUT_TAX: Charted("Output tax", AccountKind.LIABILITY),
    Account.OPENING: Charted("Opening balance", AccountKind.EQUITY),
    Account.REVENUE: Charted("Revenue", AccountKind.INCOME),
    Account.FREIGHT: Charted("Freight revenue", AccountKind.INCOME),
    Account.DISCOUNT: Charted("Discount granted", AccountKind.INCOME),
    Account.LATE_PAYMENT: Charted("Late-payment income", AccountKind.INCOME),
    Account.COST_OF_GOODS: Charted("Cost of goods sold", AccountKind.EXPENSE),
    Account.PRICE_VARIANCE: Charted("Price variance", AccountKind.EXPENSE),
    Account.STOCK_DIFFERENCE: Charted("Stock difference", AccountKind.EXPENSE),
    Account.WRITE_OFF: Charted("Write-off", AccountKind.EXPENSE),
    Account.BANK_CHARGES: Charted("Bank charges", AccountKind.EXPENSE),
}
"""The default chart of accounts."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of an entry: above zero a debit, below zero a credit."""

    account: str
    amount: Decimal
    currency: str
    party: str = ""


def unbalanced(entry: Iterable[Leg]) -> dict[str, Decimal]:
    """Per currency what debits exceed credits by; empty when the entry balances."""
    sums: dict[str, Decimal] = {}
    for leg in entry:
        sums[leg.currency] = sums.get(leg.currency, ZERO) + leg.amount
    return {currency: amount for currency, amount in sums.items() if amount}


def legs(currency: str, party: str, *sides: tuple[Account, Decimal]) -> list[Leg]:
    """The legs of an entry in one currency for one party; sides of nothing are left out."""
    return [Leg(account, amount, currency, party) for account, amount in sides if amount]


def reversed_legs(entry: Iterable[Leg]) -> list[Leg]:
    """The entry that takes `entry` back: the same accounts, the other side."""
    return [Leg(leg.account, -leg.amount, leg.currency, leg.party) for leg in entry]
