"""What is said beside a row although nothing in it is wrong: a request that has no effect yet, and who may change that.

A remark is no fault: it refuses nothing, and no command ends with 1 for it.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger import schema as s
from o2c_xl.tables.views import Scope

__all__ = ["standing_remarks"]

# as the partial index of asked actions says it, so that it is used
_ASKED = text("action <> '' AND status NOT IN ('Shipped', 'Invoiced', 'Closed', 'Cancelled')")


def standing_remarks(conn: Connection, scope: Scope) -> list[Issue]:  # noqa: ARG001 -- the day comes to matter
    """Every remark as it stands, by table and key."""
    return _actions(conn)


def _actions(conn: Connection) -> list[Issue]:
    """Requests about orders that have no effect."""
    c = s.orders.c
    statement = select(c.order, c.action, c.action_problem).where(_ASKED, c.action_problem != "").order_by(c.order)
    return [_remark("Orders", row.order, "Action", row.action, row.action_problem) for row in conn.execute(statement)]


def _remark(table: str, key: str, column: str, value: str, said: str) -> Issue:
    return Issue("", "", "", column, 0, value, said, "", table=table, key=key)
