"""Codes whose row is there but at fault itself: told so, since neither adding it nor choosing another mends that."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.fault import Fault
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["faulty_rows"]


def faulty_rows(txn: Txn, rows: RowSet, table: str, codes: Iterable[str]) -> dict[str, Fault]:
    """Of unknown codes of `table` those whose own row waits for a fault to be mended, among what came or before."""
    wanted = set(codes)
    places = {code: _place(rows.faulty[table, code]) for code in wanted if (table, code) in rows.faulty}
    c = schema.issues.c
    for part in chunks(sorted(wanted - places.keys())):
        stored = select(c.key, c.source, c.sheet, c.cell).where(c.table == table, c.key.in_(part))
        for key, *place in txn.conn.execute(stored.where(c.source != rows.source).order_by(c.source, c.row)):
            places.setdefault(key, _joined(*place))
    title = BY_NAME[table].title
    return {
        code: Fault(f"the row of {code} in {title} has a fault of its own ({place}).", "Mend that row first.")
        for code, place in places.items()
    }


def _place(issue: Issue) -> str:
    return _joined(issue.source, issue.sheet, issue.cell)


def _joined(*parts: str) -> str:
    return "!".join(part for part in parts if part)
