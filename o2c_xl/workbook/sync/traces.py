"""What workbooks show of a ledger: a value in a column of Python's comes from one and from nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.reading.data import TableData

__all__ = ["first_trace"]

# What `o2c init` itself leaves in the books it makes: a ledger that knew no more than this is no loss.
_AT_FIRST = frozenset({"Settings", "Roles", "Log"})


def first_trace(books: Iterable[Path]) -> str:
    """Where in the workbooks a ledger has written, such as `Invoices in Book.xlsx`; empty where none did.

    `Check` does not count: it tells of rows that were refused too.
    """
    for path in books:
        with suppress(Damaged):  # who opens it for its rows is told
            for data in read_book(path, only=BY_NAME.keys() - _AT_FIRST).tables:
                if _written(data):
                    return f"{BY_NAME[data.name].title} in {path.name}"
    return ""


def _written(data: TableData) -> bool:
    python = {column.header for column in BY_NAME[data.name].shown if column.header != "Check"}
    ours = (column for header, column in zip(data.headers, data.columns, strict=True) if header.strip() in python)
    return any(value is not None and value != "" for column in ours for value in column)
