"""Aging, what is overdue, and where an invoice stands."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import (
    AgingRow,
    Credit,
    InvoiceStatus,
    OpenItem,
    Overdue,
    Settlement,
    age,
    invoice_status,
    late_parts,
    open_instalments,
    overdue,
    totals,
)
from tests.worked_tables import worked_table

D = Decimal
TODAY = date(2026, 7, 1)


def owed(amount: str, late: int = 0, customer: str = "C1", invoice: str = "I1", currency: str = "EUR") -> OpenItem:
    return OpenItem(invoice, customer, currency, D(amount), ((TODAY - timedelta(days=late), D(amount)),))


def buckets(row: AgingRow) -> dict[str, Decimal]:
    names = ("Not due", "1–30", "31–60", "61–90", "Over 90")
    amounts = (row.not_due, row.days_1_30, row.days_31_60, row.days_61_90, row.over_90)
    return {name: amount for name, amount in zip(names, amounts, strict=True) if amount}


def _days_late(due: tuple[tuple[date, Decimal], ...], still_open: Decimal) -> int:
    return Overdue(tuple(late_parts("I1", due, still_open, TODAY))).days


@pytest.mark.parametrize("worked", worked_table("aging.md"), ids=lambda worked: worked["Due"])
def test_the_worked_items_age_as_printed(worked: dict[str, str]) -> None:
    due = ((date.fromisoformat(worked["Due"]), D(100)),)

    [row] = age([OpenItem("I1", "C1", "EUR", D(100), due)], [], TODAY)

    assert buckets(row) == {worked["Bucket"]: D(100)}
    assert _days_late(due, D(100)) == int(worked["Days late"])


def test_what_was_paid_settles_the_oldest_instalment_first() -> None:
    due = ((date(2026, 5, 1), D(30)), (date(2026, 6, 1), D(30)), (date(2026, 8, 1), D(40)))

    assert open_instalments(due, D(55)) == [(date(2026, 6, 1), D(15)), (date(2026, 8, 1), D(40))]
    assert open_instalments(due, D(100)) == list(due)
    assert open_instalments(due, ZERO) == []


def test_more_open_than_the_instalments_say_is_due_with_the_first() -> None:
    due = ((date(2026, 5, 1), D(30)), (date(2026, 8, 1), D(70)))

    assert sum(amount for _, amount in open_instalments(due, D(105))) == 105
    assert _days_late(due, D(105)) == 61
    assert _days_late(due, ZERO) == 0


def test_each_instalment_ages_by_its_own_date() -> None:
    due = ((date(2026, 5, 1), D(30)), (date(2026, 8, 1), D(70)))

    [row] = age([OpenItem("I1", "C1", "EUR", D(90), due)], [], TODAY)

    assert buckets(row) == {"61–90": D(20), "Not due": D(70)}


def test_open_credit_notes_and_unapplied_money_stand_in_a_column_of_their_own() -> None:
    rows = age([owed("100"), owed("-30", invoice="CN1")], [Credit("C1", "EUR", D(5))], TODAY)

    assert [(row.not_due, row.credits, row.total) for row in rows] == [(D(100), D(35), D(65))]


def test_currencies_are_never_added_together() -> None:
    rows = age([owed("100"), owed("70", currency="USD"), owed("1", customer="C2")], [], TODAY)

    assert [(row.customer, row.currency, row.total) for row in totals(rows)] == [
        ("Total", "EUR", D(101)),
        ("Total", "USD", D(70)),
    ]


def test_overdue_names_the_invoices_oldest_first_and_leaves_out_what_is_disputed() -> None:
    items = [
        owed("10", late=5, invoice="I2"),
        owed("20", late=9, invoice="I1"),
        owed("40", late=0, invoice="I3"),
        OpenItem("I4", "C1", "EUR", D(80), ((date(2026, 1, 1), D(80)),), disputed=True),
    ]

    late = overdue(items, TODAY)

    found = late["C1", "EUR"]
    assert (found.amount, found.days, found.invoices) == (D(30), 9, ("I1", "I2"))


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (Settlement(D(100), posted=False), InvoiceStatus.DRAFT),
        (Settlement(D(100), posted=False, waits_for_approval=True), InvoiceStatus.APPROVAL),
        (Settlement(D(100)), InvoiceStatus.POSTED),
        (Settlement(D(100), sent=True), InvoiceStatus.SENT),
        (Settlement(D(100), paid=D(1), sent=True), InvoiceStatus.PARTLY_PAID),
        (Settlement(D(100), paid=D(99), written_off=D(1)), InvoiceStatus.PAID),
        (Settlement(D(100), paid=D(10), disputed=True), InvoiceStatus.DISPUTED),
        (Settlement(D(100), credited=D(100), disputed=True), InvoiceStatus.CREDITED),
        (Settlement(D(100), written_off=D(60), paid=D(40)), InvoiceStatus.WRITTEN_OFF),
        (Settlement(D(0)), InvoiceStatus.PAID),
        (Settlement(D(-50), paid=D(-50)), InvoiceStatus.PAID),
    ],
)
def test_the_status_follows_from_what_settled_it(facts: Settlement, status: InvoiceStatus) -> None:
    assert invoice_status(facts) is status


amounts = st.integers(-500, 500).map(lambda n: D(n).scaleb(-2))
open_items = st.lists(st.tuples(amounts, st.sampled_from("AB"), st.integers(-50, 150)), max_size=12)


@given(rows=open_items, credit=st.integers(0, 900).map(lambda n: D(n).scaleb(-2)))
def test_the_aging_adds_up_to_the_account(rows: list[tuple[Decimal, str, int]], credit: Decimal) -> None:
    items = [owed(str(amount), late, owner) for amount, owner, late in rows]

    aged = age(items, [Credit("A", "EUR", credit)], TODAY)

    balance = sum((each.open for each in items), ZERO) - credit
    assert sum((row.total for row in aged), ZERO) == balance
    assert totals(aged)[0].total == balance


@given(
    parts=st.lists(st.integers(1, 500), min_size=1, max_size=5),
    share=st.integers(0, 100),
)
def test_what_is_open_spreads_over_the_instalments_without_loss(parts: list[int], share: int) -> None:
    due = tuple((TODAY + timedelta(days=n), D(part)) for n, part in enumerate(parts))
    still_open = (D(sum(parts)) * share / 100).quantize(D("0.01"))

    spread = open_instalments(due, still_open)

    assert sum((amount for _, amount in spread), ZERO) == still_open
    assert all(0 < amount <= dict(due)[day] for day, amount in spread)
