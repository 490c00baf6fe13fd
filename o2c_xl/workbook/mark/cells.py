"""The marks of one sheet: red formats of its bad cells, comments on them, the boxes that these show in."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from o2c_xl.domain.issue import Issue
from o2c_xl.workbook.address import Area, address, area
from o2c_xl.workbook.mark.comments import comments_part, drawing_part
from o2c_xl.workbook.mark.copy import Copy
from o2c_xl.workbook.mark.xml import Related, children
from o2c_xl.workbook.opc.markup import attribute, attributes, local_name, tags, with_attribute
from o2c_xl.workbook.opc.package import Pieces
from o2c_xl.workbook.opc.parts import Sheet
from o2c_xl.workbook.opc.sheet import CellSpan, SheetXml, Splice, spliced

__all__ = ["SheetMarks"]

_MOST_SHOWN = 300  # characters of a found value in a comment
# What follows legacyDrawing in CT_Worksheet (ECMA-376 part 1, 18.3.1.99); newer controls stand in AlternateContent.
_AFTER_DRAWING = frozenset(
    b"legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst AlternateContent".split()
)

Cell = tuple[int, int]


class SheetMarks:
    """The marks of one sheet: formats of cells in its part, comments, their drawing."""

    def __init__(self, copy: Copy, sheet: Sheet, cells: Mapping[Cell, list[Issue]]) -> None:
        self.copy, self.sheet = copy, sheet
        self.xml = SheetXml(copy.package.read(sheet.part), sheet.part)
        self.xml.check_order()
        close = next(tags(self.xml.xml, self.xml.end, len(self.xml.xml)), None)
        ended = close is not None and close.start() == self.xml.end and local_name(close[0]) == b"sheetData"
        self.tail = close.end() if close is not None and ended else self.xml.end
        self.after = list(children(self.xml.xml, self.tail, len(self.xml.xml)))
        self.cells = self._at_anchors(cells)

    def put(self) -> None:
        """Put the sheet part with its marks, its comments and their drawing into the copy."""
        pieces = self._pieces()
        if len(pieces) > 1:  # something was spliced in
            self.copy.put(self.sheet.part, pieces)

    def _pieces(self) -> Pieces:
        rows: dict[int, list[int]] = {}
        for row, column in sorted(self.cells):
            rows.setdefault(row, []).append(column)
        splices = [splice for row, columns in rows.items() for splice in self._row(row, columns)]
        splices += self._unmarked({splice.start for splice in splices}) if self.copy.earlier else []
        tail = self._comment()
        opening = self.xml.empty_opening()
        if opening is not None:
            # `<sheetData/>` has no inside: open it, and close it behind the rows, which all stand at its end.
            start, end, tag = opening
            close = Splice(end, end, b"</%ssheetData>" % self.xml.prefix)
            splices = [Splice(start, end, tag), *splices, close]
        return spliced(self.xml.xml, [*splices, *tail])

    def _at_anchors(self, cells: Mapping[Cell, list[Issue]]) -> dict[Cell, list[Issue]]:
        """The cells as they can be seen: of merged ones only the first is."""
        merged = self._merged()
        moved: dict[Cell, list[Issue]] = {}
        for cell, issues in cells.items():
            block = next((block for block in merged if block.holds(*cell)), None)
            moved.setdefault((block.top, block.left) if block else cell, []).extend(issues)
        return moved

    def _merged(self) -> list[Area]:
        lists = [child for child in self.after if child.name == b"mergeCells"]
        refs = (
            attribute(self.xml.xml[one.start : one.open_end], b"ref") or b""
            for child in lists
            for one in children(self.xml.xml, child.open_end, child.close)
        )
        return [block for ref in refs if (block := area(ref.decode("ascii", "replace")))]

    def _row(self, number: int, columns: Sequence[int]) -> list[Splice]:
        """The marks of one row: cells that are there take on the red format, others are made."""
        xml, row = self.xml, self.xml.row(number)
        if row is None:
            made = b"".join(self._made(number, column, xml.effective_style(None, column)) for column in columns)
            place = xml.place(number)
            return [Splice(place, place, b'<%srow r="%d">%s</%srow>' % (xml.prefix, number, made, xml.prefix))]
        found = list(xml.cells(row))
        there = {cell.column: cell for cell in found}
        order = [cell.column for cell in found]
        splices = [self._styled(there[column]) for column in columns if column in there]
        missing = [column for column in columns if column not in there]
        opening = xml.widened_spans(xml.xml[row.start : row.open_end], range(columns[0], columns[-1] + 1))
        new = [(column, self._made(number, column, xml.effective_style(row, column))) for column in missing]
        if row.open_end == row.end:
            inner = b"".join(cell for _, cell in new)
            closed = opening.removesuffix(b"/>").rstrip() + b">" + inner + b"</%srow>" % xml.prefix
            return [Splice(row.start, row.end, closed)]
        for column, cell in new:
            index = bisect_left(order, column)
            at = found[index].start if index < len(found) else row.close
            splices.append(Splice(at, at, cell))
        if opening != xml.xml[row.start : row.open_end]:
            splices.append(Splice(row.start, row.open_end, opening))
        return splices

    def _made(self, row: int, column: int, style: bytes | None) -> bytes:
        marked = self.copy.marked(style)
        return b'<%sc r="%s" s="%s"/>' % (self.xml.prefix, address(row, column).encode(), marked)

    def _styled(self, cell: CellSpan) -> Splice:
        """The cell's start tag with the red twin of its format, right behind its address as Excel writes it."""
        marked = self.copy.marked(cell.style)
        ref = attribute(cell.tag, b"r")
        head = b'%sc r="%s"' % (b"<" + self.xml.prefix, ref or b"")
        if cell.style is None and ref and cell.tag.startswith(head):
            tag = head + b' s="%s"' % marked + cell.tag[len(head) :]
        else:
            tag = with_attribute(cell.tag, b"s", marked)
        return Splice(cell.start, cell.start + len(cell.tag), tag)

    def _unmarked(self, written: set[int]) -> list[Splice]:
        """The formats back that an earlier copy's cells had, where they are not at fault again."""
        originals = self.copy.styles.originals
        if not originals:
            return []
        cell = re.compile(rb'<%bc\b[^<>]*?\ss="(%b)"[^<>]*>' % (self.xml.prefix, b"|".join(originals)))
        return [
            Splice(found.start(), found.end(), with_attribute(found[0], b"s", originals[found[1]]))
            for found in cell.finditer(self.xml.xml, self.xml.start, self.xml.end)
            if found.start() not in written
        ]

    def _comment(self) -> list[Splice]:
        """Comments and their boxes; the drawing's mark in the sheet where there was none."""
        copy = self.copy
        relations = Related(copy.package, self.sheet.part, copy.base)
        texts = {cell: _text(issues) for cell, issues in self.cells.items()}
        had = [found for name in relations.targets("comments").values() if (found := copy.package.find(name))]
        if not texts and not had:
            return []
        name = had[0] if had else copy.free("xl/comments{}.xml")
        old = copy.package.read(name) if had else None
        done = comments_part(old, name, texts, copy.main, again=copy.earlier is not None)
        if done.data != old:
            copy.put(name, [done.data], "comments")
        if not had:
            relations.add("comments", name)
        boxes = {cell: "\n".join(texts[cell]) for cell in done.fresh}
        splices = self._draw(relations, boxes, done.gone) if boxes or done.gone else []
        changed = relations.changed
        if changed is not None:
            copy.put(relations.name, [changed])
        return splices

    def _draw(self, relations: Related, boxes: Mapping[Cell, str], gone: frozenset[Cell]) -> list[Splice]:
        """The boxes in the sheet's own VML drawing, or in a new one."""
        copy = self.copy
        element = next((child for child in self.after if child.name == b"legacyDrawing"), None)
        tag = self.xml.xml[element.start : element.open_end] if element else b""
        key = next((value for name, value in attributes(tag).items() if name.rpartition(b":")[2] == b"id"), b"")
        target = relations.targets("vmlDrawing").get(key.decode("utf-8", "replace"), "")
        found = copy.package.find(target) if target else None
        name = found or copy.free("xl/drawings/vmlDrawing{}.vml")
        old = copy.package.read(found) if found else None
        data, copy.block = drawing_part(old, name, boxes, copy.block, gone)
        copy.put(name, [data])
        if found:
            return []
        new = self._legacy(relations.add("vmlDrawing", name))
        if element:
            return [Splice(element.start, element.end, new)]
        place = next((child.start for child in self.after if child.name in _AFTER_DRAWING), None)
        at = self.xml.xml.rindex(b"</") if place is None else place
        return [Splice(at, at, new)]

    def _legacy(self, key: str) -> bytes:
        root = next(tags(self.xml.xml, 0, len(self.xml.xml)))[0]
        base = self.copy.base
        name = b"r:id" if b'xmlns:r="%s"' % base in root else b'xmlns:o2cr="%s" o2cr:id' % base
        return b'<%slegacyDrawing %s="%s"/>' % (self.xml.prefix, name, key.encode())


def _text(issues: Sequence[Issue]) -> tuple[str, str]:
    """The comment of a cell: the column as its title, then what was found, what is wrong, how to mend it."""
    title = issues[0].column or "To mend"
    lines: list[str] = []
    for issue in issues:
        value = issue.value[:_MOST_SHOWN]
        lines += [f"Found: {value}"] if value and f"Found: {value}" not in lines else []
        lines += [line for line in (issue.problem, f"How to mend: {issue.fix}" if issue.fix else "") if line]
    return title, "\n".join(dict.fromkeys(lines))
