"""Rows without line numbers mean the lines of the same content, in whatever order they come."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.tables.known.lines import match_lines

VALUES = st.tuples(st.sampled_from(["A", "B", "C"]), st.integers(1, 3))


def meant(
    stored: dict[str, tuple[str, int]], *rows: tuple[str, int], taken: tuple[str, ...] = (), turns: bool = True
) -> list[str]:
    numbers = [str(n) for n in range(1, 100) if str(n) not in taken]
    return match_lines(stored, list(zip(numbers, rows, strict=False)), taken, 0 if turns else None)


@settings(deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=8), st.data())
def test_the_same_rows_in_any_order_are_the_same_lines(lines: list[tuple[str, int]], data: st.DataObject) -> None:
    stored = {str(i): line for i, line in enumerate(lines, 1)}
    rows = data.draw(st.permutations(lines))

    found = meant(stored, *rows)

    assert [stored[number] for number in found] == rows
    assert sorted(found) == sorted(stored)


@settings(deadline=None)
@given(st.lists(VALUES, max_size=6), st.lists(VALUES, max_size=6), st.sets(st.sampled_from(["1", "2", "7"])))
def test_no_two_rows_mean_one_line(lines: list[tuple[str, int]], rows: list[tuple[str, int]], taken: set[str]) -> None:
    stored = {str(i): line for i, line in enumerate(lines, 1)}

    found = meant(stored, *rows, taken=tuple(taken))

    assert len(set(found)) == len(rows)
    assert not taken & set(found)


def test_another_quantity_belongs_to_the_line_of_its_product() -> None:
    assert meant({"1": ("B", 4), "2": ("A", 1)}, ("A", 2), ("B", 4)) == ["2", "1"]


def test_another_product_stands_in_the_line_that_is_left_over() -> None:
    assert meant({"1": ("A", 1), "2": ("B", 4)}, ("B", 4), ("C", 2)) == ["2", "1"]


def test_what_is_left_over_is_the_line_of_its_turn_before_another() -> None:
    assert meant({"1": ("A", 1), "2": ("B", 4), "3": ("C", 1)}, ("A", 1), ("X", 1), ("Y", 1)) == ["1", "2", "3"]


def test_one_row_more_is_a_new_line_past_all_numbers() -> None:
    assert meant({"1": ("A", 1), "20": ("B", 4)}, ("C", 2), ("B", 4), ("A", 1)) == ["21", "20", "1"]


def test_a_number_that_another_row_names_is_not_given_again() -> None:
    assert meant({"1": ("A", 1), "2": ("A", 1)}, ("A", 1), taken=("1",)) == ["2"]


def test_without_a_column_of_products_the_turn_decides() -> None:
    assert meant({"1": ("A", 1), "2": ("B", 4)}, ("C", 4), ("D", 1), turns=False) == ["1", "2"]
