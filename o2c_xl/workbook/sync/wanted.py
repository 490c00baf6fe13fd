"""What the ledger wants a sheet to show, in the same texts as the sheet itself; see `sheet_state`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.tables.show.shown import CellValue, cell_out
from o2c_xl.tables.show.views import RawView, Scope, view_raw
from o2c_xl.workbook.fingerprint import MARKS, SEPARATOR, text_of
from o2c_xl.workbook.patch.new_rows import NewRows
from o2c_xl.workbook.sync.sheet_state import REWRITTEN, SheetRow, keys_of

__all__ = ["Wanted", "held_rows", "shown_rows"]

_TEXTS = frozenset({Kind.CODE, Kind.TEXT, Kind.LINE})
_NOTHING = (None, "")
_BREAK = "\n"


@dataclass(slots=True)
class Wanted:
    """A table as the ledger wants it shown: per key its canonical text, `Check` left empty, and its raw values."""

    table: Table
    texts: dict[str, str]
    raw: dict[str, tuple[Any, ...]]
    readers: dict[int, tuple[int, Callable[[Any], Any] | None]]
    made: dict[tuple[int, Any], CellValue] = field(default_factory=dict)

    def value(self, key: str, place: int) -> CellValue:
        """What the cell at that place of the table's columns is to show; each distinct value is made once."""
        if place not in self.readers:
            return None
        at, reader = self.readers[place]
        value = self.raw[key][at]
        if (place, value) not in self.made:
            self.made |= {(place, one): v for one, v in _made(self.table.columns[place], (value,), reader).items()}
        return self.made[place, value]

    def only(self, keys: Iterable[str]) -> Wanted:
        """The same of these keys alone, as far as the ledger has them."""
        texts = {key: self.texts[key] for key in keys if key in self.texts}
        return Wanted(self.table, texts, self.raw, self.readers)

    def emptied(self, rows: Mapping[str, SheetRow]) -> Wanted:
        """These rows of the sheet with nothing in them but their keys and what staff typed."""
        kept = [column.key or column.typed for column in self.table.columns]
        blank = (None,) * (1 + max((at for at, _ in self.readers.values()), default=0))
        texts = {
            key: SEPARATOR.join(cell if stays else "" for cell, stays in zip(row.cells, kept, strict=True))
            for key, row in rows.items()
        }
        return Wanted(self.table, texts, dict.fromkeys(rows, blank), self.readers)

    def joined(self, other: Wanted) -> Wanted:
        """These rows and those of another view of the same table."""
        return Wanted(self.table, self.texts | other.texts, dict(self.raw) | dict(other.raw), self.readers)

    def new_rows(self, keys: Sequence[str], headers: Mapping[int, str]) -> NewRows:
        """The rows of these keys as new ones of the sheet; `headers` by place of the table's columns."""
        rows = [self.raw[key] for key in keys]
        columns = {header: self._column(place, rows) for place, header in headers.items()}
        return NewRows(columns, len(rows))

    def _column(self, place: int, rows: Sequence[tuple[Any, ...]]) -> list[CellValue]:
        """What the cells at one place show; each distinct value is made once."""
        if place not in self.readers:
            return [None] * len(rows)
        at, reader = self.readers[place]
        values = [row[at] for row in rows]
        memo = _made(self.table.columns[place], values, reader)
        return [memo[value] for value in values]


def shown_rows(conn: Connection, table: Table, scope: Scope, keys: Iterable[str] | None = None) -> Wanted:
    """What the ledger shows of the table: of rows with these keys at least, else of all."""
    return _wanted(table, view_raw(conn, table, scope, None if keys is None else _firsts_of(table, keys)))


def held_rows(conn: Connection, table: Table, scope: Scope, keys: Iterable[str] | None = None) -> Wanted:
    """The same, however long ago they were closed."""
    return shown_rows(conn, table, replace(scope, since=None), keys)


def _firsts_of(table: Table, keys: Iterable[str]) -> list[str]:
    """What may stand in the first key column of rows with these keys: a part of a key may hold a `/` itself."""
    if len(table.keys) == 1:
        return list(keys)
    cut = (key[:at] for key in keys for at, char in enumerate(key) if char == "/")
    return list(dict.fromkeys(cut))


def _wanted(table: Table, view: RawView) -> Wanted:
    """The view's rows with their canonical texts; each distinct value of a column is made a text once."""
    place_of = {name: i for i, name in enumerate(view.fields)}
    readers = {
        place: (place_of[column.field], view.readers[place_of[column.field]])
        for place, column in enumerate(table.columns)
        if column.field in place_of
    }
    columns: list[Sequence[str]] = []
    by_column = list(zip(*view.rows, strict=True)) if view.rows else []
    for place, column in enumerate(table.columns):
        if place in readers and by_column:
            at, reader = readers[place]
            columns.append(_texts(column, by_column[at], reader))
        else:
            columns.append([""] * len(view.rows))
    # Of a rewritten list every row counts: a fault of a csv has no sheet, one of a whole file no cell.
    keys = [str(place) for place in range(len(view.rows))] if table.name in REWRITTEN else keys_of(table, columns)
    texts = dict(zip(keys, map(SEPARATOR.join, zip(*columns, strict=True)), strict=True))
    return Wanted(table, texts, dict(zip(keys, view.rows, strict=True)), readers)


def _texts(column: Column, values: Sequence[Any], reader: Callable[[Any], Any] | None) -> Sequence[str]:
    if reader is None and column.kind in _TEXTS and _plain_texts(values):
        return values
    memo = {value: text_of(cell) for value, cell in _made(column, values, reader).items()}
    return list(map(memo.__getitem__, values))


def _plain_texts(values: Sequence[Any]) -> bool:
    """Whether all values are texts that stand for themselves: at the speed of searching one long text."""
    try:
        joined = _BREAK + _BREAK.join(values)
    except TypeError:  # one of them is no text
        return False
    return SEPARATOR not in joined and not any(_BREAK + mark in joined for mark in MARKS)


def _made(column: Column, values: Sequence[Any], reader: Callable[[Any], Any] | None) -> dict[Any, CellValue]:
    """What a cell of the column shows for each distinct value of the ledger."""
    read = reader or (lambda value: value)
    return {value: cell_out(column, value if value in _NOTHING else read(value)) for value in set(values)}
