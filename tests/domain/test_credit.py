"""Credit: exposure against the limit, overdue hold, first orders, releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.credit import (
    CreditCustomer,
    CreditOrder,
    CreditOutcome,
    CreditPolicy,
    CreditStatus,
    Release,
    decide_credit,
    release_fault,
)
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables import Late, Overdue
from tests.worked_tables import worked_table

D = Decimal
TODAY = date(2026, 7, 1)
KNOWN = CreditCustomer("C1", "EUR", limit=D(1000), status=CreditStatus.APPROVED)


def late(amount: str, days: int = 7, invoice: str = "INV-1") -> Overdue:
    return Overdue((Late(TODAY - timedelta(days=days), invoice, D(amount), days),))


def outcomes(
    orders: list[CreditOrder], customer: CreditCustomer, policy: CreditPolicy | None = None
) -> list[CreditOutcome]:
    decided = decide_credit(orders, {"C1": customer}, policy or CreditPolicy(), TODAY)
    return [decision.outcome for decision in decided]


@pytest.mark.parametrize("row", worked_table("credit.md"), ids=lambda row: f"{row['Order']} {row['Overdue']}")
def test_the_worked_orders_are_decided_as_printed(row: dict[str, str]) -> None:
    customer = replace(
        KNOWN,
        open_receivables=D(row["Open"]),
        confirmed_not_invoiced=D(row["Confirmed"]),
        credits=D(row["Credits"]),
        overdue=late(row["Overdue"]) if D(row["Overdue"]) else Overdue(),
    )
    policy = CreditPolicy(overdue_amount=D(10), overdue_days=5)

    [found] = decide_credit([CreditOrder("SO-1", "C1", D(row["Order"]))], {"C1": customer}, policy, TODAY)

    assert (str(found.terms.total), str(found.outcome)) == (row["Exposure"], row["Outcome"])
    assert found.frees == D(row["Frees"])


def test_orders_of_one_batch_use_up_the_headroom_in_their_sequence() -> None:
    orders = [CreditOrder(f"SO-{n}", "C1", D(amount)) for n, amount in enumerate([600, 500, 400, 1])]

    assert outcomes(orders, KNOWN) == ["Approved", "Hold", "Approved", "Hold"]


def test_no_limit_set_lets_everything_pass_and_limit_nought_asks_for_the_money_first() -> None:
    order = [CreditOrder("SO-1", "C1", D(100))]

    assert outcomes(order, replace(KNOWN, limit=None)) == ["Approved"]
    assert outcomes(order, replace(KNOWN, limit=ZERO)) == ["Hold"]
    assert outcomes(order, replace(KNOWN, limit=ZERO, credits=D(100))) == ["Approved"]


def test_a_prepaid_order_skips_every_check_and_takes_no_headroom() -> None:
    orders = [CreditOrder("SO-1", "C1", D(5000), prepaid=True), CreditOrder("SO-2", "C1", D(1000))]

    assert outcomes(orders, replace(KNOWN, status=CreditStatus.NEW)) == ["Approved", "Approved"]
    assert outcomes(orders[:1], replace(KNOWN, status=CreditStatus.REFUSED, overdue=late("9"))) == ["Approved"]


@pytest.mark.parametrize(
    ("up_to", "outcome"), [(None, "Approved"), (D(100), "Approved"), (D("99.99"), "Review"), (ZERO, "Review")]
)
def test_a_first_order_passes_by_rule_up_to_the_setting(up_to: Decimal | None, outcome: str) -> None:
    new = CreditCustomer("C1", "EUR")

    assert outcomes([CreditOrder("SO-1", "C1", D(100))], new, CreditPolicy(first_order_up_to=up_to)) == [outcome]


def test_after_an_approved_first_order_the_next_is_no_first_order() -> None:
    orders = [CreditOrder("SO-1", "C1", D(50)), CreditOrder("SO-2", "C1", D(500))]
    policy = CreditPolicy(first_order_up_to=D(100))

    assert outcomes(orders, CreditCustomer("C1", "EUR"), policy) == ["Approved", "Approved"]
    assert outcomes(orders[::-1], CreditCustomer("C1", "EUR"), policy) == ["Review", "Review"]


def test_overdue_within_either_tolerance_is_no_hold() -> None:
    order = [CreditOrder("SO-1", "C1", D(1))]

    few_days = replace(KNOWN, overdue=late("500", days=5))
    little = replace(KNOWN, overdue=late("10", days=90))

    policy = CreditPolicy(overdue_amount=D(10), overdue_days=5)
    assert outcomes(order, few_days, policy) == ["Approved"]
    assert outcomes(order, little, policy) == ["Approved"]


def test_the_hold_names_the_invoices_and_the_amount_that_frees_it() -> None:
    overdue = Overdue((*late("40", 9, "INV-1").parts, *late("60", 3, "INV-2").parts))

    [held] = decide_credit(
        [CreditOrder("SO-1", "C1", D(1))], {"C1": replace(KNOWN, overdue=overdue)}, CreditPolicy(), TODAY
    )

    assert held.outcome is CreditOutcome.HOLD
    assert all(part in held.why for part in ("INV-1, INV-2", "9 days late", "100.00 EUR frees"))


def test_a_release_lets_orders_pass_until_its_end_date() -> None:
    held = replace(KNOWN, overdue=late("500"))
    release = Release("ann", "Promise to pay by Friday", TODAY)
    orders = [CreditOrder("SO-1", "C1", D(1), release=release), CreditOrder("SO-2", "C1", D(1))]

    assert outcomes(orders, held) == ["Approved", "Hold"]
    assert outcomes(orders, replace(held, release=release)) == ["Approved", "Approved"]
    assert outcomes(orders, replace(held, release=replace(release, until=TODAY - timedelta(days=1))))[1] == "Hold"


def test_a_release_without_reason_or_with_a_past_end_is_no_release() -> None:
    assert release_fault(Release("ann", " ", TODAY), TODAY)
    assert release_fault(Release("ann", "why", date(2026, 6, 30)), TODAY)
    assert release_fault(Release("ann", "why", TODAY), TODAY) is None


def test_a_refused_customer_pays_in_advance_and_an_expired_decision_goes_to_finance() -> None:
    order = [CreditOrder("SO-1", "C1", D(100))]

    assert outcomes(order, replace(KNOWN, status=CreditStatus.REFUSED)) == ["Refused"]
    assert outcomes(order, replace(KNOWN, status=CreditStatus.REFUSED, credits=D(100))) == ["Approved"]
    assert outcomes(order, replace(KNOWN, decision_expires=date(2026, 6, 30))) == ["Review"]


def test_without_credit_check_nothing_is_held() -> None:
    bad = replace(KNOWN, overdue=late("500"), limit=ZERO)

    assert outcomes([CreditOrder("SO-1", "C1", D(100))], bad, CreditPolicy(check=False)) == ["Approved"]


@given(
    amounts=st.lists(st.integers(0, 600), max_size=8),
    opening=st.integers(0, 1200),
    credit=st.integers(0, 300),
)
def test_what_is_approved_never_exceeds_the_limit(amounts: list[int], opening: int, credit: int) -> None:
    customer = replace(KNOWN, open_receivables=D(opening), credits=D(credit))
    orders = [CreditOrder(f"SO-{n}", "C1", D(amount)) for n, amount in enumerate(amounts)]

    decided = decide_credit(orders, {"C1": customer}, CreditPolicy(), TODAY)

    approved = [d for d in decided if d.outcome is CreditOutcome.APPROVED]
    used = opening - credit + sum(d.terms.this_order for d in approved)
    assert not approved or used <= 1000
    for held in (d for d in decided if d.outcome is CreditOutcome.HOLD):
        assert held.terms.total - held.frees == 1000
