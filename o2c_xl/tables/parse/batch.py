"""Rows of one table out of a header and the cells beneath it: parsed in columns, every fault with its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import compress
from typing import Any

from o2c_xl.domain.issue import Issue
from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.tables.parse.cells import NUMBERS, CellFault, Fault, parse_column
from o2c_xl.tables.parse.fault import seen
from o2c_xl.tables.parse.rowset import STAND_IN, RowSet
from o2c_xl.tables.parse.script import TYPED, Script, number_scripts, prove_dates

__all__ = ["Batch", "Block", "Needs", "Parsed", "Part", "joined", "parse_block"]


class Needs(Enum):
    """What an empty cell means, by where the row stands."""

    FILE = "a dropped file must bring what a row needs"
    SHEET = "a row in a shared workbook may be unfinished"


@dataclass(slots=True)
class Block:
    """A header and the cells beneath it, as a reader gave them: `columns` from left to right, all equally long.

    `letters` are the columns' letters and `rows` the row numbers (lines of a csv). `called` and `cells` name columns
    and cells as the file does (see `Batch`). `bad` maps row and letter to what
    a cell without a value to trust shows, and its fault. `spilled` maps a row to the letter and text of what stands
    in it beyond the header. `decimal` is None where cells carry types; for text it is the decimal sign to be taken
    where the file proves none (empty = doubtful). `top` is the header's row number, 0 where none is told.
    """

    source: str
    sheet: str
    headers: Sequence[object]
    columns: list[Sequence[object]]
    letters: Sequence[str]
    rows: Sequence[int]
    bad: Mapping[tuple[int, str], tuple[str, Fault]] = field(default_factory=dict)
    spilled: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    decimal: str | None = None
    top: int = 0
    called: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """File and sheet, for a sentence."""
        return f"{self.source}, sheet {self.sheet}" if self.sheet else self.source


@dataclass(slots=True)
class Parsed:
    """Columns by field, blank rows left out, and the faults of each."""

    columns: dict[str, list[Any]]
    faults: dict[str, list[CellFault]]
    letters: dict[str, str]
    rows: list[int]

    def at_fault(self, name: str) -> set[int]:
        """Indexes of the rows whose cell of that field is at fault."""
        return {fault.index for fault in self.faults.get(name, ())}


@dataclass(frozen=True, slots=True)
class Part:
    """One of several lists of a file whose rows are in one batch: its sheet and letters, and how it names things."""

    sheet: str
    letters: Mapping[str, str]
    called: Mapping[str, str]
    cells: Mapping[str, str]


@dataclass(slots=True)
class Batch(RowSet):
    """Rows that came from one file; those of several lists of a kind are one batch, in the file's order.

    `missing` are fields every new row needs and the file has no column for;
    `parents`, on the lines of a flat order list, are the indexes of their orders in the batch of orders.
    Of a file in a partner's own shape, `called` gives the partner's header by ours, `cells` the cell beside a label
    that a value of all rows came from, and `by_name` (by field) the column of ours whose names stand there instead of
    its key, until they are looked up. Where several lists were joined, `parts` are these and `part_of` says of each row
    which one it is from. `near` holds, by field, the fault of a header that is nearly the one that the file lacks.
    `unnumbered` are the indexes of order lines that brought no number of their own.
    """

    missing: tuple[str, ...] = ()
    parents: list[int] | None = None
    called: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    part_of: list[int] = field(default_factory=list)
    by_name: dict[str, str] = field(default_factory=dict)
    remarks: list[Issue] = field(default_factory=list)
    near: dict[str, Issue] = field(default_factory=dict)
    unnumbered: frozenset[int] = frozenset()

    def _part(self, index: int) -> Part | Batch:
        return self.parts[self.part_of[index]] if self.parts else self

    def sheet_of(self, index: int) -> str:
        """The sheet that a row stands on."""
        return self._part(index).sheet

    def letters_of(self, index: int) -> Mapping[str, str]:
        """The column letters of a row's cells, by field."""
        return self._part(index).letters

    def header_of(self, column: Column) -> str:
        """The column's header as the file has it."""
        return self.called.get(column.header, column.header)

    def place(self, index: int, beside: int) -> str:
        """Where a row stands, as it is told beside another one: `row 3`, with what parts the two."""
        here, there = self._part(index), self._part(beside)
        if here.sheet != there.sheet:
            return f"sheet {here.sheet}, row {self.rows[index]}"
        letter = next(filter(None, here.letters.values()), "")
        return f"row {self.rows[index]}{f', column {letter},' if here.letters != there.letters else ''}"

    def address(self, index: int, name: str, beside: int) -> str:
        """The cell of a field in a row, as it is told beside another row: with its sheet where that is another."""
        here, there = self._part(index), self._part(beside)
        cell = here.cells.get(self.table.by_field[name].header) or f"{here.letters[name]}{self.rows[index]}"
        return f"{here.sheet}!{cell}" if here.sheet != there.sheet else cell

    def mark_row(self, letter: str, cell: CellFault) -> None:
        """Keep a fault of a row that belongs to none of its columns."""
        self._keep("", letter, cell)

    def mark(self, column: Column, cell: CellFault) -> None:
        """Keep a cell's fault as an issue with its address."""
        self._keep(column.header, self.letters_of(cell.index).get(column.field, ""), cell)

    def _keep(self, header: str, letter: str, cell: CellFault) -> None:
        row, part = self.rows[cell.index], self._part(cell.index)
        self.bad.add(cell.index)
        self.issues.append(
            Issue(
                source=self.source,
                sheet=part.sheet,
                cell=part.cells.get(header) or (f"{letter}{row}" if letter else ""),
                column=part.called.get(header, header),
                row=row,
                value=seen(cell.value),
                problem=cell.fault.problem,
                fix=cell.fault.fix,
                table=self.table.name,
                key=self.key_text(cell.index),
            )
        )

    def fault(self, index: int, field_: str, problem: str, fix: str) -> Issue:
        """A fault of one cell, with its address and its header as the file has them; kept in `issues` and returned."""
        issue = RowSet.fault(self, index, field_, problem, fix)
        part, header = self._part(index), issue.column
        if header in part.called or header in part.cells:
            issue = replace(issue, column=part.called.get(header, header), cell=part.cells.get(header) or issue.cell)
            self.issues[-1] = issue
        return issue

    def key_text(self, index: int) -> str:
        """The business key as one text, parts joined by `/`; empty parts left out."""
        parts = (self.columns[column.field][index] for column in self.table.keys if column.field in self.columns)
        return "/".join(str(part) for part in parts if part is not None and not str(part).startswith(STAND_IN))

    @property
    def sound_keys(self) -> list[str]:
        """Business keys of the rows without a fault, and of what they are parts of where no part has one."""
        bad = self.bad
        keys = {self.key_text(i) for i in range(len(self)) if i not in bad}
        first = self.columns.get(self.table.keys[0].field) if len(self.table.keys) > 1 else None
        if first is not None:
            faulty = {first[i] for i in bad}
            keys |= {str(part) for part in first if part is not None and part not in faulty}
        return sorted(keys)

    def sort_issues(self) -> None:
        """Bring issues into reading order: sheet by sheet, from top to bottom, from left to right."""
        sheets = {sheet: at for at, sheet in enumerate(dict.fromkeys(part.sheet for part in self.parts))}
        self.issues.sort(key=lambda issue: (sheets.get(issue.sheet, 0), issue.row, len(issue.cell), issue.cell))


def parse_block(block: Block, columns: Mapping[str, Column], places: Mapping[str, int], needs: Needs) -> Parsed:
    """Parse the columns that stand at `places` of the block; rows empty in all of them are left out."""
    raw: dict[str, Sequence[object]] = {name: block.columns[place] for name, place in places.items()}
    letters = {name: block.letters[place] for name, place in places.items()}
    block.columns.clear()
    rows = _leave_out_blank(block, raw, letters)
    scripts = _scripts(block, columns, raw, needs)
    parsed = Parsed({}, {}, letters, rows)
    for name in list(raw):
        values = raw.pop(name)
        parsed.columns[name], found = parse_column(columns[name], values, scripts.get(name, TYPED))
        faults = _with_bad_cells(block, parsed, name, found)
        if faults:
            parsed.faults[name] = faults
    return parsed


def joined(lists: Sequence[Parsed]) -> Parsed:
    """The rows of several lists, one below the other."""
    whole = Parsed({name: [] for name in lists[0].columns}, {}, lists[0].letters, [])
    for one in lists:
        before = len(whole.rows)
        for name, faults in one.faults.items():
            moved = (replace(fault, index=fault.index + before) for fault in faults)
            whole.faults.setdefault(name, []).extend(moved)
        for name in whole.columns:
            whole.columns[name] += one.columns[name]
        whole.rows += one.rows
    return whole


def _leave_out_blank(block: Block, raw: dict[str, Sequence[object]], letters: Mapping[str, str]) -> list[int]:
    """Drop rows without any value from `raw`, in place; returns the row numbers of the others."""
    rows = list(block.rows)
    columns = list(raw.values())
    maybe: Sequence[int] = range(len(rows)) if columns else ()
    for values in columns:
        if not maybe:
            return rows
        maybe = [i for i in maybe if (v := values[i]) is None or (v.__class__ is str and not str(v).strip())]
    bad_rows = {row for row, letter in block.bad if letter in letters.values()}
    blank = {i for i in maybe if rows[i] not in bad_rows}
    if not blank:
        return rows
    alive = [i not in blank for i in range(len(rows))]
    for name, values in raw.items():
        raw[name] = list(compress(values, alive))
    return list(compress(rows, alive))


def _scripts(
    block: Block, columns: Mapping[str, Column], raw: Mapping[str, Sequence[object]], needs: Needs
) -> dict[str, Script]:
    """How each column writes its numbers or dates, where the file may have a way of its own."""
    scripts: dict[str, Script] = {}
    if block.decimal is not None:
        names = [name for name in raw if columns[name].kind in NUMBERS]
        scripts.update(zip(names, number_scripts([raw[name] for name in names], block.decimal), strict=True))
    if needs is Needs.FILE:
        dates = (name for name in raw if columns[name].kind is Kind.DATE)
        scripts.update((name, prove_dates(raw[name])) for name in dates)
    return scripts


def _with_bad_cells(block: Block, parsed: Parsed, name: str, found: list[CellFault]) -> list[CellFault]:
    """The column's faults with those of error cells and of formulas without a result."""
    letter = parsed.letters[name]
    bad = {row: shown for (row, at), shown in block.bad.items() if at == letter} if block.bad else {}
    if not bad:
        return found
    by_index = {fault.index: fault for fault in found}
    values = parsed.columns[name]
    for index, row in enumerate(parsed.rows):
        if row in bad:
            by_index[index] = CellFault(index, *bad[row])
            values[index] = None
    return sorted(by_index.values(), key=lambda fault: fault.index)
