"""What every kind of database must do alike: SQLite in memory, SQLite in a file, PostgreSQL."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from o2c_xl.domain.accounts import Leg, invoice_legs, receipt_legs
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.journal import seal
from o2c_xl.ledger.numbers import BORNE_BY
from o2c_xl.ledger.store import Ledger, Source, Txn, Unbalanced
from o2c_xl.tables.define.catalogue import TABLES
from o2c_xl.tables.define.spec import field_of
from tests.ledgers import DAY, open_ledger, ticking_clock

D = Decimal


class PowerCut(Exception):
    """Something went wrong in the middle."""


def _fail_if(fails: bool) -> None:
    if fails:
        raise PowerCut


def _count(ledger: Ledger, table: Table) -> int:
    with ledger.reading() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def _receive(txn: Txn, sku: str, quantity: str, value: str, subject: str = "GR-000001") -> int:
    legs = receipt_legs(D(value), "EUR", "S-1")
    return txn.record("goods received", subject, legs=legs, moves=[Move(sku, D(quantity), D(value), "receipt")])


def test_what_is_recorded_together_is_written_together(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        entry = _receive(txn, "A-1", "10", "25.00")

    with ledger.reading() as conn:
        postings = conn.execute(select(schema.postings).order_by(schema.postings.c.posting)).all()
        move = conn.execute(select(schema.movements)).one()
        stock = conn.execute(select(schema.stock)).one()
    assert [(row.entry, row.account, row.amount, row.party) for row in postings] == [
        (entry, "1200", D("25.00"), "S-1"),
        (entry, "2010", D("-25.00"), "S-1"),
    ]
    assert (move.entry, move.sku, move.quantity, move.value, move.kind) == (entry, "A-1", 10, 25, "receipt")
    assert (stock.sku, stock.on_hand, stock.value, stock.allocated, stock.quarantined) == ("A-1", 10, 25, 0, 0)


def test_a_fault_in_the_middle_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(PowerCut), ledger.transaction(DAY) as txn:
        txn.insert(schema.customers, [{"customer_id": "C-1", "name": "Ash"}])
        _receive(txn, "A-1", "10", "25.00")
        txn.number("GR-")
        raise PowerCut

    tables = (schema.customers, schema.journal, schema.postings, schema.movements, schema.stock, schema.numbers)
    assert [_count(ledger, table) for table in tables] == [0] * 6
    assert ledger.head() == 0


def test_an_entry_that_does_not_balance_is_refused(ledger: Ledger) -> None:
    lame = [Leg("1100", D("10.00"), "EUR", "C-1"), Leg("4000", D("-9.99"), "EUR")]

    with pytest.raises(Unbalanced, match=r"0\.01"), ledger.transaction(DAY) as txn:
        txn.record("invoice posted", "INV-000001", legs=lame)

    assert ledger.head() == 0


def test_an_entry_must_balance_in_each_currency(ledger: Ledger) -> None:
    mixed = [Leg("1100", D("10.00"), "EUR"), Leg("4000", D("-10.00"), "USD")]

    with pytest.raises(Unbalanced), ledger.transaction(DAY) as txn:
        txn.record("invoice posted", "INV-000001", legs=mixed)


def test_the_journal_goes_on_by_one_whatever_the_transaction(ledger: Ledger) -> None:
    for day in range(3):
        with ledger.transaction(DAY + dt.timedelta(days=day)) as txn:
            txn.record("order received", f"SO-{day}a")
            txn.record("order received", f"SO-{day}b")

    with ledger.reading() as conn:
        rows = conn.execute(select(schema.journal).order_by(schema.journal.c.seq)).all()
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.subject for row in rows] == ["SO-0a", "SO-0b", "SO-1a", "SO-1b", "SO-2a", "SO-2b"]
    assert [row.day.day for row in rows] == [2, 2, 3, 3, 4, 4]
    assert ledger.head() == 6


def test_each_entry_is_sealed_with_the_one_before(ledger: Ledger) -> None:
    for n in range(3):
        with ledger.transaction(DAY, Source("orders.xlsx", "Orders", n + 2)) as txn:
            _receive(txn, "A-1", "1", "2.50", f"GR-{n}")

    with ledger.reading() as conn:
        rows = conn.execute(select(schema.journal).order_by(schema.journal.c.seq)).mappings().all()
    assert [row["prev_hash"] for row in rows] == ["", rows[0]["hash"], rows[1]["hash"]]
    assert all(seal(row["prev_hash"], row) == row["hash"] for row in rows)
    assert len({row["digest"] for row in rows}) == 1
    assert [(row["source"], row["sheet"], row["row"]) for row in rows][2] == ("orders.xlsx", "Orders", 4)


def test_the_journal_says_who_and_both_times(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        txn.record("order received", "SO-1", {"total": D("12.50"), "due": DAY, "says": "größer 大"})

    with ledger.reading() as conn:
        row = conn.execute(select(schema.journal)).one()
    assert (row.who, row.day, row.at[:10], row.at[-6:]) == ("anna", DAY, "2026-03-02", "+00:00")
    assert row.data == '{"total":"12.50","due":"2026-03-02","says":"größer 大"}'


def test_numbers_have_no_gap_when_a_transaction_is_given_up(ledger: Ledger) -> None:
    given = []
    for fails in (False, True, True, False):
        try:
            with ledger.transaction(DAY) as txn:
                number = txn.number("INV-")
                _fail_if(fails)
                given.append(number)
        except PowerCut:
            pass

    assert given == ["INV-000001", "INV-000002"]


def test_each_series_counts_by_itself(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        first = [txn.number("INV-"), txn.number("SO-"), txn.number("INV-")]
    with ledger.transaction(DAY) as txn:
        second = [txn.number("SO-"), txn.number("INV-")]

    assert first == ["INV-000001", "SO-000001", "INV-000002"]
    assert second == ["SO-000002", "INV-000003"]


@pytest.mark.parametrize("series", ["INV-", "CN-"])
def test_an_invoice_is_never_older_than_the_one_before(ledger: Ledger, series: str) -> None:
    with ledger.transaction(DAY) as txn:
        txn.number(series)

    with pytest.raises(CannotRun, match="2026-03-02"), ledger.transaction(DAY - dt.timedelta(days=1)) as txn:
        txn.number(series)

    with ledger.transaction(DAY) as txn:
        assert txn.number(series) == f"{series}000002"


def test_other_numbers_may_be_given_on_an_earlier_day(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        txn.number("SH-")

    with ledger.transaction(DAY - dt.timedelta(days=1)) as txn:
        assert txn.number("SH-") == "SH-000002"


def test_a_number_that_something_bears_already_is_passed_over(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.payments, [{"payment": f"PM-{n:06d}"} for n in (1, 2, 40)])
        txn.insert(schema.opening_items, [{"invoice": "INV-000002"}, {"invoice": "inv-000003"}, {"invoice": "INV-4"}])
        txn.number("RT-")
        txn.insert(schema.returns, [{"return": "RT-000002"}])

    with ledger.transaction(DAY) as txn:
        payments = [txn.number("PM-") for _ in range(40)]
        invoices = [txn.number("INV-") for _ in range(3)]
        txn.insert(schema.payments, [{"payment": payment} for payment in (*payments, "pm-000044")])
        after = [txn.number("PM-"), txn.number("PM-", {"PM-000046"})]
        returned = txn.number("RT-")

    assert payments == [f"PM-{n:06d}" for n in range(3, 44) if n != 40]
    assert invoices == ["INV-000001", "INV-000004", "INV-000005"]
    assert after == ["PM-000045", "PM-000047"]
    assert returned == "RT-000003"


def test_numbers_are_passed_over_beyond_six_digits_too(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.numbers, [{"series": "PO-", "last": 999_997}])
        txn.insert(schema.purchase_orders, [{"po": po} for po in ("PO-999999", "PO-1000000", "PO-1000002")])

    with ledger.transaction(DAY) as txn:
        assert [txn.number("PO-") for _ in range(3)] == ["PO-999998", "PO-1000001", "PO-1000003"]


@given(borne=st.sets(st.integers(1, 60)), counts=st.lists(st.integers(1, 40), max_size=4))
@settings(max_examples=25, deadline=None)
def test_numbers_and_those_borne_already_are_all_there_are_and_none_comes_twice(
    borne: set[int], counts: list[int]
) -> None:
    ledger = open_ledger()
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.opening_items, [{"invoice": f"CN-{n:06d}"} for n in borne])

    numbers: list[str] = []
    for count in counts:
        with ledger.transaction(DAY) as txn:
            numbers += [txn.number("CN-") for _ in range(count)]

    given_ = [int(number.removeprefix("CN-")) for number in numbers]
    last = max(given_, default=0)
    assert sorted({*given_, *(n for n in borne if n < last)}) == list(range(1, last + 1))
    assert not borne & set(given_)
    assert len(set(given_)) == len(given_)


def test_every_series_that_names_what_people_may_name_themselves_looks_where_they_do() -> None:
    given_by_python = {table.gives_key: field_of(table.title) for table in TABLES if table.gives_key}

    assert {series: BORNE_BY[series][0].table.name for series in given_by_python} == given_by_python


def test_the_same_key_cannot_be_recorded_twice(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.orders, [{"order": "SO-1", "customer_id": "C-1"}])
        txn.record("order received", "SO-1")

    with pytest.raises(IntegrityError), ledger.transaction(DAY) as txn:
        txn.record("order received", "SO-1")
        txn.insert(schema.orders, [{"order": "SO-1", "customer_id": "C-2"}])

    with ledger.reading() as conn:
        assert conn.execute(select(schema.orders.c.customer_id)).scalars().all() == ["C-1"]
    assert ledger.head() == 1


def test_sums_in_the_database_are_exact(ledger: Ledger) -> None:
    tenth = {"sku": "A", "price_list": "L", "price": D("0.1001")}
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.prices, [{**tenth, "minimum_quantity": D(n)} for n in range(1000)])
        txn.insert(schema.prices, [{**tenth, "minimum_quantity": D(1000), "price": D("90000000000.01")}])

    with ledger.reading() as conn:
        assert conn.execute(select(func.sum(schema.prices.c.price))).scalar_one() == D("90000000100.11")


@pytest.mark.parametrize("value", ["0", "-0.01", "1.5", "12.3456", "-900000000000000.0001", "100"])
def test_exact_numbers_come_back_as_they_went_in(ledger: Ledger, value: str) -> None:
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.products, [{"sku": "A", "price": D(value), "cost": None}])

    with ledger.reading() as conn:
        row = conn.execute(select(schema.products)).one()
    assert row.price == D(value)
    assert row.cost is None


def test_a_number_with_too_many_places_is_refused_not_rounded(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="more than 4 decimal places"), ledger.transaction(DAY) as txn:
        txn.insert(schema.products, [{"sku": "A", "price": D("0.00001")}])

    assert _count(ledger, schema.products) == 0


@pytest.mark.parametrize(
    "text", ["Žluťoučký kůň", "大阪 😀", "=1+1", "O'Hara; DROP TABLE orders", "%s :x {y}", " 007 "]
)
def test_any_text_comes_back_as_it_went_in(ledger: Ledger, text: str) -> None:
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.customers, [{"customer_id": text, "name": text}])
        txn.record("order received", text, {"name": text})
        txn.update(schema.customers, [{"customer_id": text, "city": text}])

    with ledger.reading() as conn:
        row = conn.execute(select(schema.customers).where(schema.customers.c.customer_id == text)).one()
    assert (row.name, row.city) == (text, text)


def test_an_update_changes_only_what_it_names(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.order_lines, [{"order": "SO-1", "line": n, "sku": "A", "quantity": D(5)} for n in "12"])
        txn.update(schema.order_lines, [{"order": "SO-1", "line": "2", "allocated": D(3)}])

    with ledger.reading() as conn:
        rows = conn.execute(select(schema.order_lines).order_by(schema.order_lines.c.line)).all()
    assert [(row.line, row.quantity, row.allocated, row.sku) for row in rows] == [("1", 5, 0, "A"), ("2", 5, 3, "A")]


def test_stock_is_known_inside_the_transaction_that_moves_it(ledger: Ledger) -> None:
    with ledger.transaction(DAY) as txn:
        _receive(txn, "A-1", "10", "25.00")
        txn.reserve("A-1", D(4))
        inside = txn.stock(["A-1", "B-2"])
        assert (inside["A-1"].on_hand, inside["A-1"].allocated, inside["B-2"].on_hand) == (10, 4, 0)
    with ledger.transaction(DAY) as txn:
        txn.reserve("A-1", D(-4))
        txn.record("goods shipped", "SH-1", moves=[Move("A-1", D(-4), D("-10.00"), "shipment")])

    with ledger.reading() as conn:
        rows = conn.execute(select(schema.stock)).all()
    assert [(row.sku, row.on_hand, row.allocated, row.value) for row in rows] == [("A-1", 6, 0, 15)]


def test_the_balance_is_the_sum_of_the_movements(ledger: Ledger) -> None:
    for n in range(3):
        with ledger.transaction(DAY) as txn:
            for sku in ("A-1", "B-2", "A-1"):
                _receive(txn, sku, "1.125", f"{n}.01")

    with ledger.reading() as conn:
        table = schema.movements
        sums = conn.execute(
            select(table.c.sku, func.sum(table.c.quantity), func.sum(table.c.value)).group_by(table.c.sku)
        ).all()
        stock = conn.execute(select(schema.stock.c.sku, schema.stock.c.on_hand, schema.stock.c.value)).all()
    assert (
        sorted(map(tuple, sums))
        == sorted(map(tuple, stock))
        == [("A-1", D("6.75"), D("6.06")), ("B-2", D("3.375"), D("3.03"))]
    )


def test_a_batch_of_thousands_is_one_transaction(ledger: Ledger) -> None:
    many = 3_000
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.orders, [{"order": f"SO-{n:06d}", "customer_id": "C-1"} for n in range(many)])
        for n in range(many):
            txn.record("invoice posted", txn.number("INV-"), {"order": n}, invoice_legs(D(n), ZERO, ZERO, "EUR", "C-1"))
        txn.stock([f"SKU-{n}" for n in range(many)])

    assert _count(ledger, schema.orders) == many
    assert ledger.head() == many
    with ledger.reading() as conn:
        assert conn.execute(select(func.sum(schema.postings.c.amount))).scalar_one() == 0
        assert conn.execute(select(schema.numbers.c.last)).scalar_one() == many


def test_nothing_recorded_writes_nothing(ledger: Ledger) -> None:
    with ledger.transaction(DAY):
        pass

    assert ledger.head() == 0
    assert _count(ledger, schema.numbers) == 0


def _together(jobs: int, work: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(jobs) as pool:
        for done in [pool.submit(work, n) for n in range(jobs)]:
            done.result(timeout=60)


def test_two_writers_take_turns(shared_ledger: Ledger) -> None:
    rounds = 10

    def write(worker: int) -> None:
        mine = Ledger(shared_ledger.engine, clock=ticking_clock(), who=f"worker {worker}")
        for _ in range(rounds):
            with mine.transaction(DAY) as txn:
                _receive(txn, "A-1", "1", "2.50", txn.number("INV-"))

    _together(3, write)

    with shared_ledger.reading() as conn:
        rows = conn.execute(select(schema.journal).order_by(schema.journal.c.seq)).mappings().all()
        on_hand = conn.execute(select(schema.stock.c.on_hand)).scalar_one()
    assert [row["subject"] for row in rows] == [f"INV-{n:06d}" for n in range(1, 3 * rounds + 1)]
    assert all(after["prev_hash"] == before["hash"] for before, after in itertools.pairwise(rows))
    assert on_hand == 3 * rounds


def test_two_writers_never_give_the_last_unit_twice(shared_ledger: Ledger) -> None:
    with shared_ledger.transaction(DAY) as txn:
        _receive(txn, "A-1", "1", "2.50")
    got: list[int] = []

    def take(worker: int) -> None:
        with shared_ledger.transaction(DAY) as txn:
            state = txn.stock(["A-1"])["A-1"]
            if state.on_hand - state.allocated >= 1:
                txn.reserve("A-1", D(1))
                got.append(worker)

    _together(4, take)

    assert len(got) == 1


def test_a_reader_sees_one_state_and_never_half_a_transaction(shared_ledger: Ledger) -> None:
    writing, looked = threading.Event(), threading.Event()

    def write() -> None:
        with shared_ledger.transaction(DAY) as txn:
            txn.insert(schema.customers, [{"customer_id": "C-1"}])
            writing.set()
            looked.wait(10)

    worker = threading.Thread(target=write)
    worker.start()
    writing.wait(10)
    with shared_ledger.reading() as conn:
        count = select(func.count()).select_from(schema.customers)
        during = conn.execute(count).scalar_one()
        looked.set()
        worker.join()
        after = conn.execute(count).scalar_one()

    assert (during, after) == (0, 0)
    assert _count(shared_ledger, schema.customers) == 1


def test_a_writer_that_fails_lets_the_next_one_in(shared_ledger: Ledger) -> None:
    with pytest.raises(PowerCut), shared_ledger.transaction(DAY):
        raise PowerCut

    with shared_ledger.transaction(DAY) as txn:
        txn.insert(schema.orders, [{"order": "SO-1"}])
        txn.conn.execute(insert(schema.orders).values(order="SO-2"))

    assert _count(shared_ledger, schema.orders) == 2
