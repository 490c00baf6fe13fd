"""Approvals: asked for by a gate, decided by an account whose role may, bound to a hash of what was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.approvals import Approval, ApprovalStatus, Grant, Role, Verdict, may_decide
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.visible import trimmed
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = ["Ask", "approval_of", "ask", "decide", "grants", "verdicts", "void", "void_rest"]

_Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a gate asks for. `editors` changed it since it was last approved; they may not decide either."""

    role: str
    step: str
    subject: str
    amount: Decimal | None
    currency: str
    content_hash: str
    asked_by: str
    editors: tuple[str, ...] = ()


def ask(txn: Txn, asks: Sequence[Ask]) -> None:
    """Ask for approvals. Where the newest of a subject is for the same content, it is kept as it is.

    What was decided before something else was asked holds no longer, so the same content is then asked for anew. One
    that waits for other content of the same step and subject becomes Void; who has asked since the last approval
    counts as an editor of the new one.
    """
    if not asks:
        return
    known = _by_subject(txn.conn, (one.subject for one in asks))
    voided: list[dict[str, Any]] = []
    new: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in asks:
        before = known.get((one.step, one.subject), [])
        if before and before[-1].content_hash == one.content_hash and before[-1].status != ApprovalStatus.VOID:
            continue
        editors = dict.fromkeys(one.editors)
        for row in _since_approved(before):
            editors |= dict.fromkeys([*json.loads(row.editors or "[]"), row.asked_by])
            if row.status == ApprovalStatus.WAITING:
                voided.append(_voided(txn, row))
        editors.pop(one.asked_by, None)
        new[one.step, one.subject, one.content_hash] = {**_row(one), "editors": json.dumps(list(editors))}
    txn.update(schema.approvals, list({row["approval"]: row for row in voided}.values()))
    txn.insert(schema.approvals, [_asked(txn, row) for row in new.values()])


def verdicts(conn: Connection, step: str, subjects: Iterable[str]) -> dict[str, Verdict]:
    """The newest approval of each of these subjects at a step; those never asked for are left out."""
    return {
        subject: _verdict(rows[-1])
        for (of_step, subject), rows in _by_subject(conn, subjects).items()
        if of_step == step
    }


def _verdict(row: Row[Any]) -> Verdict:
    return Verdict(ApprovalStatus(row.status), row.content_hash, row.reason, row.approval, row.decided_by)


def void(txn: Txn, step: str, subjects: Iterable[str]) -> None:
    """What waits for a decision on these subjects is no longer asked for: they were edited or given up."""
    waiting = [
        row
        for (of_step, _), rows in _by_subject(txn.conn, subjects).items()
        for row in rows
        if of_step == step and row.status == ApprovalStatus.WAITING
    ]
    txn.update(schema.approvals, [_voided(txn, row) for row in waiting])


def void_rest(txn: Txn, step: str, wished: Mapping[str, str]) -> None:
    """Void what waits at a step for anything but `wished`, hashes by subject: its object is gone, changed or done."""
    c = schema.approvals.c
    waiting = txn.conn.execute(
        select(schema.approvals).where(c.status == str(ApprovalStatus.WAITING), c.step == step)
    ).all()
    txn.update(schema.approvals, [_voided(txn, row) for row in waiting if wished.get(row.subject) != row.content_hash])


def decide(
    txn: Txn, ids: Sequence[str], verdict: Literal["Approve", "Reject"], reason: str = ""
) -> tuple[list[str], list[str]]:
    """Decide approvals as the account of this process; returns the ids decided and a sentence per one refused.

    Whether the account may is `domain.approvals.may_decide`; a rejection needs a reason.
    """
    rows = {row.approval: row for row in rows_by_key(txn.conn, schema.approvals, schema.approvals.c.approval, ids)}
    held = grants(txn.conn)
    decided: list[dict[str, Any]] = []
    refusals: list[str] = []
    for key in dict.fromkeys(ids):
        if problem := _refusal(txn, key, rows.get(key), verdict, reason, held):
            refusals.append(f"{key}: {problem}")
        else:
            decided.append(_decided(txn, rows[key], verdict, reason))
    txn.update(schema.approvals, decided)
    return [row["approval"] for row in decided], refusals


def _by_subject(conn: Connection, subjects: Iterable[str]) -> dict[_Subject, list[Row[Any]]]:
    """All approvals of these subjects by step and subject, oldest first."""
    found: dict[_Subject, list[Row[Any]]] = {}
    rows = rows_by_key(conn, schema.approvals, schema.approvals.c.subject, subjects)
    # a number that has outgrown its six digits is longer, and later
    for row in sorted(rows, key=lambda row: (len(row.approval), row.approval)):
        found.setdefault((row.step, row.subject), []).append(row)
    return found


def _since_approved(rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    last = max((i for i, row in enumerate(rows, 1) if row.status == ApprovalStatus.APPROVED), default=0)
    return rows[last:]


def _row(one: Ask) -> dict[str, Any]:
    return {
        "role": one.role,
        "step": one.step,
        "subject": one.subject,
        "amount": one.amount,
        "currency": one.currency,
        "asked_by": one.asked_by,
        "content_hash": one.content_hash,
    }


def _asked(txn: Txn, row: Mapping[str, Any]) -> dict[str, Any]:
    number = txn.number("AP-")
    names = ("role", "step", "subject", "amount", "asked_by", "content_hash")
    txn.record("approval asked", number, {name: row[name] for name in names})
    return {"approval": number, **row, "asked_on": txn.day, "status": str(ApprovalStatus.WAITING)}


def _voided(txn: Txn, row: Row[Any]) -> dict[str, Any]:
    txn.record("approval voided", row.approval, {"step": row.step, "subject": row.subject})
    return {"approval": row.approval, "status": str(ApprovalStatus.VOID)}


def grants(conn: Connection) -> list[Grant]:
    """Every role that anyone was given."""
    c = schema.roles.c
    rows = conn.execute(select(c.user, c.role, c.limit, c["from"], c.to))
    return [Grant(user, Role(role), limit, start, end) for user, role, limit, start, end in rows]


def _refusal(txn: Txn, key: str, row: Row[Any] | None, verdict: str, reason: str, held: Sequence[Grant]) -> str | None:
    """What hinders the decision, and in the last sentence what to do; None where nothing does."""
    if row is None:
        return f"There is no approval {key}. See the Approvals sheet for its number."
    if row.status != ApprovalStatus.WAITING:
        by = f" by {row.decided_by} on {row.decided_on}" if row.decided_by else ""
        return f"It is {row.status.lower()} already{by}. See o2c show Approvals for those that wait."
    if verdict == "Reject" and not trimmed(reason):
        return "A rejection needs a reason. Give one."
    return may_decide(txn.who, approval_of(row), held, txn.today)


def approval_of(row: Row[Any]) -> Approval:
    """A row of the approvals as the rule of who may decide reads it."""
    editors = tuple(json.loads(row.editors or "[]"))
    return Approval(row.approval, Role(row.role), row.amount or ZERO, row.asked_by, row.content_hash, editors)


def _decided(txn: Txn, row: Row[Any], verdict: str, reason: str) -> dict[str, Any]:
    status = str(ApprovalStatus.APPROVED if verdict == "Approve" else ApprovalStatus.REJECTED)
    told = {"step": row.step, "subject": row.subject, "status": status, "content_hash": row.content_hash}
    txn.record("approval decided", row.approval, told | ({"reason": reason} if reason else {}))
    return {
        "approval": row.approval,
        "decision": verdict,
        "reason": reason,
        "decided_by": txn.who,
        "decided_on": txn.today,
        "status": status,
    }
