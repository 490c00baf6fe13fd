"""The new version of a workbook against the old one: proved before anything is replaced.

Other eyes than the writer's: every part not meant is compared as packed bytes, every row as bytes, the rows that
differ as trees made by expat, cell by cell, and what was written is read again by python-calamine.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree.ElementTree import Element

from o2c_xl.workbook.address import Area, address, area, column_number
from o2c_xl.workbook.below import widened, written_below
from o2c_xl.workbook.difference import rows_that_differ
from o2c_xl.workbook.edit import CellOut, TableEdit
from o2c_xl.workbook.errors import Damaged, WriteFault
from o2c_xl.workbook.markup import attribute, local_name, plain, tags, tree, with_attribute
from o2c_xl.workbook.package import Package
from o2c_xl.workbook.parts import Parts, Sheet, Table, book_parts
from o2c_xl.workbook.probe import probe
from o2c_xl.workbook.read import CellValue, open_values, sheet_values
from o2c_xl.workbook.sheet import SheetXml
from o2c_xl.workbook.values import serial

__all__ = ["verify_package", "verify_write"]

Cell = tuple[int, int]
_RULES = frozenset({"dataValidation", "conditionalFormatting"})
_TABLE_MAY_CHANGE = frozenset({"ref", "insertRow", "insertRowShift"})
_MILLISECOND = 1.5 / 86_400_000
_FIRST_SURE_SERIAL = 61


def verify_package(new: bytes) -> None:
    """Raise `WriteFault` unless the bytes are a workbook whose parts all unpack and whose sheets can be found."""
    try:
        book = Package(new)
        for name in book.names:
            book.read(name)
        book_parts(book)
    except Damaged as error:
        raise WriteFault(f"The new version is not sound ({error}) The workbook was left as it is.") from error


def verify_write(old: bytes, new: bytes, edits: Sequence[TableEdit]) -> None:
    """Raise `WriteFault` unless `new` is `old` with exactly `edits` made."""
    try:
        _Proof(Package(old), Package(new)).run(edits)
    except Damaged as error:
        raise WriteFault(f"The new version is not sound ({error}) The workbook was left as it is.") from error


@dataclass(slots=True)
class _Allowed:
    """What may differ on one sheet: cells with their expected values, cells with a formula, ranges of rules."""

    sheet: Sheet
    values: dict[Cell, CellOut] = field(default_factory=dict)
    cells: set[Cell] = field(default_factory=set)
    grown: list[tuple[Area, int]] = field(default_factory=list)


class _Proof:
    """One comparison of two versions."""

    def __init__(self, old: Package, new: Package) -> None:
        self.old, self.new = old, new
        self.parts: Parts = book_parts(old)
        self.now: Parts = book_parts(new)
        self.styles = self._style_count()

    def run(self, edits: Sequence[TableEdit]) -> None:
        self._require(self.old.names == self.new.names, "its list of parts changed")
        sheets, tables = self._allowed(edits)
        for name in self.old.names:
            if name not in sheets and name not in tables and name != self.parts.workbook:
                self._require(self.old.packed(name) == self.new.packed(name), f"its part {name} changed")
        self._workbook()
        for name in tables:
            self._table(name)
        for allowed in sheets.values():
            self._sheet(allowed)

    def _require(self, holds: bool, fault: str) -> None:  # noqa: FBT001 - an assertion with a sentence
        if not holds:
            raise WriteFault(f"The new version is not what was meant: {fault}. The workbook was left as it is.")

    def _style_count(self) -> int:
        if not self.parts.styles:
            return 1
        return len(tree(self.old.read(self.parts.styles), self.parts.styles).findall("cellXfs/xf"))

    def _allowed(self, edits: Sequence[TableEdit]) -> tuple[dict[str, _Allowed], set[str]]:
        """What may change, by sheet part, and the table parts that may."""
        sheets: dict[str, _Allowed] = {}
        tables: set[str] = set()
        for edit in edits:
            found, now = self.parts.table(edit.table), self.now.table(edit.table)
            if found is None or now is None or not (edit.cells or edit.append):
                self._require(found is not None and now is not None, f"its table {edit.table} is gone")
                continue
            sheet, table = found
            allowed = sheets.setdefault(sheet.part, _Allowed(sheet))
            left = table.ref.left
            for (row, header), value in edit.cells.items():
                allowed.values[row, left + table.headers.index(header)] = value
            typed = self._typed_below(sheet, table, now[1])
            if edit.append or typed:
                self._new_rows(allowed, table, now[1], edit, typed)
                tables.add(table.part)
        for allowed in sheets.values():
            allowed.cells |= allowed.values.keys()
        return sheets, tables

    def _typed_below(self, sheet: Sheet, table: Table, now: Table) -> int:
        """Rows that people had typed under the table, which may have become its own."""
        if now.ref == table.ref:
            return 0
        return written_below(sheet, table, SheetXml(self.old.read(sheet.part), f"sheet {sheet.name}"))

    def _new_rows(self, allowed: _Allowed, table: Table, now: Table, edit: TableEdit, typed: int) -> None:
        """New rows stand below the old and the typed ones, the first perhaps in the one empty row of an empty table."""
        data = widened(table, typed).data
        growth = now.ref.bottom - table.ref.bottom
        filled = len(edit.append) + typed - growth
        same = Area(now.ref.top, now.ref.left, table.ref.bottom, now.ref.right) == table.ref
        self._require(same and filled in {0, 1}, f"its table {table.name} is not where it should be")
        self._require(filled == 0 or data.top == data.bottom, f"a row of its table {table.name} was overwritten")
        if growth:
            allowed.grown.append((table.ref, now.ref.bottom))
        for row, values in enumerate(edit.append, data.bottom + 1 - filled):
            for column, header in enumerate(table.headers, data.left):
                if header in values or header not in table.formulas:
                    allowed.values[row, column] = values.get(header)
                allowed.cells.add((row, column))

    def _workbook(self) -> None:
        """workbook.xml differs in the recalculation flag alone."""
        name = self.parts.workbook
        before, after = tree(self.old.read(name), name), tree(self.new.read(name), name)
        for root in (before, after):
            for calc in root.findall("calcPr"):
                calc.attrib.pop("fullCalcOnLoad", None)
                if not calc.attrib:
                    root.remove(calc)
        self._require(_same(before, after), "something else than the recalculation flag changed in it")

    def _table(self, name: str) -> None:
        """A table's part differs in its area alone."""
        before, after = tree(self.old.read(name), name), tree(self.new.read(name), name)
        for root in (before, after):
            for element in (root, *root.findall("autoFilter")):
                for key in _TABLE_MAY_CHANGE:
                    element.attrib.pop(key, None)
        self._require(_same(before, after), f"something else than the area changed in {name}")

    def _sheet(self, allowed: _Allowed) -> None:
        part, name = allowed.sheet.part, f"sheet {allowed.sheet.name}"
        before = SheetXml(self.old.read(part), name)
        # What a comment could hide in the new part lies in rows that differ, and these are parsed.
        after = SheetXml(self.new.read(part), name, simple=before.simple or None)
        self._frame(before, after, allowed)
        rows = rows_that_differ(before, after)
        for number, (was, now) in rows.items():
            self._row(number, was, now, allowed)
        written = {number: now for number, (_, now) in rows.items()}
        same = {number for number, _ in allowed.values} - written.keys()
        written.update({number: after.row_bytes(number) for number in same})
        self._read_again(after, dict(sorted(written.items())), allowed)

    def _frame(self, before: SheetXml, after: SheetXml, allowed: _Allowed) -> None:
        """What stands around the rows is the same, but for the used area and the ranges of rules."""
        was, now = (tree(plain(s.xml[: s.start] + s.xml[s.end :], s.name), s.name) for s in (before, after))
        for root in (was, now):
            for dimension in root.findall("dimension"):
                dimension.attrib.pop("ref", None)
        for element in now.iter():
            if element.tag in _RULES or element.tag == "sqref":
                _cut_back(element, allowed.grown)
        self._require(_same(was, now), f"something around the rows of its sheet {allowed.sheet.name} changed")

    def _row(self, number: int, was: bytes, now: bytes, allowed: _Allowed) -> None:
        """Only the cells that may change differ, and each keeps its format."""
        old, new = _row_tree(was, allowed.sheet.name), _row_tree(now, allowed.sheet.name)
        if old is not None and new is not None:
            for row in (old, new):
                row.attrib.pop("spans", None)
            self._require(old.attrib == new.attrib, f"row {number} of sheet {allowed.sheet.name} changed")
        before, after = _cells(old), _cells(new)
        last = 0
        for column, cell in after.items():
            where = f"{allowed.sheet.name}!{address(number, column)}"
            self._require(column > last, f"its cell {where} is out of order")
            self._require(int(cell.get("s", "0")) < max(self.styles, 1), f"{where} has no format")
            last = column
        for column in before.keys() | after.keys():
            if (number, column) not in allowed.cells:
                where = f"{allowed.sheet.name}!{address(number, column)}"
                self._require(_same(before.get(column), after.get(column)), f"its cell {where} changed")

    def _read_again(self, after: SheetXml, rows: Mapping[int, bytes], allowed: _Allowed) -> None:
        """The rows that changed, alone in a copy of the workbook, read as any reader would."""
        numbers = {number: index for index, number in enumerate(rows, 1)}
        body = b"".join(_renumbered(row, number, numbers[number]) for number, row in rows.items())
        small = plain(after.xml[: after.start] + body + _closing(after), after.name)
        probe(small, allowed.sheet.name)
        copy = Package(self.new.replaced({allowed.sheet.part: [small]}))
        found = sheet_values(open_values(copy, self.now), allowed.sheet.name)
        for (row, column), meant in allowed.values.items():
            value = found.get((numbers.get(row, 0), column))
            where = f"{allowed.sheet.name}!{address(row, column)}"
            self._require(
                _reads_as(meant, value, date1904=self.parts.date1904), f"{where} reads {value!r}, not {meant!r}"
            )


def _closing(sheet: SheetXml) -> bytes:
    return sheet.xml[sheet.end :]


def _row_tree(data: bytes, name: str) -> Element | None:
    return tree(plain(b"<rows>%s</rows>" % data, name), name).find("row") if data else None


def _cells(row: Element | None) -> dict[int, Element]:
    """The row's cells by column, in their order in the file."""
    cells: dict[int, Element] = {}
    last = 0
    for cell in row if row is not None else ():
        if cell.tag == "c":
            letters = re.match("[A-Z]+", cell.get("r", ""))
            last = column_number(letters[0]) if letters else last + 1
            cell.attrib.pop("r", None)
            cells[last] = cell
    return cells


def _same(a: Element | None, b: Element | None) -> bool:
    """Whether two elements say the same; white space between elements says nothing."""
    if a is None or b is None:
        return a is b
    if a.tag != b.tag or a.attrib != b.attrib or len(a) != len(b):
        return False
    if (a.text or "") != (b.text or "") and not (len(a) and not f"{a.text or ''}{b.text or ''}".strip()):
        return False
    return all(_same(one, other) for one, other in zip(a, b, strict=True))


def _cut_back(element: Element, grown: Sequence[tuple[Area, int]]) -> None:
    """Take the rows that a table gained off a rule's ranges, so that it must equal the rule before."""
    text = element.get("sqref") if element.tag in _RULES else element.text
    if text is None:
        return
    kept = list(text.split())
    for table, bottom in grown:
        kept = [cut for part in kept if (cut := _without_growth(part, table, bottom))]
    if Counter(kept) != Counter(text.split()):
        if element.tag in _RULES:
            element.set("sqref", " ".join(kept))
        else:
            element.text = " ".join(kept)


def _without_growth(text: str, table: Area, bottom: int) -> str:
    block = area(text)
    if block is None or block.bottom != bottom or not (table.left <= block.left and block.right <= table.right):
        return text
    if block.top > table.bottom:
        return ""
    return str(Area(block.top, block.left, table.bottom, block.right))


def _renumbered(row: bytes, number: int, new: int) -> bytes:
    """The row under another number, so that a few of many rows lie side by side."""
    pieces, position = [], 0
    for tag in tags(row, 0, len(row)):
        ref = attribute(tag[0], b"r") if local_name(tag[0]) in {b"row", b"c"} else None
        if ref is not None and ref.endswith(b"%d" % number):
            ref = ref.removesuffix(b"%d" % number) + b"%d" % new
            pieces += [row[position : tag.start()], with_attribute(tag[0], b"r", ref)]
            position = tag.end()
    return b"".join([*pieces, row[position:]])


def _reads_as(meant: CellOut, value: CellValue, *, date1904: bool) -> bool:
    """Whether the value read is the one written, as far as a binary number and a cell's format can tell."""
    if meant is None or meant == "":
        return value is None or value == ""
    if isinstance(meant, str | bool):
        return type(value) is type(meant) and value == meant
    wanted = float(serial(meant, date1904=date1904) if isinstance(meant, dt.date) else Decimal(meant))
    if isinstance(value, bool | str) or value is None:
        return False
    if isinstance(value, float | int):
        return float(value) == wanted
    return _shown_as_time(value, wanted, date1904=date1904)


def _shown_as_time(value: dt.date | dt.time | dt.timedelta, wanted: float, *, date1904: bool) -> bool:
    """A number in a cell with a date format reads as a date; near Excel's first days no reader is exact."""
    if wanted < _FIRST_SURE_SERIAL:
        return True
    if isinstance(value, dt.timedelta):
        return abs(value / dt.timedelta(days=1) - wanted) < _MILLISECOND
    return isinstance(value, dt.date) and abs(float(serial(value, date1904=date1904)) - wanted) < _MILLISECOND
