"""A workbook in the folder books that holds nothing of ours is said to be read by nobody, once."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from tests.sync.desk import Desk


def test_a_list_of_a_clerks_own_without_a_table_is_told_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers",))
    desk.sync()
    own = Workbook()
    own.create_sheet("Orders").append(["Order", "Customer ID", "Order date"])
    own.save(desk.book.with_name("Own.xlsx"))

    first, second = desk.sync(), desk.sync()

    assert [note.partition(",")[0] for note in first.notes] == ["Own.xlsx has no table of ours"]
    assert second.notes == []
