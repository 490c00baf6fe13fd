"""Approving at the button: it counts by the account of the process and its roles, whatever the workbook says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from o2c_xl.adapters import ribbon
from o2c_xl.company.account import process_account
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask, decide
from o2c_xl.workbook.address import address
from tests.ribbon.open_desk import OpenDesk
from tests.sync.desk import DAY


def asked(desk: OpenDesk, by: str = "anna") -> None:
    asks = [
        Ask("Operations Manager", "Purchase order", f"PO-00000{n}", Decimal("500.00"), "EUR", f"hash-{n}", by)
        for n in (1, 2)
    ]
    with desk.paper.company.ledger.transaction(DAY) as txn:
        ask(txn, asks)
    desk.press(ribbon.sync)


def given_role(desk: OpenDesk) -> None:
    row = {"user": process_account(), "role": "Operations Manager", "limit": None, "from": None, "to": None}
    with desk.paper.company.ledger.transaction(DAY) as txn:
        txn.insert(schema.roles, [row])


def statuses(desk: OpenDesk) -> list[str]:
    c = schema.approvals.c
    with desk.paper.company.ledger.reading() as conn:
        return list(conn.execute(select(c.status).order_by(c.approval)).scalars())


def test_the_selected_rows_are_approved_and_show_it(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    desk.select("Approvals", 0, 1)

    told = desk.press(ribbon.approve_selected)

    assert told == "Order to Cash: 2 approvals approved: AP-000001, AP-000002."
    assert statuses(desk) == ["Approved", "Approved"]
    assert {row["Decided by"] for row in desk.rows("Approvals")} == {process_account()}


def test_only_what_is_selected_is_decided(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    desk.select("Approvals", 1)

    desk.press(ribbon.approve_selected)

    assert statuses(desk) == ["Waiting", "Approved"]


def test_without_the_role_nothing_is_approved_whatever_is_typed(desk: OpenDesk) -> None:
    asked(desk)
    desk.type("Approvals", 0, {"Decision": "Approve", "Asked by": "somebody", "Decided by": "the boss"})
    desk.select("Approvals", 0)

    told = desk.press(ribbon.approve_selected)

    assert told.startswith(
        f"Nothing was approved; 1 could not be. AP-000001: {process_account()} does not have the role"
    )
    assert statuses(desk) == ["Waiting", "Waiting"]


def test_without_the_role_nothing_is_rejected_either(desk: OpenDesk) -> None:
    asked(desk)
    desk.type("Approvals", 0, {"Reason": "too dear"})
    desk.select("Approvals", 0)

    told = desk.press(ribbon.reject_selected)

    assert told.startswith(
        f"Nothing was rejected; 1 could not be. AP-000001: {process_account()} does not have the role"
    )
    assert statuses(desk) == ["Waiting", "Waiting"]


@pytest.mark.parametrize(("button", "verb"), [("approve_selected", "approved"), ("reject_selected", "rejected")])
def test_rows_that_changed_since_they_were_read_are_named_beside_what_was_decided(
    desk: OpenDesk, button: str, verb: str
) -> None:
    given_role(desk)
    asked(desk)
    desk.type("Approvals", 0, {"Reason": "as agreed"})
    desk.select("Approvals", 0)
    desk.excel.on_save = lambda: desk.type("Approvals", 0, {"Approval": "AP-000009"})
    before = desk.excel.writes

    told = desk.press(getattr(ribbon, button))

    assert told == (
        "Book.xlsx: Approvals!A2 changed while this was worked out. Nothing was written; press the button again. "
        f"In the books: 1 approval {verb}: AP-000001."
    )
    assert desk.excel.writes == before
    assert statuses(desk) == [verb.capitalize(), "Waiting"]


def test_whoever_asked_may_not_approve(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk, by=process_account())
    desk.select("Approvals", 0)

    told = desk.press(ribbon.approve_selected)

    assert "You asked for this approval. Someone else must decide." in told
    assert statuses(desk) == ["Waiting", "Waiting"]


def test_a_rejection_takes_its_reason_from_the_row_and_needs_one(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    desk.select("Approvals", 0)
    assert desk.press(ribbon.reject_selected).startswith("A rejection needs a reason. Type it in Reason")
    desk.type("Approvals", 0, {"Reason": "too dear"})
    desk.select("Approvals", 0)

    told = desk.press(ribbon.reject_selected)

    assert told == "Order to Cash: 1 approval rejected: AP-000001."
    assert statuses(desk) == ["Rejected", "Waiting"]


def test_a_selection_elsewhere_is_no_approval(desk: OpenDesk) -> None:
    asked(desk)
    desk.select("Customers", 0)

    assert desk.press(ribbon.approve_selected) == "No approval is selected. Select rows of Approvals and press again."


def test_rows_that_a_filter_hides_are_not_decided(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    assert desk.book is not None
    desk.book.model["Approvals"].row_dimensions[3].hidden = True
    desk.select("Approvals", 0, 1)

    told = desk.press(ribbon.approve_selected)

    assert told == "Order to Cash: 1 approval approved: AP-000001."
    assert statuses(desk) == ["Approved", "Waiting"]


def test_a_whole_column_selects_all_rows_of_the_table(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    desk.select_address("Approvals", "$A:$C")

    desk.press(ribbon.approve_selected)

    assert statuses(desk) == ["Approved", "Approved"]


@pytest.mark.parametrize(
    ("header", "typed", "said"),
    [
        ("Amount", 5.0, "its row shows Amount 5, the books hold 500"),
        ("Subject", "PO-999999", "its row shows Subject PO-999999, the books hold PO-000001"),
        ("Role", "Finance Manager", "its row shows Role Finance Manager, the books hold Operations Manager"),
        ("Step", None, "its row shows Step empty, the books hold Purchase order"),
    ],
)
def test_a_row_that_says_other_than_the_ledger_is_not_decided(
    desk: OpenDesk, header: str, typed: object, said: str
) -> None:
    given_role(desk)
    asked(desk)
    desk.type("Approvals", 0, {header: typed})
    desk.select("Approvals", 0, 1)

    told = desk.press(ribbon.approve_selected)

    sentence = f"1 could not be. AP-000001: {said}. Press Sync, look at the row again, then decide."
    assert told == f"1 approval approved; {sentence}"
    assert statuses(desk) == ["Waiting", "Approved"]


def test_numbers_sorted_apart_from_what_they_are_about_are_not_decided(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    for row, number in enumerate(("AP-000002", "AP-000001")):
        desk.type("Approvals", row, {"Approval": number, "Reason": "too dear"})
    desk.select("Approvals", 0, 1)

    told = desk.press(ribbon.reject_selected)

    assert told.startswith("Nothing was rejected; 2 could not be. AP-000002: its row shows Subject PO-000001")
    assert statuses(desk) == ["Waiting", "Waiting"]


def test_an_amount_typed_anew_as_it_stands_is_decided(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    desk.type("Approvals", 0, {"Amount": "'500.00"})
    desk.select("Approvals", 0)

    desk.press(ribbon.approve_selected)

    assert statuses(desk) == ["Approved", "Waiting"]


@pytest.mark.parametrize("beside", ["$Z$2", "$Z:$Z", "$T$2:$Z$3", "$A$1", "$A$4"])
def test_a_selection_beside_the_table_is_no_approval(desk: OpenDesk, beside: str) -> None:
    given_role(desk)
    asked(desk)
    desk.select_address("Approvals", beside)

    told = desk.press(ribbon.approve_selected)

    assert told == "No approval is selected. Select rows of Approvals and press again."
    assert statuses(desk) == ["Waiting", "Waiting"]


def test_a_whole_row_selects_what_the_table_has_in_it(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    desk.select_address("Approvals", "$3:$3")

    desk.press(ribbon.approve_selected)

    assert statuses(desk) == ["Waiting", "Approved"]


@pytest.mark.parametrize(
    ("button", "verb", "typed"),
    [("approve_selected", "approved", "Reject"), ("reject_selected", "rejected", "Approve")],
)
def test_a_row_with_the_contrary_decision_typed_in_it_is_not_decided(
    desk: OpenDesk, button: str, verb: str, typed: str
) -> None:
    given_role(desk)
    asked(desk)
    desk.type("Approvals", 0, {"Decision": typed, "Reason": "far too dear"})
    desk.type("Approvals", 1, {"Reason": "as agreed"})
    desk.select("Approvals", 0, 1)

    told = desk.press(getattr(ribbon, button))

    assert told == (
        f"1 approval {verb}; 1 could not be. AP-000001: its row says {typed} in Decision. Empty that, or press the "
        "other button."
    )
    assert statuses(desk) == ["Waiting", verb.capitalize()]


@pytest.mark.parametrize("header", ["Approval", "Subject", "Amount", "Decision", "Reason"])
def test_where_a_column_that_is_decided_on_was_renamed_nothing_is_decided(desk: OpenDesk, header: str) -> None:
    given_role(desk)
    asked(desk)
    sheet, first, columns = desk.place("Approvals")
    assert desk.book is not None
    desk.excel.person_types(desk.book, sheet, address(first - 1, columns[header]), f"My {header}")
    desk.select("Approvals", 0)

    told = desk.press(ribbon.approve_selected)

    assert told.startswith(f"Approvals has no column {header}, so nobody sees there what is decided.")
    assert statuses(desk) == ["Waiting", "Waiting"]


def test_a_reason_of_which_nothing_can_be_seen_is_none(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    desk.type("Approvals", 0, {"Reason": "\u200b"})
    desk.select("Approvals", 0)

    told = desk.press(ribbon.reject_selected)

    assert told.startswith("A rejection needs a reason.")
    with desk.paper.company.ledger.transaction(DAY) as txn:
        assert "A rejection needs a reason" in str(decide(txn, ["AP-000002"], "Reject", "\u2060"))
    assert statuses(desk) == ["Waiting", "Waiting"]


def test_a_decision_takes_nothing_where_none_is_selected_and_tells_faults_of_what_it_takes(desk: OpenDesk) -> None:
    given_role(desk)
    asked(desk)
    typed = {"Customer ID": "'C1", "Name": "Alfreds", "Country": "Atlantis"}
    desk.type("Customers", 0, {**typed, "Country": "DE", "City": "Berlin"})
    desk.type("Customers", 1, {**typed, "Customer ID": "'C2"})
    desk.select("Customers", 0)
    assert desk.press(ribbon.approve_selected).startswith("No approval is selected.")
    assert desk.shown("Customers") == []
    desk.select("Approvals", 0)

    told = desk.press(ribbon.approve_selected)

    assert told.startswith("1 approval approved: AP-000001. 1 fault to mend. Customers!")
    assert statuses(desk) == ["Approved", "Waiting"]
