"""Periods close softly, then hard: for which days postings are still made, and by whom."""

from __future__ import annotations

import datetime as dt

from o2c_xl.company.opened import Company
from o2c_xl.domain.approvals import Role, holders, holds
from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger.approvals import grants

__all__ = ["check_open"]

_CLOSERS = (Role.FINANCE_MANAGER,)


def check_open(company: Company, day: dt.date) -> None:
    """Raises CannotRun where the books are closed for the day, or are being closed and the account is no manager's."""
    policy = company.policy_now()
    if policy.closed_until is not None and day <= policy.closed_until:
        raise CannotRun(
            f"The books are closed up to {policy.closed_until}, so nothing is posted for {day}. Take a later day with "
            "--on, or have an Administrator or a Finance Manager change Books closed until in Settings."
        )
    if policy.closing_until is not None and day <= policy.closing_until:
        with company.ledger.reading() as conn:
            given = grants(conn)
        today = company.ledger.today
        if not holds(company.ledger.who, _CLOSERS, given, today):
            able = (
                " or ".join(holders(_CLOSERS, given, today)) or "nobody yet: an Administrator gives that role in Roles"
            )
            raise CannotRun(
                f"The books up to {policy.closing_until} are being closed: for {day} only a Finance Manager posts "
                f"({able}). Take a later day with --on."
            )
