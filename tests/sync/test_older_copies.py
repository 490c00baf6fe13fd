"""A workbook that comes back as it was, from work/versions or from a colleague's screen: nothing counts twice."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from o2c_xl.company.opened import Company
from o2c_xl.company.run import run_company
from o2c_xl.company.undoing import put_back
from tests.sync.desk import DAY, Desk

TABLES = (
    "Customers",
    "Products",
    "Suppliers",
    "Orders",
    "OrderLines",
    "PurchaseOrders",
    "PurchaseOrderLines",
    "Receipts",
)
MORE = ("StockCounts", "Returns", "Payments", "Requests")
PAYMENT = {"Customer ID": "ADA", "Paid on": DAY, "Amount": 100, "Method": "Cash", "Reference": "first"}
ORDER = {"Customer ID": "ADA", "Order date": DAY, "Customer reference": "R1"}
LINE = {"Order": "A-1", "SKU": "TEA", "Quantity": 2}
COUNT = {"SKU": "TEA", "Counted": 9, "Counted on": DAY, "Reason": "Opening"}
REQUEST = {"Customer ID": "ADA", "Received on": DAY, "Subject": "Where is it?"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return opened(tmp_path / "company")


def opened(root: Path) -> Desk:
    desk = Desk(root, TABLES + MORE)
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada"})
    desk.add("Products", {"SKU": "TEA", "Name": "Tea", "Unit": "pcs"})
    desk.add("Suppliers", {"Supplier ID": "EXO", "Name": "Exotic"})
    desk.add("Orders", {"Order": "A-1", **ORDER})
    desk.sync()
    return desk


def numbers(desk: Desk, table: str) -> list[Any]:
    key = "Line" if table == "OrderLines" else desk.company.table(table).keys[0].header
    return [row[key] for row in desk.shown(table) if row[key] != "A-1"]


def in_sheet(desk: Desk, table: str) -> list[Any]:
    key = "Line" if table == "OrderLines" else desk.company.table(table).keys[0].header
    return [row[key] for row in desk.rows(table).values() if row[key] != "A-1"]


def test_a_copy_from_before_the_first_rows_of_a_table_is_filled_again(desk: Desk) -> None:
    first = desk.book.read_bytes()
    desk.add("Payments", *({"Payment": f"P-{i}", **PAYMENT, "Amount": 10 + i} for i in range(4)))
    desk.sync()
    desk.book.write_bytes(first)

    outcome = desk.sync()

    assert any("4 rows were taken since and are shown again" in note for note in outcome.notes)
    assert in_sheet(desk, "Payments") == numbers(desk, "Payments") == [f"P-{i}" for i in range(4)]


@pytest.mark.parametrize(
    ("table", "row", "number"),
    [
        ("Payments", PAYMENT, "PM-000001"),
        ("Orders", ORDER, "SO-000001"),
        ("OrderLines", LINE, "1"),
        ("StockCounts", COUNT, "SC-000001"),
        ("PurchaseOrders", {"Supplier ID": "EXO"}, "PO-000001"),
    ],
)
def test_a_row_of_an_older_copy_gets_its_own_number_back(
    desk: Desk, table: str, row: dict[str, Any], number: str
) -> None:
    desk.add(table, row)
    older = desk.book.read_bytes()
    desk.sync()
    desk.book.write_bytes(older)

    outcome = desk.sync()

    assert numbers(desk, table) == [number]
    assert in_sheet(desk, table) == [number]
    assert [issue.problem for issue in outcome.issues if "once" in issue.problem] == []
    assert "Book.xlsx is an older copy of the book, last synced 2026-03-02 08:00 UTC." in outcome.notes[0]
    assert desk.sync().notes == []


def test_two_rows_that_read_alike_stay_two(desk: Desk) -> None:
    desk.add("Payments", PAYMENT, PAYMENT)
    older = desk.book.read_bytes()
    desk.sync()
    desk.book.write_bytes(older)

    desk.sync()

    assert numbers(desk, "Payments") == in_sheet(desk, "Payments") == ["PM-000001", "PM-000002"]


def test_a_number_that_was_emptied_is_written_back(desk: Desk) -> None:
    desk.add("Payments", PAYMENT)
    desk.sync()
    (row,) = desk.rows("Payments")
    desk.type("Payments", row, {"Payment": None})

    desk.sync()

    assert numbers(desk, "Payments") == in_sheet(desk, "Payments") == ["PM-000001"]


def test_rows_that_the_copy_lacks_are_shown_again_and_it_is_said_once(desk: Desk) -> None:
    older = desk.book.read_bytes()
    desk.add("Payments", PAYMENT, {**PAYMENT, "Reference": "second"})
    desk.sync()
    desk.book.write_bytes(older)

    outcome = desk.sync()

    assert in_sheet(desk, "Payments") == ["PM-000001", "PM-000002"]
    (note,) = outcome.notes
    assert note.startswith("Book.xlsx is an older copy of the book, last synced 2026-03-02 08:00 UTC.")
    assert note.endswith("2 rows were taken since and are shown again; in all other rows what the copy says counts.")
    assert desk.sync().notes == []


def amended(desk: Desk) -> None:
    """A payment is taken, then its amount is mended; the copy from before comes back."""
    desk.add("Payments", PAYMENT)
    older = desk.book.read_bytes()
    desk.sync()
    (row,) = desk.rows("Payments")
    desk.type("Payments", row, {"Amount": 120})
    desk.sync()
    desk.book.write_bytes(older)


def test_a_row_that_may_be_an_earlier_form_of_another_waits_until_somebody_says(desk: Desk) -> None:
    amended(desk)

    first, second = desk.sync(), desk.sync()

    assert numbers(desk, "Payments") == ["PM-000001"]
    for outcome in (first, second):
        assert [issue.problem for issue in outcome.issues] == [
            "it is empty, and the row may be PM-000001 as it was once, so it was not taken."
        ]
    assert [row["Amount"] for row in desk.rows("Payments").values()] == [100, 120]
    assert "Payment: it is empty, and the row may be PM-000001" in desk.rows("Payments")[2]["Check"]


def test_such_a_row_is_taken_once_its_check_is_emptied(desk: Desk) -> None:
    amended(desk)
    desk.sync()
    desk.type("Payments", 2, {"Check": None})

    outcome = desk.sync()

    assert sorted(row["Amount"] for row in desk.shown("Payments")) == [100, 120]
    assert outcome.issues == []


def test_such_a_row_that_is_deleted_is_forgotten(desk: Desk) -> None:
    amended(desk)
    desk.sync()
    desk.clear("Payments", 2)

    assert desk.sync().issues == []
    assert numbers(desk, "Payments") == ["PM-000001"]


def test_what_python_filled_since_in_such_a_row_makes_it_no_other(desk: Desk) -> None:
    desk.add("Customers", {"Customer ID": "BEA", "Name": "Bea", "Currency": "USD"})
    desk.add("Payments", {**PAYMENT, "Customer ID": "BEA"})
    older = desk.book.read_bytes()
    run(desk.company, DAY)
    assert [row["Currency"] for row in desk.rows("Payments").values()] == ["USD"]
    desk.book.write_bytes(older)

    run(desk.company, DAY)

    assert numbers(desk, "Payments") == in_sheet(desk, "Payments") == ["PM-000001"]
    assert [row["Currency"] for row in desk.shown("Payments")] == ["USD"]


def test_a_copy_under_another_name_is_older_too(desk: Desk) -> None:
    amended(desk)
    desk.book.rename(desk.book.with_name("Copy.xlsx"))

    outcome = desk.sync()

    assert numbers(desk, "Payments") == ["PM-000001"]
    assert outcome.notes[0].startswith("Copy.xlsx is an older copy")


def test_a_write_that_was_taken_back_makes_no_older_copy(desk: Desk) -> None:
    desk.add("Payments", PAYMENT)
    desk.sync()
    put_back(desk.company, None, DAY, dry_run=False)

    outcome = desk.sync()

    assert outcome.notes == []
    assert numbers(desk, "Payments") == in_sheet(desk, "Payments") == ["PM-000001"]


def test_a_row_that_left_the_sheet_long_ago_is_found_again(desk: Desk) -> None:
    desk.add("StockCounts", COUNT)
    older = desk.book.read_bytes()
    desk.sync()
    run(desk.company, DAY)
    later = DAY + dt.timedelta(days=400)
    run(desk.company, later)
    assert desk.rows("StockCounts") == {}
    desk.book.write_bytes(older)

    run(desk.company, later)

    assert numbers(desk, "StockCounts") == ["SC-000001"]


def run(company: Company, day: dt.date) -> None:

    run_company(company, day, lambda _told: None, dry_run=False, allow_empty=False)


class OlderCopies(RuleBasedStateMachine):
    """People type rows without numbers, mend them, sync, and put any version of the book back at any time."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="o2c-older-")
        self.desk = opened(Path(self.folder.name) / "company")
        self.versions = [self.desk.book.read_bytes()]
        self.typed: Counter[str] = Counter()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.company.ledger.engine.dispose()
            self.folder.cleanup()

    @rule(twins=st.integers(1, 2), table=st.sampled_from(["Payments", "Orders", "StockCounts", "OrderLines"]))
    def type_rows(self, twins: int, table: str) -> None:
        mark = f"{table} {len(self.typed)}"
        rows = {
            "Payments": {**PAYMENT, "Reference": mark},
            "Orders": {**ORDER, "Customer reference": mark},
            "StockCounts": {**COUNT, "Reason": mark},
            "OrderLines": {**LINE, "Customisation": mark},
        }
        self.desk.add(table, *[rows[table]] * twins)
        self.typed[mark] = twins
        self.versions.append(self.desk.book.read_bytes())

    @rule(amount=st.integers(1, 5), which=st.integers(0, 20))
    def mend_a_payment(self, amount: int, which: int) -> None:
        rows = list(self.desk.rows("Payments"))
        if rows:
            self.desk.type("Payments", rows[which % len(rows)], {"Amount": amount})
            self.versions.append(self.desk.book.read_bytes())

    @rule(which=st.integers(0, 40))
    def put_a_version_back(self, which: int) -> None:
        self.desk.book.write_bytes(self.versions[which % len(self.versions)])
        self.sync()

    @rule()
    def sync(self) -> None:
        self.desk.sync(allow_empty=True)
        self.versions.append(self.desk.book.read_bytes())
        held: Counter[str] = Counter()
        for table, header in (
            ("Payments", "Reference"),
            ("Orders", "Customer reference"),
            ("StockCounts", "Reason"),
            ("OrderLines", "Customisation"),
        ):
            held.update(row[header] for row in self.desk.shown(table) if row[header] not in ("R1", ""))
            told = [row for row in self.desk.rows(table).values() if row[header] not in (*held, "R1")]
            assert all(row["Check"] for row in told)  # what is not taken is told
        assert held <= self.typed


OlderCopies.TestCase.settings = settings(
    max_examples=5, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestOlderCopies = OlderCopies.TestCase
