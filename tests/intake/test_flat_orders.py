"""A flat order list becomes orders and lines."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.intake.lists.flat_orders import split_orders
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.tables.check.batches import accepted, refused_rows
from o2c_xl.tables.parse.batch import Block
from tests.intake.intake_files import FLAT, make_book, make_csv, texts

DAY = date(2026, 11, 2)


def split(headers, rows):
    columns = [list(column) for column in zip(*rows, strict=True)]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(headers)]
    return split_orders(Block("a.xlsx", "Nov", headers, columns, letters, range(2, 2 + len(rows))))


def test_a_list_on_a_sheet_of_any_name_is_split(tmp_path):
    rows = [FLAT, ("1", 1, "A", DAY, "x", 2.0), ("1", 2, "A", DAY, "y", 3.0), ("2", 1, "B", DAY, "x", 1.0)]

    orders, lines = read_rows(make_book(tmp_path / "a.xlsx", {"November": rows}))

    assert (orders.table.name, lines.table.name) == ("Orders", "OrderLines")
    assert orders.columns == {"order": ["1", "2"], "customer_id": ["A", "B"], "order_date": [DAY, DAY]}
    assert lines.columns == {
        "order": ["1", "1", "2"],
        "line": ["1", "2", "1"],
        "sku": ["x", "y", "x"],
        "quantity": [2, 3, 1],
    }
    assert (orders.rows, lines.rows, lines.parents) == ([2, 4], [2, 3, 4], [0, 0, 1])
    assert orders.letters["order_date"] == "D"
    assert lines.letters["quantity"] == "F"


@pytest.mark.parametrize("name", ["Orders.csv", "OrderLines.csv", "november.csv"])
def test_a_csv_of_any_name_is_split(tmp_path, name):
    rows = [FLAT, ("0001", "1", "A", "2026-11-02", "007", "2")]

    orders, lines = read_rows(make_csv(tmp_path / name, rows))

    assert orders.columns["order"] == ["0001"]
    assert lines.columns["sku"] == ["007"]


def test_missing_lines_are_numbered_in_the_files_order_within_each_order():
    headers = tuple(header for header in FLAT if header != "Line")
    rows = [("2", "A", DAY, "a", 1.0), ("1", "A", DAY, "b", 1.0), ("2", "A", DAY, "c", 1.0), ("1", "A", DAY, "d", 1.0)]

    orders, lines = split(headers, rows)

    assert lines.columns["line"] == ["1", "1", "2", "2"]
    assert orders.columns["order"] == ["2", "1"]
    assert lines.parents == [0, 1, 0, 1]
    assert lines.issues == []


def test_repeated_values_must_agree_and_the_first_that_differs_is_at_fault():
    rows = [
        ("1", 1, "A", DAY, "x", 1.0),
        ("2", 1, "B", DAY, "x", 1.0),
        ("1", 2, "B", DAY, "x", 1.0),
        ("1", 3, "C", DAY, "x", 1.0),
    ]

    orders, lines = split(FLAT, rows)

    assert texts(lines) == ["C4 Customer ID"]
    assert '"B" differs from "A" in C2' in lines.issues[0].problem
    assert lines.issues[0].key == "1/2"
    assert refused_rows([orders, lines]) == [{0}, {0, 2, 3}]


def test_an_optional_value_may_stand_in_one_row_of_the_order_only():
    headers = (*FLAT, "Freight")
    rows = [("1", 1, "A", DAY, "x", 1.0, None), ("1", 2, "A", DAY, "x", 1.0, 12.5), ("1", 3, "A", DAY, "x", 1.0, None)]

    orders, lines = split(headers, rows)

    assert orders.columns["freight"] == [12.5]
    assert lines.issues == []


def test_a_needed_value_is_needed_in_every_row():
    rows = [("1", 1, "A", DAY, "x", 1.0), ("1", 2, None, DAY, None, None)]

    _, lines = split(FLAT, rows)

    assert texts(lines) == ["C3 Customer ID", "E3 SKU", "F3 Quantity"]


def test_a_fault_in_an_orders_column_stands_at_its_own_row():
    rows = [("1", 1, "A", DAY, "x", 1.0), ("1", 2, "A", "31.02.26", "x", 1.0)]

    orders, lines = split(FLAT, rows)

    assert texts(lines) == ["D3 Order date"]
    assert orders.issues == []
    assert orders.columns["order_date"] == [DAY]
    assert accepted([orders, lines])[0].columns["order"] == []


def test_the_orders_requested_date_is_the_earliest_of_its_lines():
    headers = (*FLAT, "Requested date")
    early, late = date(2026, 11, 9), date(2026, 11, 16)
    rows = [("1", 1, "A", DAY, "x", 1.0, late), ("1", 2, "A", DAY, "x", 1.0, early), ("1", 3, "A", DAY, "x", 1.0, None)]

    orders, lines = split(headers, rows)

    assert orders.columns["requested_date"] == [early]
    assert lines.columns["requested_date"] == [late, early, None]


def test_a_line_wanted_before_its_orders_date_is_at_fault():
    headers = (*FLAT, "Requested date")

    _, lines = split(headers, [("1", 1, "A", DAY, "x", 1.0, date(2026, 11, 1))])

    assert texts(lines) == ["G2 Requested date"]


def test_a_list_without_rows_brings_none(tmp_path):
    for rows in ([FLAT], [FLAT, ("", "", "", "", "", "")]):
        orders, lines = read_rows(make_csv(tmp_path / "a.csv", rows))

        assert (len(orders), len(lines), lines.issues, lines.parents) == (0, 0, [], [])


def test_orders_without_a_number_are_told_apart_by_the_senders_reference():
    headers = (*FLAT, "Customer reference")
    rows = [
        (None, None, "A", DAY, "x", 1.0, "PO-1"),
        (None, None, "B", DAY, "x", 1.0, "PO-1"),
        (None, None, "A", DAY, "y", -1.0, "PO-1"),
        (None, None, "A", DAY, "y", 1.0, None),
    ]

    orders, lines = split(headers, rows)

    assert lines.parents == [0, 1, 0, 2]
    assert lines.columns["line"] == ["1", "1", "2", "1"]
    assert texts(lines) == ["F4 Quantity", "A5 Order"]
    assert refused_rows([orders, lines]) == [{0, 2}, {0, 2, 3}]
    kept_orders, kept_lines = accepted([orders, lines])
    assert kept_orders.columns["customer_id"] == ["B"]
    assert kept_lines.parents == [0]


def test_a_list_without_orders_numbers_is_read_by_the_senders_references():
    headers = ("Customer reference", *FLAT[1:])
    rows = [("PO-1", 1, "A", DAY, "x", 1.0), ("PO-2", 1, "A", DAY, "x", 2.0), (None, 1, "A", DAY, "y", 1.0)]

    orders, lines = split(headers, rows)

    assert orders.columns["customer_reference"] == ["PO-1", "PO-2", None]
    assert lines.parents == [0, 1, 2]
    assert [(issue.cell, issue.column) for issue in lines.issues] == [("A4", "Customer reference")]
    assert lines.issues[0].fix == ("Fill in Order or Customer reference: by it the row is known when it comes again.")


def test_repeated_line_numbers_and_other_spellings_of_an_order_are_faults():
    rows = [("SO-1", 1, "A", DAY, "x", 1.0), ("SO-1", 1, "A", DAY, "y", 1.0), ("so-1", 1, "A", DAY, "z", 1.0)]

    _, lines = split(FLAT, rows)

    assert texts(lines) == ["B3 Line", "A4 Order"]


def test_text_numbers_dates_and_places_keep_their_own_cells_in_a_csv_with_quoted_lines(tmp_path):
    headers = (*FLAT, "Notes")
    second = ("2", "1", "A", "2026-11-02", "x", "-1", "")
    rows = [headers, ("1", "1", "A", "2026-11-02", "x", "1", "two\nlines"), second]

    orders, lines = read_rows(make_csv(tmp_path / "a.csv", rows))

    assert orders.columns["notes"] == ["two\nlines", None]
    assert texts(lines) == ["F4 Quantity"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(1, 99)), min_size=1, max_size=30))
def test_no_line_is_lost_and_none_is_invented(wanted):
    rows = [(order, None, f"C-{order}", DAY, "x", float(quantity)) for order, quantity in wanted]

    orders, lines = split(FLAT, rows)

    assert lines.columns["quantity"] == [quantity for _, quantity in wanted]
    assert lines.columns["order"] == [order for order, _ in wanted]
    assert orders.columns["order"] == list(dict.fromkeys(order for order, _ in wanted))
    assert [orders.columns["order"][parent] for parent in lines.parents] == lines.columns["order"]
    assert len(set(zip(lines.columns["order"], lines.columns["line"], strict=True))) == len(wanted)
    assert lines.issues == []
