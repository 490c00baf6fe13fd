"""The faults of workbooks, kept for the lists that tell of them, whichever workbook these stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger.issues import replace_issues
from o2c_xl.ledger.store import Txn
from o2c_xl.workbook.sync.books import OpenBook

__all__ = ["NEVER", "tell_faults"]

NEVER = -1  # the state of the ledger that a workbook shows which was not written yet


def tell_faults(txn: Txn, books: Sequence[OpenBook], faults: Mapping[str, Sequence[Issue]]) -> None:
    """The faults of workbooks, by name, are now exactly these; where they were others, any of `books` may list them."""
    for name, issues in faults.items():
        if replace_issues(txn, name, issues):
            for book in books:
                book.head = NEVER
