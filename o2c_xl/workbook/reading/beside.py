"""What stands beside a dropped file's table or above it: columns that belong to it, and what was not read.

A column right beside a table, headed in its header row and filled under it, is taken as one of its own: Excel takes it
in while it is typed, other programs do not. Whatever else stands beside what is read is told, since it may be orders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from o2c_xl.tables.parse.headers import header_key
from o2c_xl.workbook.address import Area
from o2c_xl.workbook.opc.parts import Table

__all__ = ["Beside", "left_above", "left_beside", "like_a_row", "with_headed"]

Columns = Sequence[Sequence[object]]
_NOTHING = (None, "")
_LIKE_A_ROW = 3  # cells; a title, a date, a label with its value are fewer
_LOOKED_AT = 50  # rows of a block beside, in which a header may stand


@dataclass(frozen=True, slots=True)
class Beside:
    """A block of cells that was not read: where it stands, on which `side` of what was read, and its first rows."""

    area: Area
    top: Sequence[Sequence[object]]
    side: str = "beside"


def with_headed(table: Table, others: Sequence[Area], first_col: int, columns: Columns) -> Table:
    """The table with the headed and filled columns right beside it; `columns[j][i]` is row `i + 1`."""
    if table.data.top == table.ref.top:  # it has no header row
        return table
    known = {header_key(one) for one in table.headers}
    for side in (1, -1):
        while (header := _header_beside(table, side, others, first_col, columns)) and header_key(header) not in known:
            known.add(header_key(header))
            ref, headers = table.ref, table.headers
            table = (
                replace(table, ref=replace(ref, right=ref.right + 1), headers=(*headers, header))
                if side > 0
                else replace(table, ref=replace(ref, left=ref.left - 1), headers=(header, *headers))
            )
    return table


def _header_beside(table: Table, side: int, others: Sequence[Area], first_col: int, columns: Columns) -> str:
    """What heads the next column on that side; empty where nothing does, or where it is empty or another table's."""
    column = table.ref.right + 1 if side > 0 else table.ref.left - 1
    if not 0 <= column - first_col < len(columns):
        return ""
    values, data = columns[column - first_col], table.data
    here = Area(table.ref.top, column, table.ref.bottom, column)
    header = values[data.top - 2] if data.top - 2 < len(values) else None
    filled = any(value not in _NOTHING for value in values[data.top - 1 : data.bottom])
    if not isinstance(header, str) or not filled or any(other.meets(here) for other in others):
        return ""
    return header if header_key(header) else ""


def left_beside(areas: Sequence[Area], first_col: int, columns: Columns) -> list[Beside]:
    """The blocks that stand beside the `areas` that are read, in columns of neither these nor what is under them."""
    top = min(area.top for area in areas)
    runs: list[list[tuple[int, list[int]]]] = []
    for column, values in enumerate(columns, first_col):
        over = [area.top for area in areas if area.left <= column <= area.right]
        stop = min(over, default=len(values) + 1) - 1
        rows = [row for row, value in enumerate(values[top - 1 : stop], top) if value not in _NOTHING]
        if rows and runs and runs[-1][-1][0] == column - 1:
            runs[-1].append((column, rows))
        elif rows:
            runs.append([(column, rows)])
    return [_block(run, first_col, columns) for run in runs]


def left_above(areas: Sequence[Area], first_col: int, columns: Columns) -> list[Beside]:
    """The rows above the `areas` that are read, where one of them is like a row of a list."""
    stop = min(area.top for area in areas) - 1
    filled = {column: rows for column, values in enumerate(columns, first_col) if (rows := _filled(values, stop))}
    if max(Counter(chain.from_iterable(filled.values())).values(), default=0) < _LIKE_A_ROW:
        return []
    run = [(column, filled.get(column, [])) for column in range(min(filled), max(filled) + 1)]
    return [replace(_block(run, first_col, columns), side="above")]


def like_a_row(values: Sequence[object]) -> bool:
    """Whether so much stands in a line above a header that it may be a row of the list."""
    return sum(value not in _NOTHING for value in values) >= _LIKE_A_ROW


def _filled(values: Sequence[object], stop: int) -> list[int]:
    """The rows up to `stop` in which a column holds something."""
    return [row for row, value in enumerate(values[:stop], 1) if value not in _NOTHING]


def _block(run: Sequence[tuple[int, Sequence[int]]], first_col: int, columns: Columns) -> Beside:
    filled = [row for _, rows in run for row in rows]
    area = Area(min(filled), run[0][0], max(filled), run[-1][0])
    bottom = min(area.bottom, area.top + _LOOKED_AT - 1)
    sides = [columns[column - first_col][area.top - 1 : bottom] for column, _ in run]
    return Beside(area, list(zip(*sides, strict=True)))
