"""Reads the rows of a dropped or loaded file: a workbook with tables, a list on a sheet, or a csv."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.checked import look_over
from o2c_xl.intake.lists.beside import tell_beside
from o2c_xl.intake.lists.csv_block import csv_block, refuse_cut
from o2c_xl.intake.lists.csvfile import CsvFile, read_csv
from o2c_xl.intake.lists.flat_orders import split_orders
from o2c_xl.intake.lists.left import tell_left
from o2c_xl.intake.lists.recognise import HEADER_ROWS, Header, Shape, find_header, no_fit, table_of_file
from o2c_xl.tables.check.reading import read_block
from o2c_xl.tables.define.catalogue import find_table
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.batch import Batch, Block, Needs
from o2c_xl.tables.parse.fault import Fault
from o2c_xl.workbook.address import column_letters
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.mark.sheet import HEADERS as FAULTS
from o2c_xl.workbook.opc.kind import Kind
from o2c_xl.workbook.reading.beside import like_a_row
from o2c_xl.workbook.reading.book import Book, read_dropped
from o2c_xl.workbook.reading.data import TableData
from o2c_xl.workbook.reading.rows import SheetRows

_WIDEST = 1_024  # columns in which a header is looked for
_FIRST = 5_000  # records that are looked at before all are read
_GREETING = 2  # cells
_HOPELESS = 0.9  # of them at fault

__all__ = ["block_of", "read_rows"]


def read_rows(path: Path, table: Table | None = None, *, name: str | None = None) -> list[Batch]:
    """All rows that the file brings, in the file's order; a flat order list gives orders and lines.

    `table` is what the user says the file holds; `name` is the file's name as it was dropped, where it has been
    renamed since. Faults of cells are in the batches; raises CannotRun where the file as a whole cannot be read.
    """
    source = name or path.name
    if table and not table.typed:
        raise CannotRun(f"{table.name} is filled by Python alone; no file can bring its rows.")
    if look_over(path, source) is Kind.ZIP:
        return _book_rows(path, table, source)
    return _csv_rows(path, table, source)


def block_of(data: TableData, source: str) -> Block:
    """A table of a workbook as a block to parse."""
    letters = [column_letters(data.first_col + i) for i in range(len(data.columns))]
    return Block(
        source=source,
        sheet=data.sheet,
        headers=data.headers,
        columns=list(data.columns),
        letters=letters,
        rows=range(data.first_row, data.first_row + data.height),
        top=data.first_row - 1,
        bad={(bad.row, column_letters(bad.col)): (bad.text, Fault(bad.problem, bad.fix)) for bad in data.bad},
    )


@dataclass(slots=True)
class _Place:
    """A part of a workbook that may be a list: a table of Excel's, or a whole sheet; `top` are its first rows."""

    sheet: str
    told: Table | None
    top: Sequence[Sequence[object]]
    data: TableData | SheetRows
    header: Header | None = None

    @property
    def greeting(self) -> bool:
        """Whether it is a sheet with no more than a cell or two."""
        filled = sum(value not in (None, "") for row in self.top for value in row)
        return isinstance(self.data, SheetRows) and filled <= _GREETING

    @property
    def called(self) -> str:
        """What it is, for a sentence."""
        named = isinstance(self.data, TableData) and self.data.name
        return f"the table {named} of the sheet {self.sheet}" if named else f"sheet {self.sheet}"

    def cut(self) -> TableData:
        """The rows beneath the header."""
        if isinstance(self.data, TableData):
            return self.data
        return self.data.below((self.header.index if self.header else 0) + 1)


def _book_rows(path: Path, table: Table | None, source: str) -> list[Batch]:
    try:
        book = read_dropped(path)
        places = _places(book)
    except Damaged as fault:
        raise type(fault)(f"{source}: {fault}") from fault
    book.tables.clear()
    notes = [f"{source}: {note}" for note in book.notes]
    chosen = _named(places, table, source)
    others = [place for place in places if place.told is None]
    chosen += _by_saying(others, table or (None if chosen else table_of_file(source)), source, chosen)
    if not table:
        chosen += _by_headers(others, chosen, source)
    if not chosen:
        raise _nothing(places, table, source)
    notes += [
        f"{source}, sheet {sheet}: what is hidden or filtered out there was taken like the rest."
        for sheet in dict.fromkeys(place.sheet for place in chosen)
        if sheet in book.hidden
    ]
    notes += _unread(places, chosen, table, source)
    places.clear()
    others.clear()
    batches: list[Batch] = []
    told: set[str] = set()
    while chosen:
        batches += _read_place(chosen.pop(0), source, told)
    batches[0].notes += notes
    return batches


def _places(book: Book) -> list[_Place]:
    """Every part of the book that may be a list, in the order of its sheets."""
    places: list[_Place] = []
    for sheet in book.sheets:
        tables = [data for data in book.tables if data.sheet == sheet]
        known = [_Place(sheet, find_table(data.name), [data.headers], data) for data in tables]
        if any(place.told for place in known):
            places += known
        elif known:
            places += [replace(place, told=find_table(sheet)) for place in known]
        else:
            rows = book.sheet_rows(sheet)
            top = [rows.row(number)[:_WIDEST] for number in range(1, min(rows.height, HEADER_ROWS) + 1)]
            if top:
                places.append(_Place(sheet, find_table(sheet), top, rows))
    return places


def _named(places: Sequence[_Place], table: Table | None, source: str) -> list[_Place]:
    """The lists that carry a table's name and have its header."""
    found: list[_Place] = []
    taken: dict[str, str] = {}
    apart = {"Orders", "OrderLines"} <= {place.told.name for place in places if place.told}
    for place in places:
        if place.told is None or not place.told.typed:
            continue
        place.header = find_header(place.top, place.told)
        if apart and place.header and place.header.shape.flat:  # columns of the other that people look up
            place.header = replace(place.header, shape=Shape(place.told))
        if place.header is None or (table and table.name not in place.header.shape.names):
            continue
        _take(place, taken, source)
        found.append(place)
    return found


def _by_saying(others: Sequence[_Place], told: Table | None, source: str, chosen: Sequence[_Place]) -> list[_Place]:
    """The unnamed list that has the header of the table the user or the file's name says, if none was `chosen`."""
    if told is None:
        return []
    headers = [(place, find_header(place.top, told)) for place in others]
    fitting = [(place, header) for place, header in headers if header and header.whole]
    fitting = fitting or [(place, header) for place, header in headers if header and not chosen]
    taken = _tables(chosen)
    for place, header in fitting:
        place.header = header
        _take(place, taken, source)
    return [place for place, _ in fitting]


def _by_headers(others: Sequence[_Place], chosen: Sequence[_Place], source: str) -> list[_Place]:
    """Unnamed lists that fit one table, which no other list of the file may bring."""
    found: list[_Place] = []
    taken = _tables(chosen)
    for place in others:
        if place.header is not None:
            continue
        try:
            header = find_header(place.top, None)
        except CannotRun:
            if chosen:
                continue
            raise
        if header is not None:
            place.header = header
            _take(place, taken, source)
            found.append(place)
    return found


def _tables(chosen: Sequence[_Place]) -> dict[str, str]:
    """The tables that come already, each with its sheet."""
    return {name: place.sheet for place in chosen if place.header for name in place.header.shape.names}


def _unread(places: Sequence[_Place], chosen: Sequence[_Place], table: Table | None, source: str) -> list[str]:
    """Notes of what is no list of ours, but for a greeting of a cell or two.

    What Python alone fills, and a marked copy's faults, is nobody's to bring.
    """
    taken, of = {id(place) for place in chosen}, table.title if table else "a table of ours"
    others = [place for place in places if id(place) not in taken and not (place.told and not place.told.typed)]
    return [
        f"{source}, {place.called}: not read, since it is no list of {of}."
        for place in others
        if tuple(place.top[0][: len(FAULTS)]) != FAULTS and not place.greeting
    ]


def _take(place: _Place, taken: dict[str, str], source: str) -> None:
    """Note the tables that a place brings; two places of one table are an error, since either may be the right."""
    for name in place.header.shape.names if place.header else ():
        if name in taken:
            here = f"sheets {taken[name]} and {place.sheet}" if taken[name] != place.sheet else f"sheet {place.sheet}"
            raise CannotRun(
                f"{source} holds two tables {name}, on the {here}; keep one of them, or put the rows of both into one."
            )
        taken[name] = place.sheet


def _nothing(places: Sequence[_Place], table: Table | None, source: str) -> CannotRun:
    if not places:
        return CannotRun(f"{source} holds no values.")
    if all(tuple(place.top[0][: len(FAULTS)]) == FAULTS for place in places):
        return CannotRun(f"{source} only lists what is wrong with another file. Mend that file and drop it instead.")
    if table:
        return CannotRun(f"{source} holds no list with the columns of {table.name}.")
    return no_fit(source, [row for place in places for row in place.top])


def _read_place(place: _Place, source: str, told: set[str]) -> list[Batch]:
    """The rows of a list; what stands beside it on its sheet is `told` once."""
    header, data = place.header, place.cut()
    if header is None:
        return []
    notes = [] if data.sheet in told else tell_beside(data, source)
    told.add(data.sheet)
    named, left, block = data.name, data.left, block_of(data, source)
    del place, data  # the raw cells go as they are parsed
    batches = _batches(block, header)
    tell_left(batches[-1], named, left)
    batches[-1].notes += notes
    return batches


def _batches(block: Block, header: Header) -> list[Batch]:
    return list(split_orders(block)) if header.shape.flat else [read_block(block, header.shape.table, Needs.FILE)]


def _csv_rows(path: Path, table: Table | None, source: str) -> list[Batch]:
    top = read_csv(path, source, _FIRST)
    told = table or table_of_file(source)
    header = find_header(top.records, told) or (None if table else find_header(top.records, None))
    if header is None:
        raise no_fit(source, top.records)
    found = top
    if len(top.records) == _FIRST:
        _refuse_hopeless(top, header, source)
        found = read_csv(path, source)
    refuse_cut(found, header, source)
    above = [
        line for line, record in zip(found.lines, found.records[: header.index], strict=False) if like_a_row(record)
    ]
    batches = _batches(csv_block(found, header, source), header)
    batches[-1].notes += [f"{source}: what stands in line {line} above the header was not read." for line in above]
    return batches


def _refuse_hopeless(top: CsvFile, header: Header, source: str) -> None:
    """A long file of which hardly any of the first lines can be read is refused before the rest costs anything."""
    issues = [issue for batch in _batches(csv_block(top, header, source), header) for issue in batch.issues]
    faulty = len({issue.row for issue in issues})
    if faulty > _HOPELESS * _FIRST:
        raise Damaged(f"{source} has {faulty} faulty lines among its first {_FIRST}. The first one is in {issues[0]}")
