"""What staff may type beside messages: checked at the cell, before anything is recorded."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.messages.mailing import undecidable
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.known.rows import existing_rows
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_messages"]


def check_messages(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """Of a message that went out, merely waits or never goes out there is nothing to decide."""
    if not any(rows.columns.get("action", ())):
        return
    known = existing_rows(txn, schema.outbox, rows)
    for i, action in enumerate(rows.columns["action"]):
        old = known.get(rows.key(i))
        if old is not None and action and action != old.action and (why := undecidable(old) or _waits(old)):
            rows.fault(i, "action", f"It {why}", "Empty the cell.")


def _waits(row: Row[Any]) -> str:
    """Why there is nothing to decide yet of a message that waits with nothing in its way; empty where there is."""
    return "waits still, and neither failed nor is uncertain." if row.status == "Waiting" and not row.said else ""
