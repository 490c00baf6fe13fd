"""`Check` goes when what it says is taken back, and nearly right headers are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_xl.company.run import run_company
from tests.sync.desk import DAY, Desk
from tests.workbook.files import parts_of, zipped

CHANGES = (
    ("StockCounts", "Counted", 12),
    ("OrderLines", "Quantity", 5),
    ("Orders", "Customer ID", "BOB"),
    ("Invoices", "Action", "Credit"),
    ("Customers", "Credit limit", -3),
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A company where one order went out and was invoiced."""
    names = ("Customers", "Products", "TaxRates", "StockCounts", "Orders", "OrderLines", "Invoices", "Issues")
    desk = Desk(tmp_path / "company", names)
    desk.sync()
    place = {"Street": "Street 1", "City": "Town", "Country": "DE"}
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada", "Tax group": "D", **place})
    desk.add("TaxRates", {"Tax group": "D", "Tax code": "S", "Rate %": 19})
    desk.add("Products", {"SKU": "MUG", "Name": "Mug", "Unit": "pcs", "Price": 5, "Tax code": "S", "Cost": 2})
    desk.add("StockCounts", {"Count": "C", "SKU": "MUG", "Counted": 9, "Counted on": DAY, "Reason": "Opening"})
    desk.add("Orders", {"Order": "1", "Customer ID": "ADA", "Order date": DAY})
    desk.add("OrderLines", {"Order": "1", "Line": "1", "SKU": "MUG", "Quantity": 3})
    assert run_company(desk.company, DAY, lambda _told: None, dry_run=False, allow_empty=False).ok
    return desk


def test_the_check_of_a_refused_change_goes_when_the_change_is_taken_back(desk: Desk) -> None:
    before = {}
    for table, header, new in CHANGES:
        ((row, cells),) = desk.rows(table).items()
        before[table] = (row, cells[header])
        desk.type(table, row, {header: new})
    assert not desk.sync().ok
    for table, header, _ in CHANGES:
        row, old = before[table]
        assert desk.rows(table)[row]["Check"], table
        desk.type(table, row, {header: old})

    assert desk.sync().ok

    assert [next(iter(desk.rows(table).values()))["Check"] for table, _, _ in CHANGES] == [None] * len(CHANGES)
    assert desk.rows("Issues") == {}


def test_a_header_nearly_right_is_said_and_a_persons_own_column_is_not(desk: Desk) -> None:
    parts = parts_of(desk.book.read_bytes())
    renamed = {name: data.replace(b"Customer reference", b"Customer refrence") for name, data in parts.items()}
    desk.book.write_bytes(zipped({n: d.replace(b'"Channel"', b'"Colour"') for n, d in renamed.items()}))

    notes = desk.sync().notes

    assert [note for note in notes if "refrence" in note and "Did you mean Customer reference?" in note]
    assert not any("Colour" in note for note in notes)
