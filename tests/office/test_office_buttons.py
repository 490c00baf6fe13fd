"""Every button pressed in LibreOffice: from the Sub of the tab to the cells of a workbook that is open."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from o2c_xl.addin.ribbon import load_ribbon
from o2c_xl.company.account import process_account
from o2c_xl.company.run import work_through
from o2c_xl.company.stages import STAGES
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask
from tests.office.conftest import Office
from tests.office.pressing import Floor, Told
from tests.sync.desk import Desk

pytestmark = pytest.mark.office
BUTTONS = [button.function for button in load_ribbon().buttons]
ON_BOOKS = [button for button in BUTTONS if button not in {"open_log", "help"}]
LOCKING = [button for button in ON_BOOKS if button not in {"report", "aging"}]
TODAY = dt.datetime.now().astimezone().date()


@pytest.fixture(scope="module")
def floor(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    made = Floor(tmp_path_factory.mktemp("pressed") / "floor", office.pipe)
    yield made
    made.end()


@pytest.fixture
def warm(floor: Floor) -> Iterator[Floor]:
    with floor.at_once():
        yield floor


class OpenDesk:
    """A company's workbook, open in LibreOffice."""

    def __init__(self, root: Path, floor: Floor, tables: tuple[str, ...]) -> None:
        self.paper, self.floor = Desk(root, tables), floor
        self.book = str(self.paper.book)

    def open(self) -> None:
        self.ask("activate", book=self.floor.ask("open", path=self.book))

    def close(self) -> None:
        for book in self.ask("books"):
            self.ask("close", book=book)
        self.paper.company.close()

    def ask(self, do: str, **how: Any) -> Any:
        return self.floor.ask(do, **how)

    def place(self, table: str) -> tuple[str, list[int], dict[str, int]]:
        """Where a table stands: sheet, area, columns by header."""
        found = next(one for one in self.ask("tables", book=self.book) if one["name"] == table)
        top, left, _, right = found["area"]
        (headers,) = self.ask("read", book=self.book, sheet=found["sheet"], area=[top, left, top, right])["rows"]
        return found["sheet"], found["area"], {header: left + i for i, header in enumerate(headers)}

    def typing(self, table: str, row: int, header: str, text: str) -> dict[str, Any]:
        """What it is to type into the table's row of that number, 0 being the first."""
        sheet, area, columns = self.place(table)
        at = [area[0] + 1 + row, columns[header]]
        return {"book": self.book, "sheet": sheet, "area": [*at, *at], "text": text}

    def type(self, table: str, row: int, values: Mapping[str, str]) -> None:
        _, (top, left, bottom, right), _ = self.place(table)
        if top + 1 + row > bottom:  # as Excel does; LibreOffice leaves it to the person
            self.ask("resize", book=self.book, table=table, area=[top, left, top + 1 + row, right])
        for header, text in values.items():
            self.ask("type", **self.typing(table, row, header, text))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What the table shows in LibreOffice; blank rows left out."""
        sheet, area, columns = self.place(table)
        _, *rows = self.ask("read", book=self.book, sheet=sheet, area=area)["rows"]
        return [dict(zip(columns, row, strict=True)) for row in rows if any(value != "" for value in row)]

    def column(self, table: str, *headers: str) -> list[tuple[Any, ...]]:
        """These columns of the table, row by row."""
        return [tuple(row[header] for header in headers) for row in self.rows(table)]

    def cells(self) -> list[Any]:
        """All cells of all sheets, to see whether any changed."""
        area = [1, 1, 40, 30]
        return [self.ask("read", book=self.book, sheet=one, area=area) for one in self.ask("sheets", book=self.book)]

    def select(self, table: str, *rows: int) -> None:
        sheet, area, _ = self.place(table)
        first = area[0] + 1
        self.ask("select", book=self.book, sheet=sheet, area=[first + rows[0], 1, first + rows[-1], 3])

    def press(self, button: str, **environ: str) -> str:
        told: Told = self.floor.press(button, **environ)
        return told.end


FEW = ("Customers", "Orders", "OrderLines", "Approvals")
MANY = (
    "TaxRates", "Customers", "Products", "StockCounts", "Suppliers", "SupplierPrices", "Orders", "OrderLines",
    "Invoices", "Payments", "Matches", "PurchaseOrders", "PurchaseOrderLines",
)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, floor: Floor) -> Iterator[OpenDesk]:
    made = OpenDesk(tmp_path / "Müller & Söhne (2026)", floor, FEW)
    made.open()
    yield made
    made.close()


@pytest.fixture
def trading(tmp_path: Path, floor: Floor) -> Iterator[OpenDesk]:
    """One order invoiced and a payment that names nothing, one order shipped, one that waits for stock."""
    made = OpenDesk(tmp_path / "trading", floor, MANY)
    paper, today = made.paper, TODAY.isoformat()
    paper.add("TaxRates", {"Tax group": "D", "Tax code": "S", "Rate %": 19})
    paper.add("Customers", CUSTOMER | {"Customer ID": "00123", "Street": "Weg 1", "Tax group": "D"})
    paper.add("Suppliers", {"Supplier ID": "S1", "Name": "Mugs & Co", "Country": "DE", "Currency": "EUR"})
    product = {"Name": "Mug", "Unit": "pcs", "Price": 10, "Cost": 4, "Tax code": "S", "Preferred supplier": "S1"}
    paper.add("Products", product | {"SKU": "P1"}, product | {"SKU": "P2"})
    paper.add("SupplierPrices", {"Supplier ID": "S1", "SKU": "P2", "Minimum quantity": 1, "Price": 4})
    paper.add("StockCounts", {"SKU": "P1", "Counted": 20, "Counted on": today, "Reason": "Opening"})
    paid = {"Customer ID": "00123", "Paid on": today, "Amount": 5, "Currency": "EUR", "Method": "Bank transfer"}
    paper.add("Payments", {"Payment": "PAY-1"} | paid)
    for order, sku, last in (("A1", "P1", "invoiced"), ("A2", "P1", "shipments"), ("A3", "P2", "shipments")):
        paper.add("Orders", {"Order": order, "Customer ID": "00123", "Order date": today})
        paper.add("OrderLines", {"Order": order, "Line": "1", "SKU": sku, "Quantity": 3})
        work_up_to(paper, last)
    made.open()
    yield made
    made.close()


def work_up_to(paper: Desk, last: str) -> None:
    """The process up to a stage, without what the buttons are for."""
    until = max(at for at, stage in enumerate(STAGES, 1) if stage.name == last)
    stages = [stage for stage in STAGES[:until] if stage.name not in {"applied", "purchases proposed"}]
    outcome = work_through(paper.company, TODAY, lambda _text: None, allow_empty=False, stages=stages)
    assert outcome.ok, (outcome.issues, outcome.stops)


CUSTOMER = {"Customer ID": "'00123", "Name": "Alfreds", "City": "Berlin", "Country": "DE"}


# --- from the Sub to the cells ---------------------------------------------------------------------------------


def test_a_button_starts_the_interpreter_with_the_module_s_command_line_and_cells_change(desk: OpenDesk) -> None:
    desk.type("Customers", 0, CUSTOMER | {"Credit limit": "1000.10"})

    told = desk.floor.press("sync")

    assert told.end == "Order to Cash: Done: Customers 1; 4 cells written."
    assert told.said[0] == "Order to Cash: sync: starting …"
    (row,) = desk.rows("Customers")
    assert (row["Customer ID"], row["Credit status"], row["Available credit"]) == ("00123", "New", 1000.1)
    assert [(row["Name"], row["Credit status"]) for row in desk.paper.rows("Customers").values()] == [
        ("Alfreds", "New")
    ]


def test_check_and_preview_change_nothing_sync_writes_and_undo_puts_back(desk: OpenDesk, warm: Floor) -> None:
    desk.type("Customers", 0, CUSTOMER | {"Country": "Atlantis"})
    wrong = desk.cells()

    told = desk.press("check")

    assert told.startswith('1 fault in Book.xlsx. Customers!I2, Country: "Atlantis" is not a two-letter country code.')
    assert desk.ask("selected", book=desk.book) == {"sheet": "Customers", "area": [2, 9, 2, 9]}
    assert desk.cells() == wrong
    desk.type("Customers", 0, {"Country": "DE"})
    typed = desk.cells()
    assert desk.press("preview") == "A sync would take Customers 1 and write 3 cells. Nothing was changed."
    assert desk.cells() == typed
    assert desk.press("sync") == "Order to Cash: Done: Customers 1; 3 cells written."
    written = desk.cells()
    assert written != typed
    assert desk.press("sync") == "Order to Cash: Nothing to do: Book.xlsx and the books agree."
    assert desk.cells() == written
    assert "put back" in desk.press("undo_last_write")
    assert desk.cells() == typed


def test_the_buttons_of_the_process_write_what_they_are_for(trading: OpenDesk, warm: Floor) -> None:
    payment = {"Payment": "'PAY-2", "Customer ID": "'00123", "Paid on": TODAY.isoformat(), "Amount": "35.70"}
    payment |= {"Currency": "EUR", "Method": "Bank transfer", "Reference": "INV-000002"}

    assert trading.press("match_payments").endswith(" cells written.")
    assert trading.column("Matches", "Payment", "Invoice", "Status") == [("PAY-1", "INV-000001", "Proposed")]
    assert trading.ask("shown", book=trading.book) == "Matches"
    assert trading.press("create_invoices").startswith("Order to Cash: Done: invoiced 1, documents written 2; ")
    assert trading.column("Invoices", "Order", "Open") == [("A1", 35.7), ("A2", 35.7)]
    assert trading.press("purchase_proposals").startswith("Order to Cash: Done: purchases proposed 1; ")
    assert trading.column("PurchaseOrders", "Supplier ID", "Status") == [("S1", "Draft")]
    trading.type("Payments", 1, payment)
    assert trading.press("post_payments").startswith("Order to Cash: Done: Payments 1, payments 1, applied 1; ")
    assert trading.column("Payments", "Status") == [("Unapplied",), ("Applied",)]
    assert trading.press("run_process").startswith("Order to Cash: Done: purchases sent 1, closed 1, ")
    assert trading.column("Orders", "Status") == [("Invoiced",), ("Closed",), ("Backordered",)]
    assert trading.column("PurchaseOrders", "Status") == [("Sent",)]
    assert trading.press("undo_last_write").endswith("the next Sync shows them again.")
    assert trading.column("Orders", "Status") == [("Invoiced",), ("Invoiced",), ("Backordered",)]


def test_report_and_aging_are_opened_beside_the_workbook(desk: OpenDesk, warm: Floor) -> None:
    before = desk.cells()

    told = desk.press("report")

    first = desk.ask("active")
    desk.ask("close", book=first)
    desk.ask("activate", book=desk.book)
    assert desk.press("aging") == told
    assert (desk.ask("active"), desk.ask("shown", book=first)) == (first, "Aging")
    assert Path(first).parent == desk.paper.root / "reports"
    assert told == f"Order to Cash: {Path(first).name} is written in reports."
    assert desk.cells() == before


def test_log_and_help_are_opened_outside_of_excel(desk: OpenDesk, warm: Floor, tmp_path: Path) -> None:
    opened, browser = tmp_path / "opened.txt", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n', encoding="utf-8")
    browser.chmod(0o755)

    told = [desk.press(button, BROWSER=str(browser)) for button in ("open_log", "help")]

    assert [text.rpartition("/")[2] for text in told] == ["buttons.log.", "README.md."]
    names = [line.rpartition("/")[2] for line in opened.read_text(encoding="utf-8").split()]
    assert names == ["buttons.log", "README.md"]


def test_the_selected_approvals_are_decided_by_whoever_has_the_role(desk: OpenDesk, warm: Floor) -> None:
    asked(desk)
    may_decide(desk)
    desk.type("Approvals", 1, {"Reason": "too dear"})

    assert desk.press("approve_selected") == "Order to Cash: 1 approval approved: AP-000001."
    desk.select("Approvals", 1)
    assert desk.press("reject_selected") == "Order to Cash: 1 approval rejected: AP-000002."

    who = process_account()
    decided = [("Approved", who, ""), ("Rejected", who, "too dear")]
    assert desk.column("Approvals", "Status", "Decided by", "Reason") == decided


def may_decide(desk: OpenDesk) -> None:
    """Give this account the role that the approvals ask for."""
    row = {"user": process_account(), "role": "Operations Manager", "limit": None, "from": None, "to": None}
    with desk.paper.company.ledger.transaction(TODAY) as txn:
        txn.insert(schema.roles, [row])


def asked(desk: OpenDesk) -> None:
    """Two approvals, shown in the workbook; the first is selected."""
    asks = [
        Ask("Operations Manager", "Purchase order", f"PO-00000{n}", Decimal(500), "EUR", f"hash-{n}", "anna")
        for n in (1, 2)
    ]
    with desk.paper.company.ledger.transaction(TODAY) as txn:
        ask(txn, asks)
    desk.press("sync")
    desk.select("Approvals", 0)


def test_rows_typed_right_under_a_table_are_taken_and_the_table_reaches_over_them(desk: OpenDesk, warm: Floor) -> None:
    desk.type("Customers", 0, CUSTOMER)
    desk.press("sync")
    for header, text in (CUSTOMER | {"Customer ID": "'00456", "Credit limit": "=25*20"}).items():
        desk.ask("type", **desk.typing("Customers", 1, header, text))
    desk.ask("type", **desk.typing("Customers", 2, "Credit limit", "=SUM(N2:N3)"))

    assert desk.press("preview").startswith("A sync would take Customers 1 and write ")
    told = desk.press("sync")

    assert told.startswith("Order to Cash: Done: Customers 1; ")
    assert "N4 adds up rows above it, so what stands there is no row of the table." in told
    assert desk.column("Customers", "Customer ID", "Credit limit", "Credit status") == [
        ("00123", "", "New"),
        ("00456", 500, "New"),
    ]


# --- what can go wrong -----------------------------------------------------------------------------------------


def test_without_a_workbook_every_button_is_refused_and_starts_nothing(floor: Floor) -> None:
    assert floor.refused(BUTTONS).startswith("No workbook is active. Open one of the company's workbooks")


def test_on_a_workbook_never_saved_every_button_is_refused_and_starts_nothing(floor: Floor) -> None:
    book = floor.ask("new")
    floor.ask("activate", book=book)

    told = floor.refused(BUTTONS)

    floor.ask("close", book=book)
    assert told.startswith("This workbook was never saved.")


def test_another_company_s_workbook_is_refused_by_every_button(desk: OpenDesk, warm: Floor, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "books").mkdir(parents=True)
    (other / "o2c.toml").write_text("", encoding="utf-8")
    desk.type("Customers", 0, CUSTOMER)
    before = desk.cells()

    told = warm.press_all(ON_BOOKS, O2C_COMPANY=str(other))

    assert {text.partition(" in ")[0] for text in told.values()} == {"Book.xlsx belongs to the company"}
    assert desk.cells() == before


def test_a_busy_ledger_gets_its_sentence_from_every_button_that_needs_it(desk: OpenDesk, warm: Floor) -> None:
    desk.type("Customers", 0, CUSTOMER)
    desk.press("sync")
    desk.type("Customers", 0, {"Name": "Berglunds"})
    before = desk.cells()
    other = sqlite3.connect(desk.paper.root / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    # with no approval selected there is nothing to ask the ledger
    told = warm.press_all([one for one in LOCKING if "_selected" not in one], BUSY_MS="50")

    other.rollback()
    other.close()
    assert {text.partition(".")[0] for text in told.values()} == {"The ledger is busy: another o2c is writing"}
    assert desk.cells() == before


def test_rows_that_changed_meanwhile_are_named_and_nothing_is_written(desk: OpenDesk, warm: Floor) -> None:
    typed = json.dumps([desk.typing("Customers", 0, "Customer ID", "'99999")])
    for button in ("sync", "run_process", "create_invoices", "purchase_proposals", "post_payments", "match_payments"):
        desk.type("Customers", 0, CUSTOMER | {"Name": button})

        told = warm.press(button, TYPED_WHILE_SAVING=typed)

        sentence = (
            "Book.xlsx: Customers!A2 changed while this was worked out. Nothing was written; press the button again. "
            "In the books: Customers 1."
        )
        assert (told.end, told.writes) == (sentence, 0)
        assert desk.column("Customers", "Customer ID", "Name", "Credit status") == [("99999", button, "")]


def test_rows_changed_since_the_preview_are_synced_as_they_stand(desk: OpenDesk, warm: Floor) -> None:
    desk.type("Customers", 0, CUSTOMER)
    desk.press("preview")
    desk.type("Customers", 0, {"Name": "Berglunds"})

    warm.press("sync", macro=True)  # from the list of macros, which does what the tab does

    assert desk.column("Customers", "Name", "Credit status") == [("Berglunds", "New")]
    assert [row["Name"] for row in desk.paper.shown("Customers")] == ["Berglunds"]


def test_rows_that_changed_meanwhile_are_named_beside_what_was_decided(desk: OpenDesk, warm: Floor) -> None:
    asked(desk)
    may_decide(desk)
    for row, (button, verb) in enumerate((("approve_selected", "approved"), ("reject_selected", "rejected"))):
        desk.type("Approvals", row, {"Reason": "as agreed"})
        desk.select("Approvals", row)
        typed = json.dumps([desk.typing("Approvals", row, "Approval", "AP-000009")])

        told = warm.press(button, TYPED_WHILE_SAVING=typed)

        sentence = (
            f"Book.xlsx: Approvals!A{row + 2} changed while this was worked out. Nothing was written; press the button "
            f"again. In the books: 1 approval {verb}: AP-00000{row + 1}."
        )
        assert (told.end, told.writes) == (sentence, 0)
        desk.type("Approvals", row, {"Approval": f"AP-00000{row + 1}"})
        desk.press("sync")


def test_an_approval_whose_row_says_other_than_the_books_is_not_decided(desk: OpenDesk, warm: Floor) -> None:
    asked(desk)
    may_decide(desk)
    for row, header, text in ((0, "Amount", "5"), (1, "Subject", "PO-000009")):
        desk.type("Approvals", row, {header: text, "Reason": "too dear"})
    desk.select("Approvals", 0, 1)

    told = desk.press("reject_selected")

    said = "its row shows Amount 5, the books hold 500. Press Sync, look at the row again, then decide."
    assert told == f"Nothing was rejected; 2 could not be. AP-000001: {said}"
    assert desk.column("Approvals", "Subject", "Amount", "Status") == [
        ("PO-000001", 500, "Waiting"),
        ("PO-000002", 500, "Waiting"),
    ]


def test_a_cell_being_edited_ends_every_button_in_a_sentence_and_changes_nothing(desk: OpenDesk, warm: Floor) -> None:
    desk.type("Customers", 0, CUSTOMER)
    before = desk.cells()
    log = warm.folder / "personal" / "o2c_xl" / "buttons.log"

    for button in BUTTONS:
        log.unlink(missing_ok=True)
        told = warm.press(button, EDITING="1")
        assert "A cell is being edited" in log.read_text(encoding="utf-8")
        assert (told.alerts, told.saves, told.writes) == ([], [], 0)

    assert desk.cells() == before
    assert desk.paper.shown("Customers") == []


def test_a_workbook_without_a_table_of_the_company_is_told_as_that(desk: OpenDesk, warm: Floor) -> None:
    desk.type("Customers", 0, CUSTOMER)
    desk.press("sync")
    notes = desk.paper.book.with_name("Notes.xlsx")
    openpyxl.Workbook().save(notes)
    desk.ask("activate", book=desk.ask("open", path=str(notes)))

    told = warm.press_all([button for button in LOCKING if button != "undo_last_write"])

    assert {text.partition(",")[0] for text in told.values()} == {"Notes.xlsx holds no table of the company"}


def test_undo_leaves_alone_what_was_changed_since(desk: OpenDesk, warm: Floor) -> None:
    desk.type("Customers", 0, CUSTOMER)
    desk.press("sync")
    desk.type("Customers", 0, {"Credit status": "typed over"})
    before = desk.cells()

    told = desk.press("undo_last_write")

    assert "changed since they were written. They stay as they are." in told
    assert desk.cells() == before


def test_without_the_role_nothing_is_approved_and_without_a_reason_nothing_rejected(
    desk: OpenDesk, warm: Floor
) -> None:
    asked(desk)
    before = desk.cells()

    refused, reasonless = desk.press("approve_selected"), desk.press("reject_selected")
    desk.type("Approvals", 0, {"Reason": "too dear"})
    rejected = desk.press("reject_selected")
    desk.type("Approvals", 0, {"Reason": ""})

    lacking = f"1 could not be. AP-000001: {process_account()} does not have the role Operations Manager."
    assert refused.startswith(f"Nothing was approved; {lacking}")
    assert reasonless.startswith("A rejection needs a reason.")
    assert rejected.startswith(f"Nothing was rejected; {lacking}")
    assert desk.cells() == before
