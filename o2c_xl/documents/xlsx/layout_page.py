"""The pieces that every packaged xlsx layout is put together from, top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["PLAIN", "SMALL", "Page", "answers", "fact_rows", "foot", "head", "lines_table", "opening", "sums"]

_INK, _SOFT, _GREY, _TINT = "16324F", "5B6B7B", "C9D2DB", "EEF3F8"
_FACE = "Calibri"
_RULE = Side(style="medium", color=_INK)
_HAIR = Side(style="thin", color=_GREY)
_LINE_TEXTS = {"name": "{{lines.name}} {{lines.customisation}}"}


@dataclass(slots=True)
class Page:
    """A sheet being laid out from top to bottom; `widths` are those of its columns, in characters."""

    title: str
    widths: Sequence[int]
    book: Workbook = field(default_factory=Workbook)
    row: int = 0

    @property
    def sheet(self) -> Worksheet:
        """The one sheet."""
        return self.book.active

    @property
    def last(self) -> int:
        """The last column, 1-based."""
        return len(self.widths)

    def put(self, column: int, text: str, font: Font, align: str = "left", span: int = 1) -> None:
        """A text in the present row, over `span` columns."""
        cell = self.sheet.cell(self.row, column, text)
        cell.font = font
        indent = 1 if "{{lines.unit}}" in text or text == "{{words.unit}}" else 0
        cell.alignment = Alignment(horizontal=align, vertical="center" if span > 1 else "bottom", indent=indent)
        if span > 1:
            self.sheet.merge_cells(None, self.row, column, self.row, column + span - 1)

    def next(self, height: float = 15) -> None:
        """The next row, of `height` points."""
        self.row += 1
        self.sheet.row_dimensions[self.row].height = height

    def rule(self, side: Side, first: int = 1) -> None:
        """A line below the present row, from column `first` to the last."""
        for column in range(first, self.last + 1):
            self.sheet.cell(self.row, column).border = Border(bottom=side)

    def tint(self) -> None:
        """The present row on the light ground of what the reader asks first."""
        for column in range(1, self.last + 1):
            self.sheet.cell(self.row, column).fill = PatternFill("solid", fgColor=_TINT)


PLAIN = Font(name=_FACE, size=10)
_BOLD = Font(name=_FACE, size=10, bold=True)
SMALL = Font(name=_FACE, size=8, color=_SOFT)
_BIG = Font(name=_FACE, size=14, bold=True, color=_INK)
_TITLE = Font(name=_FACE, size=18, bold=True, color=_INK)
_SUM = Font(name=_FACE, size=11, bold=True, color=_INK)


def head(page: Page, sender: str) -> None:
    """Set the sheet up; the sender's name and the document's title."""
    sheet = page.sheet
    sheet.title = page.title
    sheet.sheet_view.showGridLines = False
    for index, width in enumerate(page.widths):
        sheet.column_dimensions["ABCDEFGH"[index]].width = width
    page.next(28)
    page.put(1, f"{{{{{sender}.name}}}}", Font(name=_FACE, size=14, bold=True, color=_INK))
    page.put(page.last, "{{title}}", _TITLE, "right")
    page.rule(_RULE)
    page.next()


def opening(page: Page, sender: str, addressee: str, facts: Sequence[tuple[str, str]]) -> None:
    """The addressee on the left, facts on the right; further facts have rows that may be left out."""
    left = [
        (f"{{{{{sender}.name}}}} · {{{{{sender}.street}}}} · {{{{{sender}.place}}}}", SMALL),
        (f"{{{{{addressee}.name}}}}", PLAIN),
        (f"{{{{{addressee}.street}}}}", PLAIN),
        (f"{{{{{addressee}.place}}}}", PLAIN),
        (f"{{{{{addressee}.country}}}}", PLAIN),
        (f"{{{{{addressee}.tax_id}}}}", SMALL),
    ]
    for index in range(max(len(left), len(facts))):
        page.next()
        if index < len(left):
            page.put(1, *left[index])
        if index < len(facts):
            label, name = facts[index]
            page.put(page.last - 2, label, SMALL)
            page.put(page.last, f"{{{{{name}}}}}", _BOLD if index == 0 else PLAIN, "right")
    page.next()


def answers(page: Page, *answers: tuple[str, str, int, int]) -> None:
    """The reader's questions first; (label, field, first column, columns)."""
    page.next(16)
    page.tint()
    for label, _, column, _ in answers:
        page.put(column, label, SMALL)
    page.next(22)
    page.tint()
    for _, name, column, span in answers:
        page.put(column, f"{{{{{name}}}}}", _BIG, "left", span)
    page.next()


def lines_table(page: Page, columns: Sequence[tuple[str, str, str]]) -> None:
    """Head and repeated row; (title, field, alignment). The head is printed on each page."""
    page.next(18)
    for index, (title, _, align) in enumerate(columns, start=1):
        page.put(index, title, SMALL, align)
    page.rule(_RULE)
    page.sheet.print_title_rows = f"{page.row}:{page.row}"
    page.next(18)
    for index, (_, name, align) in enumerate(columns, start=1):
        page.put(index, _LINE_TEXTS.get(name, f"{{{{lines.{name}}}}}"), PLAIN, align)
    page.rule(_HAIR)
    page.next()


def sums(page: Page, *amounts: tuple[str, str], strong: str) -> None:
    """Amounts below the table, (label, field); the one named `strong` stands out."""
    for label, name in amounts:
        page.next(20 if name == strong else 15)
        font = _SUM if name == strong else PLAIN
        page.put(page.last - 3, label, font)
        page.put(page.last, f"{{{{{name}}}}}", font, "right")
        if name == strong:
            page.rule(_RULE, page.last - 3)
    page.next()


def fact_rows(page: Page, *facts: tuple[str, str]) -> None:
    """A row for each (label, field); one without a value is left out of the document."""
    for label, name in facts:
        page.next()
        page.put(1, label, SMALL)
        page.put(2, f"{{{{{name}}}}}", PLAIN)


def foot(page: Page, sender: str) -> None:
    """Notes, the sender's data, and how the sheet prints: A4, one page wide, page n of m."""
    page.next()
    page.next()
    page.put(1, "{{notes.text}}", PLAIN)
    page.next()
    page.next()
    parts = ("name", "street", "place", "email", "tax_id", "registration")
    page.put(1, " · ".join(f"{{{{{sender}.{part}}}}}" for part in parts), SMALL)
    sheet = page.sheet
    sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.right.text = "&P / &N"
    sheet.print_options.horizontalCentered = True
