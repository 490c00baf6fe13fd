"""What customers are told: which kinds, at which address, and what they are asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from o2c_xl.domain.ordering.completeness import Address, LineToCheck, OrderToCheck, what_is_missing
from o2c_xl.domain.policy import policy_of
from o2c_xl.domain.setting import BadSetting, read_value
from o2c_xl.domain.settings import SETTINGS
from o2c_xl.domain.telling import NOTICES, address_of, asked_of_customer

NO_RATE = "no tax rate for tax group DE and tax code STD. Add the rate in Tax Rates."


def test_a_customer_is_asked_for_what_only_a_customer_knows() -> None:
    lines = [
        LineToCheck("1", "", None, None),
        LineToCheck("2", "X9", Decimal(1), None, known_sku=False),
        LineToCheck("3", "TEA", None, None, no_rate=NO_RATE),
    ]
    told = " ".join(what_is_missing(OrderToCheck("C1", True, Address(city="Rome", country="IT")), lines))

    asked = asked_of_customer(told)

    assert asked == [
        {"what": "address", "detail": "street"},
        {"what": "product", "line": "1"},
        {"what": "unknown product", "line": "2", "detail": "X9"},
        {"what": "quantity", "line": "3"},
    ]


def test_a_customer_is_not_asked_for_our_own_prices_and_taxes() -> None:
    lines = [LineToCheck("1", "TEA", Decimal(1), None, no_rate=NO_RATE)]
    whole = Address("A", "Road 1", "Rome", "", "IT")

    assert asked_of_customer(" ".join(what_is_missing(OrderToCheck("C1", True, whole), lines))) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@soehne.example", "ada@soehne.example"),
        (" a.b+c@X.Example ", "a.b+c@x.example"),
        ("post@bücher.example", "post@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_taken_as_mail_servers_know_it(text: str, address: str) -> None:
    assert address_of(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "a@", "@b.example", "a b@c.example", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example",
        "a@b.example\r\n", "a@-b.example", "ä@b.example", "a@b..example", "<a@b.example>", "a@b.example>RCPT TO:<c@d.e",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(text: str) -> None:
    assert address_of(text) is None


def test_the_messages_that_customers_get_can_be_chosen() -> None:
    by_name = {one.name: one for one in SETTINGS}
    told = {"Tell customers of": "shipment , Delay"}

    assert policy_of({}).tell == set(NOTICES)
    assert policy_of(told).tell == {"Shipment", "Delay"}
    assert policy_of({"Tell customers of": ""}).tell == frozenset()
    with pytest.raises(BadSetting, match="'Weather' is no message"):
        read_value(by_name["Tell customers of"], "Weather")
