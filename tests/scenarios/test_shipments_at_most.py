"""`Shipments at most` of a customer, with the commands that people have."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.northwind import write
from tests.scenarios.test_found_by_users import order
from tests.scenarios.test_straight_through import DAY, open_desk


def test_a_customer_who_takes_complete_orders_only_waits_and_is_told_why(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Shipments at most": 1}]))
    desk.load(order(tmp_path, "1", "MUG", 15))
    desk.run()
    (waits,) = desk.show("Orders", "Order=1")
    assert (waits["Status"], desk.show("Shipments")) == ("Backordered", [])
    assert waits["Waiting for"].endswith("The customer takes complete orders only.")

    count = {"Count": "SC-9", "SKU": "MUG", "Counted": 15, "Counted on": DAY, "Reason": "Found"}
    desk.load(write(tmp_path / "StockCounts.csv", [count]))
    desk.run()

    assert len(desk.show("Shipments", "Order=1")) == 1
    assert {name: n for name, n in desk.run()["counts"].items() if n} == {}
    desk.verify()


def test_no_shipments_at_all_is_a_fault_at_its_cell(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")

    answer = desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Shipments at most": 0}]), expect=1)

    assert [(one["column"], one["value"]) for one in answer["issues"]] == [("Shipments at most", "0")]
