"""A company that values its stock first in, first out, by commands; every cost is worked out by hand here."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import DAY, open_desk

D = Decimal


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ledger_address(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql"))


def _value_by(desk: Desk, files: Path, method: str) -> None:
    desk.load(write(files / "Settings.csv", [{"Setting": "Stock valuation", "Value": method}]))


def _buy(desk: Desk, files: Path, *lots: tuple[str, int, str]) -> None:
    """Mugs ordered, sent and received, each lot (number, quantity, unit cost) in turn."""
    heads = [{"PO": number, "Supplier ID": "S1", "Action": "Send"} for number, _, _ in lots]
    lines = [
        {"PO": number, "Line": 1, "SKU": "MUG", "Quantity": quantity, "Unit cost": cost}
        for number, quantity, cost in lots
    ]
    receipts = [
        {"Receipt": f"R-{number}", "PO": number, "SKU": "MUG", "Quantity": quantity, "Quality": "Good"}
        for number, quantity, _ in lots
    ]
    desk.load(write(files / "PurchaseOrders.csv", heads), write(files / "PurchaseOrderLines.csv", lines))
    desk.run()
    desk.load(write(files / "Receipts.csv", [{**row, "Received on": DAY} for row in receipts]))
    desk.run()


def _sell(desk: Desk, files: Path, number: str, quantity: int) -> None:
    row = {"Order": number, "Customer ID": "ADA", "Order date": DAY, "SKU": "MUG", "Quantity": quantity}
    desk.load(write(files / "Orders.csv", [row]))
    desk.run()


def _count(desk: Desk, files: Path, number: str, counted: int) -> Decimal:
    """What the difference was worth that a count found."""
    row = {"Count": number, "SKU": "MUG", "Counted": counted, "Counted on": DAY, "Reason": "Audit"}
    desk.load(write(files / "StockCounts.csv", [row]))
    desk.run()
    (posted,) = desk.show("StockCounts", f"Count={number}")
    return D(posted["Value"])


def _mugs(desk: Desk) -> tuple[Decimal, Decimal, Decimal]:
    (mug,) = desk.show("Products", "SKU=MUG")
    return D(mug["On hand"]), D(mug["Stock value"]), D(mug["Average cost"] or 0)


def test_costs_follow_the_oldest_goods_through_purchase_sale_return_and_count(
    tmp_path: Path, ledger_address: str
) -> None:
    desk = open_desk(tmp_path / "company", ledger_address)
    desk.load(write(tmp_path / "Suppliers.csv", [{"Supplier ID": "S1", "Name": "Maker"}]))
    desk.run()
    assert _mugs(desk) == (D(12), D("30.00"), D("2.5"))  # 12 opening at 2.50, while on the average

    _value_by(desk, tmp_path, "FIFO")
    _buy(desk, tmp_path, ("PO-1", 10, "3.00"), ("PO-2", 10, "3.50"))
    assert _mugs(desk) == (D(32), D("95.00"), D("2.9688"))

    _sell(desk, tmp_path, "1", 15)  # 12 at 2.50 and 3 at 3.00 = 39.00
    assert _mugs(desk) == (D(17), D("56.00"), D("3.2941"))

    back: dict[str, Any] = {"Return": "B1", "Order": "1", "SKU": "MUG", "Quantity": 5, "Returned on": DAY}
    desk.load(write(tmp_path / "Returns.csv", [{**back, "Restock": "Yes", "Reason": "Too many"}]))
    desk.run()
    assert _mugs(desk) == (D(22), D("69.00"), D("3.1364"))  # 5 of 15 that left at 39.00 come back at 13.00

    assert _count(desk, tmp_path, "C1", 14) == D("-24.50")  # 8 missing: 7 at 3.00 and 1 at 3.50
    assert _count(desk, tmp_path, "C2", 15) == D("2.60")  # 1 found, worth what the newest cost: 13.00 / 5
    assert _mugs(desk) == (D(15), D("47.10"), D("3.14"))
    desk.verify()

    _sell(desk, tmp_path, "2", 15)
    assert _mugs(desk)[:2] == (D(0), D(0))
    desk.verify()


def test_the_setting_may_be_changed_while_stock_is_there(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Suppliers.csv", [{"Supplier ID": "S1", "Name": "Maker"}]))
    _value_by(desk, tmp_path, "FIFO")
    _buy(desk, tmp_path, ("PO-1", 4, "3.30"))
    before = _mugs(desk)

    _value_by(desk, tmp_path, "Moving average")
    assert desk.run()["counts"]["stock valuation"] == 1
    assert _mugs(desk) == before == (D(16), D("43.20"), D("2.7"))
    _sell(desk, tmp_path, "1", 10)  # at the average of 2.70
    assert _mugs(desk)[:2] == (D(6), D("16.20"))

    _value_by(desk, tmp_path, "FIFO")
    _buy(desk, tmp_path, ("PO-2", 4, "9.00"))
    _sell(desk, tmp_path, "2", 6)  # the one layer made at the change
    assert _mugs(desk)[:2] == (D(4), D("36.00"))
    assert not any(desk.run()["counts"].values())
    desk.verify()


def test_the_setting_may_stand_in_the_company_file(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    config = desk.folder / "o2c.toml"
    config.write_text(config.read_text(encoding="utf-8") + '\n"Stock valuation" = "FIFO"\n', encoding="utf-8")

    desk.run()
    _sell(desk, tmp_path, "1", 4)

    with_layers = desk.show("Settings", "Setting=Stock valuation")
    assert [row["Value"] for row in with_layers] == ["FIFO"]
    assert _mugs(desk)[:2] == (D(8), D("20.00"))
    desk.verify()
