"""Carrier and service by choice, weight and cut-off time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from o2c_xl.domain.goods.shipping import (
    DEFAULT_SERVICES,
    CannotShip,
    Dispatch,
    Service,
    choose_service,
    cut_off_of,
    expected_day,
    services_in_use,
    shipment_weight,
    why_not_ship,
)
from o2c_xl.domain.ordering.completeness import Address
from o2c_xl.domain.ordering.orders import Shipping

D = Decimal
FRIDAY = dt.datetime(2024, 5, 3, 14, 0)


@pytest.mark.parametrize(
    ("choice", "weight", "carrier", "arrives"),
    [
        ("Express shipping", "2", "Courier", "2024-05-06"),
        ("Express shipping", "70.001", "Freight forwarder", "2024-05-08"),
        ("Standard shipping", "30", "Parcel service", "2024-05-08"),
        ("Standard shipping", "31", "Freight forwarder", "2024-05-13"),
        ("Pickup at store", "500", "Store", "2024-05-03"),
        ("", "1", "Parcel service", "2024-05-08"),
    ],
)
def test_choice_and_weight_decide_who_takes_it(choice: str, weight: str, carrier: str, arrives: str) -> None:
    found = choose_service(DEFAULT_SERVICES, choice, D(weight), FRIDAY)

    assert isinstance(found, Dispatch)
    assert (found.carrier, found.expected) == (carrier, dt.date.fromisoformat(arrives))


@pytest.mark.parametrize(
    ("ready", "leaves"),
    [
        (FRIDAY.replace(hour=15), "2024-05-03"),
        (FRIDAY.replace(hour=15, minute=1), "2024-05-06"),
        (dt.datetime(2024, 5, 4, 18, 0), "2024-05-06"),
    ],
)
def test_after_the_cut_off_it_leaves_on_the_next_working_day(ready: dt.datetime, leaves: str) -> None:
    courier = replace(DEFAULT_SERVICES[0], days=0)

    assert expected_day(courier, ready) == dt.date.fromisoformat(leaves)


def test_after_the_cut_off_of_one_another_takes_it_who_still_comes() -> None:
    early = Service("Early", "Day", Shipping.EXPRESS, cut_off=dt.time(13), days=1, cost=D(5))
    late = replace(early, carrier="Late", cut_off=dt.time(18), cost=D(9))

    carriers = []
    for ready in (FRIDAY.replace(hour=13), FRIDAY):
        found = choose_service([early, late], "Express shipping", D(1), ready)
        assert isinstance(found, Dispatch)
        carriers.append(found.carrier)

    assert carriers == ["Early", "Late"]


def test_own_services_stand_for_the_default_ones_but_for_the_pickup() -> None:
    own = Service("Own van", "Tour", Shipping.STANDARD)
    desk = Service("Shop", "Desk", Shipping.PICKUP)

    assert services_in_use([]) == DEFAULT_SERVICES
    assert [one.carrier for one in services_in_use([own])] == ["Own van", "Store"]
    assert services_in_use([own, desk]) == (own, desk)


@pytest.mark.parametrize(
    ("text", "time"),
    [("15:00", "15:00"), (" 9.30 ", "09:30"), ("15:00:00", "15:00"), ("23:59", "23:59"), ("00:00", "00:00")],
)
def test_a_cut_off_is_read_as_people_and_excel_write_it(text: str, time: str) -> None:
    assert cut_off_of(text) == dt.time.fromisoformat(time)


@pytest.mark.parametrize("text", ["", "24:00", "15", "3 pm", "15:60", "0.625", "15:00:30"])
def test_what_is_no_time_of_day_is_none(text: str) -> None:
    assert cut_off_of(text) is None


def test_of_equal_arrivals_the_cheaper_then_the_first_listed_is_taken() -> None:
    one = Service("One", "Day", Shipping.EXPRESS, days=1, cost=D(9))
    two = replace(one, carrier="Two", cost=D(8))

    found = choose_service([one, two, replace(two, carrier="Three")], "Express shipping", D(1), FRIDAY)

    assert isinstance(found, Dispatch)
    assert found.carrier == "Two"


def test_without_a_carrier_the_reason_is_told() -> None:
    found = choose_service(DEFAULT_SERVICES[:1], "Express shipping", D(71), FRIDAY)

    assert isinstance(found, CannotShip)
    assert "No carrier takes 71 kg by Express shipping." in found.reason


def test_weight_is_the_sum_of_the_lines_and_unknown_weights_count_nothing() -> None:
    assert shipment_weight([(D(2), D("1.5")), (D(3), None)]) == D("3.0")


def test_an_address_is_checked_unless_the_goods_are_fetched() -> None:
    nowhere = Address(street="Main St 1", city="Cork")

    assert "no country" in (why_not_ship(nowhere, "Standard shipping") or "")
    assert why_not_ship(nowhere, "Pickup at store") is None
    assert why_not_ship(replace(nowhere, country="IE"), "Express shipping") is None
