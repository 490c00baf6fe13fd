"""Open faults of sheets and files: replaced as a whole per source, their first day kept.

A file is known by its name and its hash, as in Files: another file of the same name has faults of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, not_, or_, select

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks
from o2c_xl.ledger.store import Txn

__all__ = [
    "forget_issues",
    "issues_beside",
    "keys_at_fault",
    "mend_issues",
    "open_issues",
    "places_of_twins",
    "replace_issues",
]

_Place = tuple[str, str, str, int]  # sheet, cell, column, and the fault's turn there


_C, _F = schema.issues.c, schema.files.c


def replace_issues(
    txn: Txn,
    source: str,
    issues: Sequence[Issue],
    sha256: str = "",
    whose: Callable[[Issue], str] = lambda _issue: "",
) -> bool:
    """The open faults of one workbook or file are now exactly these; False, and nothing written, if they were so.

    `sha256` is the file's, empty for a workbook. `whose` tells the customer whose order the file says it is.
    """
    this = _of(source, sha256)
    found = txn.conn.execute(select(schema.issues).where(this))
    before = {(row.sheet, row.cell, row.column, row.nth): row for row in found}
    after = _by_place(issues)
    if {key: (row.value, row.problem, row.fix) for key, row in before.items()} == {
        key: (i.value, i.problem, i.fix) for key, i in after.items()
    }:
        return False
    txn.conn.execute(delete(schema.issues).where(this))
    since = {key: row.since for key, row in before.items()}
    txn.insert(
        schema.issues,
        [
            {
                "source": source,
                "hash": sha256,
                "customer": whose(one),
                "since": since.get(key, txn.day),
                **_told(key, one),
            }
            for key, one in after.items()
        ],
    )
    return True


def _told(place: _Place, issue: Issue) -> dict[str, object]:
    return {
        "sheet": issue.sheet,
        "cell": issue.cell,
        "column": issue.column,
        "nth": place[-1],
        "table": issue.table,
        "key": issue.key,
        "value": issue.value,
        "problem": issue.problem,
        "fix": issue.fix,
        "row": issue.row,
    }


def forget_issues(txn: Txn, names: Iterable[str], but: str = "") -> None:
    """Faults of files of these names stand no more where no such file is set aside; `but` is a hash that they keep."""
    refused = exists().where(_F.file == _C.source, _F.hash == _C.hash, _F.fate == "Set aside")
    for part in chunks(names):
        txn.conn.execute(delete(schema.issues).where(_C.source.in_(part), _C.hash.not_in(["", but]), not_(refused)))


def mend_issues(
    txn: Txn,
    table: str,
    keys: Iterable[str],
    this: tuple[str, str],
    mends: Callable[[str, str, str, str], bool] = lambda *_fault: True,
) -> set[tuple[str, str]]:
    """Rows of a file that came in now, with another one than `this`, are no longer at fault; returns those files.

    `mends` tells of a fault's table, key, customer and column whether it is mended. The rows of a file with sound rows
    that were not taken either stay at fault, and a workbook's.
    """
    whole = exists().where(_F.file == _C.source, _F.hash == _C.hash, _F.untaken != "")
    touched: set[tuple[str, str]] = set()
    for part in chunks(keys):
        mended = (_C.table == table, _C.key.in_(part), _C.hash != "", not_(_of(*this)), not_(whole))
        columns = (_C.source, _C.hash, _C.key, _C.customer, _C.column)
        for row in txn.conn.execute(select(*columns).where(*mended).distinct()).all():
            if mends(table, row.key, row.customer, row.column):
                touched.add((row.source, row.hash))
                at = (_of(row.source, row.hash), _C.table == table, _C.key == row.key, _C.column == row.column)
                txn.conn.execute(delete(schema.issues).where(*at))
    return touched


def places_of_twins(conn: Connection) -> dict[tuple[str, str], str]:
    """Where those files lie, by name and hash, of which another of the same name is at fault too."""
    files = [tuple(row) for row in conn.execute(select(_C.source, _C.hash).where(_C.hash != "").distinct())]
    times = Counter(source for source, _ in files)
    twins = [source for source, number in times.items() if number > 1]
    found: dict[tuple[str, str], str] = {}
    for part in chunks(twins):
        lying = select(_F.file, _F.hash, _F.stored_as).where(_F.file.in_(part), _F.stored_as != "")
        found |= {(row.file, row.hash): row.stored_as for row in conn.execute(lying)}
    return found


def _of(source: str, sha256: str) -> ColumnElement[bool]:
    return and_(_C.source == source, _C.hash == sha256)


def _by_place(issues: Iterable[Issue]) -> dict[_Place, Issue]:
    """Each fault by its place and its turn among the faults there; the same fault counts once."""
    turns: Counter[tuple[str, str, str]] = Counter()
    found: dict[_Place, Issue] = {}
    for issue in dict.fromkeys(issues):
        place = (issue.sheet, issue.cell, issue.column)
        found[*place, turns[place]] = issue
        turns[place] += 1
    return found


def keys_at_fault(conn: Connection, table: str) -> set[str]:
    """The keys of the table's rows at fault in a workbook, whatever that was called: a table stands in one alone."""
    return set(conn.execute(select(_C.key).where(_C.table == table, _C.hash == "")).scalars())


def issues_beside(conn: Connection) -> list[Issue]:
    """The open faults that stand in `Check` beside the rows that the ledger holds.

    Not what is wrong with an order in a file: whoever sent it may have nothing to do with the order of that number.
    """
    return [*_issues(conn, or_(_C.hash == "", _C.table.not_in(("Orders", "OrderLines"))))]


def open_issues(conn: Connection) -> list[Issue]:
    """All open faults."""
    return [*_issues(conn)]


def _issues(conn: Connection, *where: ColumnElement[bool]) -> Iterator[Issue]:
    order = (_C.source, _C.hash, _C.sheet, _C.row, _C.cell, _C.column, _C.nth)
    names = ("source", "sheet", "cell", "column", "row", "value", "problem", "fix", "table", "key")
    for row in conn.execute(select(schema.issues).where(*where).order_by(*order)):
        yield Issue(*(row._mapping[name] for name in names))
