"""Tax rates: found by group and code, never zero for want of one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from o2c_xl.domain.einvoice.codes import exemption_code
from o2c_xl.domain.tax import NoRate, Rate, no_rate, rate_for

RATES = {("EU", "STD"): Rate(Decimal(19)), ("EXPORT", "STD"): Rate(Decimal(0), "Export outside the EU")}


def test_group_and_code_find_the_rate_with_its_reason() -> None:
    assert rate_for(RATES, "EXPORT", "STD").reason == "Export outside the EU"


@pytest.mark.parametrize(("group", "code"), [("EU", "LOW"), ("", "STD"), ("eu", "STD")])
def test_no_rate_is_an_error_and_not_zero(group: str, code: str) -> None:
    with pytest.raises(NoRate, match=r"^no tax rate for tax group .+ and tax code .+\. Add the rate in Tax Rates"):
        rate_for(RATES, group, code)


@pytest.mark.parametrize(
    ("percent", "reason", "category", "code"),
    [
        ("7", "", "S", ""),
        ("0", "", "Z", ""),
        ("0", "Small business, § 19 UStG", "E", ""),
        ("0", "Export outside the EU", "G", "VATEX-EU-G"),
        ("0", "Intra-Community supply", "K", "VATEX-EU-IC"),
        ("0", "Reverse charge", "AE", "VATEX-EU-AE"),
        ("0", "Not subject to VAT", "O", "VATEX-EU-O"),
        ("0", "VATEX-EU-132-1I education", "E", "VATEX-EU-132-1I"),
    ],
)
def test_the_reason_of_no_tax_tells_its_category(percent: str, reason: str, category: str, code: str) -> None:
    rate = Rate(Decimal(percent), reason)

    assert (rate.category, exemption_code(rate.category, reason)) == (category, code)


@pytest.mark.parametrize(
    ("group", "code", "mend"),
    [
        ("EU", "Standard", "."),
        ("EU", "Standart", ", or correct Tax code in Products (the nearest is Standard)."),
        ("Domestik", "Standard", ", or correct Tax group in Customers (the nearest is Domestic)."),
        ("EU", "Q", ", or correct Tax code in Products."),
    ],
)
def test_a_pair_without_a_rate_says_which_of_the_two_is_misspelt_and_the_nearest(group, code, mend):
    rates = {("Domestic", "Standard"): Rate(Decimal(19)), ("EU", "Reduced"): Rate(Decimal(7))}

    told = no_rate(rates, group, code)

    assert told == f"no tax rate for tax group {group} and tax code {code}. Add the rate in Tax Rates{mend}"
