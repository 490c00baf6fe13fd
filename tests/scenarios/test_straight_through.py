"""An order straight through to cash on every ledger, and the same book of orders in any order of rows."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.made_once import made_once
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write

DAY = "2026-03-02"
CUSTOMERS = [
    {"Customer ID": key, "Name": f"Customer {key}", "Street": "Street 1", "City": "Town", "Country": "DE",
     "Tax group": "Domestic", "Payment terms": "Net 30", "Short stock": "Partial shipment"}
    for key in ("ADA", "BOB", "CLEO")
]  # fmt: skip
PRODUCTS = [
    {"SKU": sku, "Name": f"Product {sku}", "Unit": "pcs", "Price": price, "Cost": "2.50", "Tax code": "Standard"}
    for sku, price in (("TEA", "4.20"), ("MUG", "7.95"), ("POT", "31.00"))
]
RATES = [{"Tax group": "Domestic", "Tax code": "Standard", "Rate %": "19"}]
STOCK = [
    {"Count": f"OPEN-{sku}", "SKU": sku, "Counted": count, "Counted on": DAY, "Reason": "Opening"}
    for sku, count in (("TEA", 40), ("MUG", 12), ("POT", 3))
]
ORDERS = [
    {"Order": f"10{i:02d}", "Customer ID": ("ADA", "BOB", "CLEO")[i % 3], "Order date": DAY, "Line": line,
     "SKU": ("TEA", "MUG", "POT")[(i + line) % 3], "Quantity": 1 + (i * line) % 4, "Discount %": 5 * (i % 2)}
    for i in range(1, 11)
    for line in (1, 2)
]  # fmt: skip


def open_desk(folder: Path, ledger: str = "") -> Desk:
    """A company with customers, products and stock; with its ledger at that address."""
    (_make if ledger else _copied)(folder, ledger)
    return Desk(folder, DAY)


def _make(folder: Path, ledger: str) -> None:
    desk = Desk(folder, DAY)
    desk.o2c("init", folder, "--on", DAY)
    if ledger:
        config = (folder / "o2c.toml").read_text(encoding="utf-8")
        (folder / "o2c.toml").write_text(config.replace('"ledger.db"', f'"{ledger}"', 1), encoding="utf-8")
    tables: dict[str, list[dict[str, Any]]] = {
        "Settings": [{"Setting": "Documents", "Value": "None"}, {"Setting": "Purchase by rule", "Value": "No"}],
        "TaxRates": RATES, "Customers": CUSTOMERS, "Products": PRODUCTS, "StockCounts": STOCK,
    }  # fmt: skip
    assert desk.load(*(write(folder.parent / f"{name}.csv", rows) for name, rows in tables.items()))["ok"]


_copied = made_once(_make)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ledger_address(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql"))


def test_an_order_runs_from_typed_rows_to_cash_on_every_ledger(tmp_path: Path, ledger_address: str) -> None:
    desk = open_desk(tmp_path / "company", ledger_address)
    desk.load(write(tmp_path / "orders.csv", ORDERS[:2]))

    desk.run()
    desk.verify()
    (invoice,) = desk.show("Invoices")
    assert Decimal(invoice["Total"]) == Decimal(invoice["Net"]) + Decimal(invoice["Tax"])
    payment = {"Payment": "PAY-1", "Customer ID": invoice["Customer ID"], "Paid on": DAY, "Amount": invoice["Open"],
               "Method": "Bank transfer", "Reference": f"Your invoice {invoice['Invoice']}"}  # fmt: skip
    desk.load(write(tmp_path / "Payments.csv", [payment]))
    desk.run()

    assert [row["Status"] for row in desk.show("Orders")] == ["Closed"]
    assert [row["Status"] for row in desk.show("Invoices")] == ["Paid"]
    desk.verify()
    assert not any(desk.run()["counts"].values())


def test_numbers_that_people_brought_never_stop_those_that_are_given(tmp_path: Path, ledger_address: str) -> None:
    desk = open_desk(tmp_path / "company", ledger_address)
    before = {"Customer ID": "ADA", "Invoice date": DAY, "Due date": DAY, "Total": 50, "Open": 50}
    items = [{"Invoice": number, **before} for number in ("INV-000001", "inv-000003", "INV-000009", "INV-0815")]
    supplier = {"Supplier ID": "S1", "Name": "Maker", "Lead days": 5}
    bought = {"PO": "PO-000001", "Line": "1", "SKU": "POT", "Quantity": 1, "Unit cost": 1}
    for name, rows in {
        "Suppliers": [supplier],
        "Settings": [{"Setting": "Purchase by rule", "Value": "Yes"}],
        "Products": [{"SKU": "MUG", "Preferred supplier": "S1"}],
        "OpeningItems": items,
        "PurchaseOrders": [{"PO": "PO-000001", "Supplier ID": "S1"}],
        "PurchaseOrderLines": [bought],
        "Orders": [{**ORDERS[0], "Order": str(n), "SKU": "MUG", "Quantity": n} for n in (1, 2, 15)],
    }.items():
        desk.load(write(tmp_path / f"{name}.csv", rows))

    desk.run()

    posted = [row["Invoice"] for row in desk.show("Invoices") if row["Order"]]
    assert sorted(posted) == ["INV-000002", "INV-000004", "INV-000005"]
    assert [row["PO"] for row in desk.show("PurchaseOrders")] == ["PO-000001", "PO-000002"]
    desk.verify()
    desk.run()


def test_the_same_orders_in_any_order_of_rows_get_the_same_stock(tmp_path: Path) -> None:
    outcomes = []
    for seed in (1, 2, 3):
        files = tmp_path / str(seed)
        files.mkdir()
        desk = open_desk(files / "company")
        rows = list(ORDERS)
        random.Random(seed).shuffle(rows)
        desk.load(write(files / "orders.csv", rows))
        desk.run()
        desk.verify()
        lines = desk.show("OrderLines")
        for sku, count in (("TEA", 40), ("MUG", 12), ("POT", 3)):
            gone = sum(Decimal(r["Shipped"]) + Decimal(r["Allocated"]) for r in lines if r["SKU"] == sku)
            assert gone <= count
        outcomes.append([(r["Order"], r["Line"], r["Allocated"], r["Shipped"], r["Backordered"]) for r in lines])
        assert not any(desk.run()["counts"].values())

    assert outcomes[0] == outcomes[1] == outcomes[2]
