"""The new version of a workbook against the old one: proved before anything is replaced.

Other eyes than the writer's: every part not meant is compared as packed bytes, every row as bytes, the rows that
differ cell by cell, new rows as a whole, and what was written is read again by python-calamine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from o2c_xl.workbook.address import Area, address
from o2c_xl.workbook.errors import Damaged, WriteFault
from o2c_xl.workbook.opc.markup import check_well_formed, plain, tree
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import Parts, Sheet, Table, book_parts
from o2c_xl.workbook.opc.places import sheet_data
from o2c_xl.workbook.opc.probe import probe
from o2c_xl.workbook.opc.sheet import SheetXml
from o2c_xl.workbook.patch.carried import carrying
from o2c_xl.workbook.patch.cell_formats import CellFormats
from o2c_xl.workbook.patch.difference import rows_that_differ
from o2c_xl.workbook.patch.edit import CellOut, TableEdit
from o2c_xl.workbook.patch.new_rows import NewRows, RowBlock, patterns
from o2c_xl.workbook.patch.proof import require
from o2c_xl.workbook.patch.proof_block import BlockProof
from o2c_xl.workbook.patch.proof_parts import prove_frame, prove_parts, prove_table, prove_workbook
from o2c_xl.workbook.patch.proof_rows import RowProof, renumbered
from o2c_xl.workbook.patch.proof_values import other_kind, reads_as
from o2c_xl.workbook.reading.below import widened, written_below
from o2c_xl.workbook.reading.calamine import open_values, sheet_of, sheet_values

__all__ = ["verify_package", "verify_write"]

Cell = tuple[int, int]


def verify_package(new: bytes) -> None:
    """Raise `WriteFault` unless the bytes are a workbook whose parts all unpack and whose sheets can be found."""
    try:
        book = Package(new)
        for name in book.names:
            book.read(name)
        book_parts(book)
    except Damaged as error:
        raise WriteFault(f"The new version is not sound ({error}) The workbook was left as it is.") from error


def verify_write(old: bytes, new: bytes, edits: Sequence[TableEdit]) -> frozenset[str]:
    """Raise `WriteFault` unless `new` is `old` with exactly `edits` made.

    Gives the tables in which a value reads as another kind than was written, such as a date in a cell without a date
    format.
    """
    try:
        return _Proof(Package(old), Package(new)).run(edits)
    except Damaged as error:
        raise WriteFault(f"The new version is not sound ({error}) The workbook was left as it is.") from error


@dataclass(frozen=True, slots=True)
class _Growth:
    """A table that got rows: as it was with the rows typed under it, where the new ones begin, and what they hold."""

    table: Table
    first: int
    rows: NewRows

    def cells(self, count: int) -> Iterator[tuple[Cell, CellOut | None, bool]]:
        """Each cell of the first `count` new rows, what it is to hold, and whether that is a formula of its column."""
        for index in range(count):
            row = self.rows.row(index)
            for column, header in enumerate(self.table.headers, self.table.ref.left):
                own = header in self.table.formulas and header not in row
                yield (self.first + index, column), row.get(header), own


@dataclass(slots=True)
class _Allowed:
    """What may differ on one sheet: cells with their expected values, cells with a formula, ranges of rules.

    Once it is proved, `small` is the sheet with the changed rows alone, and `numbers` tells where they stand in it.
    """

    sheet: Sheet
    values: dict[Cell, CellOut] = field(default_factory=dict)
    cells: set[Cell] = field(default_factory=set)
    grown: list[tuple[Area, int]] = field(default_factory=list)
    growths: list[_Growth] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    small: bytes = b""
    numbers: dict[int, int] = field(default_factory=dict)

    def settle(self, before: SheetXml, formats: CellFormats) -> RowBlock | None:
        """Note the new rows cell by cell, but give back as one block those that stand alone below all others."""
        block = None
        for growth in self.growths:
            count = len(growth.rows)
            if len(self.growths) == 1 and before.simple:
                beside = min(max(before.last_number + 1 - growth.first, 0), count)
                if beside < count and all(row < growth.first + beside for row, _ in self.values):
                    looks = patterns(before, growth.table, formats)
                    block = RowBlock(growth.first + beside, growth.rows.since(beside), looks)
                    count = beside
            for cell, value, formula in growth.cells(count):
                self.cells.add(cell)
                if not formula:
                    self.values[cell] = value
        self.cells |= self.values.keys()
        return block


class _Proof:
    """One comparison of two versions."""

    def __init__(self, old: Package, new: Package) -> None:
        self.old, self.new = old, new
        self.parts: Parts = book_parts(old)
        self.now: Parts = book_parts(new)
        self.formats = CellFormats(old, self.parts)
        self.styles = self._style_count()
        self.other_kind: set[str] = set()
        self.sheets: dict[str, SheetXml] = {}

    def run(self, edits: Sequence[TableEdit]) -> frozenset[str]:
        sheets, tables = self._allowed(edits)
        prove_parts(self.old, self.new, {*sheets, *tables, self.parts.workbook})
        prove_workbook(self.old, self.new, self.parts.workbook)
        for name in tables:
            prove_table(self.old, self.new, name, {"autoFilter"})
        for allowed in sheets.values():
            self._sheet(allowed)
        self._read_again(sheets.values())
        return frozenset(self.other_kind)

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
                require(found is not None and now is not None, f"its table {edit.table} is gone")
                continue
            sheet, table = found
            allowed = sheets.setdefault(sheet.part, _Allowed(sheet))
            allowed.tables.add(edit.table)
            left = table.ref.left
            for (row, header), value in edit.cells.items():
                allowed.values[row, left + table.headers.index(header)] = value
            typed = self._typed_below(sheet, table, now[1])
            if edit.append or typed:
                self._new_rows(allowed, table, now[1], edit, typed)
                tables.add(table.part)
        return sheets, tables

    def _typed_below(self, sheet: Sheet, table: Table, now: Table) -> int:
        """Rows that people had typed under the table, which may have become its own."""
        if now.ref == table.ref:
            return 0
        return written_below(sheet, table, self._before(sheet))

    def _before(self, sheet: Sheet) -> SheetXml:
        """The sheet as it was, unpacked once."""
        if sheet.part not in self.sheets:
            self.sheets[sheet.part] = SheetXml(self.old.read(sheet.part), f"sheet {sheet.name}")
        return self.sheets[sheet.part]

    def _new_rows(self, allowed: _Allowed, table: Table, now: Table, edit: TableEdit, typed: int) -> None:
        """New rows stand below the old and the typed ones, the first perhaps in the one empty row of an empty table."""
        whole = carrying(widened(table, typed), self._before(allowed.sheet))
        data, new = whole.data, edit.new
        growth = now.ref.bottom - table.ref.bottom
        filled = len(new) + typed - growth
        stays = Area(now.ref.top, now.ref.left, table.ref.bottom, now.ref.right) == table.ref
        require(stays and filled in {0, 1}, f"its table {table.name} is not where it should be")
        require(filled == 0 or data.top == data.bottom, f"a row of its table {table.name} was overwritten")
        if growth:
            allowed.grown.append((table.ref, now.ref.bottom))
        allowed.growths.append(_Growth(whole, data.bottom + 1 - filled, new))

    def _sheet(self, allowed: _Allowed) -> None:
        part = allowed.sheet.part
        before = self._before(allowed.sheet)
        del self.sheets[part]
        # What a comment could hide in the new part lies in rows that differ, and these are parsed.
        after = SheetXml(self.new.read(part), before.name, simple=before.simple or None)
        prove_frame(before, after, grown=allowed.grown)
        around = after.xml[: after.start], after.xml[after.end :]
        block = allowed.settle(before, self.formats)
        if block is not None:
            after = self._block(after, around, block, allowed)
        rows = rows_that_differ(before, after)
        proof = RowProof(allowed.sheet.name, before.prefix, self.styles, allowed.cells)
        for number, (was, now) in rows.items():
            proof.check(number, was, now)
        written = {number: now for number, (_, now) in rows.items()}
        unchanged = {number for number, _ in allowed.values} - written.keys()
        written.update({number: after.row_bytes(number) for number in unchanged})
        if written:
            numbered = dict(sorted(written.items()))
            allowed.numbers = {number: index for index, number in enumerate(numbered, 1)}
            allowed.small = plain(around[0] + renumbered(numbered, after.prefix) + around[1], after.name)
            check_well_formed(allowed.small, after.name)
            probe(allowed.small, allowed.sheet.name)

    def _block(self, after: SheetXml, around: tuple[bytes, bytes], block: RowBlock, allowed: _Allowed) -> SheetXml:
        """Prove the new rows that stand in one piece; gives the sheet without them."""
        sheet = allowed.sheet
        cut = after.xml.find(b'<%srow r="%d"' % (after.prefix, block.first), after.start, after.end)
        require(cut >= 0, f"its new row {block.first} on sheet {sheet.name} is missing")
        proof = BlockProof(block, sheet.name, date1904=self.parts.date1904)
        frame = plain(b"".join(around), after.name)
        _, begin, end = sheet_data(frame) or (b"", 0, 0)
        for part in proof.structure(after.xml, after.prefix, cut, after.end):
            rows = memoryview(after.xml)[part.start : part.end]
            alone = b"".join((frame[:begin], rows, frame[end:]))
            proof.values(part, sheet_of(open_values(self.new, self.now, {sheet.part: alone}), self.now, sheet.name))
        if proof.other_kind:
            self.other_kind |= allowed.tables
        return after.upto(cut)

    def _read_again(self, sheets: Iterable[_Allowed]) -> None:
        """The rows that changed, alone in one copy of the workbook, read as any reader would."""
        changed = [one for one in sheets if one.small]
        if not changed:
            return
        values = open_values(self.new, self.now, {one.sheet.part: one.small for one in changed})
        for one in changed:
            found = sheet_values(sheet_of(values, self.now, one.sheet.name))
            for (row, column), meant in one.values.items():
                value = found.get((one.numbers.get(row, 0), column))
                where = f"{one.sheet.name}!{address(row, column)}"
                require(reads_as(meant, value, date1904=self.parts.date1904), f"{where} reads {value!r}, not {meant!r}")
                if value not in {None, ""} and other_kind(meant, value):
                    self.other_kind |= one.tables
