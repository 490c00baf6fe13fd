"""Facts dated back past `Show closed for days`: the row that brought them is answered, and leaves the sheet later."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from o2c_xl.company.run import run_company
from tests.sync.desk import DAY, Desk

BACK = DAY - dt.timedelta(days=60)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company", ("Products", "StockCounts"))
    desk.add("Products", {"SKU": "TEA", "Name": "Tea", "Unit": "pcs"})
    run(desk, DAY)
    return desk


def run(desk: Desk, day: dt.date) -> None:
    run_company(desk.company, day, lambda _told: None, dry_run=False, allow_empty=False)


def shown(desk: Desk) -> list[tuple[Any, Any]]:
    return [(row["Count"], row["Status"]) for row in desk.rows("StockCounts").values()]


@pytest.mark.parametrize("number", [None, "C-1"])
def test_a_count_dated_back_shows_its_number_and_status(desk: Desk, number: str | None) -> None:
    desk.add("StockCounts", {"Count": number, "SKU": "TEA", "Counted": 5, "Counted on": BACK, "Reason": "Opening"})

    run(desk, DAY)
    first = shown(desk)
    run(desk, DAY + dt.timedelta(days=1))

    assert first == shown(desk) == [(number or "SC-000001", "Posted")]


def test_it_leaves_the_sheet_when_it_was_entered_long_ago(desk: Desk) -> None:
    desk.add("StockCounts", {"SKU": "TEA", "Counted": 5, "Counted on": BACK, "Reason": "Opening"})
    run(desk, DAY)

    run(desk, DAY + dt.timedelta(days=60))

    assert shown(desk) == []
