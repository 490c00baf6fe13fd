"""The sample company: orders in every state, readable checks, books that hold, and nothing left to do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.workbook.reading.book import read_book
from tests.scenarios.commands import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("demo") / "company", dt.datetime.now().astimezone().date().isoformat())
    answer = made.o2c("demo", made.folder)
    assert "The books hold." in answer.out
    assert f"Open {made.folder / 'books' / 'Order to cash.xlsx'}" in answer.out
    return made


def status(desk: Desk) -> dict[str, str]:
    return {row["Order"]: row["Status"] for row in desk.show("Orders")}


def test_its_orders_stand_in_every_state(desk: Desk) -> None:
    assert set(status(desk).values()) == set(OrderStatus)


def test_the_workbook_shows_them_with_readable_checks(desk: Desk) -> None:
    (book,) = (desk.folder / "books").glob("*.xlsx")
    orders = next(table for table in read_book(book).tables if table.name == "Orders")
    columns = dict(zip(orders.headers, orders.columns, strict=True))

    assert set(columns["Status"]) - {None} == set(OrderStatus)
    checks = {order: check for order, check in zip(columns["Order"], columns["Check"], strict=True) if check}
    assert set(checks) == {"1020", "1021"}
    assert checks["1020"].startswith("Order date: ")
    assert checks["1021"].startswith("Requested date: ")


def test_each_stop_says_what_to_do(desk: Desk) -> None:
    told = {row["Order"]: row["Waiting for"] or "" for row in desk.show("Orders")}

    assert "past due" in told["1007"]
    assert "credit limit" in told["1008"]
    assert "Release" in told["1010"]
    assert "no street" in told["1013"]
    assert "no price for H-350" in told["1014"]
    assert "Inventory Manager" in told["1015"]
    assert "Choose a remedy" in told["1017"]


def test_a_late_payer_a_return_a_prepayment_and_money_of_nobody_are_among_it(desk: Desk) -> None:
    invoices = desk.show("Invoices")

    assert any(int(row["Days overdue"] or 0) > 0 for row in invoices)
    assert any(row["Kind"] == "Credit note" for row in invoices)
    assert any(row["Status"] == "Approval" for row in invoices)
    assert status(desk)["1009"] == "Closed"
    assert [row["Payment"] for row in desk.show("Payments", "Status=Unapplied")] == ["B-2006"]


def test_a_manager_decided_and_others_still_have_to(desk: Desk) -> None:
    approvals = desk.show("Approvals")

    assert {row["Status"] for row in approvals} == {"Approved", "Waiting"}
    assert {row["Decided by"] for row in approvals} == {"ines", None}


def test_every_story_can_be_told(desk: Desk) -> None:
    for order in status(desk):
        assert f"Order {order} of " in desk.o2c("track", order).out


def test_documents_lie_in_the_outbox(desk: Desk) -> None:
    names = [path.name for path in (desk.folder / "outbox").iterdir()]

    for kind in ("Purchase order", "Invoice", "Credit note", "Packing slip", "Pick list"):
        assert any(name.startswith(kind) for name in names), kind


def test_the_books_hold(desk: Desk) -> None:
    desk.verify()


def test_running_again_changes_nothing(desk: Desk) -> None:
    desk.run(expect=1)
    log = desk.show("Log")
    files = {path: path.read_bytes() for place in ("books", "outbox") for path in (desk.folder / place).iterdir()}

    again = desk.run(expect=1)

    assert not any(again["counts"].values()), again["counts"]
    assert [issue["cell"][0] for issue in again["issues"]] == ["E", "F"]
    assert desk.show("Log") == log
    assert {path: path.read_bytes() for path in files} == files


def test_it_is_not_made_over_a_company(desk: Desk, tmp_path: Path) -> None:
    answer = desk.o2c("demo", desk.folder, expect=2)

    assert "is a company folder already" in answer.err
