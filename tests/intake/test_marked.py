"""The marked copy of a refused workbook: what it shows, what it leaves alone, and that it goes through once mended."""

from __future__ import annotations

import io
import warnings
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.intake.refused.marked import marked_copy
from o2c_xl.workbook.address import address
from o2c_xl.workbook.mark.marked import MOST_LISTED, MOST_MARKED, marked_book
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.reading.book import read_book
from tests.intake.intake_files import FLAT, make_book
from tests.workbook import files

RED = "FFFDE0DD"
HEADERS = ("Sheet", "Cell", "Column", "Value", "Problem", "How to mend")
PARTS_OF_MARKS = {
    "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
    "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels", "xl/comments1.xml",
    "xl/drawings/vmlDrawing1.vml",
}  # fmt: skip


def fault(cell: str, sheet: str = "S", **more: str) -> Issue:
    texts = {"value": "0", "problem": "0 is not more than 0.", "fix": "Enter how many you want."} | more
    return Issue("orders.xlsx", sheet, cell, "Quantity", 0, **texts)


@dataclass
class Opened:
    """A copy as openpyxl shows it."""

    data: bytes

    def __post_init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl cannot carry along
            self.book = openpyxl.load_workbook(io.BytesIO(self.data))

    def colour(self, cell: str, sheet: str) -> str:
        return str(self.book[sheet][cell].fill.fgColor.rgb)

    def comment(self, cell: str, sheet: str) -> str:
        found = self.book[sheet][cell].comment
        return found.text if found else ""

    def listed(self, sheet: str = "Issues") -> list[tuple[str, ...]]:
        rows = self.book[sheet].iter_rows(max_col=6, values_only=True)
        return [tuple(value or "" for value in row) for row in rows]


def copy_of(data: bytes, *issues: Issue) -> bytes:
    return marked_book(data, issues, "orders.xlsx", "Correct the coloured cells.")


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """The parts that are new or no longer the same packed bytes."""
    old, new = Package(before), Package(after)
    assert set(old.names) <= set(new.names)
    return {name for name in new.names if old.find(name) is None or old.packed(name) != new.packed(name)}


def values_of(data: bytes) -> dict[str, list[list[object]]]:
    """All values of all sheets but the one added, as the program reads them."""
    book = read_book(data)
    return {name: book.sheet_rows(name).columns for name in book.sheets if not name.startswith("Issues")}


# --- what it shows ---------------------------------------------------------------------------------------------


def test_a_bad_cell_is_coloured_and_says_what_was_found_and_how_to_mend_it():
    opened = Opened(copy_of(files.made(), fault("C3", "Orders")))

    assert opened.colour("C3", "Orders") == RED
    assert opened.comment("C3", "Orders") == (
        "Quantity\nFound: 0\n0 is not more than 0.\nHow to mend: Enter how many you want."
    )
    assert opened.colour("C4", "Orders") != RED


def test_the_sheet_issues_lists_every_fault_and_links_to_its_cell():
    opened = Opened(copy_of(files.made(), fault("C3", "Orders"), fault("", "", value="")))

    assert opened.listed() == [
        HEADERS,
        ("Orders", "C3", "Quantity", "0", "0 is not more than 0.", "Enter how many you want."),
        ("", "", "Quantity", "", "0 is not more than 0.", "Enter how many you want."),
    ]
    sheet = opened.book["Issues"]
    assert sheet["B2"].hyperlink.location == "'Orders'!C3"
    assert sheet["B3"].hyperlink is None
    assert sheet.freeze_panes == "A2"


def test_all_else_of_a_cells_format_stays():
    before, after = (
        Opened(data).book["Orders"]["F3"] for data in (files.made(), copy_of(files.made(), fault("F3", "Orders")))
    )

    assert after.number_format == before.number_format
    assert after.value == before.value
    assert after.font.name == before.font.name
    assert repr(after.border) == repr(before.border)


def test_a_comment_that_a_person_made_stays_and_the_fault_stands_below_it():
    opened = Opened(copy_of(files.rich(), fault("B2", "Orders")))

    text = opened.comment("B2", "Orders")

    assert text.startswith("call before delivery\n\nQuantity\nFound: 0")
    assert opened.colour("B2", "Orders") == RED


def test_two_faults_of_one_cell_share_its_comment():
    opened = Opened(copy_of(files.made(), fault("C3", "Orders"), fault("C3", "Orders", problem="It is late.")))

    assert opened.comment("C3", "Orders").count("Found: 0") == 1
    assert "0 is not more than 0." in opened.comment("C3", "Orders")
    assert "It is late." in opened.comment("C3", "Orders")


@pytest.mark.parametrize("cell", ["A1", "C3", "E40", "Z2", "B4"])
def test_a_cell_that_is_not_written_is_made_to_be_coloured(cell):
    data = files.small('<row r="2"><c r="A2" t="inlineStr"><is><t>K</t></is></c></row><row r="4"/>')

    copy = copy_of(data, fault(cell))

    sheet = files.parts_of(copy)["xl/worksheets/sheet1.xml"]
    assert f'r="{cell}" s="'.encode() in sheet
    assert values_of(copy) == values_of(data)


def test_the_first_of_merged_cells_carries_the_mark_of_the_others():
    data = files.bare(files.sheet_xml(files.HEADER_ROW, '<mergeCells count="1"><mergeCell ref="B2:C5"/></mergeCells>'))

    sheet = files.parts_of(copy_of(data, fault("C4")))["xl/worksheets/sheet1.xml"]

    assert b'<c r="B2" s=' in sheet
    assert b'r="C4"' not in sheet


def test_a_name_that_is_taken_gets_a_number(tmp_path):
    path = make_book(tmp_path / "a.xlsx", {"Issues": [["mine"]], "issues 2": [["mine too"]], "S": [["x"]]})

    opened = Opened(copy_of(path.read_bytes(), fault("A1")))

    assert opened.book.sheetnames == ["Issues", "issues 2", "S", "Issues 3"]


def test_a_sheets_name_with_an_apostrophe_is_linked(tmp_path):
    path = make_book(tmp_path / "a.xlsx", {"Anna's <&> list": [["x"]]})

    opened = Opened(copy_of(path.read_bytes(), fault("A1", "Anna's <&> list")))

    assert opened.book["Issues"]["B2"].hyperlink.location == "'Anna''s <&> list'!A1"
    assert opened.colour("A1", "Anna's <&> list") == RED


def test_text_that_looks_like_a_formula_stays_text():
    evil = "=cmd|' /C calc'!A0"

    opened = Opened(copy_of(files.made(), fault("C3", "Orders", value=evil, problem=evil, fix="\x00_x0041_" + evil)))

    row = opened.book["Issues"][2][:6]
    assert [cell.data_type for cell in row] == ["s"] * 6
    assert row[3].value == evil
    assert row[3].number_format == "@"


def test_of_very_many_faults_the_first_are_marked_and_it_is_said():
    issues = [fault(address(row, 3), "Orders") for row in range(2, MOST_LISTED + 20)]

    opened = Opened(copy_of(files.made(), *issues))

    assert opened.colour(address(MOST_MARKED + 1, 3), "Orders") == RED
    assert opened.colour(address(MOST_MARKED + 2, 3), "Orders") != RED
    rows = opened.listed()
    assert len(rows) == MOST_LISTED + 3
    assert rows[-2][4] == "The first 2,000 cells are coloured and commented; 8,018 more are at fault."
    assert rows[-1][4] == "The first 10,000 faults are listed, 18 more are not."


# --- what it leaves alone --------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [files.made, files.rich])
def test_every_other_part_of_the_file_stays_byte_for_byte(make):
    data = make()

    changed = changed_parts(data, copy_of(data, fault("B2", "Orders"), fault("C3", "Orders")))

    assert changed == PARTS_OF_MARKS - {"xl/worksheets/_rels/sheet1.xml.rels"} | {"xl/worksheets/sheet4.xml"}


def test_a_sheet_without_faults_is_not_touched():
    data = files.rich()

    changed = changed_parts(data, copy_of(data, fault("", "Orders")))

    assert changed == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet4.xml",
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(cells=st.sets(st.tuples(st.integers(1, 30), st.integers(1, 12)), max_size=25), odd=st.booleans())
def test_whatever_is_marked_all_values_stay(cells, odd):
    data = files.rich() if odd else files.small(last=9)
    sheet = "Orders" if odd else "S"

    copy = copy_of(data, *(fault(address(*cell), sheet) for cell in cells))

    assert values_of(copy) == values_of(data)
    assert CalamineWorkbook.from_filelike(io.BytesIO(copy)).sheet_names[-1] == "Issues"


ODD_SHEETS = {
    "prefixed": lambda: files.bare(
        files.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
        .replace("<worksheet xmlns=", "<x:worksheet xmlns:x=")
        .replace("</worksheet", "</x:worksheet")
        .replace("<sheetData", "<x:sheetData")
        .replace("</sheetData", "</x:sheetData")
        .replace("<row", "<x:row")
        .replace("</row", "</x:row")
        .replace("<c ", "<x:c ")
        .replace("</c>", "</x:c>")
        .replace("<v>", "<x:v>")
        .replace("</v>", "</x:v>")
    ),
    "without addresses": lambda: files.bare(files.sheet_xml("<row><c><v>1</v></c><c><v>2</v></c></row><row/>")),
    "self-closed rows": lambda: files.bare(files.sheet_xml("").replace("<sheetData></sheetData>", "<sheetData/>")),
    "utf-16": lambda: files.bare(
        files.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>').replace("UTF-8", "UTF-16").encode("utf-16")
    ),
    "comments in the XML": lambda: files.bare(
        files.sheet_xml('<!-- <row r="9"> --><row r="1"><!-- x --><c r="A1"><v>1</v></c></row>')
    ),
    "strict": lambda: files.bare(
        files.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>').replace(files.MAIN, files.STRICT), strict=True
    ),
    "no styles": lambda: files.with_parts(
        files.bare(files.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')),
        xl__styles_xml=None,
        xl___rels__workbook_xml_rels=files.relations(("rId1", "worksheet", "worksheets/sheet1.xml")).encode(),
    ),
    "parts after the rows": lambda: files.bare(
        files.sheet_xml(
            '<row r="1"><c r="A1"><v>1</v></c></row>', '<pageMargins left="1" right="1" top="1" bottom="1" header="0" '
            'footer="0"/><extLst><ext uri="x"/></extLst>',
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD_SHEETS)
def test_odd_but_sound_workbooks_are_marked_without_a_change_of_values(kind):
    data = ODD_SHEETS[kind]()

    copy = copy_of(data, fault("A1"), fault("C1"), fault("B2"), fault("A7"))

    assert values_of(copy) == values_of(data)
    parts = files.parts_of(copy)
    assert parts["xl/comments1.xml"].count(b"<comment ") == 4
    assert b"legacyDrawing" in parts["xl/worksheets/sheet1.xml"] or kind == "utf-16"
    assert read_book(copy).sheet_rows("Issues").height == 5
    assert kind != "no styles" or Opened(copy).colour("A1", "S") == RED


def test_real_order_forms_are_marked_without_a_change_of_values(shared_data):
    for path in sorted((shared_data / "excel_forms").glob("*.xlsx")):
        data = path.read_bytes()
        sheet = read_book(data).sheets[0]

        copy = copy_of(data, *(fault(cell, sheet) for cell in ("A1", "B3", "C7", "H500")))

        assert values_of(copy) == values_of(data), path.name
        assert Opened(copy).colour("H500", sheet) == RED, path.name
        old, new = files.parts_of(data), files.parts_of(copy)
        kept = {name for name in old if old[name] == new[name]}
        touched = {name.rpartition("/")[2] for name in set(old) - kept}
        assert touched <= {part.rpartition("/")[2] for part in PARTS_OF_MARKS} | {"comments2.xml"}, path.name


def test_a_workbook_that_is_shared_in_the_old_way_comes_back_as_its_list_of_faults(tmp_path):
    log = f'<Relationship Id="rId9" Type="{files.RELATIONS}/revisionHeaders" Target="r.xml"/></Relationships>'
    data = files.with_parts(
        files.small(), xl___rels__workbook_xml_rels=lambda part: part.replace(b"</Relationships>", log.encode())
    )
    (tmp_path / "a.xlsx").write_bytes(data)

    opened = Opened(marked_copy(tmp_path / "a.xlsx", [fault("A2")], "a.xlsx") or b"")

    assert opened.book.sheetnames == ["Issues"]


# --- the way back ----------------------------------------------------------------------------------------------


def issues_of(path: Path) -> list[Issue]:
    return [issue for batch in read_rows(path) for issue in batch.issues]


ORDER_ROWS = [
    FLAT,
    ("0012", "1", "0042", "soon", "00123", 5),
    ("0012", "2", "0042", "soon", 124, 0),
    ("0013", "1", None, "2026-03-02", "00125", "five"),
]


@pytest.mark.parametrize(("sheet", "table"), [("Orders", None), ("July", "Orders"), ("whatever", None)])
def test_a_bad_file_goes_through_once_its_marked_copy_is_corrected(tmp_path, sheet, table):
    path = make_book(tmp_path / "in.xlsx", {sheet: ORDER_ROWS}, {sheet: table} if table else None)
    issues = issues_of(path)
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(marked_copy(path, issues, "in.xlsx") or b"")
    again = [str(replace(issue, source="in.xlsx")) for issue in issues_of(copy)]

    book = openpyxl.load_workbook(copy)
    red = [cell.coordinate for row in book[sheet].iter_rows() for cell in row if cell.fill.fgColor.rgb == RED]
    mends = {"D": "2026-03-02", "E": "00124", "C": "0042", "F": 7}
    for cell in red:
        book[sheet][cell] = mends[cell[0]]
    book.save(copy)

    assert again == [str(issue) for issue in issues]
    assert sorted(red) == sorted({issue.cell for issue in issues})
    assert issues_of(copy) == []


def test_the_sheet_issues_2_is_passed_over_too(tmp_path):
    path = make_book(tmp_path / "in.xlsx", {"Orders": ORDER_ROWS, "Issues": [["mine"]]})
    issues = issues_of(path)
    copy = tmp_path / "copy.xlsx"

    copy.write_bytes(marked_copy(path, issues, "in.xlsx") or b"")

    assert "Issues 2" in openpyxl.load_workbook(copy).sheetnames
    assert len(issues_of(copy)) == len(issues)


def half_corrected(tmp_path: Path, save_as_a_person: bool) -> tuple[Path, list[Issue]]:
    """A marked copy in which one of the red cells is corrected and another is not."""
    path = make_book(tmp_path / "in.xlsx", {"Orders": ORDER_ROWS})
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(marked_copy(path, issues_of(path), "in.xlsx") or b"")
    if save_as_a_person:
        book = openpyxl.load_workbook(copy)
        book["Orders"]["D2"] = "2026-03-02"
        book.save(copy)
    return copy, issues_of(copy)


@pytest.mark.parametrize("save_as_a_person", [True, False])
def test_a_copy_that_is_refused_again_shows_only_what_is_still_wrong(tmp_path, save_as_a_person):
    copy, issues = half_corrected(tmp_path, save_as_a_person)

    opened = Opened(marked_copy(copy, issues, "copy.xlsx") or b"")

    cells = {issue.cell for issue in issues}
    assert ("D2" in cells) is not save_as_a_person
    assert opened.book.sheetnames == ["Orders", "Issues"]
    assert [row[1] for row in opened.listed()[1:]] == [issue.cell for issue in issues]
    shown = [cell for row in opened.book["Orders"].iter_rows() for cell in row]
    assert {cell.coordinate for cell in shown if cell.fill.fgColor.rgb == RED} == cells
    assert {cell.coordinate for cell in shown if cell.comment} == cells
    assert all(cell.comment.text.count("How to mend") == 1 for cell in shown if cell.comment)


def test_a_corrected_cell_gets_its_own_format_back(tmp_path):
    before = Opened(make_book(tmp_path / "in.xlsx", {"Orders": ORDER_ROWS}).read_bytes()).book["Orders"]["D2"]
    copy, issues = half_corrected(tmp_path, save_as_a_person=True)

    after = Opened(marked_copy(copy, issues, "copy.xlsx") or b"").book["Orders"]["D2"]

    assert repr(after.font) == repr(before.font)
    assert repr(after.fill) == repr(before.fill)


def test_peoples_own_comments_and_red_stay_when_a_file_is_marked_again():
    data = copy_of(files.rich(), fault("B2", "Orders"), fault("C3", "Orders"))

    opened = Opened(copy_of(data, fault("C4", "Orders")))

    assert opened.comment("B2", "Orders").startswith("call before delivery")
    assert opened.comment("C3", "Orders") == ""
    assert opened.colour("C3", "Orders") != RED
    assert opened.colour("C4", "Orders") == RED
    assert opened.book.sheetnames == ["Orders", "Report", "Lists", "Issues"]
    boxes = files.parts_of(copy_of(data, fault("C4", "Orders")))["xl/drawings/vmlDrawing1.vml"]
    assert boxes.count(b'ObjectType="Note"') == 2


# --- files that cannot be opened -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\3\4 broken",
        b"\x89PNG\r\n\x1a\n0000",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"\0\1\2",
        b"%PDF-1.4 \x81\x8d",
    ],
)
def test_a_file_that_cannot_be_opened_comes_back_as_a_sheet_that_says_so(tmp_path, data):
    path = tmp_path / "in.xlsx"
    path.write_bytes(data)
    issue = Issue("in.xlsx", "", "", "", 0, "", "The file is damaged.", "Save it again in Excel and drop it again.")

    copy = marked_copy(path, [issue], "in.xlsx") or b""

    opened = Opened(copy)
    assert opened.book.sheetnames == ["Issues"]
    assert opened.listed()[1] == ("", "", "", "", "The file is damaged.", "Save it again in Excel and drop it again.")
    said = opened.book["Issues"]["H1"].value
    assert said.startswith("in.xlsx was not taken")
    assert said.endswith("The file is damaged. Save it again in Excel and drop it again.")
    path.write_bytes(copy)
    with pytest.raises(CannotRun, match="Mend that file and drop it instead"):
        read_rows(path)


def test_a_workbook_with_a_part_that_does_not_unpack_comes_back_as_a_list_that_opens(tmp_path):
    data = bytearray(make_book(tmp_path / "in.xlsx", {"July": [("Order", "SKU")]}).read_bytes())
    at = data.index(b"xl/worksheets/sheet1.xml") + 40
    data[at : at + 60] = bytes(60)
    (tmp_path / "in.xlsx").write_bytes(data)
    issue = Issue("in.xlsx", "", "", "", 0, "", "The workbook is damaged.", "Save it again in Excel.")

    copy = marked_copy(tmp_path / "in.xlsx", [issue], "in.xlsx") or b""

    assert Opened(copy).book.sheetnames == ["Issues"]


def test_every_broken_part_ends_in_a_copy_nevertheless(tmp_path):
    whole = files.rich()
    path = tmp_path / "in.xlsx"
    for name in files.parts_of(whole):
        parts = files.parts_of(whole)
        for broken in (b"", b"<a", b"<a/>", parts[name][: len(parts[name]) // 2]):
            path.write_bytes(files.zipped(parts | {name: broken}))

            copy = marked_copy(path, [fault("B2", "Orders"), fault("", "")], "in.xlsx")

            with zipfile.ZipFile(io.BytesIO(copy or b"")) as archive:
                assert archive.testzip() is None
                assert any(b"How to mend" in archive.read(part) for part in archive.namelist()), name


def test_without_faults_there_is_no_copy(tmp_path):
    path = make_book(tmp_path / "in.xlsx", {"Orders": ORDER_ROWS})

    assert marked_copy(path, [], "in.xlsx") is None
