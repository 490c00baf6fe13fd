"""What a step would refuse is found when the row is loaded or synced: at its cell, all of a file in one pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from o2c_xl.tables.define.catalogue import BY_NAME
from tests.made_once import made_once
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import DAY, open_desk

Faults = list[tuple[str, str, str]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Ten mugs ordered from a supplier, and an order of four teas that has shipped."""
    _make(tmp_path / "company")
    return Desk(tmp_path / "company", DAY)


@made_once
def _make(folder: Path) -> None:
    desk, files = open_desk(folder), folder.parent
    desk.load(write(files / "Suppliers.csv", [{"Supplier ID": "S1", "Name": "Maker"}]))
    head = {"PO": "PO-1", "Supplier ID": "S1", "Action": "Send"}
    line = {"PO": "PO-1", "Line": 1, "SKU": "MUG", "Quantity": 10, "Unit cost": "2.50"}
    desk.load(write(files / "PurchaseOrders.csv", [head]), write(files / "PurchaseOrderLines.csv", [line]))
    desk.load(
        write(
            files / "orders.csv",
            [{"Order": "1", "Customer ID": "ADA", "Order date": DAY, "SKU": "TEA", "Quantity": 4}],
        )
    )
    desk.run()
    assert [row["Status"] for row in desk.show("PurchaseOrders")] == ["Sent"]
    assert [row["Status"] for row in desk.show("Orders")] == ["Invoiced"]


def faults(desk: Desk, file: Path) -> Faults:
    """Cell, column and problem of each fault of a file that is refused."""
    answer = desk.load(file, expect=1)
    assert not any(answer["counts"].values())
    return [(one["cell"], one["column"], one["problem"]) for one in answer["issues"]]


def receipt(key: str, quantity: int, **more: Any) -> dict[str, Any]:
    row = {"Receipt": key, "PO": "PO-1", "SKU": "MUG", "Quantity": quantity, "Quality": "Good", "Received on": DAY}
    return row | more


def returned(key: str, quantity: int, **more: Any) -> dict[str, Any]:
    row = {"Return": key, "Order": "1", "SKU": "TEA", "Quantity": quantity, "Returned on": DAY, "Restock": "Yes"}
    return row | more


def payment(key: str, amount: str, **more: Any) -> dict[str, Any]:
    return {
        "Payment": key,
        "Customer ID": "ADA",
        "Paid on": DAY,
        "Amount": amount,
        "Method": "Cash",
        "Reference": "",
    } | more


def test_receipts_over_what_is_owed_are_counted_together(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path / "Receipts.csv", [receipt("R1", 6), receipt("R2", 3), receipt("R3", 2), receipt("R4", 20)])

    assert faults(desk, file) == [
        ("D4", "Quantity", "2 is more than the 1 still open on PO-1."),
        ("D5", "Quantity", "20 is more than the 1 still open on PO-1."),
    ]
    assert desk.show("Receipts") == []


def test_receipts_that_wait_already_count_too(desk: Desk, tmp_path: Path) -> None:
    desk.load(write(tmp_path / "Receipts.csv", [receipt("R1", 8)]))

    found = faults(desk, write(tmp_path / "more.csv", [receipt("R2", 3)]))

    assert found == [("D2", "Quantity", "3 is more than the 2 still open on PO-1.")]
    assert desk.load(write(tmp_path / "Receipts.csv", [receipt("R1", 9)]))["ok"]


def test_every_wrong_receipt_of_a_file_is_found_in_one_pass(desk: Desk, tmp_path: Path) -> None:
    rows = [
        receipt("R1", 1, PO="PO-9"),
        receipt("R2", 1, SKU="TEA"),
        receipt("R3", 1, **{"PO line": 7}),
        receipt("R4", 11),
        receipt("R5", 0),
    ]
    rows[0]["PO line"] = None

    found = faults(desk, write(tmp_path / "Receipts.csv", rows))

    assert {(column, problem) for _, column, problem in found} == {
        ("PO", "PO-9 is not in Purchase Orders."),
        ("SKU", "TEA is not on PO PO-1."),
        ("PO line", "7 is not a line of PO PO-1."),
        ("Quantity", "11 is more than the 10 still open on PO-1."),
        ("Quantity", "0 is not more than 0."),
    }


def test_a_receipt_for_a_purchase_order_that_is_over_is_found(desk: Desk, tmp_path: Path) -> None:
    desk.load(write(tmp_path / "PurchaseOrders.csv", [{"PO": "PO-1", "Supplier ID": "S1", "Action": "Cancel"}]))
    desk.run()

    assert faults(desk, write(tmp_path / "Receipts.csv", [receipt("R1", 1)])) == [("B2", "PO", "PO-1 is cancelled.")]


def test_a_receipt_may_come_with_the_order_that_is_sent_later(desk: Desk, tmp_path: Path) -> None:
    head = {"PO": "PO-2", "Supplier ID": "S1", "Action": "Send"}
    line = {"PO": "PO-2", "Line": 1, "SKU": "MUG", "Quantity": 5, "Unit cost": "2.50"}
    files = [
        write(tmp_path / "PurchaseOrders.csv", [head]),
        write(tmp_path / "PurchaseOrderLines.csv", [line]),
        write(tmp_path / "Receipts.csv", [receipt("R1", 5, PO="PO-2")]),
    ]

    assert desk.load(*files)["ok"]
    desk.run()
    assert [row["Status"] for row in desk.show("Receipts")] == ["Posted"]


def test_returns_over_what_shipped_are_counted_together(desk: Desk, tmp_path: Path) -> None:
    rows = [returned("B1", 3), returned("B2", 2), returned("B3", 1), returned("B4", 1, SKU="POT")]

    assert faults(desk, write(tmp_path / "Returns.csv", rows)) == [
        ("D3", "Quantity", "2 is more than the 1 left of the 4 that were shipped."),
        ("C5", "SKU", "POT is not on order 1."),
    ]


def test_a_return_of_an_order_that_shipped_in_part_is_held_against_what_shipped(desk: Desk, tmp_path: Path) -> None:
    order = {"Order": "2", "Customer ID": "BOB", "Order date": DAY, "SKU": "POT", "Quantity": 9}
    desk.load(write(tmp_path / "order.csv", [order]))
    desk.run()

    found = faults(desk, write(tmp_path / "Returns.csv", [returned("B1", 4, Order="2", SKU="POT")]))

    assert [row["Shipped"] for row in desk.show("OrderLines", "Order=2")] == ["3"]
    assert found == [("D2", "Quantity", "4 is more than the 3 that were shipped.")]


def test_a_return_may_come_with_its_order(desk: Desk, tmp_path: Path) -> None:
    order = {"Order": "2", "Customer ID": "BOB", "Order date": DAY, "SKU": "TEA", "Quantity": 2}
    desk.load(write(tmp_path / "order.csv", [order]))

    found = faults(desk, write(tmp_path / "Returns.csv", [returned("B1", 3, Order="2")]))
    assert found == [("D2", "Quantity", "3 is more than the 2 that were ordered.")]
    assert desk.load(write(tmp_path / "Returns.csv", [returned("B1", 2, Order="2")]))["ok"]
    desk.run()
    assert [row["Status"] for row in desk.show("Returns")] == ["Posted"]


def test_payments_of_nothing_or_of_too_much_taken_back_are_found(desk: Desk, tmp_path: Path) -> None:
    desk.load(write(tmp_path / "Payments.csv", [payment("P1", "10")]))
    desk.run()
    back = {"Reference": "Return of P1"}
    rows = [payment("P2", "0"), payment("P3", "-6", **back), payment("P4", "-5", **back), payment("P5", "7")]

    assert faults(desk, write(tmp_path / "more.csv", rows)) == [
        ("D2", "Amount", "0 is no payment."),
        ("D4", "Amount", "of P1 4.00 is left to take back."),
    ]


def test_bills_and_opening_items_that_do_not_add_up_are_found(desk: Desk, tmp_path: Path) -> None:
    bill = {"Bill": "X1", "Supplier ID": "S1", "PO": "PO-1", "Bill date": DAY, "Net": "20", "Tax": "1", "Total": "22"}
    item = {"Customer ID": "ADA", "Invoice date": DAY, "Due date": DAY, "Total": "10"}
    (invoice,) = desk.show("Invoices")
    items = [item | {"Invoice": invoice["Invoice"], "Open": "10"}, item | {"Invoice": "OLD-1", "Open": "11"}]

    assert [found[:2] for found in faults(desk, write(tmp_path / "Bills.csv", [bill]))] == [("G2", "Total")]
    assert [(column, cell) for cell, column, _ in faults(desk, write(tmp_path / "OpeningItems.csv", items))] == [
        ("Invoice", "E2"),
        ("Open", "F3"),
    ]


def test_the_same_slips_again_are_no_fault(desk: Desk, tmp_path: Path) -> None:
    item = {"Invoice": "OLD-1", "Customer ID": "ADA", "Invoice date": DAY, "Due date": DAY, "Total": 10, "Open": 10}
    files = [
        write(tmp_path / "Receipts.csv", [receipt("R1", 10)]),
        write(tmp_path / "Returns.csv", [returned("B1", 4)]),
        write(tmp_path / "OpeningItems.csv", [item]),
    ]
    desk.load(*files)
    assert not any(desk.load(*files)["counts"].values())
    desk.run()

    again = desk.load(*files)

    assert again["ok"]
    assert not any(again["counts"].values())


def test_a_slip_that_turns_out_wrong_later_says_so_in_a_listed_word_and_since_when(desk: Desk, tmp_path: Path) -> None:
    order = {"Order": "2", "Customer ID": "BOB", "Order date": DAY, "SKU": "POT", "Quantity": 5}
    desk.load(write(tmp_path / "order.csv", [order]))
    desk.load(write(tmp_path / "Returns.csv", [returned("B1", 5, Order="2", SKU="POT")]))

    desk.run(expect=None)

    (slip,) = desk.show("Returns")
    assert slip["Status"] == "Not posted"
    assert slip["Status"] in BY_NAME["Returns"].by_header["Status"].choices
    (issue,) = desk.show("Issues")
    assert issue["Problem"] == "Quantity: 5 is more than the 3 that were shipped."
    assert (issue["Source"], issue["Cell"], issue["Since"]) == ("Order to cash.xlsx", "E2", DAY)
