"""What a typed row means for tables whose rows are kept as they are: master data, warehouse slips, payments.

One rule per table, as data: which ledger table holds its rows, what may not be changed any more, and a check of
its own. Orders and purchase orders are units of several rows and have modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Table, select

from o2c_xl.domain.keys import fold
from o2c_xl.domain.money import trimmed
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Source, Txn
from o2c_xl.tables.check.batches import lacking, unknown_values
from o2c_xl.tables.check.faulty import faulty_rows
from o2c_xl.tables.check.places import refuse_odd_places
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import field_of
from o2c_xl.tables.known.rows import Key, Known, existing_rows
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.fault import seen
from o2c_xl.tables.parse.keys import other_case
from o2c_xl.tables.parse.rowset import STAND_IN, RowSet

__all__ = ["Rule", "refuse_other_case", "take_rows"]


@dataclass(frozen=True)
class Rule:
    """How rows of one table are taken.

    `locked` tells why a row that exists may not be changed any more (`None` = it may), `mend` how what is wrong in
    it is put right then, and `free` which of its fields may be changed all the same: the row is looked at again,
    and where it was posted from stays. `again` finds the keys of a file's rows without one that the ledger knows
    (by index). `fills` are fields the
    program fills when they are left empty: an empty cell then says nothing new. `check` adds faults of the
    table's own; `gate` looks at the sound rows once more: it may put an old value back in place, and gives further
    columns of a row by its index; `new` is False where only Python makes rows and staff fill some of their cells;
    `source` says that the ledger keeps file, sheet and row beside it.
    """

    kept_in: Table
    event: str
    new: bool = True
    source: bool = False
    locked: Callable[[Row[Any]], str | None] = lambda _row: None
    mend: str = ""
    free: Callable[[Row[Any]], frozenset[str]] = lambda _row: frozenset()
    again: Callable[[Txn, Batch, Sequence[int]], Mapping[int, str]] = lambda *_: {}
    fills: frozenset[str] = frozenset()
    check: Callable[[Txn, RowSet, Policy], None] = lambda _txn, _rows, _policy: None
    gate: Callable[[Txn, Batch, Policy, Known], Mapping[int, Mapping[str, Any]]] = lambda *_: {}
    defaults: Mapping[str, Any] = field(default_factory=dict)


def take_rows(txn: Txn, rows: Batch, policy: Policy, rule: Rule) -> int:
    """Insert new rows and change existing ones; returns how many were changed. Faults go to `rows.issues`."""
    unnumbered = _stand_in(rows, {} if rows.shared else rule.again(txn, rows, _keyless(rows)))
    refuse_unknown_codes(txn, rows)
    existing = existing_rows(txn, rule.kept_in, rows)
    refuse_odd_places(txn, rows, policy, existing)
    rule.check(txn, rows, policy)
    if not rows.shared:
        lacking(rows, [i for i in range(len(rows)) if rows.key(i) not in existing])
    if rule.new:
        refuse_other_case(txn, rows, rule.kept_in, existing)
    bad = set(rows.bad)
    _give_keys(txn, rows, {i: i in bad for i in unnumbered})
    more = rule.gate(txn, rows, policy, existing)
    news: list[dict[str, Any]] = []
    changes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for index in range(len(rows)):
        if index in bad:
            continue
        old = existing.get(rows.key(index))
        if old is None:
            _take_new(txn, rows, rule, (index, more.get(index, {})), news)
        else:
            _take_change(txn, rows, rule, (index, old, more.get(index, {})), changes)
    txn.insert(rule.kept_in, news)
    for group in changes.values():
        txn.update(rule.kept_in, group)
    return len(news) + sum(len(group) for group in changes.values())


def _keyless(rows: RowSet) -> list[int]:
    """The rows without a key, of a table whose keys Python may give."""
    if not rows.table.gives_key or len(rows.table.keys) != 1:
        return []
    return [index for index, key in enumerate(rows.columns[rows.table.keys[0].field]) if key is None]


def _stand_in(rows: RowSet, known: Mapping[int, str]) -> list[int]:
    """Give rows without a key the one they are known by, else one that tells them apart while they are checked."""
    empty = _keyless(rows)
    keys = rows.columns[rows.table.keys[0].field]
    for index in empty:
        keys[index] = known.get(index) or f"{STAND_IN}{index}"
    return [index for index in empty if index not in known]


def _give_keys(txn: Txn, rows: RowSet, unnumbered: Mapping[int, bool]) -> None:
    """Number the rows that stood without a key; one at fault (True) gets none, so no number is given in vain."""
    if not unnumbered:
        return
    keys = rows.columns[rows.table.keys[0].field]
    typed = set(keys)
    for index in unnumbered:
        keys[index] = None
    for index in (index for index, bad in unnumbered.items() if not bad):
        keys[index] = txn.number(rows.table.gives_key, typed)


def refuse_other_case(txn: Txn, rows: RowSet, table: Table, existing: Mapping[Key, Row[Any]]) -> None:
    """A new key that differs from a known one only in case is a fault that names the known one.

    Of several keys the first counts, such as the name of a price list; one that another table gives is asked for there.
    """
    first = rows.table.keys[0]
    new = {i for i in range(len(rows)) if rows.key(i) not in existing}
    if not new or (first.feeds and len(rows.table.keys) > 1):
        return
    known = [str(key) for key in txn.conn.execute(select(table.c[first.field]).distinct()).scalars()]
    like = {fold(key): key for key in known}
    strange = {str(rows.columns[first.field][i]) for i in new} - set(known)
    for i in new:
        key = str(rows.columns[first.field][i])
        if key in strange and fold(key) in like:
            fault = other_case(key, like[fold(key)])
            rows.fault(i, first.field, fault.problem, fault.fix)


def refuse_unknown_codes(txn: Txn, rows: Batch) -> None:
    """A code that its table does not know is a fault at its cell, with the nearest known one."""
    for name in rows.fields:
        feeds = rows.table.by_field[name].feeds
        if not feeds:
            continue
        table, _, header = feeds.partition(".")
        column = schema.metadata.tables[field_of(BY_NAME[table].title)].c[field_of(header)]
        own = _codes(rows, column.name) if table == rows.table.name else set()
        own -= {key for of, key in rows.faulty if of == rows.table.name}
        used = _codes(rows, name) - own
        strange = used - {row[0] for row in rows_by_key(txn.conn, [column], column, used)}
        if strange:
            everything = own | set(txn.conn.execute(select(column)).scalars())
            unknown_values(rows, name, everything, faulty_rows(txn, rows, table, strange))


def _codes(rows: RowSet, name: str) -> set[str]:
    return {value for value in rows.columns[name] if value is not None}


def _kept(value: object, column: object) -> object:
    """An empty cell is '' in a text column and NULL elsewhere."""
    if value is None and not getattr(column, "nullable", True):
        return ""
    return value


def _take_new(
    txn: Txn, rows: RowSet, rule: Rule, found: tuple[int, Mapping[str, Any]], news: list[dict[str, Any]]
) -> None:
    index, more = found
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
    news.append({**values, **more, **rule.defaults, **_trace(rule, rows, index, entry)})


def _take_change(
    txn: Txn,
    rows: RowSet,
    rule: Rule,
    found: tuple[int, Row[Any], Mapping[str, Any]],
    changes: dict[tuple[str, ...], list[dict[str, Any]]],
) -> None:
    index, old, more = found
    key_fields = {column.field for column in rows.table.keys}
    typed = {column.field for column in rows.table.typed}
    changed: dict[str, Any] = {}
    for name, values in rows.columns.items():
        if name in key_fields or name not in typed:
            continue
        new = _kept(values[index], rule.kept_in.c[name])
        if new != getattr(old, name) and not (name in rule.fills and new in (None, "")):
            changed[name] = new
    changed |= {name: value for name, value in more.items() if getattr(old, name) != value}
    if not changed:
        return
    fixed = [name for name in changed if name not in rule.free(old)]
    reason = rule.locked(old)
    if reason and fixed:
        back = put_back(getattr(old, fixed[0]))
        rows.fault(index, fixed[0], f"it cannot be changed: {reason}", f"{back} {rule.mend}".strip())
        return
    entry = txn.record(rule.event, rows.key_text(index), changed, source=_where(rows, index))
    keys = dict(zip((c.field for c in rows.table.keys), rows.key(index), strict=True))
    row = {**keys, **changed, **rule.defaults, **({} if reason else _trace(rule, rows, index, entry))}
    changes.setdefault(tuple(row), []).append(row)


def put_back(value: object) -> str:
    """How a cell that may not change is mended: what to type there, as the ledger holds it."""
    before = seen(_plain(value))
    return f"Type {before} back." if before else "Empty the cell."


def _plain(value: object) -> object:
    return trimmed(value) if isinstance(value, Decimal) else value


def _where(rows: RowSet, index: int) -> Source:
    return Source(rows.source, rows.sheet_of(index), rows.rows[index])


def _trace(rule: Rule, rows: RowSet, index: int, entry: int) -> dict[str, Any]:
    if not rule.source:
        return {}
    letters = " ".join(f"{name}={letter}" for name, letter in rows.letters_of(index).items())
    place = {"source": rows.source, "sheet": rows.sheet_of(index), "row": rows.rows[index]}
    return {**place, "letters": letters, "entry": entry}


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}
