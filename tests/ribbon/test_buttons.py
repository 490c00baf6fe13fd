"""Every button on a workbook that is open in Excel, and what can go wrong."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings
from openpyxl.worksheet.table import Table

from o2c_xl.adapters import ribbon
from o2c_xl.company import account
from o2c_xl.workbook.address import address
from o2c_xl.workbook.live.book import LiveBook
from tests.ribbon.open_desk import OpenDesk
from tests.sync.desk import DAY

BUTTONS = (
    "check", "preview", "sync", "run_process", "approve_selected", "reject_selected", "post_payments",
    "match_payments", "aging", "create_invoices", "purchase_proposals", "report", "undo_last_write",
)  # fmt: skip
ALL = (*BUTTONS, "open_log", "help")
SYNCING = [button for button in BUTTONS if button not in {"aging", "report", "undo_last_write"}]


def customer(**more: Any) -> dict[str, Any]:
    return {"Customer ID": "00123", "Name": "Alfreds", "Country": "DE", "City": "Berlin"} | more


def _taken_back(desk: OpenDesk) -> Any:
    """The rows of Customers once the last write was taken back."""
    assert "put back" in desk.press(ribbon.undo_last_write)
    return desk.rows("Customers")


def test_sync_takes_what_was_typed_and_shows_what_python_found(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer(**{"Credit limit": "1000.10"}))

    told = desk.press(ribbon.sync)

    assert told == "Order to Cash: Done: Customers 1; 4 cells written."
    assert [(row["Customer ID"], str(row["Credit limit"])) for row in desk.shown("Customers")] == [("00123", "1000.10")]
    assert [(row["Customer ID"], row["Credit status"]) for row in desk.rows("Customers")] == [("00123", "New")]


def test_a_sync_that_changes_nothing_writes_nothing_and_saves_nothing(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    writes, saves = desk.excel.writes, len(desk.excel.saves)

    told = desk.press(ribbon.sync)

    assert told == "Order to Cash: Nothing to do: Book.xlsx and the books agree."
    assert (desk.excel.writes, len(desk.excel.saves)) == (writes, saves)


def test_what_is_typed_back_to_how_it_stood_is_taken(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    desk.press(ribbon.sync)
    desk.type("Customers", 0, {"City": "Bonn"})
    desk.press(ribbon.sync)
    assert [row["City"] for row in desk.shown("Customers")] == ["Bonn"]

    desk.type("Customers", 0, {"City": "Berlin"})
    desk.press(ribbon.sync)

    assert [row["City"] for row in desk.shown("Customers")] == ["Berlin"]


def test_what_is_typed_back_after_a_sync_of_the_closed_file_is_taken(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    desk.press(ribbon.sync)
    assert desk.book is not None
    desk.book.close()
    (row,) = desk.paper.rows("Customers")
    desk.paper.type("Customers", row, {"City": "Bonn"})
    desk.disk_sync()
    assert [row["City"] for row in desk.shown("Customers")] == ["Bonn"]

    desk.open()
    desk.type("Customers", 0, {"City": "Berlin"})
    desk.press(ribbon.sync)

    assert [row["City"] for row in desk.shown("Customers")] == ["Berlin"]


def test_a_cell_of_python_s_put_back_to_how_it_stood_is_written_again(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    shown = desk.rows("Customers")
    desk.type("Customers", 0, {"Credit status": "my own words"})

    desk.press(ribbon.sync)

    assert desk.rows("Customers") == shown
    assert desk.press(ribbon.sync) == "Order to Cash: Nothing to do: Book.xlsx and the books agree."


def test_rows_that_moved_are_found_though_their_cells_are_alike(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.type("Customers", 1, customer(**{"Customer ID": "'7"}))
    desk.press(ribbon.sync)
    desk.press(ribbon.sync)
    for row, number in enumerate(("7", "00123")):
        desk.type("Customers", row, {"Customer ID": number, "City": "Bonn" if number == "7" else "Berlin"})

    desk.press(ribbon.sync)

    assert {row["Customer ID"]: row["City"] for row in desk.shown("Customers")} == {"00123": "Berlin", "7": "Bonn"}


def test_a_formula_left_alone_is_told_at_every_sync(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer(Overdue="=1+1"))
    desk.press(ribbon.sync)

    told = [desk.press(ribbon.sync) for _ in range(2)]

    assert all("holds a formula in Overdue" in one for one in told)


def test_a_sync_writes_in_few_blocks_however_many_rows(desk: OpenDesk) -> None:
    for row in range(40):
        desk.type("Customers", row, customer(**{"Customer ID": f"C{row:02}"}))
    before = desk.excel.writes

    desk.press(ribbon.sync)

    assert len(desk.shown("Customers")) == 40
    assert desk.excel.writes - before == 2  # the customers' columns of Python, and the start sheet


def test_the_file_holds_what_was_taken_so_that_a_sync_from_the_command_line_finds_nothing(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    assert desk.book is not None
    desk.book.close()

    outcome = desk.disk_sync()

    assert not outcome.changed
    assert [row["Customer ID"] for row in desk.paper.rows("Customers").values()] == ["00123"]


def test_the_command_line_leaves_an_open_workbook_alone_and_says_who_has_it(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    assert desk.book is not None
    desk.book.save()
    desk.paper.company.load([_customer_file(desk)], "Customers", _day(), dry_run=False)
    before = desk.paper.book.read_bytes()

    outcome = desk.disk_sync()

    assert desk.paper.book.read_bytes() == before
    assert " ".join(map(str, outcome.stops)) == (
        "Book.xlsx is open (anna (Excel)); it will be written when it is closed. "
        "The ledger went on; the workbook shows it once it can be written."
    )


def test_new_rows_make_the_table_grow(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    desk.paper.company.load([_customer_file(desk)], "Customers", _day(), dry_run=False)

    desk.press(ribbon.sync)

    assert [row["Customer ID"] for row in desk.rows("Customers")] == ["00123", "00007"]
    told = desk.press(ribbon.sync)
    assert told.endswith("Nothing to do: Book.xlsx and the books agree.")


def test_a_list_that_stood_blank_shows_all_rows_that_come_at_once_and_undo_takes_them_out(
    tmp_path: Path, personal: Path
) -> None:
    desk = OpenDesk(tmp_path / "acme", ("Customers", "Issues"))
    desk.open()
    desk.type("Customers", 0, customer())
    for row in (1, 2, 3):
        desk.type("Customers", row, customer(**{"Customer ID": f"'B{row}", "Country": "Atlantis"}))

    desk.press(ribbon.sync)

    shown = [row["Cell"] for row in desk.rows("Issues")]
    assert len(shown) == 3
    assert shown == [row["Cell"] for row in desk.shown("Issues")]
    assert "put back" in desk.press(ribbon.undo_last_write)
    assert desk.rows("Issues") == []
    desk.close()


def test_rows_are_not_written_over_what_stands_below_a_table(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    sheet, first, _ = desk.place("Customers")
    assert desk.book is not None
    desk.excel.person_types(desk.book, sheet, f"A{first + 2}", "my notes")
    desk.paper.company.load([_customer_file(desk, "00007", "00008")], "Customers", _day(), dry_run=False)

    told = desk.press(ribbon.sync)

    assert "something stands below it in row 4 of Customers" in told
    assert desk.book.sheets(sheet).range(f"A{first + 2}").raw_value == "my notes"


def type_under(desk: OpenDesk, table: str, values: dict[str, Any], under: int = 1) -> None:
    """Type into the row that many under the table, without the table growing."""
    assert desk.book is not None
    sheet, _, columns = desk.place(table)
    bottom = desk.book.sheets(sheet).tables(table).range.last_row
    for header, value in values.items():
        desk.excel.person_types(desk.book, sheet, address(bottom + under, columns[header]), value)


def test_rows_typed_right_under_a_table_are_told_by_check_and_preview_and_taken_by_sync(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    type_under(desk, "Customers", customer(**{"Customer ID": "'7", "Country": "Atlantis"}))
    type_under(desk, "Customers", customer(**{"Customer ID": "'8"}), under=2)
    type_under(desk, "Customers", {"Customer ID": "my notes"}, under=4)

    assert desk.press(ribbon.check).startswith("1 fault in Book.xlsx. Customers!I3, Country: ")
    type_under(desk, "Customers", {"Country": "DE"})
    assert desk.press(ribbon.preview).startswith("A sync would take Customers 2 and write ")
    assert desk.press(ribbon.sync).startswith("Order to Cash: Done: Customers 2; ")

    assert [row["Customer ID"] for row in desk.shown("Customers")] == ["00123", "7", "8"]
    assert [row["Credit status"] for row in desk.rows("Customers")] == ["New"] * 3
    assert desk.press(ribbon.sync) == "Order to Cash: Nothing to do: Book.xlsx and the books agree."


def test_new_rows_go_under_those_typed_right_under_the_table(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    type_under(desk, "Customers", customer(**{"Customer ID": "'8"}))
    desk.paper.company.load([_customer_file(desk)], "Customers", _day(), dry_run=False)

    desk.press(ribbon.sync)

    assert [row["Customer ID"] for row in desk.rows("Customers")] == ["00123", "8", "00007"]


def test_a_person_s_own_totals_under_a_table_are_no_row_of_it(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer(**{"Credit limit": "100"}))
    desk.press(ribbon.sync)
    type_under(desk, "Customers", {"Name": "Sum", "Credit limit": "=SUM(N2:N2)"})

    told = desk.press(ribbon.sync)

    assert "Customers: N3 adds up rows above it, so what stands there is no row of the table." in told
    assert len(desk.rows("Customers")) == 1
    type_under(desk, "Customers", customer(**{"Credit limit": "=25*20"}))
    type_under(desk, "Customers", customer(**{"Customer ID": "'7"}))
    desk.press(ribbon.sync)
    assert len(desk.rows("Customers")) == 2


@pytest.mark.parametrize("under", [2, 20])
def test_a_row_typed_below_a_table_after_blank_ones_is_told_until_it_is_moved(desk: OpenDesk, under: int) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    type_under(desk, "Customers", customer(**{"Customer ID": "BERGS"}), under=under)
    said = f"Customers!A{2 + under}: What stands in row {2 + under} below the table Customers and was not read."

    told = [desk.press(button) for button in (ribbon.check, ribbon.sync, ribbon.sync)]

    assert all(said in one for one in told)
    assert len(desk.shown("Customers")) == 1
    type_under(desk, "Customers", dict.fromkeys(customer()), under=under)
    assert desk.press(ribbon.check) == "Order to Cash: No faults in Book.xlsx."


def test_what_people_keep_below_a_table_is_their_own(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    type_under(desk, "Customers", {"Name": "as of March"}, under=3)
    type_under(desk, "Customers", customer(), under=21)

    assert desk.press(ribbon.check) == "Order to Cash: No faults in Book.xlsx."


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        (customer(**{"Customer ID": "BERGS"}), 1),
        ({"Name": "as of March"}, 0),
        ({"Name": "Net", "Credit limit": 500}, 0),
        ({"Name": "Mean", "Country": "EUR", "Credit limit": "=AVERAGE(N2:N2)"}, 0),
    ],
)
def test_a_row_typed_under_a_totals_row_is_told_unless_it_may_be_a_total(
    desk: OpenDesk, typed: dict[str, Any], faults: int
) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    type_under(desk, "Customers", {"Customer ID": "Total"})
    sheet, _, _ = desk.place("Customers")
    assert desk.book is not None
    model = desk.book.model[sheet].tables["Customers"]
    model.ref, model.totalsRowCount = model.ref.replace("2", "3"), 1
    type_under(desk, "Customers", typed)
    desk.book.results[sheet, 4, desk.place("Customers")[2]["Credit limit"]] = 500

    told = desk.press(ribbon.check)

    assert ("What stands in row 4 below the table Customers" in told) == bool(faults)
    assert len(desk.shown("Customers")) == 1


def test_a_write_that_breaks_off_leaves_the_table_ending_where_it_did(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    type_under(desk, "Customers", customer(**{"Customer ID": "'7"}))
    desk.excel.refuse_write_after = 0

    desk.press(ribbon.sync)

    assert len(desk.rows("Customers")) == 1
    desk.press(ribbon.sync)
    assert [row["Credit status"] for row in desk.rows("Customers")] == ["New"] * 2


def test_undo_does_not_make_a_row_typed_under_the_table_new_again(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.type("Orders", 0, {"Customer ID": "00123"})
    type_under(desk, "Orders", {"Customer ID": "'00123", "Notes": "second"})
    desk.press(ribbon.sync)
    assert [row["Order"] for row in desk.rows("Orders")] == ["SO-000001", "SO-000002"]

    desk.press(ribbon.undo_last_write)
    desk.press(ribbon.sync)

    assert [row["Order"] for row in desk.rows("Orders")] == ["SO-000001", "SO-000002"]
    assert len(desk.shown("Orders")) == 2


def headerless(desk: OpenDesk, sheet: str, name: str) -> None:
    assert desk.book is not None
    desk.book.model[sheet].tables[name].headerRowCount = 0


def test_a_person_s_own_table_without_a_header_row_is_passed_over(desk: OpenDesk) -> None:
    assert desk.book is not None
    mine = desk.book.model.create_sheet("Mine")
    mine["A1"] = "to do"
    mine.add_table(Table(displayName="Mine", ref="A1:B3"))
    headerless(desk, "Mine", "Mine")
    desk.type("Customers", 0, customer())

    desk.press(ribbon.sync)

    assert [row["Customer ID"] for row in desk.shown("Customers")] == ["00123"]


@pytest.mark.parametrize("button", ["check", "preview", "sync", "run_process", "undo_last_write"])
def test_a_table_of_the_company_without_its_header_row_is_told(desk: OpenDesk, button: str) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    headerless(desk, "Products", "Products")

    told = desk.press(getattr(ribbon, button))

    assert told.startswith("The table Products on the sheet Products has its header row switched off. Switch it on")


def test_check_goes_to_the_first_fault_and_changes_nothing(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer(Country="Atlantis"))

    told = desk.press(ribbon.check)

    assert told.startswith("1 fault in Book.xlsx. Customers!I2, Country: ")
    assert desk.excel.app.chosen is not None
    assert (desk.book.active_sheet, desk.excel.app.chosen.address) == ("Customers", "$I$2")  # type: ignore[union-attr]
    assert desk.excel.writes == 0
    assert desk.shown("Customers") == []


def test_a_fault_that_stands_lets_nothing_be_saved_again(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.type("Orders", 0, {"Order": "A1", "Customer ID": "00123"})
    desk.type("OrderLines", 0, {"Order": "A1", "Line": "1", "SKU": "P1", "Quantity": "3"})
    assert "1 fault to mend. Order Lines!D2, SKU: P1 is not in Products." in desk.press(ribbon.sync)
    writes, saves = desk.excel.writes, len(desk.excel.saves)

    told = desk.press(ribbon.sync)

    assert told.startswith("Nothing was taken or written. 1 fault to mend.")
    assert (desk.excel.writes, len(desk.excel.saves)) == (writes, saves)


def test_a_name_that_cannot_be_seen_is_none_and_an_optional_text_stays_so(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer(Name="\u200b"))
    assert "1 fault to mend. Customers!C2, Name: " in desk.press(ribbon.sync)

    desk.type("Customers", 0, customer(City="\u200b"))
    desk.press(ribbon.sync)

    assert desk.shown("Customers")[0]["City"] == ""
    assert desk.press(ribbon.sync) == "Order to Cash: Nothing to do: Book.xlsx and the books agree."


def test_an_error_cell_is_refused_by_its_address(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer(**{"Credit limit": "#DIV/0!"}))

    told = desk.press(ribbon.sync)

    assert "Credit limit: #DIV/0! is an error, not a value." in told
    assert told.split(",")[0].endswith("Customers!N2")
    assert desk.shown("Customers") == []


def test_preview_says_what_a_sync_would_do_and_writes_nothing(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())

    told = desk.press(ribbon.preview)

    assert told == "A sync would take Customers 1 and write 3 cells. Nothing was changed."
    assert (desk.excel.writes, desk.excel.saves, desk.shown("Customers")) == (0, [], [])


def test_rows_that_changed_since_they_were_read_are_listed_and_nothing_is_written(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.excel.on_save = lambda: desk.type("Customers", 0, {"Customer ID": "99999"})

    told = desk.press(ribbon.sync)

    assert told == (
        "Book.xlsx: Customers!A2 changed while this was worked out. Nothing was written; press the button again."
        " In the books: Customers 1."
    )
    assert desk.excel.writes == 0


@pytest.mark.parametrize(
    "button", ["run_process", "post_payments", "match_payments", "create_invoices", "purchase_proposals"]
)
def test_rows_that_changed_since_they_were_read_are_listed_by_the_buttons_of_the_process(
    desk: OpenDesk, button: str
) -> None:
    desk.type("Customers", 0, customer())
    desk.excel.on_save = lambda: desk.type("Customers", 0, {"Customer ID": "99999"})

    told = desk.press(getattr(ribbon, button))

    assert told.startswith("Book.xlsx: Customers!A2 changed while this was worked out. Nothing was written; ")
    assert told.endswith(" In the books: Customers 1.")
    assert desk.excel.writes == 0


def test_rows_changed_since_the_preview_are_synced_as_they_stand(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.preview)
    desk.type("Customers", 0, {"Name": "Berglunds"})

    desk.press(ribbon.sync)

    assert [(row["Name"], row["Credit status"]) for row in desk.rows("Customers")] == [("Berglunds", "New")]
    assert [row["Name"] for row in desk.shown("Customers")] == ["Berglunds"]


def test_undo_gives_back_exactly_what_stood_there(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.type("Customers", 1, customer(**{"Customer ID": "'7", "Credit status": "my own words"}))
    before = desk.rows("Customers")
    desk.press(ribbon.sync)
    assert desk.rows("Customers") != before

    assert _taken_back(desk) == before
    assert desk.press(ribbon.undo_last_write).startswith("There is no write of a button")


def test_undo_puts_back_as_many_cells_as_were_written(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.type("Customers", 3, customer(**{"Customer ID": "BERGS"}))
    desk.paper.company.load([_customer_file(desk, "00007", "00008")], "Customers", _day(), dry_run=False)
    written = re.search(r"(\d+ cells) written", desk.press(ribbon.sync))

    told = desk.press(ribbon.undo_last_write)

    assert written is not None
    assert told.startswith(f"Order to Cash: {written[1]} put back.")


def test_undo_takes_added_rows_out_and_the_next_sync_brings_them_again_once(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    desk.paper.company.load([_customer_file(desk)], "Customers", _day(), dry_run=False)
    before = desk.rows("Customers")
    desk.press(ribbon.sync)

    desk.press(ribbon.undo_last_write)

    assert desk.rows("Customers") == before
    desk.press(ribbon.sync)
    assert [row["Customer ID"] for row in desk.rows("Customers")] == ["00123", "00007"]
    assert len(desk.shown("Customers")) == 2


@pytest.mark.parametrize("grows", [True, False])
def test_undo_keeps_a_row_in_the_table_that_was_typed_since(desk: OpenDesk, grows: bool) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    desk.paper.company.load([_customer_file(desk, "00007", "00008")], "Customers", _day(), dry_run=False)
    desk.press(ribbon.sync)
    if grows:
        desk.type("Customers", 3, customer(**{"Customer ID": "NEW"}))
    else:
        type_under(desk, "Customers", customer(**{"Customer ID": "NEW"}))

    told = desk.press(ribbon.undo_last_write)
    desk.press(ribbon.sync)

    assert "put back" in told
    assert [row["Customer ID"] for row in desk.shown("Customers")] == ["00007", "00008", "00123", "NEW"]
    assert sorted(row["Customer ID"] for row in desk.rows("Customers")) == ["00007", "00008", "00123", "NEW"]
    assert desk.press(ribbon.sync) == "Order to Cash: Nothing to do: Book.xlsx and the books agree."


def test_undo_of_a_given_key_does_not_make_the_row_new_again(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.type("Orders", 0, {"Customer ID": "00123"})
    desk.press(ribbon.sync)
    assert [row["Order"] for row in desk.rows("Orders")] == ["SO-000001"]

    desk.press(ribbon.undo_last_write)
    assert [row["Order"] for row in desk.rows("Orders")] == [None]
    desk.press(ribbon.sync)

    assert [row["Order"] for row in desk.rows("Orders")] == ["SO-000001"]
    assert len(desk.shown("Orders")) == 1


def test_undo_leaves_cells_alone_that_someone_changed_since(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    desk.type("Customers", 0, {"Credit status": "typed over"})
    before = desk.rows("Customers")

    told = desk.press(ribbon.undo_last_write)

    assert "changed since they were written. They stay as they are." in told
    assert desk.rows("Customers") == before


def test_undo_leaves_rows_alone_that_someone_sorted_since(desk: OpenDesk, tmp_path: Path) -> None:
    for row, (name, limit) in enumerate({"A": "100", "B": "9000"}.items()):
        desk.type("Customers", row, customer(**{"Customer ID": name, "Credit limit": limit}))
    desk.press(ribbon.sync)
    dropped = tmp_path / "limits.csv"
    dropped.write_text("Customer ID,Credit limit\nA,500\nB,500\n", encoding="utf-8")
    desk.paper.company.load([dropped], "Customers", DAY, dry_run=False)
    desk.press(ribbon.sync)
    first, second = desk.rows("Customers")
    desk.type("Customers", 0, {"Customer ID": "B"})
    desk.type("Customers", 1, {"Customer ID": "A"})

    told = desk.press(ribbon.undo_last_write)

    assert "Customers!A2, Customers!A3 changed since they were written" in told
    limits = [row["Credit limit"] for row in desk.rows("Customers")]
    assert limits == [first["Credit limit"], second["Credit limit"]]


def test_undo_gives_the_number_formats_back_too(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    sheet, first, columns = desk.place("Customers")
    assert desk.book is not None
    cell = desk.book.model[sheet].cell(first, columns["Overdue"])
    code = cell.number_format
    desk.type("Customers", 0, {"Overdue": "soon"})
    desk.press(ribbon.sync)

    desk.press(ribbon.undo_last_write)

    assert (cell.value, cell.number_format) == ("soon", code)
    desk.press(ribbon.sync)
    assert cell.number_format == code


@pytest.mark.parametrize("anew", [True, False])
def test_an_undo_that_breaks_off_is_put_right_or_finished_by_the_next(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, anew: bool
) -> None:
    desk.type("Customers", 0, customer())
    before = desk.rows("Customers")
    desk.press(ribbon.sync)
    written = desk.rows("Customers")
    desk.excel.refuse_write_after = 1
    with monkeypatch.context() as broken:
        if not anew:
            broken.setattr(LiveBook, "_write_anew", lambda *_: None)
        assert desk.press(ribbon.undo_last_write).startswith("Excel refused")
    assert (desk.rows("Customers") == written) == anew

    assert _taken_back(desk) == before


def test_undo_finds_a_table_whose_sheet_was_renamed(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    before = desk.rows("Customers")
    desk.press(ribbon.sync)
    assert desk.book is not None
    desk.book.model["Customers"].title = "Kunden"

    assert _taken_back(desk) == before


def test_a_write_that_breaks_off_leaves_the_write_before_to_be_taken_back(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    before = desk.rows("Customers")
    desk.press(ribbon.sync)
    desk.type("Orders", 0, {"Customer ID": "00123"})
    desk.excel.refuse_write_after = 0
    assert desk.press(ribbon.sync).startswith("Excel refused")

    assert _taken_back(desk) == before


def test_an_undo_that_cannot_be_remembered_leaves_every_cell_as_it_was(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("o2c_xl.ledger.engine._BUSY_MS", 50)
    desk.type("Customers", 0, customer())
    desk.type("Orders", 0, {"Customer ID": "00123"})
    desk.press(ribbon.sync)
    before = desk.rows("Orders")
    other = sqlite3.connect(desk.paper.root / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert desk.press(ribbon.undo_last_write).startswith("The ledger is busy")
    other.rollback()
    other.close()
    desk.excel.refuse_save = "'Book.xlsx' is read-only"
    assert "could not be saved" in desk.press(ribbon.undo_last_write)
    desk.excel.refuse_save = ""

    desk.press(ribbon.sync)

    assert desk.rows("Orders") == before
    assert len(desk.shown("Orders")) == 1


def test_a_write_that_breaks_off_is_put_back(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    before = desk.rows("Customers")
    desk.excel.refuse_write_after = 1

    told = desk.press(ribbon.sync)

    assert told.startswith("Excel refused: Application-defined")
    assert desk.rows("Customers") == before
    assert desk.press(ribbon.sync).endswith("Done: 3 cells written.")


def test_a_save_that_excel_refuses_after_writing_puts_the_cells_back(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.type("Orders", 0, {"Customer ID": "00123", "Notes": "first"})
    before = desk.rows("Orders")
    desk.excel.on_save = lambda: setattr(desk.excel, "refuse_save", "disk full")

    told = desk.press(ribbon.sync)

    assert "could not be saved" in told
    assert desk.rows("Orders") == before
    desk.excel.refuse_save, desk.excel.on_save = "", None
    assert "cells written" in desk.press(ribbon.sync)
    assert [row["Order"] for row in desk.paper.rows("Orders").values()] == ["SO-000001"]


def test_what_was_written_and_neither_saved_nor_put_back_is_saved_by_the_next_press(
    desk: OpenDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    dropped = tmp_path / "moved.csv"
    dropped.write_text("Customer ID,Name,Country,City\n00123,Alfreds,DE,Rome\n", encoding="utf-8")
    desk.paper.company.load([dropped], "Customers", DAY, dry_run=False)
    desk.excel.refuse_save = "disk full"
    with monkeypatch.context() as broken:
        broken.setattr(LiveBook, "_back", lambda *_: None)
        desk.press(ribbon.sync)
    assert [row["City"] for row in desk.rows("Customers")] == ["Rome"]
    desk.excel.refuse_save = ""

    desk.press(ribbon.sync)

    assert [row["City"] for row in desk.paper.rows("Customers").values()] == ["Rome"]


def test_a_write_that_excel_refused_is_made_by_the_next_press(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    desk.press(ribbon.sync)
    desk.type("Customers", 0, {"Credit status": "mine"})
    desk.excel.refuse_write_after = 0
    desk.press(ribbon.sync)

    previewed = desk.press(ribbon.preview)
    told = desk.press(ribbon.sync)

    assert "write 1 cell" in previewed
    assert "1 cell written" in told
    assert [row["Credit status"] for row in desk.rows("Customers")] == ["New"]


def test_a_write_that_excel_refuses_says_what_is_in_the_books_already(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.excel.refuse_write_after = 0

    told = desk.press(ribbon.sync)

    assert told.startswith("Excel refused")
    assert told.endswith("In the books: Customers 1.")


def test_a_formula_left_alone_is_not_told_as_restored(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    desk.type("Customers", 0, {"Open balance": "=1+1"})

    told = desk.press(ribbon.sync)

    assert "holds a formula in Open balance" in told
    assert "restored" not in told


def test_run_process_names_the_files_that_were_set_aside(desk: OpenDesk) -> None:
    folder = desk.paper.root / "inbox" / "orders"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bad.csv").write_text("Foo,Bar\n1,2\n", encoding="utf-8")

    told = desk.press(ribbon.run_process)

    assert "files set aside 1" in told
    assert "bad.csv" in told
    assert desk.excel.alerts


def test_a_workbook_that_cannot_be_saved_takes_nothing(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.excel.refuse_save = "'Book.xlsx' is read-only"

    told = desk.press(ribbon.sync)

    assert "could not be saved, so nothing more was done" in told
    assert desk.shown("Customers") == []


def test_a_formula_in_a_column_of_python_is_left_alone(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer(Overdue="=1+1"))

    told = desk.press(ribbon.sync)

    assert "holds a formula in Overdue" in told
    sheet, first, columns = desk.place("Customers")
    assert desk.book is not None
    assert desk.book.model[sheet].cell(first, columns["Overdue"]).value == "=1+1"


def test_a_percentage_format_in_a_percent_column_is_at_fault(desk: OpenDesk) -> None:
    desk.type("Products", 0, {"SKU": "P1", "Name": "Chai", "Price": "18.50", "Unit": "pcs"})
    desk.type("OrderLines", 0, {"Order": "1", "Line": "1", "SKU": "P1", "Quantity": "3", "Discount %": "5%"})

    told = desk.press(ribbon.check)

    assert "shows 5 % and holds 0.05" in told


def test_a_book_that_was_never_saved_gets_its_sentence(desk: OpenDesk) -> None:
    import xlwings

    xlwings.Book(impl=desk.excel.app.books.add()).set_mock_caller()

    told = {desk.press(getattr(ribbon, button)) for button in BUTTONS}

    assert told == {"Book1 was never saved. Save it in the company's folder books, then press the button again."}
    assert desk.excel.writes == 0


def test_a_book_whose_file_is_gone_gets_its_sentence(desk: OpenDesk) -> None:
    desk.paper.book.unlink()

    told = {desk.press(getattr(ribbon, button)) for button in ("check", "sync", "undo_last_write")}

    (only,) = told
    assert only.startswith(f"The file of Book.xlsx is gone from {desk.paper.book.parent}: it was moved, renamed or")


def test_another_company_s_workbook_is_refused(desk: OpenDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    (other / "books").mkdir(parents=True)
    (other / "o2c.toml").write_text("", encoding="utf-8")
    monkeypatch.setenv("O2C_COMPANY", str(other))
    desk.type("Customers", 0, customer())

    told = [desk.press(getattr(ribbon, button)) for button in BUTTONS]

    assert all(sentence.startswith("Book.xlsx belongs to the company in ") for sentence in told)
    assert (desk.excel.writes, desk.excel.saves, desk.shown("Customers")) == (0, [], [])


def test_without_a_workbook_a_button_ends_quietly(
    desk: OpenDesk, personal: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    import xlwings

    del xlwings.Book._mock_caller

    for button in ALL:
        getattr(ribbon, button)()

    log = (personal / "o2c_xl" / "buttons.log").read_text(encoding="utf-8")
    assert log.count("There is no workbook") == len(ALL)
    assert capfd.readouterr() == ("", "")


def test_a_workbook_from_the_internet_gets_its_sentence(desk: OpenDesk) -> None:
    assert desk.book is not None
    desk.book._fullname = "https://acme.sharepoint.com/sites/x/Book.xlsx"

    told = desk.press(ribbon.sync)

    desk.book._fullname = str(desk.paper.book)
    assert told.startswith("Book.xlsx is open from the internet (acme.sharepoint.com).")


def test_a_workbook_without_a_table_of_the_company_is_told_as_that(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    notes = openpyxl.Workbook()
    notes.save(desk.paper.root / "books" / "Notes.xlsx")
    desk.open(desk.paper.root / "books" / "Notes.xlsx")
    before = desk.excel.writes, list(desk.excel.saves)

    told = {button: desk.press(getattr(ribbon, button)) for button in SYNCING}

    sentence = (
        "Notes.xlsx holds no table of the company, so there is nothing in it to take or to write; nothing was changed. "
        "Press the button in Book.xlsx. If it held tables, close it without saving, or see work/versions."
    )
    assert set(told.values()) == {sentence}
    assert (desk.excel.writes, desk.excel.saves) == before


def test_a_workbook_outside_of_books_is_refused(desk: OpenDesk, tmp_path: Path) -> None:
    copy = desk.paper.root / "Book.xlsx"
    copy.write_bytes(desk.paper.book.read_bytes())
    desk.open(copy)

    told = desk.press(ribbon.sync)

    assert "does not lie in" in told


def test_the_default_company_of_the_installation_is_used_last(desk: OpenDesk, personal: Path, tmp_path: Path) -> None:
    stray = tmp_path / "stray" / "Book.xlsx"
    stray.parent.mkdir()
    stray.write_bytes(desk.paper.book.read_bytes())
    desk.open(stray)
    assert "lies in no company's folder" in desk.press(ribbon.sync)
    (personal / "o2c_xl" / "settings.toml").write_text(f"company = '{desk.paper.root}'\n", encoding="utf-8")

    told = desk.press(ribbon.sync)

    assert f"does not lie in {desk.paper.root / 'books'}" in told


def test_a_busy_ledger_gets_its_sentence_from_every_button_that_needs_it_alone(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("o2c_xl.ledger.engine._BUSY_MS", 50)
    desk.type("Customers", 0, customer())
    other = sqlite3.connect(desk.paper.root / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    alone = {"report", "aging", "approve_selected", "reject_selected"}  # they read, or nothing is selected for them

    told = [desk.press(getattr(ribbon, button)) for button in BUTTONS if button not in alone]

    other.rollback()
    other.close()
    assert {one.partition(" The details")[0] for one in told} == {
        "The ledger is busy: another o2c is writing. Try again in a moment."
    }
    assert (desk.excel.writes, desk.shown("Customers")) == (0, [])


def test_a_busy_ledger_hinders_no_report(desk: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("o2c_xl.ledger.engine._BUSY_MS", 50)
    other = sqlite3.connect(desk.paper.root / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    told = [desk.press(button) for button in (ribbon.report, ribbon.aging)]

    other.rollback()
    other.close()
    assert all(one.endswith("is written in reports.") for one in told)


def test_a_cell_being_edited_ends_in_a_sentence_and_not_in_waiting_for_ever(
    desk: OpenDesk, personal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("o2c_xl.workbook.live.excel._PATIENCE", 0.1)
    before = desk.excel.state()
    desk.excel.editing = True

    for button in ALL:
        getattr(ribbon, button)()

    desk.excel.editing = False
    log = (personal / "o2c_xl" / "buttons.log").read_text(encoding="utf-8")
    assert log.count("A cell is being edited") == len(ALL)
    assert (desk.excel.writes, desk.excel.saves, desk.shown("Customers")) == (0, [], [])
    assert (desk.excel.state(), desk.excel.app.status_bar) == (before, False)


def test_a_cell_edited_in_the_middle_of_a_press_leaves_nothing_of_excel_changed(
    desk: OpenDesk, personal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("o2c_xl.workbook.live.excel._PATIENCE", 0.5)
    monkeypatch.setattr(ribbon, "message", lambda *_: setattr(desk.excel, "editing", False))
    before = desk.excel.state()
    desk.type("Customers", 0, customer())
    desk.excel.on_save = lambda: setattr(desk.excel, "editing", True)

    ribbon.sync()

    assert "A cell is being edited" in (personal / "o2c_xl" / "buttons.log").read_text(encoding="utf-8")
    assert (desk.excel.state(), desk.excel.app.status_bar) == (before, False)


def test_settings_that_a_press_before_left_off_are_on_after_the_next(desk: OpenDesk) -> None:
    usual = desk.excel.state()
    desk.excel.app._settings |= dict.fromkeys(("screen_updating", "enable_events", "display_alerts"), False)

    ribbon.sync()

    assert desk.excel.state() == usual


def test_the_buttons_of_the_process_work_on_the_open_workbook(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer(Street="Obere Str. 57", **{"Postal code": "12209"}))
    desk.type("Products", 0, {"SKU": "P1", "Name": "Chai", "Unit": "pcs", "Price": "18.5", "Tax code": "STANDARD"})
    desk.type("Orders", 0, {"Order": "A1", "Customer ID": "00123"})
    desk.type("OrderLines", 0, {"Order": "A1", "Line": "1", "SKU": "P1", "Quantity": "3"})

    assert "Orders 1" in desk.press(ribbon.sync)
    assert desk.press(ribbon.run_process).startswith("Order to Cash: Done: ")
    for button in (ribbon.post_payments, ribbon.match_payments, ribbon.create_invoices, ribbon.purchase_proposals):
        assert desk.press(button).startswith("Order to Cash: ")

    assert [row["Status"] for row in desk.rows("Orders")] == [row["Status"] for row in desk.shown("Orders")]


def test_report_and_aging_write_the_report_and_open_it(desk: OpenDesk) -> None:
    told = desk.press(ribbon.report)

    assert told.endswith("is written in reports.")
    assert desk.excel.app.books.front is not desk.book
    desk.excel.app.books.front.close()  # type: ignore[union-attr]
    desk.press(ribbon.aging)
    assert desk.excel.app.books.front.active_sheet == "Aging"  # type: ignore[union-attr]
    desk.excel.app.books.front.close()  # type: ignore[union-attr]


def test_a_report_that_is_open_is_written_beside_and_the_fresh_one_shown(desk: OpenDesk) -> None:
    main = desk.book
    desk.press(ribbon.report)
    first = desk.excel.app.books.front
    held = Path(first.fullname).read_bytes()  # type: ignore[union-attr]
    xlwings.Book(impl=main).set_mock_caller()

    told = desk.press(ribbon.report)

    second = desk.excel.app.books.front
    assert " (2).xlsx is written" in told
    assert Path(second.fullname).stem.endswith(" (2)")  # type: ignore[union-attr]
    assert Path(first.fullname).read_bytes() == held  # type: ignore[union-attr]
    first.close()  # type: ignore[union-attr]
    second.close()  # type: ignore[union-attr]


def test_check_and_preview_tell_what_a_sync_passes_over_and_cannot_write(desk: OpenDesk, tmp_path: Path) -> None:
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    sheet, first, columns = desk.place("Customers")
    assert desk.book is not None
    for header in ("City", "Street"):
        desk.excel.person_types(desk.book, sheet, address(first - 1, columns[header]), f"My {header}")
    desk.excel.person_types(desk.book, sheet, address(first + 2, 1), "my notes")
    desk.paper.company.load([_customer_file(desk, "7", "8")], "Customers", DAY, dry_run=False)

    told = [desk.press(button) for button in (ribbon.check, ribbon.preview)]

    assert all("something stands below" in one for one in told), told
    assert "Did you mean" in told[0]


def test_log_and_help_open_outside_of_excel(
    desk: OpenDesk, personal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tmp_path / "opened.txt"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n', encoding="utf-8")
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setattr("webbrowser._tryorder", None)

    assert desk.press(ribbon.open_log).endswith("buttons.log.")
    assert desk.press(ribbon.help).endswith("README.md.")

    assert (personal / "o2c_xl" / "guide" / "README.md").is_file()


def test_an_unforeseen_fault_is_one_sentence_and_its_details_are_in_the_log(desk: OpenDesk, personal: Path) -> None:
    def broken(_press: object) -> str:
        raise ZeroDivisionError("not meant to happen")

    told = desk.press(lambda: ribbon.run_button("sync", broken))

    assert told.startswith("Something unforeseen happened (not meant to happen)")
    assert "ZeroDivisionError" in (personal / "o2c_xl" / "buttons.log").read_text(encoding="utf-8")


def test_a_fault_in_the_middle_of_any_button_ends_in_one_dialog_and_leaves_excel_as_it_was(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("not meant to happen")

    monkeypatch.setattr("o2c_xl.company.opened.open_company", broken)
    monkeypatch.setattr(ribbon, "show_file", broken)

    told = {button: desk.press(getattr(ribbon, button)) for button in ALL}  # which looks at Excel's settings

    assert {sentence.partition(" (")[0] for sentence in told.values()} == {"Something unforeseen happened"}
    assert (desk.excel.writes, desk.excel.saves) == (0, [])


@pytest.mark.parametrize("button", ALL)
def test_a_button_tells_how_far_it_is_and_ends_in_one_sentence(
    desk: OpenDesk, button: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ribbon, "show_file", lambda _path: None)
    desk.type("Customers", 0, customer())
    desk.press(ribbon.sync)
    desk.excel.said.clear()

    told = desk.press(getattr(ribbon, button))

    first, *_, last = desk.excel.said
    assert first == f"Order to Cash: {button}: starting …"
    assert last == (False if desk.excel.alerts else told)
    assert told.endswith(".")


def test_a_button_works_as_the_account_of_the_process(desk: OpenDesk) -> None:
    desk.type("Customers", 0, customer())

    desk.press(ribbon.sync)

    sheet, _, columns = desk.place("SyncInfo")
    told = {row["Item"]: row["Value"] for row in desk.rows("SyncInfo")} if "Item" in columns else {}
    assert told["Synced by"] == account.process_account()
    assert sheet == "Start"


def _day() -> Any:
    from tests.sync.desk import DAY

    return DAY


def _customer_file(desk: OpenDesk, *numbers: str) -> Path:
    path = desk.paper.root / "more.csv"
    rows = "".join(f"{number},Berglunds,SE\n" for number in numbers or ("00007",))
    path.write_text(f"Customer ID,Name,Country\n{rows}", encoding="utf-8")
    return path
