"""Documents as xlsx, filled into a layout workbook that people may restyle as they like.

A layout is an ordinary workbook. `{{number}}` in a cell is replaced by the field, as a real number or date where it
stands alone; `{{words.total}}` is a word in the document's language and no field. A row with `{{lines.name}}` is
repeated for each line. A row whose fields are all empty is left out. Everything else (styles, widths, pictures,
formulas, print settings) stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from babel import Locale
from openpyxl.utils.datetime import to_excel

from o2c_xl.documents.faces.faces import AnyDocument, Face, face_of, home_of, issued_on, kind_of
from o2c_xl.documents.formats import Figure, FigureKind, Scalar, text_of
from o2c_xl.documents.labels import words_for
from o2c_xl.documents.qr import qr_png
from o2c_xl.documents.xlsx.layout_book import PAYMENT_CODE, BookLayout, CodePart, MovingPart, Stamped, book_layout
from o2c_xl.documents.xlsx.layout_sheet import Cell, Row, SheetLayout, inline
from o2c_xl.documents.xlsx.layout_styles import Look, Looks, Stylesheet
from o2c_xl.documents.xlsx.rows import Books, Moves, said
from o2c_xl.documents.xlsx.zipped import Part, packed, zip_of
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.money import places

__all__ = ["LAYOUTS", "layout_name", "render_xlsx"]

LAYOUTS = Path(__file__).parents[1] / "layouts"
"""Where the packaged layouts lie; a company's own of the same name, in its `layouts/`, is taken instead."""
_GAPS = re.compile(r"\s+·(\s+·)*\s+")  # dots around fields that are empty
_LONGEST = 32_767  # characters in a cell (Excel specifications and limits)
_HUNDRED = Decimal(100)
_WORDS = "words"
Values = Mapping[str, Scalar]


def layout_name(document: AnyDocument) -> str:
    """The file name of the document's layout, packaged and in a company's `layouts/`."""
    return f"{kind_of(document)}.xlsx"


def render_xlsx(document: AnyDocument, layout: Path | None = None, language: str = "en") -> bytes:
    """The document as a workbook with the words of `language`, made from the user's `layout` or the packaged one.

    Raises CannotRun when the layout cannot be opened or names a field that the document does not have.
    """
    path = layout or LAYOUTS / layout_name(document)
    face = face_of(document, language)
    code = str(face.get(PAYMENT_CODE) or "")
    face |= {_WORDS: {**words_for(language)}}
    filling = _Filling(book_layout(path, with_code=bool(code)), path.name, face, home_of(document, language))
    return filling.workbook(datetime.combine(issued_on(document), time()), code)


class _Filling:
    """A layout and the face that goes into it."""

    def __init__(self, layout: BookLayout, name: str, face: Face, home: Locale) -> None:
        self._layout = layout
        self._name = name
        self._home = home
        self._values = _scalars(face)
        self._lists = {name: value for name, value in face.items() if isinstance(value, list)}
        self._looks = Looks(layout.styles)
        self._books: Books = {}

    def workbook(self, stamp: datetime, code: str) -> bytes:
        """Repeat, fill and leave out rows; then pack all parts."""
        self._books = {sheet.title: Moves(self._plan(sheet)) for sheet in self._layout.sheets}
        sheets = {sheet.part: packed(sheet.part, self._sheet(sheet)) for sheet in self._layout.sheets}
        return zip_of(self._part(part, sheets, stamp, code) for part in self._layout.parts)

    def _part(
        self,
        part: Part | Stamped | MovingPart | CodePart | SheetLayout | Stylesheet,
        sheets: Mapping[str, Part],
        stamp: datetime,
        code: str,
    ) -> Part:
        match part:
            case SheetLayout():
                return sheets[part.part]
            case Stylesheet():
                return self._looks.part()
            case Stamped():
                return packed(part.name, f"{stamp.isoformat()}Z".join(part.pieces))
            case MovingPart():
                return packed(part.name, said(part.text, self._books))
            case CodePart():
                return packed(part.name, qr_png(code))
            case Part():
                return part

    def _plan(self, sheet: SheetLayout) -> list[int]:
        copies = [1] * sheet.height
        for row in sheet.rows:
            copies[row.number - 1] = self._copies(row)
        return copies

    def _copies(self, row: Row) -> int:
        """How often the layout's row stands in the document."""
        if not row.fields:
            return 1
        for name, where in row.fields:
            self._check(name, where)
        repeated = {name.partition(".")[0] for name, _ in row.fields} & self._lists.keys()
        if len(repeated) > 1:
            place = f"{self._name}, row {row.number}"
            raise CannotRun(f"{place} repeats {' and '.join(sorted(repeated))}. Keep one list to a row.")
        if repeated:
            return len(self._lists[repeated.pop()])
        values = [self._values[name] for name, _ in row.fields if not name.startswith(f"{_WORDS}.")]
        return int(not values or any(value not in (None, "") for value in values))

    def _check(self, name: str, where: str) -> None:
        first, _, field = name.partition(".")
        rows = self._lists.get(first)
        if name in self._values or (rows is not None and (not rows or field in rows[0])):
            return
        near = get_close_matches(name, [*self._values, *_row_fields(self._lists)], n=1)
        hint = f" Did you mean {{{{{near[0]}}}}}?" if near else ""
        raise CannotRun(f"{where}: there is no field {{{{{name}}}}} on this document.{hint}")

    def _sheet(self, sheet: SheetLayout) -> str:
        moves = self._books[sheet.title]
        rows = [
            self._row(row, number, copy) for row in sheet.rows for copy, number in enumerate(moves.rows(row.number))
        ]
        return "".join([sheet.head, "<sheetData>", *rows, "</sheetData>", said(sheet.tail, self._books)])

    def _row(self, row: Row, number: int, copy: int) -> str:
        cells = "".join(self._cell(cell, number, copy) for cell in row.cells)
        return f'<row r="{number}"{row.attributes}>{cells}</row>'

    def _cell(self, cell: Cell, row: int, copy: int) -> str:
        place = f'<c r="{cell.column}{row}"'
        if cell.formula:
            return f'{place} s="{cell.style}">{cell.formula(self._books, row)}</c>'
        if not cell.parts:
            kind = f' t="{cell.kind}"' if cell.kind else ""
            return f'{place} s="{cell.style}"{kind}>{cell.inside}</c>'
        if cell.alone == PAYMENT_CODE:
            return f'{place} s="{cell.style}"/>'
        if cell.alone:
            return self._value_cell(place, cell.style, self._value(cell.alone, copy))
        return self._text_cell(place, cell.style, self._printed(cell.parts, copy))

    def _printed(self, parts: Sequence[str], copy: int) -> str:
        texts = list(parts)
        texts[1::2] = [text_of(self._value(name, copy), self._home) for name in parts[1::2]]
        return _GAPS.sub(" · ", "".join(texts)).strip(" ·")

    def _value(self, name: str, copy: int) -> Scalar:
        first, _, field = name.partition(".")
        if first in self._lists:
            return cast("Scalar", self._lists[first][copy].get(field))
        return self._values[name]

    def _value_cell(self, place: str, style: int, value: Scalar) -> str:
        """The value as a number, date or text; text that looks like a formula stays text."""
        if isinstance(value, Figure):
            number = value.value / _HUNDRED if value.kind is FigureKind.PERCENT else value.value
            return f'{place} s="{self._shown(style, _number_format(value))}"><v>{number:f}</v></c>'
        if isinstance(value, date):
            day = int(to_excel(value, self._layout.epoch))
            return f'{place} s="{self._shown(style, "d mmm yyyy", unless_not="yyyy-mm-dd")}"><v>{day}</v></c>'
        return self._text_cell(place, style, text_of(value, self._home))

    def _text_cell(self, place: str, style: int, text: str) -> str:
        if not text:
            return f'{place} s="{style}"/>'
        look = Look(style, self._looks.number_format(style), quoted=text[0] in "=+-@")
        return f'{place} s="{self._looks.index(look)}" t="inlineStr">{inline(text[:_LONGEST])}</c>'

    def _shown(self, style: int, number_format: str, unless_not: str = "General") -> int:
        """The layout's own number format wins; `General` leaves the choice to the currency."""
        own = self._looks.number_format(style)
        wanted = number_format if own in ("General", unless_not) else own
        return self._looks.index(Look(style, wanted, quoted=False))


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
