"""Sync takes what people typed, explains what it cannot take, and shows what the ledger holds."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from o2c_xl.company.run import run_company
from o2c_xl.domain.issue import CannotRun
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.sync import write_back
from o2c_xl.workbook.template.make import build_template
from tests.sync.desk import DAY, Desk

ALFKI = {"Customer ID": "ALFKI", "Name": "Alfreds Futterkiste", "Country": "DE"}
BERGS = {"Customer ID": "BERGS", "Name": "Berglunds snabbköp", "Country": "SE"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company")
    desk.sync()
    return desk


def names(desk: Desk) -> dict[str, str]:
    return {row["Customer ID"]: row["Name"] for row in desk.shown("Customers")}


def test_a_typed_row_becomes_a_fact_and_shows_what_python_knows(desk: Desk) -> None:
    desk.add("Customers", ALFKI)

    outcome = desk.sync()

    assert outcome.counts["Customers"] == 1
    assert names(desk) == {"ALFKI": "Alfreds Futterkiste"}
    (row,) = desk.rows("Customers").values()
    assert (row["Credit status"], row["Open balance"], row["Check"]) == ("New", 0, None)


def test_a_second_sync_changes_no_byte(desk: Desk) -> None:
    desk.add("Customers", ALFKI, BERGS)
    desk.sync()
    book, ledger = desk.book.read_bytes(), (desk.root / "ledger.db").read_bytes()

    outcome = desk.sync()

    assert not outcome.changed
    assert desk.book.read_bytes() == book
    assert (desk.root / "ledger.db").read_bytes() == ledger


def test_a_wrong_cell_is_explained_beside_its_row_and_goes_through_when_it_is_mended(desk: Desk) -> None:
    desk.add("Customers", {**ALFKI, "Credit limit": -5}, BERGS)

    outcome = desk.sync()

    (issue,) = outcome.issues
    assert (issue.source, issue.sheet, issue.column, issue.value) == ("Book.xlsx", "Customers", "Credit limit", "-5")
    assert names(desk) == {"BERGS": "Berglunds snabbköp"}
    rows = desk.rows("Customers")
    wrong = next(number for number, row in rows.items() if row["Customer ID"] == "ALFKI")
    assert issue.cell.endswith(str(wrong))
    assert rows[wrong]["Check"].startswith("Credit limit: -5")

    desk.type("Customers", wrong, {"Credit limit": 500})
    assert desk.sync().ok
    assert desk.rows("Customers")[wrong]["Check"] is None
    assert set(names(desk)) == {"ALFKI", "BERGS"}


def test_a_cell_of_pythons_is_restored_and_said(desk: Desk) -> None:
    desk.add("Customers", ALFKI)
    desk.sync()
    (row,) = desk.rows("Customers")
    desk.type("Customers", row, {"Open balance": 1_000_000})

    outcome = desk.sync()

    assert desk.rows("Customers")[row]["Open balance"] == 0
    assert any("Open balance" in note for note in outcome.notes)


def test_a_row_that_was_deleted_is_shown_again(desk: Desk) -> None:
    desk.add("Customers", ALFKI, BERGS)
    desk.sync()
    first = min(desk.rows("Customers"))
    desk.clear("Customers", first)

    desk.sync()

    assert {row["Customer ID"] for row in desk.rows("Customers").values()} == {"ALFKI", "BERGS"}


def test_what_the_ledger_learned_elsewhere_is_written_into_staff_columns(desk: Desk, tmp_path: Path) -> None:
    desk.add("Customers", ALFKI)
    desk.sync()
    file = tmp_path / "Customers.csv"
    file.write_text("Customer ID,Name\nALFKI,Alfreds Feinkost\n", encoding="utf-8")
    desk.company.load([file], None, DAY, dry_run=False)

    desk.sync()

    (row,) = desk.rows("Customers").values()
    assert row["Name"] == "Alfreds Feinkost"
    assert row["Country"] == "DE"


def test_a_workbook_that_is_open_is_left_alone_and_written_later(desk: Desk) -> None:
    desk.add("Customers", ALFKI)
    lock = desk.book.with_name(".~lock.Book.xlsx#")
    lock.write_text(",anna,desk,02.03.2026 08:00,file:///;", encoding="utf-8")
    before = desk.book.read_bytes()

    outcome = desk.sync()
    assert names(desk) == {"ALFKI": "Alfreds Futterkiste"}
    assert desk.book.read_bytes() == before
    assert any("anna" in str(reason) for reason in outcome.stops)

    lock.unlink()
    desk.sync()
    (row,) = desk.rows("Customers").values()
    assert row["Credit status"] == "New"


def test_what_is_typed_right_after_a_write_is_taken_though_the_sheet_is_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add("Customers", ALFKI)
    save = write_back.save_if_unchanged

    def and_typed(path: Path, new: bytes, **how: Any) -> frozenset[str]:
        save(path, new, **how)
        desk.type("Customers", 2, {"Name": "Alfreds Feinkost"})
        return frozenset({"Customers"})

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(write_back, "save_if_unchanged", and_typed)
        desk.sync()
    desk.sync()

    assert names(desk) == {"ALFKI": "Alfreds Feinkost"}


def test_a_workbook_marked_read_only_is_left_alone_and_others_are_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "c", ("Customers",))
    other = desk.book.with_name("Prices.xlsx")
    build_template(other, tables=[BY_NAME["Products"]], company="Test")
    desk.add("Customers", ALFKI)
    other.write_bytes(apply_edits(other.read_bytes(), [TableEdit("Products", {}, [{"SKU": "P-1"}])]))
    desk.book.chmod(stat.S_IREAD)
    before, others = desk.book.read_bytes(), other.read_bytes()

    outcome = desk.sync()
    assert desk.book.read_bytes() == before
    assert other.read_bytes() != others
    assert [str(reason).partition(",")[0] for reason in outcome.stops] == ["Book.xlsx is marked read-only"]

    desk.book.chmod(stat.S_IREAD | stat.S_IWRITE)
    assert not desk.sync().stops
    (row,) = desk.rows("Customers").values()
    assert row["Credit status"] == "New"


def test_a_given_key_is_given_once_although_the_book_could_not_be_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Requests", "Customers"))
    desk.add("Customers", ALFKI)
    desk.sync()
    desk.add("Requests", {"Customer ID": "ALFKI", "Text": "Where is it?", "Received on": DAY})
    lock = desk.book.with_name(".~lock.Book.xlsx#")
    lock.write_text(",anna,desk,02.03.2026 08:00,file:///;", encoding="utf-8")
    desk.sync()
    desk.sync()
    lock.unlink()

    desk.sync()

    assert [row["Request"] for row in desk.shown("Requests")] == ["RQ-000001"]
    assert [row["Request"] for row in desk.rows("Requests").values()] == ["RQ-000001"]


def test_a_table_that_lost_all_rows_stops_the_sync(desk: Desk) -> None:
    desk.add("Customers", *({"Customer ID": f"C{i}", "Name": f"Customer {i}"} for i in range(6)))
    desk.sync()
    for row in desk.rows("Customers"):
        desk.clear("Customers", row)

    with pytest.raises(CannotRun, match="--allow-empty"):
        desk.sync()

    desk.sync(allow_empty=True)
    assert len(desk.rows("Customers")) == 6


def test_rows_that_python_numbers_are_shown_again_although_all_were_taken_out(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "OpeningItems", "Invoices"))
    desk.add("Customers", ALFKI)
    days = {"Invoice date": DAY, "Due date": DAY}
    items = ({"Invoice": f"I{i}", "Customer ID": "ALFKI", **days, "Total": 5, "Open": 5} for i in range(4))
    desk.add("OpeningItems", *items)
    run_company(desk.company, DAY, lambda _told: None, dry_run=False, allow_empty=False)
    shown = desk.rows("Invoices")
    for row in shown:
        desk.clear("Invoices", row)

    outcome = desk.sync()

    assert len(shown) == 4
    assert any("all 4 rows were taken out of the sheet" in note for note in outcome.notes)
    assert [*desk.rows("Invoices").values()] == [*shown.values()]


def test_a_dry_run_says_what_would_happen_and_changes_nothing(desk: Desk) -> None:
    desk.add("Customers", ALFKI)
    book, head = desk.book.read_bytes(), desk.company.ledger.head()

    outcome = desk.sync(dry_run=True)

    assert outcome.counts["Customers"] == 1
    assert outcome.counts["cells written"] > 0
    assert desk.book.read_bytes() == book
    assert desk.company.ledger.head() == head
    assert not names(desk)


def test_two_tables_of_one_name_stop_the_sync(desk: Desk) -> None:
    desk.book.with_name("Copy.xlsx").write_bytes(desk.book.read_bytes())

    with pytest.raises(CannotRun, match=r"Customers stands twice.*Keep the one you work in and move the other out"):
        desk.sync()


def test_text_that_looks_like_a_formula_stays_text(desk: Desk) -> None:
    desk.add("Customers", {**ALFKI, "Name": "=1+1"})

    desk.sync()

    assert names(desk) == {"ALFKI": "=1+1"}
    (row,) = desk.rows("Customers").values()
    assert row["Name"] == "=1+1"


def test_a_line_number_typed_as_a_number_is_left_as_it_was_typed(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Products", "Orders", "OrderLines"))
    desk.add("Customers", ALFKI)
    desk.add("Products", {"SKU": "P1", "Name": "Chai", "Unit": "pcs"})
    desk.add("Orders", {"Order": "1001", "Customer ID": "ALFKI", "Order date": DAY})
    desk.add("OrderLines", {"Order": "1001", "Line": 1, "SKU": "P1", "Quantity": 2})

    assert desk.sync().ok

    (row,) = desk.rows("OrderLines").values()
    assert row["Line"] == 1
    assert not desk.sync().changed


def test_a_fault_of_a_row_that_was_kept_stands_until_it_is_mended(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Products", "Orders", "OrderLines"))
    desk.add("Customers", ALFKI)
    desk.add("Orders", {"Order": "1001", "Customer ID": "ALFKX", "Order date": DAY})
    assert len(desk.sync().issues) == 1

    outcome = desk.sync()

    assert len(outcome.issues) == 1
    (row,) = desk.rows("Orders").values()
    assert row["Check"].startswith("Customer ID: ALFKX")
    (number,) = desk.rows("Orders")
    desk.type("Orders", number, {"Customer ID": "ALFKI"})
    assert desk.sync().ok


def test_a_workbook_that_is_moved_away_while_it_is_synced_is_told_and_written_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add("Customers", ALFKI)
    elsewhere = desk.root / "Book.xlsx"

    def move_away(book: Path) -> None:
        book.rename(elsewhere)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(write_back, "lock_holder", move_away)
        outcome = desk.sync()
    elsewhere.rename(desk.book)

    assert [str(reason)[:42] for reason in outcome.stops] == ["Book.xlsx is not there. The ledger went on"]
    assert desk.sync().stops == []
    assert [row["Credit status"] for row in desk.rows("Customers").values()] == ["New"]


def test_an_order_refused_for_one_row_goes_in_whole_when_that_row_is_mended(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Products", "Orders", "OrderLines"))
    desk.add("Customers", ALFKI)
    desk.add("Products", {"SKU": "P1", "Name": "Chai", "Unit": "pcs"})
    desk.add("Orders", {"Order": "1001", "Customer ID": "ALFKI", "Order date": DAY})
    desk.add("OrderLines", {"Order": "1001", "Line": "1", "SKU": "P1", "Quantity": 2})
    desk.add("OrderLines", {"Order": "1001", "Line": "2", "SKU": "P1", "Quantity": "x"})

    assert len(desk.sync().issues) == 1
    (head,) = desk.rows("Orders").values()
    wrong = max(desk.rows("OrderLines"))
    waits = f"Not taken yet: Order Lines!E{wrong} of this order is at fault."
    assert all(row["Check"].startswith(waits) for row in (head, desk.rows("OrderLines")[wrong - 1]))
    desk.type("OrderLines", wrong, {"Quantity": 3})

    assert desk.sync().ok
    assert [row["Order"] for row in desk.shown("Orders")] == ["1001"]
    assert [row["Line"] for row in desk.shown("OrderLines")] == ["1", "2"]
    assert all(row["Check"] is None for row in (*desk.rows("Orders").values(), *desk.rows("OrderLines").values()))


def test_a_standing_fault_makes_no_second_sync_write_anything(desk: Desk) -> None:
    desk.add("Customers", {**ALFKI, "Credit limit": -5}, BERGS)
    desk.sync()
    desk.sync()
    book, ledger = desk.book.read_bytes(), (desk.root / "ledger.db").read_bytes()

    assert len(desk.sync().issues) == 1

    assert (desk.book.read_bytes(), (desk.root / "ledger.db").read_bytes()) == (book, ledger)


def elsewhere(desk: Desk, tmp_path: Path, **values: str) -> None:
    """A file changes ALFKI while the workbook is not looked at."""
    columns = {"Customer ID": "ALFKI", "Name": ALFKI["Name"], "Country": "DE", **values}
    file = tmp_path / "Customers.csv"
    file.write_text(",".join(columns) + "\n" + ",".join(columns.values()) + "\n", encoding="utf-8")
    assert desk.company.load([file], None, DAY, dry_run=False).ok


@pytest.fixture
def clashing(desk: Desk, tmp_path: Path) -> Desk:
    """ALFKI's city was changed by a file to Bonn, and in the sheet to Kiel."""
    desk.add("Customers", {**ALFKI, "City": "Berlin"}, BERGS)
    desk.sync()
    elsewhere(desk, tmp_path, City="Bonn")
    desk.type("Customers", row_of(desk, "ALFKI"), {"City": "Kiel"})
    return desk


def row_of(desk: Desk, key: str) -> int:
    return next(number for number, row in desk.rows("Customers").items() if row["Customer ID"] == key)


def check_of(desk: Desk, key: str) -> Any:
    return desk.rows("Customers")[row_of(desk, key)]["Check"]


SAID = "City: it was changed here to Kiel and elsewhere to Bonn meanwhile. Kiel was kept; type the other value"


def test_a_cell_changed_in_the_sheet_and_elsewhere_is_told_beside_the_row_with_both_values(clashing: Desk) -> None:
    outcome = clashing.sync()

    assert outcome.ok
    assert outcome.notes == [f"Book.xlsx, Customers, row {row_of(clashing, 'ALFKI')}: {SAID} if that is right."]
    assert {row["City"] for row in clashing.shown("Customers")} == {"Kiel", ""}
    assert check_of(clashing, "ALFKI") == f"{SAID} if that is right."
    assert check_of(clashing, "BERGS") is None


def test_a_dry_run_tells_of_two_changes_of_a_cell_and_keeps_nothing(clashing: Desk) -> None:
    outcome = clashing.sync(dry_run=True)

    assert any(SAID in note for note in outcome.notes)
    assert clashing.shown("Customers")[0]["City"] == "Bonn"


def test_two_changes_of_a_cell_are_told_until_someone_saves_the_workbook_that_shows_it(clashing: Desk) -> None:
    clashing.sync()
    clashing.sync()
    still = check_of(clashing, "ALFKI")
    clashing.type("Customers", row_of(clashing, "BERGS"), {"City": "Lund"})

    clashing.sync()

    assert str(still).startswith(SAID)
    assert check_of(clashing, "ALFKI") is None
    assert not clashing.sync().changed
    assert all(check.ok for check in clashing.company.verify())


def test_the_same_change_in_the_sheet_and_elsewhere_is_no_clash(desk: Desk, tmp_path: Path) -> None:
    desk.add("Customers", {**ALFKI, "City": "Berlin"})
    desk.sync()
    elsewhere(desk, tmp_path, City="Bonn")
    desk.type("Customers", row_of(desk, "ALFKI"), {"City": "Bonn", "Phone": "1"})

    outcome = desk.sync()

    assert not outcome.notes
    assert check_of(desk, "ALFKI") is None
