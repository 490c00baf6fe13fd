"""When the workbooks were saved and whether someone has them open: what a watcher compares from look to look."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from o2c_xl.company.opened import Company
from o2c_xl.ledger import schema
from o2c_xl.workbook.locks import lock_holder
from o2c_xl.workbook.sync.books import book_paths, hash_of

__all__ = ["BookFacts", "book_facts", "changed_meanwhile"]


class BookFacts(NamedTuple):
    """One workbook: when it was saved (nanoseconds), its size in bytes, which file it is, and whether it is open."""

    saved: int
    size: int
    file: int
    is_open: bool


def book_facts(folder: Path) -> dict[str, BookFacts]:
    """The facts of each workbook in the folder `books`, by its name; none where the folder is away."""
    facts = {}
    for path in book_paths(folder) if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # saved at this moment
            stat = path.stat()
            facts[path.name] = BookFacts(stat.st_mtime_ns, stat.st_size, stat.st_ino, lock_holder(path) is not None)
    return facts


def changed_meanwhile(company: Company, before: dict[str, BookFacts]) -> bool:
    """Whether a workbook was saved or closed by a person since `before`, and not by the pass since then alone."""
    changed = {name: one for name, one in book_facts(company.folder.books).items() if one != before.get(name)}
    if any(name in before and before[name].is_open and not one.is_open for name, one in changed.items()):
        return True
    c = schema.books.c
    with company.ledger.reading() as conn:
        left = {row.name: row.sha256 for row in conn.execute(select(c.name, c.sha256))}
    return any(left.get(name) != hash_of(company.folder.books / name) for name in changed)
