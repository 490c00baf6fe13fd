"""A day of a fact in a year that cannot be meant is told at its cell; days to come are nobody's business."""

from __future__ import annotations

import datetime as dt

import pytest

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME, TABLES
from o2c_xl.tables.define.spec import Kind
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.take_all import take_all

DAY = dt.date(2026, 11, 22)
FACTS = [(table.name, column.field) for table in TABLES for column in table.columns if column.happened]


def faults(
    ledger: Ledger, name: str, field: str, day: dt.date, mend: str = "Check the year.", *, shared: bool = True
) -> list[tuple[str, str]]:
    table = BY_NAME[name]
    columns = {column.field: ["K"] for column in table.keys} | {field: [day]}
    batch = Batch(table, "a.csv", "", columns, [2], {field: "F"}, shared=shared)
    with ledger.transaction(DAY) as txn:
        take_all(txn, [batch], lambda _: policy_of({}))
    return [(issue.cell, issue.problem) for issue in batch.issues if mend in issue.problem + issue.fix]


@pytest.mark.parametrize(("name", "field"), FACTS)
@pytest.mark.parametrize(
    ("day", "said"),
    [
        (dt.date(1926, 11, 22), "1926-11-22 is before 1980."),
        (dt.date(2036, 12, 2), "2036-12-02 is more than a year ahead of 2026-11-22."),
        (dt.date(2027, 11, 24), "2027-11-24 is more than a year ahead of 2026-11-22."),
        (dt.date(2027, 11, 23), ""),
        (dt.date(2025, 10, 18), ""),
    ],
)
def test_a_day_of_a_fact_long_ago_or_far_ahead_is_a_fault(
    memory_ledger: Ledger, name: str, field: str, day: dt.date, said: str
) -> None:
    assert faults(memory_ledger, name, field, day, shared=False) == ([("F2", said)] if said else [])


@pytest.mark.parametrize(("name", "field"), FACTS)
def test_a_day_long_ago_is_a_fault_where_it_is_typed_and_history_where_a_file_brings_it(
    memory_ledger: Ledger, name: str, field: str
) -> None:
    def told(*, shared: bool) -> list[tuple[str, str]]:
        return faults(memory_ledger, name, field, dt.date(2016, 11, 18), "400 days", shared=shared)

    said = [("F2", "2016-11-18 is more than 400 days before 2026-11-22.")]

    assert (told(shared=True), told(shared=False)) == (said if name != "OpeningItems" else [], [])


@pytest.mark.parametrize(("name", "field"), FACTS)
def test_a_day_of_next_year_is_a_fault_where_it_is_typed(memory_ledger: Ledger, name: str, field: str) -> None:
    def told(day: dt.date) -> list[tuple[str, str]]:
        return faults(memory_ledger, name, field, day, "31 days")

    said = [("F2", "2027-11-22 is more than 31 days after 2026-11-22.")]

    assert told(dt.date(2027, 11, 22)) == (said if name != "OpeningItems" else [])
    assert told(dt.date(2026, 12, 23)) == []


def test_a_day_of_old_stays_beside_the_row_that_the_ledger_holds(memory_ledger: Ledger) -> None:
    day = dt.date(1996, 7, 4)
    with memory_ledger.transaction(DAY) as txn:
        txn.insert(schema.orders, [{"order": "K", "order_date": day}])

    kept = faults(memory_ledger, "Orders", "order_date", day, "")
    changed = faults(memory_ledger, "Orders", "order_date", dt.date(1996, 7, 5), "400 days")

    assert [cell for cell, problem in kept if "days before" in problem] == []
    assert changed == [("F2", "1996-07-05 is more than 400 days before 2026-11-22.")]


def test_only_days_of_facts_are_judged() -> None:
    dates = {(t.name, c.field) for t in TABLES for c in t.typed if c.kind is Kind.DATE}

    assert {field for _, field in dates - set(FACTS)} == {
        "requested_date", "released_until", "expected", "promised_for", "due_date", "credit_released_until",
        "valid_from", "valid_to", "from", "to",
    }  # fmt: skip
    assert set(FACTS) <= dates
