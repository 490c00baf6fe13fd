"""What gives a customer more credit than before."""

from __future__ import annotations

from decimal import Decimal

import pytest

from o2c_xl.domain.credit.widening import widens

D = Decimal


@pytest.mark.parametrize(
    ("field", "old", "new", "more"),
    [
        ("credit_limit", D(100), D(101), True),
        ("credit_limit", D(100), D(99), False),
        ("credit_limit", D(100), None, True),
        ("credit_limit", None, D(100), False),
        ("credit_limit", D(0), D(1), True),
        ("payment_terms", "Prepaid", "Net 10", True),
        ("payment_terms", "Net 30", "Net 60", True),
        ("payment_terms", "Net 30", "Net 30 EOM", True),
        ("payment_terms", "Net 30", "30% 0, 70% 60", True),
        ("payment_terms", "Net 30", "2% 10, Net 30", False),
        ("payment_terms", "Net 60", "", False),
        ("payment_terms", "", "Net 60", True),
        ("bill_to", "", "MOTHER", True),
        ("bill_to", "MOTHER", "MOTHER", False),
    ],
)
def test_more_credit_is_a_higher_limit_later_terms_or_another_account(
    field: str, old: object, new: object, more: bool
) -> None:
    assert widens(field, old, new, "Net 30") is more
