"""What grows and shrinks with a table: its own `ref`, and the rules (validation, formats) that reached its last row.

Excel widens such rules itself when a person types below a table; a program that adds rows must do the same, in both
generations of rules: the sheet's own, and those of 2010 in its extension list, which keep their range as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from o2c_xl.workbook.address import MAX_ROW, Area, area
from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.opc.markup import attribute, local_name, tags, with_attribute
from o2c_xl.workbook.opc.sheet import Splice

__all__ = ["Grown", "grown_sqref", "merged_below", "rule_splices", "table_part"]

_TABLE = frozenset({b"autoFilter", b"sortState", b"sortCondition"})
_RULES = frozenset({b"dataValidation", b"conditionalFormatting"})


@dataclass(frozen=True, slots=True)
class Grown:
    """A table that got or lost rows: its whole area before, and the new last row of its data."""

    before: Area
    bottom: int

    @property
    def after(self) -> Area:
        """The whole area with the new rows."""
        return replace(self.before, bottom=self.bottom)


def grown_sqref(sqref: str, grown: Grown) -> str:
    """The ranges of a rule, those widened that cover columns of the table down to its last row.

    A range that also covers columns beside the table keeps its own shape; a second one covers the new rows.
    """
    ranges: list[str] = []
    old = grown.before
    for text in sqref.split():
        block = area(text)
        if block is None or block.bottom != old.bottom or not block.meets(old):
            ranges.append(text)
        elif old.left <= block.left and block.right <= old.right:
            ranges.append(str(replace(block, bottom=grown.bottom)))
        elif grown.bottom < old.bottom:
            ranges.append(text)
        else:
            left, right = max(block.left, old.left), min(block.right, old.right)
            ranges += [text, str(Area(old.bottom + 1, left, grown.bottom, right))]
    return " ".join(ranges)


def rule_splices(xml: bytes, start: int, grown: list[Grown]) -> Iterator[Splice]:
    """The changes to the part's rules after `start`, where its rows end."""
    inside: list[bytes] = []
    for tag in tags(xml, start, len(xml)):
        text, name = tag[0], local_name(tag[0])
        if text.startswith(b"</"):
            if inside and inside[-1] == name:
                inside.pop()
            continue
        if name in _RULES:
            yield from _rule(tag.start(), text, grown)
            if not text.endswith(b"/>"):
                inside.append(name)
        elif name == b"sqref" and inside and not text.endswith(b"/>"):
            end = xml.find(b"<", tag.end())
            yield from _changed(tag.end(), end, xml[tag.end() : end], grown)


def _rule(start: int, tag: bytes, grown: list[Grown]) -> Iterator[Splice]:
    sqref = attribute(tag, b"sqref")
    if sqref is None:
        return
    wide = _widened(sqref, grown)
    if wide != sqref:
        yield Splice(start, start + len(tag), with_attribute(tag, b"sqref", wide))


def _changed(start: int, end: int, sqref: bytes, grown: list[Grown]) -> Iterator[Splice]:
    wide = _widened(sqref, grown)
    if wide != sqref:
        yield Splice(start, end, wide)


def _widened(sqref: bytes, grown: list[Grown]) -> bytes:
    text = sqref.decode()
    wide = text
    for table in grown:
        wide = grown_sqref(wide, table)
    return sqref if wide.split() == text.split() else wide.encode()


def merged_below(xml: bytes, start: int, table: Area) -> str | None:
    """A merged range under the table in its columns, None when there is none."""
    for tag in tags(xml, start, len(xml)):
        if local_name(tag[0]) == b"mergeCell":
            block = area((attribute(tag[0], b"ref") or b"").decode())
            below = Area(table.bottom + 1, table.left, MAX_ROW, table.right)
            if block is not None and block.meets(below):
                return str(block)
    return None


def _shortened(tag: bytes, grown: Grown) -> bytes:
    """What a table was sorted by stays within it; Excel leaves it as it is where the table grows."""
    block = area((attribute(tag, b"ref") or b"").decode())
    if block is None or block.bottom <= grown.bottom:
        return tag
    return with_attribute(tag, b"ref", str(replace(block, bottom=max(grown.bottom, block.top))).encode())


def _areas(xml: bytes) -> Iterator[re.Match[bytes]]:
    """The start tags of the table and of its own filter and order; what an extension names alike is another's.

    The alternative text of a table is a `table` too, in a namespace of 2009 and without any area.
    """
    inside: list[bool] = []
    for tag in tags(xml, 0, len(xml)):
        if tag[0].startswith(b"</"):
            inside.pop()
            continue
        own = all(inside) and local_name(tag[0]) in (_TABLE if inside else {b"table"})
        if own:
            yield tag
        if not tag[0].endswith(b"/>"):
            inside.append(own)


def table_part(xml: bytes, name: str, grown: Grown) -> bytes:
    """The table's part with its new area, if it has one; its filter follows, the mark of an empty table goes."""
    changes: list[tuple[int, int, bytes]] = []
    for tag in _areas(xml):
        kind, text = local_name(tag[0]), tag[0]
        new = text
        if kind in {b"sortState", b"sortCondition"}:
            new = _shortened(text, grown)
        elif grown.after != grown.before:
            new = with_attribute(text, b"ref", str(grown.after).encode())
        if kind == b"table":
            new = with_attribute(new, b"insertRow", None)
            new = with_attribute(new, b"insertRowShift", None)
        changes.append((tag.start(), tag.end(), new))
    if not changes:
        raise Refused(f"The table {name} cannot be widened: its part is not written as Excel writes it.")
    for start, end, new in reversed(changes):
        xml = xml[:start] + new + xml[end:]
    return xml
