"""Reading: values by table and column, and every cell that no value can be trusted of."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.opc import probe
from o2c_xl.workbook.reading.book import read_book
from tests.workbook.files import (
    HEADER_ROW,
    HEADERS,
    MAIN,
    STRICT,
    bare,
    made,
    parts_of,
    sheet_xml,
    small,
    table_xml,
    zipped,
)


@pytest.fixture(autouse=True, params=[0, 64], ids=["by pattern", "by tree"])
def few_rows(request, monkeypatch):
    """The structure of a sheet is proved in two ways, by its number of rows; both must say the same."""
    monkeypatch.setattr(probe, "_FEW_ROWS", request.param)


SHEET = "xl/worksheets/sheet1.xml"


def test_a_table_is_read_column_by_column_with_its_place_in_the_sheet():
    book = read_book(made(3))

    table = book.tables[0]

    assert (table.name, table.sheet, table.ref) == ("Orders", "Orders", "A1:H4")
    assert (table.first_row, table.first_col) == (2, 1)
    assert table.headers == ("Order", "Customer", "Quantity", "Price", "Net", "Due", "Action", "Status")
    assert table.columns[0] == ["SO-1", "SO-2", "SO-3"]
    assert table.columns[2] == [1.0, 2.0, 3.0]
    assert table.columns[5] == [dt.date(2024, 5, 2), dt.date(2024, 5, 3), dt.date(2024, 5, 4)]
    assert table.columns[6] == [None, None, None]
    assert table.formula_cells == {(2, 5), (3, 5), (4, 5)}
    assert book.sheets == ("Orders", "Report", "Lists")


def test_blank_rows_keep_their_place():
    rows = '<row r="3"><c r="A3"><v>1</v></c></row>'

    table = read_book(small(rows, last=5)).tables[0]

    assert table.columns[0] == [None, 1.0, None, None]
    assert [len(column) for column in table.columns] == [4, 4, 4, 4]


def test_a_cell_with_an_error_is_reported_by_address_and_never_a_blank():
    rows = (
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"/><c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="3"><c t="e" r="A3"><v>#REF!</v></c></row>'
    )

    table = read_book(small(rows)).tables[0]

    assert [(bad.cell, bad.text) for bad in table.bad] == [("A2", "#N/A"), ("C2", "#DIV/0!"), ("A3", "#REF!")]
    assert table.columns[0] == [None, None]


def test_a_formula_without_a_stored_result_is_reported_and_one_with_an_empty_text_is_not():
    rows = (
        '<row r="2"><c r="A2"><f>1+1</f></c><c r="B2" t="str"><f>""</f><v></v></c><c r="C2"><f>2</f><v>2</v></c></row>'
        '<row r="3"><c r="A3"><f>1+1</f><v></v></c><c r="B3"><f ca="1">1</f><v/></c>'
        '<c r="C3" t="str"><f>1</f></c></row>'
    )

    table = read_book(small(rows)).tables[0]

    assert [bad.cell for bad in table.bad] == ["A2", "A3", "B3", "C3"]
    assert table.formula_cells == {(2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3)}
    assert table.columns[2] == [2.0, None]


def test_what_openpyxl_writes_as_formula_has_no_result():
    book = openpyxl.Workbook()
    book.active.append(["Key"])
    book.active.append(["=1+1"])
    file = io.BytesIO()
    book.save(file)

    rows = read_book(file.getvalue()).sheet_rows("Sheet")

    assert [bad.cell for bad in rows.bad] == ["A2"]


def test_dates_before_march_1900_are_bad_cells():
    rows = "".join(
        f'<row r="{r}"><c r="D{r}" s="1"><v>{v}</v></c></row>' for r, v in enumerate(("1", "59", "60", "61.5"), 2)
    )

    table = read_book(small(rows, last=5)).tables[0]

    assert [bad.cell for bad in table.bad] == ["D2", "D3", "D4"]
    assert table.columns[3] == [None, None, None, dt.datetime(1900, 3, 1, 12)]


def test_the_other_date_system_is_read_as_excel_shows_it():
    rows = '<row r="2"><c r="D2" s="1"><v>43830</v></c></row><row r="3"><c r="D3" s="1"><v>1</v></c></row>'

    book = read_book(small(rows, properties='<workbookPr date1904="1"/>'))

    assert book.date1904
    assert book.tables[0].columns[3] == [dt.date(2024, 1, 1), dt.date(1904, 1, 2)]
    assert not book.tables[0].bad


ROWS = '<row r="2"><c r="A2"><v>5</v></c></row><row r="3"/>'
NO_ADDRESS = '<row><c t="inlineStr"><is><t>Key</t></is></c><c/><c/><c/></row><row><c><v>5</v></c></row><row/>'
PLAIN = sheet_xml(HEADER_ROW + ROWS)
ODD_FORMS = {
    "prefixed": PLAIN.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x="),
    "without addresses": sheet_xml(NO_ADDRESS),
    "in UTF-16": PLAIN.replace("UTF-8", "UTF-16").encode("utf-16"),
    "in UTF-16 without mark": PLAIN.replace("UTF-8", "UTF-16").encode("utf-16-le"),
    "with a byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "with comments": PLAIN.replace("<sheetData>", "<!-- <sheetData> --><sheetData><!-- <row r='9'> -->").replace(
        "<v>5", "<!-- x --><v>5"
    ),
    "with a comment behind": PLAIN.replace("</worksheet>", "<!-- </sheetData> --></worksheet>"),
    "with CDATA": PLAIN.replace("<v>5</v>", "<v><![CDATA[5]]></v>"),
    "with > in an attribute": PLAIN.replace('<row r="2"', '<row ht="a>b" r="2"'),
    "with single quotes": PLAIN.replace('"', "'"),
    "with white space between": PLAIN.replace("><", ">\n  <"),
    "in the strict dialect": PLAIN.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", STRICT),
}


@pytest.mark.parametrize("form", ODD_FORMS, ids=str)
def test_the_same_sheet_reads_the_same_in_every_form_of_xml(form):
    sheet = ODD_FORMS[form]
    strict = "strict" in form

    book = read_book(bare(sheet, table=table_xml("A1:D3", HEADERS), strict=strict))

    assert book.tables[0].columns[0] == [5.0, None]
    assert book.sheet_rows("S").row(1)[0] == "Key"


def test_other_parts_may_be_utf16_too():
    strings = '<?xml version="1.0" encoding="UTF-16"?><sst xmlns="x"><si><t>äß</t></si></sst>'.encode("utf-16")
    rows = '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'

    assert read_book(small(rows, strings=strings)).tables[0].columns[0] == ["äß", None]


def test_zip_forms_of_streaming_writers_are_read():
    file = io.BytesIO()

    class Stream(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            return file.write(bytes(data))

    with zipfile.ZipFile(Stream(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts_of(small()).items():
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(data)

    assert read_book(file.getvalue()).tables[0].columns[0] == ["K2", "K3"]


def test_a_plain_sheet_gives_its_rows_and_becomes_a_table_below_its_header():
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("List")
    sheet.write_row(3, 2, ["SKU", "Quantity"])
    sheet.write_row(4, 2, ["A-1", 5])
    sheet.write_row(6, 2, ["A-2", 7])
    book.close()

    rows = read_book(file.getvalue()).sheet_rows("list")
    table = rows.below(4)

    assert (rows.first_col, rows.height) == (3, 7)
    assert (table.headers, table.ref, table.first_row, table.first_col) == (("SKU", "Quantity"), "C4:D7", 5, 3)
    assert table.columns == [["A-1", None, "A-2"], [5.0, None, 7.0]]


def test_texts_in_cells_are_read_beside_a_part_for_texts_that_is_empty():
    """Google Sheets writes that part always, with nothing in it where no cell shows a shared text."""
    data = small(strings=f'<sst xmlns="{MAIN}"/>')

    assert read_book(data).sheet_rows("S").row(2)[0] == "K2"


def test_an_unknown_sheet_and_a_missing_file_are_said_in_one_sentence(tmp_path: Path):
    with pytest.raises(CannotRun, match="no sheet named Nope"):
        read_book(small()).sheet_rows("Nope")
    with pytest.raises(CannotRun, match="is not there"):
        read_book(tmp_path / "gone.xlsx")
    with pytest.raises(CannotRun, match="is a folder"):
        read_book(tmp_path)


def test_only_the_tables_asked_for_are_read():
    assert read_book(made(), only={"Lists"}).tables == []


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_real_sheets_of_companies_are_read(shared_data: Path):
    for path in sorted((shared_data / "excel_forms").glob("*.xlsx")):
        book = read_book(path)
        expected = openpyxl.load_workbook(path, data_only=True).worksheets[0]

        rows = book.sheet_rows(book.sheets[0])

        for number in range(1, rows.height + 1):
            cells = [expected.cell(number, rows.first_col + i).value for i in range(len(rows.columns))]
            assert [_plain(v) for v in rows.row(number)] == [_plain(v) for v in cells]


def _plain(value):
    if isinstance(value, dt.date):
        return (value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())).isoformat()
    if isinstance(value, str):
        return value.replace("\r\n", "\n") or None
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.dates(dt.date(1900, 3, 1), dt.date(2100, 1, 1)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=12))
def test_our_reader_and_openpyxl_agree_on_any_sheet(rows):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("S")
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(r, c, dt.datetime.combine(value, dt.time()), date)
            elif isinstance(value, str):
                sheet.write_string(r, c, value)
            else:
                sheet.write(r, c, value)
    book.close()

    read = read_book(file.getvalue()).sheet_rows("S")

    other = openpyxl.load_workbook(file).active
    for number in range(1, read.height + 1):
        cells = [other.cell(number, read.first_col + i).value for i in range(len(read.columns))]
        assert [_plain(v) for v in read.row(number)] == [_plain(v) for v in cells]


def test_a_broken_part_of_a_sheet_without_table_is_found_when_it_is_asked_for():
    parts = parts_of(made())
    book = read_book(zipped(parts | {"xl/worksheets/sheet2.xml": b"<worksheet><sheetData>"}))

    with pytest.raises(CannotRun, match="Report"):
        book.sheet_rows("Report")
