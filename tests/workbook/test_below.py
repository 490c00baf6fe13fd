"""Rows typed right under a table, as LibreOffice leaves them, are read as its own, and the write-back widens it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.verify_write import verify_write
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.reading.data import TableData
from tests.workbook.files import HEADERS, small, table_xml


def typed(under: int, *, ref_rows: int = 3, extra: str = "") -> bytes:
    """A table to row `ref_rows`, and as many rows filled right under it."""
    return small(last=ref_rows + under, table=table_xml(f"A1:D{ref_rows}", HEADERS, extra=extra))


def table(data: bytes) -> TableData:
    return read_book(data, below=True).tables[0]


def test_rows_right_under_the_table_are_read() -> None:
    assert table(typed(2)).columns[0] == ["K2", "K3", "K4", "K5"]


def test_without_being_asked_a_table_ends_where_it_says() -> None:
    assert read_book(typed(2)).tables[0].columns[0] == ["K2", "K3"]


def test_a_row_after_a_gap_is_somebodys_own() -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>K{r}</t></is></c></row>' for r in (2, 3, 5))
    book = small(f"{rows}", table=table_xml("A1:D3", HEADERS))

    assert table(book).columns[0] == ["K2", "K3"]


def test_a_persons_own_sum_is_no_row() -> None:
    rows = '<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="C3"><f>SUM(C2:C2)</f><v>1</v></c></row>'
    book = small(rows, table=table_xml("A1:D2", HEADERS))

    assert table(book).height == 1


def test_nothing_is_taken_under_a_totals_row() -> None:
    assert table(typed(2, extra='totalsRowCount="1"')).columns[0] == ["K2"]


def test_the_write_back_widens_the_table_over_them() -> None:
    book = typed(2)
    edit = TableEdit("T", {(5, "Number"): Decimal(7)})

    new = apply_edits(book, [edit])

    verify_write(book, new, [edit])
    found = read_book(new).tables[0]
    assert found.ref == "A1:D5"
    assert found.columns[0] == ["K2", "K3", "K4", "K5"]
    assert found.columns[2][-1] == 7


def test_new_rows_come_after_them() -> None:
    book = typed(2)
    edit = TableEdit("T", {(4, "Text"): "seen"}, [{"Key": "new"}])

    new = apply_edits(book, [edit])

    verify_write(book, new, [edit])
    found = read_book(new).tables[0]
    assert found.columns[0] == ["K2", "K3", "K4", "K5", "new"]
    assert found.columns[1][2] == "seen"


def test_a_row_that_is_not_there_is_still_refused() -> None:
    with pytest.raises(Refused, match="Row 6 is not a row"):
        apply_edits(typed(2), [TableEdit("T", {(6, "Text"): "x"})])


@given(st.integers(1, 5), st.integers(0, 4), st.integers(0, 3))
def test_reader_writer_and_proof_agree_on_where_the_table_ends(rows: int, under: int, new: int) -> None:
    book = typed(under, ref_rows=rows + 1)
    edit = TableEdit("T", {(2, "Number"): Decimal(1)}, [{"Key": f"N{i}"} for i in range(new)])

    written = apply_edits(book, [edit])

    verify_write(book, written, [edit])
    assert table(book).height == rows + under
    assert read_book(written).tables[0].height == rows + under + new
