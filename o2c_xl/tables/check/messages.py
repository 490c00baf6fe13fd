"""What staff may type beside messages: checked at the cell, before anything is recorded."""

from __future__ import annotations

from o2c_xl.domain.settings import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.messages.mailing import undecidable
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.known.rows import existing_rows
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_messages"]


def check_messages(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """Of a message that went out, or never does, nothing is left to decide."""
    if not any(rows.columns.get("action", ())):
        return
    known = existing_rows(txn, schema.outbox, rows)
    for i, action in enumerate(rows.columns["action"]):
        old = known.get(rows.key(i))
        if old is not None and action and action != old.action and (why := undecidable(old)):
            rows.fault(i, "action", f"It {why}", "Empty the cell.")
