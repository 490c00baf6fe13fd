"""A slip that could not be posted may be taken out of its sheet; what was posted comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_chased import buy, open_desk
from tests.scenarios.test_typed_by_clerks import book_of, sheet


def add(desk: Desk, table: str, **values: Any) -> None:
    edit = TableEdit(table, append=[{name.replace("_", " "): value for name, value in values.items()}])
    book_of(desk).write_bytes(apply_edits(book_of(desk).read_bytes(), [edit]))


def empty(desk: Desk, table: str, key: str) -> None:
    data = sheet(desk, table)
    at = data.first_row + list(data.columns[0]).index(key)
    edit = TableEdit(table, {(at, header): None for header in data.headers})
    book_of(desk).write_bytes(apply_edits(book_of(desk).read_bytes(), [edit]))


def test_a_return_of_what_never_left_can_be_taken_out_again(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    buy(desk, tmp_path, "1001")
    back = {"Quantity": 1, "Restock": "Yes", "Returned on": desk.day, "Reason": "Broken"}
    held = {"Order": "1002", "Customer ID": "ADA", "Order date": desk.day, "SKU": "TEA", "Quantity": 2}
    desk.load(write(tmp_path / "held.csv", [held | {"Action": "Hold"}]))
    add(desk, "Returns", Order="1002", SKU="TEA", **back)
    add(desk, "Returns", Order="1001", SKU="TEA", **back)
    desk.run(expect=None)
    before = {one["Return"]: one["Status"] for one in desk.show("Returns")}

    for key in before:
        empty(desk, "Returns", key)
    told = desk.run(expect=None)
    again = desk.run(expect=None)

    assert sorted(before.values()) == ["Not posted", "Posted"]
    assert [one["Status"] for one in desk.show("Returns")] == ["Posted"]
    assert [note for note in told["notes"] if "given up" in note]
    assert again["issues"] == []
    desk.verify()
