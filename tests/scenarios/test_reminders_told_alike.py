"""Level, Status and Waiting tell one thing of a reminder, with sending switched on, off, and where it cannot go."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_chased import buy, on, open_desk


def told(desk: Desk) -> tuple[str, list[str], list[str]]:
    """Level of the first invoice, the status of each reminder, and what stops them."""
    level = desk.show("Invoices")[0]["Reminder level"]
    stops = [row["What stops it"] for row in desk.show("Waiting") if row["Subject"].startswith("RM-")]
    return level, [row["Status"] for row in desk.show("Reminders")], stops


def test_a_letter_written_while_nothing_is_sent_is_written_and_counts(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    buy(desk, tmp_path, "1001")

    on(desk, 40).run(expect=None)

    assert told(desk) == ("1", ["Written"], [])


def test_a_letter_without_an_address_counts_for_nothing_until_it_has_one(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Invoice by": "Email"}]))
    buy(desk, tmp_path, "1001")

    on(desk, 40).run(expect=None)
    on(desk, 60).run(expect=None)
    stopped = told(desk)
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Email": "ada@example.com"}]))
    on(desk, 61).run(expect=None)
    let_go = told(desk)
    on(desk, 62).run(expect=None)

    assert stopped == ("0", ["Waiting"], ["Reminder is not sent yet"])
    assert let_go == ("1", ["Written"], [])
    assert told(desk) == ("2", ["Written", "Written"], [])
    assert not any(on(desk, 62).run(expect=None)["counts"].values())
    desk.verify()


def test_a_letter_that_waits_when_sending_is_switched_off_is_left_to_people(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Send mail": "Yes", "Mail server": "localhost", "Mail port": "1"})
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Email": "ada@example.com"}]))
    buy(desk, tmp_path, "1001")

    on(desk, 40).run(expect=None)
    sending = told(desk)
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Send mail", "Value": "No"}]))
    on(desk, 41).run(expect=None)

    assert sending[:2] == ("0", ["Waiting"])
    assert told(desk) == ("1", ["Written"], [])
    desk.verify()
