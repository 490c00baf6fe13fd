"""The score of a first order follows its stated rules, and says which."""

from __future__ import annotations

from decimal import Decimal

from o2c_xl.domain.credit.score import CreditFacts, ScorePolicy, score
from o2c_xl.domain.policy import policy_of
from tests.worked_tables import worked_table

D = Decimal
POLICY = ScorePolicy(own_country="DE", risk_countries=frozenset({"XX", "YY"}), up_to=D(1000))


def test_the_worked_table() -> None:
    for row in worked_table("credit-score.md"):
        facts = CreditFacts(row["Country"], row["Rating"], row["Tax ID"], int(row["Paid"]), int(row["Late"]))

        found = score(facts, D(row["Total"]), POLICY)

        assert (str(found.points), found.verdict) == (row["Score"], row["Verdict"]), (row, str(found))


def test_it_says_the_rules_that_counted() -> None:
    found = score(CreditFacts("DE", "B"), D(500), POLICY)

    assert str(found) == "score 80 (base +50, rating B +15, country DE +10, no tax ID -5, size of the order +10)"


def test_a_limit_of_nothing_sends_every_first_order_to_finance() -> None:
    policy = ScorePolicy(own_country="DE", up_to=D(0))

    assert score(CreditFacts("DE", "A", "DE1"), D(1), policy).verdict == "Refer"


def test_the_settings_are_read() -> None:
    told = {"Score first orders": "Yes", "Risk countries": "xx, YY", "Credit limit by rule": "500"}

    found = policy_of(told).credit_score

    assert found is not None
    assert (found.risk_countries, found.limit, found.days) == (frozenset({"XX", "YY"}), D(500), 365)
    assert policy_of({}).credit_score is None
