"""The balanced entry of each event of order to cash: what is debited, what is credited.

Amounts are above zero for the usual direction of the event and below zero for its reverse, in the currency
given. An entry of nothing has no legs.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from o2c_xl.domain.chart import CHART, Account, AccountKind, Leg, legs, reversed_legs, unbalanced
from o2c_xl.domain.money import ZERO

__all__ = [
    "CHART",
    "METHOD_ACCOUNTS",
    "Account",
    "AccountKind",
    "Leg",
    "apply_prepayment_legs",
    "bank_charge_legs",
    "bill_legs",
    "bill_payment_legs",
    "count_legs",
    "credit_note_legs",
    "discount_legs",
    "invoice_legs",
    "opening_item_legs",
    "payment_legs",
    "penalty_legs",
    "receipt_legs",
    "receipt_return_legs",
    "return_legs",
    "reversed_legs",
    "scrap_legs",
    "shipment_legs",
    "unbalanced",
    "write_off_legs",
]

METHOD_ACCOUNTS: Mapping[str, Account] = {
    "Credit card": Account.CARD_CLEARING,
    "Bank transfer": Account.BANK,
    "Cash": Account.CASH,
}


def invoice_legs(goods: Decimal, freight: Decimal, tax: Decimal, currency: str, customer: str) -> list[Leg]:
    """A posted invoice: the customer owes goods, freight and tax; `goods` and `freight` are net of tax."""
    return legs(
        currency,
        customer,
        (Account.RECEIVABLES, goods + freight + tax),
        (Account.REVENUE, -goods),
        (Account.FREIGHT, -freight),
        (Account.OUTPUT_TAX, -tax),
    )


def credit_note_legs(goods: Decimal, freight: Decimal, tax: Decimal, currency: str, customer: str) -> list[Leg]:
    """A posted credit note; its amounts are above zero here, as the customer reads them."""
    return invoice_legs(-goods, -freight, -tax, currency, customer)


def payment_legs(
    amount: Decimal, method: str, currency: str, customer: str = "", held_on: Account = Account.RECEIVABLES
) -> list[Leg]:
    """Money from a customer, or back to them (below zero).

    `held_on` is what it is held on: receivables; prepayments when it names an order not yet invoiced;
    unidentified receipts when the customer is unknown.
    """
    return legs(currency, customer, (METHOD_ACCOUNTS[method], amount), (held_on, -amount))


def apply_prepayment_legs(amount: Decimal, currency: str, customer: str) -> list[Leg]:
    """A prepayment is used for an invoice."""
    return legs(currency, customer, (Account.PREPAYMENTS, amount), (Account.RECEIVABLES, -amount))


def bank_charge_legs(
    amount: Decimal, currency: str, customer: str = "", kept_from: Account = Account.BANK
) -> list[Leg]:
    """What the bank took for itself: off the account, or off what a customer paid (`kept_from` receivables)."""
    return legs(currency, customer, (Account.BANK_CHARGES, amount), (kept_from, -amount))


def write_off_legs(amount: Decimal, tax: Decimal, currency: str, customer: str) -> list[Leg]:
    """A receivable is given up; `tax` is the part of `amount` that the tax office gives back, else zero."""
    return legs(
        currency,
        customer,
        (Account.WRITE_OFF, amount - tax),
        (Account.OUTPUT_TAX, tax),
        (Account.RECEIVABLES, -amount),
    )


def discount_legs(gross: Decimal, tax: Decimal, currency: str, customer: str) -> list[Leg]:
    """An early-payment discount of `gross`, of which `tax` is tax: the discount lessens that too."""
    return legs(
        currency,
        customer,
        (Account.DISCOUNT, gross - tax),
        (Account.OUTPUT_TAX, tax),
        (Account.RECEIVABLES, -gross),
    )


def penalty_legs(amount: Decimal, currency: str, customer: str) -> list[Leg]:
    """A late-payment penalty is charged; it bears no tax."""
    return legs(currency, customer, (Account.RECEIVABLES, amount), (Account.LATE_PAYMENT, -amount))


def opening_item_legs(amount: Decimal, currency: str, customer: str) -> list[Leg]:
    """An open invoice brought along from before."""
    return legs(currency, customer, (Account.RECEIVABLES, amount), (Account.OPENING, -amount))


def receipt_legs(value: Decimal, currency: str, supplier: str) -> list[Leg]:
    """Goods came in, at the purchase order's cost; the supplier's bill is still to come."""
    return legs(currency, supplier, (Account.STOCK, value), (Account.GOODS_RECEIVED, -value))


def receipt_return_legs(stock_value: Decimal, order_value: Decimal, currency: str, supplier: str) -> list[Leg]:
    """Goods go back to the supplier: out of stock at `stock_value`, off the claim at the order's cost."""
    return legs(
        currency,
        supplier,
        (Account.GOODS_RECEIVED, order_value),
        (Account.STOCK, -stock_value),
        (Account.PRICE_VARIANCE, stock_value - order_value),
    )


def scrap_legs(stock_value: Decimal, order_value: Decimal, currency: str, supplier: str) -> list[Leg]:
    """Refused goods are thrown away: out of stock to stock difference, less the claim on the supplier.

    What was refused is not owed, so its `order_value` comes off what is to be billed; what is left is the loss.
    """
    return legs(
        currency,
        supplier,
        (Account.STOCK_DIFFERENCE, stock_value),
        (Account.STOCK, -stock_value),
        (Account.GOODS_RECEIVED, order_value),
        (Account.STOCK_DIFFERENCE, -order_value),
    )


def shipment_legs(cost: Decimal, currency: str, customer: str = "") -> list[Leg]:
    """Goods left for the customer, at cost."""
    return legs(currency, customer, (Account.COST_OF_GOODS, cost), (Account.STOCK, -cost))


def return_legs(cost: Decimal, currency: str, customer: str = "") -> list[Leg]:
    """Goods came back into stock, at cost."""
    return shipment_legs(-cost, currency, customer)


def count_legs(value: Decimal, currency: str, against: Account = Account.STOCK_DIFFERENCE) -> list[Leg]:
    """A stock count's difference in value; an opening count goes against the opening balance."""
    return legs(currency, "", (Account.STOCK, value), (against, -value))


def bill_legs(
    net: Decimal, tax: Decimal, received: Decimal, currency: str, supplier: str, rounding: Decimal = ZERO
) -> list[Leg]:
    """A supplier's bill; `received` is what its goods stand at on goods received, the rest is variance.

    `rounding` is what the amount to pay was rounded by, which is no part of net or tax: variance too.
    """
    return legs(
        currency,
        supplier,
        (Account.GOODS_RECEIVED, received),
        (Account.PRICE_VARIANCE, net - received + rounding),
        (Account.INPUT_TAX, tax),
        (Account.PAYABLES, -(net + tax + rounding)),
    )


def bill_payment_legs(amount: Decimal, currency: str, supplier: str, paid_from: Account = Account.BANK) -> list[Leg]:
    """A supplier's bill is paid."""
    return legs(currency, supplier, (Account.PAYABLES, amount), (paid_from, -amount))
