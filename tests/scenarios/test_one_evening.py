"""What a warehouse saves in one evening: goods that came, left and came back, and what was counted at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.northwind import write
from tests.scenarios.test_customers_told import DAY, Desk, open_desk, order

NEXT = "2026-03-03"


def packed(folder: Path, quantity: str = "6") -> Desk:
    """Ten of TEA on hand, six (or so many) of them packed for order 1001; the next morning."""
    desk = open_desk(folder)
    desk.load(write(folder / "Settings.csv", [{"Setting": "Ship by hand", "Value": "Yes"}]))
    order(desk, "1001", Quantity=quantity)
    desk.run()
    return Desk(desk.folder, NEXT)


def bring(desk: Desk, folder: Path, **tables: dict[str, Any]) -> None:
    """Rows that are saved together."""
    desk.load(*(write(folder / f"{name}.csv", [row]) for name, row in tables.items()))


def on_hand(desk: Desk) -> str:
    [product] = desk.show("Products", "SKU=TEA")
    return str(product["On hand"])


def count(quantity: str, day: str = NEXT) -> dict[str, str]:
    return {"Count": "C-1", "SKU": "TEA", "Counted": quantity, "Counted on": day, "Reason": "Evening"}


SHIP = {"Shipment": "SH-000001", "Action": "Ship", "Tracking": "JJD1"}


def test_a_count_saved_with_the_days_shipment_finds_no_difference(tmp_path: Path) -> None:
    desk = packed(tmp_path)

    bring(desk, tmp_path, Shipments=SHIP, StockCounts=count("4"))
    desk.run()

    [counted] = desk.show("StockCounts", "Count=C-1")
    assert (counted["Expected"], counted["Difference"], on_hand(desk)) == ("4", "0", "4")
    desk.verify()


def test_a_count_saved_with_the_days_return_finds_no_difference(tmp_path: Path) -> None:
    desk = packed(tmp_path)
    bring(desk, tmp_path, Shipments=SHIP)
    desk.run()
    back = {"Return": "R-1", "Order": "1001", "SKU": "TEA", "Quantity": "2", "Returned on": NEXT, "Restock": "Yes"}

    bring(desk, tmp_path, Returns=back, StockCounts=count("6"))
    desk.run()

    [counted] = desk.show("StockCounts", "Count=C-1")
    assert (counted["Expected"], counted["Difference"], on_hand(desk)) == ("6", "0", "6")
    desk.verify()


def test_a_count_saved_with_the_days_receipt_finds_no_difference(tmp_path: Path) -> None:
    desk = packed(tmp_path)
    bring(
        desk,
        tmp_path,
        Suppliers={"Supplier ID": "S1", "Name": "Tea House"},
        PurchaseOrders={"PO": "4500", "Supplier ID": "S1", "Action": "Send"},
        PurchaseOrderLines={"PO": "4500", "Line": "1", "SKU": "TEA", "Quantity": "5", "Unit cost": "2.00"},
    )
    desk.run()
    came = {"Receipt": "LS-1", "PO": "4500", "SKU": "TEA", "Quantity": "5", "Quality": "Good", "Received on": NEXT}

    bring(desk, tmp_path, Receipts=came, StockCounts=count("15"))
    desk.run()

    [counted] = desk.show("StockCounts", "Count=C-1")
    assert (counted["Expected"], counted["Difference"], on_hand(desk)) == ("15", "0", "15")
    desk.verify()


def test_opening_stock_was_there_before_the_first_goods_came(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    new = {"SKU": "NEW", "Name": "New tea", "Unit": "box", "Price": "4.00", "Cost": "2.00", "Tax code": "S"}
    opening = count("20", DAY) | {"SKU": "NEW", "Reason": "Opening"}
    came = {"Receipt": "LS-1", "PO": "4500", "SKU": "NEW", "Quantity": "5", "Quality": "Good", "Received on": DAY}
    bring(
        desk,
        tmp_path,
        Products=new,
        Suppliers={"Supplier ID": "S1", "Name": "Tea House"},
        PurchaseOrders={"PO": "4500", "Supplier ID": "S1", "Action": "Send"},
        PurchaseOrderLines={"PO": "4500", "Line": "1", "SKU": "NEW", "Quantity": "5", "Unit cost": "2.00"},
    )
    desk.run()

    bring(desk, tmp_path, StockCounts=opening, Receipts=came)
    desk.run()

    [product] = desk.show("Products", "SKU=NEW")
    assert product["On hand"] == "25"
    desk.verify()


def test_a_parcel_told_after_the_count_is_what_the_count_had_missed(tmp_path: Path) -> None:
    desk = packed(tmp_path, "3")
    bring(desk, tmp_path, StockCounts=count("7", DAY))
    desk.run()
    [missed], between = desk.show("StockCounts", "Count=C-1"), on_hand(desk)

    bring(desk, tmp_path, Shipments=SHIP | {"Shipped on": DAY})
    desk.run()

    [counted] = desk.show("StockCounts", "Count=C-1")
    assert (missed["Expected"], missed["Difference"], missed["Value"], between) == ("10", "-3", "-7.50", "7")
    assert (counted["Expected"], counted["Difference"], counted["Value"]) == ("7", "0", "0.00")
    assert on_hand(desk) == "7"
    assert not any(desk.run()["counts"].values())
    desk.verify()


def test_goods_told_after_the_count_are_what_the_first_count_had_found(tmp_path: Path) -> None:
    desk = packed(tmp_path)
    bring(
        desk,
        tmp_path,
        Suppliers={"Supplier ID": "S1", "Name": "Tea House"},
        PurchaseOrders={"PO": "4500", "Supplier ID": "S1", "Action": "Send"},
        PurchaseOrderLines={"PO": "4500", "Line": "1", "SKU": "TEA", "Quantity": "5", "Unit cost": "2.50"},
    )
    bring(desk, tmp_path, StockCounts=count("15", DAY))
    desk.run()
    second = Desk(desk.folder, "2026-03-04")
    bring(second, tmp_path, StockCounts=count("14", NEXT) | {"Count": "C-2"})
    second.run()

    came = {"Receipt": "LS-1", "PO": "4500", "SKU": "TEA", "Quantity": "5", "Quality": "Good", "Received on": DAY}
    bring(second, tmp_path, Receipts=came)
    second.run()

    found = [(one["Count"], one["Expected"], one["Difference"]) for one in desk.show("StockCounts")]
    assert [one for one in found if one[0] in ("C-1", "C-2")] == [("C-1", "15", "0"), ("C-2", "15", "-1")]
    assert on_hand(desk) == "14"
    desk.verify()


@pytest.mark.parametrize("name", ["Orders", "Cancel first"])
def test_a_parcel_that_left_is_not_cancelled_with_its_order(tmp_path: Path, name: str) -> None:
    desk = packed(tmp_path)
    cancel = write(tmp_path / f"{name}.csv", [{"Order": "1001", "Action": "Cancel"}])
    ship = write(tmp_path / "Shipments.csv", [SHIP])

    desk.load(*((ship, cancel) if name == "Orders" else (cancel, ship)))
    desk.run()

    [sent], [taken] = desk.show("Shipments"), desk.show("Orders")
    assert (sent["Status"], taken["Status"], on_hand(desk)) == ("Shipped", "Invoiced", "4")
    desk.verify()
