"""Slips typed into a shared workbook: what a step would refuse is said beside the row at the sync already."""

from __future__ import annotations

from pathlib import Path

from tests.sync.desk import DAY, Desk


def test_a_typed_slip_that_no_step_would_post_is_explained_at_its_cell(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "OpeningItems"))
    desk.sync()
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada"})
    item = {"Customer ID": "ADA", "Invoice date": DAY, "Due date": DAY, "Total": 100}
    desk.add("OpeningItems", item | {"Invoice": "A", "Open": 120}, item | {"Invoice": "B", "Open": 40})

    (issue,) = desk.sync().issues

    assert (issue.column, issue.value) == ("Open", "120")
    row = next(number for number, row in desk.rows("OpeningItems").items() if row["Invoice"] == "A")
    assert issue.cell.endswith(str(row))
    assert desk.rows("OpeningItems")[row]["Check"].startswith("Open: 120")
    assert [item["Invoice"] for item in desk.shown("OpeningItems")] == ["B"]

    desk.type("OpeningItems", row, {"Open": 90})
    assert desk.sync().ok
    assert desk.rows("OpeningItems")[row]["Check"] is None


def test_a_row_at_fault_draws_no_number_and_a_second_sync_writes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Requests"))
    desk.sync()
    desk.add("Requests", {"Kind": "Complaint", "Received on": DAY, "Customer ID": "NOPE", "Text": "Late"})

    first, second = desk.sync(), desk.sync()

    assert [issue.column for issue in first.issues] == [issue.column for issue in second.issues] == ["Customer ID"]
    assert second.counts.get("cells written", 0) == 0
    desk.add("Customers", {"Customer ID": "NOPE", "Name": "Noel Pelz"})
    assert desk.sync().ok
    assert [row["Request"] for row in desk.shown("Requests")] == ["RQ-000001"]
