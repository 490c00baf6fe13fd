"""Credit: exposure against the limit, overdue hold, first orders, releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.credit.account import CreditCustomer, CreditOrder, CreditStatus, InCurrency, Release
from o2c_xl.domain.credit.check import CreditOutcome, CreditPolicy, decide_credit, release_fault
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import Late, Overdue
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


def test_who_pays_in_advance_gets_no_credit_by_the_orders_own_terms() -> None:
    customer = replace(KNOWN, limit=None, prepays=True)
    release = Release("ana", "agreed by phone", TODAY)
    orders = [
        CreditOrder("SO-1", "C1", D(100)),
        CreditOrder("SO-2", "C1", D(100), prepaid=True),
        CreditOrder("SO-3", "C1", D(100), release=release),
    ]

    assert outcomes(orders, customer) == ["Hold", "Approved", "Approved"]


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


def test_what_a_refused_customer_has_paid_in_advance_is_no_first_order_on_credit() -> None:
    paid = replace(KNOWN, status=CreditStatus.REFUSED, credits=D(100))

    assert outcomes([CreditOrder("SO-1", "C1", D(100))], paid, CreditPolicy(first_order_up_to=ZERO)) == ["Approved"]


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


def test_what_is_late_in_any_currency_holds_an_order_in_every_currency() -> None:
    kwd = InCurrency("KWD", open_receivables=D(5), overdue=late("5", invoice="INV-9"))
    customer = replace(KNOWN, limit=None, others=(kwd,))
    rules = CreditPolicy(overdue_amount=D(4))

    [found] = decide_credit([CreditOrder("1", "C1", D(1))], {"C1": customer}, rules, TODAY)
    [tolerated] = decide_credit(
        [CreditOrder("1", "C1", D(1))], {"C1": customer}, CreditPolicy(overdue_amount=D(5)), TODAY
    )

    assert found.why == ("On hold: 5.000 KWD is past due (INV-9; 7 days late). A payment of 1.000 KWD frees the order.")
    assert tolerated.outcome is CreditOutcome.APPROVED


def test_what_frees_an_order_brings_it_within_the_limit_too() -> None:
    customer = replace(KNOWN, limit=D(119), open_receivables=D(119), overdue=late("119"))

    [found] = decide_credit([CreditOrder("1", "C1", D(500))], {"C1": customer}, CreditPolicy(), TODAY)
    paid = replace(customer, overdue=Overdue(), credits=found.frees)
    [after] = decide_credit([CreditOrder("1", "C1", D(500))], {"C1": paid}, CreditPolicy(), TODAY)

    assert found.why == (
        "On hold: 119.00 EUR is past due (INV-1; 7 days late). "
        "With this order it is above the credit limit of 119.00 EUR too. A payment of 500.00 EUR frees the order."
    )
    assert (found.frees, after.outcome) == (D(500), CreditOutcome.APPROVED)


def test_late_in_two_currencies_names_both_payments() -> None:
    jpy = InCurrency("JPY", overdue=late("500", invoice="INV-9"))
    customer = replace(KNOWN, overdue=late("10"), others=(jpy,))

    [found] = decide_credit([CreditOrder("1", "C1", D(1))], {"C1": customer}, CreditPolicy(), TODAY)

    assert found.why == (
        "On hold: 10.00 EUR are past due (INV-1; 7 days late) and 500 JPY (INV-9; 7 days late). "
        "Payments of 10.00 EUR and 500 JPY free the order."
    )


def test_an_open_credit_note_counts_against_what_is_late_as_an_unapplied_payment_does() -> None:
    customer = replace(KNOWN, overdue=late("50"), credit_notes=D(30))

    [found] = decide_credit([CreditOrder("1", "C1", D(1))], {"C1": customer}, CreditPolicy(), TODAY)

    assert (found.outcome, found.frees) == (CreditOutcome.HOLD, D(20))
    assert outcomes([CreditOrder("1", "C1", D(1))], replace(customer, credit_notes=D(50))) == [CreditOutcome.APPROVED]


@pytest.mark.parametrize(
    ("order", "others", "limit", "outcome"),
    [
        (CreditOrder("1", "C1", D(1), currency="KWD"), (), D(1000), CreditOutcome.HOLD),
        (CreditOrder("1", "C1", D(1), currency="KWD"), (), None, CreditOutcome.APPROVED),
        (CreditOrder("1", "C1", D(1)), (InCurrency("JPY", D(1)),), D(1000), CreditOutcome.HOLD),
        (CreditOrder("1", "C1", D(1)), (InCurrency("JPY", D(1), credits=D(1)),), D(1000), CreditOutcome.APPROVED),
        (CreditOrder("1", "C1", D(1), prepaid=True, currency="KWD"), (), D(1000), CreditOutcome.APPROVED),
    ],
)
def test_a_limit_is_never_compared_with_another_currency(
    order: CreditOrder, others: tuple[InCurrency, ...], limit: Decimal | None, outcome: CreditOutcome
) -> None:
    [found] = decide_credit([order], {"C1": replace(KNOWN, limit=limit, others=others)}, CreditPolicy(), TODAY)

    assert found.outcome is outcome
    if outcome is CreditOutcome.HOLD:
        assert "cannot be compared" in found.why
        assert "Finance decides" in found.why


def test_a_foreign_order_let_go_makes_the_next_one_incomparable() -> None:
    free = Release("fin", "known", TODAY)
    first = CreditOrder("1", "C1", D(5), release=free, currency="KWD")

    assert outcomes([first, CreditOrder("2", "C1", D(1))], KNOWN) == [CreditOutcome.APPROVED, CreditOutcome.HOLD]


def test_a_release_up_to_an_amount_says_nothing_of_another_currency() -> None:
    customer = replace(KNOWN, release=Release("fin", "known", TODAY, D(100)))

    assert outcomes([CreditOrder("1", "C1", D(5), currency="KWD")], customer) == [CreditOutcome.HOLD]


def test_a_refused_customer_pays_in_the_currency_of_the_order() -> None:
    customer = replace(KNOWN, status=CreditStatus.REFUSED)

    [found] = decide_credit([CreditOrder("1", "C1", D(5), currency="KWD")], {"C1": customer}, CreditPolicy(), TODAY)

    assert (found.outcome, "A payment of 5.000 KWD" in found.why) == (CreditOutcome.REFUSED, True)


def test_what_the_orderer_owes_on_another_account_holds_the_order() -> None:
    elsewhere = (InCurrency("EUR", overdue=late("95.20")),)

    assert outcomes([CreditOrder("1", "C1", D(5), elsewhere=elsewhere)], KNOWN) == [CreditOutcome.HOLD]


@given(
    orders=st.lists(st.tuples(st.integers(1, 600), st.sampled_from(["", "EUR", "KWD", "JPY"])), max_size=8),
    owed=st.dictionaries(st.sampled_from(["KWD", "JPY"]), st.integers(0, 5)),
)
def test_with_a_limit_only_its_own_currency_passes_and_within_it(
    orders: list[tuple[int, str]], owed: dict[str, int]
) -> None:
    customer = replace(KNOWN, others=tuple(InCurrency(name, D(amount)) for name, amount in owed.items()))
    wanting = [CreditOrder(str(i), "C1", D(total), currency=name) for i, (total, name) in enumerate(orders)]

    decided = decide_credit(wanting, {"C1": customer}, CreditPolicy(), TODAY)

    passed = [one for one, of in zip(wanting, decided, strict=True) if of.outcome is CreditOutcome.APPROVED]
    assert all(one.currency in ("", "EUR") for one in passed)
    assert sum(one.total for one in passed) <= 1000
    assert not (passed and any(owed.values()))
