"""A workbook in the folder books that holds nothing of ours is said to be read by nobody, once."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.table import Table

from tests.sync.desk import DAY, Desk


def test_a_list_of_a_clerks_own_without_a_table_is_told_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers",))
    desk.sync()
    own = Workbook()
    own.create_sheet("Orders").append(["Order", "Customer ID", "Order date"])
    own.save(desk.book.with_name("Own.xlsx"))

    first, second = desk.sync(), desk.sync()

    assert [note.partition(",")[0] for note in first.notes] == ["Own.xlsx has no table of ours"]
    assert second.notes == []


def test_a_copied_sheet_whose_rows_nobody_reads_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers",))
    desk.sync()
    book = load_workbook(desk.book)
    copy = book.copy_worksheet(book["Customers"])
    table = book["Customers"].tables["Customers"]
    copy.add_table(Table(displayName="Customers2", ref=table.ref))
    copy.cell(2, 1).value = "C9"
    book.save(desk.book)

    first, second = desk.sync(), desk.sync()

    told = f"Book.xlsx, {copy.title}: the table Customers2 looks like Customers, but only the table Customers is read."
    assert first.notes == [f"{told} Type there."]
    assert second.notes == []


def test_a_retyped_order_number_of_a_line_is_told_at_its_own_cell(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Products", "Orders", "OrderLines"))
    desk.sync()
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada"})
    desk.add("Products", {"SKU": "MUG", "Name": "Mug", "Unit": "pcs"})
    desk.add("Orders", {"Order": "O1", "Customer ID": "ADA", "Order date": DAY})
    desk.add("OrderLines", {"Order": "O1", "Line": "1", "SKU": "MUG", "Quantity": 3})
    desk.sync()
    (row,) = desk.rows("OrderLines")
    desk.type("OrderLines", row, {"Order": "O1x"})

    (issue,) = desk.sync().issues

    assert (issue.column, issue.value, issue.problem) == ("Order", "O1x", "O1 stood here.")
