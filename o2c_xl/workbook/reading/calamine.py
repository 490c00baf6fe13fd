"""python-calamine on a workbook's proved parts, its errors and panics as one sentence."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.markup import check_well_formed, in_utf8, plain
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import Parts
from o2c_xl.workbook.opc.strings import check_count, check_strings
from o2c_xl.workbook.reading.data import Cell, CellValue

__all__ = ["open_sheet", "open_values", "shared_texts", "sheet_of", "sheet_values"]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_Result = TypeVar("_Result")


def open_values(package: Package, parts: Parts, clean: Mapping[str, bytes] = MappingProxyType({})) -> CalamineWorkbook:
    """python-calamine on the workbook's proved parts, in a package of their own.

    It looks for parts where Excel puts them and takes the first sheet of a name, whatever the relations say. So it
    is given nothing but what was proved: the sheets (those in `clean` as they stand there) under their numbers,
    texts and styles in plain UTF-8, and a workbook part of ours.
    """
    told = package.read(parts.workbook), parts.workbook
    check_well_formed(in_utf8(*told), parts.workbook)
    content: dict[str, str | bytes] = {
        "_rels/.rels": _relations([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(len(parts.sheets), date1904=parts.date1904),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                ("r1", "sharedStrings", "sharedStrings.xml"),
                ("r2", "styles", "styles.xml"),
                *((f"s{i}", "worksheet", f"worksheets/{i}.xml") for i in range(len(parts.sheets))),
            ]
        ),
    }
    if parts.strings:
        content["xl/sharedStrings.xml"] = _texts(package, parts)
    if parts.styles:
        content["xl/styles.xml"] = _plain_part(package, parts.styles)
    for i, sheet in enumerate(parts.sheets):
        content[f"xl/worksheets/{i}.xml"] = clean.get(sheet.part, sheet.part)
    data = package.gathered(content)
    return _trusting(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)), "")


def _texts(package: Package, parts: Parts) -> str | bytes:
    """The shared texts, proved: the part's own name where python-calamine can read it as it is."""
    data, sheets = shared_texts(package, parts)
    check_well_formed(data, parts.strings)
    check_strings(data, parts.strings, sheets)
    return parts.strings if data == package.read(parts.strings) else data


def shared_texts(package: Package, parts: Parts) -> tuple[bytes, int]:
    """The part with the shared texts in plain UTF-8, no more of them than may be, and the bytes of all sheets."""
    sheets = sum(package.size(sheet.part) for sheet in parts.sheets)
    data = plain(package.read(parts.strings), parts.strings)
    check_count(data, sheets)
    return data, sheets


def _plain_part(package: Package, name: str) -> str | bytes:
    """The part's own name where python-calamine can read it as it is, else what it can read."""
    data = package.read(name)
    clean = plain(data, name)
    check_well_formed(clean, name)
    return name if clean is data else clean


def _workbook(sheets: int, *, date1904: bool) -> bytes:
    properties = '<workbookPr date1904="1"/>' if date1904 else ""
    entries = "".join(f'<sheet name="{i}" sheetId="{i + 1}" r:id="s{i}"/>' for i in range(sheets))
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">{properties}<sheets>{entries}</sheets></workbook>'.encode()


def _relations(entries: Sequence[tuple[str, str, str]]) -> bytes:
    lines = "".join(f'<Relationship Id="{i}" Type="{_LINKS}/{kind}" Target="{to}"/>' for i, kind, to in entries)
    return f'<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'.encode()


def open_sheet(package: Package, parts: Parts, sheet: str) -> CalamineSheet:
    """python-calamine on one sheet of the workbook."""
    return sheet_of(open_values(package, parts), parts, sheet)


def sheet_of(workbook: CalamineWorkbook, parts: Parts, sheet: str) -> CalamineSheet:
    """One sheet of what `open_values` opened."""
    number = next(i for i, one in enumerate(parts.sheets) if one.name == sheet)
    return _trusting(lambda: workbook.get_sheet_by_name(str(number)), sheet)


def sheet_values(found: CalamineSheet) -> dict[Cell, CellValue]:
    """The values of a small sheet by (row, column) from 1, as python-calamine gives them."""
    first_col = (found.start or (0, 0))[1] + 1
    return {
        (row, col): value
        for row, values in enumerate(found.iter_rows(), 1)
        for col, value in enumerate(values, first_col)
    }


def _trusting(call: Callable[[], _Result], sheet: str) -> _Result:
    """Run python-calamine; its errors and its panics (not even an `Exception`) say that the file is damaged."""
    try:
        return call()
    except (CalamineError, ValueError, OSError) as error:
        raise Damaged(_damage(sheet, str(error))) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Damaged(_damage(sheet, "its reader gave up")) from error


def _damage(sheet: str, why: str) -> str:
    where = f" in its sheet {sheet}" if sheet else ""
    return f"The workbook is damaged{where}: {why}."
