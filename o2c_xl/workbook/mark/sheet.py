"""The sheet `Issues` of a marked copy: every fault in one line, with a link to its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from o2c_xl.domain.issue import Issue
from o2c_xl.workbook.address import address
from o2c_xl.workbook.mark.styles import GROUND, INK, Styles
from o2c_xl.workbook.mark.xml import DECLARATION, attribute_text, storable
from o2c_xl.workbook.opc.markup import escaped
from o2c_xl.workbook.values import Writer

__all__ = ["HEADERS", "Listing", "issues_sheet"]

HEADERS = ("Sheet", "Cell", "Column", "Value", "Problem", "How to mend")
_WIDTHS = (16, 8, 18, 22, 50, 50, 2, 46)
_LINE = 14  # points of a line of Arial 10, with its share of the padding
_MAX_HEIGHT = 400  # Excel takes 409 at most
_MOST_CHARACTERS = 2_000  # of a value: the cell itself holds all of it


@dataclass(frozen=True, slots=True)
class Listing:
    """What the sheet says: the faults, the links of those that have a cell here, a hint, and what was left out."""

    source: str
    issues: Sequence[Issue]
    links: Mapping[int, str]
    hint: str
    notes: Sequence[str] = ()


def issues_sheet(listing: Listing, styles: Styles, main: bytes) -> bytes:
    """The worksheet part; its formats are added to `styles`, `main` is the namespace of the workbook's dialect."""
    rows = _Rows(listing, styles)
    body = b"".join(rows.all())
    last = len(listing.issues) + len(listing.notes) + 1
    widths = b"".join(b'<col min="%d" max="%d" width="%d" customWidth="1"/>' % (i, i, w) for i, w in _numbered(_WIDTHS))
    links = b"".join(
        b'<hyperlink ref="B%d" location="%s" display="%s"/>'
        % (index + 2, attribute_text(target), attribute_text(listing.issues[index].cell))
        for index, target in listing.links.items()
    )
    footer = listing.source.replace("&", "&&")[:200]
    return b"".join(
        [
            DECLARATION,
            b'<worksheet xmlns="%s"><sheetPr><tabColor rgb="FFBE123C"/><pageSetUpPr fitToPage="1"/></sheetPr>' % main,
            b'<dimension ref="A1:H%d"/><sheetViews><sheetView showGridLines="0" workbookViewId="0">' % last,
            b'<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
            b'<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>',
            b'<sheetFormatPr defaultRowHeight="15"/><cols>%s</cols><sheetData>%s</sheetData>' % (widths, body),
            b'<autoFilter ref="A1:F%d"/>' % last,
            b"<hyperlinks>%s</hyperlinks>" % links if links else b"",
            b'<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>',
            b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>',
            b"<headerFooter><oddFooter>%s</oddFooter></headerFooter>" % escaped(f"&L{footer}&RPage &P of &N"),
            b"</worksheet>",
        ]
    )


def _numbered(widths: Sequence[int]) -> list[tuple[int, int]]:
    return list(enumerate(widths, 1))


class _Rows:
    """The rows of the sheet, header first."""

    def __init__(self, listing: Listing, styles: Styles) -> None:
        self.listing = listing
        self.writer = Writer(b"", date1904=False)
        self.head = styles.text(ink=b"FFFFFFFF", more=b"<b/>", ground=b"FF1E4E8C")
        self.body = styles.text(ink=b"FF1F2937")
        self.bad = styles.text(ink=INK, ground=GROUND)
        self.link = styles.text(ink=b"FF1D4ED8", more=b"<u/>")
        self.quiet = styles.text(ink=b"FF6B7280", more=b"<i/>")

    def all(self) -> list[bytes]:
        """The header with the hint beside it, the faults, the notes."""
        head = [self._cell(1, i, self.head, text) for i, text in enumerate(HEADERS, 1)]
        rows = [b'<row r="1" ht="%d" customHeight="1">%s</row>' % (self._top(), b"".join([*head, self._hint()]))]
        for number, issue in enumerate(self.listing.issues, 2):
            rows.append(self._issue(number, issue, linked=number - 2 in self.listing.links))
        first = len(self.listing.issues) + 2
        for number, note in enumerate(self.listing.notes, first):
            rows.append(b'<row r="%d">%s</row>' % (number, self._cell(number, 5, self.body, note)))
        return rows

    def _top(self) -> int:
        return max(30, _height([*HEADERS, "", self.listing.hint]))

    def _hint(self) -> bytes:
        return self._cell(1, len(_WIDTHS), self.quiet, self.listing.hint)

    def _issue(self, number: int, issue: Issue, *, linked: bool) -> bytes:
        texts = (issue.sheet, issue.cell, issue.column, _short(issue.value), issue.problem, issue.fix)
        formats = (self.body, self.link if linked else self.body, self.body, self.bad if issue.value else self.body) + (
            self.body,
        ) * 2
        cells = [
            self._cell(number, i, style, text) for i, (text, style) in enumerate(zip(texts, formats, strict=True), 1)
        ]
        height = _height(texts)
        high = b' ht="%d" customHeight="1"' % height if height > _LINE else b""
        return b'<row r="%d"%s>%s</row>' % (number, high, b"".join(cells))

    def _cell(self, row: int, column: int, style: bytes, text: str) -> bytes:
        return self.writer.cell(address(row, column), style, storable(text))


def _short(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]} …"


def _height(texts: Sequence[str]) -> int:
    """Points that the row needs for its longest text: no program fits heights for all others."""
    lines = max(
        sum(-(-max(len(line), 1) // (width + width // 8)) for line in text.split("\n"))
        for text, width in zip(texts, _WIDTHS, strict=False)
    )
    return min(lines * _LINE, _MAX_HEIGHT)
