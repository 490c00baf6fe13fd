"""The conditions of partial indexes: a query that names one is answered from its index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import ColumnElement, Connection, select, text
from sqlalchemy.dialects import sqlite

from o2c_xl.ledger import schema
from o2c_xl.ledger.engine import open_engine
from o2c_xl.ledger.schema import partial

_ALONE = "NOBODYS", "SHORT_L"  # proved below
_INDEXES = [index for table in schema.metadata.tables.values() for index in table.indexes]


@pytest.fixture
def conn() -> Iterator[Connection]:
    with open_engine(":memory:").connect() as conn:
        schema.metadata.create_all(conn)
        yield conn


def _plan(conn: Connection, sql: str) -> str:
    return " / ".join(row[3] for row in conn.execute(text(f"EXPLAIN QUERY PLAN {sql}")))


@pytest.mark.parametrize("name", sorted({*partial.__all__} - {*_ALONE}))
def test_a_query_for_the_few_is_answered_from_their_index(conn: Connection, name: str) -> None:
    condition: ColumnElement[bool] = getattr(partial, name)
    theirs = [index for index in _INDEXES if index.dialect_options["sqlite"]["where"] is condition]
    query = select(theirs[0].columns[0]).where(condition).compile(dialect=sqlite.dialect())  # type: ignore[no-untyped-call]
    assert any(f"INDEX {index.name}" in _plan(conn, str(query)) for index in theirs)


def test_money_on_no_account_is_searched_among_what_is_unapplied(conn: Connection) -> None:
    query = select(schema.payments.c.payment).where(partial.UNAPPLIED, partial.NOBODYS)
    assert "SEARCH payments USING INDEX payments_unapplied (account=?)" in _plan(conn, str(query))


def test_short_lines_are_found_by_their_index(conn: Connection) -> None:
    sql = f'SELECT l.sku FROM order_lines l JOIN orders o ON o."order" = l."order" WHERE {partial.SHORT_L}'
    assert "USING INDEX order_lines_short" in _plan(conn, sql)
