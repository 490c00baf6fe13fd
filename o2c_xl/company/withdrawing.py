"""`o2c withdraw`: bank statements that should not have been taken are thrown out again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import nullcontext

from o2c_xl.company.opened import Company
from o2c_xl.ledger.cash.withdrawn_statements import withdraw_statements
from o2c_xl.ledger.store import rehearsing

__all__ = ["withdraw_from_books"]


def withdraw_from_books(
    company: Company, numbers: Sequence[str], reason: str, day: dt.date, *, dry_run: bool
) -> tuple[list[str], list[str]]:
    """Withdraw; returns the statements that are gone, and a sentence for each line that stands in the way."""
    with (
        rehearsing(company.ledger) if dry_run else nullcontext(company.ledger) as ledger,
        ledger.transaction(day) as txn,
    ):
        return withdraw_statements(txn, numbers, reason)
