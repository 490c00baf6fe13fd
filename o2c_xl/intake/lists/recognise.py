"""Tells which table a list is: by the name it carries, by what the user says, or by its headers when only one fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.copies import plain_name
from o2c_xl.tables.define.catalogue import BY_NAME, TABLES, find_table
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.headers import header_key, nearest

__all__ = ["HEADER_ROWS", "Header", "Shape", "find_header", "no_fit", "shape_of", "table_of_file"]

HEADER_ROWS = 50  # a title, an address, a remark may stand above the header
_ENOUGH = 2  # headers that must be known before a row counts as a header of a table told by name
_LINES = frozenset({"sku", "quantity"})
_LINE = frozenset({"line"})
_ORDERS = frozenset({"customer id", "order date"})
# Columns of order lines alone: beside columns of orders they show a flat list, though a header be missing or misspelt.
_ONLY_LINES = frozenset(
    header_key(column.header)
    for column in BY_NAME["OrderLines"].typed
    if column.field not in BY_NAME["Orders"].by_field
)
_KNOWN = {table.name: frozenset(header_key(header) for header in table.headers) for table in TABLES}
_KEYS = {table.name: frozenset(header_key(column.header) for column in table.keys) for table in TABLES}
_TYPED = {
    table.name: frozenset(header_key(column.header) for column in table.typed if not column.key) for table in TABLES
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list is: rows of one table, or (`flat`) order lines that repeat their order's columns."""

    table: Table
    flat: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The tables it brings rows of."""
        return ("Orders", "OrderLines") if self.flat else (self.table.name,)


@dataclass(frozen=True, slots=True)
class Header:
    """The header row's place (from 0) in the rows that were looked at, and what it is a header of."""

    index: int
    shape: Shape
    whole: bool = True  # False: key columns are missing


def table_of_file(name: str) -> Table | None:
    """The table named by a file such as `Orders.csv`, `order lines.xlsx`; None for one that only Python fills."""
    plain = plain_name(name)
    table = find_table(plain.rpartition(".")[0] or plain)
    return table if table and table.typed else None


def find_header(rows: Sequence[Sequence[object]], told: Table | None) -> Header | None:
    """The header row among the first rows, of the table told or of the only one that fits.

    Of a table told by name the row is also taken when its keys are missing, so that they can be named.
    Raises CannotRun when headers fit several tables alike.
    """
    best: tuple[int, Header] | None = None
    for index, row in enumerate(rows[:HEADER_ROWS]):
        keys = {key for key in map(header_key, row) if key}
        if not keys:
            continue
        shape = shape_of(keys, told)
        if shape and (shape.flat or _KEYS[shape.table.name] <= keys):
            return Header(index, shape)
        count = len(keys & _KNOWN[told.name]) if told else 0
        if shape and count >= _ENOUGH and (best is None or count > best[0]):
            best = count, Header(index, shape, whole=False)
    return best[1] if best else None


def shape_of(keys: set[str], told: Table | None) -> Shape | None:
    """What these headers are the headers of; None when of nothing known. CannotRun when of several tables alike."""
    lines = keys >= _LINES or (told is None and keys & _ONLY_LINES and not keys & _LINE)
    flat = bool(lines and keys & _ORDERS)
    if flat and (told is None or told.name in ("Orders", "OrderLines")):
        return Shape(BY_NAME["Orders"], flat=True)
    if told:
        enough = keys >= _KEYS[told.name] and keys & _TYPED[told.name]
        return Shape(told) if enough or len(keys & _KNOWN[told.name]) >= _ENOUGH else None
    fitting = [table for table in TABLES if _fits(keys, table)]
    known = {table.name: keys & _KNOWN[table.name] for table in fitting}
    best = [t for t in fitting if not any(known[t.name] < known[other.name] for other in fitting)]
    if {table.name for table in best} == {"Orders", "OrderLines"}:
        return Shape(BY_NAME["Orders"], flat=True)  # what it lacks is said of its rows
    if len(best) > 1:
        names = " and ".join(table.name for table in best)
        raise CannotRun(f"The headers fit {names} alike; say which it is with --table.")
    return Shape(best[0]) if best else None


def _fits(keys: set[str], table: Table) -> bool:
    """A lone column of a key, such as Order, says too little; two of it and no others, such as User and Role, do."""
    key, rest = _KEYS[table.name], keys & _TYPED[table.name]
    return key <= keys and bool(rest or (table.typed and key == keys and len(key) >= _ENOUGH))


def no_fit(where: str, rows: Sequence[Sequence[object]]) -> CannotRun:
    """Why a list cannot be read: what its most likely table lacks."""
    likely: tuple[int, Table, dict[str, str]] | None = None
    for row in rows[:HEADER_ROWS]:
        keys = {key: str(cell).strip() for cell in row if (key := header_key(cell))}
        for table in TABLES:
            count = len(keys.keys() & _KNOWN[table.name]) if table.typed else 0
            if count >= _ENOUGH and (likely is None or count > likely[0]):
                likely = count, table, keys
    if likely is None:
        return CannotRun(
            f"{where}: there is no header row of a known table among its first {HEADER_ROWS} rows. Name the columns as "
            "in our tables, or make a layout of a partner's own list with: o2c layout learn FILE"
        )
    _, table, keys = likely
    lacking = [column.header for column in table.keys if header_key(column.header) not in keys]
    near = [(header, nearest(header_key(header), keys.keys() - _KNOWN[table.name])) for header in lacking]
    hints = "".join(f" Did you mean {header} by {keys[found]}?" for header, found in near if found)
    missing = f", but there is no column {' and '.join(lacking)}" if lacking else ""
    todo = f"Give it the header {' and '.join(lacking)}" if lacking else "Name the columns as in our tables"
    fix = f" {todo}, or make a layout of a partner's own list with: o2c layout learn FILE"
    return CannotRun(f"{where}: no table fits; it looks like {table.title}{missing}.{hints}{fix}")
