"""A day that Python writes shows as a day, also where the cells above were never formatted."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.verify_write import verify_write
from o2c_xl.workbook.reading.book import read_book
from tests.workbook.files import parts_of, with_parts

TEMPLATE = Path(__file__).resolve().parents[2] / "workbooks" / "template.xlsx"
DAY = dt.date(2026, 11, 22)
NEW = {"Payment": "P-2", "Paid on": DAY, "Amount": Decimal("5.5"), "Own": 7}
STYLES = "xl/styles.xml"


def payments(*, first: str = "", column: str = "", elsewhere: str = "", bold: bool = False, rows: int = 2) -> bytes:
    """A workbook with a table Payments; `first`, `column` and `elsewhere` are the date formats of its first row's
    cell, of the column and of a cell that is not in the table, `bold` or not; all other cells are unformatted."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Payments")
        plain = book.add_format()
        codes, font = {first, column, elsewhere} - {""}, {"bold": True} if bold else {}
        looks = {code: book.add_format({"num_format": code, **font}) for code in codes}
        sheet.set_column(1, 1, 12, looks.get(column))
        for row in range(1, rows + 1):
            for place, value in enumerate([f"P-{row}", 46_348, 3.25, 1]):
                sheet.write(row, place, value, plain)
        if first:
            sheet.write(1, 1, 46_348, looks[first])
        if elsewhere:
            sheet.write(0, 8, 46_348, looks[elsewhere])
        headers = [{"header": name} for name in ("Payment", "Paid on", "Amount", "Own")]
        sheet.add_table(0, 0, rows, 3, {"name": "Payments", "columns": headers})
    return file.getvalue()


def written(book: bytes, edit: TableEdit) -> list[object]:
    """What the column Paid on of the written book holds; nothing but the sheet and its table changed."""
    new = apply_edits(book, [edit])
    verify_write(book, new, [edit])
    assert parts_of(new)[STYLES] == parts_of(book)[STYLES]
    table = next(table for table in read_book(new).tables if table.name == "Payments")
    return list(table.columns[table.headers.index("Paid on")])


@pytest.mark.parametrize("beside", [0, 5], ids=["alone", "beside other people's cells"])
def test_a_new_row_takes_the_date_format_that_the_column_has_elsewhere(beside: int):
    book = payments(first="dd.mm.yyyy")

    dates = written(book, TableEdit("Payments", {}, [NEW] * (3 + beside)))

    assert dates[2:] == [DAY] * (3 + beside)


def test_the_format_of_the_whole_column_serves_too():
    book = payments(column="dd.mm.yyyy")

    dates = written(book, TableEdit("Payments", {}, [NEW]))

    assert dates[-1] == DAY


def test_a_cell_of_an_unformatted_row_gets_it_when_python_writes_a_day_there():
    book = payments(first="yyyy-mm-dd")

    dates = written(book, TableEdit("Payments", {(3, "Paid on"): DAY}))

    assert dates[1] == DAY


def test_a_format_that_shows_days_is_kept_whatever_others_there_are():
    book = payments(first="yyyy-mm-dd", column="dd.mm.yyyy")

    new = apply_edits(book, [TableEdit("Payments", {(2, "Paid on"): DAY})])

    cell = parts_of(book)["xl/worksheets/sheet1.xml"].split(b'r="B2" ')[1].split(b">")[0]
    assert b'r="B2" ' + cell in parts_of(new)["xl/worksheets/sheet1.xml"]


def test_a_date_format_of_other_cells_serves_where_it_looks_the_same_else():
    book = payments(elsewhere="dd.mm.yyyy")

    dates = written(book, TableEdit("Payments", {(2, "Paid on"): DAY}, [NEW] * 2))

    assert dates == [DAY, 46_348, DAY, DAY]


def test_where_the_workbook_has_no_such_format_the_row_above_decides():
    book = payments(elsewhere="dd.mm.yyyy", bold=True)

    dates = written(book, TableEdit("Payments", {}, [NEW]))

    assert dates[-1] == 46_348


def test_the_template_s_named_style_serves_where_a_whole_column_lost_its_format():
    book = with_parts(
        payments(elsewhere="dd.mm.yyyy", bold=True),
        styles_xml=lambda xml: xml.replace(
            b"<cellStyle name=", b'<cellStyle name="Staff date" xfId="1"/><cellStyle name=', 1
        ).replace(b'xfId="0" applyNumberFormat="1"', b'xfId="1" applyNumberFormat="1"'),
    )

    dates = written(book, TableEdit("Payments", {}, [NEW]))

    assert dates[-1] == DAY


def test_the_named_styles_are_called_as_in_the_template():
    names = set(re.findall(r'<cellStyle name="([^"]*)"', parts_of(TEMPLATE.read_bytes())[STYLES].decode()))

    assert {
        "Staff date",
        "Python date",
        "Python date and time",
        "Staff amount",
        "Python amount",
        "Staff price",
    } <= names
