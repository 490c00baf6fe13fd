"""Open faults of sheets and files: replaced as a whole per source, their first day kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, select

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks
from o2c_xl.ledger.store import Txn

__all__ = ["mend_issues", "open_issues", "replace_issues"]


def replace_issues(txn: Txn, source: str, issues: Sequence[Issue]) -> bool:
    """The open faults of one workbook or file are now exactly these; False, and nothing written, if they were so."""
    c = schema.issues.c
    before = {_place(row): row for row in txn.conn.execute(select(schema.issues).where(c.source == source))}
    after = {(i.sheet, i.cell, i.column): i for i in issues}
    if {key: (row.value, row.problem, row.fix) for key, row in before.items()} == {
        key: (i.value, i.problem, i.fix) for key, i in after.items()
    }:
        return False
    txn.conn.execute(delete(schema.issues).where(c.source == source))
    txn.insert(
        schema.issues,
        [
            {
                "source": source,
                "sheet": i.sheet,
                "cell": i.cell,
                "column": i.column,
                "table": i.table,
                "key": i.key,
                "value": i.value,
                "problem": i.problem,
                "fix": i.fix,
                "row": i.row,
                "since": before[key].since if key in before else txn.day,
            }
            for key, i in after.items()
        ],
    )
    return True


def mend_issues(txn: Txn, table: str, keys: Iterable[str], but: str) -> None:
    """Rows of a file that came in now, under whatever file name, are no longer at fault; workbooks' faults stay."""
    c = schema.issues.c
    books = select(schema.books.c.name)
    for part in chunks(keys):
        mended = (c.table == table, c.key.in_(part), c.source != but, c.source.not_in(books))
        txn.conn.execute(delete(schema.issues).where(*mended))


def _place(row: object) -> tuple[str, str, str]:
    return (row.sheet, row.cell, row.column)  # type: ignore[attr-defined]


def open_issues(conn: Connection, sources: Iterable[str] | None = None) -> list[Issue]:
    """All open faults, or those of some sources."""
    c = schema.issues.c
    statement = select(schema.issues).order_by(c.source, c.sheet, c.row, c.cell)
    if sources is not None:
        statement = statement.where(c.source.in_(list(sources)))
    names = ("source", "sheet", "cell", "column", "row", "value", "problem", "fix", "table", "key")
    return [Issue(*(row._mapping[name] for name in names)) for row in conn.execute(statement)]
