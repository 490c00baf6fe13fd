"""What people ask for takes effect by their role; what has no effect says so beside its row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from o2c_xl.company.account import process_account
from o2c_xl.ledger import schema
from o2c_xl.ledger.engine import open_engine
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.reading.book import read_book
from tests.made_once import made_once
from tests.scenarios.commands import Answer, Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import DAY, open_desk
from tests.scenarios.test_typed_by_clerks import type_into


def book_of(desk: Desk) -> Path:
    (book,) = (desk.folder / "books").glob("*.xlsx")
    return book


def seen(desk: Desk, table: str, key: str) -> dict[str, Any]:
    """The row as the workbook shows it; `row` is its number."""
    data = next(t for t in read_book(book_of(desk)).tables if t.name == table)
    at = data.columns[0].index(key)
    return {"row": data.first_row + at, **{h: column[at] for h, column in zip(data.headers, data.columns, strict=True)}}


def type_in(desk: Desk, table: str, key: str, **values: Any) -> None:
    """Type into a row's cells; spaces in a header are written as underscores."""
    row = seen(desk, table, key)["row"]
    edit = TableEdit(table, {(row, header.replace("_", " ")): value for header, value in values.items()})
    book_of(desk).write_bytes(apply_edits(book_of(desk), [edit]))


def set_to(desk: Desk, files: Path, **settings: str) -> None:
    rows = [{"Setting": name.replace("_", " "), "Value": value} for name, value in settings.items()]
    desk.load(write(files / "Settings.csv", rows))


def order(desk: Desk, files: Path, number: str, sku: str, quantity: int, customer: str = "ADA") -> None:
    row = {"Order": number, "Customer ID": customer, "Order date": DAY, "SKU": sku, "Quantity": quantity}
    desk.load(write(files / f"order-{number}.csv", [row]))


def limited(desk: Desk, files: Path, limit: int | str, customer: str = "ADA") -> None:
    desk.load(write(files / "Limits.csv", [{"Customer ID": customer, "Credit limit": limit}]))


# --- close short -----------------------------------------------------------------------------------------------


def test_close_short_of_an_order_on_credit_hold_says_that_it_waits_and_is_done_after_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    set_to(desk, tmp_path, Ship_by_hand="Yes")
    limited(desk, tmp_path, 10)
    order(desk, tmp_path, "1", "MUG", 15)
    desk.run()
    type_in(desk, "Orders", "1", Action="Close short")

    desk.run()
    waiting = seen(desk, "Orders", "1")
    limited(desk, tmp_path, 1000)
    desk.run()

    assert waiting["Status"] == "On hold"
    assert waiting["Check"].startswith("Action: Close short waits for the credit check")
    assert "Cancel" in waiting["Check"]
    (line,) = desk.show("OrderLines")
    assert (line["Allocated"], line["Cancelled"]) == ("12", "3")
    assert seen(desk, "Orders", "1")["Check"] is None
    desk.verify()


def test_close_short_while_picks_are_partly_done_says_what_to_do_and_then_closes(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    set_to(desk, tmp_path, Pick_by_hand="Yes", Ship_by_hand="Yes")
    rows = [
        {"Order": "1", "Customer ID": "ADA", "Order date": DAY, "Line": line, "SKU": sku, "Quantity": 5}
        for line, sku in enumerate(("MUG", "TEA"), 1)
    ]
    desk.load(write(tmp_path / "orders.csv", rows))
    desk.run()
    mugs, teas = sorted(desk.show("PickList"), key=lambda pick: str(pick["SKU"]))
    type_in(desk, "PickList", mugs["Pick"], Picked=5)
    type_in(desk, "Orders", "1", Action="Close short")

    desk.run()
    partly = seen(desk, "Orders", "1")
    type_in(desk, "PickList", teas["Pick"], Picked=2)
    desk.run()

    assert partly["Check"].startswith("Action: Nothing is short, so nothing was closed: stock is set aside for all 10")
    assert "5 of them are picked" in partly["Check"]
    assert [(line["Allocated"], line["Cancelled"]) for line in desk.show("OrderLines")] == [("5", "0"), ("2", "3")]
    assert seen(desk, "Orders", "1")["Check"] is None
    desk.verify()


# --- decisions typed in Approvals ------------------------------------------------------------------------------


def give_role(desk: Desk, files: Path, user: str, role: str, **more: Any) -> None:
    row = {"User": user, "Role": role, "Limit": None, "From": None, "To": None}
    desk.load(write(files / "Roles.csv", [{**row, **more}]))


def waits_for_approval(desk: Desk, files: Path) -> str:
    """An invoice that waits for the Finance Manager; its number in Approvals."""
    set_to(desk, files, Approve_invoices_above="0")
    order(desk, files, "1", "MUG", 5)
    desk.run()
    (asked,) = desk.show("Approvals")
    return str(asked["Approval"])


def test_a_decision_typed_without_the_right_says_who_may_decide(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    give_role(desk, tmp_path, "fiona", "Finance Manager")
    number = waits_for_approval(desk, tmp_path)
    type_in(desk, "Approvals", number, Decision="Approve")

    desk.run()

    check = seen(desk, "Approvals", number)["Check"]
    assert check.startswith(f"Decision: It did not count for {process_account()}: ")
    assert f"fiona may decide with o2c approve {number}, or with the button Approve selected" in check
    assert [row["Check"] for row in desk.show("Approvals")] == [check]
    assert [row["Status"] for row in desk.show("Approvals")] == ["Waiting"]
    assert desk.run()["ok"]


def test_ones_own_decision_says_that_someone_else_must_decide(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    give_role(desk, tmp_path, process_account(), "Finance Manager")
    number = waits_for_approval(desk, tmp_path)
    type_in(desk, "Approvals", number, Decision="Reject", Reason="too dear")

    desk.run()

    check = seen(desk, "Approvals", number)["Check"]
    assert "You asked for this approval. Someone else must decide." in check
    assert "Nobody else may today: an Administrator gives the role Finance Manager in Roles" in check
    assert f"o2c reject {number} --reason" in check


def test_a_decision_that_a_file_brings_is_noted_as_one_that_does_not_count(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    number = waits_for_approval(desk, tmp_path)
    decided = write(tmp_path / "Approvals.csv", [{"Approval": number, "Decision": "Approve"}])

    (note,) = desk.load(decided)["notes"]
    again = desk.load(decided)["notes"]

    assert note.startswith(f"Approvals.csv: what is decided for {number} is noted and does not count yet.")
    assert again == []


def test_a_decision_that_is_taken_back_says_nothing_more(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    number = waits_for_approval(desk, tmp_path)
    type_in(desk, "Approvals", number, Decision="Approve")
    desk.run()
    type_in(desk, "Approvals", number, Decision=None)

    desk.run()

    assert seen(desk, "Approvals", number)["Check"] is None
    desk.verify()


# --- credit release --------------------------------------------------------------------------------------------


def test_a_release_typed_without_the_role_is_refused_beside_the_row_and_names_who_may(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    give_role(desk, tmp_path, "fiona", "Finance")
    limited(desk, tmp_path, 10)
    order(desk, tmp_path, "1", "MUG", 5)
    desk.run()
    type_in(desk, "Customers", "ADA", Credit_released_until=date(2026, 3, 9), Release_reason="Fair")
    type_in(desk, "Orders", "1", Action="Release", Notes="Fair")

    desk.run(expect=1)

    check = seen(desk, "Customers", "ADA")["Check"]
    assert check.startswith(f"Credit released until: {process_account()} may not release credit: that takes the role")
    assert "fiona may" in check
    assert "fiona may" in seen(desk, "Orders", "1")["Check"]
    assert [row["Status"] for row in desk.show("Orders")] == ["On hold"]


def test_finance_releases_a_customer_for_a_time_and_the_journal_keeps_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    give_role(desk, tmp_path, process_account(), "Finance")
    limited(desk, tmp_path, 10)
    order(desk, tmp_path, "1", "MUG", 1)
    order(desk, tmp_path, "2", "TEA", 10)
    desk.run()
    held = [row["Status"] for row in desk.show("Orders")]
    type_in(desk, "Customers", "ADA", Credit_released_until=date(2026, 3, 9), Release_reason="Fair")

    desk.run()
    desk.verify()
    later = replace(desk, day="2026-03-10")
    order(later, tmp_path, "3", "TEA", 1)
    later.run()

    assert held[-1] == "On hold"
    assert [row["Status"] for row in desk.show("Orders")] == ["Invoiced", "Invoiced", "On hold"]
    assert [row["Who"] for row in desk.show("Log", "What=credit released")] == [process_account()]


def test_a_release_needs_its_reason(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    give_role(desk, tmp_path, process_account(), "Finance")
    desk.run()
    type_in(desk, "Customers", "ADA", Credit_released_until=date(2026, 3, 9))

    desk.run(expect=1)

    assert seen(desk, "Customers", "ADA")["Check"].startswith("Release reason: it is empty.")


@pytest.mark.parametrize(
    ("setting", "asked", "mended"),
    [
        ("Price_tolerance_percent", {"Quantity": 5, "Unit price": "1.00"}, {"Quantity": 5, "Unit price": None}),
        ("Approve_availability", {"Quantity": 15}, {"Quantity": 5}),
    ],
)
def test_an_approval_of_what_was_changed_since_is_void(
    tmp_path: Path, setting: str, asked: dict[str, Any], mended: dict[str, Any]
) -> None:
    desk = open_desk(tmp_path / "company")
    value = "Yes" if setting.startswith("Approve") else "5"
    rows = [{"Setting": setting.replace("_percent", " %").replace("_", " "), "Value": value}]
    desk.load(write(tmp_path / "Settings.csv", rows))
    row = {"Order": "1", "Customer ID": "ADA", "Order date": DAY, "Line": 1, "SKU": "MUG"}
    desk.load(write(tmp_path / "orders.csv", [row | asked]))
    desk.run()
    waiting = [one["Status"] for one in desk.show("Approvals")]

    desk.load(write(tmp_path / "orders.csv", [row | mended]))
    desk.run()

    assert waiting == ["Waiting"]
    assert [one["Status"] for one in desk.show("Approvals")] == ["Void"]
    assert [one["Status"] for one in desk.show("Orders")] == ["Invoiced"]


# --- settings -----------


def test_what_guards_money_is_set_only_by_who_may_decide_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = open_desk(tmp_path / "company")
    wished = {"Company IBAN": "DE02120300000000202051", "Approve invoices above": "", "Default lead days": "3"}
    rows = [{"Setting": name, "Value": value} for name, value in wished.items()]
    everything = write(tmp_path / "Settings.csv", rows)
    harmless = write(tmp_path / "Days.csv", rows[1:])  # the limit is empty already
    with monkeypatch.context() as patch:
        patch.setattr("o2c_xl.company.account.process_account", lambda: "mallory")
        refused = desk.o2c("load", everything, "--table", "Settings", "--json", "--on", DAY, expect=1).json
        taken = desk.o2c("load", harmless, "--table", "Settings", "--json", "--on", DAY).json

    (fault,) = refused["issues"]
    assert (fault["cell"], fault["problem"]) == ("B2", "mallory may not change Company IBAN.")
    assert process_account() in fault["fix"]
    assert taken["ok"]
    assert desk.show("Settings", "Setting=Company IBAN")[0]["Value"] is None
    assert desk.load(everything)["ok"]


def test_a_setting_that_the_ledger_holds_and_nobody_can_read_stops_nothing(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    ledger = open_engine(desk.folder / "ledger.db")
    with ledger.begin() as conn:  # as a program that took it would have left it
        conn.execute(insert(schema.settings), [{"setting": "Score to approve", "value": "60.5"}])
    ledger.dispose()

    desk.run()
    shown, told = seen(desk, "Settings", "Score to approve"), desk.show("Settings", "Setting=Score to approve")
    set_to(desk, tmp_path, Score_to_approve="61")

    assert shown["Value"] == told[0]["Value"] == "60.5"
    assert shown["Check"].startswith("Value: '60.5' is not a whole number. Until it is mended 60 holds. Write a number")
    desk.run()
    assert (seen(desk, "Settings", "Score to approve")["Value"], told[0]["Check"]) == ("61", shown["Check"])
    assert not seen(desk, "Settings", "Score to approve")["Check"]


def test_a_manager_whose_role_has_ended_posts_nothing_for_a_day_of_that_time(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    give_role(desk, tmp_path, process_account(), "Finance Manager", From="2025-01-01", To="2026-03-31")
    set_to(desk, tmp_path, Books_closing_until=DAY)

    refused = desk.o2c("run", "--on", DAY, expect=2)

    assert "only a Finance Manager posts (nobody yet" in refused.err


def test_periods_close_softly_then_hard(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    order = {"Order": "1", "Customer ID": "ADA", "Order date": DAY, "SKU": "TEA", "Quantity": 1}
    desk.load(write(tmp_path / "orders.csv", [order]))

    def close(name: str, value: str) -> Answer:
        desk.load(write(tmp_path / "Settings.csv", [{"Setting": name, "Value": value}]))
        return desk.o2c("run", "--on", DAY, expect=None)

    soft, hard = close("Books closing until", DAY), close("Books closed until", DAY)
    later = desk.o2c("run", "--on", "2026-03-03")
    opened = close("Books closed until", "2026-02-28")
    give_role(desk, tmp_path, process_account(), "Finance Manager")
    manager = desk.o2c("run", "--on", DAY)

    assert [one.code for one in (soft, hard, later, opened, manager)] == [2, 2, 0, 2, 0]
    assert "only a Finance Manager posts (nobody yet" in soft.err
    assert hard.err.startswith(f"o2c: The books are closed up to {DAY}, so nothing is posted for {DAY}.")
    assert [row["Invoice date"] for row in desk.show("Invoices")] == ["2026-03-03"]


def test_a_closing_date_ahead_is_refused_at_its_cell(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    path = write(tmp_path / "Settings.csv", [{"Setting": "Books closed until", "Value": "2027-03-31"}])

    (fault,) = desk.load(path, expect=1)["issues"]

    assert (fault["cell"], fault["problem"]) == ("B2", f"2027-03-31 is after {DAY}, so nothing could be posted today.")
    assert desk.run(expect=1)["counts"]["counts"] == 3  # only that fault is told


def test_books_opened_again_in_the_sheet_are_open_for_the_run_that_takes_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Books closed until", "Value": DAY}]))
    closed = desk.o2c("run", "--on", DAY, expect=2)
    rehearsed = desk.o2c("run", "--dry-run", "--on", DAY, expect=2)

    type_into(desk, "Settings", "Books closed until", {"Value": None})
    desk.o2c("run", "--on", DAY)

    assert "The books are closed up to" in closed.err
    assert "The books are closed up to" in rehearsed.err


@pytest.mark.parametrize("account", ["DE02120300000000202052", "DE00123"])
def test_the_companys_account_and_a_day_are_checked_where_they_are_typed(tmp_path: Path, account: str) -> None:
    desk = open_desk(tmp_path / "company")
    wrong = {"Company IBAN": account, "Company BIC": "xx", "Books closed until": "soon"}
    path = write(tmp_path / "Settings.csv", [{"Setting": name, "Value": value} for name, value in wrong.items()])

    faults = desk.load(path, expect=1)["issues"]

    assert [fault["problem"] for fault in faults] == [
        "'soon' is no date.",
        f"'{account}' is no IBAN: its length or its check digits do not fit.",
        "'xx' is no BIC, which has 8 or 11 characters, such as COBADEFFXXX.",
    ]


# --- credit limits ---------------------------------------------------------------------------------------------


@pytest.fixture
def gated(tmp_path: Path) -> Desk:
    """A company that approves credit limits; ADA has one of 10."""
    _gated(tmp_path / "company")
    return Desk(tmp_path / "company", DAY)


@made_once
def _gated(folder: Path) -> None:
    desk = open_desk(folder)
    limited(desk, folder.parent, 10)
    set_to(desk, folder.parent, Approve_credit_limits="Yes")
    give_role(desk, folder.parent, "fiona", "Finance Manager")
    desk.run()


def decide(desk: Desk, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """As fiona, whose account the program is run by for once."""
    with monkeypatch.context() as patch:
        patch.setattr("o2c_xl.company.account.process_account", lambda: "fiona")
        desk.o2c(*words, "--on", DAY)


def test_a_raised_limit_waits_for_another_account_and_the_old_one_holds(
    gated: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(gated, "Customers", "ADA", Credit_limit=500)
    order(gated, tmp_path, "1", "MUG", 5)

    gated.run()
    waiting, before = seen(gated, "Customers", "ADA"), gated.show("Orders")
    (asked,) = gated.show("Approvals")
    own = gated.o2c("approve", asked["Approval"], expect=1)
    again = gated.run()
    decide(gated, monkeypatch, "approve", str(asked["Approval"]))
    gated.run()

    assert waiting["Credit limit"] == 10
    assert waiting["Check"].startswith("Credit limit: 500 waits for the Finance Manager; until then the old one holds.")
    assert "fiona may decide with o2c approve AP-000001" in waiting["Check"]
    assert [row["Status"] for row in before] == ["On hold"]
    assert (asked["Step"], asked["Amount"]) == ("Credit limit", "500.00")
    assert "Someone else must decide" in own.out + own.err or "does not have the role" in own.out + own.err
    assert not again["counts"]["credit limits"]
    (row,) = [one for one in gated.show("Customers") if one["Customer ID"] == "ADA"]
    assert row["Credit limit"] == "500.00"
    assert [one["Status"] for one in gated.show("Orders")] == ["Invoiced"]
    assert seen(gated, "Customers", "ADA")["Check"] is None
    gated.verify()


def test_a_rejected_limit_says_so_and_may_be_asked_again(
    gated: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(gated, tmp_path, 500)
    gated.run()
    decide(gated, monkeypatch, "reject", "AP-000001", "--reason", "Too much.")
    gated.run()
    rejected = seen(gated, "Customers", "ADA")["Check"]

    limited(gated, tmp_path, 500)

    assert rejected == "Credit limit: 500 was rejected by fiona: Too much. The old one holds."
    assert [row["Status"] for row in gated.show("Approvals")] == ["Rejected", "Waiting"]


def test_a_lower_limit_counts_at_once_and_takes_the_wish_for_more_back(gated: Desk, tmp_path: Path) -> None:
    limited(gated, tmp_path, 500)
    limited(gated, tmp_path, 5)
    gated.run()

    (row,) = [one for one in gated.show("Customers") if one["Customer ID"] == "ADA"]
    assert row["Credit limit"] == "5.00"
    assert [one["Status"] for one in gated.show("Approvals")] == ["Void"]


def test_longer_terms_and_another_bill_to_wait_too_and_a_new_customer_is_taken_as_given(
    gated: Desk, tmp_path: Path
) -> None:
    known = {"Customer ID": "ADA", "Name": "Ada", "Payment terms": "Net 60", "Bill-to": "BOB"}
    new = {"Customer ID": "NEW", "Name": "New", "Payment terms": "Net 60", "Bill-to": "BOB", "Credit limit": 900}
    gated.load(write(tmp_path / "Customers.csv", [{**known, "Credit limit": 10}, new]))

    shown = {row["Customer ID"]: row for row in gated.show("Customers")}

    assert [shown["ADA"][name] for name in ("Payment terms", "Bill-to")] == ["Net 30", None]
    assert [shown["NEW"][name] for name in ("Payment terms", "Bill-to", "Credit limit")] == ["Net 60", "BOB", "900.00"]
    assert [row["Subject"] for row in gated.show("Approvals")] == ["ADA"]


def test_without_the_setting_a_limit_that_is_loaded_counts_at_once(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    limited(desk, tmp_path, 10)

    limited(desk, tmp_path, 500)

    (row,) = [one for one in desk.show("Customers") if one["Customer ID"] == "ADA"]
    assert (row["Credit limit"], desk.show("Approvals")) == ("500.00", [])
