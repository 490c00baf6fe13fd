"""What is known of customers whose credit is to be decided, and the decisions as they are kept: dated, with an end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select

from o2c_xl.domain.credit.account import CreditCustomer, CreditStatus
from o2c_xl.domain.credit.score import CreditFacts, Scored, ScorePolicy
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = ["keep_decisions", "with_facts"]

_LATE = 30  # days
_inv, _set, _cus = schema.invoices.c, schema.settlements.c, schema.customers.c
_DECIDED = (CreditStatus.APPROVED, CreditStatus.REFUSED)


def with_facts(
    conn: Connection, customers: Mapping[str, CreditCustomer], policy: ScorePolicy | None
) -> dict[str, CreditCustomer]:
    """The customers; those to be decided with what their score is made of, and with the limit an approval gives."""
    found = dict(customers)
    new = [key for key, one in found.items() if one.status is CreditStatus.NEW]
    if policy is None or not new:
        return found
    history = _history(conn, new)
    columns = [_cus.customer_id, _cus.country, _cus.rating, _cus.tax_id]
    for row in rows_by_key(conn, columns, _cus.customer_id, new):
        one = found[row.customer_id]
        facts = CreditFacts(row.country, row.rating, row.tax_id, *history.get(row.customer_id, (0, 0)))
        limit = policy.limit if one.limit is None else one.limit
        found[row.customer_id] = replace(one, facts=facts, limit=limit)
    return found


def _history(conn: Connection, accounts: Iterable[str]) -> dict[str, tuple[int, int]]:
    """How many invoices of each account are paid, and how many of them were paid more than 30 days late."""
    found: dict[str, tuple[int, int]] = {}
    paid_on = func.max(_set.day).label("paid_on")
    statement = (
        select(_inv.account, _inv.due_date, paid_on)
        .join(schema.settlements, _set.invoice == _inv.invoice)
        .where(_set.kind == "payment", _inv.open == ZERO, _inv.kind == "Invoice")
        .group_by(_inv.invoice, _inv.account, _inv.due_date)
    )
    for part in chunks(accounts):
        for account, due, paid in conn.execute(statement.where(_inv.account.in_(part))):
            count, late = found.get(account, (0, 0))
            found[account] = (count + 1, late + (due is not None and (paid - due).days > _LATE))
    return found


def keep_decisions(
    txn: Txn,
    before: Mapping[str, CreditCustomer],
    after: Mapping[str, CreditCustomer],
    scored: Mapping[str, Scored],
    policy: ScorePolicy | None,
) -> None:
    """Keep what was decided about an account: approved with its first order, refused, or waiting for finance."""
    moved = {key: after[key].status for key, old in before.items() if after[key].status is not old.status}
    columns = [_cus.customer_id, _cus.credit_status, _cus.credit_limit, _cus.credit_expires]
    for row in rows_by_key(txn.conn, columns, _cus.customer_id, moved):
        status = moved[row.customer_id]
        again = policy is not None and row.credit_expires is not None and row.credit_expires < txn.day
        if row.credit_status == status and not again:
            continue
        told = scored.get(row.customer_id)
        change = {"customer_id": row.customer_id, "credit_status": str(status)}
        if policy is not None:
            change |= _dated(row, status, told, txn.day, policy)
        txn.update(schema.customers, [change])
        txn.record("credit status changed", row.customer_id, _data(change, told))


def _dated(row: Any, status: CreditStatus, told: Scored | None, day: dt.date, policy: ScorePolicy) -> dict[str, Any]:  # noqa: ANN401
    """Score, day and end of a decision; what only waits for finance has none yet."""
    found: dict[str, Any] = {"credit_score": told.points if told else None, "credit_why": str(told) if told else ""}
    if status in _DECIDED:
        until = None if policy.days is None else day + dt.timedelta(days=policy.days)
        found |= {"credit_decided_on": day, "credit_expires": until}
    if status is CreditStatus.APPROVED and row.credit_limit is None and policy.limit is not None:
        found["credit_limit"] = policy.limit
    return found


def _data(change: Mapping[str, Any], told: Scored | None) -> dict[str, Any]:
    data = {"status": change["credit_status"]}
    if "credit_limit" in change:
        data["credit_limit"] = change["credit_limit"]
    return {**data, "score": str(told)} if told else data
