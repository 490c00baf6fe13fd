"""Opening a database: SQLite set up to be durable, or PostgreSQL.

SQLite runs in WAL mode with synchronous=FULL, so a committed fact survives a power cut, and every write
transaction begins IMMEDIATE, because a read that turns into a write fails at once whatever the timeout.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import finalize

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

__all__ = ["let_go", "open_engine", "open_for_now", "open_to_read", "to_rehearse"]

_PAUSE_MS = 50
_BUSY_MS = 30_000


def open_engine(where: Path | str) -> Engine:
    """An engine for a file, for `:memory:`, or for a `postgresql://…` address."""
    text = str(where)
    if text.startswith("postgresql"):
        return create_engine(text.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True)
    if text == ":memory:":
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        # no address made of text: what stands behind a ? in the name of a folder would be taken for options
        file = URL.create("sqlite", database=str(Path(text)))
        engine = create_engine(file, connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin)
    return engine


def open_to_read(where: Path) -> Engine:
    """An engine for a ledger file in a folder that this account may only read: it looks, and can write nothing.

    Nobody can write beside it either, so SQLite is told that the file does not change while it is open.
    """
    file = where.resolve().as_uri()
    engine = create_engine(URL.create("sqlite", database=file, query={"immutable": "1", "uri": "true"}))
    event.listen(engine, "connect", _manual)
    event.listen(engine, "begin", _begin)
    return engine


def open_for_now() -> Engine:
    """An engine for a new ledger file in the temporary folder, which goes with it."""
    folder = TemporaryDirectory(ignore_cleanup_errors=True)
    engine = open_engine(Path(folder.name) / "ledger.db")
    finalize(engine, folder.cleanup)
    return engine


@contextmanager
def to_rehearse(engine: Engine) -> Iterator[Engine]:
    """The engine itself, or one on a copy in the temporary folder where the ledger may only be read."""
    if "immutable" not in engine.url.query:
        yield engine
        return
    with TemporaryDirectory() as folder:
        copy = open_engine(Path(folder) / "ledger.db")
        try:
            with engine.connect() as old, copy.connect() as new:
                old.connection.driver_connection.backup(new.connection.driver_connection)  # type: ignore[union-attr]
            yield copy
        finally:
            copy.dispose()


def let_go(engine: Engine) -> None:
    """Give back the memory in which SQLite keeps what was read, up to 32 MiB in each connection that rests."""
    if not isinstance(engine.pool, QueuePool) or engine.dialect.name != "sqlite":
        return
    with ExitStack() as resting:
        for _ in range(engine.pool.checkedin()):
            resting.enter_context(engine.connect()).exec_driver_sql("PRAGMA shrink_memory")


def _manual(connection: Any, _record: object) -> None:  # noqa: ANN401 -- the driver's own connection
    connection.isolation_level = None  # we begin ourselves, see _begin


def _durable(connection: Any, _record: object) -> None:  # noqa: ANN401 -- the driver's own connection
    connection.isolation_level = None  # we begin ourselves, see _begin
    cursor = connection.cursor()
    # 32 MiB of cache at most: a batch of thousands of rows is then written to the log once, not page by page
    cache = "cache_size=-32768"
    _use_log(cursor)
    for pragma in ("synchronous=FULL", f"busy_timeout={_BUSY_MS}", "foreign_keys=ON", cache):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_log(cursor: sqlite3.Cursor) -> None:
    """Write ahead to a log; where two programs turn a new database to it at once, SQLite fails one without waiting."""
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
            time.sleep(_PAUSE_MS / 1000)
        else:
            return


def _begin(conn: Connection) -> None:
    write = conn.get_execution_options().get("o2c_write", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
