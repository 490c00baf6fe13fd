"""The second of two equal runs changes no byte of a workbook nor of the ledger, whatever the first one left."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from o2c_xl.company.opened import open_company
from o2c_xl.company.run import run_company
from o2c_xl.domain.outcome import Outcome
from o2c_xl.ledger import schema
from tests.sync.desk import DAY, Desk

TABLES = ("Customers", "Products", "TaxRates", "StockCounts", "Payments", "Orders", "OrderLines", "Issues", "Log")


def run(desk: Desk) -> Outcome:
    return run_company(desk.company, DAY, lambda _told: None, dry_run=False, allow_empty=False)


def ticking() -> Callable[[], dt.datetime]:
    minutes = itertools.count()
    return lambda: dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC) + dt.timedelta(minutes=next(minutes))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A company with a customer, whose clock goes on."""
    desk = Desk(tmp_path / "company", TABLES)
    desk.company.close()
    desk.company = open_company(desk.root, clock=ticking(), who="anna")
    desk.sync()
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada", "Country": "DE"})
    run(desk)
    return desk


def overtyped(desk: Desk) -> None:
    desk.type("Customers", 2, {"Open balance": 77, "Credit status": "Good"})


def at_fault(desk: Desk) -> None:
    desk.type("Customers", 2, {"Email": "bad"})


def overtyped_at_fault(desk: Desk) -> None:
    desk.type("Customers", 2, {"Email": "bad", "Open balance": 77})


def not_posted(desk: Desk) -> None:
    desk.add("StockCounts", {"Count": "C", "SKU": "NONE", "Counted": 9, "Counted on": DAY, "Reason": "Opening"})
    desk.add("Payments", {"Payment": "P1", "Paid on": DAY, "Amount": -5, "Customer ID": "ADA"})


def refused_order(desk: Desk) -> None:
    desk.add("Orders", {"Order": "1", "Customer ID": "BOB", "Order date": DAY})
    desk.add("OrderLines", {"Order": "1", "Line": "1", "SKU": "MUG", "Quantity": 0})


@pytest.mark.parametrize("left", [overtyped, at_fault, overtyped_at_fault, not_posted, refused_order])
def test_the_second_run_changes_no_byte(desk: Desk, left: Callable[[Desk], None]) -> None:
    left(desk)
    first = run(desk)
    desk.company.close()
    before = desk.book.read_bytes(), (desk.root / "ledger.db").read_bytes()

    second = run(desk)

    desk.company.close()
    assert not second.changed
    assert (desk.book.read_bytes(), (desk.root / "ledger.db").read_bytes()) == before
    assert second.issues == first.issues


def test_what_came_too_late_is_told_as_the_order_stands_after_the_run(desk: Desk) -> None:
    desk.add("TaxRates", {"Tax group": "D", "Tax code": "S", "Rate %": 0, "Reason": "Export"})
    desk.add("Products", {"SKU": "MUG", "Name": "Mug", "Unit": "pcs", "Price": 10, "Cost": 4, "Tax code": "S"})
    desk.add("StockCounts", {"SKU": "MUG", "Counted": 9, "Counted on": DAY, "Reason": "Opening"})
    address = {"Street": "A 1", "City": "B", "Postal code": "01234", "Payment terms": "Net 30", "Tax group": "D"}
    desk.type("Customers", 2, address)
    desk.add("Orders", {"Order": "1", "Customer ID": "ADA", "Order date": DAY})
    desk.add("OrderLines", {"Order": "1", "Line": "1", "SKU": "MUG", "Quantity": 1})
    run(desk)
    paid = {"Customer ID": "ADA", "Paid on": DAY, "Amount": 10, "Method": "Cash", "Reference": "INV-000001"}
    desk.add("Payments", paid)
    desk.type("Orders", 2, {"Action": "Hold"})

    first = run(desk)
    second = run(desk)

    assert [str(issue) for issue in first.issues] == [
        "Book.xlsx!Orders!R2: Action: Hold is too late, the order is closed. Empty the cell."
    ]
    assert not second.changed
    assert second.issues == first.issues


def test_what_can_be_taken_once_work_was_done_is_taken_at_once(desk: Desk) -> None:
    desk.add("Orders", {"Order": "1", "Customer ID": "ADA", "Order date": DAY})
    desk.sync()
    order_stands(desk, "Shipped")
    desk.type("Orders", 2, {"Action": "Hold", "Notes": "call first"})
    sync = desk.company.syncing(DAY, None)
    refused = sync.take(desk.root / "books").issues

    order_stands(desk, "To pick")
    again = sync.take_again()
    sync.write()

    assert [issue.problem for issue in refused] == ["Hold is too late, everything has shipped."]
    assert (again.counts["Orders"], again.issues) == (1, [])
    row = desk.rows("Orders")[2]
    assert (row["Action"], row["Notes"], row["Check"]) == ("Hold", "call first", None)


def order_stands(desk: Desk, status: str) -> None:
    with desk.company.ledger.transaction(DAY) as txn:
        txn.update(schema.orders, [{"order": "1", "status": status}])


def test_the_log_shows_at_once_that_cells_were_restored(desk: Desk) -> None:
    overtyped(desk)

    run(desk)

    first, *_ = desk.rows("Log").values()
    assert (first["What"], first["Subject"]) == ("cells restored", "Customers")
