"""Closing an order: what it waits for, and what does not add up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from o2c_xl.domain.ordering.closing import OrderAccount, reconcile
from o2c_xl.domain.ordering.orders import LineQuantities

D = Decimal
DONE = OrderAccount(
    "1001",
    [("1", LineQuantities(D(5), shipped=D(4), invoiced=D(4), cancelled=D(1)))],
    shipped_net=D("40.00"),
    invoiced_net=D("40.00"),
    total=D("48.00"),
    paid=D("38.00"),
    credited=D("8.00"),
    written_off=D("2.00"),
)


def test_an_order_whose_quantities_and_money_explain_each_other_is_closed() -> None:
    assert reconcile(DONE).closed


def test_an_order_worth_nothing_is_closed_when_it_has_shipped_and_is_invoiced() -> None:
    free = OrderAccount("1002", [("1", LineQuantities(D(1), shipped=D(1), invoiced=D(1)))])

    assert reconcile(free).closed


@pytest.mark.parametrize(
    ("account", "waits"),
    [
        (replace(DONE, lines=[("1", LineQuantities(D(5)))]), "5 still to be shipped or cancelled."),
        (
            replace(DONE, lines=[("1", LineQuantities(D(5), shipped=D(5)))]),
            "5 shipped and still to be invoiced.",
        ),
        (replace(DONE, paid=D("18.00"), open=D("20.00")), "20.00 still to be paid."),
        (replace(DONE, to_credit=D("9.00")), "9.00 still to be credited for returned goods."),
    ],
)
def test_what_is_not_done_yet_is_waited_for_and_no_discrepancy(account: OrderAccount, waits: str) -> None:
    result = reconcile(account)

    assert (result.waits_for, result.discrepancies, result.closed) == ((waits,), (), False)


@pytest.mark.parametrize(
    ("account", "kind", "expected", "found"),
    [
        (replace(DONE, invoiced_net=D("39.00")), "Invoiced", "40.00", "39.00"),
        (replace(DONE, paid=D("37.00")), "Receivable", "48.00", "47.00"),
        (replace(DONE, paid=D("50.00"), open=D("-12.00")), "Overpaid", "0", "-12.00"),
        (replace(DONE, prepaid=D("5.00")), "Prepayment", "0", "5.00"),
        (
            replace(DONE, lines=[("1", LineQuantities(D(5), shipped=D(6), invoiced=D(6)))]),
            "Quantity",
            "5",
            "6",
        ),
    ],
)
def test_a_difference_becomes_a_discrepancy(account: OrderAccount, kind: str, expected: str, found: str) -> None:
    result = reconcile(account)

    assert not result.closed
    assert [(one.kind, one.expected, one.found) for one in result.discrepancies] == [(kind, D(expected), D(found))]
    assert result.discrepancies[0].text


def test_an_open_order_is_not_blamed_for_invoices_that_are_still_to_come() -> None:
    under_way = replace(DONE, lines=[("1", LineQuantities(D(5), shipped=D(2)))], invoiced_net=D(0), prepaid=D(7))

    assert reconcile(under_way).discrepancies == ()
