"""The allowance is a share of each age; the textbook's case comes out."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from o2c_xl.domain.policy import policy_of
from o2c_xl.domain.receivables.bad_debt import allowance, read_percents
from o2c_xl.domain.receivables.open_items import AgingRow
from o2c_xl.domain.setting import BadSetting

D = Decimal


def test_the_textbooks_case(shared_data: Path) -> None:
    cases = json.loads((shared_data / "finance_textbook" / "cases.json").read_text(encoding="utf-8"))
    case = next(one for one in cases if one["kind"] == "bad_debt_by_aging")
    young, middle, old = (D(str(amount)) for amount, _ in case["inputs"]["buckets"].values())
    shares = [D(str(share)) for _, share in case["inputs"]["buckets"].values()]
    row = AgingRow("all", "USD", days_1_30=young, days_31_60=middle, over_90=old)

    found = allowance(row, (shares[0], shares[0], shares[1], shares[1], shares[2]))

    assert found == D(str(case["recomputed_exact"]["total"]))


def test_it_is_rounded_once() -> None:
    row = AgingRow("C1", "EUR", D("0.10"), D("0.10"), D("0.10"))

    assert allowance(row, read_percents("2.4, 2.4, 2.4, 0, 0")) == D("0.01")


def test_without_percents_there_is_none() -> None:
    assert allowance(AgingRow("C1", "EUR", D(100)), policy_of({"Bad debt %": ""}).bad_debt_percents) is None


@pytest.mark.parametrize("text", ["1, 2", "1,2,3,4,x", "1,2,3,4,101", "-1,2,3,4,5"])
def test_percents_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(BadSetting, match="Bad debt"):
        policy_of({"Bad debt %": text})
