"""Rows of Settings: what is refused is said once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from o2c_xl.domain.chart import Leg
from o2c_xl.domain.settings import BY_NAME as BY_NAME_OF_SETTINGS
from o2c_xl.domain.settings import BadSetting, policy_of, read_value
from o2c_xl.domain.telling import CONFIRMATION, SHIPMENT
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.rowset import RowSet
from o2c_xl.tables.take.rules import RULES

DAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(("value", "said"), [("XXY", "is no currency"), ("USD", "in another currency already")])
def test_a_currency_that_cannot_be_taken_is_one_fault(memory_ledger: Ledger, value: str, said: str):
    columns = {"setting": ["Company currency"], "value": [value]}
    rows = RowSet(BY_NAME["Settings"], "a.csv", "", columns, [2], {"setting": "A", "value": "B"})
    with memory_ledger.transaction(DAY) as txn:
        legs = [Leg("1100", Decimal(5), "EUR"), Leg("4000", Decimal(-5), "EUR")]
        txn.record("payment received", "PM-1", legs=legs)
    check = RULES["Settings"].check

    with memory_ledger.transaction(DAY) as txn:
        assert check is not None
        check(txn, rows, policy_of({}))

    (issue,) = rows.issues
    assert said in issue.problem


def faults(ledger: Ledger, *settings: tuple[str, str]) -> list[str]:
    columns = {"setting": [name for name, _ in settings], "value": [value for _, value in settings]}
    rows = RowSet(BY_NAME["Settings"], "a.csv", "", columns, list(range(2, 2 + len(settings))), {"value": "B"})
    with ledger.transaction(DAY) as txn:
        RULES["Settings"].check(txn, rows, policy_of({}))
    return [f"{issue.problem} {issue.fix}" for issue in rows.issues]


def test_a_setting_that_differs_only_in_case_is_told_with_its_name(memory_ledger: Ledger):
    assert faults(memory_ledger, ("mail PORT", "25")) == [
        "mail PORT differs from Mail port only in case. Write Mail port."
    ]


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("Reminder days", "7;21", "7, 21"),
        ("Reminder fees", "0 ; 5,", None),
        ("Reminder penalty %", "0;1.5", "0, 1.5"),
        ("Bad debt %", "0;1;5;20;50", "0, 1, 5, 20, 50"),
        ("Risk countries", "xx; yy", "XX, YY"),
        ("Risk countries", "XX YY", None),
        ("Tell customers of", f"{SHIPMENT}; {CONFIRMATION}", f"{CONFIRMATION}, {SHIPMENT}"),
        ("Tell customers of", f"{SHIPMENT}; Nothing", None),
    ],
)
def test_a_list_is_read_with_either_sign_between_its_parts_and_kept_with_commas(
    name: str, typed: str, kept: str | None
):
    if kept is None:
        with pytest.raises(BadSetting, match=name):
            read_value(BY_NAME_OF_SETTINGS[name.casefold()], typed)
    else:
        assert read_value(BY_NAME_OF_SETTINGS[name.casefold()], typed) == kept


@pytest.mark.parametrize(
    ("name", "value", "above"),
    [
        ("Payment tolerance %", "150", "150"),
        ("Price tolerance %", "100.01", "100.01"),
        ("Over-delivery tolerance %", "100", ""),
        ("Reminder penalty %", "0, 500", "500"),
    ],
)
def test_a_setting_in_percent_is_at_most_100(memory_ledger: Ledger, name: str, value: str, above: str):
    expected = [f"{above} is more than 100. Enter 5 for 5 %."] if above else []

    assert faults(memory_ledger, (name, value)) == expected


@pytest.mark.parametrize("name", ["Books closed until", "Books closing until"])
def test_books_are_closed_up_to_a_day_that_has_come(memory_ledger: Ledger, name: str):
    assert faults(memory_ledger, (name, "2026-03-02")) == []
    (told,) = faults(memory_ledger, (name, "2027-03-31"))
    assert told.startswith("2027-03-31 is after 2026-03-02")
