"""Statements between which one is missing, whatever the order in which they came."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations

from o2c_xl.domain.cash.statement_gaps import Balanced, gaps


def _of(name: str, days: tuple[int, int], balances: tuple[int, int], *, entry: int = 1, known: int = 0) -> Balanced:
    first, last = (date(2026, 3, day) for day in days)
    return Balanced(name, name, first, last, Decimal(balances[0]), Decimal(balances[1]), 3, 3 - known, entry)


def test_a_gap_is_found_in_whatever_order_statements_came() -> None:
    row = [_of("1", (1, 1), (0, 10)), _of("3", (3, 3), (21, 33)), _of("4", (4, 4), (33, 30))]

    for order in permutations(row):
        assert {key: before.statement for key, before in gaps(order).items()} == {"3": "1"}
    assert gaps([*row, _of("2", (2, 2), (10, 21))]) == {}


def test_one_whose_bookings_another_tells_too_is_no_gap() -> None:
    month = _of("M", (1, 31), (0, 50))
    week = _of("W", (8, 14), (12, 20))
    again = _of("A", (14, 20), (19, 30), entry=2, known=1)

    assert gaps([month, week]) == {}
    assert gaps([_of("1", (1, 10), (0, 10)), week, again]) == {}
    assert list(gaps([week, _of("N", (14, 20), (25, 30))])) == ["N"]


def test_the_first_statement_of_an_account_begins_with_what_was_there() -> None:
    assert gaps([_of("1", (1, 1), (500, 510))]) == {}


def test_a_gap_after_statements_of_one_day_that_go_in_a_circle_is_found() -> None:
    first = _of("A", (1, 1), (0, 100), entry=1), _of("B", (1, 1), (100, 0), entry=2)

    assert set(gaps((*first, _of("C", (5, 5), (50, 60), entry=3)))) == {"C"}


def test_a_long_statement_that_tells_the_days_of_short_ones_is_seen_however_many_stand_between() -> None:
    whole = _of("Y", (1, 28), (0, 280))
    days = [_of(f"D{n}", (n, n), (n * 10 + 5, n * 10 + 6)) for n in range(2, 28)]

    assert set(gaps((whole, *days))) == set()
    assert len(gaps(days)) == len(days) - 1
