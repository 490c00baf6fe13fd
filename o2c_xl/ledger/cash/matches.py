"""Proposals which payment pays which invoice: kept while they hold, withdrawn when they are outdated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.cash.matching import Match
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = ["MATCH_DECIDED", "proposed", "withdraw_of", "write_matches"]

MATCH_DECIDED = "match decided"
_OF_THE_PROPOSAL = frozenset({"rule", "confidence"})
_HUNDRED = Decimal(100)
_OUTDATED = "Withdrawn: it no longer holds."
_SETTLED = "It could not be applied: payment or invoice are settled already."
_REJECTED = "Rejected by a person."


def proposed(txn: Txn, payments: Iterable[str]) -> list[Row[Any]]:
    """Every proposal of these payments that is not posted: those that wait and those a person has rejected."""
    c = schema.matches.c
    columns = (c.match, c.payment, c.invoice, c.amount, c.decision, c.status)
    found = rows_by_key(txn.conn, columns, c.payment, payments, c.status != "Posted")
    return sorted(found, key=lambda row: (len(row.match), row.match))


def write_matches(txn: Txn, matches: Sequence[Match], before: Sequence[Row[Any]]) -> int:
    """Record what was matched beside the proposals there were; how many new ones wait.

    A proposal that is posted keeps its number; the same one again is left as it is, with an amount that a person
    has lowered, or takes the amount that it has now; the others are withdrawn.
    """
    waiting = {(row.payment, row.invoice): row for row in before if row.status == "Proposed"}
    smaller = _smaller(matches, waiting)
    lowered = _lowered(txn, smaller)
    changed: list[dict[str, Any]] = []
    accepted: list[dict[str, Any]] = []
    new: list[Match] = []
    for one in matches:
        row = waiting.get((one.payment, one.invoice))
        if one.certain and row is not None and row.decision == "Accept":
            # what a person accepted keeps the rule that proposed it, and how sure that rule was
            values = {name: value for name, value in _values(one).items() if name not in _OF_THE_PROPOSAL}
            accepted.append({"match": row.match, **values})
            del waiting[one.payment, one.invoice]
        elif row is not None and (one.certain or (not row.decision and row.match in smaller - lowered)):
            changed.append({"match": row.match, **_values(one)})
            del waiting[one.payment, one.invoice]
        elif row is not None and not row.decision and row.amount <= one.amount:
            del waiting[one.payment, one.invoice]
        else:
            new.append(one)
    txn.update(schema.matches, changed)
    txn.update(schema.matches, accepted)
    _withdraw(txn, waiting.values())
    # taken out of the same series one by one, certain ones too, in the order in which they were decided
    txn.insert(schema.matches, [_new(txn, one) for one in new])
    return sum(not one.certain for one in new)


def _smaller(matches: Sequence[Match], waiting: Mapping[tuple[str, str], Row[Any]]) -> set[str]:
    """The waiting proposals of less than is proposed now."""
    pairs = ((waiting.get((one.payment, one.invoice)), one.amount) for one in matches)
    return {row.match for row, amount in pairs if row is not None and (row.amount is None or row.amount < amount)}


def _lowered(txn: Txn, matches: Iterable[str]) -> set[str]:
    """The proposals of which a person typed the amount."""
    log = schema.journal.c
    rows = rows_by_key(txn.conn, [log.subject, log.data], log.subject, matches, log.event == MATCH_DECIDED)
    return {row.subject for row in rows if json.loads(row.data).get("amount") is not None}


def withdraw_of(txn: Txn, payments: Iterable[str], *, decided: bool = True) -> None:
    """Take back what waits of these payments; with `decided` False not what a person has accepted meanwhile."""
    rows = proposed(txn, payments)
    _withdraw(txn, [row for row in rows if row.status == "Proposed" and (decided or row.decision != "Accept")])


def _withdraw(txn: Txn, rows: Iterable[Row[Any]]) -> None:
    reasons = {"Accept": _SETTLED, "Reject": _REJECTED}
    txn.update(
        schema.matches,
        [{"match": row.match, "status": "Rejected", "reason": reasons.get(row.decision, _OUTDATED)} for row in rows],
    )


def _values(one: Match) -> dict[str, Any]:
    return {
        "amount": one.amount,
        "discount": one.discount,
        "rule": str(one.rule),
        "confidence": one.confidence * _HUNDRED,
        "reason": one.reason,
        "status": "Posted" if one.certain else "Proposed",
    }


def _new(txn: Txn, one: Match) -> dict[str, Any]:
    number = txn.number("MT-")
    return {"match": number, "payment": one.payment, "invoice": one.invoice, **_values(one), "made_on": txn.day}
