"""Goods do not leave before they are ordered, nor come back before they left."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.northwind import write
from tests.scenarios.test_chased import on
from tests.scenarios.test_found_by_users import order
from tests.scenarios.test_straight_through import open_desk


def test_days_before_the_order_or_before_the_shipment_are_refused(tmp_path: Path) -> None:
    first = open_desk(tmp_path / "company")
    first.load(write(tmp_path / "Settings.csv", [{"Setting": "Ship by hand", "Value": "Yes"}]))
    first.load(order(tmp_path, "1", "TEA", 2))
    first.run()
    (packed,) = first.show("Shipments")
    desk = on(first, 3)

    early = write(tmp_path / "Shipments.csv", [{"Shipment": packed["Shipment"], "Shipped on": "2026-03-01"}])
    refused = desk.load(early, expect=1)["issues"]
    left = {"Shipment": packed["Shipment"], "Shipped on": "2026-03-04", "Action": "Ship"}
    desk.load(write(tmp_path / "Shipments.csv", [left]))
    desk.run()
    back = {"Return": "RT-1", "Order": "1", "SKU": "TEA", "Quantity": 1, "Reason": "Damaged", "Restock": "Yes"}
    before = desk.load(write(tmp_path / "Returns.csv", [{**back, "Returned on": "2026-03-03"}]), expect=1)["issues"]
    after = desk.load(write(tmp_path / "Returns.csv", [{**back, "Returned on": "2026-03-04"}]))

    assert [one["problem"] for one in refused] == ["2026-03-01 is before order 1 came on 2026-03-02."]
    assert [one["problem"] for one in before] == ["2026-03-03 is before order 1 went out on 2026-03-04."]
    assert after["ok"]
