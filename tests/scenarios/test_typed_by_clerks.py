"""What clerks type into the company's workbook is taken, shown, and told where it waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.reading.data import TableData
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_chased import buy, on, open_desk, pay


def sheet(desk: Desk, table: str) -> TableData:
    return next(one for one in read_book(book_of(desk)).tables if one.name == table)


def row(desk: Desk, table: str, key: str) -> dict[str, Any]:
    """A row as the workbook shows it, by its first column."""
    data = sheet(desk, table)
    at = list(data.columns[0]).index(key)
    return {header: column[at] for header, column in zip(data.headers, data.columns, strict=True)}


def type_into(desk: Desk, table: str, key: str, values: Mapping[str, Any]) -> None:
    data = sheet(desk, table)
    at = data.first_row + list(data.columns[0]).index(key)
    edit = TableEdit(table, {(at, header): value for header, value in values.items()})
    book_of(desk).write_bytes(apply_edits(book_of(desk).read_bytes(), [edit]))


def book_of(desk: Desk) -> Path:
    (path,) = (desk.folder / "books").glob("*.xlsx")
    return path


@pytest.mark.parametrize(("action", "became", "paid"), [("Charge", "Charged", True), ("Waive", "Waived", False)])
def test_what_becomes_of_a_penalty_is_typed_beside_the_reminder(
    tmp_path: Path, action: str, became: str, paid: bool
) -> None:
    first = open_desk(tmp_path, **{"Reminder fees": "0, 5"})
    (me,) = {one["User"] for one in first.show("Roles")}
    first.load(write(tmp_path / "Roles.csv", [{"User": me, "Role": "Finance"}]))
    buy(first, tmp_path, "1001")
    (invoice,) = first.show("Invoices")
    on(first, 37).run(expect=None)
    on(first, 55).run(expect=None)
    desk = on(first, 57)
    if paid:
        pay(desk, tmp_path, invoice)

    type_into(desk, "Reminders", "RM-000002", {"Action": action})
    desk.o2c("sync", "--on", desk.day)
    taken = row(desk, "Reminders", "RM-000002")["Action"]
    desk.run(expect=None)

    shown = row(desk, "Reminders", "RM-000002")
    assert taken == action
    assert (shown["Penalty status"], shown["Action"]) == (became, None)
    assert bool(shown["Charged by"]) == (action == "Charge")
    assert "Late-payment penalty" not in {one["What stops it"] for one in desk.show("Waiting")}
    desk.verify()


def test_a_row_with_one_wrong_cell_says_that_its_other_changes_wait(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    buy(desk, tmp_path, "1001")
    (invoice,) = desk.show("Invoices")
    number, promised = invoice["Invoice"], dt.date(2026, 4, 20)

    type_into(desk, "Invoices", number, {"Action": "Disput"})
    desk.o2c("sync", "--on", desk.day, expect=None)
    alone = row(desk, "Invoices", number)["Check"]
    type_into(desk, "Invoices", number, {"Action": "Disput", "Promised for": promised})
    desk.o2c("sync", "--on", desk.day, expect=None)
    both = row(desk, "Invoices", number)["Check"]
    type_into(desk, "Invoices", number, {"Action": "Dispute"})
    desk.o2c("sync", "--on", desk.day, expect=None)
    why = row(desk, "Invoices", number)["Check"]
    type_into(desk, "Invoices", number, {"Dispute code": "Price"})
    desk.run(expect=None)

    assert alone.startswith('Action: "Disput"')
    assert both == f"{alone} The other changes in this row wait with it."
    assert why.startswith("Reason: nothing is entered. Choose a Dispute code")
    shown = row(desk, "Invoices", number)
    assert (shown["Check"], shown["Promised for"], shown["Status"]) == (None, promised, "Disputed")


def test_whose_payment_it_is_stands_beside_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    buy(desk, tmp_path, "1001")
    (invoice,) = desk.show("Invoices")
    paid = {"Payment": "P-1", "Paid on": desk.day, "Amount": invoice["Open"], "Method": "Bank transfer"}
    desk.load(write(tmp_path / "Payments.csv", [{**paid, "Reference": invoice["Invoice"]}]))
    desk.run(expect=None)

    shown = row(desk, "Payments", "P-1")

    assert (shown["Customer ID"], shown["Belongs to"]) == (None, "ADA")
