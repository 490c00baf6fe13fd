"""Tax rates: found by group and code, never zero for want of one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from o2c_xl.domain.tax import NoRate, Rate, rate_for

RATES = {("EU", "STD"): Rate(Decimal(19)), ("EXPORT", "STD"): Rate(Decimal(0), "Export outside the EU")}


def test_group_and_code_find_the_rate_with_its_reason() -> None:
    assert rate_for(RATES, "EXPORT", "STD").reason == "Export outside the EU"


@pytest.mark.parametrize(("group", "code"), [("EU", "LOW"), ("", "STD"), ("eu", "STD")])
def test_no_rate_is_an_error_and_not_zero(group: str, code: str) -> None:
    with pytest.raises(NoRate, match="Enter the rate in TaxRates"):
        rate_for(RATES, group, code)


def test_the_category_tells_standard_zero_and_exempt_apart() -> None:
    assert [Rate(Decimal(7)).category, Rate(Decimal(0)).category, Rate(Decimal(0), "Export").category] == [
        "S",
        "Z",
        "E",
    ]
