"""`Check` goes when what it says is taken back, and nearly right headers are said."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from o2c_xl.company.run import run_company
from o2c_xl.domain.issue import CannotRun
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.headers import astray
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


def rename(desk: Desk, *renamed: tuple[str, str]) -> None:
    """Type other headers over ours, in the cells and in the table's definition."""
    parts = parts_of(desk.book.read_bytes())
    for old, new in renamed:
        for name, data in parts.items():
            for before, after in ((f">{old}<", f">{new}<"), (f'"{old}"', f'"{new}"')):
                data = data.replace(before.encode(), after.encode())  # noqa: PLW2901
            parts[name] = data
    desk.book.write_bytes(zipped(parts))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Customer reference", "Customer refrence"),
        ("Channel", "Colour"),
        ("Requested date", "Wanted"),
        ("Valid to", "Valid until"),
        ("Lead days", "Lead time"),
        ("Quality score", "Points"),
        ("Promise date", "Ready on"),
    ],
)
def test_a_renamed_header_of_ours_is_said_at_every_run_with_its_name(tmp_path: Path, ours: str, theirs: str) -> None:
    desk = Desk(tmp_path / "company", ("Suppliers", "Orders", "SupplierPrices"))
    desk.sync()
    rename(desk, (ours, theirs))

    first, second = desk.sync(), desk.sync()

    told = f"{theirs}: The column is not known and was passed over. Did you mean {ours}? Then rename it."
    assert [issue for issue in first.issues if str(issue).endswith(told)]
    assert (second.issues, second.changed) == (first.issues, False)
    assert theirs in [row["Value"] for row in desk.shown("Issues")]


def test_a_header_of_ours_in_other_letters_is_ours(desk: Desk) -> None:
    ((row, _),) = desk.rows("Customers").items()
    rename(desk, ("City", "CITY"), ("Credit status", "credit STATUS"))
    desk.type("Customers", row, {"City": "Bonn", "Credit status": "Nonsense"})
    desk.add("Customers", {"Customer ID": "BOB", "Name": "Bob", "City": "Kiel"})

    outcome = desk.sync()
    headers = [cell.value for cell in load_workbook(desk.book)["Customers"][1]]

    assert (outcome.ok, desk.sync().changed) == (True, False)
    assert [one["City"] for one in desk.shown("Customers")] == ["Bonn", "Kiel"]
    assert desk.rows("Customers")[row]["Credit status"] != "Nonsense"
    assert {"CITY", "credit STATUS"} < {*headers}


def test_a_column_that_was_taken_out_is_said_and_peoples_own_are_not(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Suppliers",))
    own = BY_NAME["Suppliers"].headers

    astray_now = astray([header for header in own if header != "Lead days"], BY_NAME["Suppliers"])
    silent = astray([*own, "Lead time", "Colour"], BY_NAME["Suppliers"])

    assert astray_now == [("", "Lead days")]
    assert silent == []
    assert desk.sync().notes == []


@pytest.mark.parametrize("twin", ["freight", "Freight ", "FREIGHT"])
def test_two_columns_with_one_header_of_ours_stop_the_sync(desk: Desk, twin: str) -> None:
    rename(desk, ("Channel", twin))

    with pytest.raises(CannotRun, match=r"Orders: two columns are named"):
        desk.sync()


def test_peoples_own_columns_may_be_called_alike(desk: Desk) -> None:
    rename(desk, ("Channel", "Colour"), ("Notes", "colour"))

    assert desk.sync().stops == []
