"""A sheet of ours that somebody deleted: told by every run, until it is back."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from o2c_xl.adapters.health import examine
from o2c_xl.domain.finding import Finding
from tests.scenarios.commands import Desk as Shell
from tests.sync.desk import DAY, Desk

PAYMENT = {"Customer ID": "ADA", "Paid on": DAY, "Amount": 100, "Method": "Cash"}
TOLD = (
    "Book.xlsx: The sheet Payments is gone; its rows cannot be typed or seen here. To bring it back, put the last "
    "version that has it from work/versions in place; no row counts twice. If it went on purpose: o2c without "
    '"Payments"'
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company", ("Customers", "Payments"))
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada"})
    desk.sync()
    return desk


def delete_sheet(desk: Desk, title: str) -> None:
    book = load_workbook(desk.book)
    del book[title]
    book.save(desk.book)


def book_finding(desk: Desk) -> Finding:
    return next(one for one in examine(desk.root) if one.name == "Workbook Book.xlsx")


def test_a_sheet_that_was_deleted_is_told_by_every_sync_and_by_doctor(desk: Desk) -> None:
    delete_sheet(desk, "Payments")

    first, second = desk.sync(), desk.sync()

    assert [str(issue) for issue in first.issues] == [str(issue) for issue in second.issues] == [TOLD]
    assert [row["Problem"] for row in desk.shown("Issues")] == [first.issues[0].problem]
    assert not second.changed
    assert not book_finding(desk).ok
    assert "Payments" in book_finding(desk).found


def test_what_the_ledger_has_for_it_hinders_no_other_sheet(desk: Desk) -> None:
    desk.add("Payments", PAYMENT)
    desk.sync()
    delete_sheet(desk, "Payments")
    desk.sync()
    file = desk.root / "payments.csv"
    file.write_text("Payment,Customer ID,Paid on,Amount,Method\nP-2,ADA,2026-03-02,5,Cash\n", encoding="utf-8")
    desk.company.load([file], "Payments", DAY, dry_run=False)

    desk.sync()
    desk.type("Customers", 2, {"Name": "Ada L"})
    outcome = desk.sync()

    assert outcome.stops == []
    assert [row["Name"] for row in desk.shown("Customers")] == ["Ada L"]


def test_a_sheet_that_comes_back_is_told_no_more(desk: Desk) -> None:
    desk.add("Payments", PAYMENT)
    whole = desk.book.read_bytes()
    desk.sync()
    delete_sheet(desk, "Payments")
    desk.sync()
    desk.book.write_bytes(whole)

    desk.sync()

    assert desk.sync().ok
    assert [row["Payment"] for row in desk.rows("Payments").values()] == ["PM-000001"]
    assert book_finding(desk).ok


def test_the_counts_of_the_start_sheet_pass_over_a_deleted_sheet(desk: Desk) -> None:
    cells = [cell.value for row in load_workbook(desk.book)["Start"].iter_rows() for cell in row]
    counts = [text for text in cells if isinstance(text, str) and "COUNTIF" in text]

    assert counts
    assert all(text.count("COUNTIF(") == text.count("IFERROR(COUNTIF(") for text in counts)


def test_a_sheet_that_went_on_purpose_is_missed_no_more_and_synced_again_if_it_comes_back(desk: Desk) -> None:
    desk.add("Payments", PAYMENT)
    desk.sync()
    whole, shell = desk.book.read_bytes(), Shell(desk.root, str(DAY))
    still = shell.o2c("without", "Payments", expect=2)
    delete_sheet(desk, "Payments")
    desk.sync()

    shell.o2c("without", "Payments", "--dry-run")
    missed = desk.sync()
    shell.o2c("without", "Payments")
    done, again = desk.sync(), desk.sync()
    nothing = shell.o2c("without", "Payments", expect=2)
    desk.book.write_bytes(whole)
    back = desk.sync()

    assert "Delete it there" in still.out + still.err
    assert (len(missed.issues), done.issues, desk.shown("Issues"), again.changed) == (1, [], [], False)
    assert book_finding(desk).ok
    assert "No sheet or workbook Payments is missed" in nothing.out + nothing.err
    assert back.ok
    assert [row["Payment"] for row in desk.rows("Payments").values()] == ["PM-000001"]


def test_a_sheet_whose_table_became_plain_cells_says_how_to_make_it_one_again(desk: Desk) -> None:
    book = load_workbook(desk.book)
    table = book["Payments"].tables["Payments"]
    del book["Payments"].tables["Payments"]
    book.save(desk.book)

    first, second = desk.sync(), desk.sync()
    book = load_workbook(desk.book)
    book["Payments"].add_table(table)
    book.save(desk.book)
    third = desk.sync()

    told = (
        "Book.xlsx!Payments: The sheet is there, but no table Payments on it any more, so what stands there cannot be "
        "read. Mark its rows with their headers, choose Insert, Table, and give it the Table Name Payments."
    )
    assert [str(issue) for issue in (*first.issues, *second.issues)] == [told, told]
    assert third.issues == []
