"""What keeps an order incomplete, in sentences."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from o2c_xl.domain.ordering.completeness import Address, LineToCheck, OrderToCheck, what_is_missing
from o2c_xl.domain.ordering.orders import Shipping

NO_RATE = "no tax rate for tax group DE and tax code STD. Add the rate in Tax Rates."

ORDER = OrderToCheck("C1", True, Address("Ada", "Main St 1", "Cork", "", "IE"), price_list="Retail", tax_group="EU")
LINE = LineToCheck("1", "A-1", Decimal(2), Decimal("9.50"))


def test_a_complete_order_misses_nothing() -> None:
    assert what_is_missing(ORDER, [LINE]) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (replace(LINE, sku=""), "Line 1: no product."),
        (replace(LINE, known_sku=False), "Line 1: product A-1 is not known."),
        (replace(LINE, quantity=None), "Line 1: no quantity."),
        (replace(LINE, price=None), "Line 1: no price for A-1 in price list Retail."),
        (replace(LINE, no_rate=NO_RATE, tax_code="STD"), "tax code STD. Add the rate in Tax Rates."),
        (replace(LINE, no_rate=NO_RATE, tax_code=""), "Product A-1 has no tax code. Enter Tax code in Products, or"),
    ],
)
def test_each_gap_of_a_line_has_its_sentence(line: LineToCheck, says: str) -> None:
    found = what_is_missing(ORDER, [line])

    assert len(found) == 1
    assert says in found[0]


def test_a_customer_without_a_tax_group_is_named_once_for_all_lines() -> None:
    line = replace(LINE, no_rate=NO_RATE, tax_code="STD")

    found = what_is_missing(replace(ORDER, tax_group=""), [line, replace(line, line="2")])

    told = "Enter Tax group in Customers, or Default tax group in Settings."
    assert found == [f"Customer {ORDER.customer} has no tax group. {told}"]


def test_every_gap_is_told_at_once() -> None:
    order = replace(ORDER, customer="", known_customer=False, ship_to=Address(city="Cork"))

    found = what_is_missing(order, [])

    assert [text.split(".")[0] for text in found] == [
        "The order has no customer",
        "The ship-to address has no street and country",
        "The order has no lines",
    ]


def test_an_unknown_customer_is_named() -> None:
    found = what_is_missing(replace(ORDER, known_customer=False), [LINE])

    assert "Customer C1 is not known" in found[0]


def test_goods_fetched_at_the_store_need_no_address() -> None:
    order = replace(ORDER, ship_to=Address(), shipping=Shipping.PICKUP)

    assert what_is_missing(order, [LINE]) == []
