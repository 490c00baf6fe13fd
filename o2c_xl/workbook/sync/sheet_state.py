"""What a sheet holds: each row of a table as one canonical text, found by its key.

The same shape comes from reading a workbook, from the ledger's memory of how it was last left, and from what the
ledger wants shown; so rows compare as texts, and only those that differ are ever taken apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.tables.parse.cells import Fault, parse_cell
from o2c_xl.tables.show.shown import cell_out
from o2c_xl.workbook.fingerprint import BAD, FORMULA, SEPARATOR, text_of, value_of

__all__ = ["REWRITTEN", "SheetRow", "SheetState", "keys_of", "state_from_seen", "state_of"]

# Lists whose order tells something and whose rows come and go: written row by row from the top, keyed by their place.
REWRITTEN = frozenset({"Waiting", "Issues", "Log"})

_MARKS = "#'@"
_UNLIKE = frozenset("#'@?=! ")  # marks of canonical texts, and what is trimmed
_AS_TYPED = frozenset({Kind.CODE, Kind.TEXT, Kind.LINE})


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


def keys_of(table: Table, columns: Sequence[Sequence[str]]) -> Sequence[str]:
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
    for key, row in zip(keys_of(table, columns), rows, strict=True):
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
