"""What people leave in an open workbook that is not as it should be: errors, times, headers in other letters."""

from __future__ import annotations

import datetime as dt

import pytest

from o2c_xl.adapters import ribbon
from o2c_xl.workbook.address import address
from tests.ribbon.open_desk import OpenDesk

ERROR = "is an error, not a value. Mend the formula or enter the value."
NO_DAY = "is a time without a day. Enter a date such as 2026-11-02, or format the cell as text."


@pytest.mark.parametrize(
    ("header", "value", "said"),
    [
        ("Credit limit", "#N/A", f"#N/A {ERROR}"),
        ("Credit limit", "#SPILL!", f"#SPILL! {ERROR}"),
        ("Credit released until", dt.datetime(1899, 12, 30, 9, 30), f"09:30:00 {NO_DAY}"),
    ],
)
def test_what_is_no_value_in_a_blank_cell_of_a_known_row_is_told_by_every_button(
    desk: OpenDesk, header: str, value: object, said: str
) -> None:
    desk.type("Customers", 0, {"Customer ID": "'00123", "Name": "Alfreds", "Country": "DE"})
    desk.press(ribbon.sync)
    desk.type("Customers", 0, {header: value})

    pressed = [desk.press(button) for button in (ribbon.check, ribbon.sync, ribbon.sync)]

    assert all(f"{header}: {said}" in sentence for sentence in pressed)
    assert pressed[-1].startswith("Nothing was taken or written.")


def test_a_header_in_other_letters_is_ours_in_an_open_workbook_too(desk: OpenDesk) -> None:
    desk.type("Customers", 0, {"Customer ID": "'00123", "Name": "Alfreds", "Country": "DE"})
    desk.press(ribbon.sync)
    sheet, first, columns = desk.place("Customers")
    desk.excel.person_types(desk.book, sheet, address(first - 1, columns["City"]), "CITY")
    desk.excel.person_types(desk.book, sheet, address(first, columns["City"]), "Bonn")
    desk.excel.person_types(desk.book, sheet, address(first, columns["Credit status"]), "Nonsense")

    pressed = [desk.press(ribbon.check), desk.press(ribbon.sync), desk.press(ribbon.sync)]

    assert "No faults" in pressed[0]
    assert "Nothing to do" in pressed[2]
    assert desk.shown("Customers")[0]["City"] == "Bonn"
    assert desk.rows("Customers")[0]["Credit status"] != "Nonsense"
