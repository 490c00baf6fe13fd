"""Who gives roles: an Administrator whose role is in force, and never so that none is left."""

from __future__ import annotations

from sqlalchemy import select

from o2c_xl.domain.approvals import Grant, Role, grants_in_force, holders, holds, is_administered
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import grants
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_roles"]

_GIVERS = (Role.ADMINISTRATOR,)
_TOLD = ("limit", "from", "to")


def check_roles(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001
    """A sheet cell is a request, never an authority: only an Administrator's account gives roles."""
    changed = _changed(txn, rows)
    given = grants(txn.conn) if changed else []
    if is_administered(given) and not holds(txn.who, _GIVERS, given, txn.today):
        able = ", ".join(holders(_GIVERS, given, txn.today)) or "nobody is one today"
        for i in changed:
            rows.fault(i, "user", f"{txn.who} may not give roles.", f"Ask an Administrator: {able}.")
        return
    _check_last(txn, rows, changed, given)


def _changed(txn: Txn, rows: RowSet) -> dict[int, Grant]:
    """The rows that give another role than the ledger has, as they would stand there."""
    known = {(row.user, row.role): row for row in txn.conn.execute(select(schema.roles))}
    found = {}
    for i in range(len(rows)):
        user, role = rows.columns["user"][i], rows.columns["role"][i]
        old = known.get((user, role))
        kept = {name: getattr(old, name, None) for name in _TOLD}
        now = kept | {name: rows.columns[name][i] for name in _TOLD if name in rows.columns}
        if i not in rows.bad and (old is None or now != kept):
            found[i] = Grant(user, Role(role), *now.values())
    return found


def _check_last(txn: Txn, rows: RowSet, changed: dict[int, Grant], given: list[Grant]) -> None:
    """Somebody stays Administrator without an end: nobody else could ever give roles again."""
    asked = [i for i, grant in changed.items() if grant.role is Role.ADMINISTRATOR]
    stands = {(grant.user, grant.role): grant for grant in [*given, *changed.values()]}
    if asked and not any(one.valid_to is None for one in grants_in_force(stands.values(), _GIVERS, txn.today)):
        for i in asked:
            problem = "nobody would be Administrator without an end, so nobody could give roles after it."
            rows.fault(i, "role", problem, "Give that role to someone with From and To empty first.")
