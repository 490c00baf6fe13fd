"""The marked copy of a refused workbook: bad cells coloured and commented, a sheet that lists and links all faults.

A pure function on bytes. New or changed are only the sheets with bad cells, their comments, `styles.xml`, and the
parts that name others; every other part keeps its packed bytes, macros, charts and images among them. No value of
any cell changes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from o2c_xl.domain.issue import Issue
from o2c_xl.workbook.address import Area, address, area
from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.mark_again import earlier_list
from o2c_xl.workbook.mark_comments import comments_part, drawing_part, last_block
from o2c_xl.workbook.mark_sheet import Listing, issues_sheet
from o2c_xl.workbook.mark_styles import Styles
from o2c_xl.workbook.mark_xml import (
    Part,
    Related,
    attribute_text,
    children,
    free_name,
    inside,
    join,
    with_content_types,
    with_new_parts,
)
from o2c_xl.workbook.markup import attribute, attributes, local_name, tags, with_attribute
from o2c_xl.workbook.package import Package, Pieces
from o2c_xl.workbook.parts import Parts, Sheet, book_parts
from o2c_xl.workbook.sheet import CellSpan, SheetXml, Splice, spliced

__all__ = ["MOST_LISTED", "MOST_MARKED", "SHEET", "marked_book"]

SHEET = "Issues"
MOST_MARKED = 2_000
MOST_LISTED = 10_000
_MOST_SHOWN = 300  # characters of a found value in a comment
# The namespaces of relations and of sheets in the two dialects.
_TRANSITIONAL = (
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
)
_STRICT = (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
_KIND = b"application/vnd.openxmlformats-officedocument."
_KINDS = {
    "sheet": _KIND + b"spreadsheetml.worksheet+xml",
    "comments": _KIND + b"spreadsheetml.comments+xml",
    "styles": _KIND + b"spreadsheetml.styles+xml",
}
_VML = {b"vml": _KIND + b"vmlDrawing", b"rels": b"application/vnd.openxmlformats-package.relationships+xml"}
# What follows legacyDrawing in CT_Worksheet (ECMA-376 part 1, 18.3.1.99); newer controls stand in AlternateContent.
_AFTER_DRAWING = frozenset(
    b"legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst AlternateContent".split()
)

Cell = tuple[int, int]


def marked_book(data: bytes, issues: Sequence[Issue], source: str, hint: str = "") -> bytes:
    """The workbook's bytes with its bad cells marked and the sheet `Issues` added.

    `source` is the file's name as people know it, `hint` what to do, in one line. Raises `Damaged` when the file
    cannot be trusted and `Refused` when a sheet cannot be added to it.
    """
    return _Copy(Package(data), issues, source, hint).made()


@dataclass(slots=True)
class _Places:
    """Where the faults are: by sheet part the faults of each cell, and the link of each listed fault."""

    cells: dict[str, dict[Cell, list[Issue]]] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    unmarked: int = 0


class _Copy:
    """One copy in the making: parts replaced, parts new, their content types."""

    def __init__(self, package: Package, issues: Sequence[Issue], source: str, hint: str) -> None:
        self.package = package
        self.parts: Parts = book_parts(package)
        if self.parts.revisions:
            raise Refused("The workbook is shared in the old way, with a log of revisions; no sheet is added to it.")
        self.issues, self.source, self.hint = issues, source, hint
        self.book = Part(package.read(self.parts.workbook), self.parts.workbook)
        self.base, self.main = _STRICT if _STRICT[1] in self.book.tag else _TRANSITIONAL
        self.replaced: dict[str, Pieces] = {}
        self.new: dict[str, Pieces] = {}
        self.kinds: dict[str, bytes] = {}
        self.styles = Styles(package.read(self.parts.styles) if self.parts.styles else b"", self.parts.styles)
        self.earlier = earlier_list(package, self.parts)
        self.block = 0

    def made(self) -> bytes:
        """The copy's bytes."""
        places = _placed(self.parts.sheets, self.issues)
        if places.cells or self.earlier:
            self.block = 1 + max([0, *(last_block(self.package.read(n)) for n in self.package.names if _is_vml(n))])
        for sheet in self.parts.sheets:
            if sheet.part in places.cells or (self.earlier and sheet.part != self.earlier.part):
                self._mark(sheet, places.cells.get(sheet.part, {}))
        self._list(places)
        self._settle()
        return with_new_parts(self.package.replaced(self.replaced), self.new)

    def _mark(self, sheet: Sheet, cells: Mapping[Cell, list[Issue]]) -> None:
        pieces = _SheetMarks(self, sheet, cells).pieces()
        if len(pieces) > 1:  # something was spliced in
            self.replaced[sheet.part] = pieces

    def put(self, name: str, data: bytes, kind: str = "") -> None:
        """A part as it shall be, new or in place of the old one."""
        if self.package.find(name) is not None:
            self.replaced[name] = [data]
        else:
            self.new[name] = [data]
            if kind:
                self.kinds[name] = _KINDS[kind]

    def marked(self, style: bytes | None) -> bytes:
        """The red twin of a format, or of the one that an earlier copy made it of."""
        return self.styles.marked(self.styles.originals.get(style or b"0", style) if self.earlier else style)

    def free(self, pattern: str) -> str:
        """A part name that nothing has."""
        return free_name(lambda name: self.package.find(name) or name in self.new, pattern)

    def _list(self, places: _Places) -> None:
        """The sheet `Issues`, its entry in the workbook and its relation."""
        shown = list(self.issues[:MOST_LISTED])
        links = {index: target for index, target in places.links.items() if index < len(shown)}
        listing = Listing(self.source, shown, links, self.hint, self._notes(places))
        part = self.earlier.part if self.earlier else self.free("xl/worksheets/sheet{}.xml")
        self.put(part, issues_sheet(listing, self.styles, self.main), "sheet")
        if self.earlier and self.parts.styles:
            self.put(self.parts.styles, self.styles.done())
            return
        relations = Related(self.package, self.parts.workbook, self.base)
        key = relations.add("worksheet", part)
        if not self.parts.styles:
            styles = self.free("xl/styles{}.xml")
            relations.add("styles", styles)
            self.put(styles, self.styles.done(), "styles")
        else:
            self.put(self.parts.styles, self.styles.done())
        self.put(relations.name, relations.changed or b"")
        self.put(self.parts.workbook, self._with_sheet(key))

    def _notes(self, places: _Places) -> list[str]:
        notes = []
        if places.unmarked:
            notes.append(
                f"The first {MOST_MARKED:,} cells are coloured and commented; {places.unmarked:,} more are at fault."
            )
        if len(self.issues) > MOST_LISTED:
            notes.append(
                f"The first {MOST_LISTED:,} faults are listed, {len(self.issues) - MOST_LISTED:,} more are not."
            )
        return notes

    def _with_sheet(self, key: str) -> bytes:
        """workbook.xml with the new sheet as the last one."""
        sheets = self.book.child(b"sheets")
        if sheets is None:
            raise Refused("The workbook names no sheets where Excel does; no sheet is added to it.")
        tags_ = [attributes(self.book.xml[one.start : one.open_end]) for one in self.book.within(sheets)]
        names = {_plain(attrs.get(b"name", b"")) for attrs in tags_}
        numbers = [int(n) for attrs in tags_ if (n := attrs.get(b"sheetId", b"")).isdigit()]
        entry = b'<%ssheet xmlns:o2cr="%s" name="%s" sheetId="%d" o2cr:id="%s"/>' % (
            self.book.prefix,
            self.base,
            attribute_text(_unused(names)),
            max(numbers, default=0) + 1,
            key.encode(),
        )
        if b'xmlns:r="%s"' % self.base in self.book.tag:
            entry = entry.replace(b' xmlns:o2cr="%s"' % self.base, b"").replace(b"o2cr:", b"r:")
        return join(self.book.xml, [inside(self.book.xml, sheets, entry)])

    def _settle(self) -> None:
        """The list of content types, with all new parts."""
        name = self.package.find("[Content_Types].xml")
        if name is None:
            raise Refused("The workbook does not say what its parts are; no sheet is added to it.")
        self.put(name, with_content_types(self.package.read(name), name, self.kinds, _VML))


def _is_vml(name: str) -> bool:
    return name.casefold().endswith(".vml")


def _plain(text: bytes) -> str:
    return text.decode("utf-8", "replace").casefold()


def _unused(names: set[str]) -> str:
    """`Issues`, or the first of `Issues 2`, `Issues 3` … that no sheet is named."""
    number, name = 1, SHEET
    while name.casefold() in names:
        number += 1
        name = f"{SHEET} {number}"
    return name


def _placed(sheets: Sequence[Sheet], issues: Sequence[Issue]) -> _Places:
    """The faults by their cells, as many as are marked; a fault without a cell of this workbook is listed alone."""
    by_name = {sheet.name.casefold(): sheet for sheet in sheets}
    places = _Places()
    count = 0
    for index, issue in enumerate(issues):
        sheet, block = by_name.get(issue.sheet.casefold()), area(issue.cell)
        if sheet is None or block is None:
            continue
        quoted = sheet.name.replace("'", "''")
        places.links[index] = f"'{quoted}'!{address(block.top, block.left)}"
        cells = places.cells.setdefault(sheet.part, {}) if count < MOST_MARKED else places.cells.get(sheet.part, {})
        cell = (block.top, block.left)
        if cell not in cells and count == MOST_MARKED:
            places.unmarked += 1
            continue
        count += cell not in cells
        cells.setdefault(cell, []).append(issue)
    return places


class _SheetMarks:
    """The marks of one sheet: formats of cells in its part, comments, their drawing."""

    def __init__(self, copy: _Copy, sheet: Sheet, cells: Mapping[Cell, list[Issue]]) -> None:
        self.copy, self.sheet = copy, sheet
        self.xml = SheetXml(copy.package.read(sheet.part), sheet.part)
        self.xml.check_order()
        close = next(tags(self.xml.xml, self.xml.end, len(self.xml.xml)), None)
        ended = close is not None and close.start() == self.xml.end and local_name(close[0]) == b"sheetData"
        self.tail = close.end() if close is not None and ended else self.xml.end
        self.after = list(children(self.xml.xml, self.tail, len(self.xml.xml)))
        self.cells = self._at_anchors(cells)

    def pieces(self) -> Pieces:
        """The sheet part with the marks; comments and drawing go into the copy."""
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
            copy.put(name, done.data, "comments")
        if not had:
            relations.add("comments", name)
        boxes = {cell: "\n".join(texts[cell]) for cell in done.fresh}
        splices = self._draw(relations, boxes, done.gone) if boxes or done.gone else []
        changed = relations.changed
        if changed is not None:
            copy.put(relations.name, changed)
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
        copy.put(name, data)
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
