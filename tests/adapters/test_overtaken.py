"""What is no longer so is not mailed: messages about orders that waited while the order went on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.telling import ALTERNATIVES, CONFIRMATION, DELAY, HELD, MISSING
from o2c_xl.steps.withdraw_notices import Notice, overtaken
from tests.adapters.mail_server import MailServer, serving
from tests.adapters.test_sending import DAY, open_desk, order
from tests.scenarios.northwind import write


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as running:
        yield running


@pytest.mark.parametrize(
    ("notice", "goes"),
    [
        (Notice("1", HELD, OrderStatus.ON_HOLD, held=True), True),
        (Notice("1", HELD, OrderStatus.TO_PICK), False),
        (Notice("1", MISSING, OrderStatus.INCOMPLETE), True),
        (Notice("1", MISSING, OrderStatus.CREDIT_CHECK), False),
        (Notice("1", ALTERNATIVES, OrderStatus.AVAILABILITY), True),
        (Notice("1", ALTERNATIVES, OrderStatus.BACKORDERED), False),
        (Notice("1", DELAY, OrderStatus.BACKORDERED), True),
        (Notice("1", DELAY, OrderStatus.SHIPPED), False),
        (Notice("1", CONFIRMATION, OrderStatus.INVOICED), True),
        (Notice("1", CONFIRMATION, OrderStatus.CANCELLED), False),
        (Notice("1", CONFIRMATION, OrderStatus.TO_PICK, again=True), False),
    ],
)
def test_a_message_goes_as_long_as_it_tells_something_true(notice: Notice, goes: bool) -> None:
    assert (overtaken(notice) == "") is goes


def test_what_was_missing_and_came_before_the_mail_went_is_not_asked_for(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, None)
    order(desk, "1001", "1002", **{"Ship to city": "Rome"})
    desk.run()
    where = {"Ship to street": "Via 1", "Ship to postal code": "00100", "Ship to country": "IT"}
    order(desk, "1001", **{"Ship to city": "Rome"} | where)
    desk.run()
    before = desk.show("Outbox", "Kind=Missing data")
    switched = [{"Setting": "Send mail", "Value": "Yes"}, {"Setting": "Mail port", "Value": str(server.port)}]
    desk.load(write(tmp_path / "Settings.csv", switched))

    first, second = desk.run(), desk.run()

    after = {row["About"]: row["Status"] for row in desk.show("Outbox", "Kind=Missing data")}
    assert [row["Status"] for row in before] == ["Waiting", "Waiting"]
    assert after == {"1001": "Withdrawn", "1002": "Sent"}
    assert not [mail["Subject"] for mail in server.taken if "1001" in mail["Subject"] and "missing" in mail["Subject"]]
    assert (first["counts"]["messages withdrawn"], second["counts"]["messages withdrawn"]) == (1, 0)
    assert (desk.folder / "outbox" / "withdrawn" / "Missing data 1001.txt").is_file()
    desk.verify()


def test_an_order_without_lines_is_asked_about_on_the_next_day(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, None)
    desk.load(write(tmp_path / "Orders.csv", [{"Order": "1001", "Customer ID": "ADA", "Order date": DAY}]))

    told = []
    for day in (DAY, "2026-03-03", "2026-03-04"):
        desk.o2c("run", "--on", day)
        told.append([row["About"] for row in desk.show("Outbox", "Kind=Missing data")])

    assert told == [[], ["1001"], ["1001"]]
