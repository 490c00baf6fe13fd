"""Documents as xlsx, filled into a layout workbook that people may restyle as they like.

A layout is an ordinary workbook. `{{number}}` in a cell is replaced by the field, as a real number or date
where it stands alone. A row with `{{lines.name}}` is repeated for each line. A row whose placeholders are all
empty is left out. Everything else (styles, widths, pictures, formulas, print settings) stays.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import cast
from zipfile import BadZipFile

from babel import Locale
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.drawing.image import Image
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from o2c_xl.documents.faces import AnyDocument, Face, face_of, home_of, issued_on, kind_of
from o2c_xl.documents.formats import Figure, FigureKind, Scalar, text_of
from o2c_xl.documents.package import workbook_bytes
from o2c_xl.documents.payment import qr_png
from o2c_xl.documents.rows import RowPlan, relaid
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.money import places

__all__ = ["layout_name", "render_xlsx"]

_LAYOUTS = Path(__file__).parent / "layouts"
_FIELD = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}\}")
_GAPS = re.compile(r"\s+·(\s+·)*\s+")  # dots around fields that are empty
_QR = "payment_qr"
_QR_PIXELS = 118
_LONGEST = 32_767  # characters in a cell (Excel specifications and limits)
_HUNDRED = Decimal(100)
Values = Mapping[str, Scalar]


def layout_name(document: AnyDocument) -> str:
    """The file name of the document's layout, packaged and in a company's `layouts/`."""
    return f"{kind_of(document)}.xlsx"


def render_xlsx(document: AnyDocument, layout: Path | None = None) -> bytes:
    """The document as a workbook, made from the user's `layout` or the packaged one.

    Raises CannotRun when the layout cannot be opened or names a field that the document does not have.
    """
    path = layout or _LAYOUTS / layout_name(document)
    book = _opened(path)
    face = face_of(document)
    for sheet in book.worksheets:
        _Filling(path.name, sheet, face, home_of(document)).fill()
    return workbook_bytes(book, datetime.combine(issued_on(document), time()))


def _opened(path: Path) -> Workbook:
    try:
        return load_workbook(io.BytesIO(path.read_bytes()), rich_text=False)
    except FileNotFoundError:
        raise CannotRun(f"The layout {path} is not there. Put it back or take the packaged one.") from None
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError) as fault:
        raise CannotRun(f"The layout {path.name} cannot be read as an xlsx workbook: {fault}.") from fault


class _Filling:
    """One sheet of a layout and the face that goes into it."""

    def __init__(self, layout: str, sheet: Worksheet, face: Face, home: Locale) -> None:
        self._layout = layout
        self._sheet = sheet
        self._home = home
        self._values = _scalars(face)
        self._lists = {name: value for name, value in face.items() if isinstance(value, list)}

    def fill(self) -> None:
        """Repeat, fill and leave out rows; then lay the sheet anew."""
        plan = [RowPlan(number, self._copies(number)) for number in range(1, self._sheet.max_row + 1)]
        for cell, copy in relaid(self._sheet, plan):
            self._fill_cell(cell, copy)

    def _copies(self, number: int) -> int:
        """How often the layout's row stands in the document."""
        names = [name for cell in self._sheet[number] for name in self._names(cell)]
        if not names:
            return 1
        repeated = {name.split(".")[0] for name in names} & self._lists.keys()
        if len(repeated) > 1:
            row = f"{self._layout}, row {number}"
            raise CannotRun(f"{row} repeats {' and '.join(sorted(repeated))}. Keep one list to a row.")
        if repeated:
            return len(self._lists[repeated.pop()])
        return int(any(self._values[name] not in (None, "") for name in names))

    def _names(self, cell: Cell) -> list[str]:
        if not isinstance(cell.value, str):
            return []
        names = _FIELD.findall(cell.value)
        if names and cell.data_type == "f":
            raise CannotRun(f"{self._at(cell)} has a field inside a formula. Put the field in a cell of its own.")
        for name in names:
            self._check(name, cell)
        return names

    def _check(self, name: str, cell: Cell) -> None:
        known = [*self._values, *_row_fields(self._lists)]
        first = name.partition(".")[0]
        if name in known or (first in self._lists and not self._lists[first]):
            return
        near = get_close_matches(name, known, n=1)
        hint = f" Did you mean {{{{{near[0]}}}}}?" if near else ""
        raise CannotRun(f"{self._at(cell)}: there is no field {{{{{name}}}}} on this document.{hint}")

    def _at(self, cell: Cell) -> str:
        return f"{self._layout}, {self._sheet.title}!{cell.coordinate}"

    def _fill_cell(self, cell: Cell, copy: int) -> None:
        text = cell.value
        if not isinstance(text, str) or cell.data_type == "f" or not _FIELD.search(text):
            return
        alone = _FIELD.fullmatch(text.strip())
        if alone and alone[1] == _QR:
            self._place_qr(cell)
        elif alone:
            _put(cell, self._value(alone[1], copy), self._home)
        else:
            printed = _FIELD.sub(lambda found: text_of(self._value(found[1], copy), self._home), text)
            _put(cell, _GAPS.sub(" · ", printed).strip(" ·"), self._home)

    def _value(self, name: str, copy: int) -> Scalar:
        first, _, field = name.partition(".")
        if first in self._lists:
            return cast("Scalar", self._lists[first][copy].get(field))
        return self._values[name]

    def _place_qr(self, cell: Cell) -> None:
        code = self._values[_QR]
        cell.value = None
        if code:
            picture = Image(io.BytesIO(qr_png(str(code))))
            picture.width = picture.height = _QR_PIXELS
            self._sheet.add_image(picture, cell.coordinate)


def _scalars(face: Face) -> Values:
    """Scalar fields by name, a party's as `seller.name`."""
    values: dict[str, Scalar] = {}
    for name, value in face.items():
        if isinstance(value, dict):
            values |= {f"{name}.{field}": cast("Scalar", inner) for field, inner in value.items()}
        elif not isinstance(value, list):
            values[name] = value
    return values


def _row_fields(lists: Mapping[str, list[Face]]) -> list[str]:
    return [f"{name}.{field}" for name, rows in lists.items() if rows for field in rows[0]]


def _put(cell: Cell, value: Scalar, home: Locale) -> None:
    """The value as a number, date or text; text that looks like a formula stays text."""
    if isinstance(value, Figure):
        is_percent = value.kind is FigureKind.PERCENT
        cell.value = value.value / _HUNDRED if is_percent else value.value
        _show_as(cell, _number_format(value))
    elif isinstance(value, date):
        cell.value = value
        _show_as(cell, "d mmm yyyy", unless_not="yyyy-mm-dd")
    else:
        _put_text(cell, text_of(value, home)[:_LONGEST])


def _put_text(cell: Cell, text: str) -> None:
    cell.value = text or None
    if text:
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@"


def _show_as(cell: Cell, number_format: str, unless_not: str = "General") -> None:
    """The layout's own number format wins; `General` leaves the choice to the currency."""
    if cell.number_format in ("General", unless_not):
        cell.number_format = number_format


def _number_format(figure: Figure) -> str:
    digits = places(figure.currency)
    decimals = "." + "0" * digits if digits else ""
    match figure.kind:
        case FigureKind.AMOUNT:
            return f"#,##0{decimals}"
        case FigureKind.MONEY:
            return f'"{figure.currency}" #,##0{decimals}'
        case FigureKind.PRICE:
            return f"#,##0{decimals}" + ("" if figure.value == round(figure.value, digits) else "##")
        case FigureKind.PERCENT:
            return "0%" if _whole(figure.value) else "0.0#%"
        case FigureKind.QUANTITY:
            return "#,##0" if _whole(figure.value) else "#,##0.###"


def _whole(value: Decimal) -> bool:
    return value == value.to_integral_value()
