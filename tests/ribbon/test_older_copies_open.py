"""An older copy of the workbook that is opened in Excel: Sync doubles nothing there either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from o2c_xl.adapters import ribbon
from tests.ribbon.open_desk import OpenDesk
from tests.sync.desk import DAY

ORDER = {"Customer ID": "ADA", "Order date": DAY, "Customer reference": "R1"}


@pytest.fixture
def desk(tmp_path: Path, personal: Path) -> Iterator[OpenDesk]:
    desk = OpenDesk(tmp_path / "company", ("Customers", "Orders"))
    desk.paper.add("Customers", {"Customer ID": "ADA", "Name": "Ada"})
    desk.disk_sync()
    yield desk
    desk.close()


def numbers(desk: OpenDesk) -> list[object]:
    return [row["Order"] for row in desk.shown("Orders")]


def test_a_row_of_an_older_copy_gets_its_own_number_back(desk: OpenDesk) -> None:
    desk.paper.add("Orders", ORDER)
    older = desk.paper.book.read_bytes()
    desk.disk_sync()
    desk.paper.book.write_bytes(older)
    desk.open()

    desk.press(ribbon.sync)

    assert numbers(desk) == [row["Order"] for row in desk.rows("Orders")] == ["SO-000001"]


def test_a_row_in_doubt_waits_in_the_open_workbook_too(desk: OpenDesk) -> None:
    desk.paper.add("Orders", ORDER)
    older = desk.paper.book.read_bytes()
    desk.disk_sync()
    desk.paper.type("Orders", 2, {"Customer reference": "R2"})
    desk.disk_sync()
    desk.paper.book.write_bytes(older)
    desk.open()

    desk.press(ribbon.sync)
    desk.press(ribbon.sync)

    assert numbers(desk) == ["SO-000001"]
    assert [row["Customer reference"] for row in desk.rows("Orders")] == ["R1", "R2"]
    desk.type("Orders", 0, {"Check": None})
    desk.press(ribbon.sync)
    assert numbers(desk) == ["SO-000001", "SO-000002"]


def test_a_write_that_was_taken_back_makes_no_older_copy(desk: OpenDesk) -> None:
    desk.open()
    desk.type("Orders", 0, ORDER)
    desk.press(ribbon.sync)
    desk.press(ribbon.undo_last_write)

    said = desk.press(ribbon.sync)

    assert "older copy" not in said
    assert numbers(desk) == ["SO-000001"]
