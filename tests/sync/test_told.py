"""What a run says of a workbook that was cleared or cannot be written, beside all that it did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from o2c_xl.company.opened import open_company
from o2c_xl.domain.issue import Issue
from o2c_xl.domain.outcome import Outcome
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import book_parts
from tests.scenarios.commands import Desk as Shell
from tests.sync.desk import DAY, Desk, clock
from tests.workbook.files import parts_of, zipped


def protect(desk: Desk, sheet: str) -> None:
    """Protect the sheet of this name."""
    parts = parts_of(desk.book.read_bytes())
    (name,) = [one.part for one in book_parts(Package(desk.book.read_bytes())).sheets if one.name == sheet]
    parts[name] = parts[name].replace(b"</sheetData>", b'</sheetData><sheetProtection sheet="1"/>')
    desk.book.write_bytes(zipped(parts))


def test_few_rows_that_were_all_taken_out_are_shown_again_and_it_is_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Suppliers"))
    desk.sync()
    desk.add("Customers", *({"Customer ID": f"C{i}", "Name": f"Name {i}"} for i in range(3)))
    desk.sync()
    for row in (2, 3, 4):
        desk.clear("Customers", row)

    outcome = desk.sync()

    assert outcome.notes == [
        "Book.xlsx, Customers: all 3 rows were taken out of the sheet. What the ledger holds of them is shown again."
    ]
    assert [row["Customer ID"] for row in desk.rows("Customers").values()] == ["C0", "C1", "C2"]
    assert desk.sync().notes == []


def unprotect(desk: Desk) -> None:
    """Take the protection off every sheet."""
    parts = parts_of(desk.book.read_bytes())
    mark = b'<sheetProtection sheet="1"/>'
    desk.book.write_bytes(zipped({name: part.replace(mark, b"") for name, part in parts.items()}))


def test_a_protected_sheet_stays_as_it_is_and_is_told_while_all_others_are_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Issues"))
    desk.sync()
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada", "Email": "bad"}, {"Customer ID": "BOB", "Name": "Bob"})
    protect(desk, "Customers")
    before = desk.rows("Customers")

    answer = Shell(desk.root, str(DAY)).run(expect=2)
    written = desk.book.read_bytes()
    again = Shell(desk.root, str(DAY)).run(expect=2)
    unwritten = desk.book.read_bytes()
    unprotect(desk)
    Shell(desk.root, str(DAY)).run(expect=1)

    told = (
        "Book.xlsx: The sheet Customers is protected and its cell B2 is locked. Take the protection off. "
        "Until then that sheet stays as it is."
    )
    assert [(issue["source"], issue["cell"]) for issue in answer["issues"]] == [("Book.xlsx", "D2")]
    assert (answer["counts"]["Customers"], answer["error"], again["error"]) == (1, told, told)
    assert written == unwritten
    assert [row["Cell"] for row in desk.rows("Issues").values()] == ["D2"]
    assert [row["Check"] for row in before.values()] == [None, None]
    assert [bool(row["Check"]) for row in desk.rows("Customers").values()] == [True, False]
    assert [row["Credit status"] for row in desk.rows("Customers").values()] == [None, "New"]


def test_a_protected_start_sheet_keeps_no_other_sheet_from_being_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers",))
    desk.sync()
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada", "Email": "bad"})
    protect(desk, "Start")

    answer = Shell(desk.root, str(DAY)).run(expect=2)

    assert "The sheet Start is protected" in answer["error"]
    assert [bool(row["Check"]) for row in desk.rows("Customers").values()] == [True]


def test_what_leaves_new_rows_of_a_table_out_is_said_once_and_kept_in_the_log(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Log"))
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada"})
    desk.sync()
    parts = parts_of(desk.book.read_bytes())
    name = b'<definedName name="Mine">Customers!$A$1:$A$2</definedName></definedNames>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</definedNames>", name)
    desk.book.write_bytes(zipped(parts))
    file = tmp_path / "customers.csv"
    file.write_text("Customer ID,Name\nBOB,Bob\n", encoding="utf-8")
    desk.company.load([file], None, DAY, dry_run=False)

    first, second = desk.sync(), desk.sync()

    assert " ".join(first.notes) == (
        "Book.xlsx: the table Customers grew to row 3, and these leave its new rows out: the name Mine "
        "(Customers!A1:A2). Let them reach further down, or let formulas and names say Customers[Customer ID], which "
        "grows along."
    )
    assert second.notes == []
    assert [row["Subject"] for row in desk.rows("Log").values() if row["What"] == "ranges left short"] == ["Customers"]
    assert desk.sync().counts == {}


def test_a_fault_of_a_row_and_of_its_cell_that_read_alike_are_said_once() -> None:
    cell = Issue("Book.xlsx", "Payments", "C7", "Customer ID", 7, "X", "X is not known.", "Enter another.")
    outcome = Outcome()

    outcome.fault([cell, replace(cell, value="", table="Payments", key="PM-1")])
    outcome.fault([cell, replace(cell, row=8)])

    assert [issue.row for issue in outcome.issues] == [7, 8]


def test_a_row_that_was_emptied_is_shown_again_where_it_stood(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Suppliers"))
    desk.sync()
    desk.add("Customers", *({"Customer ID": f"C{i}", "Name": f"Name {i}"} for i in range(5)))
    desk.sync()
    before = desk.rows("Customers")
    desk.clear("Customers", 3)
    desk.clear("Customers", 6)

    outcome = desk.sync()
    after, book = desk.rows("Customers"), desk.book.read_bytes()
    desk.type("Customers", 3, {"Name": "Changed"})
    desk.sync()

    assert after == before
    assert outcome.notes == [
        "Book.xlsx, Customers: C1, C4 were taken out of the sheet. What the ledger holds of them is shown again."
    ]
    assert [row["Name"] for row in desk.shown("Customers")][1] == "Changed"
    assert desk.book.read_bytes() != book
    assert not desk.sync().changed


def test_files_that_wait_stand_in_the_sheet_each_in_a_row_of_its_own_and_go_once_they_are_taken(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Files"))
    desk.sync()
    shell = Shell(desk.root, str(DAY))
    locks = [desk.root / "inbox" / "orders" / f"~${name}.xlsx" for name in "ab"]
    for lock in locks:
        lock.touch()
        lock.with_name(lock.name.removeprefix("~$")).write_bytes(desk.book.read_bytes())
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada"})

    shell.run()
    waiting = [(row["File"], row["Fate"]) for row in desk.rows("Files").values()]
    desk.add("Customers", {"Customer ID": "BOB", "Name": "Bob"})
    shell.run()
    again = [(row["File"], row["Fate"]) for row in desk.rows("Files").values()]
    for lock in locks:
        lock.unlink()
    shell.run(expect=None)

    assert waiting == again == [("a.xlsx", "Waiting"), ("b.xlsx", "Waiting")]
    assert "Waiting" not in {row["Fate"] for row in desk.rows("Files").values()}


def test_of_a_deleted_order_it_is_said_how_to_stop_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Orders"))
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada"})
    desk.add("Orders", *({"Order": f"A-{i}", "Customer ID": "ADA", "Order date": DAY} for i in (1, 2)))
    desk.sync()
    desk.clear("Orders", 2)

    outcome = desk.sync()

    (note,) = outcome.notes
    assert note.startswith("Book.xlsx, Orders: A-1 was taken out of the sheet. What the ledger holds of it is shown")
    assert note.endswith("again. To stop an order set its Action to Cancel.")
    assert [row["Order"] for row in desk.rows("Orders").values()] == ["A-1", "A-2"]


def test_a_company_whose_first_rows_are_all_at_fault_is_synced_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Issues"))
    desk.add("Customers", {"Customer ID": "C1", "Name": "Ada", "Country": "Atlantis"})
    desk.sync()
    desk.company.ledger.engine.dispose()

    again = open_company(desk.root, clock=clock, who="anna").sync(DAY, None, dry_run=False, allow_empty=False)

    assert [issue.column for issue in again.issues] == ["Country"]
