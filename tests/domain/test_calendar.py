"""Days of the calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from o2c_xl.domain.calendar import year_before


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-03-31", "2025-03-31"), ("2026-02-28", "2025-02-28"), ("2024-02-29", "2023-02-28")],
)
def test_a_year_before_is_the_same_day_and_of_a_leap_day_the_28th(day: str, before: str) -> None:
    assert year_before(dt.date.fromisoformat(day)) == dt.date.fromisoformat(before)
