"""Rows of Roles: only an Administrator whose role is in force gives them, and one stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.rowset import RowSet
from o2c_xl.tables.take.rules import RULES

DAY = dt.date(2026, 3, 2)
TODAY = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)
ENDED = {"user": "bob", "role": "Administrator", "to": dt.date(2026, 3, 10)}
ANNA = {"user": "Anna", "role": "Administrator"}


def faults(ledger: Ledger, who: str, given: list[dict[str, Any]], *typed: tuple[str, str, dt.date | None]) -> list[str]:
    """What is said of these rows: user, role and last day."""
    ledger.clock, ledger.who = (lambda: TODAY), who
    users, roles, ends = (list(values) for values in zip(*typed, strict=True))
    columns = {"user": users, "role": roles, "limit": [None] * len(users), "from": [None] * len(users), "to": ends}
    rows = RowSet(BY_NAME["Roles"], "a.csv", "", columns, list(range(2, 2 + len(users))), {"user": "A", "role": "B"})
    with ledger.transaction(DAY) as txn:
        for one in given:
            txn.insert(schema.roles, [{"limit": None, "from": None, "to": None} | one])
        RULES["Roles"].check(txn, rows, policy_of({}))
    return [f"{issue.problem} {issue.fix}" for issue in rows.issues]


def test_an_administrator_whose_role_has_ended_gives_no_roles_on_whatever_day(memory_ledger: Ledger) -> None:
    told = faults(memory_ledger, "bob", [ANNA, ENDED], ("bob", "Finance Manager", None))

    assert told == ["bob may not give roles. Ask an Administrator: Anna."]


def test_an_account_is_an_administrator_whatever_its_case(memory_ledger: Ledger) -> None:
    assert faults(memory_ledger, "anna", [ANNA, ENDED], ("carl", "Finance", None)) == []


def test_roles_that_are_given_again_as_they_are_need_nobody(memory_ledger: Ledger) -> None:
    assert faults(memory_ledger, "mallory", [ANNA], ("Anna", "Administrator", None)) == []


def test_before_there_is_an_administrator_roles_are_open(memory_ledger: Ledger) -> None:
    assert faults(memory_ledger, "sam", [], ("sam", "Administrator", None), ("kim", "Sales", None)) == []


@pytest.mark.parametrize(
    ("also", "left"), [((), False), ((("kim", "Administrator", None),), True), ((("kim", "Sales", None),), False)]
)
def test_one_administrator_stays_without_an_end(memory_ledger: Ledger, also: tuple[Any, ...], left: bool) -> None:
    told = faults(memory_ledger, "Anna", [ANNA], ("Anna", "Administrator", dt.date(2026, 12, 31)), *also)

    assert [one.split(",")[0] for one in told] == ([] if left else ["nobody would be Administrator without an end"])
