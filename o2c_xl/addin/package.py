"""The .xlam file: a workbook with one sheet of settings, the VBA project and the tab, as an Open Packaging zip.

Written part by part rather than through a library, so that the same input gives the same bytes on every system.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from o2c_xl.addin.project import Kind, Module, document_source
from o2c_xl.addin.vba import CONF_SHEET

__all__ = ["document_modules", "package", "read_conf"]

WORKBOOK_NAME, SHEET_NAME = "ThisWorkbook", "Sheet1"
_WORKBOOK_CLASS = "00020819-0000-0000-C000-000000000046"
_SHEET_CLASS = "00020820-0000-0000-C000-000000000046"
_FIRST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_PART, _VBA_PART, _TAB_PART = "xl/worksheets/sheet1.xml", "xl/vbaProject.bin", "customUI/customUI14.xml"
_TYPES = {
    "xl/workbook.xml": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
    _SHEET_PART: "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
    "xl/styles.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
    _VBA_PART: "application/vnd.ms-office.vbaProject",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
}
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def document_modules() -> list[Module]:
    """The modules that the workbook and its sheet must have; their names are the codeName of each part."""
    return [
        Module(WORKBOOK_NAME, document_source(WORKBOOK_NAME, _WORKBOOK_CLASS), Kind.DOCUMENT),
        Module(SHEET_NAME, document_source(SHEET_NAME, _SHEET_CLASS), Kind.DOCUMENT),
    ]


def package(project: bytes, tab: str, conf: Sequence[tuple[str, str]], title: str) -> bytes:
    """The file's bytes; `project` is vbaProject.bin, `tab` the customUI text, `conf` the rows of the settings sheet."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            ("xl/workbook.xml", f"{_OFFICE}/officeDocument"),
            ("docProps/core.xml", f"{_PACKAGE}/relationships/metadata/core-properties"),
            # MS-CUSTOMUI2 2.1: the 2009/07 namespace goes with this type
            (_TAB_PART, "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"),
        ),
        "xl/workbook.xml": _workbook(),
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheets/sheet1.xml", f"{_OFFICE}/worksheet"),
            ("styles.xml", f"{_OFFICE}/styles"),
            ("vbaProject.bin", "http://schemas.microsoft.com/office/2006/relationships/vbaProject"),
        ),
        _SHEET_PART: _sheet(conf),
        "xl/styles.xml": _STYLES,
        _VBA_PART: project,
        _TAB_PART: tab,
        "docProps/core.xml": _core(title),
    }
    return _zipped(parts)


def read_conf(path: Path) -> dict[str, str]:
    """The settings of an add-in that we built; raises ValueError where the file is none."""
    try:
        with ZipFile(path) as archive:
            sheet = ET.fromstring(archive.read(_SHEET_PART))  # noqa: S314 -- our own file; a damaged one is told
    except (BadZipFile, KeyError, ET.ParseError) as error:
        raise ValueError(f"{path} is no add-in of o2c-xl") from error
    texts = [["".join(c.itertext()) for c in row] for row in sheet.iter(f"{{{_MAIN}}}row")]
    return {row[0]: row[1] if row[1:] else "" for row in texts if row}


def _content_types() -> str:
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in _TYPES.items())
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    lines = (
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (target, kind) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _workbook() -> str:
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><fileVersion appName="xl" lastEdited="7"'
        f' lowestEdited="5" rupBuild="23530"/><workbookPr codeName="{WORKBOOK_NAME}"/>'
        '<bookViews><workbookView visibility="hidden" xWindow="0" yWindow="0" windowWidth="16000" windowHeight="9000"/>'
        f'</bookViews><sheets><sheet name="{CONF_SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _sheet(conf: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<row r="{n}">{_cell("A", n, name)}{_cell("B", n, value)}</row>' for n, (name, value) in enumerate(conf, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr codeName="{SHEET_NAME}"/><dimension ref="A1:B{len(conf)}"/>'
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews><cols><col min="1" max="2" width="40"'
        f' customWidth="1"/></cols><sheetData>{rows}</sheetData></worksheet>'
    )


def _cell(column: str, row: int, text: str) -> str:
    """A text cell in text format, so that no program makes a number or a truth value of it."""
    inner = f' t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>' if text else "/>"
    return f'<c r={quoteattr(f"{column}{row}")} s="1"{inner}'


def _core(title: str) -> str:
    """What Excel's list of add-ins shows."""
    about = "Buttons that run the order to cash process of o2c-xl on the workbook that is open."
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:description>{about}</dc:description></cp:coreProperties>"
    )


def _zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """All parts with the first date that zip knows."""
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in parts.items():
            entry = ZipInfo(name, _FIRST_ZIP_DATE)
            entry.create_system = 0  # else the zip would tell the system it was made on
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()
