"""Laying a sheet anew when rows are repeated or left out: all that points at a row moves along.

openpyxl's own `insert_rows` moves values only; heights, merged cells, formats by condition, pictures, print
settings and formulas would stay behind.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from openpyxl.cell.cell import Cell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["RowPlan", "relaid"]

_CELL = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)")


@dataclass(frozen=True, slots=True)
class RowPlan:
    """The layout's row `row` (1-based) stands `copies` times in the document; 0 leaves it out."""

    row: int
    copies: int


class _Moves:
    """Where each row of the layout begins and ends in the document."""

    def __init__(self, plan: Sequence[RowPlan]) -> None:
        self._first: dict[int, int] = {}
        self._copies = {step.row: step.copies for step in plan}
        self._next = 1
        for step in plan:
            self._first[step.row] = self._next
            self._next += step.copies
        self._length = len(plan)

    def first(self, row: int) -> int:
        """The first copy of `row`; for a row left out, where it would have been."""
        return self._first.get(row, self._next + row - self._length - 1)

    def last(self, row: int) -> int:
        """The last copy of `row`; for a row left out, the row before it."""
        return self.first(row) + self._copies.get(row, 1) - 1

    def copies(self, row: int) -> range:
        """All rows that `row` becomes."""
        return range(self.first(row), self.last(row) + 1)

    def area(self, top: int, bottom: int) -> tuple[int, int] | None:
        """Where rows `top` to `bottom` lie; None when all of them are left out."""
        new = self.first(top), self.last(bottom)
        return new if new[0] <= new[1] else None


def relaid(sheet: Worksheet, plan: Sequence[RowPlan]) -> list[tuple[Cell, int]]:
    """Carry out the plan; each cell of the new sheet with the number of its copy (0-based)."""
    moves = _Moves(plan)
    moved = _moved_cells(sheet, moves)
    _move_heights(sheet, moves)
    _move_merged(sheet, moves)
    _move_conditions(sheet, moves)
    _move_choices(sheet, moves)
    _move_pictures(sheet, moves)
    _move_print_settings(sheet, moves)
    return moved


def _moved_cells(sheet: Worksheet, moves: _Moves) -> list[tuple[Cell, int]]:
    old = sheet._cells  # noqa: SLF001  openpyxl has no public way to move a cell with its style
    new: dict[tuple[int, int], Cell] = {}
    moved: list[tuple[Cell, int]] = []
    for (row, column), cell in sorted(old.items()):
        for number, target in enumerate(moves.copies(row)):
            twin = _twin(cell, target, moves) if number or target != row or cell.data_type == "f" else cell
            new[target, column] = twin
            if isinstance(twin, Cell):
                moved.append((twin, number))
    sheet._cells = new  # noqa: SLF001
    sheet._current_row = max((row for row, _ in new), default=0)  # noqa: SLF001
    return moved


def _twin(cell: Cell, row: int, moves: _Moves) -> Cell:
    twin = copy.copy(cell) if not isinstance(cell, Cell) else Cell(cell.parent, row=row, column=cell.column)
    if not isinstance(twin, Cell):
        twin.row = row
        return twin
    twin._value, twin.data_type = cell._value, cell.data_type  # noqa: SLF001
    twin._style = copy.copy(cell._style)  # noqa: SLF001
    if cell.comment:
        twin.comment = copy.copy(cell.comment)
    if cell.hyperlink:
        twin.hyperlink = copy.copy(cell.hyperlink)
        twin.hyperlink.ref = twin.coordinate
    if cell.data_type == "f" and isinstance(cell.value, str):
        twin._value = _moved_formula(cell.value, cell.row, row, moves)  # noqa: SLF001
    return twin


def _moved_formula(formula: str, old_row: int, new_row: int, moves: _Moves) -> str:
    """References follow their rows; a range over a repeated row spans all its copies."""
    tokenizer = Tokenizer(formula)
    return "=" + "".join(_moved_token(token, old_row, new_row, moves) for token in tokenizer.items)


def _moved_token(token: Token, old_row: int, new_row: int, moves: _Moves) -> str:
    if token.type != Token.OPERAND or token.subtype != Token.RANGE or "!" in token.value:
        return str(token.value)
    parts = token.value.split(":")
    if len(parts) > 1:
        return f"{_moved_ref(parts[0], moves.first)}:{_moved_ref(parts[1], moves.last)}"
    return _moved_ref(token.value, lambda row: new_row if row == old_row else moves.first(row))


def _moved_ref(reference: str, place: Callable[[int], int]) -> str:
    found = _CELL.fullmatch(reference)
    return f"{found[1]}{place(int(found[2]))}" if found else reference


def _move_heights(sheet: Worksheet, moves: _Moves) -> None:
    old = dict(sheet.row_dimensions)
    sheet.row_dimensions.clear()
    for row, dimension in old.items():
        for target in moves.copies(row):
            twin = copy.copy(dimension)
            twin.index = target
            sheet.row_dimensions[target] = twin


def _areas(area: CellRange, moves: _Moves) -> Iterable[str]:
    """The new places of an area; one within a single row is repeated with its row."""
    if area.min_row == area.max_row:
        tops = [(row, row) for row in moves.copies(area.min_row)]
    else:
        new = moves.area(area.min_row, area.max_row)
        tops = [new] if new else []
    for top, bottom in tops:
        yield CellRange(min_col=area.min_col, max_col=area.max_col, min_row=top, max_row=bottom).coord


def _spanning(area: str, moves: _Moves) -> str | None:
    """The area grown or shrunk with its rows; None when nothing is left of it."""
    left, top, right, bottom = range_boundaries(area)
    new = moves.area(top, bottom)
    return CellRange(min_col=left, max_col=right, min_row=new[0], max_row=new[1]).coord if new else None


def _move_merged(sheet: Worksheet, moves: _Moves) -> None:
    old = list(sheet.merged_cells.ranges)
    sheet.merged_cells.ranges = set()
    for area in old:
        for place in _areas(area, moves):
            sheet.merged_cells.add(place)


def _move_conditions(sheet: Worksheet, moves: _Moves) -> None:
    old = sheet.conditional_formatting
    sheet.conditional_formatting = ConditionalFormattingList()
    for condition in old:
        places = [_spanning(area.coord, moves) for area in condition.cells.ranges]
        kept = " ".join(place for place in places if place)
        for rule in condition.rules if kept else ():
            sheet.conditional_formatting.add(kept, rule)


def _move_choices(sheet: Worksheet, moves: _Moves) -> None:
    for choice in sheet.data_validations.dataValidation:
        places = [_spanning(area.coord, moves) for area in choice.sqref.ranges]
        choice.sqref = type(choice.sqref)(" ".join(place for place in places if place))


def _move_pictures(sheet: Worksheet, moves: _Moves) -> None:
    for drawing in [*sheet._images, *sheet._charts]:  # noqa: SLF001  openpyxl keeps them nowhere else
        anchor = drawing.anchor
        for corner in (getattr(anchor, "_from", None), getattr(anchor, "to", None)):
            if corner is not None:
                corner.row = moves.first(corner.row + 1) - 1


def _move_print_settings(sheet: Worksheet, moves: _Moves) -> None:
    if sheet.print_area:
        areas = [_spanning(area.split("!")[-1], moves) for area in sheet.print_area.replace("$", "").split(",")]
        sheet.print_area = ",".join(area for area in areas if area)
    if sheet.print_title_rows:
        top, bottom = (int(row) for row in sheet.print_title_rows.replace("$", "").split(":"))
        sheet.print_title_rows = f"{moves.first(top)}:{moves.last(bottom)}"
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = _spanning(sheet.auto_filter.ref, moves)
    for table in sheet.tables.values():
        table.ref = _spanning(table.ref, moves) or table.ref
        if table.autoFilter is not None:
            table.autoFilter.ref = table.ref
    for pagebreak in sheet.row_breaks.brk:
        pagebreak.id = moves.last(pagebreak.id)
