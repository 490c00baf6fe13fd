"""Which table a list is, and where its header stands."""

from __future__ import annotations

from datetime import date

import pytest

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.recognise import find_header, shape_of
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.tables.define.catalogue import BY_NAME, TABLES
from o2c_xl.tables.parse.headers import header_key
from tests.intake.intake_files import FLAT, make_book, make_csv

PRODUCT = ("SKU", "Name", "Unit", "Price")
CHAI = ("001", "Chai", "pcs", 18.0)


def names(batches):
    return [batch.table.name for batch in batches]


@pytest.mark.parametrize("table", [table for table in TABLES if table.typed], ids=lambda table: table.name)
def test_every_table_is_told_by_its_own_headers(table):
    bare = {header_key(column.header) for column in table.columns if column.typed or column.key}
    full = {header_key(header) for header in table.headers}

    assert shape_of(full, None).table is table
    assert shape_of(bare, None).table is table


def test_a_list_of_nothing_but_a_key_of_two_columns_is_told_one_of_a_single_column_is_not():
    assert shape_of({"user", "role"}, None).table is BY_NAME["Roles"]
    assert shape_of({"user", "role", "remark"}, None) is None
    assert shape_of({"order"}, None) is None


def test_an_excel_table_is_found_by_its_name_on_a_sheet_of_any_name(tmp_path):
    path = make_book(tmp_path / "a.xlsx", {"Stuff": [PRODUCT, CHAI]}, {"Stuff": "Products"})

    (products,) = read_rows(path)

    assert products.table.name == "Products"
    assert (products.source, products.sheet, products.rows) == ("a.xlsx", "Stuff", [2])
    assert products.columns["sku"] == ["001"]
    assert products.letters == {"sku": "A", "name": "B", "unit": "C", "price": "D"}


@pytest.mark.parametrize("sheet", ["Products", "products ", "PRODUCTS"])
def test_else_a_table_is_found_by_its_sheets_name(tmp_path, sheet):
    path = make_book(tmp_path / "a.xlsx", {"Notes": [("Dear all,",)], sheet: [PRODUCT, CHAI]})

    assert names(read_rows(path)) == ["Products"]


def test_a_sheets_title_is_the_tables_name_with_spaces(tmp_path):
    rows = [("Order", "Line", "SKU", "Quantity"), ("1", 1, "001", 2)]
    path = make_book(tmp_path / "a.xlsx", {"Order Lines": rows})

    assert names(read_rows(path)) == ["OrderLines"]


def test_one_workbook_may_bring_several_tables(tmp_path):
    sheets = {
        "Products": [PRODUCT, CHAI],
        "Customers": [("Customer ID", "Name"), ("ALFKI", "Alfreds")],
        "Remarks": [("Dear all,",), ("nothing here",)],
    }

    assert names(read_rows(make_book(tmp_path / "a.xlsx", sheets))) == ["Products", "Customers"]


def test_the_file_name_tells_the_table_of_an_unnamed_sheet_and_of_a_csv(tmp_path):
    rows = [("SKU", "Price"), ("001", "18")]

    assert names(read_rows(make_csv(tmp_path / "Products.csv", rows))) == ["Products"]
    assert names(read_rows(make_book(tmp_path / "products.xlsx", {"Sheet1": rows}))) == ["Products"]


def test_the_name_as_dropped_counts_where_the_file_was_renamed(tmp_path):
    path = make_csv(tmp_path / "0007.claim", [("SKU", "Price"), ("001", "x")])

    (batch,) = read_rows(path, name="Products.csv")

    assert batch.issues[0].source == "Products.csv"


def test_the_users_word_beats_the_file_name(tmp_path):
    rows = [("Customer ID", "Name"), ("ALFKI", "Alfreds")]
    path = make_csv(tmp_path / "Suppliers.csv", rows)

    assert names(read_rows(path, BY_NAME["Customers"])) == ["Customers"]


def test_the_users_word_picks_one_table_of_a_workbook(tmp_path):
    sheets = {"Products": [PRODUCT, CHAI], "Customers": [("Customer ID", "Name"), ("ALFKI", "Alfreds")]}
    path = make_book(tmp_path / "a.xlsx", sheets)

    assert names(read_rows(path, BY_NAME["Customers"])) == ["Customers"]
    with pytest.raises(CannotRun, match="Suppliers"):
        read_rows(path, BY_NAME["Suppliers"])


def test_a_header_is_found_below_a_letterhead(tmp_path):
    rows = [
        ("Alfreds Futterkiste",),
        (),
        ("Our order of", "2 Nov"),
        (),
        FLAT,
        ("1", 1, "ALFKI", "2026-11-02", "001", 2),
    ]

    orders, lines = read_rows(make_book(tmp_path / "a.xlsx", {"Bestellung": rows}))

    assert (orders.rows, lines.rows) == ([6], [6])


def test_a_table_may_start_in_any_column(tmp_path):
    rows = [(None, None, *PRODUCT), (None, None, "001", "Chai", "pcs", "x")]

    (batch,) = read_rows(make_book(tmp_path / "a.xlsx", {"Sheet1": rows}))

    assert batch.issues[0].cell == "F2"


def test_headers_match_in_any_case_order_and_spacing(tmp_path):
    rows = [(" unit", "PRICE ", "Name\n", "sku"), ("pcs", 18.0, "Chai", "001")]

    (batch,) = read_rows(make_book(tmp_path / "a.xlsx", {"Sheet1": rows}))

    assert batch.columns == {"unit": ["pcs"], "price": [18], "name": ["Chai"], "sku": ["001"]}


def test_unknown_columns_and_those_of_python_are_kept_out_with_a_note(tmp_path):
    rows = [(*PRODUCT, "Colour", "On hand"), (*CHAI, "red", 5.0)]

    (batch,) = read_rows(make_csv(tmp_path / "a.csv", rows))

    assert list(batch.columns) == ["sku", "name", "unit", "price"]
    assert [word in note for word, note in zip(("Colour", "On hand"), batch.notes, strict=True)] == [True, True]


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("Products.csv", [("Name", "Unit"), ("Chai", "pcs")], "no column SKU"),
        ("Orders.csv", [("Customer ID", "Order date"), ("ALFKI", "2026-11-02")], "no column Order"),
        ("OrderLines.csv", [("Order", "SKU", "Quantity"), ("1", "001", "2")], "no column Line"),
        ("list.csv", [("Customer ID", "Order date", "SKU", "Quantity"), ("A", "2026-11-02", "1", "2")], "column Order"),
        ("list.csv", [("Apples", "Pears"), ("1", "2")], "no header row"),
        ("Products.csv", [("SKU", "Name", "sku"), ("1", "2", "3")], "two columns are named sku"),
    ],
)
def test_a_list_that_cannot_be_read_is_one_clear_sentence(tmp_path, name, rows, words):
    with pytest.raises(CannotRun, match=words) as raised:
        read_rows(make_csv(tmp_path / name, rows))

    assert str(raised.value).startswith(name)
    assert str(raised.value).count("\n") == 0


def test_two_tables_of_one_name_stop_the_file(tmp_path):
    sheets = {"Products": [PRODUCT, CHAI], "More": [PRODUCT, ("002", "Chang", "pcs", 19.0)]}
    path = make_book(tmp_path / "a.xlsx", sheets, {"More": "Products"})

    with pytest.raises(CannotRun, match="two tables Products"):
        read_rows(path)


def test_two_order_lists_in_one_workbook_stop_the_file(tmp_path):
    row = ("1", 1, "ALFKI", "2026-11-02", "001", 2)
    path = make_book(tmp_path / "a.xlsx", {"Jan": [FLAT, row], "Feb": [FLAT, row]})

    with pytest.raises(CannotRun, match="two tables Orders, on the sheets Jan and Feb"):
        read_rows(path)


def test_a_second_list_of_a_table_that_came_by_its_name_is_never_left_out(tmp_path):
    sheets = {"Products": [PRODUCT, CHAI], "Old": [PRODUCT, ("002", "Chang", "pcs", 19.0)]}

    with pytest.raises(CannotRun, match="two tables Products, on the sheets Products and Old; keep one"):
        read_rows(make_book(tmp_path / "a.xlsx", sheets))


def test_nor_is_one_of_the_table_that_a_drop_folder_is_for(tmp_path):
    sheets = {"Products": [PRODUCT, CHAI], "More": [PRODUCT, ("002", "Chang", "pcs", 19.0)]}

    with pytest.raises(CannotRun, match="two tables Products, on the sheets Products and More; keep one"):
        read_rows(make_book(tmp_path / "a.xlsx", sheets), BY_NAME["Products"])


def test_a_sheet_that_is_no_list_of_ours_is_told(tmp_path):
    sheets = {"Products": [PRODUCT, CHAI], "Legend": [("P", "in pieces"), ("K", "in kilograms")]}

    (batch,) = read_rows(make_book(tmp_path / "a.xlsx", sheets))

    assert batch.notes == ["a.xlsx, sheet Legend: not read, since it is no list of a table of ours."]


def test_lines_that_show_their_orders_customer_beside_an_orders_table_are_no_flat_list(tmp_path):
    sheets = {
        "Orders": [("Order", "Customer ID", "Order date"), ("1", "ALFKI", date(2026, 11, 2))],
        "OrderLines": [("Order", "Line", "SKU", "Quantity", "Customer ID"), ("1", 1, "001", 2, "ALFKI")],
    }

    assert names(read_rows(make_book(tmp_path / "a.xlsx", sheets))) == ["Orders", "OrderLines"]


def test_a_table_that_only_python_fills_is_taken_from_no_file(tmp_path):
    path = make_csv(tmp_path / "Waiting.csv", [("Subject", "What stops it"), ("1", "stock")])

    with pytest.raises(CannotRun, match="filled by Python"):
        read_rows(path, BY_NAME["Waiting"])
    with pytest.raises(CannotRun, match="no header row"):
        read_rows(path)


def test_headers_that_fit_two_tables_ask_for_the_users_word():
    keys = {"supplier id", "sku", "price", "name"}

    with pytest.raises(CannotRun, match="--table"):
        shape_of(keys, None)


def test_data_rows_are_no_header():
    assert find_header([("x", "y"), (1.0, None), ()], None) is None
    assert find_header([], BY_NAME["Orders"]) is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512])
def test_an_unreadable_file_is_one_clear_sentence(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)

    with pytest.raises(CannotRun):
        read_rows(path)


def test_a_file_that_is_not_there_is_one_clear_sentence(tmp_path):
    with pytest.raises(CannotRun, match=r"a\.csv cannot be read"):
        read_rows(tmp_path / "a.csv")


def test_a_list_that_no_table_fits_says_what_to_do(tmp_path):
    path = make_csv(tmp_path / "a.csv", [("Name", "Street", "City"), ("x", "y", "z")])

    with pytest.raises(CannotRun, match=r"Give it the header .+, or make a layout .* o2c layout learn FILE"):
        read_rows(path)
