"""Who may release credit: the role Finance or Finance Manager, given for today, up to its limit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from o2c_xl.domain.approvals import Grant, Role, grants_in_force
from o2c_xl.ledger.approvals import grants

__all__ = ["may_release", "release_limit", "who_releases"]

_ROLES = (Role.FINANCE, Role.FINANCE_MANAGER)


def may_release(conn: Connection, today: dt.date) -> list[Grant]:
    """Every grant by which someone may release credit today, by the clock."""
    return grants_in_force(grants(conn), _ROLES, today)


def release_limit(mine: Sequence[Grant]) -> Decimal | None:
    """Up to which amount these grants may release together; None is any."""
    limits = [grant.limit for grant in mine]
    return None if None in limits else max((limit for limit in limits if limit is not None), default=None)


def who_releases(may: Iterable[Grant], amount: Decimal | None = None) -> str:
    """A sentence that names who may release that much."""
    able = (one for one in may if one.limit is None or amount is None or one.limit >= amount)
    users = sorted({one.user for one in able})
    if not users:
        return "Nobody may today: an Administrator gives the role Finance in Roles."
    return f"{' or '.join(users)} may, with a run of o2c under their own account."
