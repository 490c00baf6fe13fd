"""The marked copy of a refused workbook: bad cells coloured and commented, a sheet that lists and links all faults.

A pure function on bytes. New or changed are only the sheets with bad cells, their comments, `styles.xml`, and the
parts that name others; every other part keeps its packed bytes, macros, charts and images among them. No value of
any cell changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from o2c_xl.domain.issue import Issue
from o2c_xl.workbook.address import address, area
from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.mark.cells import SheetMarks
from o2c_xl.workbook.mark.copy import Copy
from o2c_xl.workbook.mark.sheet import Listing, issues_sheet
from o2c_xl.workbook.mark.xml import Related, attribute_text, inside, join
from o2c_xl.workbook.opc.markup import attributes
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import Sheet

__all__ = ["MOST_LISTED", "MOST_MARKED", "SHEET", "marked_book"]

SHEET = "Issues"
_STYLES = "xl/styles.xml"  # openpyxl looks for no other; one there that the workbook does not name goes
MOST_MARKED = 2_000
MOST_LISTED = 10_000
Cell = tuple[int, int]


def marked_book(data: bytes, issues: Sequence[Issue], source: str, hint: str = "") -> bytes:
    """The workbook's bytes with its bad cells marked and the sheet `Issues` added.

    `source` is the file's name as people know it, `hint` what to do, in one line. Raises `Damaged` when the file
    cannot be trusted and `Refused` when a sheet cannot be added to it.
    """
    copy = Copy(Package(data))
    places = _placed(copy.parts.sheets, issues)
    for sheet in copy.parts.sheets:
        if sheet.part in places.cells or (copy.earlier and sheet.part != copy.earlier.part):
            SheetMarks(copy, sheet, places.cells.get(sheet.part, {})).put()
    shown = list(issues[:MOST_LISTED])
    links = {index: target for index, target in places.links.items() if index < len(shown)}
    _list(copy, Listing(source, shown, links, hint, _notes(places, len(issues))))
    return copy.made()


@dataclass(slots=True)
class _Places:
    """Where the faults are: by sheet part the faults of each cell, and the link of each listed fault."""

    cells: dict[str, dict[Cell, list[Issue]]] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    unmarked: int = 0


def _list(copy: Copy, listing: Listing) -> None:
    """The sheet `Issues`, in place of the one of an earlier copy or as the last of the workbook."""
    part = copy.earlier.part if copy.earlier else copy.free("xl/worksheets/sheet{}.xml")
    copy.put(part, [issues_sheet(listing, copy.styles, copy.main)], "sheet")
    styles = copy.parts.styles or _STYLES
    copy.put(styles, [copy.styles.done()], "styles")
    relations = Related(copy.package, copy.parts.workbook, copy.base)
    if not copy.earlier:
        copy.put(copy.parts.workbook, [_with_sheet(copy, relations.add("worksheet", part))])
    if not copy.parts.styles:
        relations.add("styles", styles)
    if relations.changed:
        copy.put(relations.name, [relations.changed])


def _notes(places: _Places, count: int) -> list[str]:
    """What the marks and the list leave out."""
    notes = []
    if places.unmarked:
        notes.append(
            f"The first {MOST_MARKED:,} cells are coloured and commented; {places.unmarked:,} more are at fault."
        )
    if count > MOST_LISTED:
        notes.append(f"The first {MOST_LISTED:,} faults are listed, {count - MOST_LISTED:,} more are not.")
    return notes


def _with_sheet(copy: Copy, key: str) -> bytes:
    """workbook.xml with the new sheet as the last one."""
    book = copy.book
    sheets = book.child(b"sheets")
    if sheets is None:
        raise Refused("The workbook names no sheets where Excel does; no sheet is added to it.")
    known = [attributes(book.xml[one.start : one.open_end]) for one in book.within(sheets)]
    names = {_plain(attrs.get(b"name", b"")) for attrs in known}
    numbers = [int(n) for attrs in known if (n := attrs.get(b"sheetId", b"")).isdigit()]
    declared = b'xmlns:r="%s"' % copy.base in book.tag
    entry = b'<%ssheet %sname="%s" sheetId="%d" %s:id="%s"/>' % (
        book.prefix,
        b"" if declared else b'xmlns:o2cr="%s" ' % copy.base,
        attribute_text(_unused(names)),
        max(numbers, default=0) + 1,
        b"r" if declared else b"o2cr",
        key.encode(),
    )
    return join(book.xml, [inside(book.xml, sheets, entry)])


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
