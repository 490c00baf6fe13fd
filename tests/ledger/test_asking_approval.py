"""Approvals in the ledger: asked once per content, voided by an edit, decided by another account with the role."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from o2c_xl.domain.approvals import Verdict
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask, decide, verdicts, void
from o2c_xl.ledger.store import Ledger

DAY = dt.date(2026, 3, 2)
D = Decimal
ONE = Ask("Operations Manager", "Purchase order", "PO-000001", D("500.00"), "EUR", "hash-1", "anna")


def _ask(ledger: Ledger, *asks: Ask) -> None:
    with ledger.transaction(DAY) as txn:
        ask(txn, asks)


def _decide(ledger: Ledger, who: str, verdict: Any, *ids: str, reason: str = "") -> tuple[list[str], list[str]]:
    with Ledger(ledger.engine, clock=ledger.clock, who=who).transaction(DAY) as txn:
        return decide(txn, ids, verdict, reason)


def _give_role(ledger: Ledger, user: str, limit: Decimal | None = None, to: dt.date | None = None) -> None:
    row = {"user": user, "role": "Operations Manager", "limit": limit, "from": None, "to": to}
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.roles, [row])


def _statuses(ledger: Ledger) -> list[str]:
    with ledger.reading() as conn:
        return list(conn.execute(select(schema.approvals.c.status).order_by(schema.approvals.c.approval)).scalars())


def _verdict(ledger: Ledger, subject: str = "PO-000001", step: str = "Purchase order") -> Verdict | None:
    with ledger.reading() as conn:
        return verdicts(conn, step, [subject]).get(subject)


def test_asking_again_for_the_same_content_changes_nothing(ledger: Ledger) -> None:
    _ask(ledger, ONE, ONE)
    head = ledger.head()

    _ask(ledger, ONE)

    assert _statuses(ledger) == ["Waiting"]
    assert ledger.head() == head


def test_an_edit_voids_what_waits_and_its_asker_counts_as_editor(memory_ledger: Ledger) -> None:
    edited = Ask("Operations Manager", "Purchase order", "PO-000001", D("600.00"), "EUR", "hash-2", "ben")
    _give_role(memory_ledger, "anna")
    _ask(memory_ledger, ONE)

    _ask(memory_ledger, edited)
    decided, refusals = _decide(memory_ledger, "anna", "Approve", "AP-000002")

    assert _statuses(memory_ledger) == ["Void", "Waiting"]
    assert decided == []
    assert refusals == ["AP-000002: You changed what is to be approved. Someone else must decide."]


def test_the_one_who_asked_may_not_decide(memory_ledger: Ledger) -> None:
    _give_role(memory_ledger, "anna")
    _ask(memory_ledger, ONE)

    decided, refusals = _decide(memory_ledger, "Anna", "Approve", "AP-000001")

    assert decided == []
    assert refusals == ["AP-000001: You asked for this approval. Someone else must decide."]


def test_a_manager_approves_within_the_limit_and_the_verdict_is_bound_to_the_content(ledger: Ledger) -> None:
    _give_role(ledger, "olga", D(500))
    _ask(ledger, ONE)

    decided, refusals = _decide(ledger, "olga", "Approve", "AP-000001")

    found = _verdict(ledger)
    assert (decided, refusals) == (["AP-000001"], [])
    assert found is not None
    assert (found.status, found.of("hash-1"), found.of("hash-2")) == ("Approved", "Approved", None)
    with ledger.reading() as conn:
        entry = conn.execute(select(schema.journal).order_by(schema.journal.c.seq.desc())).first()
    assert entry is not None
    assert (entry.event, entry.subject, entry.who) == ("approval decided", "AP-000001", "olga")


@pytest.mark.parametrize(
    ("limit", "to", "problem"),
    [
        (D(499), None, "500 is above the limit of 499 of olga."),
        (None, dt.date(2026, 3, 1), "The role Operations Manager of olga is not valid on 2026-03-02."),
    ],
)
def test_limits_and_dates_of_a_role_hold(
    memory_ledger: Ledger, limit: Decimal | None, to: dt.date | None, problem: str
) -> None:
    _give_role(memory_ledger, "olga", limit, to)
    _ask(memory_ledger, ONE)

    decided, refusals = _decide(memory_ledger, "olga", "Approve", "AP-000001")

    assert decided == []
    assert problem.replace("500 ", "500.00 ").replace("499 ", "499.00 ") in refusals[0]


def test_a_rejection_needs_a_reason_and_keeps_it(memory_ledger: Ledger) -> None:
    _give_role(memory_ledger, "olga")
    _ask(memory_ledger, ONE)

    _, refused = _decide(memory_ledger, "olga", "Reject", "AP-000001", reason=" ")
    decided, _ = _decide(memory_ledger, "olga", "Reject", "AP-000001", reason="too dear")

    found = _verdict(memory_ledger)
    assert refused == ["AP-000001: A rejection needs a reason. Give one."]
    assert decided == ["AP-000001"]
    assert found is not None
    assert (found.status, found.reason) == ("Rejected", "too dear")


def test_what_is_rejected_is_not_asked_again_until_it_changes(memory_ledger: Ledger) -> None:
    _give_role(memory_ledger, "olga")
    _ask(memory_ledger, ONE)
    _decide(memory_ledger, "olga", "Reject", "AP-000001", reason="too dear")

    _ask(memory_ledger, ONE)

    assert _statuses(memory_ledger) == ["Rejected"]


def test_unknown_and_decided_approvals_are_refused_and_the_others_decided(memory_ledger: Ledger) -> None:
    _give_role(memory_ledger, "olga")
    _ask(memory_ledger, ONE, Ask("Operations Manager", "Price", "10248", None, "EUR", "h", "anna"))
    _decide(memory_ledger, "olga", "Approve", "AP-000001")

    decided, refusals = _decide(memory_ledger, "olga", "Approve", "AP-000001", "AP-000002", "AP-9")

    assert decided == ["AP-000002"]
    assert refusals == [
        "AP-000001: It is approved already by olga on 2026-03-02. See o2c show Approvals for those that wait.",
        "AP-9: There is no approval AP-9. See the Approvals sheet for its number.",
    ]


def test_what_is_given_up_no_longer_waits(memory_ledger: Ledger) -> None:
    _ask(memory_ledger, ONE)

    with memory_ledger.transaction(DAY) as txn:
        void(txn, "Purchase order", ["PO-000001"])

    assert _statuses(memory_ledger) == ["Void"]


def test_a_role_counts_by_the_clock_whatever_day_is_posted_for(memory_ledger: Ledger) -> None:
    _give_role(memory_ledger, "bob", to=DAY)
    _give_role(memory_ledger, "kim")
    _ask(memory_ledger, ONE)
    memory_ledger.clock = lambda: dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)

    ended = _decide(memory_ledger, "bob", "Approve", "AP-000001")
    decided = _decide(memory_ledger, "kim", "Approve", "AP-000001")

    assert ended == (
        [],
        ["AP-000001: The role Operations Manager of bob is not valid on 2026-03-20. See From and To in Roles."],
    )
    assert decided == (["AP-000001"], [])
    with memory_ledger.reading() as conn:
        assert conn.execute(select(schema.approvals.c.decided_on)).scalar() == dt.date(2026, 3, 20)


def test_what_was_approved_before_something_else_was_asked_is_asked_anew(memory_ledger: Ledger) -> None:
    edited = replace(ONE, content_hash="hash-2", asked_by="ben")
    _give_role(memory_ledger, "kim")
    _ask(memory_ledger, ONE)
    _decide(memory_ledger, "kim", "Approve", "AP-000001")

    _ask(memory_ledger, edited)
    _ask(memory_ledger, ONE)
    _ask(memory_ledger, ONE)

    assert _statuses(memory_ledger) == ["Approved", "Void", "Waiting"]
    assert _decide(memory_ledger, "kim", "Approve", "AP-000003") == (["AP-000003"], [])
    verdict = _verdict(memory_ledger)
    assert verdict is not None
    assert verdict.of("hash-1") == "Approved"
