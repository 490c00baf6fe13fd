"""Missing bank statements: a difference that somebody owns, from when a gap is seen until what is missing comes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select

from o2c_xl.domain.cash.statement_gaps import Balanced, gaps
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.bank_statements import WITHDRAWN
from o2c_xl.ledger.store import Txn

__all__ = ["MISSING_KIND", "gap_told", "note_missing"]

MISSING_KIND = "Missing bank statement"
_OPEN, _RESOLVED, _CAME = "Open", "Resolved", "Nothing is missing any more."
_INTERIM = ("camt.052", "camt.054", "MT942")
"""Kinds that tell parts of days: their balances do not follow one another."""
_HEAD, _DIFFERENCE, _LINE = schema.statements.c, schema.discrepancies.c, schema.bank_lines.c


def gap_told(expected: str, found: str) -> str:
    """A gap as a sentence, from what its discrepancy expected and found."""
    return f"It begins with {found}, where {expected} was expected: one between them is missing."


def note_missing(txn: Txn, account: str, currency: str) -> dict[str, str]:
    """Keep what is missing among the statements of an account; by statement a sentence for each gap that is new.

    A gap that closed is resolved by itself, and open again should a statement be withdrawn; what a person said of it
    stays said.
    """
    statements = _balanced(txn.conn, account, currency)
    openings = {one.statement: one.opening for one in statements}
    found = {
        subject: {"expected": f"{before.closing} after {before.statement}", "found": str(openings[subject])}
        for subject, before in gaps(statements).items()
    }
    kept = _kept(txn.conn, account, currency)
    for subject, row in kept.items():
        if subject not in found and row.status == _OPEN:
            _change(txn, row, {"resolution": _CAME, "status": _RESOLVED})
    new = {}
    for subject, gap in found.items():
        old = kept.get(subject)
        if old is None:
            _enter(txn, subject, gap)
        elif old.resolution == _CAME:
            _change(txn, old, {**gap, "resolution": "", "status": _OPEN})
        else:
            if old.status == _OPEN and old.expected != gap["expected"]:
                _change(txn, old, gap)
            continue
        new[subject] = gap_told(**gap)
    return new


def _balanced(conn: Connection, account: str, currency: str) -> list[Balanced]:
    own = select(func.count()).where(_LINE.statement == _HEAD.statement).scalar_subquery().label("own")
    where = (
        _HEAD.account == account,
        _HEAD.currency == currency,
        _HEAD.status != WITHDRAWN,
        _HEAD.kind.not_in(_INTERIM),
        _HEAD["from"].is_not(None),
        _HEAD.to.is_not(None),
        _HEAD.difference.is_not(None),
    )
    names = ("statement", "number", "from", "to", "opening", "closing", "lines")
    columns = (*(_HEAD[name] for name in names), own, _HEAD.entry)
    return [Balanced(*row) for row in conn.execute(select(*columns).where(*where))]


def _kept(conn: Connection, account: str, currency: str) -> dict[str, Row[Any]]:
    """What is kept of gaps so far, by statement."""
    statement = select(schema.discrepancies).join(schema.statements, _HEAD.statement == _DIFFERENCE.subject)
    mine = (_DIFFERENCE.kind == MISSING_KIND, _HEAD.account == account, _HEAD.currency == currency)
    return {row.subject: row for row in conn.execute(statement.where(*mine))}


def _enter(txn: Txn, subject: str, gap: dict[str, str]) -> None:
    row = {"discrepancy": txn.number("DI-"), "kind": MISSING_KIND, "subject": subject, "status": _OPEN}
    txn.record("bank statement found missing", subject, gap)
    txn.insert(schema.discrepancies, [{**row, **gap, "since": txn.day}])


def _change(txn: Txn, row: Row[Any], change: dict[str, str]) -> None:
    txn.record("discrepancy changed", row.discrepancy, {"subject": row.subject, **change})
    txn.update(schema.discrepancies, [{"discrepancy": row.discrepancy, **change}])
