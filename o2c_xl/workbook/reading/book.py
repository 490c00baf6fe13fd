"""Reading a workbook: its tables by name, column by column, with every cell that no value can be trusted of.

Values come from python-calamine, the structure from `probe`. Numbers are binary floats as the file holds them; the
caller turns each distinct one into an exact decimal once. An empty cell and an empty text are None.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.opc.package import Package, load
from o2c_xl.workbook.opc.parts import Parts, Sheet, Table, book_parts
from o2c_xl.workbook.opc.probe import Facts, probe
from o2c_xl.workbook.opc.sheet import SheetXml
from o2c_xl.workbook.opc.strings import check_cells_text, long_texts
from o2c_xl.workbook.reading.below import NEAR, Below, Left, left_below, reaching, read_below, widened
from o2c_xl.workbook.reading.beside import left_above, left_beside, with_headed
from o2c_xl.workbook.reading.boundless import as_written
from o2c_xl.workbook.reading.calamine import open_values, shared_texts, sheet_of
from o2c_xl.workbook.reading.columns import ReadColumn, early_dates, read_columns
from o2c_xl.workbook.reading.data import BadCell, TableData
from o2c_xl.workbook.reading.percents import percent_cells, percent_styles
from o2c_xl.workbook.reading.rows import SheetRows, cut

__all__ = ["Book", "read_book", "read_dropped"]


class Book:
    """A workbook as it was read: the hash of its bytes, its tables, and any sheet as plain rows.

    `hidden` are the sheets, of those read so far, that are hidden or have hidden rows or columns.
    """

    def __init__(self, data: bytes, path: Path | None) -> None:
        self.path = path
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.package = Package(data)
        self.parts: Parts = book_parts(self.package)
        self.sheets = tuple(sheet.name for sheet in self.parts.sheets)
        self.date1904 = self.parts.date1904
        self.tables: list[TableData] = []
        self.hidden: set[str] = {sheet.name for sheet in self.parts.sheets if sheet.hidden}
        self._reader: _Reader | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a sender should know was not done: macros run, links to other files followed."""
        macros = any(name.casefold().endswith("vbaproject.bin") for name in self.parts.names)
        links = any("externallinks/" in name.casefold() for name in self.parts.names)
        told = ((macros, "its macros were not run."), (links, "its links to other files were not followed."))
        return tuple(note for there, note in told if there)

    def sheet_rows(self, name: str) -> SheetRows:
        """All rows of one sheet, read anew at each call; raises `CannotRun` when there is no such sheet."""
        self._reader = self._reader or _Reader(self)
        for sheet in self.parts.sheets:
            if sheet.name.casefold() == name.casefold():
                return self._reader.rows(sheet)
        raise CannotRun(f"The workbook has no sheet named {name}.")


def read_book(source: Path | bytes, *, only: Container[str] | None = None, below: bool = False) -> Book:
    """Read the workbook's tables, those named in `only` or all; `below` takes rows typed right under a table too.

    Raises `Damaged` or `CannotRun` in one sentence.
    """
    book, reader = _opened(source)
    for sheet in book.parts.sheets:
        wanted = [table for table in sheet.tables if only is None or table.name in only]
        if wanted:
            rows = reader.rows(sheet)
            for table in wanted:
                under = reader.under(sheet, table, rows) if below else Below()
                data = cut(rows, widened(table, under.rows), under.total, shared=below)
                book.tables.append(replace(data, left=_near(sheet, table, under, rows)) if below else data)
    return book


def _near(sheet: Sheet, table: Table, under: Below, rows: SheetRows) -> tuple[Left, ...]:
    """What stands a little below the rows that were taken: in a workbook of ours people keep their own things there."""
    left = left_below(sheet, table, under, rows.first_col, rows.columns, rows.formula_cells)
    return tuple(one for one in left if one.row <= table.ref.bottom + under.rows + NEAR)


def read_dropped(source: Path | bytes) -> Book:
    """Read the tables of a file from outside: with the rows right under them, without the empty ones at their end.

    Who fills a file by a program often leaves a table's range as it was. Raises as `read_book` does.
    """
    book, reader = _opened(source)
    for sheet in book.parts.sheets:
        if not sheet.tables:
            continue
        rows = reader.rows(sheet)
        found, areas = [], []
        for table in sheet.tables:
            under = reader.under(sheet, table, rows)
            left = left_below(sheet, table, under, rows.first_col, rows.columns, rows.formula_cells)
            others = [one.ref for one in sheet.tables if one is not table]
            whole = widened(reaching(table, rows.height), under.rows)
            whole = with_headed(whole, others, rows.first_col, rows.columns)
            areas.append(whole.ref)
            found.append(replace(cut(rows, whole, under.total), left=tuple(left)))
        at = areas, rows.first_col, rows.columns
        beside = (*left_above(*at), *left_beside(*at))
        book.tables += [replace(data, beside=beside) for data in found]
    return book


def _opened(source: Path | bytes) -> tuple[Book, _Reader]:
    book = Book(load(source), None if isinstance(source, bytes) else source)
    return book, _Reader(book)


class _Reader:
    """The values of a book's sheets; python-calamine is opened at the first sheet that needs it."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.opened: CalamineWorkbook | None = None

    def rows(self, sheet: Sheet) -> SheetRows:
        """One sheet, its structure proved first; the unpacked part is let go before values are made."""
        data = self.book.package.read(sheet.part)
        facts = probe(data, sheet.name)
        check_cells_text(facts.clean or data, self.long_texts, sheet.name)
        percents = percent_cells(facts.clean or data, self.percents)
        del data
        if facts.hidden:
            self.book.hidden.add(sheet.name)
        found = self._values(sheet, facts)
        first_col = (found.start or (0, 0))[1] + 1
        read = read_columns(found)
        bad = [*_unreadable(facts), *self._no_numbers(sheet, read, first_col)]
        bad += [] if self.book.date1904 else early_dates(read, first_col)
        columns = [column.values for column in read]
        for cell in bad:
            if 0 <= cell.col - first_col < len(columns) and cell.row <= len(columns[0]):
                columns[cell.col - first_col][cell.row - 1] = None
        return SheetRows(sheet.name, first_col, columns, tuple(bad), frozenset(facts.formulas), percents)

    def _no_numbers(self, sheet: Sheet, columns: Sequence[ReadColumn], first_col: int) -> Iterator[BadCell]:
        """What stands as a number and is none, told as it was typed."""
        found = {(row, col): v for col, column in enumerate(columns, first_col) for row, v in column.no_numbers()}
        typed = as_written(self.book.package.read(sheet.part), sheet.part, frozenset(found)) if found else {}
        for (row, col), value in found.items():
            text = typed.get((row, col)) or str(value)
            yield BadCell(row, col, text, f"{text} is no number that can be kept.", "Enter the value anew.")

    @cached_property
    def long_texts(self) -> dict[int, int]:
        """The long ones among the book's shared texts, by index."""
        package, parts = self.book.package, self.book.parts
        return long_texts(shared_texts(package, parts)[0]) if parts.strings else {}

    @cached_property
    def percents(self) -> frozenset[bytes]:
        """The formats of the book that show 0.05 as 5 %."""
        name = self.book.parts.styles
        return percent_styles(self.book.package.read(name), name) if name else frozenset()

    def under(self, sheet: Sheet, table: Table, rows: SheetRows) -> Below:
        """What was typed right under the table."""

        def part() -> SheetXml:
            return SheetXml(self.book.package.read(sheet.part), sheet.name)

        return read_below(sheet, table, rows.first_col, rows.columns, rows.formula_cells, part)

    def _values(self, sheet: Sheet, facts: Facts) -> CalamineSheet:
        """The sheet by python-calamine, or a copy of it as plain UTF-8 where it could not read it."""
        package, parts = self.book.package, self.book.parts
        if facts.clean is not None:
            return sheet_of(open_values(package, parts, {sheet.part: facts.clean}), parts, sheet.name)
        if self.opened is None:
            self.opened = open_values(package, parts)
        return sheet_of(self.opened, parts, sheet.name)


def _unreadable(facts: Facts) -> Iterator[BadCell]:
    for (row, col), code in sorted(facts.errors.items()):
        yield BadCell(row, col, code, f"{code} is an error, not a value.", "Mend the formula or enter the value.")
    for row, col in sorted(facts.uncached - facts.errors.keys()):
        yield BadCell(
            row, col, "", "The formula has no stored result.", "Open the workbook in Excel, save it and try again."
        )
