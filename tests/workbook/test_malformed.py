"""Files that are refused before any value of theirs is believed, each with one clear sentence."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc import probe
from o2c_xl.workbook.opc.package import MAX_PARTS, Package
from o2c_xl.workbook.reading.book import read_book
from tests.workbook.files import HEADER_ROW, HEADERS, bare, parts_of, sheet_xml, small, table_xml, zipped


@pytest.fixture(autouse=True, params=[0, 64], ids=["by pattern", "by tree"])
def few_rows(request, monkeypatch):
    """The structure of a sheet is proved in two ways, by its number of rows; both must say the same."""
    monkeypatch.setattr(probe, "_FEW_ROWS", request.param)


SHEET = "xl/worksheets/sheet1.xml"


def row(number: int | str, cells: str) -> str:
    return f'<row r="{number}">{cells}</row>'


BAD_ROWS = {
    "a row twice": row(2, '<c r="A2"><v>1</v></c>') + row(2, '<c r="B2"><v>2</v></c>'),
    "rows going back": row(3, '<c r="A3"><v>1</v></c>') + row(2, '<c r="A2"><v>2</v></c>'),
    "a cell twice": row(2, '<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>'),
    "cells going back": row(2, '<c r="B2"><v>1</v></c><c r="A2"><v>2</v></c>'),
    "a cell of another row": row(2, '<c r="A3"><v>1</v></c>'),
    "a column outside the grid": row(2, '<c r="XFE2"><v>1</v></c>'),
    "a row outside the grid": row(1048577, ""),
    "row zero": row(0, ""),
    "a row without number": row("x", ""),
    "an address that is none": row(2, '<c r="2A"><v>1</v></c>'),
    "an address in small letters": row(2, '<c r="a2"><v>1</v></c>'),
    "text between rows": "stray" + row(2, ""),
    "something else between rows": "<cell/>" + row(2, ""),
    "tags that do not match": '<row r="2"><c r="A2"><v>1</v></row></c>',
    "a row without end": '<row r="2"><c r="A2"><v>1</v></c>',
    "a text that is not there": row(2, '<c r="A2" t="s"><v>7</v></c>'),
    "a text before the first": row(2, '<c r="A2" t="s"><v>-1</v></c>'),
    "a text by no number": row(2, '<c t="s" r="A2"><v>x</v></c>'),
    "values far apart": row(2, '<c r="A2"><v>1</v></c>') + row(1048576, '<c r="XFD1048576"><v>1</v></c>'),
    "values far apart, addresses last": row(2, '<c s="0" r="A2"><v>1</v></c>')
    + '<row ht="15" r="1048576"><c s="0" r="XFD1048576"><v>1</v></c></row>',
    "values far apart, without addresses": f"<row>{'<c><v>1</v></c>' * 9000}</row>"
    '<row r="1048576"><c><v>1</v></c></row>',
    "a truth that is none": row(2, '<c r="A2" t="b"><v>7</v></c>'),
}
STRINGS = "<sst><si><t>a</t></si></sst>"


@pytest.mark.parametrize("fault", BAD_ROWS, ids=str)
def test_a_sheet_with_a_broken_structure_is_refused_by_its_name(fault):
    with pytest.raises(Damaged, match="S"):
        read_book(small(BAD_ROWS[fault], strings=STRINGS))


@pytest.mark.parametrize("fault", ["a row twice", "cells going back", "a column outside the grid"])
def test_broken_structure_is_found_in_prefixed_sheets_too(fault):
    sheet = sheet_xml(HEADER_ROW + BAD_ROWS[fault])
    sheet = sheet.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")

    with pytest.raises(Damaged):
        read_book(bare(sheet, table=table_xml("A1:D3", HEADERS)))


def test_a_far_cell_with_only_a_format_is_no_fault():
    rows = row(2, '<c r="A2"><v>1</v></c>') + row(1048576, '<c r="XFD1048576" s="1"/>')

    assert read_book(small(rows)).tables[0].columns[0] == [1.0, None]


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/tables/table1.xml", "xl/styles.xml", "_rels/.rels"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_doctype_is_refused_in_every_part_and_encoding(part, encoding):
    parts = parts_of(small())
    text = parts[part].decode()
    body = text.partition("?>\n")[2] if text.startswith("<?xml") else text
    declaration = f'<?xml version="1.0" encoding="{"UTF-8" if encoding == "utf-8" else "UTF-16"}"?>'

    with pytest.raises(Damaged):
        read_book(zipped(parts | {part: (declaration + DOCTYPE + body).encode(encoding)}))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", SHEET, "xl/tables/table1.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"]
)
def test_a_missing_part_is_said(part):
    parts = parts_of(small())
    del parts[part]

    with pytest.raises(Damaged):
        read_book(zipped(parts))


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET, "xl/tables/table1.xml", "xl/styles.xml"])
def test_a_part_cut_short_is_said(part):
    parts = parts_of(small())

    with pytest.raises(Damaged):
        read_book(zipped(parts | {part: parts[part][:-30]}))


def test_what_is_no_workbook_is_told_by_its_content():
    odt = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})
    binary = parts_of(small())
    binary["xl/workbook.bin"] = b"\x83\x01"
    binary["_rels/.rels"] = binary["_rels/.rels"].replace(b"workbook.xml", b"workbook.bin")

    for data, words in (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Office file of another kind"),
        (b"Order;Customer\r\n1;2\r\n", "not an Excel workbook"),
        (b"", "not an Excel workbook"),
        (b"<html><table></table></html>", "web page"),
        (odt, "OpenDocument"),
        (zipped(binary), "xlsb"),
        (b"PK\3\4 and then nothing", "cut off"),
    ):
        with pytest.raises(Damaged, match=words):
            read_book(data)


def test_two_parts_of_one_name_are_refused_even_in_other_case():
    file = io.BytesIO(small())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("XL/worksheets/Sheet1.xml", "<worksheet/>")

    with pytest.raises(Damaged, match="two parts"):
        read_book(file.getvalue())


@pytest.mark.parametrize("name", ["../evil.xml", "/abs.xml", "xl/../../x", "C:/x", "\\\\host\\x", "..\\x"])
def test_an_unsafe_name_is_refused(name):
    with pytest.raises(Damaged, match="unsafe"):
        Package(zipped(parts_of(small()) | {name: b"x"}))


def test_an_encrypted_or_oddly_packed_part_is_refused():
    plain = bytearray(small())
    first = plain.index(b"PK\1\2")
    locked = bytearray(plain)
    locked[first + 8] |= 1
    strange = bytearray(plain)
    strange[first + 10 : first + 12] = struct.pack("<H", 99)

    with pytest.raises(Damaged, match="encrypted"):
        Package(bytes(locked))
    with pytest.raises(Damaged, match="packed in a way"):
        Package(bytes(strange))


def test_too_many_parts_and_too_much_inside_are_refused():
    many = zipped({f"p{i}": b"" for i in range(MAX_PARTS + 1)})
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(64 << 20))

    with pytest.raises(Damaged, match="parts"):
        Package(many)
    with pytest.raises(Damaged, match="far more"):
        Package(bomb.getvalue())


def test_a_part_that_lies_about_its_size_or_checksum_is_refused():
    data = bytearray(small())
    entry = data.index(b"PK\1\2")
    for offset in (16, 24):  # checksum, unpacked size
        lying = bytearray(data)
        lying[entry + offset] ^= 5

        with pytest.raises(Damaged):
            package = Package(bytes(lying))
            for name in package.names:
                package.read(name)


def test_parts_that_share_their_bytes_are_refused():
    data = bytearray(small())
    entry = data.index(b"PK\1\2")
    size = struct.unpack_from("<L", data, entry + 20)[0]
    struct.pack_into("<L", data, entry + 20, size + len(data))

    with pytest.raises(Damaged):
        Package(bytes(data))


def test_two_tables_of_one_name_are_refused():
    parts = parts_of(small())
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    twice = parts[rels].replace(
        b"</Relationships>",
        b'<Relationship Id="rId2" Type="http://x/table" Target="../tables/table2.xml"/></Relationships>',
    )

    with pytest.raises(Damaged, match="two tables named T"):
        read_book(zipped(parts | {rels: twice, "xl/tables/table2.xml": parts["xl/tables/table1.xml"]}))


@pytest.mark.parametrize(
    "table", [table_xml("A1:C3", HEADERS), table_xml("A1", HEADERS), table_xml("D3:A1", HEADERS), "<table/>"]
)
def test_a_table_that_does_not_say_where_it_is_is_refused(table):
    with pytest.raises(Damaged, match="table"):
        read_book(small(table=table))


def test_no_mutation_of_a_workbook_brings_the_reader_down():
    data = small()
    for position in range(0, len(data), 7):
        broken = bytearray(data)
        broken[position] ^= 0x55
        try:
            read_book(bytes(broken))
        except Damaged as error:
            assert str(error).endswith(".")  # noqa: PT017 - most of them are refused, all of them in a sentence
