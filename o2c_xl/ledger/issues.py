"""Open faults of sheets and files: replaced as a whole per source, their first day kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, select

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks
from o2c_xl.ledger.store import Txn

__all__ = ["mend_issues", "open_issues", "replace_issues"]

_Place = tuple[str, str, str, int]  # sheet, cell, column, and the fault's turn there


def replace_issues(txn: Txn, source: str, issues: Sequence[Issue]) -> bool:
    """The open faults of one workbook or file are now exactly these; False, and nothing written, if they were so."""
    c = schema.issues.c
    found = txn.conn.execute(select(schema.issues).where(c.source == source))
    before = {(row.sheet, row.cell, row.column, row.nth): row for row in found}
    after = _by_place(issues)
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
                "nth": key[-1],
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


def _by_place(issues: Iterable[Issue]) -> dict[_Place, Issue]:
    """Each fault by its place and its turn among the faults there; the same fault counts once."""
    turns: Counter[tuple[str, str, str]] = Counter()
    found: dict[_Place, Issue] = {}
    for issue in dict.fromkeys(issues):
        place = (issue.sheet, issue.cell, issue.column)
        found[*place, turns[place]] = issue
        turns[place] += 1
    return found


def open_issues(conn: Connection, sources: Iterable[str] | None = None) -> list[Issue]:
    """All open faults, or those of some sources."""
    c = schema.issues.c
    statement = select(schema.issues).order_by(c.source, c.sheet, c.row, c.cell, c.column, c.nth)
    if sources is not None:
        statement = statement.where(c.source.in_(list(sources)))
    names = ("source", "sheet", "cell", "column", "row", "value", "problem", "fix", "table", "key")
    return [Issue(*(row._mapping[name] for name in names)) for row in conn.execute(statement)]
