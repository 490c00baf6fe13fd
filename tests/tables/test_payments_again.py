"""Payments that a file brings without a number: numbered once, known again, and never counted twice or lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.rows import take_rows
from o2c_xl.tables.take.rules import RULES
from tests.ledgers import DAY, open_ledger

D = Decimal
ROW = {
    "payment": None,
    "customer_id": "C1",
    "payer": None,
    "paid_on": DAY,
    "amount": D(50),
    "currency": None,
    "method": "Cash",
    "reference": "INV-7",
}


def take(ledger: Ledger, *rows: dict[str, Any], shared: bool = False) -> Batch:
    full = [{**ROW, **row} for row in rows]
    batch = Batch(
        table=BY_NAME["Payments"],
        source="list.csv",
        sheet="",
        columns={name: [row[name] for row in full] for name in ROW},
        rows=list(range(2, 2 + len(full))),
        letters={name: chr(65 + at) for at, name in enumerate(ROW)},
        shared=shared,
    )
    with ledger.transaction(DAY) as txn:
        take_rows(txn, batch, policy_of({}), RULES["Payments"])
    return batch


def stored(ledger: Ledger) -> dict[str, Decimal]:
    with ledger.reading() as conn:
        p = schema.payments.c
        return {row.payment: row.amount for row in conn.execute(select(p.payment, p.amount))}


@pytest.fixture
def desk(memory_ledger: Ledger) -> Ledger:
    _with_customers(memory_ledger)
    return memory_ledger


def _with_customers(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.customers, [{"customer_id": key} for key in ("C1", "C2")])


def test_a_payment_without_a_number_is_numbered_and_the_same_again_changes_nothing(desk: Ledger) -> None:
    first = take(desk, {}, {"reference": "INV-8"})
    again = take(desk, {"reference": "INV-8"}, {"customer_id": None}, {"reference": "INV-9"})

    assert first.columns["payment"] == ["PM-000001", "PM-000002"]
    assert again.columns["payment"] == ["PM-000002", "PM-000001", "PM-000003"]
    assert again.columns["customer_id"][1] == "C1"
    assert stored(desk) == {"PM-000001": 50, "PM-000002": 50, "PM-000003": 50}


@pytest.mark.parametrize("other", [{"paid_on": DAY.replace(day=9)}, {"customer_id": "C2"}, {"reference": "INV-70"}])
def test_another_day_customer_or_reference_is_another_payment(desk: Ledger, other: dict[str, Any]) -> None:
    take(desk, {})
    take(desk, other)

    assert len(stored(desk)) == 2


def test_the_same_reference_and_day_with_another_amount_is_left_to_the_sender(desk: Ledger) -> None:
    take(desk, {})
    other = take(desk, {"amount": D(60)})

    (issue,) = other.issues
    assert (issue.cell, issue.key) == ("A2", "")
    assert "PM-000001" in issue.problem
    assert "number of its own" in issue.fix
    assert stored(desk) == {"PM-000001": 50}


def test_two_rows_of_a_file_that_cannot_be_told_apart_are_a_fault_at_the_second(desk: Ledger) -> None:
    twice = take(desk, {}, {"amount": D(60)})
    again = take(desk, {"payment": "PM-000001"}, {})

    assert [issue.cell for issue in (*twice.issues, *again.issues)] == ["A3", "A3"]
    assert stored(desk) == {"PM-000001": 50}


def test_equal_rows_typed_into_a_workbook_are_two_payments(desk: Ledger) -> None:
    take(desk, {}, {}, shared=True)

    assert list(stored(desk)) == ["PM-000001", "PM-000002"]


def test_a_number_that_came_with_a_file_is_not_given_again(desk: Ledger) -> None:
    take(desk, {"payment": "PM-000002", "reference": "a"}, {}, {"reference": "b"})

    assert sorted(stored(desk)) == ["PM-000001", "PM-000002", "PM-000003"]


@given(
    lists=st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.sampled_from([None, "C1", "C2"])), max_size=5),
        max_size=4,
    )
)
@example([[("a", 1, None)], [("a", 1, "C1"), ("a", 1, "C2")]])
@settings(max_examples=25, deadline=None)
def test_overlapping_lists_count_each_payment_once(lists: list[list[tuple[str, int, str | None]]]) -> None:
    ledger = open_ledger()
    _with_customers(ledger)

    for rows in lists:
        brought = [{"reference": ref, "amount": D(amount), "customer_id": who} for ref, amount, who in rows]
        take(ledger, *brought)
        before = stored(ledger)
        again = take(ledger, *brought)

        assert stored(ledger) == before
        assert "" not in before
        taken = [key for key in again.columns["payment"] if key is not None]
        assert len(taken) + len({issue.row for issue in again.issues}) == len(rows)
