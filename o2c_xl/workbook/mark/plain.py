"""A plain workbook from its parts: the ground on which a csv, or nothing but the sheet `Issues`, is marked."""

from __future__ import annotations

from o2c_xl.workbook.mark.xml import DECLARATION, attribute_text, with_new_parts
from o2c_xl.workbook.opc.deflate import deflate
from o2c_xl.workbook.opc.package import Pieces

__all__ = ["DAY", "HEAD", "NUMBER", "TEXT", "plain_book"]

# Formats of `plain_book`, by their numbers.
NUMBER, TEXT, DAY, HEAD = b"0", b"1", b"2", b"3"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = b"http://schemas.openxmlformats.org/package/2006"
_KIND = b"application/vnd.openxmlformats-officedocument.spreadsheetml."
_NO_ZIP = b"PK\5\6" + bytes(18)
_XF = b'<xf numFmtId="%d" fontId="%d" fillId="%d" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"%s'
_STYLES = b"".join(
    [
        DECLARATION,
        b'<styleSheet xmlns="%s">' % _MAIN,
        b'<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>',
        b'<fonts count="2"><font><sz val="10"/><color rgb="FF1F2937"/><name val="Arial"/><family val="2"/></font>',
        b'<font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Arial"/><family val="2"/></font></fonts>',
        b'<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>',
        b'</fill><fill><patternFill patternType="solid"><fgColor rgb="FF1E4E8C"/><bgColor indexed="64"/>',
        b"</patternFill></fill></fills>",
        b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
        b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
        b'<cellXfs count="4">',
        _XF % (0, 0, 0, b"/>"),
        _XF % (49, 0, 0, b"/>"),
        _XF % (164, 0, 0, b' applyAlignment="1"><alignment horizontal="left"/></xf>'),
        _XF % (49, 1, 2, b' applyFill="1"/>'),
        b'</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    ]
)


def plain_book(sheet: str = "", inside: Pieces = ()) -> bytes:
    """A workbook with one sheet, `inside` being what its part holds, or with none at all."""
    parts = {
        "[Content_Types].xml": DECLARATION
        + b'<Types xmlns="%s/content-types">' % _PACKAGE
        + b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + b'<Default Extension="xml" ContentType="application/xml"/>'
        + b'<Override PartName="/xl/workbook.xml" ContentType="%ssheet.main+xml"/>' % _KIND
        + b'<Override PartName="/xl/styles.xml" ContentType="%sstyles+xml"/>' % _KIND
        + (b'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="%sworksheet+xml"/>' % _KIND) * bool(sheet)
        + b"</Types>",
        "_rels/.rels": _relations((b"officeDocument", b"xl/workbook.xml")),
        "xl/workbook.xml": DECLARATION
        + b'<workbook xmlns="%s" xmlns:r="%s"><bookViews><workbookView/></bookViews><sheets>' % (_MAIN, _RELATIONS)
        + b'<sheet name="%s" sheetId="1" r:id="rId2"/>' % attribute_text(sheet) * bool(sheet)
        + b"</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            (b"styles", b"styles.xml"), *[(b"worksheet", b"worksheets/sheet1.xml")] * bool(sheet)
        ),
        "xl/styles.xml": _STYLES,
    }
    packed = {name: deflate([data]) for name, data in parts.items()}
    if sheet:
        head = b'<worksheet xmlns="%s" xmlns:r="%s">' % (_MAIN, _RELATIONS)
        packed["xl/worksheets/sheet1.xml"] = deflate([DECLARATION, head, *inside, b"</worksheet>"])
    return with_new_parts(_NO_ZIP, packed)


def _relations(*targets: tuple[bytes, bytes]) -> bytes:
    lines = b"".join(
        b'<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>' % (number, _RELATIONS, kind, target)
        for number, (kind, target) in enumerate(targets, 1)
    )
    return DECLARATION + b'<Relationships xmlns="%s/relationships">%s</Relationships>' % (_PACKAGE, lines)
