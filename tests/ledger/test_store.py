"""The ledger's own rules: durability, the chain as its page tells it, the seal of documents."""

from __future__ import annotations

import datetime as dt
import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from o2c_xl.domain.accounts import invoice_legs, shipment_legs
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.engine import open_engine, open_to_read
from o2c_xl.ledger.journal import Entry, Source, chain, digest_of
from o2c_xl.ledger.seals import GONE, LOOSE, SEALED, WITHOUT, Seal, told_in
from o2c_xl.ledger.store import Ledger
from o2c_xl.ledger.types import from_units, to_units
from tests.ledgers import DAY, open_ledger
from tests.worked_tables import worked_table

D = Decimal


def _digest(event: str) -> str:
    if event == "goods shipped":
        return digest_of(shipment_legs(D("10.00"), "EUR", "C-1"), [Move("A-1", D(-4), D("-10.00"), "shipment")])
    if event == "invoice posted":
        return digest_of(invoice_legs(D("100.00"), ZERO, D("19.00"), "EUR", "C-1"), [])
    return ""


def test_the_chain_is_the_one_of_its_page() -> None:
    table = worked_table("hash-chain.md")
    entries = [
        Entry(
            int(row["seq"]),
            row["event"],
            row["subject"],
            json.loads(row["data"] or "{}"),
            Source("orders.xlsx", "Orders", 2) if row["seq"] == "1" else Source(),
            _digest(row["event"]),
        )
        for row in table
    ]

    rows, head = chain(entries, "", at="2026-03-02T09:00:00.000+00:00", day=dt.date(2026, 3, 2), who="anna")

    assert [(row["digest"][:16], row["prev_hash"][:16], row["hash"][:16]) for row in rows] == [
        (row["digest"], row["hash before"], row["hash"]) for row in table
    ]
    assert head == rows[-1]["hash"]


@pytest.mark.skipif(sys.platform == "win32", reason="no name has a question mark there")
def test_a_ledger_lies_where_it_was_asked_for_whatever_its_folder_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "What next? 100% #1 @home"
    folder.mkdir()

    with open_engine(folder / "ledger.db").connect() as conn:
        found = conn.exec_driver_sql("PRAGMA database_list").all()
    with open_to_read(folder / "ledger.db").connect() as conn:
        conn.exec_driver_sql("PRAGMA database_list").all()

    assert [row[2] for row in found] == [str((folder / "ledger.db").resolve())]
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_the_digest_does_not_depend_on_idle_zeros() -> None:
    assert _digest("goods shipped") == digest_of(
        shipment_legs(D("10"), "EUR", "C-1"), [Move("A-1", D("-4.000"), D("-10"), "shipment")]
    )


def test_every_connection_to_a_file_is_durable(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")

    for _ in range(2):
        with ledger.reading() as one, ledger.reading() as other:
            for conn in (one, other):
                pragmas = [
                    conn.exec_driver_sql(f"PRAGMA {name}").scalar()
                    for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
                ]
                assert pragmas == ["wal", 2, 1, 30_000]
    ledger.engine.dispose()


def _post(ledger: Ledger, name: str) -> None:
    with ledger.transaction(DAY) as txn:
        entry = txn.record("invoice posted", "INV-000001", {"order": "SO-1"})
        txn.insert(
            schema.invoices, [{"invoice": "INV-000001", "kind": "Invoice", "customer_id": "C-1", "entry": entry}]
        )
        txn.insert(
            schema.invoice_lines,
            [{"invoice": "INV-000001", "line": line, "name": name, "quantity": D(1)} for line in ("2", "1", "10")],
        )


def test_the_last_entry_of_a_transaction_covers_the_seals_of_the_rows_written(ledger: Ledger) -> None:
    _post(ledger, "Tea – 茶")

    with ledger.reading() as conn:
        seals = [Seal(row.table, row.rows) for row in conn.execute(select(schema.seals))]
        assert [seal.table for seal in seals] == ["invoice_lines", "invoices"]
        assert conn.execute(select(schema.journal.c.digest)).scalar_one() == digest_of([], [], seals)


def test_every_database_gives_a_document_the_same_seal(ledger: Ledger) -> None:
    _post(ledger, 'Tea – 茶 "green"\n')

    with ledger.reading() as conn:
        seals = {row.table: dict(told_in(row.rows)) for row in conn.execute(select(schema.seals))}

    assert seals == {
        "invoices": {"INV-000001": "2b352d094ff16db2"},
        "invoice_lines": {"INV-000001": "f45e7597bbfea7c5"},
    }


def test_a_row_deleted_by_the_program_is_sealed_as_gone(memory_ledger: Ledger) -> None:
    _post(memory_ledger, "Tea")

    with memory_ledger.transaction(DAY) as txn:
        txn.delete(schema.invoices, ["INV-000001"])

    with memory_ledger.reading() as conn:
        last = conn.execute(select(schema.seals.c.rows).order_by(schema.seals.c.seal.desc())).scalar()
        events = list(conn.execute(select(schema.journal.c.event)).scalars())
    assert dict(told_in(last or "")) == {"INV-000001": GONE}
    assert events == ["invoice posted", "rows changed"]


def test_a_transaction_that_writes_nothing_leaves_no_entry(memory_ledger: Ledger) -> None:
    with memory_ledger.transaction(DAY):
        pass

    assert memory_ledger.head() == 0


def test_entries_cut_off_leave_a_hole_behind_the_next_one(ledger: Ledger) -> None:
    for number in range(3):
        with ledger.transaction(DAY) as txn:
            txn.record("order received", f"SO-{number}")
    with ledger.engine.connect().execution_options(o2c_write=True) as conn, conn.begin():
        conn.execute(delete(schema.journal).where(schema.journal.c.seq == 3))

    with ledger.transaction(DAY) as txn:
        assert txn.record("order received", "SO-4") == 4


def test_every_table_is_sealed_or_it_is_said_why_not() -> None:
    tables = schema.metadata.tables

    assert SEALED.keys() | WITHOUT.keys() == tables.keys()
    assert not SEALED.keys() & WITHOUT.keys()
    for name, columns in LOOSE.items():
        assert columns.keys() <= set(tables[name].c.keys())


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=4))
def test_an_exact_number_survives_its_way_through_the_database(value: Decimal) -> None:
    assert from_units(to_units(value)) == value
