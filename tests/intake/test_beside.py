"""What stands left or right of a dropped file's list: its own columns are taken, the rest is told, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.table import Table

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.workbook.address import Area
from o2c_xl.workbook.reading.beside import left_above

HEAD = ["Order", "Customer ID", "Order date", "SKU", "Quantity"]
ORDER = ["SO-1", "C1", date(2026, 11, 2), "P1", 4]
SECOND = ["SO-2", "C1", date(2026, 11, 2), "P1", 7]


def book(path: Path, beside: Mapping[str, object], *, tables: Mapping[str, str]) -> Path:
    """A sheet with one order from column C on, the cells beside it, and these tables by name."""
    made = Workbook()
    sheet = made.active
    for number, values in enumerate((HEAD, ORDER), 1):
        for column, value in enumerate(values, 3):
            sheet.cell(number, column, value)
    for cell, value in beside.items():
        sheet[cell] = value
    for name, ref in tables.items():
        sheet.add_table(Table(displayName=name, ref=ref))
    made.save(path)
    return path


def row_from(column: str, row: int, values: list[object]) -> dict[str, object]:
    return {f"{chr(ord(column) + i)}{row}": value for i, value in enumerate(values)}


ONE = {"Orders": "C1:G2"}


@pytest.mark.parametrize("column", ["B", "H"])
def test_a_headed_column_right_beside_a_table_is_one_of_its_own(tmp_path: Path, column: str) -> None:
    path = book(tmp_path / "a.xlsx", {f"{column}1": "Discount %", f"{column}2": 5}, tables=ONE)

    _, lines = read_rows(path)

    assert [str(value) for value in lines.columns["discount_percent"]] == ["5"]
    assert lines.notes == []


def test_a_second_column_of_a_header_that_the_table_has_is_told(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"H1": "Quantity", "H2": 9}, tables=ONE)

    _, lines = read_rows(path)

    assert [str(value) for value in lines.columns["quantity"]] == ["4"]
    assert lines.notes == ["a.xlsx, sheet Sheet: what stands in H1:H2 beside the table Orders was not read."]


@pytest.mark.parametrize("tables", [ONE, {}])
def test_remarks_beside_a_list_are_told(tmp_path: Path, tables: dict[str, str]) -> None:
    path = book(tmp_path / "a.xlsx", {"I2": "urgent", "L2": "call first", "A9": "thank you"}, tables=tables)

    notes = read_rows(path)[-1].notes

    told = [note.partition("what stands in ")[2].split()[0] for note in notes]
    assert {"I2", "L2"} <= set(told)


def test_a_second_list_beside_a_table_is_refused(tmp_path: Path) -> None:
    beside = row_from("J", 1, list(HEAD)) | row_from("J", 2, SECOND)

    with pytest.raises(CannotRun, match="a second list, with columns of Orders, stands in J1:N2 beside the table"):
        read_rows(book(tmp_path / "a.xlsx", beside, tables=ONE))


def test_a_second_table_with_orders_is_refused(tmp_path: Path) -> None:
    beside = row_from("J", 4, list(HEAD)) | row_from("J", 5, SECOND)
    path = book(tmp_path / "a.xlsx", beside, tables=ONE | {"Table2": "J4:N5"})

    with pytest.raises(CannotRun, match="two tables Orders, on the sheet Sheet; keep one"):
        read_rows(path)


def test_a_table_of_something_else_is_told(tmp_path: Path) -> None:
    beside = row_from("J", 1, ["Code", "Meaning"]) | row_from("J", 2, ["X", "express"])
    path = book(tmp_path / "a.xlsx", beside, tables=ONE | {"Legend": "J1:K2"})

    orders, _ = read_rows(path)

    assert orders.notes == [
        "a.xlsx, the table Legend of the sheet Sheet: not read, since it is no list of a table of ours."
    ]


def test_what_stands_above_and_below_is_not_told_as_beside(tmp_path: Path) -> None:
    made = Workbook()
    sheet = made.active
    sheet["H1"] = "Our address"
    for number, values in enumerate((HEAD, ORDER), 4):
        for column, value in enumerate(values, 1):
            sheet.cell(number, column, value)
    sheet.add_table(Table(displayName="Orders", ref="A4:E5"))
    made.save(tmp_path / "a.xlsx")

    assert [batch.notes for batch in read_rows(tmp_path / "a.xlsx")] == [[], []]


def above(path: Path, rows: list[list[object]]) -> Path:
    made = Workbook()
    for values in (*rows, HEAD, ORDER):
        made.active.append(values)
    made.active.add_table(Table(displayName="Orders", ref=f"A{len(rows) + 1}:E{len(rows) + 2}"))
    made.save(path)
    return path


def test_a_second_list_above_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="a second list, with columns of Orders, stands in A1:E2 above the table"):
        read_rows(above(tmp_path / "a.xlsx", [HEAD, SECOND]))


def test_rows_above_a_table_are_told_and_a_letterhead_is_not(tmp_path: Path) -> None:
    told = read_rows(above(tmp_path / "a.xlsx", [SECOND]))[-1].notes
    silent = read_rows(above(tmp_path / "b.xlsx", [["Order form"], ["Order", "SO-1"], ["Customer ID", "C1"]]))[-1].notes

    assert told == ["a.xlsx, sheet Sheet: what stands in A1:E1 above the table Orders was not read."]
    assert silent == []


def test_what_stands_in_a_column_without_a_header_is_told(tmp_path: Path) -> None:
    made = Workbook()
    made.active.append([*HEAD[:4], None, "Quantity"])
    made.active.append([*ORDER[:4], 0, 4])
    made.active.merge_cells("D1:E1")
    made.active["E2"] = 0
    made.save(tmp_path / "a.xlsx")

    notes = read_rows(tmp_path / "a.xlsx")[-1].notes

    assert notes == ["a.xlsx, sheet Sheet: what stands in column E has no header and was not read."]


def test_rows_above_the_header_of_a_plain_list_are_told(tmp_path: Path) -> None:
    made = Workbook()
    for values in (["Order form"], SECOND, HEAD, ORDER):
        made.active.append(values)
    made.save(tmp_path / "a.xlsx")
    (tmp_path / "a.csv").write_text("Order form\nB,C1,2026-11-01,P1,3\n" + ",".join(HEAD) + "\nA,C1,2026-11-01,P1,3\n")

    assert read_rows(tmp_path / "a.xlsx")[-1].notes == [
        "a.xlsx, sheet Sheet: what stands in A1:E2 above the list was not read."
    ]
    assert read_rows(tmp_path / "a.csv")[-1].notes == ["a.csv: what stands in line 2 above the header was not read."]


def test_a_header_again_is_a_fault_in_a_table_of_texts_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Supplier ID,Name\nS1,Alpha\nSupplier ID,Name\nS2,Beta\n")

    (suppliers,) = read_rows(tmp_path / "a.csv")

    assert [(issue.cell, issue.problem) for issue in suppliers.issues] == [("A3", "This row is the header again.")]


def test_a_wide_block_above_a_list_is_found_in_time_that_grows_with_its_cells() -> None:
    read: list[slice] = []

    class Column(list[object]):
        def __getitem__(self, part: Any) -> Any:
            read.append(part)
            return super().__getitem__(part)

    columns = [Column(["x"] * 20) for _ in range(300)]

    (found,) = left_above([Area(21, 1, 30, 5)], 1, columns)

    assert found.area == Area(1, 1, 20, 300)
    assert len(read) == 2 * len(columns)  # once to see what is filled, once to show it
