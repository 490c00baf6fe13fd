"""The row of a key is found by what the parser makes of the key's cell, however it was typed."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.cells import Fault, parse_cell
from o2c_xl.workbook.fingerprint import column_texts
from o2c_xl.workbook.sync.sheet_state import state_of
from tests.sync.desk import Desk

CUSTOMER = {"Name": "Alfreds", "Country": "DE"}
PRODUCT = {"Name": "Chai", "Unit": "pcs"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "company", tables=("Customers", "Products", "Orders", "OrderLines"))


@pytest.mark.parametrize("typed", ["AAA ", " AAA", "AAA\u00a0", "Mu\u0308ller", "M\u00fcller ", "A B", "'A ", "\tA"])
def test_a_key_with_space_at_its_edge_is_the_row_it_stands_in(desk: Desk, typed: str) -> None:
    desk.add("Customers", {"Customer ID": typed, **CUSTOMER})

    outcome = desk.sync()
    desk.type("Customers", next(iter(desk.rows("Customers"))), {"Name": "Alfreds Futterkiste"})
    desk.sync()
    before = desk.book.read_bytes()
    desk.sync()

    (row,) = desk.rows("Customers").values()
    (held,) = desk.shown("Customers")
    assert not outcome.issues
    assert held["Customer ID"] == unicodedata.normalize("NFC", typed).strip()
    assert held["Name"] == row["Name"] == "Alfreds Futterkiste"
    assert desk.book.read_bytes() == before


def test_a_line_of_an_order_with_space_at_its_number_is_answered_where_it_stands(desk: Desk) -> None:
    desk.add("Customers", {"Customer ID": "AAA", **CUSTOMER})
    desk.add("Products", {"SKU": "P1 ", **PRODUCT})
    desk.add("Orders", {"Order": "77 ", "Customer ID": "AAA ", "Order date": "2026-03-02"})
    desk.add("OrderLines", {"Order": " 77", "Line": " 1", "SKU": "P1", "Quantity": 2})
    desk.sync()

    desk.type("OrderLines", next(iter(desk.rows("OrderLines"))), {"Quantity": 3})
    desk.sync()

    assert [len(desk.rows(name)) for name in desk.tables] == [1, 1, 1, 1]
    assert [line["Quantity"] for line in desk.shown("OrderLines")] == [3]


@pytest.mark.parametrize("order", [("AAA", "AAA "), ("AAA ", "AAA"), ("AAA", "AAA")])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_key_that_comes_again_is_told_beside_the_second(desk: Desk, order: tuple[str, str], at_once: bool) -> None:
    desk.add("Customers", {"Customer ID": order[0], **CUSTOMER})
    if not at_once:
        desk.sync()
    desk.add("Customers", {"Customer ID": order[1], **CUSTOMER, "Name": "Another"})

    told: list[list[Any]] = []
    for _ in range(2):
        desk.sync()
        told.append([row["Check"] for row in desk.rows("Customers").values()])

    assert told[0] == told[1]
    assert len(told[0]) == 2
    assert told[0][0] is None
    assert "AAA stands in row" in told[0][1]
    assert [row["Name"] for row in desk.shown("Customers")] == ["Alfreds"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_row_that_repeats_a_key_is_told_by_a_run_too_and_changes_nothing_of_the_first(
    desk: Desk, *, at_once: bool
) -> None:
    desk.add("Customers", {"Customer ID": "AAA", **CUSTOMER})
    if not at_once:
        desk.run()
    desk.add("Customers", {"Customer ID": "AAA", **CUSTOMER, "Name": "Another"})

    runs = [desk.run() for _ in range(2)]

    for outcome in runs:
        assert [issue.problem for issue in outcome.issues] == ["AAA stands in row 2 already."]
    assert not runs[1].changed
    assert [row["Name"] for row in desk.rows("Customers").values()] == ["Alfreds", "Another"]
    assert [row["Name"] for row in desk.shown("Customers")] == ["Alfreds"]


@given(st.sampled_from(["Customers", "SupplierPrices", "Roles"]), st.data())
def test_whatever_the_parser_takes_for_a_key_is_the_key_of_the_row(name: str, data: st.DataObject) -> None:
    table = BY_NAME[name]
    cell = st.one_of(
        st.text(min_size=1, max_size=4), st.sampled_from(["0\x1f", " 5", "5.0", "finance", "Finance ", 5.0, "\u00a0A"])
    )
    values = {column.header: data.draw(cell) for column in table.keys}
    parsed = [parse_cell(column, values[column.header]) for column in table.keys]

    columns = [column_texts([values.get(column.header)]) for column in table.columns]
    state = state_of(table, table.headers, 2, columns)

    if not any(part is None or part.__class__ is Fault for part in parsed):
        # a number is one however many places it was typed with
        as_text = [format(p.normalize(), "f") if hasattr(p, "normalize") else str(p) for p in parsed]
        assert list(state.rows) == ["/".join(as_text)]


@pytest.mark.parametrize("head", ["O5", "o5"])
def test_a_line_that_names_its_order_in_another_case_holds_the_order_and_says_so_at_every_sync(
    desk: Desk, head: str
) -> None:
    desk.add("Customers", {"Customer ID": "AAA", **CUSTOMER})
    desk.add("Products", {"SKU": "P1", **PRODUCT})
    desk.add("Orders", {"Order": head, "Customer ID": "AAA", "Order date": "2026-03-02"})
    line = {"SKU": "P1", "Quantity": 2}
    desk.add("OrderLines", {"Order": head, "Line": "1", **line}, {"Order": head.swapcase(), "Line": "2", **line})

    first = desk.sync()
    before = desk.book.read_bytes()
    again = desk.sync()
    unchanged = desk.book.read_bytes() == before
    (wrong,) = (place for place, row in desk.rows("OrderLines").items() if row["Order"] != head)
    told = desk.rows("OrderLines")[wrong]["Check"]
    refused = desk.shown("Orders")
    desk.type("OrderLines", wrong, {"Order": head})
    mended = desk.sync()

    sentence = f"'{head.swapcase()}' differs from {head} only in case."
    assert [issue.problem for issue in first.issues] == [issue.problem for issue in again.issues] == [sentence]
    assert told == f"Order: {sentence} Write {head}, or use another key."
    assert unchanged
    assert refused == []
    assert not mended.issues
    assert len(desk.shown("OrderLines")) == 2


def test_the_second_sync_after_a_line_in_another_case_changes_no_byte(desk: Desk) -> None:
    desk.add("Customers", {"Customer ID": "AAA", **CUSTOMER})
    desk.add("Products", {"SKU": "P1", **PRODUCT})
    desk.add("Orders", {"Order": "O5", "Customer ID": "AAA", "Order date": "2026-03-02"})
    desk.add("OrderLines", {"Order": "O5", "Line": "1", "SKU": "P1", "Quantity": 2})
    desk.sync()
    desk.add("OrderLines", {"Order": "o5", "Line": "2", "SKU": "P1", "Quantity": 2})

    told = [issue.problem for issue in desk.sync().issues]
    before = desk.book.read_bytes()
    again = [issue.problem for issue in desk.sync().issues]

    assert told == again == ["'o5' differs from O5 only in case."]
    assert desk.book.read_bytes() == before


def test_a_key_typed_over_a_known_one_is_told_beside_its_row_until_it_is_put_back(desk: Desk) -> None:
    desk.add("Customers", {"Customer ID": "AAA", **CUSTOMER})
    desk.add("Orders", {"Order": "O1", "Customer ID": "AAA", "Order date": "2026-03-02"})
    desk.add("OrderLines", {"Order": "O1", "Line": "1", "SKU": "P1", "Quantity": 2})
    desk.sync()
    (place,) = desk.rows("Orders")

    desk.type("Orders", place, {"Order": "O1-neu"})
    told = [[issue.problem for issue in desk.sync().issues if issue.table == "Orders"]]
    before = desk.book.read_bytes()
    told.append([issue.problem for issue in desk.sync().issues if issue.table == "Orders"])
    unchanged = desk.book.read_bytes() == before
    shown, held = desk.rows("Orders"), [row["Order"] for row in desk.shown("Orders")]
    desk.type("Orders", place, {"Order": "O1"})
    desk.sync()

    assert told == [["O1 stood here."]] * 2
    assert unchanged
    assert [row["Order"] for row in shown.values()] == ["O1-neu"]
    assert shown[place]["Check"] == "Order: O1 stood here. Put O1 back; what is new is typed into a new row."
    assert held == ["O1"]
    assert [(row["Order"], row["Check"]) for row in desk.rows("Orders").values()] == [("O1", None)]


@pytest.mark.parametrize("change", [{"Name": "Other"}, {"Name": "Other", "Country": "FR"}])
def test_another_row_typed_in_the_place_of_a_known_one_is_new(desk: Desk, change: dict[str, Any]) -> None:
    desk.add("Customers", {"Customer ID": "AAA", **CUSTOMER})
    desk.sync()
    (place,) = desk.rows("Customers")

    desk.type("Customers", place, {"Customer ID": "BBB", **change})
    outcome = desk.sync()

    assert not outcome.issues
    assert sorted(row["Customer ID"] for row in desk.rows("Customers").values()) == ["AAA", "BBB"]
