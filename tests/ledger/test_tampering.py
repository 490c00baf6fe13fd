"""Whoever changes a ledger by hand is found: any value, any row put in, any row taken away, and it is named."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, Date, Table, Text

from o2c_xl.ledger import schema
from o2c_xl.ledger.engine import open_engine
from o2c_xl.ledger.proof.verify import Check, verify
from o2c_xl.ledger.seals import LOOSE
from o2c_xl.ledger.store import Ledger
from tests.ledger.worked_company import work
from tests.ledgers import ticking_clock

# Tables that hold no facts: what the program remembers of files and sheets, and finds again when it reads them.
MEMORY = {
    "seen": "what a sheet showed when it was last read; compared with the sheet at each sync",
    "sheets": "where a workbook has its tables; found again at each sync",
    "books": "what a workbook was when it was last read; a later entry than there is would be found",
    "files": "what became of each file; its entry stands in the journal",
    "clashes": "what is said beside a row until a person has seen it; told in the journal",
    "issues": "what is to be mended in a file; made anew when it is read again",
}
_AGAIN = "a sentence or a day that each run makes anew from the order as it stands"
CACHES: Mapping[str, Mapping[str, str]] = {
    "orders": dict.fromkeys(("waiting_for", "waiting_who", "waiting_since", "credit_terms", "promise_date"), _AGAIN),
    "order_lines": dict.fromkeys(("availability", "why", "promise_date", "promised_from", "promise_firm"), _AGAIN),
    "outbox": dict.fromkeys(
        ("written", "sent", "status", "path", "data", "said", "next_try", "batch", "server", "tries"),
        "how far a message has got",
    ),
    "postings": {"posting": "its place; the order of an entry's postings is sealed"},
    "movements": {"movement": "its place; the order of an entry's movements is sealed"},
    "layers": {"layer": "its place; the order of a product's layers is proved"},
    "seals": {"seal": "its place; the order of an entry's seals is sealed"},
}
_WORDS = {"orders": ("Shipped", "To pick"), "invoices": ("Sent", "Paid"), "picks": ("Packed", "Shipped")}
TABLES = [table for table in schema.metadata.sorted_tables if table.name not in MEMORY]
CELLS = [(table, column) for table in TABLES for column in table.c if column.name not in CACHES.get(table.name, {})]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger file of a company that went from order to cash."""
    company = work(tmp_path_factory.mktemp("worked") / "company")
    path = company.folder.root / "ledger.db"
    with company.ledger.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    company.ledger.engine.dispose()
    return path


class _Tampered(Ledger):
    """Reads with the connection that tampered, so that everything can be undone."""

    conn: Connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        yield self.conn


@pytest.fixture(scope="module")
def connection(worked: Path) -> Iterator[Connection]:
    engine = open_engine(worked)
    with engine.connect().execution_options(o2c_write=True) as conn:
        yield conn
    engine.dispose()


@pytest.fixture
def tampered(connection: Connection) -> Iterator[_Tampered]:
    """The ledger; what is changed in it is undone after the test."""
    ledger = _Tampered(connection.engine, clock=ticking_clock(), who="mallory")
    ledger.conn = connection
    with connection.begin() as transaction:
        yield ledger
        if transaction.is_active:  # a value that cannot be read has undone it already
            transaction.rollback()


def _found(ledger: _Tampered, table: Table, row: Mapping[str, Any]) -> list[Check]:
    """The broken checks that name the row by its key or its product."""
    broken = [check for check in verify(ledger) if not check.ok]
    assert broken, "nothing was found"
    names = {str(row[name]).strip("~") for name in (_named_by(table), "sku") if name in row}
    return [check for check in broken if any(name in f"{check.first} {check.expected} {check.found}" for name in names)]


def _row(conn: Connection, table: Table, column: Column[Any] | None = None) -> Mapping[str, Any]:
    """A row of the table as the driver gives it, one with something in the column if there is any."""
    order = f'ORDER BY "{column.name}" IN (\'\', 0) OR "{column.name}" IS NULL, rowid' if column is not None else ""
    row = conn.exec_driver_sql(f"SELECT rowid AS rowid_, * FROM {table.name} {order} LIMIT 1").mappings().first()
    assert row is not None, f"{table.name} is empty"
    return dict(row)


def _other(column: Column[Any], value: object) -> object:
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, Date):
        return "1999-12-31"
    if column.name == "status" and column.table.name in _WORDS:
        return next(word for word in _WORDS[column.table.name] if word != value)
    return f"{value or ''}~" if isinstance(column.type, Text) else int(str(value or 0)) + 10_000


def test_the_company_holds_before_anybody_tampers_with_it(tampered: _Tampered) -> None:
    assert [str(check) for check in verify(tampered) if not check.ok] == []


@pytest.mark.parametrize(("table", "column"), CELLS, ids=[f"{table.name}.{column.name}" for table, column in CELLS])
def test_a_value_changed_by_hand_is_found(tampered: _Tampered, table: Table, column: Column[Any]) -> None:
    row = _row(tampered.conn, table, column)
    value = _other(column, row[column.name])

    tampered.conn.exec_driver_sql(
        f'UPDATE {table.name} SET "{column.name}" = ? WHERE rowid = ?', (value, row["rowid_"])
    )

    assert _found(tampered, table, row)


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_a_row_put_in_by_hand_is_found(tampered: _Tampered, table: Table) -> None:
    row = dict(_row(tampered.conn, table))
    del row["rowid_"]
    for column in table.primary_key:
        row[column.name] = f"{row[column.name]}~" if isinstance(column.type, Text) else row[column.name] + 900_000
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))

    tampered.conn.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", tuple(row.values()))

    assert _found(tampered, table, row)


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_a_row_taken_away_by_hand_is_found(tampered: _Tampered, table: Table) -> None:
    row = _row(tampered.conn, table)

    tampered.conn.exec_driver_sql(f"DELETE FROM {table.name} WHERE rowid = ?", (row["rowid_"],))

    assert _found(tampered, table, row)


# One order of each kind; 3001 came in and no step has looked at it yet.
_ORDERS_IN_EVERY_STATE = {
    "Received": "3001",
    "Incomplete": "1014",
    "On hold": "1007",
    "Approval": "1015",
    "Availability": "1017",
    "Backordered": "1011",
    "To pick": "1018",
    "Partly shipped": "1006",
    "Shipped": "1012",
    "Invoiced": "1002",
    "Closed": "1001",
    "Cancelled": "1016",
}
# Which of its checks an open order waits at is looked at by each run; what is proved of it is tested below. How tax
# is reckoned is sealed at the first look.
_ORDER_CELLS = [
    (table, column)
    for table, column in CELLS
    if table.name in ("orders", "order_lines") and column.name not in ("status", "credit_state", "tax_mode", "folded")
]
_NOT_SEALED = [(table, column) for table, column in _ORDER_CELLS if column.name in {"quantity", *LOOSE[table.name]}]


def _cells_to_try(state: str) -> list[tuple[Table, Column[Any]]]:
    """All of an order that is not sealed yet; of one that is, those that no seal covers, and one that a seal does."""
    return _ORDER_CELLS if state in ("Received", "Incomplete") else _NOT_SEALED


def _missed(ledger: _Tampered, statement: str, *values: object) -> bool:
    """Whether nobody sees what the statement does; it is undone."""
    undo = ledger.conn.begin_nested()
    ledger.conn.exec_driver_sql(statement, values)
    missed = all(check.ok for check in verify(ledger))
    if undo.is_active:
        undo.rollback()
    return missed


@pytest.mark.parametrize("state", _ORDERS_IN_EVERY_STATE)
def test_any_cell_of_an_order_is_found_whatever_its_state(tampered: _Tampered, state: str) -> None:
    order = _ORDERS_IN_EVERY_STATE[state]

    missed = []
    for table, column in _cells_to_try(state):
        rows = tampered.conn.exec_driver_sql(f'SELECT rowid AS rowid_, * FROM {table.name} WHERE "order" = ?', (order,))
        row = rows.mappings().first()
        assert row is not None
        told = _other(column, row[column.name])
        if _missed(tampered, f'UPDATE {table.name} SET "{column.name}" = ? WHERE rowid = ?', told, row["rowid_"]):
            missed.append(f"{table.name}.{column.name}")

    assert missed == []


@pytest.mark.parametrize("state", _ORDERS_IN_EVERY_STATE)
def test_a_line_put_into_an_order_or_taken_out_of_it_is_found_whatever_its_state(
    tampered: _Tampered, state: str
) -> None:
    order = _ORDERS_IN_EVERY_STATE[state]
    put_in = 'INSERT INTO order_lines ("order", line, position, sku, quantity) SELECT "order", \'9\', 9, sku, 10000'

    assert not _missed(tampered, f'{put_in} FROM order_lines WHERE "order" = ? LIMIT 1', order)
    assert not _missed(tampered, 'DELETE FROM order_lines WHERE "order" = ?', order)


@pytest.mark.parametrize(
    ("column", "told", "where"),
    [
        ("cancelled", "quantity", "\"order\" = '1007'"),
        ("cancelled", "50000", "\"order\" = '1006'"),
        ("cancelled", "cancelled - 10000", "\"order\" = '1016'"),
        ("picked", "10000", "\"order\" = '1018'"),
    ],
)
def test_goods_that_vanish_within_what_was_ordered_are_found(
    tampered: _Tampered, column: str, told: str, where: str
) -> None:
    assert not _missed(tampered, f"UPDATE order_lines SET {column} = {told} WHERE {where}")


@pytest.mark.parametrize("status", ["Availability", "Backordered", "To pick", "Picked", "Shipped", "Closed"])
def test_an_order_let_past_the_credit_check_by_hand_is_found(tampered: _Tampered, status: str) -> None:
    assert not _missed(tampered, "UPDATE orders SET status = ? WHERE \"order\" = '1007'", status)


@pytest.mark.parametrize("status", ["Incomplete", "Credit check", "On hold", "To pick", "Partly shipped", "Cancelled"])
def test_an_order_that_is_done_cannot_be_begun_again_by_hand(tampered: _Tampered, status: str) -> None:
    assert not _missed(tampered, "UPDATE orders SET status = ? WHERE \"order\" = '1002'", status)


@pytest.mark.parametrize("status", ["Packed", "Short", "Cancelled", "Shipped"])
def test_a_pick_done_or_given_up_by_hand_is_found(tampered: _Tampered, status: str) -> None:
    assert not _missed(tampered, "UPDATE picks SET status = ? WHERE status = 'To pick'", status)


def _named_by(table: Table) -> str:
    """The column by which a clerk finds the row."""
    of = {"postings": "entry", "movements": "entry", "seals": "entry", "settlements": "invoice", "heads": "seq"}
    return of.get(table.name) or next(iter(table.primary_key)).name


def _flip(path: Path, at: int, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << bit]))


def _facts(path: Path) -> list[tuple[object, ...]] | None:
    """What the ledger in this file says that is to be proved, as any reader sees it; None when it cannot be read."""
    conn = sqlite3.connect(path)
    try:
        facts = []
        for table in TABLES:
            columns = [column.name for column in table.c if column.name not in CACHES.get(table.name, {})]
            names = ", ".join(f'"{name}"' for name in columns)
            facts += [(table.name, *row) for row in conn.execute(f"SELECT {names} FROM {table.name}")]
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    else:
        return sorted(facts, key=repr)
    finally:
        conn.close()


def test_one_byte_flipped_at_200_places_is_found_or_changes_no_fact(worked: Path, tmp_path: Path) -> None:
    """Each flip that changes what the ledger says, or makes it unreadable, is found, without a traceback."""
    chance = random.Random(2026)
    whole, size, path = _facts(worked), worked.stat().st_size, tmp_path / "ledger.db"
    found, missed = 0, []
    for at in sorted(chance.sample(range(size), 200)):
        shutil.copy(worked, path)
        _flip(path, at, chance.randrange(8))
        if _facts(path) == whole:
            continue
        engine = open_engine(path)
        broken = [check for check in verify(Ledger(engine, clock=ticking_clock(), who="eve")) if not check.ok]
        engine.dispose()
        found += bool(broken)
        missed += [] if broken else [at]
        for rest in tmp_path.glob("ledger.db*"):
            rest.unlink()

    assert missed == []
    assert found > 20
