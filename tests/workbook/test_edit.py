"""Write-back: the cells meant are written, new rows grow the table, and nothing else in the file moves a byte."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from o2c_xl.workbook.errors import NoRoom, Refused
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.verify_write import verify_write
from o2c_xl.workbook.reading.book import read_book
from tests.workbook.files import (
    ALT_TEXT,
    HEADER_ROW,
    HEADERS,
    bare,
    made,
    parts_of,
    relations,
    rich,
    sheet_xml,
    small,
    table_xml,
    zipped,
)

SHEET, TABLE, BOOK = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml"


def edited(package: bytes, *edits: TableEdit) -> bytes:
    """The package after the edits, which the proof of every save accepts too."""
    new = apply_edits(package, edits)
    verify_write(package, new, edits)
    return new


def sheet_of(package: bytes) -> str:
    return parts_of(package)[SHEET].decode()


def cell(package: bytes, address: str) -> str:
    found = re.search(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)', sheet_of(package))
    return found[0] if found else ""


def test_every_part_that_is_not_written_keeps_its_packed_bytes():
    old = rich()

    new = edited(old, TableEdit("Orders", {(2, "Status"): "Open"}, [{"Order": "SO-9"}]))

    before, after = Package(old), Package(new)
    assert before.names == after.names
    changed = [name for name in before.names if before.packed(name) != after.packed(name)]
    assert changed == [SHEET, TABLE]  # XlsxWriter has set the recalculation flag already


def test_only_the_cells_meant_differ_in_the_sheet():
    old = rich()

    new = edited(old, TableEdit("Orders", {(2, "Price"): Decimal("9.95"), (4, "Action"): "Hold"}))

    untouched = re.sub(r'<c r="(D2|G4)".*?(/>|</c>)', "", sheet_of(new))
    assert untouched == re.sub(r'<c r="D2".*?</c>', "", sheet_of(old))


def test_a_cell_keeps_its_format_whatever_is_written():
    written = {
        (2, "Key"): "x",
        (2, "Text"): Decimal("1234567.8901"),
        (2, "Number"): True,
        (2, "Date"): dt.date(2024, 2, 29),
        (3, "Text"): 7,
        (3, "Date"): dt.datetime(2024, 2, 29, 18),
    }

    new = edited(small(), TableEdit("T", written))

    assert cell(new, "A2") == '<c r="A2" t="inlineStr"><is><t>x</t></is></c>'
    assert cell(new, "B2") == '<c r="B2" s="2"><v>1234567.8901</v></c>'
    assert cell(new, "C2") == '<c r="C2" s="2" t="b"><v>1</v></c>'
    assert cell(new, "D2") == '<c r="D2" s="1"><v>45351</v></c>'
    assert cell(new, "B3") == '<c r="B3" s="2"><v>7</v></c>'
    assert cell(new, "D3") == '<c r="D3" s="1"><v>45351.75</v></c>'


def test_emptying_a_cell_leaves_its_format():
    new = edited(small(), TableEdit("T", {(2, "Date"): None, (3, "Key"): "", (2, "Text"): None}))

    assert cell(new, "D2") == '<c r="D2" s="1"/>'
    assert cell(new, "A3") == '<c r="A3"/>'
    assert cell(new, "B2") == '<c r="B2" s="2"/>'


@pytest.mark.parametrize(
    "text",
    [
        "  edges ",
        "=1+1",
        "+4930",
        "<b>&amp;</b>",
        "two\nlines\r\nand\ttab",
        "_x0041_",
        "a_x005F_x0041_",
        "bell\x07 and \x1f",
        "ümläut 中文 😀",
        "'quoted \"text\"'",
        "]]>",
    ],
)
def test_any_text_comes_back_as_it_was(text):
    new = edited(small(), TableEdit("T", {(2, "Text"): text}))

    assert read_book(new).tables[0].columns[1][0] == text


def test_text_that_no_cell_can_hold_is_refused():
    for text, words in (("x" * 32768, "32767"), ("half \ud800", "half a character"), ("\ufffe", "half")):
        with pytest.raises(Refused, match=words):
            apply_edits(small(), [TableEdit("T", {(2, "Text"): text})])


def test_numbers_and_dates_that_no_cell_can_hold_are_refused():
    aware = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    for value in (Decimal("NaN"), Decimal("Infinity"), float("nan"), dt.date(1900, 2, 28), aware):
        with pytest.raises(Refused):
            apply_edits(small(), [TableEdit("T", {(2, "Number"): value})])


def test_dates_follow_the_workbooks_own_calendar():
    old = small(properties='<workbookPr date1904="1"/>')

    new = edited(old, TableEdit("T", {(2, "Date"): dt.date(2024, 1, 1)}))

    assert cell(new, "D2") == '<c r="D2" s="1"><v>43830</v></c>'
    assert read_book(new).tables[0].columns[3][0] == dt.date(2024, 1, 1)


def test_new_rows_take_on_formats_and_formulas_of_the_row_above():
    new = edited(made(), TableEdit("Orders", {}, [{"Order": "SO-9", "Quantity": 4, "Due": dt.date(2024, 7, 1)}]))

    net = "<f>Orders[[#This Row],[Quantity]]*Orders[[#This Row],[Price]]</f></c>"
    assert re.fullmatch(rf'<c r="E10" s="\d">{re.escape(net)}', cell(new, "E10"))
    assert cell(new, "F10") == cell(new, "F9").replace("F9", "F10").replace("45421", "45474")
    assert read_book(new).tables[0].ref == "A1:H10"


def test_a_grown_table_takes_its_filter_and_its_rules_along():
    new = edited(rich(), TableEdit("Orders", {}, [{"Order": "SO-9"}, {"Order": "SO-10"}]))

    sheet, table = sheet_of(new), parts_of(new)[TABLE].decode()
    assert re.findall(r' ref="([^"]*)"', table) == ["A1:H11", "A1:H11"]
    assert 'conditionalFormatting sqref="C2:C11"' in sheet
    assert 'sqref="G2:G11"' in sheet
    assert "<xm:sqref>D2:D11</xm:sqref>" in sheet
    assert "<xm:sqref>H2:H11</xm:sqref>" in sheet
    assert '<dimension ref="A1:J11"/>' in sheet


def test_rules_that_reach_elsewhere_stay_and_sparklines_are_no_rules():
    tail = (
        '<conditionalFormatting sqref="A2:A3 F2:F9"><cfRule type="x"/></conditionalFormatting>'
        '<conditionalFormatting sqref="A2:A99"><cfRule type="x"/></conditionalFormatting>'
        '<conditionalFormatting sqref="C2:F3"><cfRule type="x"/></conditionalFormatting>'
        '<conditionalFormatting sqref="F2:F3"><cfRule type="x"/></conditionalFormatting>'
        '<dataValidations><dataValidation sqref="B2:B3 D3"/></dataValidations>'
        "<extLst><ext><x14:sparkline><xm:f>S!A2:A3</xm:f><xm:sqref>D3</xm:sqref></x14:sparkline></ext></extLst>"
    )

    new = sheet_of(edited(small(tail=tail), TableEdit("T", {}, [{"Key": "n"}])))

    assert re.findall(r'sqref="([^"]*)"', new) == [
        "A2:A4 F2:F9",
        "A2:A99",
        "C2:F3 C4:D4",
        "F2:F3",
        "B2:B4 D3:D4",
    ]
    assert "<xm:sqref>D3</xm:sqref>" in new


def test_the_one_empty_row_of_an_empty_table_is_filled_first():
    rows = '<row r="2"><c r="A2" s="2"/><c r="D2" s="1"/></row>'
    table = table_xml("A1:D2", HEADERS, extra='insertRow="1"')

    one = edited(small(rows, table=table), TableEdit("T", {}, [{"Key": "a"}]))
    two = edited(
        small(rows, table=table), TableEdit("T", {}, [{"Key": "a"}, {"Key": "b", "Date": dt.date(2024, 1, 1)}])
    )

    assert read_book(one).tables[0].ref == "A1:D2"
    assert read_book(one).tables[0].columns[0] == ["a"]
    assert read_book(two).tables[0].ref == "A1:D3"
    assert "insertRow" not in parts_of(two)[TABLE].decode()
    assert cell(two, "D3") == '<c r="D3" s="1"><v>45292</v></c>'


def test_the_alternative_text_of_a_table_that_grows_is_left_as_it_is():
    table = table_xml("A1:D2", HEADERS).replace("</table>", f"{ALT_TEXT}</table>")

    one = edited(small('<row r="2"><c r="A2"><v>1</v></c></row>', table=table), TableEdit("T", {}, [{"Key": "b"}]))

    assert read_book(one).tables[0].ref == "A1:D3"
    assert ALT_TEXT in parts_of(one)[TABLE].decode()


def test_the_mark_of_an_empty_table_goes_even_when_it_does_not_grow():
    table = table_xml("A1:D2", HEADERS, extra='insertRow="1"')

    one = edited(small('<row r="2"/>', table=table), TableEdit("T", {}, [{"Key": "a"}]))

    assert "insertRow" not in parts_of(one)[TABLE].decode()


def test_an_empty_table_with_a_calculated_column_is_empty_all_the_same():
    rows = '<row r="2"><c r="C2"><f>1+1</f><v>2</v></c></row>'
    table = table_xml("A1:D2", HEADERS, formulas={"Number": "1+1", "Text": "2+2"})

    new = edited(small(rows, table=table), TableEdit("T", {}, [{"Key": "a"}]))

    assert read_book(new).tables[0].ref == "A1:D2"
    assert cell(new, "C2") == '<c r="C2"><f>1+1</f><v>2</v></c>'
    assert cell(new, "B2") == '<c r="B2"><f>2+2</f></c>'


def test_rows_that_the_sheet_does_not_hold_yet_are_made_in_their_place():
    rows = '<row r="3"><c r="A3"><v>3</v></c></row><row r="6"/>'

    new = edited(small(rows, last=7), TableEdit("T", {(r, "Number"): r for r in range(2, 8)}))

    assert re.findall(r'<row r="(\d)"', sheet_of(new)) == ["1", "2", "3", "4", "5", "6", "7"]
    assert read_book(new).tables[0].columns[2] == [2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


def test_cells_that_are_not_written_yet_take_the_format_of_row_or_column():
    sheet = sheet_xml(
        HEADER_ROW + '<row r="2" s="2" customFormat="1" spans="1:2"><c r="A2"/></row><row r="3" s="2"/>',
        head='<cols><col min="4" max="4" width="9" style="1"/></cols>',
    )

    old = bare(sheet, table=table_xml("A1:D3", HEADERS))
    new = edited(old, TableEdit("T", {(2, "Date"): 1, (3, "Date"): 1, (3, "Number"): 1}))

    assert cell(new, "D2") == '<c r="D2" s="2"><v>1</v></c>'
    assert cell(new, "D3") == '<c r="D3" s="1"><v>1</v></c>'
    assert cell(new, "C3") == '<c r="C3"><v>1</v></c>'
    assert 'spans="1:4"' in sheet_of(new)


def test_a_sheet_without_any_row_can_be_written():
    for data in ("<sheetData/>", "<sheetData></sheetData>"):
        sheet = sheet_xml("").replace("<sheetData></sheetData>", data)
        old = bare(sheet, table=table_xml("A1:D2", HEADERS, extra='headerRowCount="0"'))

        new = edited(old, TableEdit("T", {(2, "Key"): "b", (1, "Key"): "a"}))

        assert read_book(new).tables[0].columns[0] == ["a", "b"]


ODD = {
    "prefixed": lambda x: (
        x.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    ),
    "UTF-16": lambda x: x.replace("UTF-8", "UTF-16").encode("utf-16"),
    "byte order mark": lambda x: b"\xef\xbb\xbf" + x.encode(),
    "comments": lambda x: x.replace("<sheetData>", "<!-- <sheetData> --><sheetData><!-- <row r='9'> -->").replace(
        '<c r="C3"', '<!-- </row> <c r="C3"/> --><c r="C3"'
    ),
    "CDATA": lambda x: x.replace("K2", "<![CDATA[</row>]]>"),
    "> in attributes": lambda x: x.replace('<row r="3"', '<row ht="a>b" r="3"').replace('<c r="C3"', '<c x=">" r="C3"'),
    "single quotes": lambda x: x.replace('"', "'"),
    "white space": lambda x: x.replace("><", ">\n  <"),
    "no addresses": lambda x: re.sub(r' r="[A-D]?\d"', "", x),
    "another order": lambda x: re.sub(r'<c (r="\w+") (s="\d")', r"<c \2 \1", x),
    "instructions": lambda x: x.replace("<sheetData>", "<sheetData><?x <row r='1'> ?>"),
}


@pytest.mark.parametrize("form", ODD, ids=str)
def test_every_form_of_xml_is_written_as_well_as_excels_own(form):
    plain = small()
    odd = zipped(parts_of(plain) | {SHEET: ODD[form](parts_of(plain)[SHEET].decode())})
    edit = TableEdit("T", {(3, "Number"): Decimal("12.25"), (2, "Text"): "new", (3, "Key"): None}, [{"Key": "added"}])

    read = read_book(edited(odd, edit)).tables[0]

    first = "</row>" if form == "CDATA" else "K2"
    assert read.ref == "A1:D4"
    assert read.columns[0] == [first, None, "added"]
    assert read.columns[1] == ["new", None, None]
    assert read.columns[2] == [2.5, 12.25, None]


def test_only_the_recalculation_flag_changes_in_the_workbook_part():
    names = "<definedNames><definedName name='n'>1</definedName></definedNames>"
    for after, expected in (
        ("", '</sheets><calcPr fullCalcOnLoad="1"/>'),
        (names + "<oleSize ref='A1'/>", f'{names}<calcPr fullCalcOnLoad="1"/><oleSize'),
        ('<calcPr calcId="1" calcMode="manual"/>', '<calcPr calcId="1" calcMode="manual" fullCalcOnLoad="1"/>'),
        ('<calcPr fullCalcOnLoad="0"/>', '<calcPr fullCalcOnLoad="1"/>'),
        ("<externalReferences/><pivotCaches/>", '<externalReferences/><calcPr fullCalcOnLoad="1"/><pivotCaches/>'),
    ):
        old = small(after_sheets=after)

        new = parts_of(edited(old, TableEdit("T", {(2, "Key"): "x"})))[BOOK].decode()

        assert expected in new
        assert new.replace(' fullCalcOnLoad="1"', "").replace("<calcPr/>", "") == parts_of(old)[BOOK].decode().replace(
            ' fullCalcOnLoad="0"', ""
        ).replace("<calcPr/>", "")


def test_nothing_to_write_gives_the_very_same_bytes():
    old = rich()

    assert apply_edits(old, []) == old
    assert apply_edits(old, [TableEdit("Orders")]) == old


def test_two_tables_on_one_sheet_are_written_together():
    parts = parts_of(small())
    parts["xl/tables/table2.xml"] = parts[TABLE].replace(b'"T"', b'"U"').replace(b"A1:D3", b"F1:I3")
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", "table", "../tables/table1.xml"), ("rId2", "table", "../tables/table2.xml")
    ).encode()

    new = edited(
        zipped(parts), TableEdit("T", {(2, "Key"): "t"}, [{"Key": "tt"}]), TableEdit("u", {(2, "Key"): "u"}, [{}, {}])
    )

    t, u = read_book(new).tables
    assert (t.ref, u.ref) == ("A1:D4", "F1:I5")
    assert (t.columns[0], u.columns[0]) == (["t", "K3", "tt"], ["u", None, None, None])


REFUSALS = {
    "formula": (
        small('<row r="2"><c r="C2"><f>1+1</f><v>2</v></c></row>'),
        TableEdit("T", {(2, "Number"): 1}),
        "C2 holds a formula",
    ),
    "array formula": (
        small('<row r="2"><c r="C2"><f t="array" ref="C2:C3">1</f><v>1</v></c></row><row r="3"><c r="C3"/></row>'),
        TableEdit("T", {(3, "Number"): 1}),
        "C3 belongs to an array formula",
    ),
    "shared formula": (
        small('<row r="3"><c r="C3"><f t="shared" si="0"/><v>1</v></c></row>'),
        TableEdit("T", {(3, "Number"): 1}),
        "C3 holds a formula",
    ),
    "totals row": (
        small(table=table_xml("A1:D3", HEADERS, extra='totalsRowCount="1"')),
        TableEdit("T", {}, [{"Key": 1}]),
        "totals row",
    ),
    "something below": (
        small('<row r="9"><c r="B9"><v>1</v></c></row>'),
        TableEdit("T", {}, [{"Key": 1}]),
        "B9 stands below",
    ),
    "merged below": (
        small(tail='<mergeCells><mergeCell ref="C7:F8"/></mergeCells>'),
        TableEdit("T", {}, [{"Key": 1}]),
        "C7:F8 stands below",
    ),
    "protected": (
        small(tail='<sheetProtection sheet="1"/>'),
        TableEdit("T", {(2, "Key"): 1}),
        "protected and its cell A2",
    ),
    "protected, growing": (
        small(tail='<sheetProtection sheet="1"/>'),
        TableEdit("T", {}, [{"Key": 1}]),
        "is protected",
    ),
    "signed": (
        small(more={"_xmlsignatures/origin.sigs": b""}),
        TableEdit("T", {(2, "Key"): 1}),
        "digitally signed",
    ),
    "no such table": (small(), TableEdit("X", {(2, "Key"): 1}), "no table named X"),
    "no such column": (small(), TableEdit("T", {(2, "Nope"): 1}), "no column Nope"),
    "header row": (small(), TableEdit("T", {(1, "Key"): 1}), "Row 1 is not a row"),
    "row below": (small(), TableEdit("T", {(4, "Key"): 1}), "Row 4 is not a row"),
}


@pytest.mark.parametrize("why", REFUSALS, ids=str)
def test_what_would_break_something_is_refused_in_a_sentence(why):
    package, edit, words = REFUSALS[why]

    with pytest.raises(Refused, match=words) as caught:
        apply_edits(package, [edit])

    assert str(caught.value).endswith(".")


def test_a_workbook_shared_with_a_revision_log_is_refused():
    parts = parts_of(small())
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="r9" Type="x/revisionHeaders" Target="revisions/h.xml"/></Relationships>',
    )

    with pytest.raises(Refused, match="shared in the old way"):
        apply_edits(zipped(parts), [TableEdit("T", {(2, "Key"): 1})])


def test_every_table_without_room_is_named_at_once():
    parts = parts_of(small('<row r="9"><c r="B9"><v>1</v></c><c r="G9"><v>1</v></c></row>'))
    parts["xl/tables/table2.xml"] = parts[TABLE].replace(b'"T"', b'"U"').replace(b"A1:D3", b"F1:I3")
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", "table", "../tables/table1.xml"), ("rId2", "table", "../tables/table2.xml")
    ).encode()

    with pytest.raises(NoRoom) as caught:
        apply_edits(zipped(parts), [TableEdit("T", {}, [{"Key": 1}]), TableEdit("U", {}, [{"Key": 1}])])

    assert list(caught.value.tables) == ["T", "U"]


def test_another_table_below_is_never_overrun():
    parts = parts_of(small())
    parts["xl/tables/table2.xml"] = parts[TABLE].replace(b'"T"', b'"U"').replace(b"A1:D3", b"A9:D10")
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", "table", "../tables/table1.xml"), ("rId2", "table", "../tables/table2.xml")
    ).encode()

    with pytest.raises(Refused, match="table U stands below"):
        apply_edits(zipped(parts), [TableEdit("T", {}, [{"Key": 1}])])


def test_unlocked_cells_of_a_protected_sheet_are_written():
    new = edited(small(tail='<sheetProtection sheet="1"/>'), TableEdit("T", {(2, "Number"): 5}))

    assert cell(new, "C2") == '<c r="C2" s="2"><v>5</v></c>'


def test_a_note_beside_the_table_does_not_stop_its_growth():
    rows = '<row r="2"><c r="A2"><v>1</v></c></row><row r="4"><c r="F4"><v>7</v></c></row>'

    new = edited(small(rows), TableEdit("T", {}, [{"Key": "n", "Date": dt.date(2024, 1, 1)}]))

    assert re.search(r'<row r="4"><c r="A4".*<c r="D4".*<c r="F4"><v>7</v></c></row>', sheet_of(new))


def test_empty_formatted_cells_below_do_not_stop_growth():
    rows = '<row r="3"><c r="A3"><v>1</v></c></row><row r="4"><c r="A4" s="2"/></row><row r="9"><c r="A9" s="2"/></row>'

    new = edited(small(rows), TableEdit("T", {}, [{"Key": "n"}]))

    assert cell(new, "A4") == '<c r="A4" t="inlineStr"><is><t>n</t></is></c>'


def test_the_zip_keeps_names_times_and_comment():
    file = io.BytesIO(rich())
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"made by hand"

    new = apply_edits(file.getvalue(), [TableEdit("Orders", {(2, "Status"): "x"})])

    with zipfile.ZipFile(file) as before, zipfile.ZipFile(io.BytesIO(new)) as after:
        assert after.testzip() is None
        assert after.comment == b"made by hand"
        for one, other in zip(before.infolist(), after.infolist(), strict=True):
            assert (one.filename, one.date_time, one.external_attr) == (
                other.filename,
                other.date_time,
                other.external_attr,
            )


@pytest.mark.filterwarnings("ignore:.*is not supported and will be removed")
def test_openpyxl_reads_what_was_written():
    new = edited(made(), TableEdit("Orders", {(2, "Status"): " Open "}, [{"Order": "SO-9", "Price": Decimal("1.10")}]))

    sheet = openpyxl.load_workbook(io.BytesIO(new))["Orders"]

    assert sheet["H2"].value == " Open "
    assert (sheet["A10"].value, sheet["D10"].value, sheet.tables["Orders"].ref) == ("SO-9", 1.1, "A1:H10")
