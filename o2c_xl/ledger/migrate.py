"""Bring a database to the newest schema: a new one at once, an older one by its missing revisions.

A new database is created from the tables' definitions and stamped, which takes some milliseconds; a test holds
that equal to running every revision from the first. Alembic is loaded only when there is something to migrate.
Everything happens in one transaction under the writers' lock, so two programs that open a new database at the
same time, or one that is killed half-way, leave either nothing or the whole schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger.schema import books, journal, metadata
from o2c_xl.ledger.store import lock_writers

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["config", "is_blank", "prepare", "revisions", "upgrade"]

_FOLDER = Path(__file__).parent / "migrations"
# SQLite's words for a full or failing disk; a full one hides behind the second as well
_DISK = ("disk is full", "disk I/O error")
# alembic's own table, with the definition alembic gives it
_stamp = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def revisions() -> list[str]:
    """The revisions this program knows, oldest first: the numbers that the files' names begin with."""
    return sorted(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py"))


def prepare(engine: Engine) -> None:
    """Make the database ready for this program.

    Raises CannotRun when the file is no database, holds tables that are not a ledger's, or was made by a newer
    program; nothing is changed then. What the disk says goes through as it is: that is no fault of the ledger.
    """
    with _as_ledger(engine):
        with engine.connect() as conn:
            if _version(conn) == revisions()[-1]:
                return
        with engine.connect().execution_options(o2c_write=True) as conn, conn.begin():
            lock_writers(conn)
            _bring(conn)


def is_blank(engine: Engine) -> bool:
    """Whether nothing was ever recorded in the database nor a workbook seen; raises as `prepare` does."""
    with _as_ledger(engine), engine.connect() as conn:
        kept = () if _version(conn) is None else (journal.c.seq, books.c.name)
        return all(conn.execute(select(one).limit(1)).first() is None for one in kept)


@contextmanager
def _as_ledger(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, UnicodeDecodeError) as fault:
        if any(said in _reason(fault) for said in _DISK):
            raise
        raise CannotRun(f"{_name(engine)} cannot be opened as a ledger: {_reason(fault)}.") from fault


def upgrade(conn: Connection, target: str = "head") -> None:
    """Run the missing revisions up to `target` in the connection's transaction."""
    from alembic import command  # noqa: PLC0415 -- loaded only when there is something to migrate

    command.upgrade(config(conn), target)


def config(conn: Connection) -> Config:
    """Alembic's configuration for this connection; there is no alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415

    made = Config()
    made.set_main_option("script_location", _FOLDER.as_posix().replace("%", "%%"))
    made.attributes["connection"] = conn
    return made


def _bring(conn: Connection) -> None:
    version, known = _version(conn), revisions()
    if version == known[-1]:
        return
    if version in known:
        upgrade(conn)
        return
    if version is not None:
        raise CannotRun(
            f"The ledger {_name(conn.engine)} was made by a newer o2c-xl: its schema is {version}, this program "
            f"knows schemas up to {known[-1]}. Update o2c-xl, then run again."
        )
    if foreign := sorted(set(inspect(conn).get_table_names()) & set(metadata.tables)):
        raise CannotRun(
            f"{_name(conn.engine)} already has tables named {', '.join(foreign[:3])}, but it is not a ledger of "
            "o2c-xl. Choose another database."
        )
    metadata.create_all(conn, checkfirst=False)
    _stamp.create(conn, checkfirst=True)
    conn.execute(insert(_stamp).values(version_num=known[-1]))


def _version(conn: Connection) -> str | None:
    if not inspect(conn).has_table(_stamp.name):
        return None
    return conn.execute(select(_stamp.c.version_num)).scalar()


def _name(engine: Engine) -> str:
    return engine.url.database or "the database in memory"


def _reason(fault: Exception) -> str:
    return str(getattr(fault, "orig", None) or fault).strip().rstrip(".")
