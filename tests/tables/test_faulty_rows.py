"""A code whose own row is at fault is told so, where it is named: in the same run, and while the fault stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger.issues import replace_issues
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.check.reading import read_block
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch, Block, Needs
from o2c_xl.tables.take.take_all import take_all

DAY = dt.date(2026, 11, 22)
FAULTY = {"Customer ID": "ALFKI", "Name": "Alfreds", "Country": "Narnia"}
SOUND = {"Customer ID": "ALFKA", "Name": "Other", "Country": "DE"}
NAMING: list[tuple[str, dict[str, Any]]] = [
    ("Orders", {"Order": "1", "Customer ID": "ALFKI", "Order date": DAY}),
    ("Payments", {"Payment": "1", "Customer ID": "ALFKI", "Paid on": DAY, "Amount": 5.0}),
]


def batch(name: str, *rows: dict[str, Any], source: str = "Book.xlsx") -> Batch:
    headers = list(rows[0])
    block = Block(
        source=source,
        sheet=BY_NAME[name].title,
        headers=headers,
        columns=[[row[header] for row in rows] for header in headers],
        letters=[chr(65 + place) for place in range(len(headers))],
        rows=list(range(2, 2 + len(rows))),
    )
    return read_block(block, BY_NAME[name], Needs.SHEET)


def told(ledger: Ledger, *batches: Batch) -> list[str]:
    with ledger.transaction(DAY) as txn:
        take_all(txn, batches, lambda _: policy_of({}))
    return [f"{issue.column}: {issue.problem} {issue.fix}" for one in batches for issue in one.issues]


@pytest.mark.parametrize(("name", "row"), NAMING)
def test_a_row_that_came_in_with_a_fault_of_its_own_is_named_with_its_place(
    memory_ledger: Ledger, name: str, row: dict[str, Any]
) -> None:
    _, fault = told(memory_ledger, batch("Customers", FAULTY, SOUND), batch(name, row))

    assert fault == (
        "Customer ID: the row of ALFKI in Customers has a fault of its own (Book.xlsx!Customers!C2). "
        "Mend that row first."
    )


@pytest.mark.parametrize(("name", "row"), NAMING)
def test_a_row_that_waits_with_a_fault_is_named_until_it_is_mended(
    memory_ledger: Ledger, name: str, row: dict[str, Any]
) -> None:
    faulty = batch("Customers", FAULTY, source="customers.xlsx")
    told(memory_ledger, faulty)
    with memory_ledger.transaction(DAY) as txn:
        replace_issues(txn, "customers.xlsx", faulty.issues)

    (fault,) = told(memory_ledger, batch(name, row))
    told(memory_ledger, batch("Customers", {**FAULTY, "Country": "DE"}, source="customers.xlsx"))

    assert "the row of ALFKI in Customers has a fault of its own (customers.xlsx!Customers!C2)." in fault
    assert told(memory_ledger, batch(name, row)) == []


def test_a_code_of_the_same_sheet_whose_row_is_at_fault_is_not_taken_for_known(memory_ledger: Ledger) -> None:
    _, fault = told(memory_ledger, batch("Customers", {**FAULTY, "Bill-to": ""}, {**SOUND, "Bill-to": "ALFKI"}))

    assert "the row of ALFKI in Customers has a fault of its own" in fault
