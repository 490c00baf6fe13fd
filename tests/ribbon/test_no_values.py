"""Cells of a known row in an open workbook that hold an error or a time: told until they are mended."""

from __future__ import annotations

import datetime as dt

import pytest

from o2c_xl.adapters import ribbon
from tests.ribbon.open_desk import OpenDesk

ERROR = "is an error, not a value. Mend the formula or enter the value."
NO_DAY = "is a time without a day. Enter a date such as 2026-11-02, or format the cell as text."


@pytest.mark.parametrize(
    ("header", "value", "said"),
    [
        ("Credit limit", "#N/A", f"#N/A {ERROR}"),
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
