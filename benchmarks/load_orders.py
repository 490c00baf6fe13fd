"""`o2c load` of a 100,000-line order workbook beside reading it with python-calamine and inserting it into SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.company import DAY, HEADERS, make, reopen, write_orders
from benchmarks.measured import best, ratio_line

LINES = 100_000
LIMIT, MOST_MB = 2.5, 250


def floor(path: Path, database: Path) -> int:
    """Read the rows and insert them with a unique key, as durably as SQLite can."""
    from python_calamine import CalamineWorkbook

    database.unlink(missing_ok=True)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    columns = ", ".join(f'"{header}"' for header in HEADERS)
    db.execute(f'CREATE TABLE lines ({columns}, UNIQUE ("Order", "Line"))')
    db.execute("BEGIN IMMEDIATE")
    db.executemany(
        f"INSERT INTO lines VALUES ({', '.join('?' * len(HEADERS))})",
        [tuple(str(value) if index in (3, 4) else value for index, value in enumerate(row)) for row in rows],
    )
    db.execute("COMMIT")
    return len(rows)


def work(path: Path, root: Path, copy: int) -> tuple[dict[str, int], int]:
    """Take the same file into a company's ledger."""
    company = reopen(root / str(copy))
    outcome = company.load([path], None, DAY, dry_run=False)
    return outcome.counts, len(outcome.issues)


def measure(folder: Path) -> Iterator[str]:
    path = write_orders(folder / "orders.xlsx", LINES)
    copies = iter(range(9))
    for copy in range(3):
        make(folder / str(copy), ("All or nothing files", "No"))
    bare = best(3, floor, path, folder / "floor.db")
    taken = min((best(1, work, path, folder, next(copies)) for _ in range(3)), key=lambda one: one.cpu)
    counts, faults = taken.result
    more = f"; {counts}, {faults} faults; peak {taken.peak_mb:.0f} MB (at most {MOST_MB})"
    yield ratio_line(f"load of {LINES:,} order lines", taken, bare, LIMIT, more=more)
