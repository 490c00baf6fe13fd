"""What was paid in advance: which instalments are left, and which invoice of an order gets what."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.paper import Instalment
from o2c_xl.domain.receivables.paid_ahead import Ahead, Billed, instalments_left, shared_out

D = Decimal
DAY = dt.date(2026, 3, 2)
cents = st.integers(1, 50_000).map(lambda n: D(n).scaleb(-2))


@given(st.lists(cents, min_size=1, max_size=5), st.integers(0, 300_000).map(lambda n: D(n).scaleb(-2)))
def test_the_oldest_instalments_are_settled_first_and_nothing_is_lost(amounts: list[Decimal], paid: Decimal) -> None:
    whole = [Instalment(DAY + dt.timedelta(days=30 * at), amount) for at, amount in enumerate(amounts)]

    left = instalments_left(whole, paid)

    assert sum((one.amount for one in left), ZERO) == max(sum(amounts) - paid, ZERO)
    assert [one.amount for one in left[1:]] == amounts[len(amounts) - len(left) + 1 :]


def test_a_deposit_goes_to_the_first_due_invoice_of_its_order_that_came_after_it() -> None:
    def billed(name: str, days: int, entry: int, order: str = "SO-1") -> Billed:
        return Billed(DAY + dt.timedelta(days=days), name, order, "C1", "EUR", D(30), entry)

    invoices = [billed("INV-2", 9, 8), billed("INV-1", 5, 7), billed("INV-0", 1, 3), billed("INV-3", 0, 9, "SO-2")]

    given_ = shared_out([Ahead("SO-1", "C1", "EUR", D(50), 5)], invoices)

    assert given_ == {"INV-1": D(30), "INV-2": D(20)}
