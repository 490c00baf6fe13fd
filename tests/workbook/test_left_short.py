"""What people wrote with plain addresses and does not reach the new rows of a table is found, and nothing else."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.left_short import left_short
from tests.workbook.files import HEADERS, parts_of, small, zipped

SHEET = "Anna's"
Q = "'Anna''s'!"
LAST = 9


def _book(*, short: bool = True) -> bytes:
    """A table down to row 9 and everything that can point at it, ending there or, unless `short`, reaching further."""
    end = LAST if short else LAST + 50
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    orders, report = book.add_worksheet(SHEET), book.add_worksheet("Report")
    columns = [{"header": header} for header in ("Order", "Quantity", "Price", "Share", "So far")]
    orders.add_table(0, 0, LAST - 1, 4, {"name": "Orders", "columns": columns})
    for row in range(2, LAST + 1):
        orders.write_row(row - 1, 0, [f"SO-{row}", row, 2.5])
        orders.write_formula(f"D{row}", f"=B{row}/SUM(B$2:B${end})")
        orders.write_formula(f"E{row}", f"=SUM(B$2:B{row})")
    orders.write_formula("H1", f"=SUM(C1:C{end})")
    report.write_formula("A1", f"=SUM({Q}B2:B{end})+COUNT(Report!B2:B{LAST})")
    report.write_formula("A2", "=SUM(Orders[Quantity])")
    report.write_formula("A3", f"=SUM({Q}B4:B{LAST})+{Q}B{LAST}+SUM({Q}K2:K{LAST})")
    report.data_validation("C1", {"validate": "list", "source": f"={Q}$A$2:$A${end}"})
    report.add_sparkline("B1", {"range": f"{Q}B2:B{end}"})
    orders.conditional_format("A2:A9", {"type": "formula", "criteria": f"=COUNTIF($A$2:$A${end},A2)>1"})
    book.define_name("Quantities", f"={Q}$B$2:$B${end}")
    orders.print_area(0, 0, end - 1, 4)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={Q}$B$2:$B${end}"})
    report.insert_chart("D2", chart)
    book.close()
    return file.getvalue()


def _more(book: bytes, rows: int = 3) -> bytes:
    return apply_edits(book, [TableEdit("Orders", append=[{"Order": "SO-X", "Quantity": 1}] * rows)])


def test_everything_that_ended_with_the_table_is_named_with_its_place_and_range():
    old = _book()

    found = left_short(old, _more(old))

    assert [(one.where, one.covers, one.column) for one in found["Orders"]] == [
        ("Anna's!H1", "Anna's!C1:C9", "Price"),
        ("the column Share of Orders", "Anna's!B2:B9", "Quantity"),
        ("a rule of Anna's!A2:A9", "Anna's!A2:A9", "Order"),
        ("Report!A1", "Anna's!B2:B9", "Quantity"),
        ("a rule of Report!C1", "Anna's!A2:A9", "Order"),
        ("a rule or sparkline of Report!B1", "Anna's!B2:B9", "Quantity"),
        ("the print area", "Anna's!A1:E9", "Order"),
        ("the name Quantities", "Anna's!B2:B9", "Quantity"),
        ("a chart on Report", "Anna's!B2:B9", "Quantity"),
    ]


def test_it_is_found_once():
    grown = _more(_book())

    assert left_short(grown, _more(grown)) == {}


def test_what_reaches_further_down_is_found_only_when_the_table_grows_past_it():
    old = _book(short=False)

    assert left_short(old, _more(old)) == {}
    assert len(left_short(old, _more(old, 60))["Orders"]) == 9


def test_a_table_that_does_not_grow_leaves_nothing_short():
    old = _book()

    assert left_short(old, apply_edits(old, [TableEdit("Orders", {(2, "Price"): 3})])) == {}


@pytest.mark.parametrize("sheet", ["S", "Other"])
def test_the_source_of_a_pivot_table_is_found_where_it_is_on_the_tables_sheet(sheet: str):
    source = f'<pivotCacheDefinition><worksheetSource ref="A1:D3" sheet="{sheet}"/></pivotCacheDefinition>'
    old = zipped({**parts_of(small()), "xl/pivot.xml": source.encode()})

    found = left_short(old, apply_edits(old, [TableEdit("T", append=[{HEADERS[0]: "K4"}])]))

    assert [one.where for one in found.get("T", [])] == (["a pivot table"] if sheet == "S" else [])
