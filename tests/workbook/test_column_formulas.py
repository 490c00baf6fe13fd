"""What a column of formulas puts in new rows: each address in the row of its own cell, as Excel fills down."""

from __future__ import annotations

import re

import pytest
from openpyxl.formula.translate import Translator

from o2c_xl.workbook.errors import WriteFault
from o2c_xl.workbook.opc.formula import Formula
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.verify_write import verify_write
from tests.workbook.files import bare, parts_of, sheet_xml, table_xml, with_parts

SHEET = "xl/worksheets/sheet1.xml"
FORMULAS = [
    "W2*2",
    "$W2+W$2+$W$2+w3",
    "Z1+W2",
    "SUM(W$2:W2)/SUM(2:2)-SUM($2:3)+SUM(B:B)",
    "Rates!B2+'Bob''s 2 A2'!$C2+'[1]Old B2'!A1:B2",
    'IF(A2="A2 ""B2""",LOG10(B2),1E5)',
    "Orders[[#This Row],[Total A2]]*Orders[B2]+Tax2026+A2B+_xlfn.X2",
    'VLOOKUP(A2,Rates!$A$2:$B$9,2,FALSE)&" A2"',
]


def book(cells: list[str], *, formula: str | None = None, below: str = "") -> bytes:
    """A table of `Key` and `Twice` whose rows hold these formula elements."""
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}">{f}</c></row>' for r, f in enumerate(cells, 2))
    formulas = {"Twice": formula} if formula else None
    table = table_xml(f"A1:B{len(cells) + 1}", ["Key", "Twice"], formulas=formulas)
    return bare(sheet_xml(f'<row r="1"/>{rows}{below}'), table=table)


def grown(old: bytes) -> list[str]:
    """The column after two rows were added and proved."""
    edits = [TableEdit("T", {}, [{"Key": 1}, {"Key": 2}])]
    new = apply_edits(old, edits)
    verify_write(old, new, edits)
    return re.findall(r'<c r="(B\d+)"><f[^>]*>([^<]+)', parts_of(new)[SHEET].decode())


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_moves_as_another_program_moves_it(text):
    moved = Formula(text, 2).at(107)

    assert moved.upper() == Translator(f"={text}", "Z2").translate_formula("Z107")[1:].upper()


def test_an_address_goes_no_further_than_the_sheet():
    assert Formula("SUM(A3:A1048576)+A1", 2).at(3) == "SUM(A4:A1048576)+A2"
    assert Formula("A1", 3).at(1) == "A1"


def test_a_calculated_column_moves_its_addresses_to_the_new_rows():
    old = book(["<f>A2*A$2</f>", "<f>A3*A$2</f>"], formula="A2*A$2")

    assert grown(old)[2:] == [("B4", "A4*A$2"), ("B5", "A5*A$2")]


def test_it_does_so_beside_what_people_wrote_too():
    below = '<row r="4"><c r="D4"><v>1</v></c></row>'

    assert grown(book(["<f>A2</f>", "<f>A3</f>"], formula="A2", below=below))[2:] == [("B4", "A4"), ("B5", "A5")]


@pytest.mark.parametrize(
    "cells",
    [
        ["<v>7</v>", '<f aca="false">A3&amp;"x"</f><v>1</v>', '<f aca="false">A4&amp;"x"</f><v>1</v>'],
        ['<f t="shared" ref="B2:B4" si="0">A2&amp;"x"</f>', '<f t="shared" si="0"/>', '<f t="shared" si="0"/>'],
        ["<v>7</v>", '<f t="array" ref="B3">A3&amp;"x"</f>', '<f t="array" ref="B4">A4&amp;"x"</f>'],
    ],
    ids=["written out", "shared", "array"],
)
def test_a_column_goes_on_with_the_formula_of_its_last_two_rows(cells):
    assert grown(book(cells))[-2:] == [("B5", 'A5&amp;"x"'), ("B6", 'A6&amp;"x"')]


@pytest.mark.parametrize(
    "cells",
    [
        ["<f>A2</f>", "<f>A3</f>", "<v>1</v>"],
        ["<f>A2</f>", "<f>A3</f>", "<f>A3</f>"],
        ["<f>A2</f>"],
        ['<f t="shared" ref="A2:B3" si="0">A2</f>', '<f t="shared" si="0"/>'],
    ],
    ids=["none in the last", "another one", "a single row", "shared with another column"],
)
def test_a_column_without_one_formula_stays_empty(cells):
    assert not {"B5", "B6"} & {cell for cell, _ in grown(book(cells))[len(cells) :]}


def test_a_new_row_with_the_formula_of_another_row_is_not_put_in_place():
    old = book(["<f>A2</f>", "<f>A3</f>"], formula="A2")
    edits = [TableEdit("T", {}, [{"Key": 1}, {"Key": 2}])]
    new = with_parts(apply_edits(old, edits), sheet1_xml=lambda xml: xml.replace(b"<f>A5<", b"<f>A4<"))

    with pytest.raises(WriteFault, match="row 5 on sheet S does not go on with the formula"):
        verify_write(old, new, edits)
