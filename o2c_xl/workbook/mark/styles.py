"""Formats for marked cells: for each format in use its twin on a red ground, everything else of it kept."""

from __future__ import annotations

import re
from functools import cached_property

from o2c_xl.workbook.mark.xml import DECLARATION, Child, Part, inside, join
from o2c_xl.workbook.opc.markup import attribute, with_attribute
from o2c_xl.workbook.opc.sheet import Splice

__all__ = ["GROUND", "INK", "Styles"]

# The tone "stopped" of the house (docs/decisions/0004-the-look.md): ground and ink keep a contrast of 6 : 1.
GROUND = b"FFFDE0DD"
INK = b"FFA3160F"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# CT_Stylesheet is a sequence (ECMA-376 part 1, 18.8.39); each block with what it holds at least.
_BLOCKS: dict[bytes, list[bytes]] = {
    b"numFmts": [],
    b"fonts": [b'<font><sz val="10"/><name val="Arial"/></font>'],
    b"fills": [b'<fill><patternFill patternType="none"/></fill>', b'<fill><patternFill patternType="gray125"/></fill>'],
    b"borders": [b"<border/>"],
    b"cellStyleXfs": [],
    b"cellXfs": [b"<xf/>"],
}
_FILL = b'<fill><patternFill patternType="solid"><fgColor rgb="%s"/><bgColor indexed="64"/></patternFill></fill>'
_FONT = b'<font>%s<sz val="10"/><color rgb="%s"/><name val="Arial"/><family val="2"/></font>'
_RULE = (
    b'<border><left/><right/><top/><bottom style="thin"><color rgb="FFE2E6EB"/></bottom><diagonal/></border>'
)  # fmt: skip
_COLOUR = re.compile(rb"<(?:[^\s<>/:]+:)?color\b[^<>]*?(?:/>|>\s*</(?:[^\s<>/:]+:)?color\s*>)")
_NAME = re.compile(rb"<(?:[^\s<>/:]+:)?name\b")
_ELEMENT = re.compile(rb"<(/?)([A-Za-z])")


class Styles:
    """`styles.xml` with formats added; the ones it has keep their numbers."""

    def __init__(self, data: bytes, name: str) -> None:
        self._part = Part(data or DECLARATION + b'<styleSheet xmlns="%s"></styleSheet>' % _MAIN, name)
        self._had: dict[bytes, list[bytes]] = {}
        self._new: dict[bytes, list[bytes]] = {}
        self._twins: dict[int, bytes] = {}
        for block, least in _BLOCKS.items():
            child = self._part.child(block)
            self._had[block] = [self._part.bytes_of(one) for one in self._part.within(child)] if child else []
            # Whatever the file says, the first two fills are Excel's own, so a new one never takes their place.
            lacking = least[len(self._had[block]) :] if block == b"fills" or not self._had[block] else []
            self._new[block] = [self._named(one) for one in lacking]

    def marked(self, style: bytes | None) -> bytes:
        """The number of the format's twin on red."""
        formats = self._had[b"cellXfs"]
        number = int(style) if style and style.isdigit() and int(style) < len(formats) else 0
        if number not in self._twins:
            xf = formats[number] if formats else self._named(b"<xf/>")
            font = attribute(xf[: xf.index(b">") + 1], b"fontId") or b"0"
            self._twins[number] = self._add(
                b"cellXfs",
                self._with(xf, fillId=self._fill(GROUND), applyFill=b"1", fontId=self._red(font), applyFont=b"1"),
            )
        return self._twins[number]

    @cached_property
    def originals(self) -> dict[bytes, bytes]:
        """The formats that are red twins, made for an earlier copy, with the format that each was made of."""
        formats = [self._reduced(xf) for xf in self._had[b"cellXfs"]]
        first: dict[bytes, int] = {}
        for number, (reduced, ours) in enumerate(formats):
            if not ours:
                first.setdefault(reduced, number)
        return {b"%d" % i: b"%d" % first.get(reduced, 0) for i, (reduced, ours) in enumerate(formats) if ours}

    def _reduced(self, xf: bytes) -> tuple[bytes, bool]:
        """A format without what marking changes, and whether its ground and ink are those of a mark."""
        tag = xf[: xf.index(b">") + 1]
        fill, font = (
            self._old(block, attribute(tag, name) or b"0")
            for block, name in ((b"fills", b"fillId"), (b"fonts", b"fontId"))
        )
        plain = self._with(xf, fillId=b"", applyFill=b"", fontId=b"", applyFont=b"")
        return plain + _COLOUR.sub(b"", font), GROUND[2:] in fill.upper() and INK[2:] in font.upper()

    def _old(self, block: bytes, number: bytes) -> bytes:
        known = self._had[block]
        return known[int(number)] if number.isdigit() and int(number) < len(known) else b""

    def text(self, *, ink: bytes, more: bytes = b"", ground: bytes = b"") -> bytes:
        """The number of a format for a text that wraps; `more` goes into its font (`<b/>`)."""
        font = self._add(b"fonts", self._named(_FONT % (more, ink)))
        fill = self._fill(ground) if ground else b"0"
        border = self._add(b"borders", self._named(_RULE))
        xf = (
            b'<xf numFmtId="49" fontId="%s" fillId="%s" borderId="%s" applyNumberFormat="1" applyFont="1" '
            b'applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
        )
        return self._add(b"cellXfs", self._named(xf % (font, fill, border)))

    def done(self) -> bytes:
        """The part with what was added."""
        splices = [splice for block, new in self._new.items() if new for splice in self._grown(block, new)]
        return join(self._part.xml, splices)

    def _grown(self, block: bytes, new: list[bytes]) -> list[Splice]:
        part, child = self._part, self._part.child(block)
        count = b"%d" % (len(self._had[block]) + len(new))
        if child is None:
            p = part.prefix
            whole = b'<%s%s count="%s">%s</%s%s>' % (p, block, count, b"".join(new), p, block)
            at = self._place(block)
            return [Splice(at, at, whole)]
        if child.open_end == child.end:
            return [inside(part.xml, child, b"".join(new))]
        tag = with_attribute(part.xml[child.start : child.open_end], b"count", count)
        return [Splice(child.start, child.open_end, tag), inside(part.xml, child, b"".join(new))]

    def _place(self, block: bytes) -> int:
        """Where a block that is missing belongs: behind the last one that goes before it."""
        before = list(_BLOCKS)[: list(_BLOCKS).index(block)]
        found: list[Child] = [child for child in self._part.children if child.name in before]
        return max((child.end for child in found), default=self._part.start)

    def _fill(self, colour: bytes) -> bytes:
        return self._add(b"fills", self._named(_FILL % colour))

    def _red(self, font: bytes) -> bytes:
        """The number of the font's twin in red ink."""
        fonts = self._had[b"fonts"] or self._new[b"fonts"]
        old = fonts[int(font)] if font.isdigit() and int(font) < len(fonts) else fonts[0]
        if old.endswith(b"/>") and old.count(b"<") == 1:
            old = old[:-2].rstrip() + b">" + b"</%sfont>" % self._part.prefix
        colour = self._named(b'<color rgb="%s"/>' % INK)
        if _COLOUR.search(old):
            return self._add(b"fonts", _COLOUR.sub(colour, old, count=1))
        name = _NAME.search(old)
        at = name.start() if name else old.rindex(b"</")
        return self._add(b"fonts", old[:at] + colour + old[at:])

    def _add(self, block: bytes, new: bytes) -> bytes:
        added = self._new[block]
        if new not in added:
            added.append(new)
        return b"%d" % (len(self._had[block]) + added.index(new))

    def _named(self, xml: bytes) -> bytes:
        """The elements with the part's own prefix."""
        return _ELEMENT.sub(rb"<\1%b\2" % self._part.prefix, xml) if self._part.prefix else xml

    @staticmethod
    def _with(xf: bytes, **values: bytes) -> bytes:
        end = xf.index(b">") + 1
        tag = xf[:end]
        for name, value in values.items():
            tag = with_attribute(tag, name.encode(), value)
        return tag + xf[end:]
