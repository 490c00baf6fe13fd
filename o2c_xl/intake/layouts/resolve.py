"""Looks up names that stand in a partner's file instead of our keys; done where the ledger is, before taking.

A name is known when it is one row's, without regard to case and space. One that nobody has, or several have, is a
fault at its cell with the nearest names: a wrong product is worse than a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, func, select

from o2c_xl.intake.layouts.spec import LOOKUPS
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.check.batches import check_keys
from o2c_xl.tables.check.other_lists import check_other_lists
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import field_of
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.cells import CellFault, Fault
from o2c_xl.tables.parse.fault import quoted
from o2c_xl.tables.parse.headers import header_key

__all__ = ["resolve"]

_NEAREST = 3
_SEARCHED = 20_000  # names among which the nearest are sought
_MOST_SOUGHT = 200  # faults for which they are sought


def resolve(batches: Sequence[Batch], txn: Txn | Connection) -> None:
    """Put our keys in the place of names, in every batch that has some; faults go to the batch.

    With the names of one supplier's own articles, a `Supplier ID` of the same row narrows the search.
    """
    conn = txn.conn if isinstance(txn, Txn) else txn
    before: list[Batch] = []
    for batch in batches:
        named = dict(batch.by_name)
        batch.by_name.clear()
        for name, way in named.items():
            _resolve(conn, batch, name, way)
        if named:
            _check_again(batch, before)
        before.append(batch)


def _check_again(batch: Batch, before: Sequence[Batch]) -> None:
    """Two names may turn out to be one key; what was marked before is not marked twice."""
    known = len(batch.issues)
    marked = {(issue.sheet, issue.row, issue.cell, issue.column) for issue in batch.issues}
    check_keys(batch)
    check_other_lists(before, [batch])
    batch.issues[known:] = [i for i in batch.issues[known:] if (i.sheet, i.row, i.cell, i.column) not in marked]
    batch.sort_issues()


def _resolve(conn: Connection, batch: Batch, name: str, way: str) -> None:
    values = batch.columns[name]
    wanted = sorted({value for value in values if value is not None})
    known = _keys_of(conn, way, wanted)
    faults: dict[str, Fault] = {}
    nearest = _Nearest(conn, way)
    for value in wanted:
        keys = known.get(header_key(value), [])
        if len(keys) != 1:
            faults[value] = _fault(value, keys, way, nearest)
    column = batch.table.by_field[name]
    for i, value in enumerate(values):
        if value in faults:
            batch.mark(column, CellFault(i, value, faults[value]))
    # A name that leads nowhere is said once, here: it stays only where the row is recognised by it.
    found = {value: known[header_key(value)][0] for value in wanted if value not in faults}
    batch.columns[name] = [found.get(value, value if column.key else None) for value in values]
    batch.sort_issues()


def _fault(value: str, keys: Sequence[str], way: str, nearest: _Nearest) -> Fault:
    table, _, header = way.partition(".")
    title = BY_NAME[table].title
    if keys:
        shown = ", ".join(sorted(keys)[:_NEAREST])
        problem = f"{quoted(value)} is the {header} of several rows of {title}: {shown}."
        return Fault(problem, f"Give the {LOOKUPS[way]} itself, or tell them apart by their {header}.")
    near = nearest.to(value)
    hint = f" The nearest: {'; '.join(near)}." if near else ""
    problem = f"{quoted(value)} is no {header} in {title}.{hint}"
    return Fault(problem, f"Write it as in {title}, or add it there first.")


def _keys_of(conn: Connection, way: str, wanted: Sequence[str]) -> dict[str, list[str]]:
    """Our keys by name as `header_key` gives it; only the names asked for are read."""
    table, _, header = way.partition(".")
    kept = schema.metadata.tables[field_of(BY_NAME[table].title)]
    name, key = kept.c[field_of(header)], kept.c[field_of(LOOKUPS[way])]
    asked = {header_key(value) for value in wanted}
    found: dict[str, set[str]] = {}
    # The database's lower() knows ASCII alone, in SQLite; names beyond it are found as they are written.
    for part in chunks(sorted({*wanted, *(value.lower() for value in wanted)})):
        for row in conn.execute(select(key, name).where(name.in_(part) | func.lower(name).in_(part))):
            found.setdefault(header_key(row[1]), set()).add(row[0])
    if asked - found.keys():
        for one, other in _all_names(conn, way):
            if header_key(other) in asked:
                found.setdefault(header_key(other), set()).add(one)
    return {folded: sorted(keys) for folded, keys in found.items()}


def _all_names(conn: Connection, way: str) -> Iterator[tuple[str, str]]:
    table, _, header = way.partition(".")
    kept = schema.metadata.tables[field_of(BY_NAME[table].title)]
    name, key = kept.c[field_of(header)], kept.c[field_of(LOOKUPS[way])]
    for row in conn.execute(select(key, name).where(name != "")):
        yield row[0], row[1]


class _Nearest:
    """The names nearest to one that is not known; all names are read once, at the first question."""

    def __init__(self, conn: Connection, way: str) -> None:
        self.conn, self.way = conn, way
        self.names: Mapping[str, str] | None = None
        self.asked = 0

    def to(self, value: str) -> list[str]:
        from rapidfuzz import fuzz, process  # noqa: PLC0415 -- only where a name is unknown

        self.asked += 1
        if self.asked > _MOST_SOUGHT:
            return []
        if self.names is None:
            pairs = [
                (key, name) for (key, name), _ in zip(_all_names(self.conn, self.way), range(_SEARCHED), strict=False)
            ]
            self.names = {f"{name} ({key})": header_key(name) for key, name in pairs}
        near = process.extract(header_key(value), self.names, scorer=fuzz.WRatio, score_cutoff=60, limit=_NEAREST)
        return [label for _, _, label in near]
