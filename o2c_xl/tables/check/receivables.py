"""What staff may type beside reminders: checked at the cell, before anything is recorded."""

from __future__ import annotations

from o2c_xl.domain.approvals import grants_of
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.credit.rights import may_release, who_releases
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.known.rows import existing_rows
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_reminders"]


def check_reminders(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """A penalty is charged or waived once, by an account of Finance."""
    if "action" not in rows.columns:
        return
    known = existing_rows(txn, schema.reminders, rows)
    may = None
    for i, action in enumerate(rows.columns["action"]):
        old = known.get(rows.key(i))
        if old is None or not action or action == old.action:
            continue
        if old.penalty_status != "Memo":
            told = (
                f"its penalty is {old.penalty_status.lower()} already." if old.penalty_status else "it has no penalty."
            )
            rows.fault(i, "action", told, "Empty the cell.")
            continue
        may = may_release(txn.conn, txn.today) if may is None else may
        if not grants_of(txn.who, may):
            problem = f"{txn.who} may not decide on penalties: that takes the role Finance."
            rows.fault(i, "action", problem, who_releases(may))
