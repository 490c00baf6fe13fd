"""A refused csv as a workbook: each record in the Excel row of its line, so that addresses stay what they were.

A cell whose meaning is certain is written as what it means (a number, a date), an identifier as text with its zeros,
all else as the text that it is. Read again, the workbook has the faults that the csv had: where the rules of workbooks
would take a text that was doubtful in the csv, a question mark is set behind it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial
from itertools import count, islice, zip_longest
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.csvfile import CsvFile, read_csv
from o2c_xl.intake.lists.recognise import Header, find_header, table_of_file
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.tables.parse.cells import NUMBERS, Fault, parse_cell, parse_column
from o2c_xl.tables.parse.headers import header_key
from o2c_xl.tables.parse.script import PLAIN, Script, number_scripts, prove_dates
from o2c_xl.workbook.address import MAX_COLUMN, MAX_ROW, column_letters
from o2c_xl.workbook.mark.plain import DAY, HEAD, NUMBER, TEXT, plain_book
from o2c_xl.workbook.mark.xml import storable
from o2c_xl.workbook.values import Writer

__all__ = ["CsvCopy", "workbook_of_csv"]

_DOUBT = " ?"
_ERROR = "#VALUE!"  # what every kind of cell is refused with, where a question mark would pass
_KEPT_AS_TEXT = frozenset(
    {Kind.CODE, Kind.LINE, Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.MOMENT, Kind.CHOICE, Kind.COUNTRY}
    | {Kind.CURRENCY, Kind.TERMS}
)
# What a text with a question mark behind it is never a value of.
_STRICT = NUMBERS | {Kind.DATE, Kind.CHOICE, Kind.COUNTRY, Kind.CURRENCY, Kind.TERMS, Kind.EMAIL}
_STYLES = {Kind.DATE: DAY} | dict.fromkeys(NUMBERS, NUMBER)
_WRITER = Writer(b"", date1904=False)
_NARROWEST, _WIDEST = 8, 40  # characters of a column
_LOOKED_AT = 200  # records
_BLOCK = 1_000  # records

Out = str | float | dt.date | None


class _Doubted(str):
    """A text with a sign of doubt that the csv does not have."""

    __slots__ = ()


@dataclass(slots=True)
class CsvCopy:
    """The workbook's bytes, the name of its one sheet, and the cells whose text got a sign of doubt, by their address.

    `doubted` has the cell's column and what stands in the csv; `shifted` those of lines with too many values.
    """

    data: bytes
    sheet: str
    doubted: dict[str, tuple[str, str]] = field(default_factory=dict)
    shifted: dict[str, tuple[str, str]] = field(default_factory=dict)


def workbook_of_csv(path: Path, name: str, table: Table | None = None) -> CsvCopy:
    """The csv as a workbook; raises CannotRun where it cannot be read, or does not fit on a sheet.

    `table` is what it is known to hold where its name does not say so.
    """
    found = read_csv(path, name)
    if not found.records or found.lines[-1] > MAX_ROW or max(map(len, found.records)) > MAX_COLUMN:
        raise CannotRun(f"{name} does not fit on a sheet.")
    told = table_of_file(name) or table
    header = find_header(found.records, told) or find_header(found.records, None)
    return _Writing(found, header).copy()


def _columns(headers: Sequence[str], header: Header) -> dict[int, Column]:
    """The columns that are read, by their place from 0."""
    tables = [BY_NAME[name] for name in header.shape.names]
    known = {header_key(c.header): c for table in tables for c in table.columns if c.typed or c.key}
    places: dict[int, Column] = {}
    for place, text in enumerate(headers):
        column = known.get(header_key(text))
        if column is not None and column not in places.values():
            places[place] = column
    return places


def _meanings(found: CsvFile, header: Header | None, columns: Mapping[int, Column]) -> dict[int, dict[str, Out]]:
    """For each column what to write for each of its texts."""
    if header is None:
        return {}
    records = found.records[header.index + 1 :]
    distinct = {
        place: list(dict.fromkeys([record[place] if place < len(record) else "" for record in records]))
        for place in columns
    }
    numbers = [place for place, column in columns.items() if column.kind in NUMBERS]
    scripts = dict(zip(numbers, number_scripts([distinct[place] for place in numbers], found.decimal), strict=True))
    return {
        place: _column_meanings(column, distinct[place], scripts.get(place, PLAIN)) for place, column in columns.items()
    }


def _column_meanings(column: Column, texts: Sequence[str], script: Script) -> dict[str, Out]:
    """What to write for each distinct text of a column, so that a workbook's reader understands it as the csv's did."""
    if column.kind is Kind.DATE:
        script = prove_dates(texts)
    parsed, faults = parse_column(column, texts, script)
    bad = {fault.index for fault in faults}
    written: dict[str, Out] = {
        text: text if i in bad else _meant(column, text, parsed[i]) for i, text in enumerate(texts)
    }
    again = prove_dates(written.values()) if column.kind is Kind.DATE else PLAIN
    for i in bad:
        written[texts[i]] = _still_bad(column, texts[i], again)
    return written


def _meant(column: Column, text: str, value: object) -> Out:
    """A sound cell: a number or date as such, everything else as the text."""
    if value is None or not text.strip():
        return None
    if column.kind in _KEPT_AS_TEXT:
        return storable(text.strip().replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, dt.date):
        return value
    number = float(value) if isinstance(value, int | Decimal) else 0.0
    return number if Decimal(format(number, ".15g")) == value else str(value)


def _still_bad(column: Column, text: str, script: Script) -> str:
    """A faulty text, in words that a workbook's reader finds faulty too."""
    plain = storable(text)
    for shown in (plain, _Doubted(f"{plain}{_DOUBT}")):
        if isinstance(parse_cell(column, shown, script), Fault):
            return shown
    return _Doubted(_ERROR)


class _Made(dict[str, bytes]):
    """What stands in a column's cells behind their address, made at a text's first use."""

    def __init__(self, make: Callable[[str], bytes]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, text: str) -> bytes:
        self[text] = content = self.make(text)
        return content


class _Writing:
    """One workbook in the making; each distinct text of a column is made a cell's content once."""

    def __init__(self, found: CsvFile, header: Header | None) -> None:
        self.found = found
        self.top = header.index if header else len(found.records)
        self.headers = found.records[self.top] if header else []
        self.columns = _columns(self.headers, header) if header else {}
        self.meanings = _meanings(found, header, self.columns)
        self.styles = {place: _STYLES.get(column.kind, TEXT) for place, column in self.columns.items()}
        width = max(map(len, found.records))
        self.letters = [column_letters(place + 1) for place in range(width)]
        self.heads = [b'<c r="' + letters.encode() for letters in self.letters]
        self.made = [_Made(partial(self._content, place)) for place in range(width)]
        self.result = CsvCopy(b"", header.shape.table.title if header else "Sheet1")

    def copy(self) -> CsvCopy:
        """The workbook and what was done to doubtful cells."""
        pieces = [self._opening()]
        rows = zip(count(), self.found.lines, self.found.records)
        while block := b"".join(self._row(*row) for row in islice(rows, _BLOCK)):
            pieces.append(block)
        pieces.append(b"</sheetData>")
        self.result.data = plain_book(self.result.sheet, pieces)
        return self.result

    def _row(self, index: int, line: int, record: Sequence[str]) -> bytes:
        if index > self.top:
            cells = self._cells(line, record)
        else:
            style = HEAD if index == self.top else TEXT
            cells = [self._cell(line, place, storable(text), style) for place, text in enumerate(record)]
        return b'<row r="%d">%s</row>' % (line, b"".join(cells))

    def _opening(self) -> bytes:
        """What stands before the rows: the frozen header, the columns with their widths and formats."""
        line = self.found.lines[self.top] if self.headers else 0
        pane = b'<pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/>' % (line, line + 1)
        columns = b"".join(
            b'<col min="%d" max="%d" width="%d" style="%s" customWidth="1"/>'
            % (place + 1, place + 1, width, self.styles.get(place, TEXT))
            for place, width in enumerate(_widths(self.found.records))
        )
        view = b'<sheetView tabSelected="1" workbookViewId="0">%s</sheetView>' % (pane if 0 < line < MAX_ROW else b"")
        return b"<sheetViews>%s</sheetViews><cols>%s</cols><sheetData>" % (view, columns)

    def _cells(self, line: int, record: Sequence[str]) -> list[bytes]:
        """The cells of a record beneath the header."""
        number = b'%d"' % line
        contents = [made[text] for made, text in zip(self.made, record, strict=False)]
        cells = [head + number + content for head, content in zip(self.heads, contents, strict=False) if content]
        for place, texts in self.doubtful.items():
            if place < len(record) and record[place] in texts:
                self.result.doubted[f"{self.letters[place]}{line}"] = (self.headers[place], record[place])
        shifted = self._shifted(record) if len(record) > len(self.headers) else -1
        return cells if shifted < 0 else self._with_doubt(line, record, shifted)

    def _with_doubt(self, line: int, record: Sequence[str], shifted: int) -> list[bytes]:
        """The cells of a record with too many values, one of them with a sign of doubt."""
        text = record[shifted]
        value = f"{storable(text)}{_DOUBT}" if self.columns[shifted].kind in _STRICT else _ERROR
        self.result.shifted[f"{self.letters[shifted]}{line}"] = (self.headers[shifted], text)
        number = b'%d"' % line
        return [
            self._cell(line, place, value, self.styles[place])
            if place == shifted
            else self.heads[place] + number + content
            for place, text in enumerate(record)
            if (content := self.made[place][text]) or place == shifted
        ]

    def _content(self, place: int, text: str) -> bytes:
        """What stands in a cell behind its address; nothing for an empty one."""
        value: Out = self.meanings[place][text] if place in self.meanings else storable(text)
        return self._cell(1, place, value, self.styles.get(place, TEXT))[len(self.heads[place]) + 2 :]

    def _cell(self, line: int, place: int, value: Out, style: bytes) -> bytes:
        if value is None or value == "":
            return b""
        return _WRITER.cell(f"{self.letters[place]}{line}", style, value)

    @cached_property
    def doubtful(self) -> dict[int, set[str]]:
        """The texts of each column that got a sign of doubt."""
        found = {
            place: {text for text, value in known.items() if isinstance(value, _Doubted)}
            for place, known in self.meanings.items()
        }
        return {place: texts for place, texts in found.items() if texts}

    def _shifted(self, record: Sequence[str]) -> int:
        """The place of the cell that says that the line has more values than the header; -1 where it has not.

        What stands beyond the header is no part of a workbook's list, so a cell within it must speak for it.
        """
        if not any(map(str.strip, record[len(self.headers) :])):
            return -1
        strict = [place for place, column in self.columns.items() if column.kind in _STRICT]
        return max(strict, default=max(self.columns, default=-1))


def _widths(records: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is, by its first records."""
    longest = [list(map(len, column)) for column in zip_longest(*records[:_LOOKED_AT], fillvalue="")]
    return [min(max(*lengths, _NARROWEST), _WIDEST) + 2 for lengths in longest]
