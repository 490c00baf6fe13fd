"""Quantity 0 takes a line off an order that stands; the rest goes its way, and the order never ends up empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_chased import open_desk
from tests.scenarios.test_typed_by_clerks import book_of, sheet


def held_order(desk: Desk, folder: Path) -> None:
    """Order 1001 with two lines, the second far beyond the stock, on hold."""
    head = {"Order": "1001", "Customer ID": "ADA", "Order date": desk.day, "Action": "Hold"}
    rows = [{**head, "Line": n, "SKU": "TEA", "Quantity": quantity} for n, quantity in ((1, 2), (2, 70_000))]
    desk.load(write(folder / "orders.csv", rows))
    desk.run(expect=None)


def set_to(desk: Desk, table: str, rows: dict[int, dict[str, Any]]) -> None:
    """Type values into rows of a sheet, counted from 0."""
    first = sheet(desk, table).first_row
    edits = {(first + at, header): value for at, values in rows.items() for header, value in values.items()}
    book_of(desk).write_bytes(apply_edits(book_of(desk).read_bytes(), [TableEdit(table, edits)]))


def test_the_rest_of_the_order_goes_out_without_the_line(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    held_order(desk, tmp_path)

    set_to(desk, "OrderLines", {1: {"Quantity": 0}})
    set_to(desk, "Orders", {0: {"Action": "Release"}})
    desk.run(expect=None)
    again = desk.run()

    lines = [(one["Quantity"], one["Shipped"], one["Why"]) for one in desk.show("OrderLines")]
    assert [(one["Status"], one["Net"]) for one in desk.show("Orders")] == [("Invoiced", "8.40")]
    assert lines == [("2", "2", "2 of 2 from stock."), ("0", "0", "Taken off the order.")]
    assert [line["Order line"] for line in desk.show("InvoiceLines")] == ["1"]
    assert told(desk).count("TEA") == 1
    assert again["issues"] == []
    desk.verify()


def told(desk: Desk) -> str:
    (message,) = (desk.folder / "outbox").glob("Order confirmation*.txt")
    return message.read_text(encoding="utf-8").partition("Summe")[0].replace("Product TEA", "")


def test_the_last_line_cannot_be_taken_off(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    held_order(desk, tmp_path)

    set_to(desk, "OrderLines", {0: {"Quantity": 0}, 1: {"Quantity": 0}})
    (issue,) = desk.run(expect=None)["issues"]

    assert (issue["cell"], issue["problem"]) == ("E2", "Nothing would be left of the order.")
    assert issue["fix"] == "Type 2 back. To give it up set its Action to Cancel."
    assert [one["Quantity"] for one in desk.show("OrderLines")] == ["2", "70000"]


@pytest.mark.parametrize("line", [1, 3])
def test_quantity_0_in_a_file_is_a_fault_of_a_new_line_and_of_one_that_stands(tmp_path: Path, line: int) -> None:
    desk = open_desk(tmp_path)
    held_order(desk, tmp_path)
    head = {"Order": "1001", "Customer ID": "ADA", "Order date": desk.day, "SKU": "TEA"}

    answer = desk.load(write(tmp_path / "o.csv", [{**head, "Line": line, "Quantity": 0}]), expect=1)

    assert [issue["problem"] for issue in answer["issues"]] == ["0 is not more than 0."]
