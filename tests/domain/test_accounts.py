"""Every event's entry balances, in each currency, whatever its amounts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain import accounts
from o2c_xl.domain.accounts import CHART, Account, Leg, reversed_legs, unbalanced

D = Decimal
money = st.decimals(min_value=-(10**9), max_value=10**9, places=2)

EVENTS: dict[str, Callable[[Decimal, Decimal, Decimal], list[Leg]]] = {
    "invoice": lambda a, b, c: accounts.invoice_legs(a, b, c, "EUR", "C1"),
    "credit note": lambda a, b, c: accounts.credit_note_legs(a, b, c, "EUR", "C1"),
    "payment": lambda a, b, c: accounts.payment_legs(a, "Cash", "EUR", "C1"),
    "prepayment": lambda a, b, c: accounts.payment_legs(a, "Credit card", "EUR", "C1", Account.PREPAYMENTS),
    "apply prepayment": lambda a, b, c: accounts.apply_prepayment_legs(a, "EUR", "C1"),
    "write off": lambda a, b, c: accounts.write_off_legs(a, b, "EUR", "C1"),
    "discount": lambda a, b, c: accounts.discount_legs(a, b, "EUR", "C1"),
    "penalty": lambda a, b, c: accounts.penalty_legs(a, "EUR", "C1"),
    "opening item": lambda a, b, c: accounts.opening_item_legs(a, "EUR", "C1"),
    "receipt": lambda a, b, c: accounts.receipt_legs(a, "EUR", "S1"),
    "receipt return": lambda a, b, c: accounts.receipt_return_legs(a, b, "EUR", "S1"),
    "shipment": lambda a, b, c: accounts.shipment_legs(a, "EUR", "C1"),
    "return": lambda a, b, c: accounts.return_legs(a, "EUR", "C1"),
    "count": lambda a, b, c: accounts.count_legs(a, "EUR"),
    "opening stock": lambda a, b, c: accounts.count_legs(a, "EUR", Account.OPENING),
    "bill": lambda a, b, c: accounts.bill_legs(a, b, c, "EUR", "S1"),
    "rounded bill": lambda a, b, c: accounts.bill_legs(a, b, c, "EUR", "S1", a),
    "bill payment": lambda a, b, c: accounts.bill_payment_legs(a, "EUR", "S1"),
}


@pytest.mark.parametrize("event", EVENTS)
@given(a=money, b=money, c=money)
def test_every_entry_balances_and_has_no_empty_leg(event: str, a: Decimal, b: Decimal, c: Decimal) -> None:
    entry = EVENTS[event](a, b, c)

    assert unbalanced(entry) == {}
    assert all(leg.amount for leg in entry)
    assert unbalanced(reversed_legs(entry)) == {}


def test_an_invoice_is_owed_in_full_and_split_by_what_it_is_for() -> None:
    entry = accounts.invoice_legs(D(100), D(5), D("19.95"), "EUR", "C1")

    assert {leg.account: leg.amount for leg in entry} == {
        Account.RECEIVABLES: D("124.95"),
        Account.REVENUE: D(-100),
        Account.FREIGHT: D(-5),
        Account.OUTPUT_TAX: D("-19.95"),
    }


def test_a_discount_lessens_the_tax_too() -> None:
    entry = accounts.discount_legs(D("2.38"), D("0.38"), "EUR", "C1")

    assert {leg.account: leg.amount for leg in entry} == {
        Account.DISCOUNT: D("2.00"),
        Account.OUTPUT_TAX: D("0.38"),
        Account.RECEIVABLES: D("-2.38"),
    }


def test_an_entry_that_does_not_balance_says_by_how_much_in_which_currency() -> None:
    entry = [Leg("1000", D(5), "EUR"), Leg("1100", D(-5), "USD"), Leg("1100", D(-4), "EUR")]

    assert unbalanced(entry) == {"EUR": D(1), "USD": D(-5)}


def test_every_account_stands_in_the_chart() -> None:
    assert set(CHART) == set(Account)
