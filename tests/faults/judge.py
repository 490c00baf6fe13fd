"""What a company holds after a fault, beside what it holds after a day without one."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import NullPool, create_engine, inspect

__all__ = ["State", "differences", "litter", "state_of"]

# Moments, hashes over moments, and numbers that a database skips when it gives a transaction up: two days are the same
# day without them.
_TIMES = {
    "journal": {"at", "prev_hash", "hash", "digest"},
    "files": {"seen"},
    "outbox": {"written", "sent"},
    "books": {"synced_at", "sha256"},
    "heads": {"hash"},
    "seals": {"seal", "rows"},
    "postings": {"posting"},
    "movements": {"movement"},
}
_LEFT_OUT = {"seen": "\"table\" NOT LIKE 'SyncInfo@%%'"}  # the sheet that says when the last sync was
# Also as Excel's number: of the seconds of a day every 216th has four decimals at most.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?[.+\d:Z]*|<v>\d{5}\.\d+</v>")
_TO_MEND = " (to mend)"


@dataclass(frozen=True)
class State:
    """`tables`: rows by table; `stored`: hashes of dropped files where they ended; `papers`, `books`: the rest."""

    tables: Mapping[str, list[tuple[object, ...]]]
    stored: Mapping[str, str]
    papers: Mapping[str, str]
    books: Mapping[str, object] = field(default_factory=dict)


def state_of(company: Path, address: str = "") -> State:
    """All that counts of a company; raises a SQLAlchemyError where the ledger is no ledger.

    `address` is where the ledger is, if that is no file in the company's folder.
    """
    handled = {path: _hash(path) for place in ("done", "set-aside") for path in _files(company / place)}
    marked = {path for path in handled if _TO_MEND in path.name}
    return State(
        tables=dict(_tables(address or company / "ledger.db")),
        stored={_below(company, path): digest for path, digest in handled.items() if path not in marked},
        papers={_below(company, path): _hash(path) for path in _files(company / "outbox")}
        | {_below(company, path): str(_parts(path)) for path in marked},
        books={path.name: _parts(path) for path in _files(company / "books")},
    )


def differences(expected: State, found: State) -> Iterator[str]:
    """Each difference as a line that begins with `lost`, `doubled` or `differs`."""
    yield from _bytes_differ(expected.stored, found.stored)
    for name in sorted(expected.stored.keys() ^ found.stored.keys()):
        yield f"differs: {name} is {'missing' if name in expected.stored else 'too many'}"
    for what in ("papers", "books"):
        yield from _named_differ(getattr(expected, what), getattr(found, what))
    for table, rows in expected.tables.items():
        yield from _rows_differ(table, rows, found.tables.get(table, []))


def _bytes_differ(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    wanted, there = Counter(expected.values()), Counter(found.values())
    yield from (f"lost: a file with bytes {digest[:8]}" for digest in (wanted - there).elements())
    yield from (f"doubled: a file with bytes {digest[:8]}" for digest in (there - wanted).elements())


def _named_differ(expected: Mapping[str, object], found: Mapping[str, object]) -> Iterator[str]:
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield f"lost: {name}"
        elif name not in expected:
            yield f"doubled: {name}"
        elif expected[name] != found[name]:
            yield f"differs: {name}"


def _rows_differ(table: str, expected: list[tuple[object, ...]], found: list[tuple[object, ...]]) -> Iterator[str]:
    wanted, there = Counter(expected), Counter(found)
    for kind, rows in (("lost", wanted - there), ("doubled", there - wanted)):
        yield from (f"{kind}: {table} {row}" for row in list(rows.elements())[:2])


def litter(company: Path) -> list[str]:
    """What lies about that nobody needs: files in drop folders and claims, temporary ones anywhere."""
    left = [path for place in ("inbox", "work/claims") for path in _files(company / place) if path.suffix != ".alive"]
    beside = ("*.tmp", ".o2c*", "*.part", "ledger.db-journal")
    left += [path for pattern in beside for path in company.rglob(pattern)]
    return sorted({_below(company, path) for path in left})


def _tables(ledger: Path | str) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    if isinstance(ledger, str):
        engine = create_engine(ledger.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=NullPool)
    else:
        engine = create_engine(f"sqlite:///{ledger}", poolclass=NullPool)
    with engine.connect() as db:
        facts = inspect(db)
        for table in sorted(facts.get_table_names()):
            names = [column["name"] for column in facts.get_columns(table)]
            columns = ", ".join(f'"{name}"' for name in names if name not in _TIMES.get(table, ()))
            rows = db.exec_driver_sql(f'SELECT {columns} FROM "{table}" WHERE {_LEFT_OUT.get(table, "true")}')
            yield table, [tuple(map(_timeless, row)) for row in rows]


def _timeless(value: object) -> object:
    return _MOMENT.sub("<time>", value) if isinstance(value, str) else value


def _parts(path: Path) -> object:
    """What is in a workbook, but for the moment at which it was written."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}
    return {name: _hash_of(_MOMENT.sub("<time>", data.decode("latin-1"))) for name, data in parts.items()}


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _below(company: Path, path: Path) -> str:
    return path.relative_to(company).as_posix()


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
