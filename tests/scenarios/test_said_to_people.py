"""What commands and sheets say to people, each as it was once misleading."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import DAY, open_desk


def order(files: Path, number: str, day: str = DAY, customer: str = "ADA") -> Path:
    row = {"Order": number, "Customer ID": customer, "Order date": day, "SKU": "TEA", "Quantity": 1}
    return write(files / f"order-{number}.csv", [row])


def test_a_run_whose_invoices_may_not_be_dated_so_does_all_else_and_then_says_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(order(tmp_path, "1"))
    desk.run()
    before = str(dt.date.fromisoformat(DAY) - dt.timedelta(days=1))
    desk.load(order(tmp_path, "2", before))

    answer = desk.o2c("run", "--on", before, expect=2)

    assert "is before it" in answer.err
    assert f"Use a date from {DAY} on" in answer.err
    assert [row["Status"] for row in desk.show("Orders", "Order=2")] == ["Shipped"]
    assert len(desk.show("Shipments")) == 2
    assert len(desk.show("Invoices")) == 1
    desk.verify()
    desk.run()
    assert len(desk.show("Invoices")) == 2


def test_an_accepted_proposal_keeps_the_rule_that_proposed_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(order(tmp_path, "1"), order(tmp_path, "2"))
    desk.run()
    owed = desk.show("Invoices")[0]["Open"]
    row = {"Payment": "P1", "Customer ID": "ADA", "Paid on": DAY, "Amount": owed, "Method": "Cash", "Reference": ""}
    desk.load(write(tmp_path / "Payments.csv", [row]))
    desk.run()
    proposal = desk.show("Matches", "Status=Proposed")[0]
    desk.load(write(tmp_path / "Matches.csv", [{"Match": proposal["Match"], "Decision": "Accept"}]))

    desk.run()

    (posted,) = desk.show("Matches", f"Match={proposal['Match']}")
    assert posted["Status"] == "Posted"
    assert (posted["Rule"], posted["Confidence"]) == (proposal["Rule"], proposal["Confidence"])
    assert posted["Confidence"] != "100"


def test_nothing_to_do_is_not_said_above_a_workbook_that_could_not_be_written(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.o2c("sync", "--on", DAY)
    assert desk.o2c("sync", "--on", DAY).out.strip() == "Nothing to do."
    book = next((desk.folder / "books").glob("*.xlsx"))
    (book.parent / f"~${book.name}").write_bytes(b"\x04Anna" + b" " * 160)
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "DORA", "Name": "Dora"}]))

    answer = desk.o2c("sync", "--on", DAY, expect=2)

    assert "it will be written when it is closed" in answer.err
    assert "Nothing to do." not in answer.out
