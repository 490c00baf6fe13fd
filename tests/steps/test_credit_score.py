"""A first order on credit is approved, refused or referred by its score; the decision is dated and runs out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from tests.steps.order_samples import DAY, D, head, open_shop, order, policy, run, statuses
from tests.steps.test_check_credit import customer

SCORE = {
    "Score_first_orders": "Yes",
    "First_order_credit_up_to": "500",
    "Credit_limit_by_rule": "1000",
    "Credit_decision_days": "90",
}


def shop(ledger: Ledger, **more: Any) -> Ledger:
    return open_shop(ledger, [{"country": "DE", **more}], MUG=1000)


def scored(ledger: Ledger, day: dt.date = DAY) -> None:
    """The sales steps, credit decided by score."""
    run(ledger, policy(**SCORE), day)


def test_a_good_score_approves_with_a_limit_a_date_and_an_end(memory_ledger: Ledger) -> None:
    shop(memory_ledger, rating="B")
    order(memory_ledger, "1", ("MUG", 10))

    scored(memory_ledger)

    row = customer(memory_ledger)
    assert statuses(memory_ledger) == {"1": "To pick"}
    assert (row.credit_status, row.credit_limit, row.credit_score) == ("Approved", D(1000), 80)
    assert (row.credit_decided_on, row.credit_expires) == (DAY, DAY + dt.timedelta(days=90))


def test_one_in_between_waits_for_finance_and_passes_once_it_is_rated(memory_ledger: Ledger) -> None:
    shop(memory_ledger, country="FR")
    order(memory_ledger, "1", ("MUG", 10))
    scored(memory_ledger)
    waiting = head(memory_ledger, "1")

    with memory_ledger.transaction(DAY) as txn:
        txn.update(schema.customers, [{"customer_id": "ALFKI", "rating": "A"}])
    scored(memory_ledger)

    assert (waiting.status, waiting.waiting_who) == ("Credit check", "Finance")
    assert "score 55 (base +50, no tax ID -5, size of the order +10): finance decides" in waiting.waiting_for
    assert statuses(memory_ledger) == {"1": "To pick"}


def test_a_bad_score_refuses_and_the_customer_pays_in_advance(memory_ledger: Ledger) -> None:
    shop(memory_ledger, rating="D", country="FR")
    order(memory_ledger, "1", ("MUG", 10))

    scored(memory_ledger)
    again = memory_ledger.head()
    scored(memory_ledger)

    row = head(memory_ledger, "1")
    assert (row.status, row.credit_state) == ("On hold", "Refused")
    assert "pays in advance. A payment of 119.00 EUR frees the order." in row.waiting_for
    assert customer(memory_ledger).credit_status == "Refused"
    assert memory_ledger.head() - again <= 1  # only the sentence may change, to that of a refusal that stands


def test_prepaid_orders_skip_it(memory_ledger: Ledger) -> None:
    shop(memory_ledger, rating="D", country="FR", payment_terms="Prepaid")
    order(memory_ledger, "1", ("MUG", 10))

    scored(memory_ledger)

    assert head(memory_ledger, "1").credit_state == "Hold"
    assert "Prepaid: pay 119.00" in head(memory_ledger, "1").waiting_for
    assert customer(memory_ledger).credit_status == "New"


def test_after_its_end_the_next_order_is_decided_anew(memory_ledger: Ledger) -> None:
    shop(memory_ledger, rating="B")
    order(memory_ledger, "1", ("MUG", 10))
    scored(memory_ledger)
    with memory_ledger.transaction(DAY) as txn:
        txn.update(schema.customers, [{"customer_id": "ALFKI", "rating": "D", "country": "FR"}])
    order(memory_ledger, "2", ("MUG", 1))
    scored(memory_ledger)
    order(memory_ledger, "3", ("MUG", 1))
    with memory_ledger.transaction(DAY) as txn:
        txn.update(schema.customers, [{"customer_id": "ALFKI", "credit_expires": DAY - dt.timedelta(days=1)}])

    scored(memory_ledger)

    assert statuses(memory_ledger)["2"] == "To pick", "the decision still held"
    assert head(memory_ledger, "3").credit_state == "Refused"
    assert customer(memory_ledger).credit_decided_on == DAY
