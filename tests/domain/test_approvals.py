"""Approvals: four eyes, roles with limits and dates, bound to what was approved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from o2c_xl.domain.approvals import Approval, Grant, Role, above_limit, content_hash, may_decide, who_may
from tests.worked_tables import worked_table

D = Decimal
GRANTS = [
    Grant("ann", Role.FINANCE_MANAGER, D(5000)),
    Grant("bob", Role.FINANCE_MANAGER, None, date(2026, 3, 1), date(2026, 3, 31)),
    Grant("eve", Role.ADMINISTRATOR),
    Grant("sam", Role.FINANCE_MANAGER),
    Grant("joe", Role.FINANCE_MANAGER),
]


@pytest.mark.parametrize("row", worked_table("approvals.md"), ids=lambda row: f"{row['User']} {row['Day']}")
def test_the_worked_deciders_may_or_may_not_as_printed(row: dict[str, str]) -> None:
    approval = Approval("A-1", Role.FINANCE_MANAGER, D(row["Amount"]), "sam", editors=("joe",))

    why_not = may_decide(row["User"], approval, GRANTS, date.fromisoformat(row["Day"]))

    answer, _, reason = row["May decide"].partition(": ")
    assert (why_not is None) == (answer == "Yes")
    assert reason in (why_not or "")


def test_the_highest_of_several_limits_counts() -> None:
    grants = [Grant("ann", Role.FINANCE_MANAGER, D(limit)) for limit in (10, 500, 20)]
    approval = Approval("A-1", Role.FINANCE_MANAGER, D(500), "sam")

    assert may_decide("ann", approval, grants, date(2026, 3, 1)) is None


def test_a_credit_is_held_against_the_limit_by_its_size() -> None:
    approval = Approval("A-1", Role.FINANCE_MANAGER, D(-6000), "sam")

    assert may_decide("ann", approval, GRANTS, date(2026, 3, 1)) is not None


CONTENT = {"number": "PO-1", "net": D("100.00"), "due": date(2026, 3, 1), "lines": [("A", D(2))], "note": None}


def test_equal_content_has_one_hash_whatever_its_order_and_places() -> None:
    same = {**dict(reversed(CONTENT.items())), "net": D(100), "lines": [["A", 2]]}

    assert content_hash(same) == content_hash(CONTENT)


@pytest.mark.parametrize(
    "edit",
    [
        {"net": D("100.01")},
        {"number": "PO-2"},
        {"note": ""},
        {"lines": [("A", D(2)), ("B", D(1))]},
        {"lines": [("A", "2")]},
        {"due": "2026-03-01"},
        {"more": True},
    ],
)
def test_any_edit_changes_the_hash(edit: dict[str, object]) -> None:
    assert content_hash({**CONTENT, **edit}) != content_hash(CONTENT)


def test_what_has_no_exact_text_cannot_be_approved() -> None:
    with pytest.raises(TypeError, match="float"):
        content_hash({"net": 0.1})


def test_those_who_may_decide_today_are_named() -> None:
    approval = Approval("A-1", Role.FINANCE_MANAGER, D(9000), "sam", editors=("joe",))

    assert who_may(approval, GRANTS, date(2026, 3, 10)) == ["bob"]
    assert who_may(approval, GRANTS, date(2026, 4, 1)) == []


@pytest.mark.parametrize(
    ("limit", "waits"), [(None, False), (D(0), True), (D(100), False), (D("99.99"), True), (D("100.01"), False)]
)
def test_an_amount_above_the_limit_of_a_setting_waits_and_each_one_does_at_nought(
    limit: Decimal | None, *, waits: bool
) -> None:
    assert above_limit(D(100), limit) is waits
