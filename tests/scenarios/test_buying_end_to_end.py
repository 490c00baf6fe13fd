"""Goods bought, received, refused, billed: with the commands that people have."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_found_by_users import order, supplied
from tests.scenarios.test_given_up import add
from tests.scenarios.test_straight_through import DAY, open_desk
from tests.scenarios.test_who_may import seen, type_in


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A company that has sent a purchase order for 3 MUG, because an order waits for them."""
    desk = open_desk(tmp_path / "company")
    supplied(desk, tmp_path)
    desk.load(order(tmp_path, "1", "MUG", 15))
    desk.run()
    return desk


def came(desk: Desk, files: Path, receipt: str, quantity: int, quality: str) -> None:
    (bought,) = desk.show("PurchaseOrders")
    row = {"Receipt": receipt, "PO": bought["PO"], "SKU": "MUG", "Quantity": quantity}
    desk.load(write(files / "Receipts.csv", [row | {"Quality": quality, "Received on": DAY}]))
    desk.run()


def test_refused_goods_go_back_to_the_supplier_and_out_of_stock(desk: Desk, tmp_path: Path) -> None:
    came(desk, tmp_path, "GR-1", 3, "Poor")
    (mug,) = desk.show("Products", "SKU=MUG")
    assert (Decimal(mug["Quarantined"]), Decimal(mug["On hand"])) == (3, 3)
    assert [row["What stops it"] for row in desk.show("Waiting", "Subject=GR-1")] == [
        "Refused goods stand in quarantine"
    ]

    desk.load(write(tmp_path / "back.csv", [{"Receipt": "GR-1", "Refused goods": "Return to supplier"}]))
    desk.run()

    (mug,) = desk.show("Products", "SKU=MUG")
    assert (Decimal(mug["Quarantined"]), Decimal(mug["On hand"]), Decimal(mug["On order"])) == (0, 0, 3)
    assert [row["Status"] for row in desk.show("Receipts")] == ["Returned"]
    assert [row["Resolution"] for row in desk.show("Discrepancies")] == ["Returned to supplier"]
    desk.verify()
    assert {name: n for name, n in desk.run()["counts"].items() if n} == {}
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Documents", "Value": "PDF"}]))
    desk.run()
    letters = {path.name: path.read_text(encoding="utf-8") for path in (desk.folder / "outbox").rglob("*GR-1.txt")}
    assert sorted(letters) == ["Claim GR-1.txt", "Goods returned GR-1.txt"]
    assert "are refused: quality Poor" in letters["Claim GR-1.txt"]
    assert "are on their way back to you" in letters["Goods returned GR-1.txt"]


def test_two_bills_of_one_order_are_settled_without_a_person(desk: Desk, tmp_path: Path) -> None:
    came(desk, tmp_path, "GR-1", 3, "Good")
    (bought,) = desk.show("PurchaseOrders")
    common = {"Supplier ID": "S1", "Bill date": DAY, "Tax": "0.00"}
    bills = [
        {"Bill": "R-1", "PO": bought["PO"], "Net": "2.50", "Total": "2.50", **common},
        {"Bill": "R-2", "PO": "", "Net": "5.10", "Total": "5.10", **common},
        {"Bill": "R-3", "PO": "", "Net": "9.00", "Total": "9.00", **common},
    ]

    desk.load(write(tmp_path / "Bills.csv", bills))
    desk.run()

    shown = [(row["PO"], row["Due date"], row["Difference"], row["Status"]) for row in desk.show("Bills")]
    assert shown == [
        (bought["PO"], "2026-04-01", "0.00", "Posted"),
        (bought["PO"], "2026-04-01", "0.10", "Posted"),
        (None, None, None, "Set aside"),
    ]
    assert [row["What stops it"] for row in desk.show("Waiting", "Subject=R-3")] == ["Bill is set aside"]
    desk.verify()
    assert {name: n for name, n in desk.run()["counts"].items() if n} == {}


def waiting(desk: Desk, subject: str, day: str) -> list[dict[str, Any]]:
    """What Waiting tells of a subject on a day."""
    words = ("show", "Waiting", "--where", f"Subject={subject}", "--format", "json", "--on", day)
    return list(desk.o2c(*words).json)


def test_an_order_that_went_in_part_waits_for_its_rest_until_that_is_here(desk: Desk, tmp_path: Path) -> None:
    (bought,) = desk.show("PurchaseOrders")
    (waits,) = waiting(desk, "1", DAY)
    (shown,) = desk.show("Orders")
    due = bought["Expected"]
    (overdue,) = waiting(desk, "1", "2026-06-30")

    came(desk, tmp_path, "GR-1", 3, "Good")

    assert (shown["Status"], shown["Waiting for"]) == (
        "Partly shipped",
        "A part waits for stock: see Backordered in Order Lines.",
    )
    assert (waits["What stops it"], waits["For"], waits["Since"]) == ("Backordered", "Purchasing", DAY)
    assert waits["What to do"] == f"Waits for stock: 3 of MUG (line 1). {bought['PO']} is due {due}."
    assert f"{bought['PO']} was due {due}: chase {bought['Supplier ID']}" in overdue["What to do"]
    assert waiting(desk, "1", DAY) == []
    assert [row["Waiting for"] for row in desk.show("Orders")] == [None]


def test_an_order_whose_goods_were_refused_waits_for_the_supplier_to_bring_them_again(
    desk: Desk, tmp_path: Path
) -> None:
    came(desk, tmp_path, "GR-1", 3, "Poor")

    (bought,) = desk.show("PurchaseOrders")
    (line,) = desk.show("OrderLines")
    (waits,) = waiting(desk, "1", DAY)

    assert waits["What to do"] == f"Waits for stock: 3 of MUG (line 1). {bought['PO']} is due {bought['Expected']}."
    assert line["Why"].endswith(f"Expected: from {bought['PO']}, expected {bought['Expected']}.")
    desk.verify()


def test_an_order_whose_goods_lie_in_quarantine_names_the_receipt_to_decide_on(desk: Desk, tmp_path: Path) -> None:
    came(desk, tmp_path, "GR-1", 3, "Fair")

    (waits,) = waiting(desk, "1", DAY)

    assert waits["What to do"] == (
        "Waits for stock: 3 of MUG (line 1). GR-1 of MUG lies in quarantine: decide on it in Approvals."
    )


def test_an_order_without_any_stock_says_what_brings_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    rows = [{"Setting": "Purchase by rule", "Value": "No"}]
    desk.load(write(tmp_path / "Settings.csv", rows), order(tmp_path, "1", "POT", 3), order(tmp_path, "2", "POT", 2))
    desk.run()

    (waits,) = waiting(desk, "2", DAY)

    assert waits["What to do"].endswith("No purchase order brings POT: enter one, or choose another Remedy.")


def test_an_order_that_goes_whole_waits_for_what_is_short_and_not_for_what_lies_there(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    whole = {"Customer ID": "ADA", "Shipments at most": 1}
    line = {"Order": "1", "Customer ID": "ADA", "Order date": DAY}
    lines = [line | {"SKU": "MUG", "Quantity": 2}, line | {"SKU": "POT", "Quantity": 30}]
    desk.load(write(tmp_path / "Customers.csv", [whole]), write(tmp_path / "orders.csv", lines))
    desk.run()

    (waits,) = waiting(desk, "1", DAY)
    nobody = [(row["Subject"], row["Since"]) for row in desk.show("Waiting") if row["What stops it"] == "No supplier"]

    assert waits["What to do"].endswith("No purchase order brings POT: enter one, or choose another Remedy.")
    assert "MUG" not in waits["What to do"]
    assert nobody == [("POT", DAY)]


def test_what_nobody_sells_is_told_with_the_day_since_when_an_order_that_shipped_in_part_waits(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    line = {"Order": "1", "Customer ID": "ADA", "Order date": DAY}
    desk.load(write(tmp_path / "o.csv", [line | {"SKU": "MUG", "Quantity": 2}, line | {"SKU": "POT", "Quantity": 30}]))
    desk.run()

    nobody = [(row["Subject"], row["Since"]) for row in desk.show("Waiting") if row["What stops it"] == "No supplier"]

    assert [one["Status"] for one in desk.show("Orders")] == ["Partly shipped"]
    assert nobody == [("POT", DAY)]


def test_another_supplier_than_proposed_brings_its_price_and_asks_for_a_reason(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    supplied(desk, tmp_path)
    price = {"Supplier ID": "S2", "SKU": "MUG", "Minimum quantity": 0, "Price": "4.50"}
    prices = [price, {**price, "Minimum quantity": 6, "Price": "4.20"}]
    desk.load(
        write(tmp_path / "Settings.csv", [{"Setting": "Send purchase orders by hand", "Value": "Yes"}]),
        write(tmp_path / "Suppliers.csv", [{"Supplier ID": "S2", "Name": "Other"}]),
        write(tmp_path / "SupplierPrices.csv", prices),
        order(tmp_path, "1", "MUG", 15),
    )
    desk.run()
    (before,) = desk.show("PurchaseOrderLines")

    type_in(desk, "PurchaseOrders", before["PO"], Supplier_ID="S2")
    desk.run()
    (line,) = desk.show("PurchaseOrderLines")
    check, cost = seen(desk, "PurchaseOrders", before["PO"])["Check"], seen(desk, "PurchaseOrderLines", before["PO"])
    type_in(desk, "PurchaseOrders", before["PO"], Reason="Here tomorrow", Action="Send")
    type_in(desk, "PurchaseOrderLines", before["PO"], Quantity=6)
    desk.run()

    assert (line["Unit cost"], cost["Unit cost"]) == ("4.50", 4.5)
    assert line["Why"] == f"Unit cost: the price of S2. Proposed was: {before['Why']}"
    assert check == "Reason: S1 was proposed. Say why S2 instead."
    (sent,) = desk.show("PurchaseOrders")
    assert (sent["Status"], sent["Reason"], sent["Net"], sent["Check"]) == ("Sent", "Here tomorrow", "25.20", None)
    desk.verify()


def test_typed_lines_of_a_purchase_order_are_numbered_and_those_of_a_file_are_not(desk: Desk, tmp_path: Path) -> None:
    (bought,) = desk.show("PurchaseOrders")
    add(desk, "PurchaseOrders", PO="P-7", Supplier_ID="S1")
    add(desk, "PurchaseOrderLines", PO="P-7", SKU="MUG", Quantity=5)
    add(desk, "PurchaseOrderLines", PO="P-7", SKU="POT", Quantity=6)
    desk.run()
    file = write(tmp_path / "PurchaseOrderLines.csv", [{"PO": "P-7", "Line": "", "SKU": "MUG", "Quantity": 1}])
    refused = desk.load(file, expect=1)

    lines = [(row["PO"], row["Line"], row["SKU"]) for row in desk.show("PurchaseOrderLines")]
    assert lines == [("P-7", "1", "MUG"), ("P-7", "2", "POT"), (bought["PO"], "1", "MUG")]
    assert seen(desk, "PurchaseOrderLines", "P-7")["Line"] == "1"
    assert [issue["fix"] for issue in refused["issues"]] == ["Fill it in: 1, 2, 3 … within the purchase order."]
    assert {name: n for name, n in desk.run(expect=None)["counts"].items() if n} == {}
    desk.verify()
