"""An amount that the books cannot keep is refused at its cell or waits with a sentence, and stops nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.money import AMOUNT_BELOW, beyond_books, comes_to
from o2c_xl.ledger.types import to_units
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import DAY, open_desk

_TOO_LARGE = "at most eleven digits before the point"
_MOST = "99999999999"


def line(number: str, **typed: object) -> dict[str, Any]:
    return {
        "Order": number,
        "Customer ID": "ADA",
        "Order date": DAY,
        "SKU": "MUG",
        "Quantity": 1,
        "Unit price": "",
    } | typed


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "company")


def test_a_dropped_order_too_large_is_set_aside_and_holds_up_no_other(desk: Desk, tmp_path: Path) -> None:
    inbox = desk.folder / "inbox" / "orders"
    write(inbox / "big.csv", [line("Z", Quantity=90000000, **{"Unit price": 100000000})])
    write(inbox / "small.csv", [line("1")])

    desk.run(expect=None)

    assert [(row["Order"], row["Status"]) for row in desk.show("Orders")] == [("1", "Invoiced")]
    (issue,) = desk.show("Issues")
    assert (issue["Source"], issue["Cell"], _TOO_LARGE in issue["Problem"]) == ("big.csv", "E2", True)
    desk.verify()


def test_an_order_too_large_by_its_list_price_freight_or_tax_waits(desk: Desk, tmp_path: Path) -> None:
    desk.load(write(tmp_path / "Products.csv", [{"SKU": "MUG", "Price": _MOST}]))
    rows = [line("1", Quantity=90000000), line("2"), line("3", **{"Unit price": 10})]
    desk.load(write(tmp_path / "orders.csv", rows))

    desk.run()

    found = {row["Order"]: (row["Status"], row["Waiting for"]) for row in desk.show("Orders")}
    assert found["1"][0] == "Incomplete"
    assert found["1"][1].startswith("Line 1: 90000000 at 99999999999 comes to 8999999999910000000;")
    assert found["2"][0] == "Incomplete"
    assert found["2"][1].startswith("The order comes to 1")
    assert found["3"] == ("Invoiced", None)
    desk.verify()


def test_opening_stock_worth_too_much_is_refused_at_its_cell(desk: Desk, tmp_path: Path) -> None:
    desk.load(write(tmp_path / "Products.csv", [{"SKU": "POT", "Cost": _MOST}]))
    count = {"Count": "N1", "SKU": "POT", "Counted": 99999999, "Counted on": DAY, "Reason": "Opening"}

    refused = desk.load(write(tmp_path / "StockCounts.csv", [count]), expect=1)

    (issue,) = refused["issues"]
    assert (issue["column"], _TOO_LARGE in issue["problem"]) == ("Counted", True)


def test_stock_found_that_is_worth_too_much_is_a_fault_of_its_count(desk: Desk, tmp_path: Path) -> None:
    desk.load(write(tmp_path / "Products.csv", [{"SKU": "NEW", "Name": "New", "Unit": "pcs", "Cost": _MOST}]))
    count = {"Count": "N1", "SKU": "NEW", "Counted": 99999999, "Counted on": DAY, "Reason": "Found"}
    desk.load(write(tmp_path / "StockCounts.csv", [count]))

    desk.run(expect=1)

    (row,) = desk.show("StockCounts", "Count=N1")
    assert (row["Status"], _TOO_LARGE in row["Check"]) == ("Not posted", True)
    desk.verify()


def test_a_purchase_too_large_at_a_typed_or_found_cost_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.load(write(tmp_path / "Suppliers.csv", [{"Supplier ID": "S1", "Name": "Maker"}]))
    desk.load(write(tmp_path / "Products.csv", [{"SKU": "MUG", "Cost": _MOST, "Preferred supplier": "S1"}]))
    heads = write(tmp_path / "PurchaseOrders.csv", [{"PO": po, "Supplier ID": "S1"} for po in ("P1", "P2")])
    lines = [
        {"PO": "P1", "Line": 1, "SKU": "MUG", "Quantity": 90000000, "Unit cost": ""},
        {"PO": "P2", "Line": 1, "SKU": "POT", "Quantity": 90000000, "Unit cost": 100000000},
    ]

    refused = desk.load(heads, write(tmp_path / "PurchaseOrderLines.csv", lines), expect=1)

    assert [(one["column"], _TOO_LARGE in one["problem"]) for one in refused["issues"]] == [("Quantity", True)] * 2


@given(
    st.decimals(min_value=0, max_value=AMOUNT_BELOW, places=3),
    st.decimals(min_value=0, max_value=AMOUNT_BELOW, places=4),
)
def test_what_passes_fits_the_books_thousands_of_times(quantity: Any, price: Any) -> None:
    amount = quantity * price

    assert bool(comes_to(quantity, price)) == beyond_books(amount)
    assert beyond_books(amount) or 9000 * to_units(round(amount, 4)) < 2**63
