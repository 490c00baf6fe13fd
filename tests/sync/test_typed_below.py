"""Rows typed right under a table with formulas in them, as LibreOffice leaves them, and a person's own totals there."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest

from o2c_xl.company.undoing import put_back
from o2c_xl.workbook.address import column_letters
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import book_parts
from tests.sync.desk import DAY, Desk
from tests.workbook.files import parts_of, zipped

ALFKI = {"Customer ID": "ALFKI", "Name": "Alfreds Futterkiste"}
BERGS = {"Customer ID": "BERGS", "Name": "Berglunds snabbköp"}
PAYMENTS = [
    {"Payment": f"P-{n}", "Customer ID": "ALFKI", "Paid on": DAY, "Amount": n, "Method": "Cash"} for n in (1, 2)
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company")
    desk.sync()
    desk.add("Customers", ALFKI, BERGS)
    desk.sync()
    return desk


def type_below(
    desk: Desk, cells: dict[str, tuple[str, str | None] | str], name: str = "Customers", blank: int = 0
) -> int:
    """Fill a row under a table, after so many `blank` ones, without the table growing: a text, or a formula with its
    value; the row.
    """
    data = desk.book.read_bytes()
    sheet = next(s for s in book_parts(Package(data)).sheets if any(t.name == name for t in s.tables))
    table = next(t for t in sheet.tables if t.name == name)
    row = table.ref.bottom + 1 + blank
    letters = {h: column_letters(table.ref.left + i) for i, h in enumerate(table.headers)}
    xml = "".join(_cell(f"{letters[h]}{row}", cells[h]) for h in table.headers if h in cells)
    parts = parts_of(data)
    parts[sheet.part] = parts[sheet.part].replace(b"</sheetData>", f'<row r="{row}">{xml}</row></sheetData>'.encode())
    desk.book.write_bytes(zipped(parts))
    return row


def _cell(at: str, content: tuple[str, str | None] | str) -> str:
    if isinstance(content, str):
        return f'<c r="{at}" t="inlineStr"><is><t>{escape(content)}</t></is></c>'
    formula, value = content
    kind = "" if value is None or value.isdecimal() else ' t="str"'
    shown = "" if value is None else f"<v>{escape(value)}</v>"
    return f'<c r="{at}"{kind}><f>{escape(formula)}</f>{shown}</c>'


def limits(desk: Desk) -> dict[str, object]:
    return {row["Customer ID"]: row["Credit limit"] for row in desk.shown("Customers")}


@pytest.mark.parametrize("formula", ["25*20", "SUM(100,400)", "VLOOKUP(A5,Other!A1:B9,2)", "S3+100"])
def test_a_row_with_a_formula_under_the_table_is_taken_at_its_value(desk: Desk, formula: str) -> None:
    row = type_below(desk, {"Customer ID": "CHOPS", "Name": "Chop-suey", "Credit limit": (formula, "500")})

    outcome = desk.sync()

    assert outcome.ok, outcome.issues
    assert limits(desk)["CHOPS"] == 500
    assert desk.rows("Customers")[row]["Credit status"] == "New"
    assert not desk.sync().changed


def test_a_sum_beside_a_whole_typed_row_makes_it_no_total(desk: Desk) -> None:
    cells = {"Customer ID": "CHOPS", "Name": "Chop-suey", "Credit limit": ("MAX(M1:M4)", "500")}
    type_below(desk, cells)

    desk.sync()

    assert limits(desk)["CHOPS"] == 500


def test_a_formula_without_a_result_under_the_table_is_a_fault_at_its_cell(desk: Desk) -> None:
    row = type_below(desk, {"Customer ID": "CHOPS", "Name": "Chop-suey", "Credit limit": ("25*20", None)})

    (issue,) = desk.sync().issues

    assert (issue.column, issue.row) == ("Credit limit", row)
    assert issue.cell.endswith(str(row))
    assert "no stored result" in issue.problem
    assert "CHOPS" not in limits(desk)


@pytest.mark.parametrize(
    "cells",
    [
        {"Credit limit": ("SUM(M2:M4)", "900")},
        {"Customer ID": "Total", "Credit limit": ("SUBTOTAL(109,Customers[Credit limit])", "900")},
        {"Name": "Sum", "Credit limit": ("M2+M3", "900"), "Phone": ("COUNTA($A:$A)", "3")},
        {"Customer ID": ("COUNTA(A2:A4)", "3")},
    ],
)
def test_a_persons_own_totals_under_the_table_are_no_row_and_it_is_said(
    desk: Desk, cells: dict[str, tuple[str, str | None] | str]
) -> None:
    type_below(desk, cells)
    book = desk.book.read_bytes()

    outcome = desk.sync()

    assert set(limits(desk)) == {"ALFKI", "BERGS"}
    assert any("is no row of the table" in note for note in outcome.notes)
    assert desk.book.read_bytes() == book


def test_formulas_that_show_nothing_yet_are_no_row(desk: Desk) -> None:
    type_below(desk, {"Credit limit": ('IF(A5="","",500)', "")})
    book = desk.book.read_bytes()

    assert desk.sync().ok
    assert desk.book.read_bytes() == book


def test_undo_puts_back_as_many_cells_as_were_written(desk: Desk) -> None:
    desk.add("Customers", {"Customer ID": "CHOPS", "Name": "Chop-suey"})
    written = desk.sync().counts["cells written"]

    assert put_back(desk.company, None, DAY, dry_run=False).cells == written


def test_undo_does_not_make_a_row_typed_under_the_table_new_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", ("Customers", "Orders"))
    desk.add("Customers", ALFKI)
    desk.add("Orders", {"Customer ID": "ALFKI"})
    desk.sync()
    type_below(desk, {"Customer ID": "ALFKI", "Notes": "second"}, "Orders")
    desk.sync()

    put_back(desk.company, None, DAY, dry_run=False)
    desk.sync()

    assert [row["Order"] for row in desk.rows("Orders").values()] == ["SO-000001", "SO-000002"]
    assert len(desk.shown("Orders")) == 2


@pytest.mark.parametrize("blank", [1, 19])
def test_a_row_after_blank_ones_is_no_row_and_is_told_until_it_is_moved(desk: Desk, blank: int) -> None:
    before = desk.book.read_bytes()
    row = type_below(desk, {"Customer ID": "CHOPS", "Name": "Chop-suey"}, blank=blank)

    first, again = desk.sync(), desk.sync()

    for outcome in (first, again):
        assert [(issue.cell, issue.problem) for issue in outcome.issues] == [
            (f"A{row}", f"What stands in row {row} below the table Customers and was not read.")
        ]
    assert set(limits(desk)) == {"ALFKI", "BERGS"}
    desk.book.write_bytes(before)
    assert desk.sync().issues == []


def test_a_row_after_blank_ones_in_a_sheet_without_rows_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company")
    desk.sync()
    row = type_below(desk, {"Customer ID": "CHOPS", "Name": "Chop-suey"}, blank=2)

    assert [issue.cell for issue in desk.sync().issues] == [f"A{row}"]


@pytest.mark.parametrize(
    ("typed", "faults"),
    [({"Customer ID": "CHOPS", "Name": "Chop-suey"}, 1), ({"Name": "Net", "Credit limit": 500}, 0)],
)
def test_a_row_under_a_totals_row_is_told_unless_it_may_be_a_total(
    desk: Desk, typed: dict[str, object], faults: int
) -> None:
    total = type_below(desk, {"Customer ID": "Total"})
    made = openpyxl.load_workbook(desk.book)
    table = made["Customers"].tables["Customers"]
    table.ref, table.totalsRowCount = re.sub(r"\d+$", str(total), table.ref), 1
    for cell in made["Customers"][1]:
        made["Customers"].cell(total + 1, cell.column).value = typed.get(str(cell.value))
    made.save(desk.book)

    outcome = desk.sync()

    assert [issue.row for issue in outcome.issues] == [total + 1] * faults


@pytest.fixture
def summed(tmp_path: Path) -> Desk:
    """Payments with one row and a sum under it; two more were loaded, and a customer's row has a fault."""
    desk = Desk(tmp_path / "company", ("Customers", "Payments", "Log"))
    desk.sync()
    desk.add("Customers", ALFKI)
    desk.add("Payments", PAYMENTS[0] | {"Payment": "P-0"})
    desk.sync()
    type_below(desk, {"Amount": ("SUM(A2:Z2)", "1")}, "Payments", blank=1)
    desk.add("Customers", BERGS | {"Credit limit": "much"})
    path = desk.root / "payments.csv"
    path.write_text(
        "Payment,Customer ID,Paid on,Amount,Method\n"
        + "".join(",".join(map(str, row.values())) + "\n" for row in PAYMENTS),
        encoding="utf-8",
    )
    desk.company.load([path], "Payments", DAY, dry_run=False)
    return desk


def payments(desk: Desk) -> list[object]:
    return [row["Payment"] for row in desk.rows("Payments").values()]


def test_new_rows_without_room_are_left_out_and_told_and_all_else_is_written(summed: Desk) -> None:
    stops = [str(stop) for stop in summed.sync().stops]

    (faulty,) = (row for row in summed.rows("Customers").values() if row["Customer ID"] == "BERGS")
    assert "Credit limit" in faulty["Check"]
    assert payments(summed) == ["P-0"]
    assert len(summed.rows("Log")) > 2
    assert len(stops) == 1
    assert "Book.xlsx: The table Payments cannot take new rows: " in stops[0]
    assert stops[0].endswith("Move what is there beside the table. Until then 2 new rows are not shown there.")


def test_rows_left_out_are_told_again_without_a_write_and_come_once_when_there_is_room(summed: Desk) -> None:
    summed.sync()
    book, ledger = summed.book.read_bytes(), (summed.root / "ledger.db").read_bytes()

    again = summed.sync()

    assert len(again.stops) == 1
    assert not again.changed
    assert (summed.book.read_bytes(), (summed.root / "ledger.db").read_bytes()) == (book, ledger)
    parts = parts_of(book)
    parts = {name: re.sub(rb'<row r="4"><c r="[A-Z]+4"><f>SUM.*?</row>', b"", part) for name, part in parts.items()}
    summed.book.write_bytes(zipped(parts))
    assert not summed.sync().stops
    assert payments(summed) == ["P-0", "P-1", "P-2"]
    book = summed.book.read_bytes()
    assert not summed.sync().stops
    assert summed.book.read_bytes() == book
    assert len(summed.shown("Payments")) == 3


def test_what_people_keep_far_below_a_table_is_their_own(desk: Desk) -> None:
    type_below(desk, {"Customer ID": "my", "Name": "own list"}, blank=40)

    assert desk.sync().issues == []


def test_a_label_after_a_blank_row_is_a_persons_own(desk: Desk) -> None:
    type_below(desk, {"Name": "as of March"}, blank=1)

    assert desk.sync().issues == []
