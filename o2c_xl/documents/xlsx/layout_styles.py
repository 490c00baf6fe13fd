"""A layout's cell styles, and the number formats that a document adds to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import quoteattr, unescape

from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_REVERSE

from o2c_xl.documents.xlsx.zipped import Part, packed

__all__ = ["PART", "Look", "Looks", "Stylesheet", "stylesheet"]

PART = "xl/styles.xml"
_QUOTES = {'"': "&quot;"}
_FIRST_OWN = 164  # number formats of a workbook's own (ECMA-376 part 1, 18.8.30)
_NUM_FMTS = re.compile(r"<numFmts\b[^>]*?(?:/>|>(.*?)</numFmts>)", re.DOTALL)
_NUM_FMT = re.compile(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"')
_CELL_XFS = re.compile(r"<cellXfs\b[^>]*>(.*?)</cellXfs>", re.DOTALL)
_FORMAT_ID = re.compile(r'numFmtId="(\d+)"')
_QUOTED = re.compile(r'quotePrefix="(\d)"')
_XF = re.compile(r"<xf\b[^>]*?(?:/>|>.*?</xf>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Look:
    """A style of the layout with another number format, and whether its text is marked as text (`quotePrefix`)."""

    base: int
    number_format: str
    quoted: bool


@dataclass(frozen=True, slots=True, eq=False)
class Stylesheet:
    """The layout's styles: text before and after, its number formats, its cell formats."""

    head: str
    number_formats: tuple[str, ...]
    middle: str
    formats: tuple[str, ...]
    tail: str
    shown: tuple[Look, ...]
    next_format: int


class Looks:
    """The styles that one document uses: those of its layout and the ones it adds."""

    def __init__(self, sheet: Stylesheet) -> None:
        self._sheet = sheet
        self._added: dict[Look, int] = {}

    def number_format(self, style: int) -> str:
        """The number format of the layout's style."""
        return self._sheet.shown[style].number_format

    def index(self, look: Look) -> int:
        """The number under which a cell asks for this look."""
        if look == self._sheet.shown[look.base]:
            return look.base
        return self._added.setdefault(look, len(self._sheet.formats) + len(self._added))

    def part(self) -> Part:
        """The style part of the document."""
        return _part(self._sheet, tuple(self._added))


def stylesheet(text: str) -> Stylesheet:
    """The style part that openpyxl wrote, taken apart."""
    cells = _CELL_XFS.search(text)
    if cells is None:
        raise ValueError("no cell formats")
    head, tail = text[: cells.start()], text[cells.end() :]
    own = _NUM_FMTS.search(head)
    formats = {int(number): unescape(code, {"&quot;": '"'}) for number, code in _NUM_FMT.findall(head)}
    known = BUILTIN_FORMATS | formats
    xfs = tuple(_XF.findall(cells[1]))
    start, end = own.span() if own else (head.index(">") + 1,) * 2
    return Stylesheet(
        head=head[:start],
        number_formats=tuple(found[0] for found in re.finditer(r"<numFmt\b[^>]*>", own[0] if own else "")),
        middle=head[end:],
        formats=xfs,
        tail=tail,
        shown=tuple(_shown(index, xf, known) for index, xf in enumerate(xfs)),
        next_format=max([_FIRST_OWN - 1, *formats]) + 1,
    )


def _shown(index: int, xf: str, known: dict[int, str]) -> Look:
    number, quoted = _FORMAT_ID.search(xf), _QUOTED.search(xf)
    code = known.get(int(number[1]), "General") if number else "General"
    return Look(index, code, bool(quoted and quoted[1] == "1"))


@lru_cache(maxsize=256)
def _part(sheet: Stylesheet, added: tuple[Look, ...]) -> Part:
    number_formats, formats = list(sheet.number_formats), list(sheet.formats)
    ids: dict[str, int] = {}
    for look in added:
        code = look.number_format
        if code not in BUILTIN_FORMATS_REVERSE and code not in ids:
            ids[code] = sheet.next_format + len(ids)
            number_formats.append(f'<numFmt numFmtId="{ids[code]}" formatCode={quoteattr(code, _QUOTES)}/>')
        number = ids[code] if code in ids else BUILTIN_FORMATS_REVERSE[code]
        xf = _FORMAT_ID.sub(f'numFmtId="{number}"', sheet.formats[look.base], count=1)
        formats.append(_QUOTED.sub(f'quotePrefix="{int(look.quoted)}"', xf))
    return packed(PART, "".join((sheet.head, _num_fmts(number_formats), sheet.middle, _cell_xfs(formats), sheet.tail)))


def _num_fmts(formats: list[str]) -> str:
    return f'<numFmts count="{len(formats)}">{"".join(formats)}</numFmts>' if formats else ""


def _cell_xfs(formats: list[str]) -> str:
    return f'<cellXfs count="{len(formats)}">{"".join(formats)}</cellXfs>'
