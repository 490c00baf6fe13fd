"""The names of marked copies."""

from __future__ import annotations

import pytest

from o2c_xl.intake.copies import copied_from, copy_name, plain_name
from o2c_xl.intake.lists.recognise import table_of_file


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("web.csv", "web.csv (to mend).xlsx"),
        ("web.XLSM", "web (to mend).xlsm"),
        ("web (to mend).xlsx", "web (to mend 2).xlsx"),
        ("web (to mend) (to mend).xlsx", "web (to mend 2).xlsx"),
        ("web.csv (to mend 9).xlsx", "web.csv (to mend 10).xlsx"),
        ("web (to mend) (1).xlsx", "web (to mend 2) (1).xlsx"),
    ],
)
def test_a_copy_carries_one_mark_and_a_copy_of_it_a_higher_number(name: str, copy: str) -> None:
    assert copy_name(name) == copy


@pytest.mark.parametrize("name", ["web.csv", "web.xlsx", "web", "web (to mend).xlsx", "web (to mend 2).xlsx"])
def test_a_copy_s_name_tells_what_it_was_made_of(name: str) -> None:
    assert name in copied_from(copy_name(name))
    assert copied_from("web.csv") == ()


def test_a_copy_names_the_table_that_its_file_names() -> None:
    assert plain_name("Order lines (to mend 2).xlsx") == "Order lines.xlsx"
    for name in ("Orders.xlsx", "Orders (to mend).xlsx", "Orders (to mend 2).xlsx"):
        table = table_of_file(name)
        assert table is not None
        assert table.name == "Orders"
