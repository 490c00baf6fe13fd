"""Reads a csv: its encoding, its delimiter, its records with their line numbers; in doubt it refuses."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.code_page import western
from o2c_xl.intake.lists.delimiter import Parted, lines_of, part
from o2c_xl.intake.lists.told_encoding import told_text
from o2c_xl.tables.define.catalogue import TABLES
from o2c_xl.tables.parse.headers import header_key
from o2c_xl.workbook.errors import Damaged

__all__ = ["CsvFile", "decoded", "read_csv", "records_of"]

_DELIMITERS = ",;\t|"  # a list of one column is cut by commas, which says that its numbers have points
_MARKS = (
    ((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32"),  # the marks of UTF-16 begin like these
    ((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16"),
)
_WIDEST = 1_024  # values in a line
_LONGEST = 1 << 20  # bytes in a line; Excel takes 32,767 characters into a cell
_TOO_LONG = "a text is far too long"
_KNOWN = frozenset(header_key(header) for table in TABLES for header in table.headers)


@dataclass(slots=True)
class CsvFile:
    """The records of a csv with the lines they start on; `delimiter` as it was found.

    `ended`: its last line has an end.
    """

    records: list[list[str]]
    lines: list[int]
    delimiter: str
    ended: bool = True

    @property
    def decimal(self) -> str:
        """The decimal sign where no number proves one: only a comma between values says that it is a point."""
        return "." if self.delimiter == "," else ""


def read_csv(path: Path, name: str, most: int | None = None) -> CsvFile:
    """All records of the file, lines without a value left out; `name` is the file's name as people know it.

    With `most` only so many, as for a first look. Raises CannotRun when the text's encoding or its quoting is in doubt.
    """
    text = decoded(path.read_bytes(), name)
    return records_of(part(text, _known, _DELIMITERS), name, most)


def decoded(data: bytes, name: str, told: str = "") -> str:
    """The text of a csv; raises CannotRun when its encoding is in doubt, or a line is far too long.

    `told` is the encoding of a text without Unicode, where a person told it.
    """
    _check_lines(data, name)
    encoding = next((code for marks, code in _MARKS if data.startswith(marks)), "utf-8-sig")
    try:
        return _without_nul(data.decode(encoding), name)
    except UnicodeDecodeError:
        pass
    if told and encoding == "utf-8-sig":
        return _without_nul(told_text(data, told, name), name)
    text = western(data) if encoding == "utf-8-sig" else ""
    if not text:
        raise CannotRun(
            f"{name} is written in an encoding that cannot be told for certain; save it as CSV UTF-8, or tell its "
            "encoding (--encoding of load and layout, or encoding in the folder's watcher file or the sender's layout)."
        )
    return _without_nul(text, name)


def _check_lines(data: bytes, name: str) -> None:
    """Refuse a line that no list has before all of the text is made; its end is looked for from afar."""
    end = b"\n" if b"\n" in data else b"\r"
    start = 0
    while len(data) - start > _LONGEST:
        found = data.rfind(end, start, start + _LONGEST)
        if found < 0:
            line = data.count(end, 0, start) + 1
            raise Damaged(f"{name} cannot be read at line {line}: {_TOO_LONG}.")
        start = found + 1


def _without_nul(text: str, name: str) -> str:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise CannotRun(f"{name} holds a NUL byte in line {line}, which no text has; save it as CSV UTF-8 or as xlsx.")
    return text


def _known(records: Sequence[list[str]]) -> int:
    """How many headers of one row are known at most."""
    return max((sum(header_key(cell) in _KNOWN for cell in row[:_WIDEST]) for row in records), default=0)


def records_of(parted: Parted, name: str, most: int | None = None) -> CsvFile:
    """The records with the lines they start on, blank lines left out; raises CannotRun for broken quoting."""
    reader = csv.reader(lines_of(parted.text), delimiter=parted.delimiter, strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    line = 0
    try:
        for record in reader:
            if len(record) > _WIDEST:
                many = f"{name} has {len(record)} values in line {line + parted.start}; {_WIDEST} are the most."
                raise Damaged(f"{many} Save the list alone as CSV UTF-8.")
            if any(map(str.strip, record)):
                records.append([_unescaped(cell) for cell in record])
                lines.append(line + parted.start)
            line = reader.line_num
            if len(records) == most:
                break
    except csv.Error as error:
        where, reason = f"{name} cannot be read at line {line + parted.start}", _reason(error)
        if reason == _TOO_LONG:
            raise Damaged(f"{where}: {reason}.") from error  # a damaged file is tried in no other way
        fix = (
            "Save the list as CSV UTF-8 from Excel, which sets the quotation marks, or mend that line in a text editor."
        )
        raise CannotRun(f"{where}: {reason}. {fix}") from error
    return CsvFile(records, lines, parted.delimiter, parted.text.rstrip("\x1a").endswith(("\n", "\r")))


def _unescaped(cell: str) -> str:
    """Our own csv puts an apostrophe before text that begins like a formula; reading it takes it off again."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in "=+-@\t\r" else cell


def _reason(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a quotation mark opens a text that is never closed"
    if "expected after" in text:
        return "something stands behind a closing quotation mark"
    return _TOO_LONG if "field limit" in text else text
