"""The proof before a save: whatever else changed beside what was meant is found, whoever changed it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from o2c_xl.workbook.errors import WriteFault
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.verify_write import verify_package, verify_write
from tests.workbook.files import ALT_TEXT, HEADERS, parts_of, rich, small, table_xml, zipped

SHEET, TABLE, BOOK = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml"
EDIT = TableEdit("Orders", {(3, "Price"): Decimal("3.75"), (4, "Status"): "Open"}, [{"Order": "SO-9"}])


def tampered(part: str, old: str, new: str) -> tuple[bytes, bytes]:
    """The rich workbook, and it edited with one more change, its other parts packed as they were."""
    before = rich()
    parts = parts_of(apply_edits(before, [EDIT]))
    text = parts[part].decode()
    assert re.search(old, text)
    parts[part] = re.sub(old, new, text, count=1).encode()
    return zipped(parts_of(before)), zipped(parts)


def test_an_honest_edit_passes():
    before = rich()

    verify_write(before, apply_edits(before, [EDIT]), [EDIT])


TAMPERINGS = {
    "another cell's value": (SHEET, r'<c r="C5"><v>4</v>', '<c r="C5"><v>5</v>'),
    "another cell's format": (SHEET, r'<c r="C5">', '<c r="C5" s="1">'),
    "a cell gone": (SHEET, r'<c r="C5"><v>4</v></c>', ""),
    "a cell more": (SHEET, r'(<c r="F5".*?</c>)', r'\1<c r="G5"><v>1</v></c>'),
    "a row gone": (SHEET, r'<row r="6".*?</row>', ""),
    "a row's height": (SHEET, r'<row r="6"', '<row r="6" ht="40"'),
    "a formula": (SHEET, r"<f>SUM\(Orders\[Net\]\)", "<f>SUM(Orders[Price])"),
    "a stored result": (SHEET, r"<v>90</v>", "<v>91</v>"),
    "the written value": (SHEET, r"<v>3.75</v>", "<v>3.76</v>"),
    "the written text": (SHEET, r"<t>Open</t>", "<t>Opened</t>"),
    "a format that is not there": (SHEET, r'<c r="H4"', '<c r="H4" s="999"'),
    "a rule's condition": (SHEET, r"<formula>5</formula>", "<formula>6</formula>"),
    "a rule's range": (SHEET, r'sqref="G2:G10"', 'sqref="G2:G11"'),
    "a rule's range, cut": (SHEET, r'sqref="G2:G10"', 'sqref="G3:G10"'),
    "margins": (SHEET, r'left="0.7"', 'left="0.8"'),
    "the table's name": (TABLE, r'displayName="Orders"', 'displayName="Others"'),
    "the table's columns": (TABLE, r'name="Customer"', 'name="Client"'),
    "the table's area": (TABLE, r'ref="A1:H10"', 'ref="A1:H12"'),
    "a defined name": (BOOK, r"Lists!\$A\$1", "Lists!$A$2"),
    "a sheet's name": (BOOK, r'name="Report"', 'name="Rapport"'),
    "another sheet": ("xl/worksheets/sheet2.xml", "<v>36</v>", "<v>37</v>"),
    "the chart": ("xl/charts/chart1.xml", "c:barDir", "c:barDirX"),
    "the formats": ("xl/styles.xml", "EEEEEE", "EEEEEF"),
    "a relation": ("xl/_rels/workbook.xml.rels", "vbaProject.bin", "vbaProjekt.bin"),
    "broken XML": (SHEET, r"</sheetData>", "</sheetdata>"),
}


@pytest.mark.parametrize("what", TAMPERINGS, ids=str)
def test_any_other_change_is_found(what):
    before, after = tampered(*TAMPERINGS[what])

    with pytest.raises(WriteFault) as caught:
        verify_write(before, after, [EDIT])

    assert "was left as it is" in str(caught.value)


def test_a_part_more_or_less_is_found():
    before = zipped(parts_of(rich()))
    after = parts_of(apply_edits(before, [EDIT]))

    for parts in ({**after, "xl/more.xml": b""}, {n: p for n, p in after.items() if n != "xl/calcChain.xml"}):
        with pytest.raises(WriteFault, match="list of parts"):
            verify_write(before, zipped(parts), [EDIT])


def test_a_missing_edit_is_found():
    before = rich()

    with pytest.raises(WriteFault):
        verify_write(before, before, [EDIT])


def test_a_new_workbook_must_at_least_unpack():
    verify_package(small())

    with pytest.raises(WriteFault):
        verify_package(small()[:-40])


def test_numbers_in_cells_with_a_date_format_pass():
    edit = TableEdit("T", {(2, "Date"): Decimal("12.34"), (3, "Date"): 45000})

    verify_write(small(), apply_edits(small(), [edit]), [edit])


def test_an_area_given_to_what_an_extension_calls_a_table_is_found():
    name, edit = "xl/tables/table1.xml", TableEdit("T", {}, [{"Key": "b"}])
    table = table_xml("A1:D2", HEADERS).replace("</table>", f"{ALT_TEXT}</table>")
    old = small('<row r="2"><c r="A2"><v>1</v></c></row>', table=table)
    parts = parts_of(apply_edits(old, [edit]))
    parts[name] = parts[name].replace(b'altText="t"', b'altText="t" ref="A1:D3"')

    with pytest.raises(WriteFault):
        verify_write(old, zipped(parts), [edit])
