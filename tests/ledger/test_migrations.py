"""The schema: a new database, an old one, a newer one, one that is something else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, inspect, text

from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger.engine import open_engine
from o2c_xl.ledger.migrate import prepare, revisions, upgrade
from o2c_xl.ledger.schema import metadata
from o2c_xl.ledger.store import Ledger
from tests.ledgers import PostgresqlServer


@pytest.fixture(params=["file", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """Makes databases without any table."""
    server: PostgresqlServer | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_server")
    made: list[tuple[str, Engine]] = []

    def make() -> Engine:
        where = server.create(empty=True) if server else str(tmp_path / f"{len(made)}.db")
        made.append((where, open_engine(where)))
        return made[-1][1]

    yield make
    for where, engine in made:
        engine.dispose()
        if server:
            server.drop(where)


@pytest.fixture
def empty(new_database: Callable[[], Engine]) -> Engine:
    """A database without any table."""
    return new_database()


def _migrate(engine: Engine) -> None:
    with engine.connect().execution_options(o2c_write=True) as conn, conn.begin():
        upgrade(conn)


def _described(conn: Connection) -> dict[str, object]:
    """Every table as the database itself describes it: columns in their order, key, indexes."""
    at = inspect(conn)
    if conn.dialect.name == "sqlite":
        rows = conn.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
    else:
        rows = conn.execute(text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
    described: dict[str, object] = {name: " ".join(sql.replace('"', "").split()) for name, sql in rows}
    for table in at.get_table_names():
        columns = [
            (column["name"], str(column["type"]), column["nullable"], column["default"])
            for column in at.get_columns(table)
        ]
        described[f"table {table}"] = (columns, at.get_pk_constraint(table)["constrained_columns"])
    return described


def test_all_revisions_give_the_schema_that_a_new_database_gets_at_once(new_database: Callable[[], Engine]) -> None:
    created, migrated = new_database(), new_database()

    prepare(created)
    _migrate(migrated)

    with migrated.connect() as one, created.connect() as other:
        assert _described(one) == _described(other)


def test_the_definitions_in_the_program_are_the_migrated_schema(empty: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    _migrate(empty)

    with empty.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_server_default": conn.dialect.name == "postgresql"})
        assert compare_metadata(context, metadata) == []


def test_preparing_again_changes_nothing(ledger: Ledger) -> None:
    with ledger.engine.connect() as conn:
        before = _described(conn)

    prepare(ledger.engine)

    with ledger.engine.connect() as conn:
        assert _described(conn) == before
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == revisions()[-1:]


def test_a_database_newer_than_the_program_is_refused_and_left_alone(ledger: Ledger) -> None:
    with ledger.engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(CannotRun, match="Update o2c-xl"):
        prepare(ledger.engine)

    with ledger.engine.connect() as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_tables_of_another_program_are_not_taken_over(empty: Engine) -> None:
    with empty.begin() as conn:
        conn.execute(text("CREATE TABLE orders (id INTEGER)"))

    with pytest.raises(CannotRun, match="not a ledger"):
        prepare(empty)

    with empty.connect() as conn:
        assert inspect(conn).get_table_names() == ["orders"]


def test_tables_of_others_beside_the_ledger_do_no_harm(empty: Engine) -> None:
    with empty.begin() as conn:
        conn.execute(text("CREATE TABLE queue_of_jobs (id INTEGER)"))

    prepare(empty)

    with empty.connect() as conn:
        assert set(metadata.tables) < set(inspect(conn).get_table_names())


def test_a_file_that_is_no_database_gives_one_clear_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"Dear Sirs, enclosed please find our order of yesterday. " * 50)
    engine = open_engine(path)

    with pytest.raises(CannotRun, match=r"ledger\.db cannot be opened as a ledger: file is not a database\."):
        prepare(engine)

    engine.dispose()


def test_two_programs_may_open_a_new_database_at_the_same_time(empty: Engine) -> None:
    address = empty.url.render_as_string(hide_password=False).replace("+psycopg", "")
    where = address if address.startswith("postgresql") else str(empty.url.database)

    def opened(_n: int) -> int:
        engine = open_engine(where)
        prepare(engine)
        with engine.connect() as conn:
            tables = len(inspect(conn).get_table_names())
        engine.dispose()
        return tables

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(opened, range(4))) == {len(metadata.tables) + 1}


def test_a_prepared_database_needs_no_alembic(tmp_path: Path) -> None:
    script = (
        "import sys; from o2c_xl.ledger.engine import open_engine; from o2c_xl.ledger.migrate import prepare;"
        f"prepare(open_engine({str(tmp_path / 'ledger.db')!r})); print('alembic' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_the_revisions_are_numbered_without_a_hole() -> None:
    assert revisions() == [f"{n:04d}" for n in range(1, len(revisions()) + 1)]
