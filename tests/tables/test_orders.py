"""Orders are taken as units: received once, amended where they may be, refused whole with every fault marked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.trade_sales import ORDER_LINES, ORDERS
from o2c_xl.tables.parse.rowset import RowSet
from o2c_xl.tables.show.views import Scope, fields_of, view_rows
from o2c_xl.tables.take.orders import take_order_book

DAY = dt.date(2026, 3, 2)
POLICY = policy_of({})


def heads(*rows: dict[str, Any], shared: bool = False) -> RowSet:
    return rowset(ORDERS, rows, shared=shared)


def lines(*rows: dict[str, Any], shared: bool = False) -> RowSet:
    return rowset(ORDER_LINES, rows, shared=shared)


def rowset(table: Any, rows: Any, *, shared: bool) -> RowSet:
    names = list(dict.fromkeys(name for row in rows for name in row))
    letters = dict(zip(names, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False))
    columns = {name: [row.get(name) for row in rows] for name in names}
    return RowSet(table, "orders.xlsx", table.title, columns, list(range(2, len(rows) + 2)), letters, shared=shared)


def head(order: str | None = "1001", **more: Any) -> dict[str, Any]:
    return {"order": order, "customer_id": "ALFKI", "order_date": DAY, **more}


def line(order: str | None = "1001", number: str | None = "1", **more: Any) -> dict[str, Any]:
    return {"order": order, "line": number, "sku": "MUG", "quantity": Decimal(5), **more}


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    with memory_ledger.transaction(DAY) as txn:
        txn.insert(schema.customers, [{"customer_id": "ALFKI", "name": "Alfreds", "currency": "EUR"}])
        txn.insert(
            schema.products,
            [
                {"sku": "MUG", "name": "Mug", "unit": "pcs", "price": Decimal("4.50")},
                {"sku": "TEA", "name": "Tea", "unit": "kg", "price": Decimal(9)},
            ],
        )
    return memory_ledger


def take(ledger: Ledger, orders: RowSet | None, order_lines: RowSet | None = None) -> int:
    with ledger.transaction(DAY) as txn:
        return sum(take_order_book(txn, orders, order_lines, POLICY))


def stored(ledger: Ledger, table: Any) -> list[Any]:
    with ledger.reading() as conn:
        return list(conn.execute(select(table)).all())


def journal(ledger: Ledger) -> list[tuple[str, str]]:
    """The entries, without that of the master data the shop began with."""
    entries = [(row.event, row.subject) for row in stored(ledger, schema.journal)]
    return [entry for entry in entries if entry[0] != "rows changed"]


def test_a_new_order_is_kept_with_its_lines_and_one_journal_entry(shop: Ledger) -> None:
    count = take(shop, heads(head(notes="x")), lines(line(), line(number="2", sku="TEA", quantity=Decimal("0.125"))))

    (order,) = stored(shop, schema.orders)
    assert count == 3
    assert (order.status, order.asked_by, order.source, order.row) == ("Incomplete", "anna", "orders.xlsx", 2)
    assert [(row.line, row.position, row.quantity) for row in stored(shop, schema.order_lines)] == [
        ("1", 1, 5),
        ("2", 2, Decimal("0.125")),
    ]
    assert journal(shop) == [("order received", "1001")]


def test_an_order_that_is_held_before_it_has_prices_shows_no_amounts_instead_of_zero(shop: Ledger) -> None:
    take(shop, heads(head(action="Hold")), lines(line()))

    with shop.reading() as conn:
        shown = [
            dict(zip(fields_of(table), row, strict=True))
            for table in (ORDERS, ORDER_LINES)
            for row in view_rows(conn, table, Scope(DAY, None, {}, "EUR", DAY))
        ]

    assert [(one["net"], one.get("total")) for one in shown] == [(None, None), (None, None)]


def test_the_same_rows_again_change_nothing(shop: Ledger) -> None:
    take(shop, heads(head(freight=Decimal("5.10"))), lines(line(requested_date=DAY, remedy=None)))

    again = take(shop, heads(head(freight=Decimal("5.1"))), lines(line(requested_date=DAY, remedy=None)))

    assert again == 0
    assert journal(shop) == [("order received", "1001")]


def test_freight_is_held_against_the_currency_of_the_customer_whom_the_ledger_names(shop: Ledger) -> None:
    take(shop, heads(head()), lines(line()))
    orders = heads({"order": "1001", "freight": Decimal("5.125")})

    count = take(shop, orders)

    assert count == 0
    assert [issue.problem for issue in orders.issues] == ["5.125 has more decimal places than EUR (2)."]


def test_a_column_that_is_absent_leaves_the_value_and_an_empty_cell_empties_it(shop: Ledger) -> None:
    take(shop, heads(head(notes="call", channel="Phone")), lines(line()))

    take(shop, heads(head(channel=None)))

    (order,) = stored(shop, schema.orders)
    assert (order.notes, order.channel) == ("call", "")
    assert journal(shop)[-1] == ("order amended", "1001")


def test_a_new_line_of_a_known_order_is_an_amendment(shop: Ledger) -> None:
    take(shop, heads(head()), lines(line()))

    count = take(shop, None, lines(line(), line(number="7")))

    assert count == 1
    assert [(row.line, row.position) for row in stored(shop, schema.order_lines)] == [("1", 1), ("7", 2)]


def test_less_quantity_gives_stock_back(shop: Ledger) -> None:
    take(shop, heads(head()), lines(line()))
    with shop.transaction(DAY) as txn:
        txn.reserve("MUG", Decimal(5))
        txn.conn.execute(update(schema.order_lines).values(allocated=Decimal(5)))
        txn.conn.execute(update(schema.orders).values(status="To pick", credit_state="Approved"))

    take(shop, None, lines(line(quantity=Decimal(2))))

    (row,), (stock,), (order,) = (stored(shop, t) for t in (schema.order_lines, schema.stock, schema.orders))
    assert (row.quantity, row.allocated, stock.allocated) == (2, 2, 2)
    assert (order.status, order.credit_state) == ("Incomplete", "")


def test_notes_do_not_send_an_order_back(shop: Ledger) -> None:
    take(shop, heads(head()), lines(line()))
    with shop.transaction(DAY) as txn:
        txn.conn.execute(update(schema.orders).values(status="To pick"))

    take(shop, heads(head(notes="ring twice", priority=1)))

    assert stored(shop, schema.orders)[0].status == "To pick"


@pytest.mark.parametrize(
    ("change", "order_state", "line_state"),
    [
        ({"quantity": Decimal(4)}, {"status": "Picked"}, {"picked": Decimal(5), "allocated": Decimal(5)}),
        ({"sku": "TEA"}, {"status": "Shipped"}, {"shipped": Decimal(5)}),
        ({"remedy": "Cancel"}, {"status": "Cancelled"}, {"cancelled": Decimal(5)}),
    ],
)
def test_what_is_picked_shipped_or_ended_is_refused_at_the_changed_cell(
    shop: Ledger, change: dict[str, Any], order_state: dict[str, Any], line_state: dict[str, Any]
) -> None:
    take(shop, heads(head()), lines(line(remedy=None)))
    with shop.transaction(DAY) as txn:
        txn.conn.execute(update(schema.orders).values(**order_state))
        txn.conn.execute(update(schema.order_lines).values(**line_state))

    rows = lines(line(**{"remedy": None, **change}))
    count = take(shop, None, rows)

    assert count == 0
    assert [issue.column for issue in rows.issues] == [ORDER_LINES.by_field[next(iter(change))].header]
    assert len(journal(shop)) == 1


@pytest.mark.parametrize(
    ("done", "mend"),
    [
        ({"picked": Decimal(5), "allocated": Decimal(5)}, "Type Berlin back. Cancel what is open, and order it anew."),
        ({"shipped": Decimal(5)}, "Type Berlin back. Enter a return, and order it anew."),
    ],
)
def test_what_to_type_back_is_said_first_since_a_request_in_the_same_row_waits_with_it(
    shop: Ledger, done: dict[str, Any], mend: str
) -> None:
    take(shop, heads(head(ship_to_city="Berlin")), lines(line()))
    with shop.transaction(DAY) as txn:
        txn.conn.execute(update(schema.order_lines).values(**done))

    rows = heads(head(ship_to_city="Bonn", action="Cancel"), shared=True)
    take(shop, rows)

    assert [issue.fix for issue in rows.issues if issue.column == "Ship to city"] == [mend]


def test_an_action_that_comes_too_late_is_a_fault(shop: Ledger) -> None:
    take(shop, heads(head()), lines(line()))
    with shop.transaction(DAY) as txn:
        txn.conn.execute(update(schema.orders).values(status="Shipped"))

    rows = heads(head(action="Cancel"))
    take(shop, rows)

    assert [(issue.column, issue.cell) for issue in rows.issues] == [("Action", "D2")]
    assert "too late" in rows.issues[0].problem


def test_an_order_with_a_fault_in_one_row_is_refused_whole_and_the_others_go_in(shop: Ledger) -> None:
    rows = lines(line(), line(number="2", sku="MUX"), line("1002"))
    take(shop, heads(head(), head("1002")), rows)

    assert [issue.cell for issue in rows.issues] == ["C3"]
    assert "MUG" in rows.issues[0].fix
    assert [order.order for order in stored(shop, schema.orders)] == ["1002"]
    assert [row.order for row in stored(shop, schema.order_lines)] == ["1002"]


def test_a_fault_found_while_reading_refuses_the_order(shop: Ledger) -> None:
    orders, rows = heads(head()), lines(line(quantity=None))
    rows.fault(0, "quantity", "It is empty.", "Fill it in.")

    assert take(shop, orders, rows) == 0
    assert stored(shop, schema.orders) == []


def test_a_shared_workbook_keeps_an_order_with_an_unknown_customer_and_marks_it(shop: Ledger) -> None:
    orders = heads(head(customer_id="ALFKO"), shared=True)
    take(shop, orders, lines(line(sku="CUP"), shared=True))

    assert stored(shop, schema.orders)[0].customer_id == "ALFKO"
    assert [issue.column for issue in orders.issues] == ["Customer ID"]


def test_of_many_unknown_products_the_nearest_is_told_of_the_first(shop: Ledger) -> None:
    order_lines = lines(*(line(number=str(n), sku=f"MUG{n:02}") for n in range(1, 61)))
    take(shop, heads(head()), order_lines)

    fixes = [issue.fix for issue in order_lines.issues]
    assert fixes[0] == "Choose one from the list; the nearest is MUG."
    assert fixes[-1] == "Choose one from the list or add it to Products first."


def test_a_key_that_differs_only_in_case_names_the_known_one(shop: Ledger) -> None:
    take(shop, heads(head("Web-1a")), lines(line("Web-1a")))

    orders = heads(head("WEB-1A"))
    take(shop, orders)

    assert "Web-1a" in orders.issues[0].problem
    assert len(stored(shop, schema.orders)) == 1


def test_an_empty_key_in_a_shared_workbook_is_given(shop: Ledger) -> None:
    orders = heads(head(None), head(None), shared=True)
    take(shop, orders)

    assert orders.columns["order"] == ["SO-000001", "SO-000002"]
    assert [order.order for order in stored(shop, schema.orders)] == ["SO-000001", "SO-000002"]


def test_a_number_that_another_order_bears_is_not_given(shop: Ledger) -> None:
    take(shop, heads(head("SO-000001"), head("SO-000003")))

    orders = heads(head(None), head("SO-000004"), head(None), shared=True)
    take(shop, orders)

    assert orders.columns["order"] == ["SO-000002", "SO-000004", "SO-000005"]
    assert len(stored(shop, schema.orders)) == 5


def test_a_number_that_only_a_line_names_is_not_given(shop: Ledger) -> None:
    orders, rows = heads(head(None), shared=True), lines(line("SO-000001"), shared=True)
    take(shop, orders, rows)

    assert orders.columns["order"] == ["SO-000002"]
    assert [(issue.row, issue.column) for issue in rows.issues] == [(2, "Order")]


def test_a_dropped_order_without_number_is_known_again_by_its_reference(shop: Ledger) -> None:
    take(shop, heads(head(None, customer_reference="PO-7")))

    orders = heads(head(None, customer_reference="PO-7"))
    count = take(shop, orders)

    assert count == 0
    assert orders.columns["order"] == ["SO-000001"]


@pytest.mark.parametrize(("first", "again"), [("PO-77", "po-77"), ("Öl 7", "öL 7"), ("Gruß", "GRUSS")])
def test_a_dropped_order_whose_reference_differs_only_in_case_is_a_fault_that_names_it(
    shop: Ledger, first: str, again: str
) -> None:
    take(shop, heads(head(None, customer_reference=first)))

    orders = heads(head(None, customer_reference=again))
    assert take(shop, orders) == 0

    (issue,) = orders.issues
    assert issue.problem == f"'{again}' differs from {first}, the reference of SO-000001, only in case."
    assert issue.fix == f"Write {first}, or enter the order's own number in Order."
    assert len(stored(shop, schema.orders)) == 1


def test_references_of_one_file_that_differ_only_in_case_are_a_fault_at_the_second(shop: Ledger) -> None:
    orders = heads(*(head(None, customer_reference=reference) for reference in ("PO-77", "po-77")))
    take(shop, orders)

    assert [(issue.row, issue.problem) for issue in orders.issues] == [(3, "'po-77' differs from PO-77 only in case.")]


def test_a_reference_that_was_changed_is_known_by_its_new_text(shop: Ledger) -> None:
    take(shop, heads(head(customer_reference="PO-7")))
    take(shop, heads(head(customer_reference="Neu-8")))

    orders = heads(head(None, customer_reference="NEU-8"))
    take(shop, orders)

    assert [issue.problem for issue in orders.issues] == [
        "'NEU-8' differs from Neu-8, the reference of 1001, only in case."
    ]


def test_two_dropped_orders_with_one_reference_are_a_fault_at_the_second(shop: Ledger) -> None:
    orders = heads(head(None, customer_reference="PO-7"), head(None, customer_reference="PO-7"))
    take(shop, orders)

    assert [(issue.row, issue.column) for issue in orders.issues] == [(3, "Order")]
    assert len(stored(shop, schema.orders)) == 1


def test_an_empty_line_number_is_the_next_free_one(shop: Ledger) -> None:
    take(shop, heads(head(), shared=True), lines(line(), line(number="4"), shared=True))

    rows = lines(line(number=None), line(number=None), shared=True)
    take(shop, None, rows)

    assert rows.columns["line"] == ["5", "6"]


def test_a_line_without_its_order_is_a_fault(shop: Ledger) -> None:
    rows = lines(line("9999"), line(None), shared=True)
    take(shop, None, rows)

    assert [(issue.row, issue.column) for issue in rows.issues] == [(2, "Order"), (3, "Order")]
    assert stored(shop, schema.order_lines) == []


def test_places_beyond_the_unit_or_the_currency_are_faults_at_the_cell(shop: Ledger) -> None:
    orders = heads(head(freight=Decimal("1.234")), head("1002"))
    rows = lines(line(quantity=Decimal("1.5")), line("1002", quantity=Decimal("0.1234"), sku="TEA"))
    take(shop, orders, rows)

    assert [issue.column for issue in orders.issues] == ["Freight"]
    assert [issue.row for issue in rows.issues] == [2, 3]
    assert stored(shop, schema.orders) == []


def test_a_line_wanted_before_its_order_date_is_a_fault(shop: Ledger) -> None:
    rows = lines(line(requested_date=DAY - dt.timedelta(days=1)))
    take(shop, heads(head()), rows)

    assert [issue.column for issue in rows.issues] == ["Requested date"]
