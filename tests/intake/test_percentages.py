"""Cells formatted as percentages: a file's `5 %` is five percent although the cell holds 0.05."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import xlsxwriter

from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.reading.percents import percent_styles
from tests.scenarios.test_straight_through import DAY, open_desk
from tests.workbook.files import MAIN, parts_of, zipped

HEADERS = ("Order", "Customer ID", "Order date", "SKU", "Quantity", "Discount %")


def order_book(path: Path, *discounts: tuple[float, str]) -> Path:
    """A flat order list, each row's discount with its number format."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("List")
        sheet.write_row(0, 0, HEADERS)
        for i, (discount, shown_as) in enumerate(discounts, 1):
            sheet.write_row(i, 0, [f"P{i}", "ADA", DAY, "TEA", 1])
            sheet.write_number(i, 5, discount, book.add_format({"num_format": shown_as}))
    return path


def test_a_files_percentages_are_read_as_they_are_shown(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    file = order_book(tmp_path / "orders.xlsx", (0.05, "0%"), (0.075, "0.00 %"), (7, "0"), (8, '0" %"'), (0.07, "0%"))

    desk.load(file)

    assert [row["Discount %"] for row in desk.show("OrderLines")] == ["5", "7.5", "7", "8", "7"]


@pytest.mark.parametrize(
    "written",
    [
        (rb' s="(\d+)" t="n"', rb' t="n" s="\1"'),
        (rb'<c r="([A-Z]+\d+)" s="(\d+)"', rb'<c s="\2" r="\1"'),
        (rb'(<(?:row|c)) r="[A-Z]*\d+"', rb"\1"),
    ],
    ids=["kind before format", "format before address", "no addresses"],
)
def test_a_percentage_is_one_however_its_cell_is_written(tmp_path: Path, written: tuple[bytes, bytes]) -> None:
    file = order_book(tmp_path / "orders.xlsx", (0.05, "0%"), (0.075, "0.00%"), (7, "0"))
    sheet = "xl/worksheets/sheet1.xml"
    parts = parts_of(file.read_bytes())
    typed = re.sub(rb'( s="\d+")>(?=<v>)', rb'\1 t="n">', parts[sheet])
    file.write_bytes(zipped(parts | {sheet: re.sub(*written, typed)}))

    columns = read_book(file, only=()).sheet_rows("List")

    assert columns.percents == {(2, 6), (3, 6)}


def test_a_percentage_above_a_hundred_is_refused_as_it_is_shown(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")

    (issue,) = desk.load(order_book(tmp_path / "orders.xlsx", (5, "0%")), expect=1)["issues"]

    assert (issue["cell"], issue["problem"]) == ("F2", "500 is more than 100 %.")


def test_in_a_shared_workbook_such_a_cell_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Tax Rates")
        columns = [{"header": h} for h in ("Tax group", "Tax code", "Rate %")]
        sheet.add_table(0, 0, 2, 2, {"name": "TaxRates", "columns": columns})
        sheet.write_row(1, 0, ["D", "S"])
        sheet.write_number(1, 2, 0.19, book.add_format({"num_format": 10}))
        sheet.write_row(2, 0, ["D", "R", 7])

    (data,) = read_book(path, below=True).tables

    (bad,) = data.bad
    assert (bad.cell, bad.fix) == ("C2", "Format it as a number and type 19.")
    assert data.columns[2] == [None, 7]


@pytest.mark.parametrize("below", [True, False])
def test_a_setting_that_is_a_percentage_is_read_as_one(tmp_path: Path, below: bool) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Settings")
        columns = [{"header": h} for h in ("Setting", "Value", "Meaning")]
        sheet.add_table(0, 0, 3, 2, {"name": "Settings", "columns": columns})
        share = book.add_format({"num_format": 9})
        for row, name in enumerate(("Over-delivery tolerance %", "Price tolerance % ", "Mail port"), 1):
            sheet.write(row, 0, name)
            sheet.write_number(row, 1, 0.05, share)

    (data,) = read_book(path, below=below).tables

    assert [(bad.cell, bad.fix) for bad in data.bad] == (
        [(cell, "Format it as a number and type 5.") for cell in ("B2", "B3")] if below else []
    )
    assert data.columns[1] == ([None, None, 0.05] if below else [5, 5, 0.05])


@pytest.mark.parametrize(
    ("code", "percent"),
    [("0%", True), ("0.0 %;[Red]-0.0 %", True), ('0" %"', False), (r"0\%", False), ("[$%]0", False), ("0", False)],
)
def test_only_a_sign_that_multiplies_makes_a_percentage(code: str, percent: bool) -> None:
    text = code.replace('"', "&quot;")
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="{text}"/></numFmts>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )

    assert percent_styles(styles.encode(), "styles") == (frozenset({b"1"}) if percent else frozenset())
