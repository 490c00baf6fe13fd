"""Whoever changes the books by hand is found, and the first place is named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger.engine import open_engine
from o2c_xl.ledger.migrate import prepare
from o2c_xl.ledger.proof.verify import Check, verify
from o2c_xl.ledger.store import Ledger
from tests.ledger.books import fill
from tests.ledgers import open_ledger, ticking_clock


def _broken(ledger: Ledger) -> list[Check]:
    return [check for check in verify(ledger) if not check.ok]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in a file that tests copy."""
    path = tmp_path_factory.mktemp("kept") / "ledger.db"
    ledger = open_ledger(path)
    fill(ledger, 30)
    with ledger.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.engine.dispose()
    return path


@pytest.fixture(params=["file", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def books(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """Thirty orders from receipt to cash, to tamper with."""
    if request.param == "file":
        yield request.getfixturevalue("copy")
        return
    ledger = open_ledger(request.getfixturevalue("postgresql"))
    fill(ledger, 30)
    yield ledger
    ledger.engine.dispose()


@pytest.fixture
def copy(kept: Path, tmp_path: Path) -> Iterator[Ledger]:
    """A copy of the file to tamper with."""
    engine = open_engine(shutil.copy(kept, tmp_path / "ledger.db"))
    yield Ledger(engine, clock=ticking_clock(), who="mallory")
    engine.dispose()


def _tamper(ledger: Ledger, sql: str) -> None:
    with ledger.engine.connect().execution_options(o2c_write=True) as conn, conn.begin():
        assert conn.execute(text(sql)).rowcount, "nothing was changed"


def test_an_empty_ledger_holds(ledger: Ledger) -> None:
    assert _broken(ledger) == []


def test_books_made_of_facts_hold(books: Ledger) -> None:
    checks = verify(books)

    assert [check for check in checks if not check.ok] == []
    assert len({check.name for check in checks}) == len(checks) > 50


@pytest.mark.parametrize(
    ("sql", "name", "first"),
    [
        ("UPDATE journal SET who = 'eve' WHERE seq = 7", "Each journal entry is sealed", "entry 7"),
        ("UPDATE journal SET day = '2026-01-01' WHERE seq = 9", "Each journal entry is sealed", "entry 9"),
        ("UPDATE journal SET hash = 'x' WHERE seq = 12", "Each journal entry is sealed", "entry 12"),
        ("DELETE FROM journal WHERE seq = 20", "The journal has no holes", "entry 21"),
        ("DELETE FROM journal WHERE seq = 1", "The journal has no holes", "entry 2"),
        (
            "UPDATE postings SET amount = amount + 1 WHERE entry = 8 AND account = '5000'",
            "Postings, movements and seals",
            "entry 8",
        ),
        (
            "UPDATE postings SET party = 'C-666' WHERE entry = 9 AND account = '1100'",
            "Postings, movements and seals",
            "entry",
        ),
        ("DELETE FROM postings WHERE entry = 9", "Postings, movements and seals", "entry 9"),
        (
            "UPDATE movements SET quantity = quantity + 10000 WHERE entry = 8",
            "Postings, movements and seals",
            "entry 8",
        ),
        ("UPDATE postings SET amount = amount + 1 WHERE entry = 8 AND account = '5000'", "Every entry balances", ""),
        ("UPDATE postings SET entry = 4711 WHERE posting = 3", "Every row of postings belongs", "4711"),
        ("UPDATE stock SET on_hand = on_hand - 10000 WHERE sku = 'A-2'", "The on hand of each product", "A-2"),
        ("UPDATE stock SET value = value + 100 WHERE sku = 'A-1'", "The value of stock is the stock account", "stock"),
        ("UPDATE stock SET allocated = 10000 WHERE sku = 'A-2'", "What is set aside", "A-2"),
        ("UPDATE stock SET quarantined = -1 WHERE sku = 'A-1'", "Stock is never below nothing", "A-1"),
        (
            "UPDATE order_lines SET shipped = 0 WHERE \"order\" = 'SO-000004' AND line = '2'",
            "What an order line shipped",
            "SO-000004/2",
        ),
        (
            "UPDATE order_lines SET invoiced = 0 WHERE \"order\" = 'SO-000004' AND line = '2'",
            "What an order line was invoiced",
            "SO-000004/2",
        ),
        ("UPDATE order_lines SET returned = 0 WHERE returned <> 0", "What came back", "SO-000004/A-1"),
        (
            "UPDATE order_lines SET cancelled = 10000 WHERE \"order\" = 'SO-000002' AND line = '1'",
            "No order line has more shipped",
            "SO-000002/1",
        ),
        ("UPDATE orders SET entry = 9999 WHERE \"order\" = 'SO-000001'", "Every entry named in orders", "SO-000001"),
        ("UPDATE invoices SET open = open + 1 WHERE invoice = 'INV-000001'", "An invoice's total is paid", "INV-0"),
        ("UPDATE invoices SET net = net + 1 WHERE invoice = 'INV-000002'", "An invoice's total is net", "INV-000002"),
        (
            "UPDATE invoices SET open = 0, paid = total WHERE invoice = 'INV-000001'",
            "Open invoices less unapplied",
            "C-000 EUR",
        ),
        (
            "UPDATE invoices SET open = 0, paid = total WHERE invoice = 'INV-000001'",
            "What was paid on an invoice",
            "INV-000001",
        ),
        ("UPDATE invoice_lines SET net = 1 WHERE invoice = 'INV-000005' AND line = '3'", "An invoice's lines", "INV"),
        ("UPDATE invoice_dues SET amount = 1 WHERE invoice = 'INV-000005'", "An invoice's instalments", "INV-000005"),
        (
            "UPDATE invoices SET net = net + 100, tax = tax - 100 WHERE invoice = 'INV-000003'",
            "Each invoice's tax is posted",
            "INV-000003",
        ),
        (
            "UPDATE invoices SET due_date = '2030-01-01' WHERE invoice = 'INV-000009'",
            "The rows of invoices",
            "invoices INV-000009",
        ),
        (
            "UPDATE invoice_lines SET name = 'Gold' WHERE invoice = 'INV-000009'",
            "The rows of invoice_lines",
            "invoice_lines INV-000009",
        ),
        (
            "UPDATE shipment_lines SET cost = cost + 1 WHERE shipment = 'SH-000002'",
            "The rows of shipment_lines",
            "shipment_lines SH-000002",
        ),
        (
            "UPDATE orders SET customer_id = 'C-9' WHERE \"order\" = 'SO-000003'",
            "The rows of orders are as they were recorded",
            "orders SO-000003, customer id",
        ),
        ("DELETE FROM invoices WHERE invoice = 'INV-000011'", "The numbers INV- have no gap", "INV-12"),
        ("DELETE FROM invoices WHERE invoice = 'INV-000030'", "The numbers INV- have no gap", "INV-29"),
        (
            "UPDATE invoices SET invoice_date = '2020-01-01' WHERE invoice = 'INV-000011'",
            "The numbers INV- go with their dates",
            "INV-000011",
        ),
        ("UPDATE numbers SET last = 31 WHERE series = 'INV-'", "The numbers INV- have no gap", "INV-30"),
        ("UPDATE payments SET applied = applied + 1 WHERE payment = 'PM-000002'", "A payment is applied", "PM-000002"),
        ("UPDATE settlements SET amount = amount + 1 WHERE kind = 'payment'", "What was applied of a payment", "PM-"),
        (
            "UPDATE payments SET unapplied = 0, amount = 0 WHERE held_on = 'customer prepayments'",
            "Payments held for orders",
            "C-002",
        ),
        (
            "UPDATE payments SET unapplied = 0, amount = 0 WHERE held_on = 'unidentified receipts'",
            "Payments without a cust",
            "EUR",
        ),
    ],
)
def test_a_change_by_hand_is_found_and_the_place_named(books: Ledger, sql: str, name: str, first: str) -> None:
    _tamper(books, sql)

    found = {check.name: check for check in _broken(books)}

    named = next((check for check in found.values() if check.name.startswith(name)), None)
    assert named, f"not among {sorted(found)}"
    assert named.first.startswith(first)
    assert named.expected != named.found


def test_a_check_tells_what_was_expected_and_what_was_found(copy: Ledger) -> None:
    _tamper(copy, "UPDATE invoices SET open = open + 12500 WHERE invoice = 'INV-000001'")

    check = next(check for check in _broken(copy) if check.name.startswith("Open invoices"))

    assert (check.expected, check.found, check.first) == ("60.75", "59.50", "C-000 EUR")
    assert str(check).startswith("BROKEN: Open invoices")


@pytest.mark.parametrize("at", [0, 16, 100, 103, 4096])
def test_a_damaged_header_gives_a_failed_check_or_a_clear_refusal(kept: Path, tmp_path: Path, at: int) -> None:
    path = Path(shutil.copy(kept, tmp_path / "ledger.db"))
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    engine = open_engine(path)

    try:
        prepare(engine)
        found = str(_broken(Ledger(engine, clock=ticking_clock(), who="eve"))[0])
    except CannotRun as refusal:
        found = str(refusal)
    finally:
        engine.dispose()

    assert found.startswith("BROKEN") or "cannot be opened as a ledger" in found
