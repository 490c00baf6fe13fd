"""What a typed row means for tables whose rows are kept as they are: master data, warehouse slips, payments.

One rule per table, as data: which ledger table holds its rows, what may not be changed any more, and a check of
its own. Orders and purchase orders are units of several rows and have modules of their own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Row, Table, select, tuple_

from o2c_xl.domain.settings import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Source, Txn
from o2c_xl.tables.catalogue import BY_NAME
from o2c_xl.tables.rowset import RowSet
from o2c_xl.tables.spec import field_of

__all__ = ["Rule", "existing_rows", "fold", "known_codes", "take_rows"]

_CHUNK = 400
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Rule:
    """How rows of one table are taken.

    `locked` tells why a row that exists may not be changed any more (`None` = it may); `check` adds faults of the
    table's own; `new` is False where only Python makes rows and staff fill some of their cells; `source` says
    that the ledger keeps file, sheet and row beside it.
    """

    kept_in: Table
    event: str
    new: bool = True
    source: bool = False
    locked: Callable[[Row[Any]], str | None] = lambda _row: None
    check: Callable[[Txn, RowSet, Policy], None] = lambda _txn, _rows, _policy: None
    defaults: Mapping[str, Any] = field(default_factory=dict)


def fold(text: str) -> str:
    """How keys compare when only case differs."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def take_rows(txn: Txn, rows: RowSet, policy: Policy, rule: Rule) -> int:
    """Insert new rows and change existing ones; returns how many were changed. Faults go to `rows.issues`."""
    give_keys(txn, rows)
    rule.check(txn, rows, policy)
    refuse_unknown_codes(txn, rows)
    existing = existing_rows(txn, rule.kept_in, rows)
    if rule.new:
        refuse_other_case(txn, rows, rule.kept_in, existing)
    bad = {issue.row for issue in rows.issues}
    news: list[dict[str, Any]] = []
    changes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for index, row_no in enumerate(rows.rows):
        if row_no in bad:
            continue
        old = existing.get(rows.key(index))
        if old is None:
            _take_new(txn, rows, rule, index, news)
        else:
            _take_change(txn, rows, rule, (index, old), changes)
    txn.insert(rule.kept_in, news)
    for group in changes.values():
        txn.update(rule.kept_in, group)
    return len(news) + sum(len(group) for group in changes.values())


def give_keys(txn: Txn, rows: RowSet) -> None:
    """Fill empty keys of a shared workbook from the table's number series, in place."""
    if not rows.shared or not rows.table.gives_key or len(rows.table.keys) != 1:
        return
    keys = rows.columns[rows.table.keys[0].field]
    for index, key in enumerate(keys):
        if key is None:
            keys[index] = txn.number(rows.table.gives_key)


def existing_rows(txn: Txn, table: Table, rows: RowSet) -> dict[Key, Row[Any]]:
    """Rows of the ledger with the keys of these rows."""
    names = [column.field for column in rows.table.keys]
    keys = list(dict.fromkeys(rows.key(i) for i in range(len(rows))))
    columns = [table.c[name] for name in names]
    found: dict[Key, Row[Any]] = {}
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        where = columns[0].in_([key[0] for key in part]) if len(names) == 1 else tuple_(*columns).in_(part)
        for row in txn.conn.execute(select(table).where(where)):
            found[tuple(row._mapping[name] for name in names)] = row
    return found


def refuse_other_case(txn: Txn, rows: RowSet, table: Table, existing: Mapping[Key, Row[Any]]) -> None:
    """A new key that differs from a known one only in case is a fault that names the known one."""
    first = rows.table.keys[0]
    new = {i for i in range(len(rows)) if rows.key(i) not in existing}
    if not new or len(rows.table.keys) > 1:
        return
    known = {fold(key): key for key in txn.conn.execute(select(table.c[first.field])).scalars()}
    for i in new:
        key = str(rows.columns[first.field][i])
        like = known.get(fold(key))
        if like is not None and like != key:
            rows.fault(
                i, first.field, f"'{key}' differs from {like} only in case.", f"Write {like}, or use another key."
            )


def known_codes(txn: Txn, feeds: str) -> set[str]:
    """All values of a column that feeds dropdowns, named as `Table.Header`."""
    name, header = feeds.split(".", 1)
    kept_in = schema.metadata.tables[field_of(_spaced(name))]
    return set(txn.conn.execute(select(kept_in.c[field_of(header)])).scalars())


def _spaced(name: str) -> str:
    return BY_NAME[name].title


def refuse_unknown_codes(txn: Txn, rows: RowSet) -> None:
    """A code that its table does not know is a fault at its cell, with the nearest known one."""
    for name in rows.fields:
        feeds = rows.table.by_field[name].feeds
        if not feeds:
            continue
        values = rows.columns[name]
        known = known_codes(txn, feeds)
        if feeds.startswith(f"{rows.table.name}."):
            known |= set(rows.columns[field_of(feeds.split(".", 1)[1])])
        for i, value in enumerate(values):
            if value is not None and value not in known:
                rows.fault(i, name, f"{value} is not in {BY_NAME[feeds.split('.')[0]].title}.", near(value, known))


def near(value: str, known: Iterable[str]) -> str:
    """How to mend an unknown code: the nearest known one, where there is one."""
    close = get_close_matches(str(value), [code for code in known if code], n=1, cutoff=0.6)
    return (
        f"Choose one from the list; the nearest is {close[0]}."
        if close
        else "Choose one from the list, or add it there first."
    )


def _kept(value: object, column: object) -> object:
    """An empty cell is '' in a text column and NULL elsewhere."""
    if value is None and not getattr(column, "nullable", True):
        return ""
    return value


def _take_new(txn: Txn, rows: RowSet, rule: Rule, index: int, news: list[dict[str, Any]]) -> None:
    if not rule.new:
        key = rows.table.keys[0]
        rows.fault(
            index, key.field, f"{rows.key_text(index)} is not known.", "Python makes these rows; leave this row out."
        )
        return
    values: dict[str, Any] = {}
    for column in rows.table.typed:
        given = rows.columns[column.field][index] if column.field in rows.columns else None
        values[column.field] = _kept(given, rule.kept_in.c[column.field])
    entry = txn.record(rule.event, rows.key_text(index), _told(values), source=_where(rows, index))
    news.append({**values, **rule.defaults, **_trace(rule, rows, index, entry)})


def _take_change(
    txn: Txn,
    rows: RowSet,
    rule: Rule,
    found: tuple[int, Row[Any]],
    changes: dict[tuple[str, ...], list[dict[str, Any]]],
) -> None:
    index, old = found
    key_fields = {column.field for column in rows.table.keys}
    typed = {column.field for column in rows.table.typed}
    changed: dict[str, Any] = {}
    for name, values in rows.columns.items():
        if name in key_fields or name not in typed:
            continue
        new = _kept(values[index], rule.kept_in.c[name])
        if new != old._mapping[name]:
            changed[name] = new
    if not changed:
        return
    if reason := rule.locked(old):
        rows.fault(
            index, next(iter(changed)), f"it cannot be changed: {reason}", "Put the old value back and enter a new row."
        )
        return
    entry = txn.record(rule.event, rows.key_text(index), changed, source=_where(rows, index))
    keys = dict(zip((c.field for c in rows.table.keys), rows.key(index), strict=True))
    row = {**keys, **changed, **rule.defaults, **_trace(rule, rows, index, entry)}
    changes.setdefault(tuple(row), []).append(row)


def _where(rows: RowSet, index: int) -> Source:
    return Source(rows.source, rows.sheet, rows.rows[index])


def _trace(rule: Rule, rows: RowSet, index: int, entry: int) -> dict[str, Any]:
    if not rule.source:
        return {}
    letters = " ".join(f"{name}={letter}" for name, letter in rows.letters.items())
    return {"source": rows.source, "sheet": rows.sheet, "row": rows.rows[index], "letters": letters, "entry": entry}


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def first_fields(rows: RowSet, names: Sequence[str]) -> str:
    """The first of these fields that the rows bring, else the key."""
    return next((name for name in names if name in rows.columns), rows.table.keys[0].field)
