"""Report figures: textbook answers, shares of nothing are empty, percentiles as in Excel."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.reporting.figures import (
    Fulfilment,
    average,
    cash_conversion_cycle,
    count_back_dso,
    days_outstanding,
    line_fill,
    median,
    on_time_in_full,
    order_fill,
    percentile,
    share,
)

D = Decimal


@pytest.fixture(scope="module")
def textbook(shared_data: Path) -> dict[str, dict[str, dict[str, Decimal]]]:
    path = shared_data / "finance_textbook" / "cases.json"
    return {case["case"]: case for case in json.loads(path.read_text(encoding="utf-8"), parse_float=D)}


def test_the_textbook_cash_conversion_cycle(textbook: dict[str, dict[str, dict[str, Decimal]]]) -> None:
    case = textbook["FT-01"]["inputs"]
    dio = days_outstanding(case["avg_inventory"], case["cogs"], 365)
    dso = days_outstanding(case["avg_ar"], case["credit_sales"], 365)
    dpo = days_outstanding(case["avg_ap"], case["cogs"], 365)

    found = {"dio": dio, "dso": dso, "dpo": dpo, "ccc": cash_conversion_cycle(dio, dso, dpo)}

    exact = textbook["FT-01"]["recomputed_exact"]
    assert {name: round(value, 6) for name, value in found.items() if value} == exact


@pytest.mark.parametrize("name", ["FT-05", "FT-07", "FT-10"])
def test_the_textbook_days_of_receivables(textbook: dict[str, dict[str, dict[str, Decimal]]], name: str) -> None:
    case = textbook[name]["inputs"]
    receivables = average(D(case["begin_ar"]), D(case["end_ar"]))

    days = days_outstanding(receivables, D(case["net_credit_sales"]), 365)

    assert days is not None
    assert round(days, 6) == textbook[name]["recomputed_exact"]["days_sales_in_receivables"]


def test_a_zero_denominator_gives_an_empty_figure() -> None:
    assert days_outstanding(D(100), D(0), 365) is None
    assert cash_conversion_cycle(D(1), None, D(1)) is None
    assert [share(1, 0), line_fill([]), order_fill([]), on_time_in_full([]), median([])] == [None] * 5


def test_count_back_takes_the_latest_sales_first() -> None:
    months = [(30, D(100)), (31, D(200)), (28, D(50))]

    assert count_back_dso(D(200), months) == D(30) + D(31) * 100 / 200
    assert count_back_dso(D(0), months) == 0
    assert count_back_dso(D(351), months) is None


DUE = date(2026, 3, 10)
LINES = [
    Fulfilment("SO-1", D(5), D(5), DUE, date(2026, 3, 10)),
    Fulfilment("SO-1", D(2), D(2), DUE, date(2026, 3, 9)),
    Fulfilment("SO-2", D(5), D(5), DUE, date(2026, 3, 11)),
    Fulfilment("SO-3", D(5), D(4), DUE, date(2026, 3, 1)),
]


def test_fulfilment_is_counted_by_line_by_order_and_on_time() -> None:
    assert line_fill(LINES) == D("0.75")
    assert order_fill(LINES) == D(2) / D(3)
    assert on_time_in_full(LINES) == D(1) / D(3)


def test_percentiles_are_those_of_excel() -> None:
    values = [1, 2, 3, 4]

    assert median(values) == D("2.5")
    assert percentile(values, 90) == D("3.7")
    assert percentile([7], 90) == 7


@given(values=st.lists(st.integers(-50, 50), min_size=1), percent=st.integers(0, 100))
def test_a_percentile_lies_between_the_least_and_the_greatest(values: list[int], percent: int) -> None:
    found = percentile(values, percent)

    assert found is not None
    assert min(values) <= found <= max(values)
