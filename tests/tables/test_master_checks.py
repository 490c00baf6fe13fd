"""Master data that contradicts itself is a fault at its cell, found in one pass."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.rows import take_rows
from o2c_xl.tables.take.rules import RULES
from tests.ledgers import DAY


def take(ledger: Ledger, name: str, *rows: tuple[Any, ...], fields: tuple[str, ...]) -> list[tuple[str, str]]:
    """Take the rows; the cells at fault, each with its sentence."""
    batch = Batch(
        table=BY_NAME[name],
        source="master.csv",
        sheet="",
        columns={field: [row[at] for row in rows] for at, field in enumerate(fields)},
        rows=list(range(2, 2 + len(rows))),
        letters={field: chr(65 + at) for at, field in enumerate(fields)},
    )
    with ledger.transaction(DAY) as txn:
        take_rows(txn, batch, policy_of({}), RULES[name])
    return [(issue.cell, issue.problem) for issue in batch.issues]


def billed(ledger: Ledger, *rows: tuple[str, str | None]) -> list[str]:
    return [cell for cell, _ in take(ledger, "Customers", *rows, fields=("customer_id", "bill_to"))]


@pytest.fixture
def books(memory_ledger: Ledger) -> Ledger:
    with memory_ledger.transaction(DAY) as txn:
        txn.insert(schema.customers, [{"customer_id": f"C{n}", "name": "x"} for n in (1, 2, 3, 4)])
        txn.insert(schema.products, [{"sku": sku, "name": "x", "unit": "pcs"} for sku in ("A", "B", "C")])
        orders = [{"order": "1", "status": "To pick"}, {"order": "2", "status": "Closed"}]
        txn.insert(schema.orders, orders)
        lines = [("1", "A"), ("2", "A"), ("2", "B")]
        one = Decimal(1)
        txn.insert(
            schema.order_lines, [{"order": order, "line": sku, "sku": sku, "quantity": one} for order, sku in lines]
        )
    return memory_ledger


def test_customers_billed_in_a_circle_are_each_a_fault(books: Ledger) -> None:
    both = billed(books, ("C2", "C3"), ("C3", "C2"), ("C4", "C3"))
    alone = billed(books, ("C1", "C1"))
    chained = billed(books, ("C2", "C3"), ("C3", "C1"))
    closing = billed(books, ("C1", "C2"))
    turned = billed(books, ("C3", "C2"), ("C2", None))

    assert (both, alone, chained, closing, turned) == (["B2", "B3"], [], [], ["B2"], [])


def test_a_product_is_not_its_own_alternative_but_two_may_stand_in_for_each_other(books: Ledger) -> None:
    faults = take(books, "Products", ("A", "A"), ("B", "C"), ("C", "B"), fields=("sku", "alternative_sku"))

    assert [cell for cell, _ in faults] == ["B2"]


def test_a_tax_rate_written_as_a_fraction_is_told_unless_its_reason_says_why(books: Ledger) -> None:
    rows = [("DE", code, Decimal(rate), reason) for code, rate, reason in (
        ("A", "0.19", None), ("B", "0", None), ("C", "1", None), ("D", "0.5", "Wholesale"), ("E", "19", None),
    )]  # fmt: skip

    faults = take(books, "TaxRates", *rows, fields=("tax_group", "tax_code", "rate_percent", "reason"))

    assert faults == [("C2", "0.19 means 0.19 %.")]


def test_a_price_list_that_no_price_belongs_to_is_refused_with_the_nearest(books: Ledger) -> None:
    with books.transaction(DAY) as txn:
        txn.insert(
            schema.prices, [{"price_list": "Retail", "sku": sku, "minimum_quantity": Decimal(1)} for sku in "AB"]
        )

    rows = [("C1", "Retial"), ("C2", "Retail"), ("C3", None)]
    issues = take(books, "Customers", *rows, fields=("customer_id", "price_list"))

    assert issues == [("B2", "Retial is not in Prices.")]


def test_a_price_list_that_differs_from_a_known_one_only_in_case_is_refused(books: Ledger) -> None:
    with books.transaction(DAY) as txn:
        txn.insert(schema.prices, [{"price_list": "Std", "sku": "A", "minimum_quantity": Decimal(1)}])

    rows = [("std", "A", Decimal(99), Decimal(9)), ("Std", "B", Decimal(1), Decimal(9)), ("New", "B", Decimal(1), 9)]
    issues = take(books, "Prices", *rows, fields=("price_list", "sku", "minimum_quantity", "price"))

    assert issues == [("A2", "'std' differs from Std only in case.")]


def test_a_unit_stays_while_orders_that_count_in_it_are_open(books: Ledger) -> None:
    faults = take(books, "Products", ("A", "kg"), ("B", "kg"), ("C", "pcs"), fields=("sku", "unit"))

    assert faults == [("B2", "orders that are open count A in pcs: 1.")]


def test_a_unit_stays_while_stock_is_counted_in_it(books: Ledger) -> None:
    with books.transaction(DAY) as txn:
        txn.insert(schema.stock, [{"sku": "B", "on_hand": Decimal("2.500")}, {"sku": "C", "on_hand": Decimal(0)}])

    faults = take(books, "Products", ("B", "kg"), ("C", "kg"), fields=("sku", "unit"))

    assert faults == [("B2", "2.5 pcs of it are in stock.")]


def test_a_price_of_a_later_day_does_not_take_todays_away(books: Ledger) -> None:
    one, fields = Decimal(1), ("price_list", "sku", "minimum_quantity", "price", "valid_from")
    later = DAY + dt.timedelta(days=9)
    with books.transaction(DAY) as txn:
        held = [{"price_list": "Std", "sku": sku, "minimum_quantity": one, "price": Decimal("35.9")} for sku in "AB"]
        txn.insert(schema.prices, held)

    rows = [("Std", "A", one, Decimal(36), later), ("Std", "B", one, Decimal(36), DAY), ("Std", "C", one, one, later)]
    issues = take(books, "Prices", *rows, fields=fields)

    told = f"the price that holds today, 35.9, would be gone until {later}: there is one at a time."
    assert issues == [("E2", told)]
