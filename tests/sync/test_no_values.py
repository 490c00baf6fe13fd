"""Cells of a row already taken that hold no value to trust, or a time: told until mended, at no one else's cost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import load_workbook

from o2c_xl.domain.outcome import Outcome
from tests.sync.desk import DAY, Desk

PAYMENT = {"Customer ID": "ADA", "Paid on": DAY, "Amount": 100, "Method": "Cash"}
ERROR = "is an error, not a value. Mend the formula or enter the value."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company", ("Customers", "Payments", "Issues"))
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada"}, {"Customer ID": "BOB", "Name": "Bob"})
    desk.add("Payments", PAYMENT)
    desk.sync()
    return desk


def enter(desk: Desk, table: str, header: str, value: object) -> str:
    """Put a value of Excel's own into the first row; returns its address."""
    book = load_workbook(desk.book)
    sheet = book[table]
    cell = next(one for one in sheet[1] if one.value == header).offset(1)
    cell.value = value
    if str(value).startswith("#"):
        cell.data_type = "e"
    book.save(desk.book)
    return f"{table}!{cell.coordinate}"


def told(outcome: Outcome) -> list[str]:
    return [str(issue).removeprefix("Book.xlsx!") for issue in outcome.issues]


@pytest.mark.parametrize(
    ("table", "header", "value"),
    [("Customers", "Credit limit", "#N/A"), ("Customers", "City", "#REF!"), ("Payments", "Reference", "#N/A")],
)
def test_an_error_where_a_known_row_was_blank_is_told_until_it_is_mended(
    desk: Desk, table: str, header: str, value: str
) -> None:
    cell = enter(desk, table, header, value)

    first = desk.sync()
    before = (desk.book.read_bytes(), (desk.root / "ledger.db").read_bytes())
    again = desk.sync()
    after = (desk.book.read_bytes(), (desk.root / "ledger.db").read_bytes())
    enter(desk, table, header, None)
    mended = desk.sync()

    assert told(first) == told(again) == [f"{cell}: {header}: {value} {ERROR}"]
    assert before == after
    assert (told(mended), desk.rows("Issues")) == ([], {})


def test_a_day_before_excels_calendar_is_told_where_a_known_row_was_blank(desk: Desk) -> None:
    cell = enter(desk, "Customers", "Credit released until", 40)

    book = load_workbook(desk.book)
    book["Customers"][cell.partition("!")[2]].number_format = "yyyy-mm-dd"
    book.save(desk.book)

    assert [line.partition(": ")[0] for line in told(desk.sync())] == [cell]


def test_a_time_in_a_column_of_days_is_refused_and_hinders_nobody(desk: Desk) -> None:
    cell = enter(desk, "Customers", "Credit released until", dt.time(9, 30))
    desk.type("Customers", 3, {"Name": "Robert"})

    first, again = desk.sync(), desk.sync()

    fault = f"{cell}: Credit released until: 09:30:00 is not a date. Enter a date such as 2026-11-02."
    assert told(first) == told(again) == [fault]
    assert [row["Name"] for row in desk.shown("Customers")] == ["Ada", "Robert"]


@pytest.mark.parametrize(("value", "taken"), [(dt.time(9, 30), "09:30:00"), (dt.timedelta(hours=30), "30:00:00")])
def test_a_time_in_a_column_of_text_is_taken_as_in_a_new_row(desk: Desk, value: object, taken: str) -> None:
    enter(desk, "Customers", "City", value)
    desk.add("Customers", {"Customer ID": "CAT", "Name": "Cat"})

    outcome = desk.sync()
    again = desk.sync()

    assert (told(outcome), again.changed) == ([], False)
    assert [row["City"] for row in desk.shown("Customers")] == [taken, "", ""]


def test_an_error_in_the_place_of_a_key_is_told(desk: Desk) -> None:
    cell = enter(desk, "Customers", "Customer ID", "#N/A")

    assert f"{cell}: Customer ID: #N/A {ERROR}" in told(desk.sync())
