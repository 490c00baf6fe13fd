"""Comments on bad cells: the text in the sheet's comments part, the box it shows in in its VML drawing.

Comments that people made stay; a bad cell that has one gets the fault's text below it. Threads of Excel's newer kind
stay as they are: what is added stands in the older comment that every thread keeps for other readers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from o2c_xl.workbook.address import MAX_COLUMN, address, area
from o2c_xl.workbook.mark.again import is_ours, without_boxes
from o2c_xl.workbook.mark.xml import DECLARATION, Child, Part, inside, join, storable
from o2c_xl.workbook.opc.markup import attribute, escaped, in_utf8, tree
from o2c_xl.workbook.opc.sheet import Splice

__all__ = ["AUTHOR", "Commented", "comments_part", "drawing_part", "last_block"]

AUTHOR = "o2c"
_FONT = b'<sz val="9"/><color rgb="FF1F2937"/><rFont val="Arial"/><family val="2"/>'
_BLOCK = 1024  # shape numbers come in blocks of so many, named in `idmap` (ECMA-376 part 4, 19.2.2.14)
_CHARACTERS = 44  # of a line in the box
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # text that would read back as another character
_TEXT_KINDS = (b"t", b"r")
_IDMAP = re.compile(rb"(<o:idmap\b[^<>]*?\bdata=[\"'])([0-9, ]*)")
_SHAPE_NUMBER = re.compile(rb"_x0000_s([0-9]{1,9})[\"']")
_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden;z-index:{order}" '
    'fillcolor="#fff7f6" strokecolor="#a3160f" o:insetmode="auto"><v:fill color2="#fff7f6"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_EMPTY_DRAWING = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    b'<o:idmap v:ext="edit" data=""/></o:shapelayout></xml>'
)

Cell = tuple[int, int]
Texts = Mapping[Cell, tuple[str, str]]  # title and text by row and column


@dataclass(frozen=True, slots=True)
class Commented:
    """The comments part as it shall be, the cells whose comment is new, those whose comment of ours has gone."""

    data: bytes
    fresh: tuple[Cell, ...]
    gone: frozenset[Cell]


def comments_part(data: bytes | None, name: str, texts: Texts, main: bytes, *, again: bool = False) -> Commented:
    """The comments with `texts` added.

    `data` is None where the sheet had none; `main` is the namespace of the workbook's dialect; `again` takes the
    comments of an earlier marked copy out.
    """
    empty = b'<comments xmlns="%s"><authors></authors><commentList></commentList></comments>' % main
    part = Part(data or DECLARATION + empty, name)
    if not part.children:
        part = Part(DECLARATION + empty, name)
    authors, listed = part.child(b"authors"), part.child(b"commentList")
    if authors is None or listed is None:
        return Commented(part.xml, (), frozenset())
    p = part.prefix
    number, new_author = _author(part, authors)
    known = {_cell(part, child): child for child in part.within(listed) if child.name == b"comment"}
    gone = {cell for cell, child in known.items() if again and _is_ours(part, child, number)}
    splices = [Splice(known[cell].start, known[cell].end, b"") for cell in gone]
    fresh = [cell for cell in sorted(texts) if cell not in known or cell in gone]
    for cell in (texts.keys() & known.keys()) - gone:
        splices += _appended(part, known[cell], _runs(p, texts[cell], lead="\n\n"))
    made = b"".join(
        b'<%scomment ref="%s" authorId="%d"><%stext>%s</%stext></%scomment>'
        % (p, address(*cell).encode(), number, p, _runs(p, texts[cell]), p, p)
        for cell in fresh
    )
    if made:
        splices.append(inside(part.xml, listed, made))
        splices += [inside(part.xml, authors, new_author)] if new_author else []
    return Commented(join(part.xml, splices), tuple(fresh), frozenset(gone))


def _is_ours(part: Part, comment: Child, author: int) -> bool:
    if attribute(part.xml[comment.start : comment.open_end], b"authorId") == b"%d" % author:
        return True
    return is_ours("".join(text for text in tree(part.bytes_of(comment), "comments").itertext()))


def _author(part: Part, authors: Child) -> tuple[int, bytes]:
    """The number of our author, and its element where it is new."""
    names = [part.xml[one.open_end : one.close] for one in part.within(authors)]
    if AUTHOR.encode() in names:
        return names.index(AUTHOR.encode()), b""
    return len(names), b"<%sauthor>%s</%sauthor>" % (part.prefix, AUTHOR.encode(), part.prefix)


def _cell(part: Part, comment: Child) -> Cell:
    block = area((attribute(part.xml[comment.start : comment.open_end], b"ref") or b"").decode())
    return (block.top, block.left) if block else (0, 0)


def _runs(p: bytes, text: tuple[str, str], lead: str = "") -> bytes:
    """Title in bold and text beneath it."""
    bold, plain = (escaped(_ESCAPE.sub("_x005F_", storable(piece))) for piece in (lead + text[0], f"\n{text[1]}"))
    font = _FONT.replace(b"<", b"<%s" % p)
    run = b'<%sr><%srPr>%s</%srPr><%st xml:space="preserve">%s</%st></%sr>'
    return run % (p, p, b"<%sb/>" % p + font, p, p, bold, p, p) + run % (p, p, font, p, p, plain, p, p)


def _appended(part: Part, comment: Child, runs: bytes) -> list[Splice]:
    """The comment's text with runs behind it; a text without runs becomes one."""
    text = next((child for child in part.within(comment) if child.name == b"text"), None)
    if text is None:
        return []
    pieces = [child for child in part.within(text) if child.name in _TEXT_KINDS]
    if not pieces:
        return [inside(part.xml, text, runs)]
    p = part.prefix
    splices = [
        splice
        for piece in pieces
        if piece.name == b"t"
        for splice in (
            Splice(piece.start, piece.start, b"<%sr>" % p),
            Splice(piece.end, piece.end, b"</%sr>" % p),
        )
    ]
    return [*splices, Splice(pieces[-1].end, pieces[-1].end, runs)]


def last_block(drawing: bytes) -> int:
    """The highest block of shape numbers that a drawing names or uses."""
    named = [int(n) for found in _IDMAP.finditer(drawing) for n in re.findall(rb"[0-9]+", found[2])]
    used = [int(found[1]) // _BLOCK for found in _SHAPE_NUMBER.finditer(drawing)]
    return max([0, *named, *used])


def drawing_part(
    data: bytes | None, name: str, boxes: Mapping[Cell, str], block: int, gone: Collection[Cell] = ()
) -> tuple[bytes, int]:
    """The VML drawing with a box for each cell, numbered from `block` on, and the next free block.

    The boxes of the cells in `gone` are taken out before.
    """
    xml = without_boxes(in_utf8(data, name), gone) if data else _EMPTY_DRAWING
    at = xml.rfind(b"</xml")
    if at < 0:
        xml = _EMPTY_DRAWING
        at = xml.rfind(b"</xml")
    blocks = range(block, block + -(-len(boxes) // (_BLOCK - 1)))
    kind = b"" if b'id="_x0000_t202"' in xml else _SHAPE_TYPE
    numbers = (b * _BLOCK + i for b in blocks for i in range(1, _BLOCK))
    shapes = "".join(
        _SHAPE.format(number=number, order=order, anchor=_anchor(cell, text), row=cell[0] - 1, column=cell[1] - 1)
        for order, (number, (cell, text)) in enumerate(zip(numbers, sorted(boxes.items()), strict=False), 1)
    )
    grown = xml[:at] + kind + shapes.encode() + xml[at:]
    return _IDMAP.sub(lambda found: found[1] + _more(found[2], blocks), grown, count=1), blocks.stop


def _more(data: bytes, blocks: Iterable[int]) -> bytes:
    return b",".join([*filter(None, data.strip(b", ").split(b",")), *(b"%d" % b for b in blocks)])


def _anchor(cell: Cell, text: str) -> str:
    """Where the box stands: right of its cell, as high as its text; near the last column, left of it."""
    row, column = cell[0] - 1, cell[1] - 1
    lines = sum(-(-max(len(line), 1) // _CHARACTERS) for line in text.split("\n"))
    left = column + 1 if column + 6 < MAX_COLUMN else max(column - 5, 0)
    top = max(row - 1, 0)
    return f"{left}, 15, {top}, 10, {left + 4}, 15, {top + max(lines, 3) + 1}, 4"
