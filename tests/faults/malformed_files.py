"""Malformed and odd files, made when asked for, each with what must become of it.

`all_files()` gives them; nothing binary is kept. A group is a module: zip, sheets, cells, texts, kinds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from o2c_xl.workbook.address import column_letters
from tests.workbook.files import bare, sheet_xml

DAY = dt.date(2026, 11, 2)
HEADERS = ("Order", "Customer ID", "Order date", "SKU", "Quantity", "Unit price", "Notes")
LINE = ("O1", "C1", DAY, "007", 2, 10.5, "leave at the door")
SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class Taken:
    """The file is taken whole: so many lines, and these columns of theirs; a note contains `note`."""

    lines: int = 1
    columns: Mapping[str, list[Any]] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Faults:
    """Rows are read; these cells, and no others, are at fault, the first with `words` in its sentence."""

    cells: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True)
class Lacks:
    """Rows are read, without the columns of these fields, which every new row needs: the ledger will not take them."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """The file as a whole is refused, in one sentence that contains `words`; `waits` where it may still be copied."""

    words: str
    waits: bool = False


@dataclass(frozen=True)
class OddFile:
    """One file: what it is about, its name as dropped, its bytes or what makes it at a path, and what must happen."""

    about: str
    file: str
    data: bytes | Callable[[Path], None]
    must: Taken | Faults | Lacks | Refused

    def make(self, path: Path) -> Path:
        """Write it there."""
        if isinstance(self.data, bytes):
            path.write_bytes(self.data)
        else:
            self.data(path)
        return path


class Raw(str):
    """A cell as XML, its address to be filled in for `{}`."""

    __slots__ = ()


def cell(row: int, column: int, value: object) -> str:
    """A cell as Excel writes it: text, number, truth, date."""
    at = f"{column_letters(column)}{row}"
    if value is None:
        return ""
    if isinstance(value, Raw):
        return value.replace("{}", at)
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date):
        return f'<c r="{at}" s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{at}"><v>{value!r}</v></c>'


def row(number: int, values: Sequence[object], attributes: str = "") -> str:
    """A row of such cells."""
    cells = "".join(cell(number, i, value) for i, value in enumerate(values, 1))
    return f'<row r="{number}"{attributes}>{cells}</row>'


def rows(*lines: Sequence[object], headers: Sequence[object] = HEADERS, first: int = 1) -> str:
    """A header and rows below it."""
    return "".join(row(i, values) for i, values in enumerate((headers, *lines), first))


def book(*lines: Sequence[object], tail: str = "", head: str = "", **more: Any) -> bytes:
    """A workbook with these order lines on its only sheet; without any, with one good line."""
    return bare(sheet_xml(rows(*(lines or [LINE])), tail, head), **more)


def sheet(xml_rows: str, **more: Any) -> bytes:
    """A workbook whose only sheet has these rows, as XML."""
    return bare(sheet_xml(xml_rows), **more)


def changed(**values: object) -> tuple[object, ...]:
    """The good line with other values: `Quantity=…`; `_` in a name is a space."""
    new = {name.replace("_", " "): value for name, value in values.items()}
    assert new.keys() <= set(HEADERS)
    return tuple(new.get(header, value) for header, value in zip(HEADERS, LINE, strict=True))


def csv_text(*lines: Sequence[str], headers: Sequence[str] = HEADERS[:5], delimiter: str = ",") -> str:
    """A csv of these lines, or of one good line."""
    return "".join(delimiter.join(line) + "\n" for line in (headers, *(lines or [CSV_LINE])))


CSV_LINE = ("O1", "C1", "2026-11-02", "007", "2")


def all_files() -> list[OddFile]:
    """Every one of them, each with a name of its own."""
    from tests.faults import malformed_cells, malformed_kinds, malformed_sheets, malformed_texts, malformed_zip

    groups = (malformed_zip, malformed_sheets, malformed_cells, malformed_texts, malformed_kinds)
    files = [one for group in groups for one in group.files()]
    names = [one.about for one in files]
    assert len(set(names)) == len(names), "two odd files of one name"
    return files
