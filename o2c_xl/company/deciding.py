"""`o2c approve` and `o2c reject`: a decision counts by the account of the process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Literal, cast

from o2c_xl.company.opened import Company
from o2c_xl.ledger.approvals import decide
from o2c_xl.ledger.store import rehearsing

__all__ = ["decide_approvals"]


def decide_approvals(
    company: Company, ids: Sequence[str], verdict: str, reason: str, day: dt.date, *, dry_run: bool
) -> tuple[list[str], list[str]]:
    """Decide; returns the approvals decided, and a sentence for each that this account may not decide."""
    with ExitStack() as stack:
        ledger = stack.enter_context(rehearsing(company.ledger)) if dry_run else company.ledger
        txn = stack.enter_context(ledger.transaction(day))
        return decide(txn, ids, cast("Literal['Approve', 'Reject']", verdict), reason)
