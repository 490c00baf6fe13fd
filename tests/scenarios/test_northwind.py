"""Northwind from orders to cash, through the commands a user has."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.scenarios import northwind
from tests.scenarios.commands import Desk

DAY = "2026-03-02"
LATER = "2026-03-16"


def total(rows: list[dict], header: str) -> Decimal:
    return sum((Decimal(row[header]) for row in rows if row[header] is not None), Decimal(0))


def test_northwind_goes_from_orders_to_cash_to_the_cent(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "northwind"
    desk = Desk(tmp_path / "northwind", DAY)
    desk.o2c("init", desk.folder, "--name", "Northwind Traders", "--currency", "USD", "--country", "US", "--on", DAY)
    desk.load(northwind.write(tmp_path / "Settings.csv", [{"Setting": "Documents", "Value": "None"}]))

    for path in northwind.master_files(source, tmp_path):
        assert desk.load(path)["ok"]
        desk.verify()
    desk.o2c("run", "--on", DAY)
    desk.verify()

    orders = northwind.order_file(source, tmp_path)
    loaded = desk.load(orders)
    assert loaded["counts"] == {"Orders": 830, "OrderLines": 2155}
    assert desk.load(orders)["counts"] == {"Orders": 0, "OrderLines": 0}
    desk.verify()

    desk.run()
    desk.verify()
    shown = desk.show("Orders")
    assert len(shown) == 830
    assert total(desk.show("OrderLines"), "Net") == Decimal("1265793.29")
    assert total(shown, "Freight") == Decimal("64942.69")
    assert total(shown, "Net") == Decimal("1265793.29") + Decimal("64942.69")

    finish(desk, tmp_path)


def finish(desk: Desk, tmp_path: Path) -> None:
    """Receive what was bought, then let every customer pay; nothing is left over and nothing is left to do."""
    receive_everything(desk, tmp_path)
    assert {row["Status"] for row in desk.show("Orders")} == {"Invoiced"}
    invoices = desk.show("Invoices")
    assert total(invoices, "Net") == Decimal("1265793.29") + Decimal("64942.69")

    pay_everything(desk, tmp_path, invoices)
    assert {row["Status"] for row in desk.show("Orders")} == {"Closed"}
    assert total(desk.show("Invoices"), "Open") == 0
    assert total(desk.show("Customers"), "Open balance") == 0

    again = desk.o2c("run", "--json", "--on", LATER).json
    assert not any(again["counts"].values()), again["counts"]
    desk.verify()


def receive_everything(desk: Desk, tmp_path: Path) -> None:
    """Every purchase order that was sent arrives in full and in good order."""
    for turn in range(5):
        lines = [row for row in desk.show("PurchaseOrderLines") if Decimal(row["Quantity"]) > Decimal(row["Received"])]
        if not lines:
            break
        rows = [
            {"Receipt": f"GR-{turn}-{i}", "PO": row["PO"], "PO line": row["Line"], "SKU": row["SKU"],
             "Quantity": Decimal(row["Quantity"]) - Decimal(row["Received"]), "Quality": "Good", "Received on": LATER}
            for i, row in enumerate(lines)
        ]  # fmt: skip
        desk.load(northwind.write(tmp_path / "Receipts.csv", rows))
        desk.o2c("run", "--on", LATER)
        desk.verify()


def pay_everything(desk: Desk, tmp_path: Path, invoices: list[dict]) -> None:
    """Every invoice is paid in full, naming its number."""
    rows = [
        {"Payment": f"PAY-{i}", "Customer ID": row["Customer ID"], "Payer": "", "Paid on": LATER, "Amount": row["Open"],
         "Currency": row["Currency"], "Method": "Bank transfer", "Reference": row["Invoice"]}
        for i, row in enumerate(invoices)
    ]  # fmt: skip
    desk.load(northwind.write(tmp_path / "Payments.csv", rows))
    desk.o2c("run", "--on", LATER)
    desk.verify()
