"""Odd sheets: rows, cells and tables that are not as Excel writes them, and ways of laying out a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.faults.malformed_files import (
    HEADERS,
    LINE,
    Faults,
    Lacks,
    OddFile,
    Raw,
    Refused,
    Taken,
    book,
    changed,
    row,
    rows,
    sheet,
)
from tests.workbook.files import bare, parts_of, relations, sheet_xml, table_xml, zipped

_TWO = changed(Order="O2", Quantity=3)
_GOOD = rows(LINE)


def files() -> Iterator[OddFile]:
    """All of the group."""
    for about, data, must in (*_broken(), *_bounds(), *_tolerable(), *_long(), *_layouts(), *_tables(), *_several()):
        yield OddFile(f"sheet: {about}", "november.xlsx", data, must)
    yield OddFile("sheet: macros", "november.xlsm", _macros(), Taken(note="macros were not run"))


def _broken() -> Iterator[tuple[str, bytes, Refused]]:
    says = Refused("cannot be trusted")
    head = rows(LINE)
    yield "a million rows of formats", sheet(_formats(1, 1_048_574)), Refused("holds no values")
    for about, more, must in (
        ("a row twice", row(2, _TWO), says),
        ("rows going back", row(5, _TWO) + row(4, _TWO), says),
        ("a cell twice", '<row r="3"><c r="A3"><v>1</v></c><c r="A3"><v>2</v></c></row>', says),
        ("cells going back", '<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>2</v></c></row>', says),
        ("a cell of another row", '<row r="3"><c r="A9"><v>1</v></c></row>', says),
        ("a column beyond the grid", '<row r="3"><c r="XFE3"><v>1</v></c></row>', says),
        ("a column of four letters", '<row r="3"><c r="AAAA3"><v>1</v></c></row>', says),
        ("a row beyond the grid", '<row r="1048577"/>', says),
        ("row zero", '<row r="0"/>', says),
        ("row minus one", '<row r="-1"/>', says),
        ("row 2.5", '<row r="2.5"/>', says),
        ("row of twenty digits", '<row r="99999999999999999999"/>', says),
        ("row number in Arabic digits", '<row r="٣"/>', says),
        ("an address turned round", '<row r="3"><c r="3A"><v>1</v></c></row>', says),
        ("a small address", '<row r="3"><c r="a3"><v>1</v></c></row>', says),
        ("an address with dollars", '<row r="3"><c r="$A$3"><v>1</v></c></row>', says),
        ("an empty address", '<row r="3"><c r=""><v>1</v></c></row>', says),
        ("text between rows", "stray", says),
        ("something else between rows", "<cell/>", says),
        ("a row in a row", '<row r="3"><row r="4"/></row>', Refused("")),
        ("a row never closed", '<row r="3"><c r="A3"><v>1</v></c>', Refused("damaged")),
        ("two values in a cell", '<row r="3"><c r="A3"><v>1</v><v>2</v></c></row>', says),
        ("a text beyond the last", '<row r="3"><c r="A3" t="s"><v>99</v></c></row>', Refused("damaged")),
        ("text number minus one", '<row r="3"><c r="A3" t="s"><v>-1</v></c></row>', says),
        ("text number 1.0", '<row r="3"><c r="A3" t="s"><v>1.0</v></c></row>', says),
        (
            "the end of a section that never began",
            '<row r="3"><c r="A3" t="str"><v>]]></v></c></row>',
            Refused("broken"),
        ),
        ("a prefix nobody declared", '<row r="3"><c r="A3" x:y="1"><v>1</v></c></row>', Refused("damaged")),
        ("a text number before its cell's formula", '<row r="3"><c r="A3"><v>1</v><f>1</f></c></row>', says),
        ("a text in a number's cell", '<row r="3"><c r="A3"><is><t>x</t></is></c></row>', says),
        ("a text in a text", '<row r="3"><c r="A3" t="inlineStr"><is><t>x<t>y</t></t></is></c></row>', says),
        ("a truth of 7", '<row r="3"><c r="A3" t="b"><v>7</v></c></row>', says),
        ("text number missing", '<row r="3"><c r="A3" t="s"><v></v></c></row>', says),
        ("text number of thirty digits", f'<row r="3"><c r="A3" t="s"><v>{"9" * 30}</v></c></row>', Refused("")),
        ("a cell of unknown kind", '<row r="3"><c r="A3" t="q"><v>1</v></c></row>', says),
        ("words where a number is said", '<row r="3"><c r="A3" t="n"><v>abc</v></c></row>', says),
        ("an unknown entity", '<row r="3"><c r="A3" t="str"><v>&euro;</v></c></row>', Refused("damaged")),
        ("a sign XML does not allow", '<row r="3"><c r="A3" t="str"><v>&#1;</v></c></row>', Refused("damaged")),
    ):
        yield about, sheet(head + more, strings="<sst><si><t>a</t></si></sst>"), must
        if must is says and "row" not in about:
            filler = "".join(row(i, changed(Order=f"O{i}")) for i in range(10, 110))
            yield f"{about}, in a long list", sheet(head + more + filler, strings="<sst><si><t>a</t></si></sst>"), must
    yield "no sheetData", bare(f'<worksheet xmlns="x"><cols/>{"<!-- <sheetData/> -->"}</worksheet>'), Refused("no rows")
    yield (
        "sheetData twice",
        bare(sheet_xml(_GOOD).replace("</worksheet>", f"<sheetData>{_GOOD}</sheetData></worksheet>")),
        Refused(""),
    )
    yield (
        "rows below another element",
        bare(sheet_xml(_GOOD).replace("<sheetData>", "<x><sheetData>").replace("</sheetData>", "</sheetData></x>")),
        Refused("where they belong"),
    )
    bad_text = "<sst><si><t>a</t><t>b</t></si></sst>"
    for about, item, times in (
        ("empty texts", "<si/>", 3_000_000),
        ("texts in runs", "<si><r><t>a</t></r></si>", 400_000),
    ):
        many = f"<sst>{item * times}</sst>"
        yield f"{times:,} {about}", sheet(_GOOD, strings=many), Refused("far more texts than its cells can show")
    shown = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 20_001))
    long = f"<sst><si><t>{'x' * 32_000}</t></si></sst>"
    yield "a long text 20,000 times", sheet(shown, strings=long), Refused("far longer than those of any list")
    yield "a shared text twice", sheet(_GOOD, strings=bad_text), Refused("not built as Excel builds them")
    yield "nothing on the sheet", sheet(""), Refused("")


def _bounds() -> Iterator[tuple[str, bytes, Refused | Taken]]:
    says = Refused("cannot be trusted")
    yield (
        "a value far away",
        sheet(_GOOD + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        Refused("far apart"),
    )
    far = '<row r="1000000"><c r="C1000000"><v>1</v></c></row>'
    yield "a value a million rows down", sheet(_GOOD + far), Refused("far apart")
    yield "a format far away", sheet(_GOOD + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'), Taken()
    merged = '<mergeCells count="1"><mergeCell ref="{}"/></mergeCells>'
    for ref in ("A1:XFE9", "A0:B2", "A1:", "B2:A1", "A1:B2000000", "gaga"):
        yield f"merged cells {ref}", book(tail=merged.format(ref)), says
    array = Raw('<c r="{}"><f t="array" ref="A1:XFZ9999999">1</f><v>1</v></c>')
    yield "an array formula beyond the grid", book(changed(Unit_price=array)), says
    shared = Raw('<c r="{}"><f t="shared" si="0" ref="">1</f><v>1</v></c>')
    yield "a shared formula nowhere", book(changed(Unit_price=shared)), says


def _long() -> Iterator[tuple[str, bytes, Taken]]:
    both, two = rows(LINE, _TWO), Taken(2, {"order": ["O1", "O2"], "quantity": [2, 3]})
    yield "30,000 rows of formats below", sheet(both + _formats(4, 30_000)), two
    yield "500 rows without addresses", sheet(_without_addresses(both + "".join(map(_more, range(4, 504))))), Taken(502)


def _formats(first: int, count: int) -> str:
    """Rows that hold formats and nothing else, their cells without addresses."""
    return "".join(f'<row r="{i}"><c s="0"/><c s="0"/><c s="0"/></row>' for i in range(first, first + count))


def _more(number: int) -> str:
    return row(number, changed(Order=f"O{number}"))


def _tolerable() -> Iterator[tuple[str, bytes, Taken | Faults]]:
    two = Taken(2, {"order": ["O1", "O2"], "quantity": [2, 3]})
    both = rows(LINE, _TWO)
    for ref in ("A1", "A1:XFD1048576", "A1:B1", "gaga", "", "Z9:A1"):
        yield f"dimension {ref or 'empty'}", book(LINE, _TWO, head=f'<dimension ref="{ref}"/>'), two
    yield "rows and cells without addresses", sheet(_without_addresses(both)), two
    yield "rows without numbers", sheet(both.replace('<row r="1">', "<row>").replace('<row r="2">', "<row>")), two
    yield "wrong spans", sheet(both.replace("<row ", '<row spans="7:9" ')), two
    yield "a comment in the rows", sheet(both.replace('<row r="3"', '<!-- <row r="9"> --><row r="3"')), two
    yield "a comment in a value", sheet(both.replace("<v>3</v>", "<v>3<!-- 4 --></v>")), two
    yield "CDATA in a text", sheet(both.replace(">O2<", "><![CDATA[O2]]><")), two
    yield "an instruction in the rows", sheet(both.replace('<row r="3"', '<?x y?><row r="3"')), two
    yield "single quotes", bare(sheet_xml(both).replace('"', "'")), two
    yield "line breaks between all tags", bare(sheet_xml(both).replace("><", ">\n  <")), two
    prefixed = sheet_xml(both).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    yield "prefixed elements", bare(prefixed.replace("xmlns=", "xmlns:x=")), two
    utf16 = sheet_xml(both).replace("UTF-8", "UTF-16").encode("utf-16")
    yield "a sheet in UTF-16", bare(utf16), two
    yield "a byte order mark", bare(b"\xef\xbb\xbf" + sheet_xml(both).encode()), two
    yield "the strict dialect", book(LINE, _TWO, strict=True), two
    yield "empty rows in between", sheet(rows(LINE) + '<row r="3"/><row r="4" s="1"/>' + row(9, _TWO)), two
    yield "blank texts in between", book(LINE, ("", " ", None, "\xa0"), _TWO), two
    yield "hidden rows", sheet(_GOOD + row(3, _TWO, ' hidden="1"')), Taken(2, note="hidden or filtered")
    columns = '<cols><col min="4" max="4" hidden="1"/></cols>'
    yield "a hidden column", book(LINE, _TWO, head=columns), Taken(2, note="hidden or filtered")
    state = parts_of(book())
    state["xl/workbook.xml"] = state["xl/workbook.xml"].replace(b'sheetId="1"', b'sheetId="1" state="veryHidden"')
    yield "a very hidden sheet", zipped(state), Taken(note="hidden or filtered")
    merged = '<mergeCells count="1"><mergeCell ref="D2:D3"/></mergeCells>'
    yield "merged cells", book(LINE, changed(SKU=None), tail=merged), Faults(("D3",), "")
    yield "lots of elements unknown to us", book(tail="<extLst><ext uri='x'><y/></ext></extLst>" * 50), Taken()


def _without_addresses(xml: str) -> str:
    import re

    return re.sub(r' r="[A-Z]*[0-9]+"', "", xml)


def _layouts() -> Iterator[tuple[str, bytes, Taken | Faults | Lacks | Refused]]:
    title = row(1, ["Orders of November"]) + row(2, ["Shop & Sons"])
    below = rows(LINE, first=5)
    yield "a title above", sheet(title + below), Taken(1, {"sku": ["007"]})
    yield "beginning at column C", sheet(_moved(rows(LINE), 2)), Taken(1, {"sku": ["007"]})
    shuffled = tuple(reversed(HEADERS))
    yield "columns in another order", sheet(rows(tuple(reversed(LINE)), headers=shuffled)), Taken(1, {"sku": ["007"]})
    odd = [f" {header.upper()}\n" for header in HEADERS]
    yield "headers in capitals and with spaces", sheet(rows(LINE, headers=odd)), Taken(1, {"quantity": [2]})
    nbsp = [header.replace(" ", "\xa0") for header in HEADERS]
    yield "headers with no-break spaces", sheet(rows(LINE, headers=nbsp)), Taken(1, {"quantity": [2]})
    extra = (*HEADERS, "Colour")
    yield "a column of their own", sheet(rows((*LINE, "red"), headers=extra)), Taken(1, note="Colour")
    twice = (*HEADERS, "quantity ")
    yield "a header twice", sheet(rows((*LINE, 4), headers=twice)), Refused("two columns are named")
    missing = tuple(header for header in HEADERS if header != "SKU")
    yield "a needed column missing", sheet(rows(LINE[:3] + LINE[4:], headers=missing)), Lacks(("sku",))
    typo = tuple("Qantity" if header == "Quantity" else header for header in HEADERS)
    yield "a header misspelt", sheet(rows(LINE, headers=typo)), Lacks(("quantity",))
    yield "no header", sheet(row(1, LINE)), Refused("no header row")
    yield "numbers as headers", sheet(row(1, [1, 2, 3, 4, 5]) + row(2, LINE)), Refused("no header row")
    total = row(3, ["Total", None, None, None, 2.0, 10.5])
    yield "a line of totals", sheet(_GOOD + total), Faults(("A3",), "line of totals")
    again = row(3, HEADERS) + row(4, _TWO)
    yield "the header again", sheet(_GOOD + again), Faults(("A3",), "header again")
    yield "the header only", sheet(row(1, HEADERS)), Taken(0)
    yield (
        "9,000 columns",
        sheet(row(1, [*HEADERS, *(f"x{i}" for i in range(9000))]) + row(2, LINE)),
        Taken(1, note="x8999"),
    )
    yield "40,000 empty rows", sheet(_GOOD + "".join(f'<row r="{i}"/>' for i in range(3, 40_000))), Taken(1)


def _moved(xml: str, by: int) -> str:
    import re

    return re.sub(r' r="([A-Z])([0-9]+)"', lambda m: f' r="{chr(ord(m[1]) + by)}{m[2]}"', xml)


_OWN = ["Customer ID", "Name"]


def _tables() -> Iterator[tuple[str, bytes, Taken | Refused]]:
    lines = rows(("C1", "Alfreds"), ("C2", "Bólido"), headers=_OWN)
    good = table_xml("A1:B3", _OWN).replace('"T"', '"Customers"')
    whole = Taken(2, {"customer_id": ["C1", "C2"]})
    yield "an Excel table", sheet(lines, table=good), whole
    yield "a table's name in other case", sheet(lines, table=good.replace("Customers", "CUSTOMERS")), whole
    note = row(6, ["please call before delivery"])
    told = replace(whole, note="What stands in row 6 below the table Customers and was not read.")
    yield "a remark under the table", sheet(lines + note, table=good), told
    for ref in ("A1:C3", "A1", "B3:A1", "", "A1:B9999999", "A1:XFE3"):
        bad = table_xml(ref, _OWN)
        yield f"a table at {ref or 'nowhere'}", sheet(lines, table=bad), Refused("does not say where it is")
    yield "a table without columns", sheet(lines, table=table_xml("A1:B3", [])), Refused("does not say where it is")
    yield "a table that is no table", sheet(lines, table="<x/>"), Refused("does not say where it is")
    short = sheet(lines, table=table_xml("A1:B900", _OWN).replace('"T"', '"Customers"'))
    yield "a table longer than its sheet", short, whole
    totals = lines + row(4, ["Total", 2.0])
    with_totals = table_xml("A1:B4", _OWN, extra='totalsRowCount="1"').replace('"T"', '"Customers"')
    yield "a table's own totals", sheet(totals, table=with_totals), whole
    many = table_xml("A1:B3", _OWN, extra='totalsRowCount="7"')
    yield "a table with seven totals", sheet(lines, table=many), Refused("header or totals rows")
    twice = parts_of(sheet(lines, table=good))
    twice["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", "table", "../tables/table1.xml"), ("rId2", "table", "../tables/table2.xml")
    ).encode()
    twice["xl/tables/table2.xml"] = twice["xl/tables/table1.xml"]
    yield "two tables of one name", zipped(twice), Refused("two tables named")
    gone = parts_of(sheet(lines, table=good))
    del gone["xl/tables/table1.xml"]
    yield "a table that is missing", zipped(gone), Refused("missing")


def _several() -> Iterator[tuple[str, bytes, Taken | Refused]]:
    for about, second, must in (
        ("two lists that fit alike", rows(_TWO), Refused("two tables")),
        ("a second sheet of remarks", row(1, ["See you"]), Taken()),
        ("an empty second sheet", "", Taken()),
    ):
        parts: dict[str, bytes | str] = dict(parts_of(book()))
        entry = b'<sheet name="Two" sheetId="2" r:id="rId8"/></sheets>'
        parts["xl/workbook.xml"] = parts_of(book())["xl/workbook.xml"].replace(b"</sheets>", entry)
        parts["xl/_rels/workbook.xml.rels"] = relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId8", "worksheet", "worksheets/sheet2.xml"),
            ("rId2", "styles", "styles.xml"),
        )
        parts["xl/worksheets/sheet2.xml"] = sheet_xml(second)
        yield about, zipped(parts), must


def _macros() -> bytes:
    parts = parts_of(book())
    kinds = parts["[Content_Types].xml"]
    old = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts["[Content_Types].xml"] = kinds.replace(old, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    return zipped(parts | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
