"""Prices from lists: by quantity and date, and the tolerance for entered ones."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.ordering.pricing import PriceRow, beyond_tolerance, find_price, index_prices

D = Decimal
DAY = dt.date(2024, 5, 15)
ROWS = [
    PriceRow("Retail", "A-1", D(1), D("10.00")),
    PriceRow("Retail", "A-1", D(10), D("9.00")),
    PriceRow("Retail", "A-1", D(1), D("8.50"), dt.date(2024, 5, 1), dt.date(2024, 5, 31)),
    PriceRow("Retail", "B-2", D(5), D("3.00"), None, dt.date(2024, 5, 14)),
    PriceRow("Retail", "C-3", D(5), D("7.00")),
]


@pytest.mark.parametrize(
    ("sku", "quantity", "on", "price"),
    [
        ("A-1", "1", DAY, "8.50"),
        ("A-1", "9.999", dt.date(2024, 6, 1), "10.00"),
        ("A-1", "10", DAY, "9.00"),
        ("A-1", "1", dt.date(2024, 5, 31), "8.50"),
        ("B-2", "5", dt.date(2024, 5, 14), "3.00"),
    ],
)
def test_the_highest_minimum_that_is_reached_and_valid_gives_the_price(
    sku: str, quantity: str, on: dt.date, price: str
) -> None:
    assert find_price(index_prices(ROWS), "Retail", sku, D(quantity), on) == D(price)


def test_without_a_row_that_fits_the_products_price_stands_in_where_allowed() -> None:
    prices = index_prices(ROWS)

    assert find_price(prices, "Retail", "C-3", D(4), DAY) is None
    assert find_price(prices, "Retail", "C-3", D(4), DAY, product_price=D(8)) == D(8)
    assert find_price(prices, "", "A-1", D(4), DAY, product_price=D(8)) == D(8)


@given(st.permutations(ROWS), st.integers(1, 20), st.dates(dt.date(2024, 4, 1), dt.date(2024, 7, 1)))
def test_the_order_of_the_rows_does_not_matter(rows: list[PriceRow], quantity: int, on: dt.date) -> None:
    found = find_price(index_prices(rows), "Retail", "A-1", D(quantity), on)

    assert found == find_price(index_prices(ROWS), "Retail", "A-1", D(quantity), on)


@pytest.mark.parametrize(
    ("entered", "listed", "percent", "asked"),
    [
        ("9.50", "10", "5", False),
        ("9.49", "10", "5", True),
        ("10.51", "10", "5", True),
        ("10.01", "10", "0", True),
        ("1", "10", None, False),
        ("1", None, "5", False),
        ("1", "0", "5", True),
        ("0", "0", "5", False),
    ],
)
def test_a_price_beyond_the_tolerance_waits_for_a_person(
    entered: str, listed: str | None, percent: str | None, asked: bool
) -> None:
    limit = None if percent is None else D(percent)

    assert beyond_tolerance(D(entered), None if listed is None else D(listed), limit) is asked
