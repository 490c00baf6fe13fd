"""Who may decide an approval, and what exactly was approved.

The decider is neither the one who asked nor anyone who edited since; roles have limits and dates; an
Administrator gives roles and decides nothing. Users are accounts of the operating system, compared without case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import plain_number

__all__ = [
    "Approval",
    "ApprovalStatus",
    "Grant",
    "Role",
    "Verdict",
    "above_limit",
    "content_hash",
    "grants_in_force",
    "grants_of",
    "holders",
    "holds",
    "is_administered",
    "may_decide",
    "who_may",
]


class Role(StrEnum):
    """What a person may do."""

    SALES = "Sales"
    WAREHOUSE = "Warehouse"
    PURCHASING = "Purchasing"
    FINANCE = "Finance"
    INVENTORY_MANAGER = "Inventory Manager"
    FINANCE_MANAGER = "Finance Manager"
    OPERATIONS_MANAGER = "Operations Manager"
    ADMINISTRATOR = "Administrator"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role given to a user; `limit` None is any amount; both dates inclusive, None is open (delegation)."""

    user: str
    role: Role
    limit: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class ApprovalStatus(StrEnum):
    """Where an approval stands; a void one is asked for no longer, since its object was changed or given up."""

    WAITING = "Waiting"
    APPROVED = "Approved"
    REJECTED = "Rejected"
    VOID = "Void"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the newest approval of a subject stands, for which content, and what was said by whom."""

    status: ApprovalStatus
    content_hash: str
    reason: str = ""
    approval: str = ""
    decided_by: str = ""

    def of(self, content_hash: str) -> ApprovalStatus | None:
        """Where it stands, if it is about this very content; None when it is about another, or void."""
        holds = self.content_hash == content_hash and self.status is not ApprovalStatus.VOID
        return self.status if holds else None


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision that waits for a role; `content` is the hash of what is to be approved.

    `editors` are all who changed it since the last approval; `amount` is what the role's limit is held against.
    """

    approval: str
    role: Role
    amount: Decimal
    asked_by: str
    content: str = ""
    editors: tuple[str, ...] = ()


def may_decide(user: str, approval: Approval, grants: Iterable[Grant], today: date) -> str | None:
    """Why `user` may not decide `approval`, as a sentence; None if they may."""
    account = user.casefold()
    if account == approval.asked_by.casefold():
        return "You asked for this approval. Someone else must decide."
    if account in {editor.casefold() for editor in approval.editors}:
        return "You changed what is to be approved. Someone else must decide."
    held = [grant for grant in grants_of(user, grants) if grant.role is approval.role]
    if not held:
        return f"{user} does not have the role {approval.role}. A person with that role must decide."
    valid = [grant for grant in held if _holds(grant, today)]
    if not valid:
        return f"The role {approval.role} of {user} is not valid on {today}. See From and To in Roles."
    if any(grant.limit is None or abs(approval.amount) <= grant.limit for grant in valid):
        return None
    highest = max(grant.limit for grant in valid if grant.limit is not None)
    return f"{approval.amount} is above the limit of {highest} of {user}. Someone with a higher limit must decide."


def who_may(approval: Approval, grants: Iterable[Grant], today: date) -> list[str]:
    """The users who may decide `approval` today, in alphabetical order."""
    known = list(grants)
    users = {grant.user for grant in known if grant.role is approval.role}
    return sorted(user for user in users if may_decide(user, approval, known, today) is None)


def grants_in_force(grants: Iterable[Grant], roles: Iterable[Role], today: date) -> list[Grant]:
    """Those of the grants that give one of these roles today."""
    wanted = set(roles)
    return [grant for grant in grants if grant.role in wanted and _holds(grant, today)]


def grants_of(user: str, grants: Iterable[Grant]) -> list[Grant]:
    """Those of the grants that the account has."""
    account = user.casefold()
    return [grant for grant in grants if grant.user.casefold() == account]


def holds(user: str, roles: Iterable[Role], grants: Iterable[Grant], today: date) -> bool:
    """Whether the account has one of these roles today: the one rule of who may act by a role."""
    return bool(grants_in_force(grants_of(user, grants), roles, today))


def holders(roles: Iterable[Role], grants: Iterable[Grant], today: date) -> list[str]:
    """Who has one of these roles today, in alphabetical order."""
    return sorted({grant.user for grant in grants_in_force(grants, roles, today)})


def is_administered(grants: Iterable[Grant]) -> bool:
    """Whether anyone was ever made Administrator; before that, roles and settings are open to whoever sets up."""
    return any(grant.role is Role.ADMINISTRATOR for grant in grants)


def above_limit(amount: Decimal, limit: Decimal | None) -> bool:
    """Whether an amount waits for a person by a setting that names a limit: 0 = each one does, None = none does."""
    return limit is not None and (not limit or amount > limit)


def content_hash(content: Mapping[str, object]) -> str:
    """A hash of what is approved: the same for equal values, another after any edit.

    1, 1.0 and 1.00 are equal; the order of keys does not matter, that of lists does. Raises TypeError for a
    value that has no exact text.
    """
    text = json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _holds(grant: Grant, today: date) -> bool:
    started = grant.valid_from is None or grant.valid_from <= today
    return started and (grant.valid_to is None or today <= grant.valid_to)


def _plain(value: object) -> object:
    # Each kind is marked, so that the text "1" and the number 1 are not the same content.
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | Decimal):
        return {"n": plain_number(Decimal(value))}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Mapping):
        return {"m": {str(key): _plain(part) for key, part in value.items()}}
    if isinstance(value, Sequence):
        return [_plain(part) for part in value]
    raise TypeError(f"A {type(value).__name__} cannot be approved exactly.")
