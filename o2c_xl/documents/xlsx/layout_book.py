"""A layout workbook, taken apart once per process, so that filling it costs milliseconds.

openpyxl reads it and writes it once: what it cannot keep (shapes, text boxes) is gone, the rest has a known form.
Parts that are the same in every document are packed for good; the others know which of their places move.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.drawing.image import Image
from openpyxl.utils.exceptions import InvalidFileException

from o2c_xl.documents.qr import qr_png
from o2c_xl.documents.xlsx import layout_styles
from o2c_xl.documents.xlsx.layout_sheet import FIELD, SheetLayout, sheet_layout
from o2c_xl.documents.xlsx.layout_styles import Stylesheet, stylesheet
from o2c_xl.documents.xlsx.package import workbook_bytes
from o2c_xl.documents.xlsx.rows import Books, Moving, moving_references, spanning
from o2c_xl.documents.xlsx.zipped import Part, packed
from o2c_xl.domain.issue import CannotRun

__all__ = ["PAYMENT_CODE", "BookLayout", "CodePart", "MovingPart", "Stamped", "book_layout"]

PAYMENT_CODE = "payment_qr"
_CODE_PIXELS = 118
_STAMP = datetime(1904, 1, 2, 3, 4, 5)  # noqa: DTZ001  found again in the part and replaced
_STAMP_TEXT = f"{_STAMP.isoformat()}Z"
_PLACEHOLDER = qr_png("the payment code of a document")
_TARGET = re.compile(r'Target="/?(xl/[^"]+)"')
_ANCHOR_ROW = re.compile(r"<((?:\w+:)?row)>(\d+)</")
_TABLE_AREA = re.compile(r'\bref="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Stamped:
    """A part in which the document's time stands wherever two pieces meet."""

    name: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MovingPart:
    """A part with places that move."""

    name: str
    text: Moving


@dataclass(frozen=True, slots=True)
class CodePart:
    """A picture part that is to hold the document's payment code."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class BookLayout:
    """The layout: its styles, the start of its calendar, and its parts in their order."""

    styles: Stylesheet
    epoch: datetime
    parts: tuple[Part | Stamped | MovingPart | CodePart | SheetLayout | Stylesheet, ...]
    sheets: tuple[SheetLayout, ...]


def book_layout(path: Path, *, with_code: bool) -> BookLayout:
    """The layout at `path`, with a picture where the payment code stands or without.

    Raises CannotRun when it cannot be opened, or when it has a field inside a formula.
    """
    try:
        about = path.stat()
    except FileNotFoundError:
        raise CannotRun(f"The layout {path} is not there. Put it back or take the packaged one.") from None
    return _known(path, about.st_mtime_ns, about.st_size, with_code)


@lru_cache(maxsize=16)
def _known(path: Path, _changed: int, _size: int, with_code: bool) -> BookLayout:  # noqa: FBT001  a cache's key
    book = _opened(path)
    for sheet in book.worksheets:
        for cell in sheet._cells.values():  # noqa: SLF001  all cells, none of them made by asking
            if not isinstance(cell, Cell):
                continue
            cell.comment = None  # a note to whoever restyles the layout is not for the customer
            found = FIELD.fullmatch(cell.value.strip()) if isinstance(cell.value, str) else None
            if with_code and found and found[1] == PAYMENT_CODE:
                picture = Image(io.BytesIO(_PLACEHOLDER))
                picture.width = picture.height = _CODE_PIXELS
                sheet.add_image(picture, cell.coordinate)
    return _taken_apart(book, path.name)


def _opened(path: Path) -> Workbook:
    try:
        return load_workbook(io.BytesIO(path.read_bytes()), rich_text=False)
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError) as fault:
        raise CannotRun(f"The layout {path.name} cannot be read as an xlsx workbook: {fault}.") from fault


def _taken_apart(book: Workbook, name: str) -> BookLayout:
    with ZipFile(io.BytesIO(workbook_bytes(book, _STAMP))) as archive:
        contents = {part: archive.read(part) for part in archive.namelist()}
    titles = {sheet.path[1:]: sheet.title for sheet in book.worksheets}
    styles = stylesheet(contents[layout_styles.PART].decode())
    sheets = {part: sheet_layout(contents[part].decode(), title, part, name) for part, title in titles.items()}
    owners = _owners(contents, titles)
    parts = [
        styles if part == layout_styles.PART else sheets.get(part) or _part(part, content, owners.get(part, ""))
        for part, content in contents.items()
    ]
    return BookLayout(styles, book.epoch, tuple(parts), tuple(sheets.values()))


def _owners(contents: dict[str, bytes], titles: dict[str, str]) -> dict[str, str]:
    """The sheet's title for each part that hangs on a sheet: its drawing, its tables."""
    owners: dict[str, str] = {}
    for part, title in titles.items():
        folder, _, file = part.rpartition("/")
        relations = contents.get(f"{folder}/_rels/{file}.rels", b"").decode()
        owners |= dict.fromkeys(_TARGET.findall(relations), title)
    return owners


def _part(name: str, content: bytes, owner: str) -> Part | Stamped | MovingPart | CodePart:
    if content == _PLACEHOLDER:
        return CodePart(name)
    if name == "docProps/core.xml":
        return Stamped(name, tuple(content.decode().split(_STAMP_TEXT)))
    moving = _moving(name, content, owner)
    return MovingPart(name, moving) if any(callable(piece) for piece in moving) else packed(name, content)


def _moving(name: str, content: bytes, owner: str) -> Moving:
    if name == "xl/workbook.xml" or name.startswith("xl/charts/"):
        return moving_references(content.decode())
    if owner and name.startswith("xl/drawings/"):
        return _cut(_ANCHOR_ROW, content.decode(), partial(_anchor_row, owner), group=2)
    if owner and name.startswith("xl/tables/"):
        return _cut(_TABLE_AREA, content.decode(), partial(_table_area, owner), group=1)
    return ()


def _cut(pattern: re.Pattern[str], text: str, place: Callable[[str, Books], str], group: int) -> Moving:
    pieces: list[str | Callable[[Books], str]] = []
    end = 0
    for found in pattern.finditer(text):
        pieces += (text[end : found.start(group)], partial(place, found[group]))
        end = found.end(group)
    return [*pieces, text[end:]]


def _anchor_row(title: str, row: str, books: Books) -> str:
    """A picture's corner, counted from 0."""
    return str(books[title].first(int(row) + 1) - 1)


def _table_area(title: str, area: str, books: Books) -> str:
    return spanning(area, books[title]) or area
