"""Rows of dropped files and shared sheets: values, faults at their cells, keys, needs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.domain.issue import CannotRun, sentence
from o2c_xl.intake.lists.rows import block_of, read_rows
from o2c_xl.tables.check.batches import accepted, lacking, refused_rows, unknown_values
from o2c_xl.tables.check.reading import read_block
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Block, Needs
from o2c_xl.workbook.reading.book import read_book
from tests.intake.intake_files import make_book, make_csv, texts

LINES = ("Order", "Line", "SKU", "Quantity", "Unit price")


def lines_of(rows, needs=Needs.FILE, **more):
    return rows_of("OrderLines", [LINES, *rows], needs, **more)


def rows_of(table, rows, needs=Needs.FILE, **more):
    """The rows as a reader would give them from a sheet whose header is row 1."""
    headers, *data = rows
    block = Block(
        source="a.xlsx",
        sheet="Sheet1",
        headers=headers,
        columns=[list(column) for column in zip(*data, strict=True)] or [[] for _ in headers],
        letters="ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(headers)],
        rows=range(2, 2 + len(data)),
        **more,
    )
    return read_block(block, BY_NAME[table], needs)


def test_a_fault_names_file_sheet_cell_column_row_value_and_mend(tmp_path):
    path = make_book(tmp_path / "a.xlsx", {"OrderLines": [LINES, ("1", 1, "001", -1.0, 5.0)]})

    (issue,) = read_rows(path)[0].issues

    assert (issue.source, issue.sheet, issue.cell, issue.row) == ("a.xlsx", "OrderLines", "D2", 2)
    assert (issue.column, issue.value, issue.table, issue.key) == ("Quantity", "-1", "OrderLines", "1/1")
    assert sentence(issue) == "Quantity: -1 is less than 0. Enter how many you want."


def test_every_fault_is_told_in_one_pass_and_in_reading_order():
    batch = lines_of([("1", 1, 7.0, "x", -1.0), ("1", 1.5, "001", -1.0, 5.0)])

    assert texts(batch) == ["C2 SKU", "D2 Quantity", "E2 Unit price", "B3 Line", "D3 Quantity"]
    assert batch.bad == {0, 1}


def test_blank_rows_are_left_out_and_the_others_keep_their_numbers():
    batch = lines_of([("1", 1, "001", 1.0, None), (None, "", "  ", None, None), ("1", 2, "001", -1.0, None)])

    assert batch.rows == [2, 4]
    assert texts(batch) == ["D4 Quantity"]


def test_a_row_with_values_in_unknown_columns_only_is_blank():
    batch = rows_of("Products", [("SKU", "Name", "Unit", "Remark"), ("1", "Chai", "pcs", ""), ("", "", "", "total")])

    assert batch.rows == [2]


def test_error_cells_and_formulas_without_a_result_are_faults_and_never_blanks(tmp_path):
    rows = [LINES, ("1", 1, "001", 2.0, "{=1/0}"), ("1", 2, "002", 3.0, 4.0)]
    path = make_book(tmp_path / "a.xlsx", {"OrderLines": rows})

    (batch,) = read_rows(path)

    assert texts(batch) == ["E2 Unit price"]
    assert batch.columns["unit_price"] == [None, 4]


def test_an_error_in_a_needed_cell_is_told_once():
    batch = rows_of("Customers", [("Customer ID", "Name"), ("A", "#N/A")])

    assert [issue.problem for issue in batch.issues] == ["The cell shows the error #N/A."]


def test_in_a_dropped_file_every_needed_cell_is_needed():
    batch = rows_of(
        "Orders",
        [
            ("Order", "Customer ID", "Order date", "Freight"),
            (None, None, None, 5.0),
            ("2", "A", date(2026, 1, 1), None),
        ],
    )

    assert texts(batch) == ["A2 Order", "B2 Customer ID", "C2 Order date"]


def test_in_a_shared_sheet_an_unfinished_order_is_kept():
    orders = rows_of("Orders", [("Order", "Customer ID", "Order date"), (None, "A", None)], Needs.SHEET)
    lines = lines_of([("1", None, None, None, None)], Needs.SHEET)

    assert (orders.issues, lines.issues) == ([], [])
    assert orders.shared
    assert lines.columns["line"] == [None]


def test_in_a_shared_sheet_other_rows_still_need_their_cells_and_keys_people_must_type():
    receipts = rows_of("Receipts", [("Receipt", "PO", "SKU", "Quantity"), (None, "PO-1", None, 2.0)], Needs.SHEET)
    customers = rows_of("Customers", [("Customer ID", "Name"), (None, "Alfreds")], Needs.SHEET)
    lines = lines_of([(None, None, "001", 1.0, None)], Needs.SHEET)

    assert texts(receipts) == ["C2 SKU"]
    assert texts(customers) == ["A2 Customer ID"]
    assert texts(lines) == ["A2 Order"]


def test_a_shared_workbooks_table_is_read_from_its_place(tmp_path):
    path = make_book(tmp_path / "b.xlsx", {"Sales": [LINES, ("1", 1, "001", -1.0, None)]}, {"Sales": "OrderLines"})
    (data,) = read_book(path).tables

    batch = read_block(block_of(data, "b.xlsx"), BY_NAME["OrderLines"], Needs.SHEET)

    assert texts(batch) == ["D2 Quantity"]


def test_the_senders_reference_stands_in_for_an_order_number():
    rows = [("Order", "Customer ID", "Order date", "Customer reference"), (None, "A", date(2026, 1, 1), "PO-1")]

    assert rows_of("Orders", rows).issues == []


def test_a_needed_column_that_is_missing_counts_only_for_new_rows():
    batch = rows_of("Products", [("SKU", "Price"), ("001", 5.0), ("002", 6.0)])

    assert batch.issues == []
    assert batch.missing == ("name", "unit")
    assert [issue.cell for issue in lacking(batch, [1])] == ["A3", "A3"]


def test_a_misspelt_header_of_a_needed_column_is_a_fault_at_its_cell_too():
    batch = rows_of("Products", [("SKU", "Nmae", "Unit"), ("001", "Tea", "pcs"), ("002", "Mug", "pcs")], top=1)

    first, *rows = lacking(batch, [0, 1])

    assert (first.cell, first.column, first.row) == ("B1", "Nmae", 1)
    assert sentence(first) == "Nmae: It is not one of our columns. Did you mean Name? Then name it so in B1."
    assert [issue.cell for issue in rows] == ["A2", "A3"]
    assert lacking(batch, []) == []


def test_a_misspelt_header_of_another_column_is_a_note():
    batch = rows_of("Products", [("SKU", "Name", "Unit", "Catgeory", "Colour"), ("001", "Tea", "pcs", "A1", "red")])

    assert batch.issues == []
    assert [note.rpartition("kept out.")[2] for note in batch.notes] == [" Did you mean Category?", ""]


def test_a_file_without_its_key_column_says_what_to_do():
    with pytest.raises(CannotRun, match=r"there is no column SKU, which every row of Products needs\. Add it\.$"):
        rows_of("Products", [("Name", "Unit"), ("Tea", "pcs")])
    with pytest.raises(CannotRun, match=r"needs\. Did you mean SKU\? Then name it so in A1\.$"):
        rows_of("Products", [("SKUU", "Name"), ("001", "Tea")], top=1)


def test_a_unit_that_may_be_parted_without_being_a_measure_is_noted():
    rows = [("SKU", "Name", "Unit"), ("1", "Tea", "piece"), ("2", "Mug", "PCS"), ("3", "Oil", "l")]

    batch = rows_of("Products", rows)

    assert batch.issues == []
    assert [note.split(" parts")[0] for note in batch.notes] == ["a.xlsx: of the unit piece"]


def test_an_empty_key_in_a_file_is_not_said_to_be_given():
    batch = rows_of("Payments", [("Payment", "Amount"), (None, 5.0)])

    assert [issue.fix for issue in batch.issues] == [
        "Fill in Payment or Reference: by it the row is known when it comes again."
    ]


def test_a_repeated_key_is_a_fault_at_the_second():
    batch = lines_of([("1", 1, "001", 1.0, None), ("2", 1, "001", 1.0, None), ("1", "1", "002", 2.0, None)])

    assert texts(batch) == ["B4 Line"]
    assert "row 2" in batch.issues[0].problem


def test_keys_that_trimming_or_unicode_make_equal_are_repeated():
    batch = rows_of("Customers", [("Customer ID", "Name"), ("Émile", "A"), (" E\u0301mile ", "B")])

    assert texts(batch) == ["A3 Customer ID"]
    assert "already" in batch.issues[0].problem


def test_keys_that_differ_only_in_case_are_a_fault_that_names_the_first():
    batch = rows_of("Customers", [("Customer ID", "Name"), ("ALFKI", "A"), ("Alfki", "B")])

    assert texts(batch) == ["A3 Customer ID"]
    assert "ALFKI" in batch.issues[0].problem


def test_a_requested_date_before_the_order_date_is_a_fault():
    head = ("Order", "Customer ID", "Order date", "Requested date")
    early, same = date(2026, 11, 1), date(2026, 11, 2)
    batch = rows_of("Orders", [head, ("1", "A", same, early), ("2", "A", same, same), ("3", "A", same, None)])

    assert texts(batch) == ["D2 Requested date"]


def test_a_price_cannot_end_before_it_begins():
    head = ("Price list", "SKU", "Minimum quantity", "Price", "Valid from", "Valid to")
    batch = rows_of("Prices", [head, ("R", "1", 1.0, 2.0, date(2026, 2, 1), date(2026, 1, 1))])

    assert texts(batch) == ["F2 Valid to"]


def test_places_follow_the_rows_own_currency_and_unit():
    payments = rows_of(
        "Payments",
        [
            ("Payment", "Paid on", "Amount", "Currency", "Method"),
            ("1", date(2026, 1, 1), 10.5, "JPY", "Cash"),
            ("2", date(2026, 1, 1), 10.555, "EUR", "Cash"),
            ("3", date(2026, 1, 1), 10.555, None, "Cash"),
        ],
    )
    products = rows_of("Products", [("SKU", "Name", "Unit", "Reorder point"), ("1", "Chai", "pcs", 1.5)])

    assert texts(payments) == ["C2 Amount", "C3 Amount"]
    assert texts(products) == ["D2 Reorder point"]


def test_lines_without_a_number_are_numbered_past_those_in_use():
    batch = lines_of(
        [
            ("1", None, "a", 1.0, None),
            ("2", None, "b", 1.0, None),
            ("1", 2, "c", 1.0, None),
            ("1", None, "d", 1.0, None),
        ]
    )

    assert batch.columns["line"] == ["1", "1", "2", "3"]
    assert batch.issues == []


def test_unknown_codes_are_marked_with_the_nearest_known_one():
    batch = rows_of(
        "Orders",
        [
            ("Order", "Customer ID", "Order date"),
            *((str(n), c, date(2026, 1, 1)) for n, c in enumerate(("ALFKI", "ALFKX", "alfki", None, "ZZZZZ"))),
        ],
        Needs.SHEET,
    )

    issues = unknown_values(batch, "customer_id", {"ALFKI", "ANATR"})

    assert [issue.cell for issue in issues] == ["B3", "B4", "B6"]
    assert (
        sentence(issues[0]) == "Customer ID: ALFKX is not in Customers. Choose one from the list; the nearest is ALFKI."
    )
    assert issues[1].problem == "alfki differs from ALFKI only in case."
    assert batch.bad == {1, 2, 4}
    assert unknown_values(batch, "channel", set()) == []


def test_a_fault_in_one_row_refuses_its_whole_order_and_no_other():
    orders = rows_of(
        "Orders",
        [
            ("Order", "Customer ID", "Order date"),
            ("1", "A", "soon"),
            ("2", "A", date(2026, 1, 1)),
            ("3", "A", date(2026, 1, 1)),
        ],
    )
    lines = lines_of(
        [("1", 1, "a", 1.0, None), ("2", 1, "b", -1.0, None), ("2", 2, "c", 1.0, None), ("3", 1, "d", 1.0, None)]
    )

    assert refused_rows([orders, lines]) == [{0, 1}, {0, 1, 2}]
    kept_orders, kept_lines = accepted([orders, lines])
    assert kept_orders.columns["order"] == ["3"]
    assert kept_lines.rows == [5]


def test_rows_of_other_tables_stand_for_themselves():
    batch = rows_of("Customers", [("Customer ID", "Name"), ("A", None), ("B", "B")])

    assert refused_rows([batch]) == [{0}]


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    rows = [("Customer ID", "Name", "Street"), ("=A1", "=cmd|' /C calc'!A0", "+49"), ("@b", "-1+2", "=1")]
    for path in (make_csv(tmp_path / "Customers.csv", rows), make_book(tmp_path / "Customers.xlsx", {"S": rows})):
        (batch,) = read_rows(path)

        assert batch.issues == []
        assert batch.columns["customer_id"] == ["=A1", "@b"]
        assert batch.columns["street"] == ["+49", "=1"]


def test_a_header_without_rows_is_an_empty_batch(tmp_path):
    (batch,) = read_rows(make_csv(tmp_path / "Customers.csv", [("Customer ID", "Name")]))

    assert len(batch) == 0
    assert batch.issues == []


codes = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12)
amounts = st.decimals(min_value=Decimal("0.0001"), max_value=10**9, places=4)


@settings(deadline=None)
@given(st.lists(st.tuples(codes, amounts), min_size=1, max_size=20))
def test_what_was_typed_is_what_is_read_whatever_the_order_of_columns(rows):
    data = [(code, n + 1, "001", float(amount), None) for n, (code, amount) in enumerate(rows)]
    forward, backward = lines_of(data), rows_of("OrderLines", [row[::-1] for row in [LINES, *data]])

    assert forward.columns["quantity"] == [amount for _, amount in rows]
    assert forward.columns == {name: backward.columns[name] for name in forward.columns}
    assert len(forward.issues) == len(backward.issues)


def test_dates_and_moments_of_a_real_workbook_are_read(tmp_path):
    rows = [
        ("Order", "Customer ID", "Order date"),
        ("1", "A", date(2026, 11, 2)),
        ("2", "A", datetime(2026, 11, 2, 9, 30)),
    ]

    (batch,) = read_rows(make_book(tmp_path / "Orders.xlsx", {"S": rows}))

    assert batch.columns["order_date"] == [date(2026, 11, 2), None]
    assert texts(batch) == ["C3 Order date"]


@pytest.mark.parametrize("value", [123.0, 123])
def test_a_number_where_an_identifier_is_due_is_refused_at_its_cell(tmp_path, value):
    (batch,) = read_rows(make_book(tmp_path / "Products.xlsx", {"S": [("SKU", "Price"), (value, 5.0)]}))

    assert texts(batch) == ["A2 SKU"]


@pytest.mark.parametrize(("end", "taken"), [("P1,2", False), ("P1,2\n", True), ("P1,2,5", True), ("P1", False)])
def test_a_last_line_cut_off_is_no_line_with_empty_cells(tmp_path, end, taken):
    path = tmp_path / "lines.csv"
    path.write_text(f"Order,Line,SKU,Quantity,Unit price\nO1,1,P1,1,5\nO1,2,{end}", encoding="utf-8")

    if taken:
        (batch,) = read_rows(path)
        assert len(batch) == 2
    else:
        with pytest.raises(CannotRun, match=r"lines.csv is cut off in line 3: [34] of 5 values stand there"):
            read_rows(path)


def test_the_header_again_and_a_line_of_totals_are_one_fault_each():
    rows = [("R1", 1, "P-1", 2.0, 5.0), LINES, ("Total", None, None, 2.0, None)]

    batch = lines_of(rows)

    assert [(issue.row, issue.cell, issue.problem) for issue in batch.issues] == [
        (3, "A3", "This row is the header again."),
        (4, "A4", "This row is a line of totals."),
    ]
    assert batch.bad == {1, 2}


def test_a_number_beyond_all_measure_is_shown_short():
    batch = lines_of([("R1", 1, "P-1", 1e308, 5.0)])

    assert {len(issue.value) < 30 and len(issue.problem) < 200 for issue in batch.issues} == {True}
    assert batch.issues[0].value == "1E+308"


def test_an_unquoted_comma_in_a_number_is_told_though_the_value_pushed_out_is_empty(tmp_path):
    head = "Order,Line,SKU,Quantity,Unit price,Notes"
    path, trailing = tmp_path / "OrderLines.csv", tmp_path / "OrderLines 2.csv"
    path.write_text(f"{head}\nR-4,1,P-1,1,000,18.00,\nR-5,1,P-1,1,18.00,\n", encoding="utf-8")
    trailing.write_text(f"{head},\nR-5,1,P-1,1,18.00,,\n", encoding="utf-8")

    (issue,) = [issue for issue in read_rows(path)[0].issues if "more values" in issue.problem]

    assert (issue.cell, issue.row) == ("G2", 2)
    assert not read_rows(trailing)[0].issues
