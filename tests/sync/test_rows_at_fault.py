"""Rows at fault: what staff typed stays as typed, what was typed over Python's columns is put back and said."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from o2c_xl.company.run import run_company
from tests.sync.desk import DAY, Desk

LATER = DAY + dt.timedelta(days=4)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A company where one order went out and was invoiced, and one waits for goods."""
    desk = Desk(tmp_path / "company", ("Customers", "Products", "TaxRates", "StockCounts", "Orders", "OrderLines"))
    desk.sync()
    place = {"Street": "Street 1", "City": "Town", "Country": "DE"}
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada", "Tax group": "D", **place})
    desk.add("TaxRates", {"Tax group": "D", "Tax code": "S", "Rate %": 19})
    desk.add("Products", {"SKU": "MUG", "Name": "Mug", "Unit": "pcs", "Price": 5, "Tax code": "S", "Cost": 2})
    desk.add("StockCounts", {"Count": "C", "SKU": "MUG", "Counted": 9, "Counted on": DAY, "Reason": "Opening"})
    desk.add("Orders", {"Order": "1", "Customer ID": "ADA", "Order date": DAY})
    desk.add("OrderLines", {"Order": "1", "Line": "1", "SKU": "MUG", "Quantity": 3})
    run(desk)
    return desk


def run(desk: Desk, day: dt.date = DAY) -> list[str]:
    """Run the company; what was noted."""
    return list(run_company(desk.company, day, lambda _told: None, dry_run=False, allow_empty=False).notes)


def row_of(desk: Desk, order: str) -> int:
    return next(number for number, row in desk.rows("Orders").items() if row["Order"] == order)


def bytes_of(desk: Desk) -> tuple[bytes, bytes]:
    return desk.book.read_bytes(), (desk.root / "ledger.db").read_bytes()


def test_pythons_cells_of_a_known_row_at_fault_are_restored_and_said_and_staffs_stay(desk: Desk) -> None:
    row = row_of(desk, "1")
    before = desk.rows("Orders")[row]
    desk.type("Orders", row, {"Total": 999, "Freight": 3})

    notes = run(desk)

    shown = desk.rows("Orders")[row]
    assert shown["Check"].startswith("Freight: ")
    assert {**shown, "Check": None} == {**before, "Freight": 3}
    assert [note for note in notes if "restored" in note] == [
        f"Book.xlsx, Orders: restored Total in row {row}. Python fills these columns."
    ]


def test_a_new_row_at_fault_shows_nothing_in_pythons_columns_but_check(desk: Desk) -> None:
    typed = {"Order": "2", "Customer ID": "ADA", "Order date": DAY, "Freight": -1}
    desk.add("Orders", {**typed, "Total": 999, "Status": "Closed"})

    notes = run(desk)

    shown = {header: value for header, value in desk.rows("Orders")[row_of(desk, "2")].items() if value is not None}
    assert shown.pop("Check").startswith("Freight: ")
    assert shown == typed
    assert any("restored" in note and "Total" in note and "Status" in note for note in notes)


def test_the_second_row_of_one_key_shows_nothing_in_pythons_columns(desk: Desk) -> None:
    desk.add("Orders", {"Order": "1", "Customer ID": "ADA", "Order date": DAY, "Freight": 7, "Status": "Closed"})

    run(desk)

    first, second = desk.rows("Orders").values()
    assert first["Status"] == "Invoiced"
    assert (second["Status"], second["Freight"], bool(second["Check"])) == (None, 7, True)


def test_a_row_at_fault_is_restored_once_and_then_nothing_is_written(desk: Desk) -> None:
    desk.type("Orders", row_of(desk, "1"), {"Total": 999, "Freight": 3})
    desk.add("Orders", {"Order": "2", "Customer ID": "ADA", "Order date": DAY, "Freight": -1, "Status": "Closed"})
    run(desk)
    before = bytes_of(desk)

    notes = run(desk)

    assert not any("restored" in note for note in notes)
    assert bytes_of(desk) == before


def test_what_python_wrote_into_a_row_at_fault_is_not_told_as_typed_over(desk: Desk) -> None:
    (row,) = desk.rows("Customers")
    desk.type("Customers", row, {"Credit limit": -3})
    run(desk)
    notes, balances = [], []

    for order in ("2", "3"):
        desk.add("Orders", {"Order": order, "Customer ID": "ADA", "Order date": DAY})
        desk.add("OrderLines", {"Order": order, "Line": "1", "SKU": "MUG", "Quantity": 1})
        notes += run(desk)
        balances.append(float(desk.rows("Customers")[row]["Open balance"]))

    assert balances == [23.8, 29.75]
    assert not any("restored" in note for note in notes)
    assert desk.rows("Customers")[row]["Credit limit"] == -3


def test_a_row_at_fault_is_taken_when_it_is_mended(desk: Desk) -> None:
    desk.add("Orders", {"Order": "2", "Customer ID": "ADA", "Order date": DAY, "Freight": -1, "Status": "Closed"})
    desk.add("OrderLines", {"Order": "2", "Line": "1", "SKU": "MUG", "Quantity": 1})
    run(desk)
    desk.type("Orders", row_of(desk, "2"), {"Freight": 1})

    run(desk)

    shown = desk.rows("Orders")[row_of(desk, "2")]
    assert (shown["Status"], shown["Check"]) == ("Invoiced", None)


def test_a_run_on_a_later_day_with_nothing_to_do_leaves_every_byte(desk: Desk) -> None:
    run(desk)
    before = bytes_of(desk)

    notes = run(desk, LATER)

    assert not notes
    assert bytes_of(desk) == before


def test_what_depends_on_the_day_is_still_shown_on_a_later_day(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "OpeningItems", "Invoices"))
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada"})
    dates = {"Invoice date": DAY - dt.timedelta(days=9), "Due date": DAY}
    desk.add("OpeningItems", {"Invoice": "OLD", "Customer ID": "ADA", **dates, "Total": 50, "Open": 50})
    run(desk)
    overdue = []

    for day in (DAY, LATER, LATER, DAY, LATER):
        run(desk, day)
        overdue += [row["Days overdue"] or 0 for row in desk.rows("Invoices").values()]

    assert overdue == [0, 4, 4, 0, 4]


@pytest.mark.parametrize("runs", [1, 3])
def test_a_row_at_fault_that_python_numbers_is_taken_once(tmp_path: Path, runs: int) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Products", "Orders", "OrderLines"))
    desk.add("Customers", {"Customer ID": "ALFKI", "Name": "Alfreds", "Country": "DE"})
    desk.add("Products", {"SKU": "P1", "Name": "Chai", "Unit": "pcs"})
    desk.add("Orders", {"Order": "1001", "Customer ID": "ALFKI", "Order date": DAY})
    desk.add("Orders", {"Customer ID": "ALFKX", "Order date": DAY})
    desk.add("OrderLines", {"Order": "1001", "SKU": "P1", "Quantity": 2}, {"Order": "1001", "SKU": "PX", "Quantity": 1})

    for _ in range(runs):
        outcome = run_company(desk.company, DAY, lambda _told: None, dry_run=False, allow_empty=False)

    assert sorted(issue.problem for issue in outcome.issues) == ["ALFKX is not in Customers.", "PX is not in Products."]
    assert [(row["Line"], row["SKU"], row["Quantity"]) for row in desk.shown("OrderLines")] == [
        ("1", "P1", 2),
        ("2", "PX", 1),
    ]
    assert [row["Customer ID"] for row in desk.shown("Orders")] == ["ALFKI", "ALFKX"]
    at = {row["Line"]: number for number, row in desk.rows("OrderLines").items()}
    desk.type("OrderLines", at["2"], {"SKU": "P1"})
    run(desk)
    assert [(row["Line"], row["SKU"]) for row in desk.shown("OrderLines")] == [("1", "P1"), ("2", "P1")]


@pytest.mark.parametrize(
    "second",
    [{"Order": "7", "Line": "1"}, {"Order": 7.0, "Line": "2"}, {"Order": "7", "Line": "2", "Quantity": "ten"}],
    ids=["a number that stands twice", "a number for a text", "another fault"],
)
def test_an_order_does_not_go_ahead_without_one_of_its_lines(desk: Desk, second: dict[str, object]) -> None:
    desk.add("Orders", {"Order": "7", "Customer ID": "ADA", "Order date": DAY})
    desk.add("OrderLines", {"Order": "7", "Line": "1", "SKU": "MUG", "Quantity": 1})
    desk.add("OrderLines", {"SKU": "MUG", "Quantity": 2} | second)

    run(desk)
    run(desk)
    held = [row["Order"] for row in desk.shown("Orders")]
    last = max(desk.rows("OrderLines"))
    desk.type("OrderLines", last, {"Order": "7", "Line": "2", "Quantity": 2})
    run(desk)

    assert held == ["1"]
    assert [row["Order"] for row in desk.shown("Orders")] == ["1", "7"]
    assert [row["Shipped"] for row in desk.shown("OrderLines")] == [3, 1, 2]


def test_a_row_of_which_a_file_changed_another_cell_in_the_same_run_was_taken(desk: Desk) -> None:
    desk.add("Orders", {"Order": "7", "Customer ID": "ADA", "Order date": DAY, "Action": "Hold"})
    desk.add("OrderLines", {"Order": "7", "Line": "1", "SKU": "MUG", "Quantity": 1})
    run(desk)
    file = desk.root / "amended.csv"
    file.write_text(f"Order,Line,Requested date\n7,1,{LATER}\n", encoding="utf-8")
    desk.company.load([file], "OrderLines", DAY, dry_run=False)
    last = max(desk.rows("OrderLines"))
    desk.type("OrderLines", last, {"Quantity": 2})
    desk.add("Customers", {"Customer ID": "BOB", "Name": "Bob", "Email": "no address"})  # any fault in the book

    run(desk)
    shown, bytes_before = desk.rows("OrderLines")[last], bytes_of(desk)
    run(desk)

    assert (shown["Quantity"], shown["Check"]) == (2, None)
    assert shown["Requested date"] == LATER
    assert bytes_of(desk) == bytes_before
