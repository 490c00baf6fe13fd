"""A closed row stays in its sheet for `Show closed for days` from the day it closed, however long it was open."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from o2c_xl.company.run import work_through
from o2c_xl.company.undoing import put_back
from o2c_xl.domain.issue import CannotRun
from tests.sync.desk import DAY, Desk

LATER = DAY + dt.timedelta(days=80)


def run(desk: Desk, day: dt.date) -> None:
    work_through(desk.company, day, lambda _told: None, allow_empty=False)


def shown(desk: Desk, table: str, key: str) -> list[Any]:
    return [row[key] for row in desk.rows(table).values()]


def test_an_invoice_stays_for_the_days_after_it_was_paid(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "OpeningItems", "Payments", "Invoices"))
    desk.add("Customers", {"Customer ID": "C1", "Name": "Ann"})
    desk.add(
        "OpeningItems",
        {"Invoice": "OLD-1", "Customer ID": "C1", "Invoice date": DAY, "Due date": DAY, "Total": 119, "Open": 119},
    )
    run(desk, DAY)
    desk.add(
        "Payments",
        {
            "Customer ID": "C1",
            "Paid on": LATER,
            "Amount": 119,
            "Currency": "EUR",
            "Method": "Bank transfer",
            "Reference": "OLD-1",
        },
    )

    days = []
    for days_after in (0, 30, 31):
        run(desk, LATER + dt.timedelta(days=days_after))
        days.append((shown(desk, "Invoices", "Invoice"), shown(desk, "Payments", "Payment")))

    assert days == [(["OLD-1"], ["PM-000001"]), (["OLD-1"], ["PM-000001"]), ([], [])]


def test_a_write_that_rows_left_with_is_not_taken_back_and_names_the_version_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "OpeningItems", "Payments", "Invoices"))
    desk.add("Customers", {"Customer ID": "C1", "Name": "Ann"})
    item = {"Invoice": "OLD-1", "Customer ID": "C1", "Invoice date": DAY, "Due date": DAY, "Total": 119, "Open": 119}
    desk.add("OpeningItems", item)
    paid = {"Customer ID": "C1", "Paid on": DAY, "Amount": 119, "Currency": "EUR", "Method": "Cash"}
    desk.add("Payments", {**paid, "Reference": "OLD-1"})
    run(desk, DAY)
    run(desk, LATER)
    before, written = desk.book.read_bytes(), desk.rows("Invoices")

    with pytest.raises(CannotRun) as refused:
        put_back(desk.company, None, LATER, dry_run=False)

    assert written == {}
    assert desk.book.read_bytes() == before
    (version,) = [one for one in (desk.root / "work" / "versions").rglob("*.xlsx") if str(one) in str(refused.value)]
    shutil.copy(version, desk.book)
    assert [one["Invoice"] for one in desk.rows("Invoices").values()] == ["OLD-1"]
    assert desk.sync().issues == []


def test_a_purchase_order_stays_for_the_days_after_it_was_received(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Suppliers", "Products", "PurchaseOrders", "PurchaseOrderLines", "Receipts"))
    desk.add("Suppliers", {"Supplier ID": "S1", "Name": "Sue", "Email": "s@example.com"})
    desk.add("Products", {"SKU": "TEA", "Name": "Tea", "Unit": "pcs", "Cost": 2})
    desk.add("PurchaseOrders", {"PO": "P-1", "Supplier ID": "S1", "PO date": DAY, "Action": "Send"})
    desk.add("PurchaseOrderLines", {"PO": "P-1", "Line": 1, "SKU": "TEA", "Quantity": 5, "Unit cost": 2})
    run(desk, DAY)
    desk.add("Receipts", {"PO": "P-1", "SKU": "TEA", "Quantity": 5, "Quality": "Good", "Received on": LATER})

    days = []
    for days_after in (0, 30, 31):
        run(desk, LATER + dt.timedelta(days=days_after))
        days.append((shown(desk, "PurchaseOrders", "PO"), shown(desk, "PurchaseOrderLines", "Line")))

    assert days == [(["P-1"], [1]), (["P-1"], [1]), ([], [])]
