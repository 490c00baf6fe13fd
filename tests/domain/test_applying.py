"""Nothing is applied beyond a payment or an item, whatever was accepted, paid in advance or taken back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.cash.applying import Accepted, ToApply, apply_all
from o2c_xl.domain.cash.matching import MatchPolicy, Payment
from o2c_xl.domain.cash.returned import Granted, SettledBy, take_back
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import OpenItem

D = Decimal
DAY = dt.date(2026, 3, 10)
POLICY = MatchPolicy(D(1), D("0.50"))
cents = st.integers(1, 20_000).map(lambda value: D(value).scaleb(-2))


def item(number: int, amount: Decimal, order: str = "") -> OpenItem:
    return OpenItem(f"INV-{number}", "C1", "EUR", amount, ((DAY, amount),), order=order)


def paid(number: int, amount: Decimal, reference: str = "") -> Payment:
    return Payment(f"PM-{number}", "C1", amount, "EUR", DAY, reference)


@given(
    st.lists(cents, min_size=1, max_size=6),
    st.lists(st.tuples(cents, st.integers(0, 6)), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), cents), max_size=4),
)
def test_nothing_goes_beyond_the_payment_or_the_item(
    amounts: list[Decimal], payments: list[tuple[Decimal, int]], accepted: list[tuple[int, int, Decimal]]
) -> None:
    items = [item(n, amount, f"SO-{n}") for n, amount in enumerate(amounts)]
    given_ = [paid(n, amount, f"INV-{which}") for n, (amount, which) in enumerate(payments)]
    orders = {one.payment: (f"SO-{n}", bool(n % 2)) for n, one in enumerate(given_) if n % 3 == 0}
    decided = [Accepted(f"PM-{a}", f"INV-{b}", amount) for a, b, amount in accepted]

    found = apply_all(ToApply(given_, items, orders, decided, frozenset({("PM-1", "INV-0")})), POLICY)

    used: dict[str, Decimal] = defaultdict(lambda: ZERO)
    settled: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in found:
        used[one.payment] += one.amount
        settled[one.invoice] += one.amount + one.discount + one.write_off
    assert all(used[one.payment] <= one.amount for one in given_)
    assert all(settled[one.invoice] <= one.open for one in items)
    assert ("PM-1", "INV-0") not in {(one.payment, one.invoice) for one in found} - {
        (one.payment, one.invoice) for one in decided
    }


def test_a_prepayment_waits_for_its_own_order_while_more_is_to_come() -> None:
    payment = paid(1, D(50), "SO-1")

    found = apply_all(ToApply([payment], [item(1, D(50))], {"PM-1": ("SO-1", True)}), POLICY)

    assert found == []


def test_a_prepayment_settles_the_invoices_of_its_order_oldest_first() -> None:
    items = [item(1, D(30), "SO-1"), item(2, D(40), "SO-1"), item(3, D(20), "SO-2")]

    found = apply_all(ToApply([paid(1, D(50))], items, {"PM-1": ("SO-1", True)}), POLICY)

    assert [(one.invoice, one.amount, one.certain) for one in found] == [("INV-1", D(30), True), ("INV-2", D(20), True)]


def test_of_what_several_prepaid_for_an_order_nothing_is_written_off() -> None:
    payments = [paid(1, D("99.60")), paid(2, D("0.40"))]
    orders = {"PM-1": ("SO-1", False), "PM-2": ("SO-1", False)}

    found = apply_all(ToApply(payments, [item(1, D(100), "SO-1")], orders), POLICY)

    assert [(one.amount, one.write_off) for one in found] == [(D("99.60"), ZERO), (D("0.40"), ZERO)]


def test_a_guess_for_one_payment_does_not_make_a_tie_of_another_look_certain() -> None:
    items = [item(1, D("59.50")), item(2, D("59.50")), item(3, D("700.00"))]
    work = ToApply([paid(1, D("0.30")), paid(2, D("59.50"))], items, rejected=frozenset({("PM-2", "INV-3")}))

    found = apply_all(work, POLICY)

    assert [(one.payment, one.amount, one.certain) for one in found] == [
        ("PM-2", D("59.50"), False),
        ("PM-1", D("0.30"), False),
    ]


@given(cents, st.lists(cents, max_size=4), st.decimals(0, 1, places=2))
def test_what_is_taken_back_is_taken_once(unapplied: Decimal, applied: list[Decimal], part: Decimal) -> None:
    settled = [SettledBy(f"INV-{n}", amount, D("0.10")) for n, amount in enumerate(applied)]
    whole = unapplied + sum(applied, ZERO)
    amount = max((whole * part).quantize(D("0.01")), D("0.01"))

    taken = take_back(amount, unapplied, settled)

    assert taken.unapplied + sum((one.paid for one in taken.reopened), ZERO) == amount
    assert taken.unapplied == min(amount, unapplied)
    assert all(0 < one.paid <= applied[int(one.invoice[4:])] for one in taken.reopened)


def test_an_invoice_that_loses_money_loses_what_its_other_payments_were_granted() -> None:
    granted = {"INV-1": [Granted("PM-2", "discount", D(2))], "INV-2": [Granted("PM-1", "write-off", D("0.40"))]}

    taken = take_back(D(10), ZERO, [SettledBy("INV-2", D(50)), SettledBy("INV-1", D(100))], granted)

    assert [(one.invoice, one.paid, list(one.granted)) for one in taken.reopened] == [
        ("INV-1", D(10), granted["INV-1"])
    ]


def test_all_of_a_payment_brings_netted_credit_notes_back_too() -> None:
    settled = [SettledBy("INV-1", D(100)), SettledBy("CN-1", D(-30))]

    taken = take_back(D(70), ZERO, settled)

    assert [(one.invoice, one.paid) for one in taken.reopened] == [("INV-1", D(100)), ("CN-1", D(-30))]
