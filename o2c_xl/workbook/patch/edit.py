"""Write-back: the same workbook with other values in the cells that are ours, and nothing else touched.

A pure function on bytes. Only the parts of the sheets written, the parts of tables that grow, and one flag in
workbook.xml become new; every other part keeps its packed bytes. What cannot be written without loss is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from o2c_xl.workbook.address import MAX_ROW, Area, address, area
from o2c_xl.workbook.errors import Locked, NoRoom, Refused
from o2c_xl.workbook.opc.deflate import Packed, deflate
from o2c_xl.workbook.opc.formula import Formula
from o2c_xl.workbook.opc.markup import attribute, in_utf8, local_name, tags, with_attribute
from o2c_xl.workbook.opc.package import Package, Pieces, load
from o2c_xl.workbook.opc.parts import Parts, Sheet, Table, book_parts
from o2c_xl.workbook.opc.protection import check_writable, is_protected, unlocked_styles
from o2c_xl.workbook.opc.sheet import CellSpan, RowSpan, SheetXml, Splice, spliced
from o2c_xl.workbook.patch.calc import recalculating
from o2c_xl.workbook.patch.carried import carrying
from o2c_xl.workbook.patch.cell_formats import CellFormats
from o2c_xl.workbook.patch.growth import Grown, merged_below, rule_splices, table_part
from o2c_xl.workbook.patch.new_rows import NewRows, RowBlock, patterns
from o2c_xl.workbook.reading.below import widened, written_below
from o2c_xl.workbook.values import CellOut, Writer

__all__ = ["CellOut", "TableEdit", "apply_edits"]


@dataclass(frozen=True, slots=True)
class TableEdit:
    """What to write into one table: `cells` by (Excel row number, header), and rows to add at its end.

    None empties a cell. A header that a new row does not name stays empty, or gets its column's formula.
    """

    table: str
    cells: Mapping[tuple[int, str], CellOut] = field(default_factory=dict)
    append: NewRows | Sequence[Mapping[str, CellOut]] = ()

    @property
    def new(self) -> NewRows:
        """The rows to add, as columns."""
        return NewRows.of(self.append)


def apply_edits(package: bytes | Path, edits: Sequence[TableEdit]) -> bytes:
    """The workbook's bytes with `edits` made; the very same bytes when there is nothing to write.

    Raises `Refused` when writing would break what people made, as `NoRoom` where that is so of new rows only and as
    `Locked` where protected sheets alone forbid it, and `Damaged` when the file cannot be trusted.
    """
    book = Package(load(package))
    parts = book_parts(book)
    check_writable(parts)
    grouped = _grouped(book, parts, edits)
    changed: dict[str, Packed] = {}
    locked: dict[str, str] = {}
    while grouped:  # sheet by sheet, each packed at once and let go: a workbook may be much larger than its file
        group = grouped.pop(next(iter(grouped)))
        try:
            changed.update((name, deflate(pieces)) for name, pieces in group.parts_changed().items())
        except Locked as error:
            locked |= error.tables
    if locked:
        raise Locked(locked)
    if changed:
        workbook = book.read(parts.workbook)
        flagged = recalculating(workbook, parts.workbook)
        if flagged != workbook:
            changed[parts.workbook] = deflate([flagged])
    return book.replaced(changed) if changed else book.data


def _grouped(book: Package, parts: Parts, edits: Sequence[TableEdit]) -> dict[str, _SheetEdit]:
    """The edits by the parts of their sheets."""
    grouped: dict[str, _SheetEdit] = {}
    formats = CellFormats(book, parts)
    no_room: dict[str, str] = {}
    for edit in edits:
        found = parts.table(edit.table)
        if found is None:
            raise Refused(f"The workbook has no table named {edit.table}.")
        sheet, table = found
        if edit.cells or edit.append:
            try:
                grouped.setdefault(sheet.part, _SheetEdit(book, parts, sheet, formats)).plan(table, edit)
            except NoRoom as error:
                no_room[edit.table] = str(error)
    if no_room:
        raise NoRoom(no_room)
    return grouped


@dataclass(frozen=True, slots=True)
class _Put:
    """What goes into one cell; `style` replaces its own format, else `table` tells whether that fits."""

    value: CellOut | Formula
    table: Table | None = None
    style: bytes | None = None


class _SheetEdit:
    """All that is written on one sheet."""

    def __init__(self, book: Package, parts: Parts, sheet: Sheet, formats: CellFormats) -> None:
        self.book = book
        self.sheet = sheet
        self.xml = SheetXml(book.read(sheet.part), f"sheet {sheet.name}")
        self.xml.check_order()
        self.writer = Writer(self.xml.prefix, parts.date1904)
        self.arrays = self.xml.array_areas()
        self.protected = is_protected(self.xml.xml, self.xml.end)
        self.unlocked = unlocked_styles(book, parts) if self.protected else frozenset()
        self.formats = formats
        self.puts: dict[int, dict[int, _Put]] = {}
        self.grown: dict[str, tuple[Table, Grown]] = {}
        self.blocks: list[RowBlock] = []

    def plan(self, table: Table, edit: TableEdit) -> None:
        """Note one table's changes; a table is edited once at most. Rows typed under the table become its own."""
        if table.name in self.grown:
            raise Refused(f"The table {table.name} is extended twice in one write-back.")
        before = table.ref
        table = widened(table, written_below(self.sheet, table, self.xml))
        if table.ref != before:
            self.grown[table.name] = (table, Grown(before, table.ref.bottom))
        columns = {header: table.ref.left + index for index, header in enumerate(table.headers)}
        data = table.data
        for (row, header), value in edit.cells.items():
            if not data.top <= row <= data.bottom:
                raise Refused(f"Row {row} is not a row of the table {table.name} ({table.ref}).")
            self.puts.setdefault(row, {})[_column(table, columns, header)] = _Put(value, table)
        if edit.append:
            self._plan_new_rows(carrying(table, self.xml), edit.new, before)

    def _plan_new_rows(self, table: Table, rows: NewRows, before: Area) -> None:
        columns = {header: table.ref.left + index for index, header in enumerate(table.headers)}
        for header in rows.columns:
            _column(table, columns, header)
        data = table.data
        if self._is_blank(table):
            self._fill_blank(table, columns, rows.row(0))
            self.grown[table.name] = (table, Grown(before, table.ref.bottom))
            rows = rows.since(1)
        if not rows:
            return
        self._check_room(table, data.bottom + len(rows))
        block = RowBlock(data.bottom + 1, rows, patterns(self.xml, table, self.formats))
        if any(area.meets(block.area) for area in self.arrays):
            raise _no_room(table, "an array formula reaches below it. Put the formula elsewhere.")
        beside = min(max(self.xml.last_number - data.bottom, 0), len(rows))
        self._plan_rows(block, beside)
        if beside < len(rows):
            self.blocks.append(RowBlock(block.first + beside, rows.since(beside), block.patterns))
        self.grown[table.name] = (table, Grown(before, data.bottom + len(rows)))

    def _fill_blank(self, table: Table, columns: Mapping[str, int], row: Mapping[str, CellOut]) -> None:
        """Put a row where an empty table has its one empty row."""
        number = table.data.top
        here = self.xml.row(number)
        has = {cell.column for cell in self.xml.cells(here) if cell.formula} if here else set()
        missing = {columns[h]: _Put(f, table) for h, f in table.formulas.items() if columns[h] not in has}
        given = {columns[header]: _Put(value, table) for header, value in row.items()}
        self.puts.setdefault(number, {}).update(missing | given)

    def _plan_rows(self, block: RowBlock, count: int) -> None:
        """Note the first `count` new rows cell by cell: something of people's may stand beside them."""
        for index in range(count):
            row = block.rows.row(index)
            puts = self.puts.setdefault(block.first + index, {})
            for pattern in block.patterns:
                puts[pattern.number] = _Put(row.get(pattern.header, pattern.formula), style=pattern.style)

    def _is_blank(self, table: Table) -> bool:
        """Whether the table shows only the one empty row that Excel keeps in a table without data."""
        data = table.data
        if data.top != data.bottom or data.top in self.puts:
            return False
        row = self.xml.row(data.top)
        calculated = {table.ref.left + i for i, header in enumerate(table.headers) if header in table.formulas}
        return row is None or not any(
            cell.filled and data.left <= cell.column <= data.right
            for cell in self.xml.cells(row)
            if cell.column not in calculated
        )

    def _check_room(self, table: Table, bottom: int) -> None:
        """Refuse to grow where something would have to move, and beyond the end of the sheet."""
        ref = table.ref
        if bottom > MAX_ROW:
            raise _no_room(table, f"a sheet ends at row {MAX_ROW}. Show closed rows for fewer days.")
        if table.totals_rows:
            raise _no_room(table, "it has a totals row. Switch the totals row off.")
        for other in self.sheet.tables:
            beside = other.ref.right < ref.left or ref.right < other.ref.left
            if other.name != table.name and other.ref.bottom > ref.bottom and not beside:
                raise _no_room(table, f"the table {other.name} stands below it. Move it to another sheet.")
        below = self.xml.filled_below(ref.bottom, ref.left, ref.right)
        below = below or merged_below(self.xml.xml, self.xml.end, ref)
        if below:
            raise _no_room(table, f"{below} stands below it. Move what is there beside the table.")
        if self.protected:
            raise _no_room(table, f"the sheet {self.sheet.name} is protected. Take the protection off.")

    def parts_changed(self) -> dict[str, Pieces]:
        """The parts to replace: the sheet, and each table that grew."""
        self._settle_blocks()
        splices: list[Splice] = []
        for number in sorted(self.puts):
            splices += self._row_splices(number, self.puts[number])
        end = self.xml.end
        splices += [Splice(end, end, piece) for block in self.blocks for piece in block.xml(self.writer)]
        if not splices and not self.grown:
            return {}
        grown = [grown for _, grown in self.grown.values()]
        splices += self._dimension()
        splices += rule_splices(self.xml.xml, self.xml.end, grown)
        changed: dict[str, Pieces] = {self.sheet.part: self._spliced(splices)}
        for table, growth in self.grown.values():
            part = in_utf8(self.book.read(table.part), table.part)
            new = table_part(part, table.name, growth)
            if new != part:
                changed[table.part] = [new]
        return changed

    def _settle_blocks(self) -> None:
        """Rows in one piece stand alone below all others; where two tables grow side by side, none can."""
        if len(self.blocks) > 1 or any(number >= block.first for block in self.blocks for number in self.puts):
            for block in self.blocks:
                self._plan_rows(block, len(block.rows))
            self.blocks = []

    def _spliced(self, splices: list[Splice]) -> Pieces:
        opening = self.xml.empty_opening()
        if opening is None:
            return spliced(self.xml.xml, splices)
        # `<sheetData/>` has no inside: open it, and close it behind the rows, which all stand at its end.
        start, end, tag = opening
        close = Splice(end, end, b"</%ssheetData>" % self.xml.prefix)
        here = [splice for splice in splices if splice.start == splice.end == end]
        rest = [splice for splice in splices if splice.start != end or splice.end != end]
        return spliced(self.xml.xml, [*rest, Splice(start, end, tag), *here, close])

    def _row_splices(self, number: int, puts: Mapping[int, _Put]) -> Iterable[Splice]:
        row = self.xml.row(number)
        cells = {cell.column: cell for cell in self.xml.cells(row)} if row else {}
        written: dict[int, bytes] = {}
        for column, put in sorted(puts.items()):
            new = self._cell(number, column, put, row, cells.get(column))
            if new is not None:
                written[column] = new
        if not written:
            return []
        if row is None:
            return [Splice(self.xml.place(number), self.xml.place(number), self._new_row(number, written))]
        return _cell_splices(self.xml, row, cells, written)

    def _new_row(self, number: int, written: Mapping[int, bytes]) -> bytes:
        p = self.xml.prefix
        return b'<%srow r="%d">%s</%srow>' % (p, number, b"".join(written.values()), p)

    def _cell(self, row: int, column: int, put: _Put, span: RowSpan | None, old: CellSpan | None) -> bytes | None:
        """The cell's new bytes, None when it stays as it is."""
        self._check_cell(row, column, old)
        style = put.style
        if style is None:
            style = old.style if old else self.xml.effective_style(span, column)
            if put.table is not None and put.value not in {None, ""} and not self.protected:
                style = self.formats.fitting(self.xml, put.table, column, style or b"") or None
        if self.protected and (style or b"0") not in self.unlocked:
            why = f"The sheet {self.sheet.name} is protected and its cell {address(row, column)} is locked."
            raise Locked({table.name: f"{why} Take the protection off." for table in self.sheet.tables})
        ref = address(row, column)
        if isinstance(put.value, Formula):
            return self.writer.formula(ref, style, put.value.at(row), array=put.value.array)
        empty = put.value is None or put.value == ""
        if empty and (not old.filled if old else not put.style):
            return None
        return self.writer.cell(ref, style, put.value)

    def _check_cell(self, row: int, column: int, old: CellSpan | None) -> None:
        where = f"{self.sheet.name}!{address(row, column)}"
        if old is not None and old.formula:
            raise Refused(f"{where} holds a formula, which is not overwritten. Delete it, or put it elsewhere.")
        if any(block.holds(row, column) for block in self.arrays):
            raise Refused(f"{where} belongs to an array formula, which is not broken. Put the formula elsewhere.")

    def _dimension(self) -> Iterable[Splice]:
        """The hint about the used area, when the new cells lie outside of it."""
        rows = [Area(number, min(row), number, max(row)) for number, row in self.puts.items()]
        used = reduce(Area.joined, [*rows, *(block.area for block in self.blocks)])
        for tag in tags(self.xml.xml, 0, self.xml.start):
            if local_name(tag[0]) != b"dimension" or tag[0].startswith(b"</"):
                continue
            old = area((attribute(tag[0], b"ref") or b"").decode())
            if old is not None:
                wide = old.joined(used)
                if wide != old:
                    yield Splice(tag.start(), tag.end(), with_attribute(tag[0], b"ref", str(wide).encode()))


def _no_room(table: Table, why: str) -> NoRoom:
    return NoRoom({table.name: f"The table {table.name} cannot take new rows: {why}"})


def _column(table: Table, columns: Mapping[str, int], header: str) -> int:
    if header not in columns:
        raise Refused(f"The table {table.name} has no column {header}.")
    return columns[header]


def _cell_splices(
    xml: SheetXml, row: RowSpan, cells: Mapping[int, CellSpan], written: Mapping[int, bytes]
) -> list[Splice]:
    """Each written cell in the place of the old one, or before the next one in the row."""
    opening = xml.widened_spans(xml.xml[row.start : row.open_end], range(min(written), max(written) + 1))
    if row.open_end == row.end:
        closed = opening.removesuffix(b"/>").rstrip() + b">"
        return [Splice(row.start, row.end, closed + b"".join(written.values()) + b"</%srow>" % xml.prefix)]
    splices = []
    if opening != xml.xml[row.start : row.open_end]:
        splices.append(Splice(row.start, row.open_end, opening))
    for column, new in written.items():
        old = cells.get(column)
        if old is not None:
            splices.append(Splice(old.start, old.end, new))
        else:
            at = min((cell.start for cell in cells.values() if cell.column > column), default=row.close)
            splices.append(Splice(at, at, new))
    return splices
