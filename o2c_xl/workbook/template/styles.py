"""Give the finished package its named cell styles and its own table style, and make it the same on every build.

XlsxWriter writes cells with formats but knows neither; both live in the part `xl/styles.xml` alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import BinaryIO
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from o2c_xl.workbook.template.look import TABLE_STYLE, Colour

__all__ = ["finish"]

_STYLES = "xl/styles.xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def finish(package: BytesIO, out: BinaryIO, names: Mapping[str, int]) -> None:
    """Copy `package` to `out` with the styles added; `names` tells each named style's index among the cell formats."""
    with ZipFile(package) as source, ZipFile(out, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == _STYLES:
                content = _with_table_style(_with_cell_styles(content.decode(), names)).encode()
            target.writestr(_same_everywhere(entry.filename), content, ZIP_DEFLATED, 6)


def _same_everywhere(name: str) -> ZipInfo:
    info = ZipInfo(name, _EPOCH)
    info.create_system = _UNIX
    return info


def _with_cell_styles(xml: str, names: Mapping[str, int]) -> str:
    """Each named style gets a twin of its cell format in cellStyleXfs, and the cell format points to it."""
    block = re.search(r"(<cellXfs count=\"\d+\">)(.*?)(</cellXfs>)", xml, re.DOTALL)
    if block is None:
        raise ValueError(f"{_STYLES} has no cell formats")
    formats = re.findall(r"<xf [^>]*?/>|<xf .*?</xf>", block[2], re.DOTALL)
    base = int(re.search(r'<cellStyleXfs count="(\d+)">', xml)[1])  # type: ignore[index]
    twins, entries = [], []
    for number, (name, index) in enumerate(names.items(), start=base):
        twins.append(formats[index].replace(' xfId="0"', ""))
        formats[index] = formats[index].replace(' xfId="0"', f' xfId="{number}"')
        entries.append(f'<cellStyle name={quoteattr(name)} xfId="{number}"/>')
    xml = xml.replace(block[0], block[1] + "".join(formats) + block[3])
    return _grown(_grown(xml, "cellStyleXfs", twins), "cellStyles", entries)


def _grown(xml: str, tag: str, more: list[str]) -> str:
    """The list `tag` with `more` at its end and its count right."""
    if f'<{tag} count="0"/>' in xml:
        return xml.replace(f'<{tag} count="0"/>', f'<{tag} count="{len(more)}">{"".join(more)}</{tag}>')
    count = int(re.search(rf'<{tag} count="(\d+)"', xml)[1])  # type: ignore[index]
    xml = xml.replace(f'<{tag} count="{count}"', f'<{tag} count="{count + len(more)}"')
    return xml.replace(f"</{tag}>", f"{''.join(more)}</{tag}>")


def _with_table_style(xml: str) -> str:
    found = re.search(r'<dxfs count="(\d+)"', xml)
    first = int(found[1]) if found else 0
    rule = f'<color rgb="FF{Colour.RULE[1:]}"/>'
    looks = [
        f'<dxf><border><bottom style="thin">{rule}</bottom><horizontal style="thin">{rule}</horizontal></border></dxf>',
        '<dxf><font><b/><color rgb="FFFFFFFF"/></font></dxf>',
        f'<dxf><fill><patternFill><bgColor rgb="FF{Colour.BAND[1:]}"/></patternFill></fill></dxf>',
    ]
    parts = ("wholeTable", "headerRow", "secondRowStripe")
    elements = "".join(f'<tableStyleElement type="{part}" dxfId="{first + i}"/>' for i, part in enumerate(parts))
    style = f'<tableStyle name="{TABLE_STYLE}" pivot="0" count="{len(parts)}">{elements}</tableStyle>'
    default = 'defaultTableStyle="TableStyleMedium9" defaultPivotStyle="PivotStyleLight16"'
    xml = _grown(xml, "dxfs", looks)
    return xml.replace(f'<tableStyles count="0" {default}/>', f'<tableStyles count="1" {default}>{style}</tableStyles>')
