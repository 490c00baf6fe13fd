"""Numbers a hundred or a thousand times too small are told where they stand, before they reach an invoice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.scenarios.northwind import write
from tests.scenarios.test_found_by_users import order
from tests.scenarios.test_straight_through import DAY, open_desk
from tests.scenarios.test_typed_by_clerks import row, type_into


def test_text_in_a_cell_that_may_mean_thousands_is_not_taken(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.o2c("sync", "--on", DAY)

    type_into(desk, "Customers", "ADA", {"Credit limit": "5.000"})
    desk.o2c("sync", "--on", DAY, expect=None)
    type_into(desk, "Settings", "Approve invoices above", {"Value": "5.000"})
    desk.o2c("sync", "--on", DAY, expect=None)

    assert 'Credit limit: "5.000" can be read in two ways' in row(desk, "Customers", "ADA")["Check"]
    assert "'5.000' can be read in two ways" in row(desk, "Settings", "Approve invoices above")["Check"]
    assert {one["Credit limit"] for one in desk.show("Customers")} == {None}


def test_a_discount_below_one_percent_is_remarked_beside_its_line_until_it_is_invoiced(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Confirm by hand", "Value": "Yes"}]))
    line = {"Order": "1", "Customer ID": "ADA", "Order date": DAY, "Line": "1", "SKU": "TEA", "Quantity": 1}
    desk.load(write(tmp_path / "orders.csv", [{**line, "Discount %": "0.05"}]), order(tmp_path, "2", "TEA", 1))
    desk.o2c("sync", "--on", DAY)

    desk.run()
    told = row(desk, "OrderLines", "1")["Check"]
    desk.load(write(tmp_path / "confirm.csv", [{"Order": "1", "Action": "Confirm"}]))
    desk.run()

    assert told == "Discount %: Taken as 0.05 % off. Write 5 if 5 % is meant."
    assert row(desk, "OrderLines", "2")["Check"] is None
    assert row(desk, "OrderLines", "1")["Check"] is None


@pytest.mark.parametrize(("day", "held"), [(dt.date(1900, 2, 9), "40"), (dt.date(1901, 2, 3), "400")])
def test_a_number_in_a_cell_formatted_as_a_date_is_told_as_the_number(tmp_path: Path, day: dt.date, held: str) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Order", "Customer ID", "Order date", "Line", "SKU", "Quantity"])
    sheet.append(["1", "ADA", dt.date(2026, 3, 2), "1", "TEA", day])
    book.save(tmp_path / "orders.xlsx")
    desk = open_desk(tmp_path / "company")

    (issue,) = desk.load(tmp_path / "orders.xlsx", expect=1)["issues"]

    assert (issue["cell"], issue["problem"].partition(" stands in a cell formatted as a date")[0]) == ("F2", held)
    assert issue["fix"].startswith("Format it as a number and enter it again")
