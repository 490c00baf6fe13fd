"""A table gets shorter: rows that are no longer shown leave the sheet, what people keep beside them never does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import update

from o2c_xl.ledger import schema
from o2c_xl.workbook.sync.books import seen_rows
from tests.steps.receivables import Books
from tests.sync.desk import DAY, Desk
from tests.workbook.files import parts_of, zipped

LATER = DAY + dt.timedelta(400)


def order(desk: Desk, number: int, *, closed: bool) -> None:
    """An order as the ledger holds it, closed on the day or open."""
    with desk.company.ledger.transaction(DAY) as txn:
        name = f"O{number}"
        txn.insert(
            schema.orders,
            [
                {
                    "order": name,
                    "customer_id": "C1",
                    "customer_reference": f"ref {number}",
                    "order_date": DAY,
                    "status": "Closed" if closed else "To pick",
                    "closed_on": DAY if closed else None,
                    "currency": "EUR",
                    "total": Decimal(number),
                }
            ],
        )
        txn.record("order received", name)


def close(desk: Desk, number: int) -> None:
    with desk.company.ledger.transaction(DAY) as txn:
        where = schema.orders.c.order == f"O{number}"
        txn.conn.execute(update(schema.orders).where(where).values(status="Closed", closed_on=DAY))
        txn.record("order closed", f"O{number}")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company", ("Orders", "Log", "Settings"))
    desk.sync()
    for number in range(1, 7):
        order(desk, number, closed=number in {2, 4})
    desk.sync()
    return desk


def sync_later(desk: Desk) -> dict[str, int]:
    return desk.company.sync(LATER, None, dry_run=False, allow_empty=False).counts


def orders(desk: Desk) -> list[str]:
    return [row["Order"] for row in desk.rows("Orders").values()]


def memory(desk: Desk) -> dict[str, int]:
    with desk.company.ledger.reading() as conn:
        return {key: row for key, row, _text in seen_rows(conn, "Orders")}


def make_own(desk: Desk, table: str, header: str) -> None:
    """Give a column of the table a header that only people know."""
    parts = parts_of(desk.book.read_bytes())
    name = next(n for n, part in parts.items() if f'displayName="{table}"'.encode() in part)
    parts[name] = parts[name].replace(f'name="{header}"'.encode(), b'name="Mine"')
    desk.book.write_bytes(zipped(parts))


def test_orders_closed_long_ago_leave_the_sheet_and_stay_in_the_ledger(desk: Desk) -> None:
    assert orders(desk) == ["O1", "O2", "O3", "O4", "O5", "O6"]

    counts = sync_later(desk)

    assert orders(desk) == ["O1", "O3", "O5", "O6"]
    assert counts["rows no longer listed"] == 2
    assert list(desk.rows("Orders")) == [2, 3, 4, 5]
    assert memory(desk) == {"O1": 2, "O3": 3, "O5": 4, "O6": 5}
    assert desk.company.show("Orders", LATER)[1]


def test_the_next_sync_finds_nothing_to_do(desk: Desk) -> None:
    sync_later(desk)
    book = desk.book.read_bytes()

    counts = sync_later(desk)

    assert not any(counts.values())
    assert desk.book.read_bytes() == book


def test_what_is_written_together_lands_in_the_rows_that_moved(desk: Desk) -> None:
    order(desk, 7, closed=False)
    with desk.company.ledger.transaction(DAY) as txn:
        where = schema.orders.c.order == "O5"
        txn.conn.execute(update(schema.orders).where(where).values(total=Decimal(55)))
        txn.record("order priced", "O5")

    sync_later(desk)

    assert orders(desk) == ["O1", "O3", "O5", "O6", "O7"]
    assert [row["Total"] for row in desk.rows("Orders").values()] == [1, 3, 55, 6, 7]
    assert memory(desk) == {"O1": 2, "O3": 3, "O5": 4, "O6": 5, "O7": 6}


def test_a_row_that_holds_something_of_peoples_own_stays(desk: Desk) -> None:
    make_own(desk, "Orders", "Notes")
    desk.type("Orders", 3, {"Mine": "call first"})  # O2, which is closed

    sync_later(desk)

    assert orders(desk) == ["O1", "O2", "O3", "O5", "O6"]


def test_rows_stay_while_a_row_below_them_is_at_fault(desk: Desk) -> None:
    desk.add("Orders", {"Order": "O9", "Order date": "someday"})

    sync_later(desk)

    assert orders(desk) == ["O1", "O2", "O3", "O4", "O5", "O6", "O9"]


def test_a_table_whose_rows_all_go_keeps_one_empty_row_and_fills_it_again(desk: Desk) -> None:
    for number in (1, 3, 5, 6):
        close(desk, number)
    desk.sync()

    sync_later(desk)
    gone = orders(desk)
    order(desk, 8, closed=False)
    sync_later(desk)

    assert gone == []
    assert orders(desk) == ["O8"]
    assert list(desk.rows("Orders")) == [2]


def test_a_list_that_is_rewritten_gets_shorter(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Issues"))
    desk.sync()
    faulty = [{"Customer ID": f"C{i}", "Name": f"Customer {i}", "Country": "DE", "Credit limit": -i} for i in (1, 2, 3)]
    desk.add("Customers", *faulty)
    desk.sync()
    many = desk.height("Issues")

    desk.type("Customers", 2, {"Credit limit": 1})
    desk.type("Customers", 3, {"Credit limit": 1})
    desk.sync()
    one = desk.height("Issues")
    desk.type("Customers", 4, {"Credit limit": 1})
    desk.sync()
    none, book = desk.rows("Issues"), desk.book.read_bytes()
    desk.sync()

    assert (many, one, none, desk.height("Issues")) == (3, 1, {}, 1)
    assert desk.book.read_bytes() == book


def test_staff_type_into_a_row_that_moved(desk: Desk) -> None:
    sync_later(desk)
    desk.type("Orders", 4, {"Customer reference": "changed"})  # O5

    sync_later(desk)

    held = {row["Order"]: row["Customer reference"] for row in desk.shown("Orders")}
    assert held["O5"] == "changed"
    assert held["O6"] == "ref 6"


@pytest.fixture
def owed(tmp_path: Path) -> tuple[Desk, Books]:
    """A desk with the sheet Aging, on which two customers owe."""
    desk = Desk(tmp_path / "finance", ("Aging", "Settings"))
    books = Books(desk.company.ledger)
    books.customers("C1", "C2", currency="EUR")
    books.invoice("C1", "100.00", number="INV-1")
    books.invoice("C2", "50.00", number="INV-2")
    desk.sync()
    return desk, books


def pay_first(books: Books) -> None:
    books.pay("100.00", "INV-1", "C1")
    books.settle()


def test_who_owes_nothing_any_longer_leaves_the_aging(owed: tuple[Desk, Books]) -> None:
    desk, books = owed
    assert [row["Total"] for row in desk.rows("Aging").values()] == [100, 50]

    pay_first(books)
    desk.sync()

    assert [(row["Customer ID"], row["Total"]) for row in desk.rows("Aging").values()] == [("C2", 50)]
    assert not any(desk.sync().counts.values())


def test_a_row_of_the_aging_with_a_note_stays_and_says_no_amount(owed: tuple[Desk, Books]) -> None:
    desk, books = owed
    make_own(desk, "Aging", "Prepaid")
    desk.type("Aging", 2, {"Mine": "promised to call back"})

    pay_first(books)
    desk.sync()

    first, second = desk.rows("Aging").values()
    assert (first["Customer ID"], first["Mine"]) == ("C1", "promised to call back")
    assert [first[name] for name in ("Name", "Not due", "Total", "Allowance")] == [None] * 4
    assert (second["Customer ID"], second["Total"]) == ("C2", 50)
    assert not any(desk.sync().counts.values())
