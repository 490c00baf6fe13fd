"""Sync of a workbook with 100,000 order lines: nothing changed, and 1,000 cells changed by Python."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select, update

from benchmarks.company import DAY, make, reopen, write_orders
from benchmarks.measured import Cost, best, cost, ratio_line
from o2c_xl.ledger import schema

LINES = 100_000
LIMIT_UNCHANGED, LIMIT_CHANGED = 1.2, 2.5
CHANGED = 1_000


def hash_and_read(path: Path) -> int:
    """The floor of looking at a workbook: hash its bytes and read its order lines."""
    from python_calamine import CalamineWorkbook

    hashlib.sha256(path.read_bytes()).hexdigest()
    return len(CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Order Lines").to_python())


def inflate_and_deflate(path: Path) -> int:
    """The floor of changing a workbook: inflate the sheet's part and deflate it again."""
    with zipfile.ZipFile(path) as package:
        part = max(
            (info for info in package.infolist() if info.filename.startswith("xl/worksheets/sheet")),
            key=lambda info: info.file_size,
        )
        data = package.read(part)
    return len(zlib.compress(data, 6))


def sync(root: Path) -> dict[str, int]:
    return reopen(root).sync(DAY, None, dry_run=False, allow_empty=False).counts


def change_by_python(root: Path, why: str = "Set aside from stock") -> None:
    """Change Python's cells in each of 1,000 order lines, as a step would."""
    company = reopen(root)
    lines = schema.order_lines
    with company.ledger.transaction(DAY) as txn:
        rows = txn.conn.execute(select(lines.c.order, lines.c.line).limit(CHANGED)).all()
        for row in rows:
            where = (lines.c.order == row.order) & (lines.c.line == row.line)
            txn.conn.execute(update(lines).where(where).values(why=why, allocated=Decimal(0)))
        txn.record("stock allocated", "bench")


def _changed(root: Path, why: str) -> Cost:
    change_by_python(root, why)
    return cost(sync, root)


def measure(folder: Path) -> Iterator[str]:
    root = folder / "company"
    company = make(root, ("All or nothing files", "No"))
    company.load([write_orders(folder / "orders.xlsx", LINES)], None, DAY, dry_run=False)
    first = cost(sync, root)
    book = next((root / "books").glob("*.xlsx"))
    yield f"first write of {LINES:,} order lines: {first.cpu:.1f} s CPU, peak {first.peak_mb:.0f} MB, {first.result}"
    look = best(3, hash_and_read, book)
    idle = best(3, sync, root)
    yield ratio_line("sync, nothing changed", idle, look, LIMIT_UNCHANGED)
    pack = best(3, inflate_and_deflate, book)
    written = min((_changed(root, f"Set aside, round {number}") for number in range(3)), key=lambda one: one.cpu)
    more = f"; {written.result}; peak {written.peak_mb:.0f} MB"
    yield ratio_line(f"sync, {CHANGED:,} lines changed by Python", written, pack, LIMIT_CHANGED, more=more)
