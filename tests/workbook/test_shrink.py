"""Rows taken out of a table: those below move up as they are, and where anything of people's would move, all stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.workbook.errors import WriteFault
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.proof_drop import verify_drop
from o2c_xl.workbook.patch.shrink import Drop, drop_rows
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
    sheet_xml,
    small,
    table_xml,
    zipped,
)

SHEET, TABLE = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"


def dropped(package: bytes, *rows: int, headers: tuple[str, ...] = tuple(HEADERS)) -> tuple[bytes, tuple[int, ...]]:
    """The package without the rows, proved, and which rows went."""
    new, gone = drop_rows(package, [Drop("T", frozenset(rows), frozenset(headers))])
    verify_drop(package, new, gone)
    assert (new == package) == (not gone)
    return new, gone.get("T", ())


def sheet_of(package: bytes) -> str:
    return parts_of(package)[SHEET].decode()


def test_rows_below_move_up_and_the_table_ends_earlier():
    new, gone = dropped(small(last=7), 3, 5)

    table = read_book(new).tables[0]
    assert gone == (3, 5)
    assert table.ref == "A1:D5"
    assert table.columns[0] == ["K2", "K4", "K6", "K7"]
    assert table.columns[2] == [2.5, 4.5, 6.5, 7.5]
    assert re.findall(r'<row r="(\d)"', sheet_of(new)) == ["1", "2", "3", "4", "5"]


def test_a_row_moves_with_all_that_it_is():
    rows = "".join(
        f'<row r="{r}" ht="{r}0" hidden="1"><c r="A{r}" t="inlineStr"><is><t>row {r}" r="A{r}"</t></is></c></row>'
        for r in (2, 3, 4)
    )

    new, _ = dropped(small(rows, last=4), 2)

    assert '<row r="2" ht="30" hidden="1"><c r="A2" t="inlineStr"><is><t>row 3" r="A3"</t></is></c></row>' in sheet_of(
        new
    )


def test_a_table_keeps_one_row_and_its_formats():
    new, gone = dropped(small(last=4), 2, 3, 4)

    assert gone == (2, 3, 4)
    assert read_book(new).tables[0].ref == "A1:D2"
    assert sheet_of(new).count("<row ") == 2
    assert '<row r="2"><c r="A2"/><c r="B2" s="2"/><c r="C2" s="2"/><c r="D2" s="1"/></row>' in sheet_of(new)


def test_new_rows_fill_a_table_that_was_emptied():
    new, _ = dropped(small(last=4), 2, 3, 4)
    edit = TableEdit("T", {}, [{"Key": "a"}, {"Key": "b"}])

    again = apply_edits(new, [edit])

    verify_write(new, again, [edit])
    assert read_book(again).tables[0].columns[0] == ["a", "b"]


def test_rules_filter_and_sorting_end_with_the_table():
    tail = (
        '<conditionalFormatting sqref="A2:A7 F2:F7"><cfRule type="x"/></conditionalFormatting>'
        '<dataValidations><dataValidation sqref="B2:B1048576"/></dataValidations>'
        "<extLst><ext><x14:dataValidation><xm:sqref>D2:D7</xm:sqref></x14:dataValidation></ext></extLst>"
    )
    part = table_xml("A1:D7", HEADERS).replace(
        "<tableColumns", '<sortState ref="A2:D7"><sortCondition ref="A2:A7"/></sortState><tableColumns'
    )

    new, _ = dropped(small(last=7, tail=tail, table=part), 4, 5)

    assert re.findall(r'ref="([^"]*)"', parts_of(new)[TABLE].decode()) == ["A1:D5", "A1:D5", "A2:D5", "A2:A5"]
    assert re.findall(r'sqref="([^"]*)"', sheet_of(new)) == ["A2:A5 F2:F7", "B2:B1048576"]
    assert "<xm:sqref>D2:D5</xm:sqref>" in sheet_of(new)


def test_the_alternative_text_of_a_table_is_left_as_it_is():
    part = table_xml("A1:D7", HEADERS).replace("</table>", f"{ALT_TEXT}</table>")

    new, _ = dropped(small(last=7, table=part), 4, 5)

    assert ALT_TEXT in parts_of(new)[TABLE].decode()


def with_notes(package: bytes, ref: str) -> bytes:
    parts = parts_of(package)
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", "table", "../tables/table1.xml"), ("rId2", "comments", "../comments1.xml")
    ).encode()
    parts["xl/comments1.xml"] = f'<comments><commentList><comment ref="{ref}"/></commentList></comments>'.encode()
    return zipped(parts)


def cells(row: int, more: str = "") -> str:
    return f'<row r="{row}"><c r="A{row}"><v>{row}</v></c>{more}</row>'


def rows_with(place: int, more: str) -> str:
    return "".join(cells(r, more.replace("#", str(r)) if r == place else "") for r in range(2, 8))


STAYS = {
    "a value beside": small(rows_with(6, '<c r="F#"><v>1</v></c>'), last=7),
    "a format beside": small(rows_with(6, '<c r="F#" s="1"/>'), last=7),
    "a formula": small(rows_with(6, '<c r="C#"><f>A#*2</f><v>1</v></c>'), last=7),
    "an array formula": small(rows_with(2, '<c r="F#"><f t="array" ref="F2:F6">1</f><v>1</v></c>'), last=7),
    "something below": small(rows_with(6, "") + '<row r="9"><c r="H9"><v>1</v></c></row>', last=7),
    "merged cells": small(last=7, tail='<mergeCells><mergeCell ref="A6:B6"/></mergeCells>'),
    "merged cells below": small(last=7, tail='<mergeCells><mergeCell ref="A9:B9"/></mergeCells>'),
    "a link": small(last=7, tail='<hyperlinks><hyperlink ref="A6" location="x"/></hyperlinks>'),
    "a rule that begins among them": small(
        last=7, tail='<conditionalFormatting sqref="A6:A7"><cfRule type="x"/></conditionalFormatting>'
    ),
    "a rule that ends among them": small(
        last=7, tail='<conditionalFormatting sqref="A2:A6"><cfRule type="x"/></conditionalFormatting>'
    ),
    "a sparkline": small(last=7, tail="<extLst><x14:sparkline><xm:sqref>D6</xm:sqref></x14:sparkline></extLst>"),
    "a note": with_notes(small(last=7), "B6"),
    "a totals row": small(last=7, table=table_xml("A1:D7", HEADERS, extra='totalsRowCount="1"')),
    "protection": small(last=7, tail='<sheetProtection sheet="1"/>'),
    "a comment in the XML": small("<!-- -->" + rows_with(6, ""), last=7),
    "another form of XML": small(rows_with(6, "").replace('<c r="A6"', "<c r='A6'"), last=7),
}


@pytest.mark.parametrize("what", STAYS, ids=str)
def test_all_rows_stay_where_something_of_peoples_would_move(what):
    _, gone = dropped(STAYS[what], 4)

    assert gone == ()


def pointing(formula: str = "", *, after_sheets: str = "", tail: str = "", **more: str) -> bytes:
    """A table whose row 4 may go, with something else that points at cells; `__` in a part's name is `/`."""
    other = {"xl/worksheets/sheet2.xml": sheet_xml(f'<row r="1"><c r="A1"><f>{formula}</f><v>1</v></c></row>')}
    added = {name.replace("__", "/") + ".xml": part for name, part in more.items()}
    return small(last=7, tail=tail, after_sheets=after_sheets, more=(other if formula else {}) | added)


def named(text: str, name: str = "Big") -> bytes:
    return pointing(after_sheets=f'<definedNames><definedName name="{name}">{text}</definedName></definedNames>')


def above(formula: str) -> bytes:
    return small(rows_with(2, f'<c r="F#">{formula}<v>7</v></c>'), last=7)


def ruled(formula: str) -> bytes:
    rule = f'<conditionalFormatting sqref="A2:D7"><cfRule type="x"><formula>{formula}</formula></cfRule>'
    return small(last=7, tail=rule + "</conditionalFormatting>")


POINTED_AT = {
    "a formula on another sheet": pointing("S!C5*2"),
    "a formula with the name quoted": pointing("SUM(1,'s'!$C$5)"),
    "a formula over some of the rows": pointing("SUM(S!C2:C5)"),
    "a formula over the rows of the sheet": pointing("SUM(S!5:6)"),
    "a formula over several sheets": pointing("SUM('R:T'!C5)"),
    "a defined name": named("S!$C$5"),
    "a chart": pointing(xl__charts__chart1="<c:chart><c:f>S!$C$5:$C$6</c:f></c:chart>"),
    "a link": pointing(xl__other="<hyperlink location=\"'S'!A5\" display='x'/>"),
    "a shape": pointing(xl__drawings__drawing1='<sp textlink="S!$C$5"/>'),
    "a rule of another sheet": pointing(xl__other="<formula1>S!$A2</formula1>"),
    "a pivot": pointing(xl__pivotCache__one='<worksheetSource ref="A1:D5" sheet="S"/>'),
    "a formula above": above("<f>C5</f>"),
    "a formula above that serves rows below": above('<f t="shared" ref="F2:F4" si="0">C3</f>'),
    "a rule with a fixed row": ruled("A2=$C$5"),
    "a control": small(last=7, tail='<controls><control><controlPr linkedCell="$C$5"/></control></controls>'),
}


@pytest.mark.parametrize("what", POINTED_AT, ids=str)
def test_all_rows_stay_where_somebody_points_at_some_of_them_by_address(what):
    _, gone = dropped(POINTED_AT[what], 4)

    assert gone == ()


NOT_POINTED_AT = {
    "whole columns": pointing("SUM(S!C:C)+S!$A:$B"),
    "the table's columns": pointing("SUM(T[Number])+T[[#Totals],[Q5]]"),
    "a range over all the rows": pointing("VLOOKUP(1,S!$A$2:$D$1000,2,0)"),
    "rows above": pointing("S!C3+S!$1:$1"),
    "rows below": pointing("S!C8"),
    "another sheet of a similar name": pointing("Is!C5+S.S!C5+'The S'!C5+C5"),
    "another workbook": pointing("[1]S!C5+'[1]S'!C5"),
    "a text": pointing(xl__other="<si><t>S!C5</t></si>"),
    "the filter": named("S!$A$1:$D$5", "_xlnm._FilterDatabase"),
    "a pivot over the table": pointing(xl__pivotCache__one='<worksheetSource ref="A1:D7" sheet="S"/>'),
    "a rule that looks at its own row": ruled("LEN($B5)&gt;0"),
    "a function": above("<f>LOG10(C2)</f>"),
}


@pytest.mark.parametrize("what", NOT_POINTED_AT, ids=str)
def test_rows_go_where_nobody_points_at_just_some_of_them(what):
    _, gone = dropped(NOT_POINTED_AT[what], 4)

    assert gone == (4,)


def test_what_stands_above_the_rows_does_not_mind():
    tail = '<mergeCells><mergeCell ref="F2:G3"/></mergeCells><hyperlinks><hyperlink ref="A1"/></hyperlinks>'
    rows = rows_with(2, '<c r="C#"><f>A#*2</f><v>1</v></c><c r="F#"><v>7</v></c>')

    _, gone = dropped(with_notes(small(rows, last=7, tail=tail), "B3"), 4)

    assert gone == (4,)


def test_a_row_that_holds_something_in_a_persons_own_column_stays():
    rows = rows_with(4, '<c r="D#"><v>1</v></c>')

    new, gone = dropped(small(rows, last=7), 4, 5, headers=("Key", "Text", "Number"))

    assert gone == (5,)
    assert read_book(new).tables[0].columns[3][2] == 1


def test_the_used_area_ends_with_the_table():
    sheet = sheet_xml(HEADER_ROW + rows_with(2, ""), head='<dimension ref="A1:D7"/>')

    new, _ = dropped(bare(sheet, table=table_xml("A1:D7", HEADERS)), 7)

    assert '<dimension ref="A1:D6"/>' in sheet_of(new)


def test_the_rest_of_a_rich_workbook_stays_as_it_is():
    old = made(8)
    headers = frozenset(read_book(old).tables[0].headers)

    assert drop_rows(old, [Drop("Orders", frozenset({9}), headers)])[1] == {}  # a calculated column stands there


TAMPERINGS = {
    "a value that moved": ("<v>6.5</v>", "<v>6.6</v>"),
    "a number of a row": ('<row r="5"', '<row r="6"'),
    "a number of a cell": ('<c r="A5"', '<c r="A6"'),
    "a row too few": (r'<row r="5">.*?</row>', ""),
    "a format": (r'<c r="C5" s="2"', '<c r="C5" s="1"'),
    "a row above": ("<v>2.5</v>", "<v>2.6</v>"),
    "a row more": ("</sheetData>", '<row r="6"><c r="A6"><v>1</v></c></row></sheetData>'),
    "something around": ("</sheetData>", "</sheetData><x/>"),
}


@pytest.mark.parametrize("what", TAMPERINGS, ids=str)
def test_any_other_change_is_found(what):
    old = zipped(parts_of(small(last=7)))
    new, gone = drop_rows(old, [Drop("T", frozenset({3, 5}), frozenset(HEADERS))])
    parts = parts_of(new)
    text, count = re.subn(*TAMPERINGS[what], parts[SHEET].decode(), count=1)
    parts[SHEET] = text.encode()

    assert count
    with pytest.raises(WriteFault):
        verify_drop(old, zipped(parts), gone)


def test_a_row_that_should_have_stayed_is_missed():
    old = small(last=7)
    new, _ = drop_rows(old, [Drop("T", frozenset({3, 5}), frozenset(HEADERS))])

    with pytest.raises(WriteFault):
        verify_drop(old, new, {"T": (3, 6)})


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_rows_that_stay_read_as_before_in_their_order(data):
    last = data.draw(st.integers(2, 9))
    shapes = {r: data.draw(st.sampled_from(["missing", "closed", "cells"])) for r in range(2, last + 1)}
    body = "".join(
        f'<row r="{r}"/>' if shape == "closed" else cells(r, f'<c r="C{r}" s="2"/>')
        for r, shape in shapes.items()
        if shape != "missing"
    )
    old = small(body or '<row r="2"/>', last=last)
    rows = data.draw(st.sets(st.integers(2, last)))

    new, gone = dropped(old, *rows)

    before, after = read_book(old).tables[0], read_book(new).tables[0]
    expected = [value for row, value in enumerate(before.columns[0], 2) if row not in gone]
    assert set(gone) == rows
    assert after.columns[0] == (expected or [None])
