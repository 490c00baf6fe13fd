"""What a sheet holds: each row of a table as canonical texts, found by its key.

The same shape comes from reading a workbook and from the ledger's memory of how it was last left, so that a
workbook whose bytes have not changed need not be read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from o2c_xl.tables.shown import cell_out
from o2c_xl.tables.spec import Table
from o2c_xl.workbook.fingerprint import SEPARATOR, column_texts

__all__ = ["REWRITTEN", "SheetRow", "SheetState", "Wanted", "key_of", "state_from_seen", "state_of", "wanted_rows"]

Cells = tuple[str, ...]
# Lists whose order tells something and whose rows come and go: written row by row from the top, keyed by their place.
REWRITTEN = frozenset({"Waiting", "Issues", "Log"})


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its Excel row number and its cells in the table's column order (`''` where a column is missing)."""

    row: int
    cells: Cells


@dataclass(slots=True)
class SheetState:
    """A table as its sheet shows it.

    `present` are the headers the sheet has; `keyless` rows hold something but no key; `repeated` rows bring a key
    a second time; `guarded` rows carry something in columns of people's own.
    """

    table: Table
    present: frozenset[str]
    rows: dict[str, SheetRow] = field(default_factory=dict)
    keyless: list[SheetRow] = field(default_factory=list)
    repeated: list[SheetRow] = field(default_factory=list)
    guarded: frozenset[int] = frozenset()

    def every_row(self) -> Iterator[SheetRow]:
        """All rows that hold anything, whatever their key."""
        yield from self.rows.values()
        yield from self.keyless
        yield from self.repeated


@dataclass(slots=True)
class Wanted:
    """A table as the ledger wants it shown: per key the values and their canonical texts, `Check` left empty."""

    table: Table
    values: dict[str, tuple[Any, ...]]
    cells: dict[str, Cells]


def key_of(table: Table, cells: Sequence[str]) -> str:
    """The row's key as text; empty when a part is missing. A line number typed as a number is the same line."""
    parts = [cells[i] for i in _key_places(table)]
    if not all(parts):
        return ""
    return "/".join(part[1:] if part[0] in "#'@" else part for part in parts)


def _key_places(table: Table) -> tuple[int, ...]:
    return tuple(i for i, column in enumerate(table.columns) if column.key)


def state_of(table: Table, present: Iterable[str], rows: Iterable[SheetRow]) -> SheetState:
    """Sort rows by their keys; blank rows are passed over, but in lists that Python rewrites as a whole."""
    state = SheetState(table, frozenset(present))
    if table.name in REWRITTEN:
        state.rows = {str(row.row): row for row in rows}
        return state
    places = _key_places(table)
    single = places[0] if len(places) == 1 else None
    for row in rows:
        if single is not None and (first := row.cells[single]) and first[0] not in "#'@":
            key = first
        else:
            key = key_of(table, row.cells)
        if not key:
            if any(row.cells):
                state.keyless.append(row)
        elif key in state.rows:
            state.repeated.append(row)
        else:
            state.rows[key] = row
    return state


def state_from_seen(table: Table, present: Iterable[str], seen: Iterable[tuple[str, int, str]]) -> SheetState:
    """The state as the ledger remembers it, from (key, row, joined cells)."""
    state = SheetState(table, frozenset(present))
    for key, row, joined in seen:
        state.rows[key] = SheetRow(row, tuple(joined.split(SEPARATOR)))
    return state


def wanted_rows(table: Table, fields: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Wanted:
    """The view's rows with their canonical texts, column by column."""
    place = {name: i for i, name in enumerate(fields)}
    by_column: list[list[str]] = []
    value_columns: list[list[Any]] = []
    for column in table.columns:
        if column.field in place:
            i = place[column.field]
            memo: dict[Any, Any] = {}
            values = []
            for row in rows:
                value = row[i]
                out = memo.get(value, memo)
                if out is memo:
                    out = memo[value] = cell_out(column, value)
                values.append(out)
        else:
            values = [None] * len(rows)
        value_columns.append(values)
        by_column.append(column_texts(values))
    cells = list(zip(*by_column, strict=True)) if rows else []
    keys = [key_of(table, row) for row in cells]
    values_by_key = dict(zip(keys, zip(*value_columns, strict=True), strict=True)) if rows else {}
    return Wanted(table, values_by_key, dict(zip(keys, cells, strict=True)))
