"""What may be typed of a customer's credit: a release only by Finance, and what widens credit waits for its approval.

A cell is a request. A release counts by the account of the process; a raised limit, longer terms or another bill-to
of a known customer wait, where the company asks for it, and what held before holds meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.approvals import grants_of
from o2c_xl.domain.credit.widening import widens
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import void
from o2c_xl.ledger.credit.limits import STEP, CreditWish, wish_for
from o2c_xl.ledger.credit.rights import may_release, release_limit, who_releases
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.known.rows import Known, existing_rows
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_customers", "gate_customers"]

_RELEASE = ("credit_released_until", "release_reason")
_WATCHED = ("credit_limit", "payment_terms", "bill_to")


def check_customers(txn: Txn, rows: RowSet, policy: Policy) -> None:
    """A release needs the role, a reason and an end to come; a limit that was set is not taken away unasked."""
    brings = [name for name in (*_RELEASE, "credit_limit") if name in rows.columns]
    if not brings:
        return
    known = existing_rows(txn, schema.customers, rows)
    for index, until, reason in _released(rows, known):
        _check_release(txn, rows, index, (until, reason))
    if policy.approve_credit_limits and "credit_limit" in rows.columns:
        for i, limit in enumerate(rows.columns["credit_limit"]):
            old = known.get(rows.key(i))
            if old is not None and limit is None and old.credit_limit is not None:
                problem = f"without a limit any amount would pass; {old.credit_limit:f} holds."
                rows.fault(i, "credit_limit", problem, "Enter the highest amount; the Finance Manager approves it.")


def _released(rows: RowSet, known: Known) -> Iterator[tuple[int, Any, str]]:
    """The rows that say something new of a release: index, its last day, its reason."""
    for i in range(len(rows)):
        old = known.get(rows.key(i))
        until, reason = (_now(rows, i, name, old) for name in _RELEASE)
        before = (None, "") if old is None else (old.credit_released_until, old.release_reason)
        if until is not None and (until, reason or "") != before:
            yield i, until, reason or ""


def _now(rows: RowSet, index: int, name: str, old: Row[Any] | None) -> Any:  # noqa: ANN401 -- a cell's value
    if name in rows.columns:
        return rows.columns[name][index]
    return None if old is None else getattr(old, name)


def _check_release(txn: Txn, rows: RowSet, index: int, release: tuple[Any, str]) -> None:
    until, reason = release
    may = may_release(txn.conn, txn.today)
    if not grants_of(txn.who, may):
        problem = f"{txn.who} may not release credit: that takes the role Finance."
        rows.fault(index, "credit_released_until", problem, who_releases(may))
    elif until < txn.day:
        rows.fault(index, "credit_released_until", f"{until} has passed.", "Give a later date, or empty the cell.")
    elif not reason.strip():
        rows.fault(index, "release_reason", "it is empty.", "Write why the orders may pass.")


def gate_customers(txn: Txn, rows: Batch, policy: Policy, known: Known) -> dict[int, Mapping[str, Any]]:
    """Whose account released, and what waits for an approval: in those cells the old value is put back."""
    bad = rows.bad
    more: dict[int, dict[str, Any]] = {}
    if any(name in rows.columns for name in _RELEASE):
        limit = release_limit(grants_of(txn.who, may_release(txn.conn, txn.today)))
        for i, until, reason in _released(rows, known):
            if i not in bad:
                more[i] = {"released_by": txn.who, "release_up_to": limit}
                told = {"until": until, "reason": reason} | ({} if limit is None else {"up_to": limit})
                txn.record("credit released", rows.key_text(i), told)
    if policy.approve_credit_limits:
        for i, asked in _widening(txn, rows, policy, known, bad):
            more.setdefault(i, {})["credit_asked"] = asked
    return dict(more)


def _widening(txn: Txn, rows: Batch, policy: Policy, known: Known, bad: set[int]) -> list[tuple[int, str]]:
    """Rows that ask for more credit than holds, or take such a wish back; what is asked, as JSON."""
    watched = [name for name in _WATCHED if name in rows.columns]
    wishes: dict[int, CreditWish] = {}
    found: list[tuple[int, str]] = []
    for i in range(len(rows)):
        old = known.get(rows.key(i))
        if old is None or i in bad:
            continue
        new = {name: rows.columns[name][i] for name in watched}
        changed = {name: value for name, value in new.items() if (value or None) != (getattr(old, name) or None)}
        wider = [
            name for name, value in changed.items() if widens(name, getattr(old, name), value, policy.default_terms)
        ]
        if wider:
            wishes[i] = CreditWish(rows.key_text(i), {name: new[name] for name in wider}, old)
            for name in wider:
                rows.columns[name][i] = getattr(old, name)
        elif changed and old.credit_asked and set(changed) & set(json.loads(old.credit_asked)):
            found.append((i, ""))
    void(txn, STEP, [rows.key_text(i) for i, _ in found])
    return found + list(zip(wishes, wish_for(txn, list(wishes.values()), policy), strict=True))
