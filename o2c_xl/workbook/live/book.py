"""A workbook that is open in Excel, synced in place: read in blocks, compared, written in few blocks, taken back.

What is written was planned from what was read. So before a cell is written its block is read once more, with the keys
beside it; where anything differs, nothing is written.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.address import MAX_ROW, Area, address
from o2c_xl.workbook.errors import ChangedMeanwhile, Refused
from o2c_xl.workbook.live.below import filled_below, with_typed_below
from o2c_xl.workbook.live.blocks import Block, change_blocks, parts
from o2c_xl.workbook.live.excel_values import as_held, to_excel
from o2c_xl.workbook.live.formats import Formats, formats_at, formats_to_give
from o2c_xl.workbook.live.grid import Grid, GridTable
from o2c_xl.workbook.live.plan import ReadTable, TablePlan, differing, new_blocks
from o2c_xl.workbook.live.read import formula_cells, our_columns, read_block, read_table, tables_with_headers
from o2c_xl.workbook.live.undo_file import UndoFile, Written
from o2c_xl.workbook.patch.edit import TableEdit
from o2c_xl.workbook.reading.data import TableData

__all__ = ["LiveBook"]

_TOLD = 5


@dataclass
class LiveBook:
    """One open workbook for the time of a button; `path` is its file, `undo` where its last write is kept."""

    grid: Grid
    path: Path
    undo: UndoFile
    read: dict[str, ReadTable] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)

    def tables(self, only: Container[str]) -> list[TableData]:
        """The tables named in `only` as they stand now, with rows typed right under them."""
        tables = tables_with_headers(self.grid)
        self.read = {table.name: self._read(table, tables) for table in tables if table.name in only}
        self.hashes = {name: one.cells for name, one in self.read.items()}
        return [one.data for one in self.read.values()]

    def _read(self, table: GridTable, tables: Sequence[GridTable]) -> ReadTable:
        found = with_typed_below(self.grid, table, tables)
        data = replace(read_table(self.grid, found.table), total=found.total, left=found.left)
        return ReadTable(found.table, data, table.area.bottom)

    def cells(self, table: str) -> str:
        """The hash of what the table holds; empty where that is not known since rows were added to it."""
        return self.hashes.get(table, "")

    def save(self) -> None:
        """Save it where it was opened from; raises CannotRun when Excel cannot."""
        self.grid.save()

    def formulas(self, edits: Sequence[TableEdit]) -> list[tuple[str, int, str]]:
        """Cells of Python's that are to be written and hold a formula: (table, row, header)."""
        found = []
        for edit in edits:
            known = self.read.get(edit.table)
            if known is None or not edit.cells:
                continue
            for area in known.touched(edit):
                cells = formula_cells(self.grid, known.table.sheet, known.block(area))
                found += [(edit.table, row, known.header(column)) for row, column in cells]
            known.formulas.update((row, header) for table, row, header in found if table == edit.table)
        written = {edit.table: set(edit.cells) for edit in edits}
        return [one for one in found if one[1:] in written[one[0]]]

    def refuse_unwritable(self, edits: Sequence[TableEdit]) -> None:
        """Raise `Refused` where `write` would find no room or no cell for the edits, as far as is known before."""
        for edit in edits:
            if edit.cells or edit.append:
                self._plan(edit)

    def write(self, edits: Sequence[TableEdit]) -> dict[str, int]:
        """Make the edits where nothing changed since `tables`, and save; returns the last row of each table written.

        Raises `ChangedMeanwhile` naming the cells, or `Refused`; nothing is written then. Where Excel refuses a cell or
        does not save, every cell is put back.
        """
        plans = [self._plan(edit) for edit in edits if edit.cells or edit.append]
        formats = [
            [list(formats_to_give(self.grid, plan.table.sheet, block)) for block in plan.all_blocks] for plan in plans
        ]
        written = self._compared(plans, formats)
        earlier = self.undo.keep(written)
        done: list[tuple[str, Block]] = []
        try:
            for plan, one, known in zip(plans, written, formats, strict=True):
                grows = plan.bottom > plan.read.end
                if grows:
                    self.grid.resize(plan.table, plan.bottom)
                for old, new, codes in zip(one.before, one.after, known, strict=True):
                    done.append((one.sheet, old))
                    # rows that a table grows by bring formats with them
                    self._put(one.sheet, new, list(formats_to_give(self.grid, one.sheet, new)) if grows else codes)
            self.save()
        except BaseException:
            self._back(plans, done, earlier)
            raise
        for plan in plans:
            name = plan.table.name
            if plan.new:
                del self.read[name], self.hashes[name]
            elif plan.blocks:
                plan.read.hold(plan.blocks)
                self.hashes[name] = plan.read.cells
        return {plan.table.name: plan.bottom for plan in plans}

    @contextmanager
    def taken_back(self) -> Iterator[list[Written]]:
        """Put the cells of the last write back, and write them anew where that or what is done with them fails.

        Raises `ChangedMeanwhile` where a cell is no longer as it was written. Where Excel does not even let them be
        written anew, the next call goes on with those that are left.
        """
        written, done = self._to_take_back(), list[tuple[str, Block]]()
        try:
            self._take_back(written, done)
            yield written
        except BaseException:
            with suppress(Exception):
                self._write_anew(written, done)
            raise

    def _to_take_back(self) -> list[Written]:
        """The last write, by the sheets that its tables stand on now."""
        sheets = {table.name: table.sheet for table in self.grid.tables()}
        written = [replace(one, sheet=sheets.get(one.table, one.sheet)) for one in self.undo.read()]
        if not written:
            raise CannotRun(f"There is no write of a button in {self.grid.name} that could be taken back.")
        changed = [where for one in written for where in self._changed_since(one)]
        self._refuse(changed, "since they were written", "They stay as they are")
        return written

    def _take_back(self, written: Sequence[Written], done: list[tuple[str, Block]]) -> None:
        tables = tables_with_headers(self.grid)
        for one in written:
            for old, new in zip(one.before, one.after, strict=True):
                done.append((one.sheet, new))
                self._put_back(one.sheet, old)
            self._give(one.sheet, one.formats)
            for table in tables:
                grew = table.name == one.table and one.grown > one.bottom
                if grew and not filled_below(self.grid, table, tables, one.bottom):
                    self.grid.resize(table, one.bottom)

    def _changed_since(self, one: Written) -> list[str]:
        """What is not as it was written: cells, and the keys beside them, since somebody may have sorted the rows.

        What stands as before the write was put back already, when Excel broke an undo off.
        """
        rows = one.rows()
        before = {cell: value for block in one.before for cell, value in block.cells()}
        blocks = [*one.after, *(block.part(area) for block in one.keys for area in parts(block.area, rows))]
        changed = []
        for wanted in blocks:
            now = self._now(one.sheet, wanted.area)
            if now.values != wanted.values:
                held = dict(now.cells())
                changed += [
                    f"{one.sheet}!{address(*cell)}"
                    for cell, value in wanted.cells()
                    if held[cell] not in (value, before.get(cell, value))
                ]
        return changed

    def _now(self, sheet: str, area: Area) -> Block:
        return Block(area, read_block(self.grid, sheet, area))

    def _write_anew(self, written: Sequence[Written], done: Sequence[tuple[str, Block]]) -> None:
        tables = {table.name: table for table in self.grid.tables()}
        for one in written:
            if one.table in tables and one.grown > tables[one.table].area.bottom:
                self.grid.resize(tables[one.table], one.grown)
        for sheet, new in done:
            self._put(sheet, new, list(formats_to_give(self.grid, sheet, new)))

    # --- before writing ----------------------------------------------------------------------------------------

    def _plan(self, edit: TableEdit) -> TablePlan:
        known = self.read.get(edit.table)
        if known is None:
            raise Refused(f"The workbook has no table named {edit.table}.")
        table = known.table
        places = {header.strip(): table.area.left + i for i, header in enumerate(table.headers)}
        values = as_held(edit.cells.values())
        changes = {(row, places[header]): value for (row, header), value in zip(edit.cells, values, strict=True)}
        top, bottom = table.data.top, table.data.bottom
        outside = [row for row, _ in changes if not top <= row <= bottom]
        if outside:
            raise Refused(f"Row {outside[0]} is not a row of the table {table.name} ({table.area}).")
        blocks = change_blocks(changes, our_columns(table), known.held)
        first, new = known.first_new(edit), edit.new
        if not new:
            return TablePlan(known, blocks, (), table.area.bottom)
        bottom = first + len(new) - 1
        self._check_room(table, bottom)
        return TablePlan(known, blocks, tuple(new_blocks(new, places, first)), max(bottom, table.area.bottom))

    def _check_room(self, table: GridTable, bottom: int) -> None:
        if bottom <= table.area.bottom:
            return
        if table.totals:
            raise Refused(f"The table {table.name} has a totals row, so no row can be added. Turn the totals row off.")
        if bottom > MAX_ROW:
            raise Refused(f"The table {table.name} would reach below Excel's last row.")
        below = Area(table.area.bottom + 1, table.area.left, bottom, table.area.right)
        for row, values in enumerate(read_block(self.grid, table.sheet, below), below.top):
            if any(value is not None for value in values):
                raise Refused(
                    f"The table {table.name} needs {bottom - table.area.bottom} new rows, but something stands below "
                    f"it in row {row} of {table.sheet}. Move that elsewhere, then press the button again."
                )

    def _compared(self, plans: Sequence[TablePlan], given: Sequence[Sequence[Formats]]) -> list[Written]:
        """What stands where the plans will write; it must be what they were made from, and no formula of a person.

        `given` are the formats that each block of each plan will be given.
        """
        # keys that stand elsewhere than when the table was read: somebody sorted, inserted or deleted rows
        moved = [(plan.table.sheet, area, plan.read.block(area)) for plan in plans for area in plan.key_areas()]
        changed = [where for sheet, area, was in moved for where in differing(sheet, self._now(sheet, area), was)]
        written = []
        for plan, codes in zip(plans, given, strict=True):
            sheet, table = plan.table.sheet, plan.table
            before = [self._now(sheet, block.area) for block in plan.all_blocks]
            changed += [where for block in before for where in differing(sheet, block, plan.read.block(block.area))]
            formats = [one for to_give in codes for one in formats_at(self.grid, sheet, to_give)]
            after, keys = list(plan.all_blocks), [plan.with_changes(area) for area in plan.key_areas()]
            written.append(Written(table.name, sheet, before, after, table.area.bottom, plan.bottom, keys, formats))
        self._refuse(changed, "while this was worked out", "Nothing was written; press the button again")
        for plan in plans:
            self._refuse_formulas(plan)
        return written

    def _refuse_formulas(self, plan: TablePlan) -> None:
        """Formulas that people typed in their own columns; those in Python's columns were left out of the plan."""
        ours = our_columns(plan.table)
        for block in plan.blocks:
            if not any(block.area.left in run for run in ours):
                now = Block(block.area, read_block(self.grid, plan.table.sheet, block.area))
                for cell in formula_cells(self.grid, plan.table.sheet, now):
                    where = f"{plan.table.sheet}!{address(*cell)}"
                    raise Refused(f"{where} holds a formula, and another value is to be written there. Delete it.")

    def _refuse(self, changed: Sequence[str], since: str, end: str) -> None:
        found = list(dict.fromkeys(changed))
        if found:
            more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
            told = ", ".join(found[:_TOLD]) + more
            raise ChangedMeanwhile(f"{self.grid.name}: {told} changed {since}. {end}.")

    # --- writing -----------------------------------------------------------------------------------------------

    def _put(self, sheet: str, block: Block, formats: Formats) -> None:
        self._give(sheet, formats)
        self.grid.put(sheet, block.area, [[to_excel(value) for value in row] for row in block.values])

    def _put_back(self, sheet: str, block: Block) -> None:
        """Write what stood there, in the formats that stand there."""
        formats = list(formats_to_give(self.grid, sheet, block))
        lost = formats_at(self.grid, sheet, formats)
        self._put(sheet, block, formats)
        self._give(sheet, lost)

    def _give(self, sheet: str, formats: Formats) -> None:
        for area, code in formats:
            self.grid.set_number_format(sheet, area, code)

    def _back(self, plans: Sequence[TablePlan], done: Sequence[tuple[str, Block]], earlier: bytes | None) -> None:
        """Undo what a write that broke off had done; what cannot be undone is mended by the next sync."""
        with suppress(Exception):
            for sheet, old in reversed(done):
                self._put_back(sheet, old)
            for one in self.undo.read():
                self._give(one.sheet, one.formats)
            for plan in plans:
                if plan.bottom > plan.read.end:
                    self.grid.resize(plan.table, plan.read.end)
            self.undo.give_back(earlier)
