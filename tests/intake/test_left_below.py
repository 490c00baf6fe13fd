"""Rows below the range of a dropped table: taken right under it, told further down, never lost in silence."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.table import Table

from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.workbook.reading.book import read_dropped

HEAD = ["Order", "Customer ID", "Order date", "SKU", "Quantity"]


def order(number: int) -> list[object]:
    return [f"SO-{number}", "C1", date(2026, 11, 2), "P1", number]


def book(path: Path, rows: dict[int, list[object]], *, name: str = "Orders", to: int = 3, totals: bool = False) -> Path:
    """A workbook whose table says that it ends in row `to`, with these rows, as programs append to it."""
    made = Workbook()
    sheet = made.active
    sheet.title = "Orders"
    sheet.append(HEAD)
    for number, values in rows.items():
        for column, value in enumerate(values, 1):
            sheet.cell(number, column, value)
    table = Table(displayName=name, ref=f"A1:E{to}")
    if totals:
        table.totalsRowCount = 1
    sheet.add_table(table)
    made.save(path)
    return path


@pytest.mark.parametrize("name", ["Orders", "Tabelle1"])
def test_rows_right_under_a_table_are_rows_of_it(tmp_path: Path, name: str) -> None:
    path = book(tmp_path / "a.xlsx", {row: order(row) for row in range(2, 7)}, name=name)

    orders, lines = read_rows(path)

    assert orders.columns["order"] == [f"SO-{row}" for row in range(2, 7)]
    assert lines.issues == []
    assert lines.notes == []


def test_rows_after_a_blank_row_are_a_fault_that_names_them(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {row: order(row) for row in (2, 3, 5, 6, 8)})

    orders, lines = read_rows(path)

    assert orders.columns["order"] == ["SO-2", "SO-3"]
    assert [(issue.cell, issue.value, issue.problem) for issue in lines.issues] == [
        ("A5", "SO-5", "What stands in rows 5 to 6, row 8 below the table Orders and was not read.")
    ]


def test_a_label_after_a_blank_row_is_noted(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {2: order(2), 3: order(3), 5: ["Thank you"]})

    _, lines = read_rows(path)

    assert lines.issues == []
    assert lines.notes == ["a.xlsx, sheet Orders: What stands in row 5 below the table Orders and was not read."]


def test_totals_and_what_is_under_them_are_no_rows(tmp_path: Path) -> None:
    own = {2: order(2), 3: order(3), 4: ["Total", None, None, None, "=SUM(E2:E3)"], 6: ["Net", None, None, None, 5]}
    excels = {2: order(2), 3: order(3), 4: ["Total", None, None, None, 5], 5: order(5)}

    _, typed = read_rows(book(tmp_path / "a.xlsx", own))
    _, made = read_rows(book(tmp_path / "b.xlsx", excels, to=4, totals=True))

    assert len(typed) == len(made) == 2
    assert typed.issues == made.issues == []
    assert "row 6" in typed.notes[0]
    assert "row 5" in made.notes[0]


def test_what_stands_under_another_table_is_that_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = Workbook()
    sheet = made.active
    for row, values in {1: HEAD, 2: order(2), 4: ["Reason", "Text"], 5: ["a", "b"], 6: ["c", "d"]}.items():
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, value)
    sheet.add_table(Table(displayName="Orders", ref="A1:E2"))
    sheet.add_table(Table(displayName="Reasons", ref="A4:B5"))
    made.save(path)

    _, lines = read_rows(path)

    assert lines.issues == []
    assert lines.notes == []


def test_a_table_made_down_to_the_last_row_costs_what_is_in_it(tmp_path: Path) -> None:
    short, path = book(tmp_path / "short.xlsx", {2: order(2)}, to=2), tmp_path / "a.xlsx"
    with ZipFile(short) as made, ZipFile(path, "w") as long:
        for name in made.namelist():
            long.writestr(name, made.read(name).replace(b"A1:E2", b"A1:E1048576"))

    (data,) = read_dropped(path).tables
    orders, lines = read_rows(path)

    assert data.ref == "A1:E2"
    assert orders.columns["order"] == ["SO-2"]
    assert lines.issues == []
