"""Reading a workbook: its tables by name, column by column, with every cell that no value can be trusted of.

Values come from python-calamine, the structure from `probe`. Numbers are binary floats as the file holds them; the
caller turns each distinct one into an exact decimal once. An empty cell and an empty text are None.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.address import Area, address
from o2c_xl.workbook.below import NEAR, Below, Left, left_below, reaching, read_below, widened
from o2c_xl.workbook.beside import Beside, left_above, left_beside, with_headed
from o2c_xl.workbook.boundless import as_written
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.markup import check_well_formed, in_utf8, plain
from o2c_xl.workbook.opc.package import Package, load
from o2c_xl.workbook.opc.parts import Parts, Sheet, Table, book_parts
from o2c_xl.workbook.opc.probe import Facts, probe
from o2c_xl.workbook.opc.sheet import SheetXml
from o2c_xl.workbook.opc.strings import check_cells_text, check_count, check_strings, long_texts
from o2c_xl.workbook.percents import as_percent, percent_cells, percent_styles, percentages

__all__ = [
    "BadCell",
    "Book",
    "CellValue",
    "SheetRows",
    "TableData",
    "open_sheet",
    "open_values",
    "read_book",
    "read_dropped",
    "sheet_of",
    "sheet_values",
]

CellValue = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
Cell = tuple[int, int]
_BLOCK = 512
# Above this many different texts a column is names and notes; keeping one of each then costs more than it saves.
_MAX_KINDS = 16_384
# Excel counts a 29 February 1900 that never was, so days before 1 March 1900 are off by one in every reader.
_FIRST_DATE = dt.date(1900, 3, 1)
_DAY_0 = dt.date(1899, 12, 31).toordinal()  # before that first date days count from here
_NUMBERS = frozenset({float})
_RECURRING = frozenset({str, dt.date, dt.datetime})
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell without a value to trust; `row` and `col` count from 1, `text` is what it shows."""

    row: int
    col: int
    text: str
    problem: str
    fix: str

    @property
    def cell(self) -> str:
        """The address, such as `M2`."""
        return address(self.row, self.col)


@dataclass(frozen=True, slots=True)
class TableData:
    """One table's rows as found, header left out; `name` is empty for a plain block of a sheet.

    `columns` has one list per header, all as long as there are rows, blank rows included, so that the value at index
    `i` stands in Excel row `first_row + i`. The cells of `bad` are None in them. `formula_cells` are (row, column).
    `total` is the first cell of a person's own totals right under the table, empty when there are none. `left` are the
    rows further below that were not read; of a workbook of ours those near the table. `beside` are the blocks
    left and right of what is read of the sheet of a file from outside, and above its tables; the same for all of them.
    """

    name: str
    sheet: str
    ref: str
    headers: tuple[str, ...]
    first_row: int
    first_col: int
    columns: list[list[CellValue]]
    bad: tuple[BadCell, ...]
    formula_cells: frozenset[Cell]
    total: str = ""
    left: tuple[Left, ...] = ()
    beside: tuple[Beside, ...] = ()

    @property
    def height(self) -> int:
        """Number of data rows, blank ones included."""
        return len(self.columns[0]) if self.columns else 0


@dataclass(frozen=True, slots=True)
class SheetRows:
    """Everything on a sheet: `columns[j][i]` is the value of Excel row `i + 1`, column `first_col + j`.

    `percents` are the cells, as (row, column), that show a hundred times what they hold.
    """

    sheet: str
    first_col: int
    columns: list[list[CellValue]]
    bad: tuple[BadCell, ...]
    formula_cells: frozenset[Cell]
    percents: frozenset[Cell] = frozenset()

    @property
    def height(self) -> int:
        """The last Excel row that holds a value."""
        return len(self.columns[0]) if self.columns else 0

    def row(self, number: int) -> list[CellValue]:
        """The values of one Excel row, from `first_col` on."""
        return [column[number - 1] for column in self.columns]

    def below(self, header_row: int) -> TableData:
        """The rows under `header_row` as a table; its headers are that row's texts up to the last one filled."""
        titles = ["" if value is None else str(value).strip() for value in self.row(header_row)]
        while titles and not titles[-1]:
            titles.pop()
        last_col = self.first_col + max(len(titles), 1) - 1
        block = Area(header_row, self.first_col, max(self.height, header_row), last_col)
        data = _cut(self, Table("", "", block, tuple(titles), 1, 0, {}))
        at = [block], self.first_col, self.columns
        return replace(data, beside=(*left_above(*at), *left_beside(*at)))


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
                data = _cut(rows, widened(table, under.rows), under.total, shared=below)
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
            found.append(replace(_cut(rows, whole, under.total), left=tuple(left)))
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
        read = _columns(found)
        bad = [*_unreadable(facts), *self._no_numbers(sheet, read, first_col)]
        bad += [] if self.book.date1904 else _early_dates(read, first_col)
        columns = [column.values for column in read]
        for cell in bad:
            if 0 <= cell.col - first_col < len(columns) and cell.row <= len(columns[0]):
                columns[cell.col - first_col][cell.row - 1] = None
        return SheetRows(sheet.name, first_col, columns, tuple(bad), frozenset(facts.formulas), percents)

    def _no_numbers(self, sheet: Sheet, columns: Sequence[_Column], first_col: int) -> Iterator[BadCell]:
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
        return long_texts(_shared_texts(package, parts)[0]) if parts.strings else {}

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


def open_values(package: Package, parts: Parts, clean: Mapping[str, bytes] = MappingProxyType({})) -> CalamineWorkbook:
    """python-calamine on the workbook's proved parts, in a package of their own.

    It looks for parts where Excel puts them and takes the first sheet of a name, whatever the relations say. So it
    is given nothing but what was proved: the sheets (those in `clean` as they stand there) under their numbers,
    texts and styles in plain UTF-8, and a workbook part of ours.
    """
    told = package.read(parts.workbook), parts.workbook
    check_well_formed(in_utf8(*told), parts.workbook)
    content: dict[str, str | bytes] = {
        "_rels/.rels": _relations([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(len(parts.sheets), date1904=parts.date1904),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                ("r1", "sharedStrings", "sharedStrings.xml"),
                ("r2", "styles", "styles.xml"),
                *((f"s{i}", "worksheet", f"worksheets/{i}.xml") for i in range(len(parts.sheets))),
            ]
        ),
    }
    if parts.strings:
        content["xl/sharedStrings.xml"] = _texts(package, parts)
    if parts.styles:
        content["xl/styles.xml"] = _plain_part(package, parts.styles)
    for i, sheet in enumerate(parts.sheets):
        content[f"xl/worksheets/{i}.xml"] = clean.get(sheet.part, sheet.part)
    data = package.gathered(content)
    return _trusting(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)), "")


def _texts(package: Package, parts: Parts) -> str | bytes:
    """The shared texts, proved: the part's own name where python-calamine can read it as it is."""
    data, sheets = _shared_texts(package, parts)
    check_well_formed(data, parts.strings)
    check_strings(data, parts.strings, sheets)
    return parts.strings if data == package.read(parts.strings) else data


def _shared_texts(package: Package, parts: Parts) -> tuple[bytes, int]:
    """The part with the shared texts in plain UTF-8, no more of them than may be, and the bytes of all sheets."""
    sheets = sum(package.size(sheet.part) for sheet in parts.sheets)
    data = plain(package.read(parts.strings), parts.strings)
    check_count(data, sheets)
    return data, sheets


def _plain_part(package: Package, name: str) -> str | bytes:
    """The part's own name where python-calamine can read it as it is, else what it can read."""
    data = package.read(name)
    clean = plain(data, name)
    check_well_formed(clean, name)
    return name if clean is data else clean


def _workbook(sheets: int, *, date1904: bool) -> bytes:
    properties = '<workbookPr date1904="1"/>' if date1904 else ""
    entries = "".join(f'<sheet name="{i}" sheetId="{i + 1}" r:id="s{i}"/>' for i in range(sheets))
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">{properties}<sheets>{entries}</sheets></workbook>'.encode()


def _relations(entries: Sequence[tuple[str, str, str]]) -> bytes:
    lines = "".join(f'<Relationship Id="{i}" Type="{_LINKS}/{kind}" Target="{to}"/>' for i, kind, to in entries)
    return f'<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'.encode()


def open_sheet(package: Package, parts: Parts, sheet: str) -> CalamineSheet:
    """python-calamine on one sheet of the workbook."""
    return sheet_of(open_values(package, parts), parts, sheet)


def sheet_of(workbook: CalamineWorkbook, parts: Parts, sheet: str) -> CalamineSheet:
    """One sheet of what `open_values` opened."""
    number = next(i for i, one in enumerate(parts.sheets) if one.name == sheet)
    return _trusting(lambda: workbook.get_sheet_by_name(str(number)), sheet)


def sheet_values(found: CalamineSheet) -> dict[Cell, CellValue]:
    """The values of a small sheet by (row, column) from 1, as python-calamine gives them."""
    first_col = (found.start or (0, 0))[1] + 1
    return {
        (row, col): value
        for row, values in enumerate(found.iter_rows(), 1)
        for col, value in enumerate(values, first_col)
    }


def _trusting(call: Callable[[], _Result], sheet: str) -> _Result:
    """Run python-calamine; its errors and its panics (not even an `Exception`) say that the file is damaged."""
    try:
        return call()
    except (CalamineError, ValueError, OSError) as error:
        raise Damaged(_damage(sheet, str(error))) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Damaged(_damage(sheet, "its reader gave up")) from error


def _damage(sheet: str, why: str) -> str:
    where = f" in its sheet {sheet}" if sheet else ""
    return f"The workbook is damaged{where}: {why}."


def _columns(sheet: CalamineSheet) -> list[_Column]:
    """The sheet column by column from row 1 on, in blocks."""
    rows: Iterator[Sequence[CellValue]] = iter(sheet.iter_rows())
    columns = [_Column() for _ in range(sheet.width)]
    while block := list(islice(rows, _BLOCK)):
        for column, values in zip(columns, zip(*block, strict=True), strict=True):
            column.take(values)
    return columns


class _Column:
    """The values of one column as they come in; each text, day and number that recurs is kept once."""

    def __init__(self) -> None:
        self.values: list[CellValue] = []
        self.known: dict[CellValue, CellValue] = {"": None}
        self.numbers: dict[CellValue, CellValue] = {}
        self.doubtful = False
        self.boundless = False

    def take(self, values: Sequence[CellValue]) -> None:
        kinds = set(map(type, values))
        if float in kinds and not self.boundless:
            numbers = values if kinds == _NUMBERS else [value for value in values if value.__class__ is float]
            # One sum says that all are finite; finite ones that add up to more than a number only cost a look.
            self.boundless = not math.isfinite(sum(numbers))  # type: ignore[arg-type]
        if kinds == _NUMBERS and len(self.numbers) <= _MAX_KINDS:
            self.values += map(self.numbers.setdefault, values, values)
        else:
            self.values += values if kinds.isdisjoint(_RECURRING) else self._shared(values, kinds)

    def _shared(self, values: Sequence[CellValue], kinds: set[type]) -> Sequence[CellValue]:
        if len(self.known) > _MAX_KINDS:
            self.doubtful = self.doubtful or any(map(_early, values))
            return [None if value == "" else value for value in values]
        once = self.known.setdefault
        if kinds <= _RECURRING:
            return list(map(once, values, values))
        # True and 1.0 are one key to a dict, so only what can be told apart goes through it.
        return [once(value, value) if type(value) in _RECURRING else value for value in values]

    def no_numbers(self) -> Iterator[tuple[int, float]]:
        """What stands as a number and is none: NaN and what is beyond all numbers."""
        if self.boundless:
            for row, value in enumerate(self.values, 1):
                if isinstance(value, float) and not math.isfinite(value):
                    yield row, value

    def early(self) -> Iterator[tuple[int, dt.date]]:
        """The dates that Excel counts wrong, each with its row."""
        if self.doubtful or any(map(_early, self.known)):
            for row, value in enumerate(self.values, 1):
                if isinstance(value, dt.date) and _early(value):
                    yield row, value


def _early(value: CellValue) -> bool:
    if not isinstance(value, dt.date):
        return False
    return (value.date() if isinstance(value, dt.datetime) else value) < _FIRST_DATE


def _unreadable(facts: Facts) -> Iterator[BadCell]:
    for (row, col), code in sorted(facts.errors.items()):
        yield BadCell(row, col, code, f"{code} is an error, not a value.", "Mend the formula or enter the value.")
    for row, col in sorted(facts.uncached - facts.errors.keys()):
        yield BadCell(
            row, col, "", "The formula has no stored result.", "Open the workbook in Excel, save it and try again."
        )


def _early_dates(columns: Sequence[_Column], first_col: int) -> Iterator[BadCell]:
    for col, column in enumerate(columns, first_col):
        for row, value in column.early():
            held = (value.date() if isinstance(value, dt.datetime) else value).toordinal() - _DAY_0
            shown = f"{value:%Y-%m-%d}"
            told = f"{held} stands in a cell formatted as a date: {shown} is before 1 March 1900."
            yield BadCell(row, col, shown, told, "Format it as a number and enter it again, or enter a later date.")


def _cut(rows: SheetRows, table: Table, total: str = "", *, shared: bool = False) -> TableData:
    """The table's data rows out of the sheet's; what the sheet does not reach is None."""
    data = table.data
    height = max(data.bottom - data.top + 1, 0)
    columns = []
    for col in range(data.left, data.right + 1):
        inside = 0 <= col - rows.first_col < len(rows.columns)
        column = rows.columns[col - rows.first_col][data.top - 1 : data.bottom] if inside else []
        columns.append(column + [None] * (height - len(column)))
    shown = _take_percents(rows, table, columns, shared=shared) if rows.percents else []
    return TableData(
        name=table.name,
        sheet=rows.sheet,
        ref=str(table.ref),
        headers=table.headers,
        first_row=data.top,
        first_col=data.left,
        columns=columns,
        bad=(*(cell for cell in rows.bad if data.holds(cell.row, cell.col)), *shown),
        formula_cells=frozenset(cell for cell in rows.formula_cells if data.holds(*cell)),
        total=total,
    )


def _take_percents(rows: SheetRows, table: Table, columns: list[list[CellValue]], *, shared: bool) -> list[BadCell]:
    """Cells of percentage columns that show 5 % and hold 0.05: read as shown, at fault in a shared workbook.

    There Python writes cells too, and its 5 would be shown as 500 %.
    """
    data, found = table.data, []
    for place, at in percentages(table.headers, columns):
        value = columns[place][at]
        if not isinstance(value, float) or (data.top + at, data.left + place) not in rows.percents:
            continue
        shown = as_percent(value)
        columns[place][at] = None if shared else shown
        if shared:
            problem = f"The cell shows {shown:g} % and holds {value:g}, since it is formatted as a percentage."
            fix = f"Format it as a number and type {shown:g}."
            found.append(BadCell(data.top + at, data.left + place, f"{value:g}", problem, fix))
    return found
