"""A flat order list, one row per line with its order's columns repeated: split into orders and their lines."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import ne
from typing import Any

from o2c_xl.tables.check.batches import order_of_each
from o2c_xl.tables.check.reading import read_blocks
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.batch import Batch, Block, Needs
from o2c_xl.tables.parse.cells import CellFault, Fault
from o2c_xl.tables.parse.fault import quoted, seen
from o2c_xl.tables.parse.headers import header_key

__all__ = ["split_orders"]

_ORDERS = BY_NAME["Orders"]
_LINES = BY_NAME["OrderLines"]
_OWN = {column.header: column for column in (*_ORDERS.columns, *_LINES.columns)}
# Both tables in one: what they share (Order, Requested date) is the line's.
_FLAT = Table(_LINES.name, "the order list", _LINES.department, _LINES.about, tuple(_OWN.values()))
_BOTH = frozenset(column.field for column in _ORDERS.typed if column.field in _LINES.by_field)


@dataclass(frozen=True, slots=True)
class _Orders:
    """`heads` are the indexes of each order's first row; `parents` each row's order, by its place in `heads`."""

    heads: list[int]
    parents: list[int]


def split_orders(*blocks: Block) -> tuple[Batch, Batch]:
    """The orders and the lines of a file's lists; every fault is kept with the lines, at its own cell.

    `parents` of the lines says which order each belongs to, also where the sender gave orders no number but a
    reference. Raises CannotRun when the columns Order and Customer reference are both missing.
    """
    for block in blocks:
        _with_key_columns(block)
    lines = read_blocks(blocks, _FLAT, Needs.FILE)
    groups = _group(order_of_each(lines))
    columns = {name: values for name, values in lines.columns.items() if name in _ORDERS.by_field}
    kept: dict[str, list[Any]] = {}
    for name, values in columns.items():
        if name == "requested_date":
            kept[name] = _earliest(values, groups)
        elif name == "order":
            kept[name] = [values[head] for head in groups.heads]
        else:
            kept[name] = _agreed(lines, name, values, groups)
    orders = Batch(
        table=_ORDERS,
        source=lines.source,
        sheet=lines.sheet,
        columns=kept,
        rows=[lines.rows[head] for head in groups.heads],
        letters={name: lines.letters[name] for name in kept},
        missing=tuple(name for name in lines.missing if name in _ORDERS.by_field),
        near=lines.near,
        called=lines.called,
        cells=lines.cells,
        parts=lines.parts,
        part_of=[lines.part_of[head] for head in groups.heads] if lines.parts else [],
    )
    _narrow(lines, groups)
    return orders, lines


def _with_key_columns(block: Block) -> None:
    """A list without line numbers gets an empty column for them; one without orders' numbers if references stand in."""
    named = set(map(header_key, block.headers))
    wanted = ["Order", "Line"] if header_key("Customer reference") in named else ["Line"]
    for header in wanted:
        if header_key(header) not in named:
            block.headers = [*block.headers, header]
            block.columns.append([None] * len(block.rows))
            block.letters = [*block.letters, ""]


def _narrow(lines: Batch, groups: _Orders) -> None:
    """Leave the lines only what is theirs."""
    lines.table = _LINES
    lines.parents = groups.parents
    lines.columns = {
        name: values for name, values in lines.columns.items() if name in _BOTH or name not in _ORDERS.by_field
    }
    lines.missing = tuple(name for name in lines.missing if name in _LINES.by_field)
    lines.sort_issues()


def _group(names: Sequence[Hashable]) -> _Orders:
    first = dict(zip(reversed(names), range(len(names) - 1, -1, -1), strict=True))
    heads = sorted(first.values())
    place = {names[head]: i for i, head in enumerate(heads)}
    return _Orders(heads, [place[name] for name in names])


def _agreed(lines: Batch, name: str, values: Sequence[Any], groups: _Orders) -> list[Any]:
    """The order's value: what its rows say, empty cells aside; the first that says otherwise is at fault."""
    agreed = [values[head] for head in groups.heads]
    where = list(groups.heads)
    expected = map(agreed.__getitem__, groups.parents)
    differing = [i for i, other in enumerate(map(ne, expected, values)) if other]
    column, told = _FLAT.by_field[name], set()
    for i in differing:
        parent, value = groups.parents[i], values[i]
        if value is None or value == agreed[parent]:
            continue
        if agreed[parent] is None:
            agreed[parent], where[parent] = value, i
        elif parent not in told:
            told.add(parent)
            cell = lines.address(where[parent], name, i)
            problem = f"{quoted(value)} differs from {quoted(agreed[parent])} in {cell}, though it is the same order."
            fix = "Write the same in every row of the order, or give the rows another order number."
            lines.mark(column, CellFault(i, seen(value), Fault(problem, fix)))
    return agreed


def _earliest(dates: Sequence[date | None], groups: _Orders) -> list[date | None]:
    """The earliest date that any of the order's lines asks for."""
    found: list[date | None] = [None] * len(groups.heads)
    for parent, day in zip(groups.parents, dates, strict=True):
        known = found[parent]
        if day is not None and (known is None or day < known):
            found[parent] = day
    return found
