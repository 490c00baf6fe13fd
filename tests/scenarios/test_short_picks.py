"""Goods that were not where the books say are told until somebody counts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import DAY
from tests.scenarios.test_tax_rate_corrected import bought
from tests.scenarios.test_typed_by_clerks import row, type_into


@pytest.mark.parametrize("found", [0, 2])
def test_a_short_pick_is_told_in_check_and_waiting_until_the_product_is_counted(tmp_path: Path, found: int) -> None:
    desk = bought(tmp_path, {"Line": "1", "SKU": "POT", "Quantity": 3})
    type_into(desk, "PickList", "PK-000001", {"Picked": found})

    desk.run()
    told = row(desk, "PickList", "PK-000001")["Check"]
    waits = [(one["Subject"], one["What stops it"], one["For"]) for one in desk.show("Waiting")]
    again = row(desk, "PickList", "PK-000002")["Check"]  # the row that this very run added
    nothing = desk.run()["counts"]
    count = {"Count": "SC-9", "SKU": "POT", "Counted": 3 - found, "Counted on": DAY, "Reason": "Looked"}
    desk.load(write(tmp_path / "StockCounts.csv", [count]))
    desk.run()

    assert told.startswith(f"Picked: Short: {found} of 3 found. Count the stock of POT in Stock Counts")
    assert waits == [("PK-000001", "Short pick", "Warehouse")]
    assert again == f"To pick: PK-000001 found {found} of 3 on {DAY}. Count it first."
    assert not any(nothing.values())
    assert desk.show("Waiting") == []
    assert row(desk, "PickList", "PK-000001")["Check"] is None
