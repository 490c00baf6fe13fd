"""One sheet of a layout, taken apart once: rows of cells with their fields, and all else that points at rows.

The sheet is read as openpyxl writes it, so its form is known: no prefixes, texts inline, one formula to a cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from xml.etree.ElementTree import Element, fromstring
from xml.sax.saxutils import escape

from o2c_xl.documents.xlsx.rows import Books, Moving, moved_areas, moving_formula, repeated_area, said, spanning
from o2c_xl.domain.issue import CannotRun

__all__ = ["FIELD", "Cell", "Row", "SheetLayout", "inline", "sheet_layout"]

FIELD = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}\}")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROWS = re.compile(r"<sheetData\b[^>]*?(?:/>|>.*?</sheetData>)", re.DOTALL)
_DIMENSION = re.compile(r"<dimension\b[^>]*/>")
_POINTING = re.compile(
    r"<(mergeCells|hyperlinks|dataValidations)\b[^>]*>.*?</\1>"
    r"|<(?:conditionalFormatting)\b.*?</conditionalFormatting>|<(?:autoFilter|brk)\b[^>]*>",
    re.DOTALL,
)
_MEMBER = re.compile(r"<(mergeCell|hyperlink|dataValidation)\b[^>]*?(?:/>|>.*?</\1>)", re.DOTALL)
_AREAS = re.compile(r'\b(?:sqref|ref)="([^"]*)"')
_BREAK = re.compile(r'\bid="(\d+)"')


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its column, its style, and a content that is ready, a formula, or a text with fields.

    `parts` of a text with fields alternate: plain text, field, plain text, ...; `alone` is a field that fills its
    cell, `inside` the XML of any other content and `kind` its type.
    """

    column: str
    style: int
    kind: str = ""
    inside: str = ""
    parts: tuple[str, ...] = ()
    alone: str = ""
    formula: Callable[[Books, int], str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its attributes without number and span, its cells, the fields that stand in it."""

    number: int
    attributes: str
    cells: tuple[Cell, ...]
    fields: tuple[tuple[str, str], ...]
    """Each field with the cell it stands in."""


@dataclass(frozen=True, slots=True, eq=False)
class SheetLayout:
    """A sheet: its title, the part it is, the text before its rows, the rows, the text after them."""

    title: str
    part: str
    head: str
    rows: tuple[Row, ...]
    tail: Moving
    height: int


def sheet_layout(text: str, title: str, part: str, layout: str) -> SheetLayout:
    """The sheet's XML taken apart; raises CannotRun when a field stands inside a formula."""
    found = _ROWS.search(text)
    if found is None:
        raise ValueError(f"{part} has no rows")
    root = fromstring(f'<x xmlns="{_MAIN[1:-1]}">{found[0]}</x>')  # noqa: S314  written by openpyxl just now
    rows = tuple(_row(row, title, layout) for row in root.iter(f"{_MAIN}row"))
    height = max((row.number for row in rows), default=0)
    return SheetLayout(
        title=title,
        part=part,
        head=_DIMENSION.sub("", text[: found.start()]),
        rows=rows,
        tail=_tail(text[found.end() :], title),
        height=height,
    )


def inline(text: str) -> str:
    """The content of a text cell; all blanks are kept."""
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<is><t{space}>{escape(text)}</t></is>"


def _row(row: Element, title: str, layout: str) -> Row:
    number = int(row.attrib["r"])
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in row.items() if name not in {"r", "spans"})
    cells = [_cell(cell, title, number) for cell in row]
    fields: list[tuple[str, str]] = []
    for cell in cells:
        where = f"{layout}, {title}!{cell.column}{number}"
        if cell.formula and FIELD.search(cell.inside):
            raise CannotRun(f"{where} has a field inside a formula. Put the field in a cell of its own.")
        fields += [(name, where) for name in cell.parts[1::2]]
    return Row(number, attributes, tuple(cells), tuple(fields))


def _cell(cell: Element, title: str, row: int) -> Cell:
    column = cell.attrib["r"].rstrip("0123456789")
    style, kind = int(cell.get("s", "0")), cell.get("t", "n")
    formula, value = cell.find(f"{_MAIN}f"), cell.find(f"{_MAIN}v")
    if formula is not None:
        text = formula.text or ""
        return Cell(column, style, inside=text, formula=_formula(formula, text, title, row))
    if kind == "inlineStr":
        text = "".join(piece.text or "" for piece in cell.iter(f"{_MAIN}t"))
        if not FIELD.search(text):
            return Cell(column, style, kind, inline(text)) if text else Cell(column, style)
        alone = FIELD.fullmatch(text.strip())
        return Cell(column, style, parts=tuple(FIELD.split(text)), alone=alone[1] if alone else "")
    inside = "" if value is None or not value.text else f"<v>{escape(value.text)}</v>"
    return Cell(column, style, kind if inside else "", inside)


def _formula(formula: Element, text: str, title: str, row: int) -> Callable[[Books, int], str]:
    """The content of a formula's cell; its result is left to the program that opens the file."""
    moved = moving_formula(text, title, row)
    area = formula.get("ref")
    kept = "".join(f' {name}="{escape(value)}"' for name, value in formula.items() if name != "ref")

    def content(books: Books, new_row: int) -> str:
        place = "" if area is None else f' ref="{spanning(area, books[title]) or area}"'
        return f"<f{kept}{place}>{escape(moved(books, new_row))}</f>"

    return content


def _tail(text: str, title: str) -> Moving:
    pieces: list[str | Callable[[Books], str]] = []
    end = 0
    for found in _POINTING.finditer(text):
        pieces += (text[end : found.start()], _pointing(found[0], found[1] or "", title))
        end = found.end()
    return [*pieces, text[end:]]


def _pointing(text: str, container: str, title: str) -> Callable[[Books], str]:
    if container:
        opening = text[: text.index(">") + 1]
        # openpyxl keeps merged cells in a set, and a set has another order in each process.
        texts = (found[0] for found in _MEMBER.finditer(text))
        members = [_member(member, title) for member in (sorted(texts) if container == "mergeCells" else texts)]
        return partial(_container, re.sub(r'\scount="\d+"', "", opening), members, f"</{container}>")
    if text.startswith("<brk"):
        return partial(_moved_break, text, title)
    return _member(text, title, only_one=text.startswith("<autoFilter"))


def _container(opening: str, members: Sequence[Callable[[Books], str]], closing: str, books: Books) -> str:
    """A list of elements; an empty one would be a fault in the file."""
    inside = said(members, books)
    return f"{opening}{inside}{closing}" if inside else ""


def _member(text: str, title: str, *, only_one: bool = False) -> Callable[[Books], str]:
    """An element with its area; none when nothing is left of the area, unless there must be one."""
    place = _AREAS.search(text)
    if place is None:
        return lambda _: text
    before, area, after = text[: place.start(1)], place[1], text[place.end(1) :]
    repeated = text.startswith(("<mergeCell", "<hyperlink"))

    def moved(books: Books) -> str:
        moves = books[title]
        places = repeated_area(area, moves) if repeated else [moved_areas(area, moves) or (area if only_one else "")]
        return "".join(f"{before}{place}{after}" for place in places if place)

    return moved


def _moved_break(text: str, title: str, books: Books) -> str:
    return _BREAK.sub(lambda found: f'id="{books[title].last(int(found[1]))}"', text, count=1)
