"""Customers are told of what becomes of their orders, once for each fact, by messages that people can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.made_once import made_once
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write

DAY = "2026-03-02"
CUSTOMERS = [
    {"Customer ID": "ADA", "Name": "Ada", "Email": "ada@a.example", "Short stock": "Offer alternative products"},
    {"Customer ID": "BEA", "Name": "Bea", "Email": "bea@b.example", "Short stock": "Cancel"},
]
PRODUCTS = [
    {"SKU": "TEA", "Name": "Green tea", "Unit": "box", "Price": "4.00", "Cost": "2.50", "Tax code": "S",
     "Alternative SKU": "TEB"},
    {"SKU": "TEB", "Name": "Black tea", "Unit": "box", "Price": "5.00", "Cost": "2.50", "Tax code": "S",
     "Alternative SKU": ""},
]  # fmt: skip


def open_desk(tmp_path: Path, **settings: str) -> Desk:
    _make(tmp_path / "company", **settings)
    return Desk(tmp_path / "company", DAY)


@made_once
def _make(folder: Path, **settings: str) -> None:
    desk = Desk(folder, DAY)
    desk.o2c("init", folder, "--name", "Fjord", "--country", "GB", "--on", DAY)
    told = {"Purchase by rule": "No", "Documents": "PDF", **settings}
    where = {"Street": "Main 1", "City": "Town", "Country": "GB", "Tax group": "H", "Payment terms": "Net 10"}
    tables: dict[str, list[dict[str, Any]]] = {
        "Settings": [{"Setting": name, "Value": value} for name, value in told.items()],
        "TaxRates": [{"Tax group": "H", "Tax code": "S", "Rate %": "20", "Reason": ""}],
        "Customers": [one | where for one in CUSTOMERS],
        "Products": PRODUCTS,
        "StockCounts": [
            {"Count": f"O-{sku}", "SKU": sku, "Counted": 10, "Counted on": DAY, "Reason": "Opening"}
            for sku in ("TEA", "TEB")
        ],
    }
    assert desk.load(*(write(folder.parent / f"{name}.csv", rows) for name, rows in tables.items()))["ok"]


def order(desk: Desk, number: str, customer: str = "ADA", **changes: Any) -> None:
    row = {"Order": number, "Customer ID": customer, "Order date": DAY, "SKU": "TEA", "Quantity": "2"} | changes
    desk.load(write(desk.folder.parent / f"orders {number}.csv", [row]))


def letter(desk: Desk, name: str) -> str:
    return (desk.folder / "outbox" / f"{name}.txt").read_text(encoding="utf-8")


def kinds(desk: Desk) -> list[str]:
    return [row["Kind"] for row in desk.show("Outbox") if row["Kind"] not in ("Pick list", "Packing slip", "Invoice")]


def test_a_customer_is_told_of_order_and_shipment_once(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    order(desk, "1001", **{"Customer reference": "P-9"})

    desk.run()
    desk.run()

    [confirmed, shipped] = [row for row in desk.show("Outbox") if row["Kind"] in ("Order confirmation", "Shipment")]
    assert (confirmed["To"], shipped["To"]) == ("ada@a.example", "ada@a.example")
    assert "2 box Green tea (TEA): 8.00 EUR" in letter(desk, "Order confirmation 1001")
    assert "Our number for it is 1001" in letter(desk, "Order confirmation 1001")
    assert "Shipment: SH-000001" in letter(desk, "Shipment SH-000001")
    desk.verify()


def test_what_only_the_customer_knows_is_asked_for_once(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    order(desk, "1001", **{"Ship to city": "Rome"})

    desk.run()
    desk.run()

    assert kinds(desk) == ["Missing data"]
    assert "- the street of the address it is to go to" in letter(desk, "Missing data 1001")


def test_alternatives_are_offered_by_name_and_price(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    order(desk, "1001", Quantity="15")

    desk.run()
    desk.run()

    assert kinds(desk) == ["Alternatives"]
    assert "Green tea (TEA): 5 of 15 box are short" in letter(desk, "Alternatives 1001")
    assert "We can offer Black tea (TEB) at a list price of 5.00" in letter(desk, "Alternatives 1001")


def test_what_cannot_come_is_told_with_the_confirmation(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    order(desk, "1001", "BEA", Quantity="15")

    desk.run()

    told = letter(desk, "Order confirmation 1001")
    assert "15 box Green tea (TEA): 40.00 EUR" in told  # ten of them
    assert "5 of them cannot be delivered and were cancelled." in told
    assert "Total without tax of what is not cancelled: 40.00 EUR" in told
    assert "Total with tax" not in told


def test_who_is_past_due_is_told_why_the_next_order_waits(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, Reminders="No")
    order(desk, "1001")
    desk.run()
    order(desk, "1002")

    desk.o2c("run", "--on", "2026-04-01")
    desk.o2c("run", "--on", "2026-04-02")

    held = letter(desk, "Order on hold 1002")
    assert kinds(desk).count("Order on hold") == 1
    assert "are past due (INV-000001)" in held
    assert "lets the order go on" in held


def test_who_is_past_due_in_two_currencies_is_told_of_both(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, Reminders="No")
    order(desk, "1001")
    desk.run()
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Currency": "USD"}]))
    order(desk, "1002", **{"Unit price": "5"})
    desk.run()
    order(desk, "1003", **{"Unit price": "5"})

    desk.o2c("run", "--on", "2026-04-01")

    held = " ".join(letter(desk, "Order on hold 1003").split())
    assert "12.00 USD and 9.60 EUR are past due (INV-000002, INV-000001)" in held
    assert "A payment of 12.00 USD and 9.60 EUR lets the order go on" in held


def test_a_company_may_do_without(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Tell customers of": "Shipment"})
    order(desk, "1001")

    desk.run()

    assert kinds(desk) == ["Shipment"]


def test_of_what_nobody_sells_the_date_follows_once_somebody_does(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    order(desk, "1001", Quantity="12", Remedy="Partial shipment")

    desk.run()
    confirmed, [waits] = letter(desk, "Order confirmation 1001"), desk.show("OrderLines")
    desk.load(write(tmp_path / "Suppliers.csv", [{"Supplier ID": "S1", "Name": "Tea House", "Lead days": "3"}]))
    desk.load(
        write(
            tmp_path / "SupplierPrices.csv",
            [{"Supplier ID": "S1", "SKU": "TEA", "Minimum quantity": "1", "Price": "2.00"}],
        )
    )
    desk.run()

    assert "2 of them come later; the date follows." in confirmed
    assert waits["Promise date"] is None
    assert "to be ordered" not in waits["Why"]
    assert "will be ready and complete on 5 Mar 2026.\n" in letter(desk, "Delay 1001")
