"""What the database adds up is what the rules add up, instalments, credits and days gone by included."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_xl.domain.receivables.open_items import AgingRow, age
from o2c_xl.ledger.receivables.aging import aging, open_items_at
from o2c_xl.ledger.store import Ledger
from tests.ledgers import open_ledger
from tests.steps.receivables import DAY, Books

D = Decimal
TERMS = ("Net 30", "Net 0", "30% 0, 70% 60", "50% 10, 25% 40, 25% 95", "Net 10 EOM")
cents = st.integers(1, 30_000).map(lambda n: D(n).scaleb(-2))


def both(books: Books, day: dt.date) -> tuple[list[AgingRow], list[AgingRow]]:
    with books.ledger.reading() as conn:
        found = aging(conn, day)
        assert found.differences == {}
        return list(found.rows), age(open_items_at(conn, day), (), day)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(cents, st.sampled_from(TERMS), st.integers(0, 9)), min_size=1, max_size=7),
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 100)), max_size=5),
    st.lists(st.integers(-5, 200), min_size=1, max_size=4),
)
def test_buckets_of_the_database_are_those_of_the_rules(
    invoices: list[tuple[Decimal, str, int]], paid: list[tuple[int, int]], days: list[int]
) -> None:
    books = Books(open_ledger())
    books.customers("C1", "C2", currency="EUR")
    numbers = []
    for n, (total, terms, wait) in enumerate(invoices):
        books.day += dt.timedelta(days=wait)
        numbers.append((books.invoice(f"C{n % 2 + 1}", total, terms=terms, day=books.day), f"C{n % 2 + 1}"))
    for which, percent in paid:
        books.day += dt.timedelta(days=9)
        number, customer = numbers[which % len(numbers)]
        part = (books.open_of(number) * percent / 100).quantize(D("0.01"))
        if part and part not in {books.open_of(other) for other, _ in numbers if other != number}:  # else only proposed
            books.pay(part, number, customer)
            books.settle()

    for after in days:
        ours, theirs = both(books, DAY + dt.timedelta(days=after))
        assert ours == theirs
    books.ledger.engine.dispose()


def test_every_database_says_the_same(ledger: Ledger) -> None:
    books = Books(ledger)
    books.customers("C1", currency="EUR")
    first = books.invoice("C1", "100.00", terms="30% 0, 70% 60")
    second = books.invoice("C1", "50.00")
    books.invoice("C1", "-8.00")
    books.day += dt.timedelta(days=20)
    books.pay("40.00", first, "C1")
    books.pay("50.00", second, "C1")
    books.settle()

    now, rules = both(books, DAY + dt.timedelta(days=35))
    then, _ = both(books, DAY + dt.timedelta(days=5))

    assert now == rules
    assert (now[0].not_due, now[0].credits, now[0].total) == (D("60.00"), D("8.00"), D("52.00"))
    assert (then[0].not_due, then[0].days_1_30, then[0].total) == (D("120.00"), D("30.00"), D("142.00"))
