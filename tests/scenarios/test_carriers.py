"""The company's own carriers take what is shipped: by shipping, weight and cut-off; label data stand in Shipments."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.northwind import write
from tests.scenarios.test_customers_told import DAY, Desk, letter, open_desk, order

WEIGHT = {"SKU": "TEA", "Name": "Green tea", "Unit": "box", "Weight kg": "4"}
VAN = {"Carrier": "Own van", "Service": "Tour", "Shipping": "Standard shipping", "Days": "2"}
LIGHT = {"Carrier": "Post", "Service": "Small", "Shipping": "Standard shipping", "Most kg": "10", "Days": "1"}


def with_carriers(folder: Path, *rows: dict[str, Any]) -> Desk:
    desk = open_desk(folder)
    columns = ("Carrier", "Service", "Shipping", "Least kg", "Most kg", "Cut-off", "Days", "Cost", "Discontinued")
    table = [dict.fromkeys(columns, "") | row for row in rows]
    desk.load(write(folder / "Products.csv", [WEIGHT]), write(folder / "Carriers.csv", table))
    return desk


def test_the_weight_decides_which_of_the_own_carriers_goes(tmp_path: Path) -> None:
    desk = with_carriers(tmp_path, VAN, LIGHT)
    order(desk, "1001", Quantity="2")
    order(desk, "1002", Quantity="3")

    desk.run()

    told = [(one["Order"], one["Carrier"], one["Service"], one["Weight kg"]) for one in desk.show("Shipments")]
    assert told == [("1001", "Post", "Small", "8"), ("1002", "Own van", "Tour", "12")]
    desk.verify()


def test_the_day_it_is_expected_and_the_label_are_told(tmp_path: Path) -> None:
    desk = with_carriers(tmp_path, VAN)
    there = {"Ship to name": "Shop 7", "Ship to street": "Kai 3", "Ship to city": "Cork", "Ship to country": "IE"}
    order(desk, "1001", **there)

    desk.run()
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Street": "Elsewhere 9"}]))

    [sent] = desk.show("Shipments")
    assert [sent[name] for name in there] == list(there.values())
    assert sent["Expected"] == workdays_later(2)
    assert "Expected with you: " in letter(desk, "Shipment SH-000001")


def workdays_later(days: int) -> str:
    day = dt.date.fromisoformat(DAY)
    while days:
        day += dt.timedelta(days=1)
        days -= day.weekday() < 5
    return day.isoformat()


def test_what_no_carrier_takes_waits_and_says_where_to_enter_one(tmp_path: Path) -> None:
    desk = with_carriers(tmp_path, LIGHT | {"Shipping": "Express shipping"})
    order(desk, "1001")

    desk.run()

    [waiting] = desk.show("Waiting")
    told = "No carrier takes 8 kg by Standard shipping. Add a row for it in Carriers, or choose another Shipping."
    assert told in waiting.values()
    desk.load(write(tmp_path / "Carriers 2.csv", [VAN]))
    desk.run()
    assert [one["Carrier"] for one in desk.show("Shipments")] == ["Own van"]
    assert not [one for one in desk.show("Waiting") if one["Subject"] == "1001"]


def test_a_discontinued_carrier_takes_nothing(tmp_path: Path) -> None:
    desk = with_carriers(tmp_path, VAN, LIGHT | {"Discontinued": "Yes"})
    order(desk, "1001")

    desk.run()

    assert [one["Carrier"] for one in desk.show("Shipments")] == ["Own van"]


@pytest.mark.parametrize(
    ("column", "value", "problem", "fix"),
    [
        ("Cut-off", "3 pm", '"3 pm" is not a time of day.', "Enter a time such as 15:00."),
        (
            "Most kg",
            "1",
            "no weight is at least 2 kg and at most 1 kg.",
            "Enter a larger weight, or empty the cell for any.",
        ),
    ],
)
def test_a_carrier_that_cannot_be_is_a_fault_at_its_cell(
    tmp_path: Path, column: str, value: str, problem: str, fix: str
) -> None:
    desk = open_desk(tmp_path)
    row = VAN | {"Least kg": "2", column: value}

    answer = desk.load(write(tmp_path / "Carriers.csv", [row]), expect=1)

    assert [(one["column"], one["problem"], one["fix"]) for one in answer["issues"]] == [(column, problem, fix)]


def test_a_parcel_packed_earlier_is_expected_by_the_day_it_was_handed_over(tmp_path: Path) -> None:
    desk = with_carriers(tmp_path, VAN)
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Ship by hand", "Value": "Yes"}]))
    order(desk, "1001")
    desk.run()
    later = Desk(desk.folder, workdays_later(3))

    later.load(write(tmp_path / "Shipments.csv", [{"Shipment": "SH-000001", "Action": "Ship"}]))
    later.run()

    [sent] = desk.show("Shipments")
    assert (sent["Status"], sent["Shipped on"], sent["Expected"]) == ("Shipped", workdays_later(3), workdays_later(5))
    desk.verify()
