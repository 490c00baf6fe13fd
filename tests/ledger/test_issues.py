"""Open faults of a file: all of them, also where two are in one cell, and since when each is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger.issues import open_issues, replace_issues
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.show import computed

DAY = dt.date(2026, 3, 2)
ONE = Issue("a.xlsx", "Orders", "B2", "Order date", 2, "x", "Is wrong.", "Mend it.", "Orders", "A1")
OTHER = replace(ONE, problem="Is doubtful.", fix="Say it.")


def _replace(ledger: Ledger, *issues: Issue, day: dt.date = DAY) -> bool:
    with ledger.transaction(day) as txn:
        return replace_issues(txn, "a.xlsx", issues)


def test_two_faults_of_one_cell_are_both_kept(ledger: Ledger):
    _replace(ledger, ONE, OTHER)

    with ledger.reading() as conn:
        kept, shown = open_issues(conn), computed.issues(conn)

    assert kept == [ONE, OTHER]
    problem, fix = "Order date: Is wrong. Order date: Is doubtful.", "Mend it. Say it."
    assert shown == [("a.xlsx", "Orders", "B2", "x", problem, fix, DAY)]


def test_the_same_faults_again_write_nothing(ledger: Ledger):
    _replace(ledger, ONE, OTHER)

    assert not _replace(ledger, ONE, OTHER, ONE, day=DAY + dt.timedelta(1))


def test_faults_of_rows_without_a_cell_stand_in_a_row_each(ledger: Ledger):
    rows = [replace(ONE, cell="", row=row, key=f"A{row}") for row in (2, 3)]
    _replace(ledger, *rows)

    with ledger.reading() as conn:
        shown = computed.issues(conn)

    assert [row[2] for row in shown] == ["A2", "A3"]
