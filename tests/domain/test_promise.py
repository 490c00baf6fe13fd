"""Promise dates, and the days they count in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.ordering.promise import Incoming, Need, PromiseRules, promise_lines, whole_order_promise
from o2c_xl.domain.workdays import add_working_days, next_working_day
from tests.worked_tables import worked_table

D = Decimal
FRIDAY = dt.date(2024, 5, 3)
RULES = PromiseRules({"A": 10, "B": 14}, None)
OWED = [Incoming("A", "4500", D(5), dt.date(2024, 5, 8)), Incoming("A", "4501", D(5), dt.date(2024, 4, 30))]


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def test_the_worked_table_of_promise_dates_holds() -> None:
    rows = worked_table("promise-date.md")
    needs = [Need(row["order"], "1", row["sku"], D(row["quantity"]), _date(row["requested"])) for row in rows]

    promises = promise_lines(needs, {"A": D(4)}, OWED, RULES, FRIDAY)

    assert [(one.order, one.on, one.why) for one in promises] == [
        (row["order"], _date(row["promise"]), row["why"]) for row in rows
    ]


@given(st.lists(st.integers(0, 12).map(Decimal), max_size=8), st.permutations(OWED))
def test_what_is_promised_to_one_is_not_promised_to_the_next(wanted: list[Decimal], owed: list[Incoming]) -> None:
    needs = [Need(str(n), "1", "A", quantity) for n, quantity in enumerate(wanted)]

    promises = promise_lines(needs, {"A": D(4)}, owed, RULES, FRIDAY)

    served = sum(need.quantity for need, one in zip(needs, promises, strict=True) if "PO" in one.why)
    dates = [one.on for need, one in zip(needs, promises, strict=True) if need.quantity]
    assert served <= 14
    assert dates == sorted(dates, key=lambda day: day or dt.date.max)


def test_an_order_line_without_supplier_date_counts_its_lead_time() -> None:
    owed = [Incoming("A", "4502", D(5))]

    (promise,) = promise_lines([Need("1", "1", "A", D(1))], {}, owed, RULES, FRIDAY)

    assert promise.on == dt.date(2024, 5, 13)
    assert promise.why == "from PO 4502, no date from the supplier."


@pytest.mark.parametrize(
    ("late", "comes_after"), [(1, 4), (3, 4), (4, 8), (7, 8), (8, 16), (15, 16), (16, 32), (63, 64), (64, 128)]
)
def test_overdue_goods_keep_a_date_for_as_long_as_they_are_late_already(late: int, comes_after: int) -> None:
    monday = dt.date(2024, 4, 1)
    owed = [Incoming("A", "4501", D(5), monday)]

    (promise,) = promise_lines([Need("1", "1", "A", D(1))], {}, owed, RULES, monday + dt.timedelta(days=late))

    assert promise.on is not None
    assert promise.on == add_working_days(monday + dt.timedelta(days=comes_after), 0)
    assert promise.why == "from PO 4501, overdue since 2024-04-01."


def test_what_is_to_be_ordered_is_told_as_people_write_numbers() -> None:
    (promise,) = promise_lines([Need("1", "1", "A", D("40.00"))], {}, (), RULES, FRIDAY)

    assert promise.why == "40 to be ordered, lead time 10 days."


def test_a_complete_order_goes_out_with_its_last_line() -> None:
    later = dt.date(2024, 5, 8)

    assert whole_order_promise([FRIDAY, later, FRIDAY]) == later
    assert whole_order_promise([FRIDAY, None, later]) is None
    assert whole_order_promise([]) is None


@pytest.mark.parametrize(
    ("days", "arrives"), [(0, "2024-05-03"), (1, "2024-05-06"), (5, "2024-05-10"), (6, "2024-05-13")]
)
def test_working_days_skip_the_weekend(days: int, arrives: str) -> None:
    assert add_working_days(FRIDAY, days) == dt.date.fromisoformat(arrives)


@given(st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31)), st.integers(0, 60))
def test_adding_working_days_is_stepping_over_them_one_by_one(day: dt.date, days: int) -> None:
    stepped = add_working_days(day, 0)
    for _ in range(days):
        stepped = next_working_day(stepped)

    assert add_working_days(day, days) == stepped
