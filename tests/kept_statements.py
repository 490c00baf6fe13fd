"""SQL compiled once serves every SQLite ledger of a test process.

SQLAlchemy keeps compiled statements per engine. Each command of a scenario opens the ledger anew, as a process of its
own would, and a third of its time went into compiling the statements of the command before.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.pool import Pool
from sqlalchemy.util import LRUCache

__all__ = ["keep_statements"]

_KEPT: LRUCache[Any, Any] = LRUCache(4_000)
_INIT = Engine.__init__


def keep_statements() -> None:
    """From now on every engine for SQLite finds what the others compiled."""
    Engine.__init__ = _init  # type: ignore[method-assign]
    # a compiled statement is found by its dialect, and all of ours are set up alike
    SQLiteDialect_pysqlite.__eq__ = _alike  # type: ignore[method-assign,assignment]
    SQLiteDialect_pysqlite.__hash__ = _by_kind  # type: ignore[method-assign,assignment]


def _init(engine: Engine, pool: Pool, dialect: Dialect, *words: Any, **named: Any) -> None:
    _INIT(engine, pool, dialect, *words, **named)
    if type(dialect) is SQLiteDialect_pysqlite:
        engine._compiled_cache = _KEPT


def _alike(one: Dialect, other: object) -> bool:
    return type(other) is type(one)


def _by_kind(one: Dialect) -> int:
    return hash(type(one))
