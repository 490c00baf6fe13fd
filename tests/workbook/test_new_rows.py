"""New rows in one piece: written by the column, and proved as a whole however large."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.workbook.errors import Refused, WriteFault
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.new_rows import LEFT_OUT, NewRows
from o2c_xl.workbook.patch.verify_write import verify_write
from o2c_xl.workbook.reading.book import read_book
from tests.workbook.files import HEADERS, bare, made, parts_of, relations, sheet_xml, small, table_xml, zipped

SHEET, TABLE = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"
DAY = dt.date(2024, 5, 1)
OLD = small()


def rows_of(count: int) -> NewRows:
    """Rows with a value of each kind."""
    return NewRows(
        {
            "Key": [f"N{i}" for i in range(count)],
            "Text": [("a <b> & c", None, True, 1)[i % 4] for i in range(count)],
            "Number": [Decimal(i % 7) / 4 for i in range(count)],
            "Date": [DAY + dt.timedelta(i % 5) for i in range(count)],
        },
        count,
    )


def edited(package: bytes, *edits: TableEdit) -> bytes:
    new = apply_edits(package, edits)
    verify_write(package, new, edits)
    return new


def test_columns_and_rows_say_the_same():
    rows = [{"Key": "a", "Number": 1}, {"Key": "b", "Text": True}, {}]

    as_rows = edited(OLD, TableEdit("T", {}, rows))
    as_columns = edited(OLD, TableEdit("T", {}, NewRows.of(rows)))

    assert as_rows == as_columns


def test_thousands_of_rows_come_back_as_they_were():
    rows = rows_of(40_000)

    table = read_book(edited(small(), TableEdit("T", {(2, "Key"): "first"}, rows))).tables[0]

    assert table.ref == "A1:D40003"
    assert table.columns[0] == ["first", "K3", *rows.columns["Key"]]
    assert [type(v) for v in table.columns[1][2:6]] == [str, type(None), bool, float]
    assert table.columns[2][2:] == [float(v) for v in rows.columns["Number"]]
    assert table.columns[3][2:] == rows.columns["Date"]


def test_a_value_that_a_row_leaves_out_is_the_columns_formula():
    new = edited(made(), TableEdit("Orders", {}, NewRows({"Net": [LEFT_OUT, 5, LEFT_OUT]}, 3)))

    cells = re.findall(r'<c r="E(1\d)"[^>]*>(<f>|<v>)', parts_of(new)[SHEET].decode())
    assert cells == [("10", "<f>"), ("11", "<v>"), ("12", "<f>")]


def test_an_empty_cell_is_left_out_where_its_column_has_its_format_already():
    head = '<cols><col min="2" max="2" width="9" style="2"/></cols>'
    rows = '<row r="1"/><row r="2"><c r="A2" s="1"><v>1</v></c><c r="B2" s="2"/><c r="C2" s="2"/></row>'
    old = bare(sheet_xml(rows, head=head), table=table_xml("A1:D2", HEADERS))

    new = edited(old, TableEdit("T", {}, [{"Key": 1}]))

    assert '<row r="3"><c r="A3" s="1"><v>1</v></c><c r="C3" s="2"/></row>' in parts_of(new)[SHEET].decode()


def test_a_note_beside_the_new_rows_stays_where_it_is():
    rows = '<row r="2"><c r="A2"><v>1</v></c></row><row r="5"><c r="F5"><v>7</v></c></row>'

    new = edited(small(rows, last=2), TableEdit("T", {}, rows_of(9)))

    assert read_book(new).tables[0].columns[0][1:] == rows_of(9).columns["Key"]
    assert '<c r="F5"><v>7</v></c>' in parts_of(new)[SHEET].decode()


def test_two_tables_side_by_side_grow_together():
    parts = parts_of(small())
    parts["xl/tables/table2.xml"] = parts[TABLE].replace(b'"T"', b'"U"').replace(b"A1:D3", b"F1:I3")
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", "table", "../tables/table1.xml"), ("rId2", "table", "../tables/table2.xml")
    ).encode()

    new = edited(zipped(parts), TableEdit("T", {}, rows_of(5)), TableEdit("U", {}, rows_of(3)))

    t, u = read_book(new).tables
    assert t.columns[0][2:] == rows_of(5).columns["Key"]
    assert u.columns[0][2:] == rows_of(3).columns["Key"]


def test_a_table_does_not_grow_beyond_the_last_row_of_a_sheet():
    with pytest.raises(Refused, match="1048576"):
        apply_edits(small(), [TableEdit("T", {}, NewRows({"Key": ["x"] * 1_048_574}, 1_048_574))])


def test_an_array_formula_that_reaches_below_stops_the_growth():
    rows = '<row r="2"><c r="A2"><v>1</v></c><c r="F2"><f t="array" ref="A9:F9">1</f><v>1</v></c></row>'

    with pytest.raises(Refused, match="array formula"):
        apply_edits(small(rows), [TableEdit("T", {}, rows_of(9))])


def test_values_that_a_format_shows_as_another_kind_are_told():
    edit = TableEdit("T", {}, [{"Key": "a", "Number": DAY}])
    fits = TableEdit("T", {}, [{"Key": "a", "Date": DAY}])

    assert verify_write(small(), apply_edits(small(), [edit]), [edit]) == {"T"}
    assert not verify_write(small(), apply_edits(small(), [fits]), [fits])


TAMPERINGS = {
    "a value": (r'(<c r="C60" s="2"><v>)[^<]*', r"\g<1>9"),
    "a text": (r">N60<", ">N6O<"),
    "a kind": (r'<c r="B6" s="2" t="b"><v>1</v>', '<c r="B6" s="2"><v>1</v>'),
    "a format": (r'<c r="C60" s="2">', '<c r="C60" s="1">'),
    "no format": (r'<c r="C60" s="2">', '<c r="C60">'),
    "a cell gone": (r'<c r="C60".*?</c>', ""),
    "a cell beside": (r"(<row r=\"60\">.*?)</row>", r'\1<c r="E60"><v>1</v></c></row>'),
    "a formula": (r'<c r="C60" s="2"><v>[^<]*</v>', '<c r="C60" s="2"><f>1</f><v>1</v>'),
    "a cell of another row": (r'<c r="C60"', '<c r="C61"'),
    "cells out of order": (r'(<c r="A60".*?</c>)(<c r="B60"[^>]*?(?:/>|>.*?</c>))', r"\2\1"),
    "a row gone": (r'<row r="60">.*?</row>', ""),
    "a row twice": (r'(<row r="60">.*?</row>)', r"\1\1"),
    "a row more": (r"</sheetData>", '<row r="104"><c r="A104"><v>1</v></c></row></sheetData>'),
    "a hidden row": (r'<row r="60">', '<row r="60" hidden="1">'),
    "a comment": (r'<row r="60">', '<!-- --><row r="60">'),
    "what XML forbids": (r">N60<", ">N60\x01<"),
    "an end of CDATA": (r">N60<", ">N60]]><"),
    "an entity": (r">N60<", ">N60&nbsp;<"),
    "text between rows": (r'<row r="60">', 'x<row r="60">'),
    "an older row": (r">K3<", ">K4<"),
}


@pytest.mark.parametrize("what", TAMPERINGS, ids=str)
def test_any_other_change_among_new_rows_is_found(what):
    edit = TableEdit("T", {}, rows_of(100))
    parts = parts_of(apply_edits(zipped(parts_of(small())), [edit]))
    pattern, replacement = TAMPERINGS[what]
    text, count = re.subn(pattern, replacement, parts[SHEET].decode(), count=1)
    parts[SHEET] = text.encode()

    assert count
    with pytest.raises(WriteFault, match="was left as it is"):
        verify_write(zipped(parts_of(small())), zipped(parts), [edit])


VALUE = st.one_of(
    st.none(),
    st.just(LEFT_OUT),
    st.booleans(),
    st.integers(-3, 3),
    st.decimals(-(10**9), 10**9, places=4),
    st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)),
    st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=6),
)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 9).flatmap(
        lambda n: st.dictionaries(st.sampled_from(HEADERS), st.lists(VALUE, min_size=n, max_size=n), min_size=1)
    )
)
def test_whatever_new_rows_hold_they_are_proved_and_say_the_same_row_by_row(columns):
    rows = NewRows(columns, len(next(iter(columns.values()))))
    one_by_one = [rows.row(index) for index in range(len(rows))]

    new = edited(OLD, TableEdit("T", {}, rows))

    assert new == apply_edits(OLD, [TableEdit("T", {}, one_by_one)])


def test_a_new_row_is_as_high_as_the_lines_of_its_texts_where_they_wrap():
    wraps = b'<xf numFmtId="0"><alignment wrapText="1"/></xf>'
    parts = parts_of(OLD)
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b'<xf numFmtId="22"/>', wraps)
    parts[SHEET] = parts[SHEET].replace(b'<c r="B3" s="2"/>', b'<c r="B3" s="3"/>')
    edit = TableEdit("T", append=[{"Text": "a\nb\nc", "Key": "1\n2\n3\n4"}, {"Text": "a"}, {"Key": "1\n2"}])

    rows = re.findall(rb"<row [^>]*>", parts_of(edited(zipped(parts), edit))[SHEET])

    assert rows[3:] == [b'<row r="4" ht="45">', b'<row r="5">', b'<row r="6">']
