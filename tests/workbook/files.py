"""Workbooks for tests: bare packages from raw XML, and a rich one that carries everything people make."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="4"><protection locked="0"/></xf><xf numFmtId="22"/></cellXfs></styleSheet>'
)


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """A package of these parts, in this order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def parts_of(package: bytes) -> dict[str, bytes]:
    """All parts unpacked, by name."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_parts(package: bytes, **changes: Callable[[bytes], bytes] | bytes | None) -> bytes:
    """The package with parts changed by a function, replaced, added, or (None) left out; `__` in a name is `/`."""
    parts = parts_of(package)
    for key, change in changes.items():
        name = next((n for n in parts if n.replace("/", "__").replace(".", "_").endswith(key)), key)
        if change is None:
            del parts[name]
        else:
            parts[name] = change(parts[name]) if callable(change) else change
    return zipped(parts)


def relations(*entries: tuple[str, str, str], strict: bool = False) -> str:
    """A relations part: (id, kind, target) each."""
    base = STRICT_RELATIONS if strict else RELATIONS
    lines = "".join(f'<Relationship Id="{i}" Type="{base}/{k}" Target="{t}"/>' for i, k, t in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'


def sheet_xml(rows: str, tail: str = "", head: str = "") -> str:
    """A worksheet part around these rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}" xmlns:x14="http://schemas.microsoft.com/office/'
        'spreadsheetml/2009/9/main" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        f"{head}<sheetData>{rows}</sheetData>{tail}</worksheet>"
    )


ALT_TEXT = '<extLst><ext uri="{504A1905-F514-4f6f-8877-14C23A59335A}"><x14:table altText="t"/></ext></extLst>'


def table_xml(ref: str, headers: list[str], *, extra: str = "", formulas: Mapping[str, str] | None = None) -> str:
    """A table part named T."""
    columns = "".join(
        f'<tableColumn id="{i}" name="{h}">'
        + (f"<calculatedColumnFormula>{formulas[h]}</calculatedColumnFormula>" if formulas and h in formulas else "")
        + "</tableColumn>"
        for i, h in enumerate(headers, 1)
    )
    return (
        f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="{ref}" {extra}>'
        f'<autoFilter ref="{ref}"/><tableColumns count="{len(headers)}">{columns}</tableColumns></table>'
    )


def bare(  # noqa: PLR0913 - a test names the part it is about
    sheet: str | bytes,
    *,
    table: str | None = None,
    strings: str | bytes | None = None,
    properties: str = "",
    strict: bool = False,
    after_sheets: str = "",
    more: Mapping[str, bytes | str] | None = None,
) -> bytes:
    """The smallest workbook with one sheet `S`, and a table if its part is given."""
    main, rel = (STRICT, STRICT_RELATIONS) if strict else (MAIN, RELATIONS)
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml"), strict=strict),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{rel}">{properties}<sheets>'
            f'<sheet name="S" sheetId="1" r:id="rId1"/></sheets>{after_sheets}</workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "styles", "styles.xml"),
            *([("rId3", "sharedStrings", "sharedStrings.xml")] if strings is not None else []),
            strict=strict,
        ),
        "xl/styles.xml": STYLES.replace(MAIN, main),
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = strings
    if table is not None:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
            ("rId1", "table", "../tables/table1.xml"), strict=strict
        )
        parts["xl/tables/table1.xml"] = table
    return zipped(parts | dict(more or {}))


HEADERS = ["Key", "Text", "Number", "Date"]
HEADER_ROW = (
    '<row r="1">'
    + "".join(f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>' for c, h in zip("ABCD", HEADERS, strict=True))
    + "</row>"
)


def small(rows: str = "", last: int = 3, *, tail: str = "", table: str | None = None, **more: object) -> bytes:
    """A table T of four columns from A1 to row `last`; without `rows`, two rows with values."""
    filled = "".join(
        f'<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>K{r}</t></is></c><c r="B{r}" s="2"/>'
        f'<c r="C{r}" s="2"><v>{r}.5</v></c><c r="D{r}" s="1"><v>45000</v></c></row>'
        for r in range(2, last + 1)
    )
    table = table or table_xml(f"A1:D{last}", HEADERS)
    return bare(sheet_xml(HEADER_ROW + (rows or filled), tail), table=table, **more)  # type: ignore[arg-type]


def png() -> bytes:
    """One grey dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")


def made(rows: int = 8) -> bytes:  # noqa: PLR0915 - one thing after the other
    """What XlsxWriter can make: chart, image, notes, buttons, sparklines, rules of both generations, other sheets."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    orders, report, lists = (book.add_worksheet(name) for name in ("Orders", "Report", "Lists"))
    date = book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "#EEEEEE"})
    money = book.add_format({"num_format": "#,##0.00", "bold": True})
    lists.write_column("A1", ["Confirm", "Hold", "Cancel"])
    book.define_name("Actions", "=Lists!$A$1:$A$3")
    columns = [{"header": h} for h in ("Order", "Customer", "Quantity", "Price")]
    columns += [
        {"header": "Net", "formula": "=Orders[@[Quantity]]*Orders[@[Price]]", "format": money},
        {"header": "Due", "format": date},
    ]
    columns += [{"header": "Action"}, {"header": "Status"}]
    orders.add_table(0, 0, rows, 7, {"name": "Orders", "columns": columns, "style": "Table Style Medium 2"})
    for r in range(1, rows + 1):
        orders.write_row(r, 0, [f"SO-{r}", "Bistro & Söhne", r, 2.5])
        orders.write_datetime(r, 5, dt.datetime(2024, 5, r % 28 + 1), date)
        orders.write_formula(r, 4, "=Orders[[#This Row],[Quantity]]*Orders[[#This Row],[Price]]", money, r * 2.5)
    last = rows + 1
    orders.data_validation(f"G2:G{last}", {"validate": "list", "source": "=Actions"})
    orders.conditional_format(f"C2:C{last}", {"type": "cell", "criteria": ">", "value": 5, "format": money})
    orders.conditional_format(f"D2:D{last}", {"type": "data_bar", "data_bar_2010": True})
    orders.write_comment("B2", "call before delivery")
    orders.write("J2", "a person's own note beside the table")
    orders.write_formula("J3", "=SUM(Orders[Net])", None, 90)
    orders.insert_image("L2", "dot.png", {"image_data": io.BytesIO(png())})
    orders.insert_button("L8", {"macro": "Sync", "caption": "Sync"})
    orders.insert_textbox("L14", "a shape")
    orders.freeze_panes(1, 1)
    report.write_formula("A1", "=SUM(Orders!C2:C1000)", None, 36)
    report.write_formula("A2", "=Report!A1*2", None, 72)
    report.add_sparkline("B1", {"range": f"Orders!C2:C{last}"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"=Orders!$C$2:$C${last}"})
    report.insert_chart("D2", chart)
    book.close()
    return file.getvalue()


X14_RULES = (
    '<ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>Lists!$A$1:$A$3</xm:f></x14:formula1>'
    "<xm:sqref>H2:H{last}</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
)


def rich(rows: int = 8) -> bytes:
    """`made`, plus the parts that only Excel makes; their contents stand for themselves."""
    parts = parts_of(made(rows))
    added: dict[str, bytes] = {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macros",
        "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="E2" i="1"/></calcChain>'.encode(),
        "xl/pivotCache/pivotCacheDefinition1.xml": b"<pivotCacheDefinition/>",
        "xl/pivotTables/pivotTable1.xml": b"<pivotTableDefinition/>",
        "xl/slicers/slicer1.xml": b"<slicers/>",
        "xl/slicerCaches/slicerCache1.xml": b"<slicerCacheDefinition/>",
        "xl/threadedComments/threadedComment1.xml": b"<ThreadedComments/>",
        "xl/persons/person.xml": b"<personList/>",
        "xl/ctrlProps/ctrlProp1.xml": b"<formControlPr/>",
        "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
        "xl/printerSettings/printerSettings1.bin": bytes(range(256)),
        "customUI/customUI14.xml": b"<customUI/>",
        "docProps/custom.xml": b"<Properties/>",
    }
    kinds = {
        "xl/_rels/workbook.xml.rels": [
            ("rId901", "calcChain", "calcChain.xml"),
            ("rId902", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
            ("rId903", "externalLink", "externalLinks/externalLink1.xml"),
            ("rId904", "vbaProject", "vbaProject.bin"),
        ],
        "xl/worksheets/_rels/sheet1.xml.rels": [
            ("rId905", "threadedComment", "../threadedComments/threadedComment1.xml"),
            ("rId906", "printerSettings", "../printerSettings/printerSettings1.bin"),
            ("rId907", "slicer", "../slicers/slicer1.xml"),
        ],
        "_rels/.rels": [("rId908", "extensibility", "customUI/customUI14.xml")],
    }
    for name, entries in kinds.items():
        lines = "".join(f'<Relationship Id="{i}" Type="{RELATIONS}/{k}" Target="{t}"/>' for i, k, t in entries)
        parts[name] = parts[name].replace(b"</Relationships>", lines.encode() + b"</Relationships>")
    sheet = "xl/worksheets/sheet1.xml"
    rules = X14_RULES.format(last=rows + 1).encode()
    head, _, tail = parts[sheet].rpartition(b"<extLst>")
    parts[sheet] = head + b"<extLst>" + rules + tail
    return zipped(parts | added)
