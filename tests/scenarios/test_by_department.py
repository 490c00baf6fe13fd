"""A workbook per department works like one for all: the same tables, found wherever they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from o2c_xl.tables.define.catalogue import TABLES
from o2c_xl.workbook.patch.edit import CellOut, TableEdit, apply_edits
from o2c_xl.workbook.reading.book import read_book
from tests.scenarios.commands import Desk

DAY = "2026-03-02"
TODAY = dt.date.fromisoformat(DAY)


def made(folder: Path, *words: str) -> Desk:
    desk = Desk(folder, DAY)
    desk.o2c("init", folder, "--name", "Acme GmbH", "--on", DAY, *words)
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return made(tmp_path / "acme", "--books", "by-department")


def typed(desk: Desk, rows: Mapping[str, list[Mapping[str, CellOut]]]) -> None:
    """Each table's rows typed into whichever workbook holds it."""
    for book in sorted((desk.folder / "books").glob("*.xlsx")):
        here = {table.name for table in read_book(book).tables}
        edits = [TableEdit(name, {}, new) for name, new in rows.items() if name in here]
        book.write_bytes(apply_edits(book, edits))


ROWS: dict[str, list[Mapping[str, CellOut]]] = {
    "TaxRates": [{"Tax group": "D", "Tax code": "S", "Rate %": Decimal(19)}],
    "Customers": [
        {
            "Customer ID": "ANNA",
            "Name": "Anna's Shop",
            "Street": "Weg 1",
            "City": "Kiel",
            "Country": "DE",
            "Tax group": "D",
        }
    ],
    "Products": [{"SKU": "P1", "Name": "Mug", "Unit": "pcs", "Price": Decimal(5), "Cost": Decimal(2), "Tax code": "S"}],
    "StockCounts": [{"SKU": "P1", "Counted": Decimal(20), "Counted on": TODAY, "Reason": "Opening"}],
    "Orders": [{"Order": "7", "Customer ID": "ANNA", "Order date": TODAY}],
    "OrderLines": [{"Order": "7", "Line": "1", "SKU": "P1", "Quantity": Decimal(8)}],
}


def test_every_table_stands_in_one_workbook_of_its_department(desk: Desk) -> None:
    found = {
        table.name: book.stem
        for book in (desk.folder / "books").glob("*.xlsx")
        for table in read_book(book, only={table.name for table in TABLES}).tables
    }

    assert found == {table.name: str(table.department) for table in TABLES}


def test_what_one_department_types_reaches_the_others(desk: Desk) -> None:
    typed(desk, ROWS)

    desk.run()

    (order,) = desk.show("Orders")
    assert (order["Status"], order["Total"]) == ("Invoiced", "47.60")
    invoices = next(t for t in read_book(desk.folder / "books" / "Finance.xlsx").tables if t.name == "Invoices")
    columns = dict(zip(invoices.headers, invoices.columns, strict=True))
    assert columns["Order"] == ["7"]
    assert columns["Total"] == [47.6]
    products = next(t for t in read_book(desk.folder / "books" / "Warehouse.xlsx").tables if t.name == "Products")
    assert dict(zip(products.headers, products.columns, strict=True))["On hand"] == [12.0]
    desk.verify()


def test_the_second_run_changes_no_byte(desk: Desk) -> None:
    typed(desk, ROWS)
    desk.run()
    before = {path: path.read_bytes() for path in (desk.folder / "books").iterdir()}

    again = desk.run()

    assert not any(again["counts"].values()), again["counts"]
    assert {path: path.read_bytes() for path in (desk.folder / "books").iterdir()} == before


def test_both_ways_give_the_same_books(tmp_path: Path) -> None:
    one, many = made(tmp_path / "one"), made(tmp_path / "many", "--books", "by-department")
    for desk in (one, many):
        typed(desk, ROWS)
        desk.run()

    for table in ("Orders", "OrderLines", "Products", "Customers", "Invoices", "InvoiceLines", "Shipments", "PickList"):
        assert one.show(table) == many.show(table), table


def test_one_open_workbook_keeps_no_other_department_waiting(desk: Desk) -> None:
    typed(desk, ROWS)
    (desk.folder / "books" / ".~lock.Sales.xlsx#").write_text("Sven,sven,pc3,2026,x;", encoding="utf-8")
    sales = (desk.folder / "books" / "Sales.xlsx").read_bytes()

    answer = desk.run(expect=2)

    assert "Sales.xlsx is open" in answer["error"]
    assert (desk.folder / "books" / "Sales.xlsx").read_bytes() == sales
    invoices = next(t for t in read_book(desk.folder / "books" / "Finance.xlsx").tables if t.name == "Invoices")
    assert invoices.columns[0] == ["INV-000001"]
    (desk.folder / "books" / ".~lock.Sales.xlsx#").unlink()
    desk.run()
    orders = next(t for t in read_book(desk.folder / "books" / "Sales.xlsx").tables if t.name == "Orders")
    assert dict(zip(orders.headers, orders.columns, strict=True))["Status"] == ["Invoiced"]


def test_a_table_that_stands_twice_is_refused_before_anything_is_done(desk: Desk) -> None:
    books = desk.folder / "books"
    (books / "Copy of Sales.xlsx").write_bytes((books / "Sales.xlsx").read_bytes())

    answer = desk.o2c("run", "--on", DAY, expect=2)

    assert "stands twice" in answer.err
