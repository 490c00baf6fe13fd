"""`o2c approve` and `o2c reject`: a decision counts by the account of the process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal, cast

from o2c_xl.company.opened import Company
from o2c_xl.ledger.approvals import decide

__all__ = ["decide_approvals"]


def decide_approvals(
    company: Company, ids: Sequence[str], verdict: str, reason: str, day: dt.date
) -> tuple[list[str], list[str]]:
    """Decide; returns the approvals decided, and a sentence for each that this account may not decide."""
    with company.ledger.transaction(day) as txn:
        return decide(txn, ids, cast("Literal['Approve', 'Reject']", verdict), reason)
