"""More credit for a known customer: asked for as an approval of the Finance Manager, taken over once it is approved."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from o2c_xl.domain.approvals import ApprovalStatus, content_hash
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask, verdicts
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.schema.partial import CREDIT_ASKED
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.widen_credit import AskedCredit

__all__ = ["STEP", "CreditLimitBooks", "CreditWish", "wish_for"]

STEP = "Credit limit"
_ROLE = "Finance Manager"


@dataclass(frozen=True, slots=True)
class CreditWish:
    """What someone wants of a customer, by field, and the customer as it stands."""

    customer: str
    wanted: Mapping[str, Any]
    old: Row[Any]


def wish_for(txn: Txn, wishes: Sequence[CreditWish], policy: Policy) -> list[str]:
    """Ask the Finance Manager for each; returns what is kept of it beside the customer, as JSON.

    A wish that waits already stays as it is; one that was decided may be asked again.
    """
    said = verdicts(txn.conn, STEP, [one.customer for one in wishes])
    kept = []
    asks = []
    for one in wishes:
        before = said.get(one.customer)
        fields = {name: _text(value) for name, value in one.wanted.items()}
        known = json.loads(one.old.credit_asked) if one.old.credit_asked else {}
        if (
            before is not None
            and before.status is ApprovalStatus.WAITING
            and known == {**fields, "hash": before.content_hash}
        ):
            kept.append(one.old.credit_asked)
            continue
        number = before.approval if before is not None else ""
        content = content_hash(
            {"customer": one.customer, **fields, "limit before": one.old.credit_limit, "after": number}
        )
        kept.append(json.dumps({**fields, "hash": content}, ensure_ascii=False))
        asks.append(_ask(txn, one, content, policy))
    ask(txn, asks)
    return kept


def _ask(txn: Txn, one: CreditWish, content: str, policy: Policy) -> Ask:
    amount = one.wanted.get("credit_limit", one.old.credit_limit) or ZERO
    currency = one.old.currency or policy.currency
    return Ask(_ROLE, STEP, one.customer, amount, currency, content, txn.who)


def _text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value or "")


class CreditLimitBooks:
    """Customers for whom more credit was asked."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def work_off(self, decide: Callable[[Sequence[AskedCredit]], Sequence[str]]) -> int:
        """Take over what was approved; returns how many customers changed."""
        c = schema.customers.c
        with self._ledger.reading() as conn:
            keys = list(conn.execute(select(c.customer_id).where(CREDIT_ASKED)).scalars())
        if not keys:
            return 0
        with self._ledger.transaction(self._day) as txn:
            rows = list(rows_by_key(txn.conn, [c.customer_id, c.credit_asked], c.customer_id, keys))
            said = verdicts(txn.conn, STEP, [row.customer_id for row in rows])
            wanted = {row.customer_id: json.loads(row.credit_asked) for row in rows if row.credit_asked}
            asked = [AskedCredit(key, said[key], one["hash"]) for key, one in wanted.items() if key in said]
            approved = decide(asked)
            changes = [_taken_over(txn, key, wanted[key], said[key].approval) for key in approved]
            for change in changes:
                txn.update(schema.customers, [change])
        return len(changes)


def _taken_over(txn: Txn, customer: str, wanted: Mapping[str, str], approval: str) -> dict[str, Any]:
    fields: dict[str, Any] = {name: value for name, value in wanted.items() if name != "hash"}
    if "credit_limit" in fields:
        fields["credit_limit"] = Decimal(fields["credit_limit"])
    txn.record("customer changed", customer, {**fields, "approval": approval})
    return {"customer_id": customer, **fields, "credit_asked": ""}
