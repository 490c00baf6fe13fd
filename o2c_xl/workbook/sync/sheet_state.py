"""What a sheet holds: each row of a table as one canonical text, found by its key.

The same shape comes from reading a workbook, from the ledger's memory of how it was last left, and from what the
ledger wants shown; so rows compare as texts, and only those that differ are ever taken apart.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.tables.parse.cells import Fault, parse_cell
from o2c_xl.tables.show.shown import CellValue, cell_out
from o2c_xl.tables.show.views import RawView
from o2c_xl.workbook.fingerprint import BAD, FORMULA, MARKS, SEPARATOR, text_of, value_of
from o2c_xl.workbook.patch.new_rows import NewRows

__all__ = ["REWRITTEN", "SheetRow", "SheetState", "Wanted", "firsts_of", "state_from_seen", "state_of", "wanted_rows"]

# Lists whose order tells something and whose rows come and go: written row by row from the top, keyed by their place.
REWRITTEN = frozenset({"Waiting", "Issues", "Log"})

_MARKS = "#'@"
_UNLIKE = frozenset("#'@?=! ")  # marks of canonical texts, and what is trimmed
_AS_TYPED = frozenset({Kind.CODE, Kind.TEXT, Kind.LINE})
_NOTHING = (None, "")
_BREAK = "\n"


class SheetRow(NamedTuple):
    """One row: its Excel row number and its cells in the table's column order, as one text."""

    row: int
    text: str

    @property
    def cells(self) -> list[str]:
        """The canonical texts of the cells (`''` where empty or where the sheet has no such column)."""
        return self.text.split(SEPARATOR)


@dataclass(slots=True)
class SheetState:
    """A table as its sheet shows it.

    `present` are the headers the sheet has; `keyless` rows hold something but no key; `repeated` rows bring a key
    a second time, one of those in `twice`.
    """

    table: Table
    present: frozenset[str]
    rows: dict[str, SheetRow] = field(default_factory=dict)
    keyless: list[SheetRow] = field(default_factory=list)
    repeated: list[SheetRow] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)

    def whole(self, refused: Collection[int]) -> bool:
        """Whether the ledger remembers all that the sheet shows: every row has its key, and none is refused."""
        return not (refused or self.keyless or self.repeated)

    def rename(self, keys: Mapping[str, str]) -> None:
        """Let rows bear their new keys, given by their old ones."""
        if keys:
            self.rows = {keys.get(key, key): row for key, row in self.rows.items()}

    def every_row(self) -> Iterator[SheetRow]:
        """All rows that hold anything, whatever their key."""
        yield from self.rows.values()
        yield from self.keyless
        yield from self.repeated


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


def _keys(table: Table, columns: Sequence[Sequence[str]]) -> Sequence[str]:
    """The keys of all rows, given their columns' texts; where Python fills them, one may stay empty, as a hash."""
    parts = [_as_read(column, columns[i]) for i, column in enumerate(table.columns) if column.key]
    if len(parts) == 1:
        return parts[0]
    given = all if any(column.typed for column in table.keys) else any
    return ["/".join(row) if given(row) else "" for row in zip(*parts, strict=True)]


def _as_read(column: Column, texts: Sequence[str]) -> Sequence[str]:
    """One key column as the parser reads it, so that what it takes for a key is found under that key."""
    joined = "".join(texts)
    plain = joined.isascii() and joined.isprintable() and not any(sign in joined for sign in _UNLIKE)
    if plain and column.kind in _AS_TYPED:
        return texts
    memo = {text: _key(column, text) for text in set(texts)}
    return list(map(memo.__getitem__, texts))


def _key(column: Column, text: str) -> str:
    """One part of a key; what is at fault there stands for itself, but what is no value is no key."""
    if text.startswith(BAD):
        return ""
    if text and not text.startswith(FORMULA):
        parsed = parse_cell(column, value_of(text))
        if parsed.__class__ is not Fault:
            text = text_of(cell_out(column, parsed))
    return text[1:] if text and text[0] in _MARKS else text


def state_of(table: Table, present: Iterable[str], first_row: int, columns: Sequence[Sequence[str]]) -> SheetState:
    """Sort rows, given as columns of texts, by their keys; blank rows are passed over but in rewritten lists."""
    state = SheetState(table, frozenset(present))
    joined = map(SEPARATOR.join, zip(*columns, strict=True))
    rows = [SheetRow(number, text) for number, text in enumerate(joined, first_row)]
    if table.name in REWRITTEN:
        state.rows = {str(row.row): row for row in rows}
        return state
    blank = SEPARATOR * (len(columns) - 1)
    for key, row in zip(_keys(table, columns), rows, strict=True):
        if not key:
            if row.text != blank:
                state.keyless.append(row)
        elif key in state.rows:
            state.repeated.append(row)
            state.twice.add(key)
        else:
            state.rows[key] = row
    return state


def state_from_seen(table: Table, present: Iterable[str], seen: Iterable[tuple[str, int, str]]) -> SheetState:
    """The state as the ledger remembers it, from (key, row, text)."""
    state = SheetState(table, frozenset(present))
    state.rows = {key: SheetRow(row, text) for key, row, text in seen}
    return state


def firsts_of(table: Table, keys: Iterable[str]) -> list[str]:
    """What may stand in the first key column of rows with these keys: a part of a key may hold a `/` itself."""
    if len(table.keys) == 1:
        return list(keys)
    cut = (key[:at] for key in keys for at, char in enumerate(key) if char == "/")
    return list(dict.fromkeys(cut))


def wanted_rows(table: Table, view: RawView) -> Wanted:
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
    keys = [str(place) for place in range(len(view.rows))] if table.name in REWRITTEN else _keys(table, columns)
    texts = dict(zip(keys, map(SEPARATOR.join, zip(*columns, strict=True)), strict=True))
    return Wanted(table, texts, dict(zip(keys, view.rows, strict=True)), readers)


def _texts(column: Column, values: Sequence[Any], reader: Callable[[Any], Any] | None) -> Sequence[str]:
    if reader is None and column.kind in _AS_TYPED and _plain_texts(values):
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
