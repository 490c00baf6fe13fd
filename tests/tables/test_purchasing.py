"""Taking purchase orders: entered once, changed while they are drafts, after that only in what may still change."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Table, select

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.purchasing import take_purchase_book
from tests.ledgers import DAY

D = Decimal
HEAD = {"po": "PO-1", "supplier_id": "EXOTIC"}
LINE = {"po": "PO-1", "line": "1", "sku": "A", "quantity": D(10), "unit_cost": D("2.50")}


def batch(name: str, *rows: dict[str, Any], shared: bool = False) -> Batch:
    fields = list(dict.fromkeys(field for row in rows for field in row))
    return Batch(
        table=BY_NAME[name],
        source="buy.xlsx",
        sheet=BY_NAME[name].title,
        columns={field: [row.get(field) for row in rows] for field in fields},
        rows=list(range(2, 2 + len(rows))),
        letters=dict(zip(fields, "ABCDEFGH", strict=False)),
        shared=shared,
    )


class Buyer:
    """Takes rows into a ledger with two products and two suppliers; keeps the faults of the last time."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        with ledger.transaction(DAY) as txn:
            txn.insert(s.suppliers, [{"supplier_id": key, "name": key} for key in ("EXOTIC", "NORDIC")])
            txn.insert(
                s.products, [{"sku": "A", "unit": "pcs", "cost": D(4)}, {"sku": "B", "unit": "pcs", "cost": None}]
            )
            price = {"supplier_id": "EXOTIC", "sku": "A", "minimum_quantity": D(5), "price": D("3.10")}
            txn.insert(s.supplier_prices, [price])
        self.faults: list[tuple[str, str]] = []

    def take(self, *, shared: bool = False, heads: Any = (), lines: Any = ()) -> tuple[int, int]:
        head_rows = batch("PurchaseOrders", *heads, shared=shared) if heads else None
        line_rows = batch("PurchaseOrderLines", *lines, shared=shared) if lines else None
        with self.ledger.transaction(DAY) as txn:
            counts = take_purchase_book(txn, head_rows, line_rows, policy_of({}))
        issues = [i for rows in (head_rows, line_rows) if rows for i in rows.issues]
        self.faults = [(issue.cell, f"{issue.column}: {issue.problem} {issue.fix}") for issue in issues]
        return counts

    def status(self, status: str, **more: Any) -> None:
        with self.ledger.transaction(DAY) as txn:
            txn.update(s.purchase_orders, [{"po": "PO-1", "status": status, **more}])

    def one(self, table: Table, *names: str) -> Any:
        with self.ledger.reading() as conn:
            rows = conn.execute(select(*(table.c[name] for name in names)).order_by(*table.primary_key)).all()
        return [tuple(row) for row in rows]


@pytest.fixture
def buyer(memory_ledger: Ledger) -> Buyer:
    return Buyer(memory_ledger)


def test_a_new_order_is_a_draft_with_its_sum(ledger: Ledger) -> None:
    buyer = Buyer(ledger)

    counts = buyer.take(heads=[HEAD], lines=[LINE, {**LINE, "line": "2", "quantity": D(2)}])

    assert counts == (1, 2)
    assert buyer.faults == []
    names = ("po", "supplier_id", "currency", "net", "status", "proposed", "made_on", "asked_by")
    assert buyer.one(s.purchase_orders, *names) == [
        ("PO-1", "EXOTIC", "EUR", D(30), "Draft", False, DAY, "anna"),
    ]
    assert buyer.one(s.purchase_order_lines, "line", "position", "quantity") == [("1", 1, D(10)), ("2", 2, D(2))]


@pytest.mark.parametrize("shared", [True, False])
def test_the_same_again_changes_nothing(buyer: Buyer, shared: bool) -> None:
    rows = {"heads": [HEAD], "lines": [LINE, {**LINE, "line": "2", "unit_cost": None}]}
    buyer.take(shared=shared, **rows)
    head = buyer.ledger.head()

    assert buyer.take(shared=shared, **rows) == (0, 0)
    assert buyer.ledger.head() == head


@pytest.mark.parametrize(
    ("sku", "quantity", "cost", "why"),
    [
        ("A", "10", D("3.10"), "Unit cost: the price of EXOTIC."),
        ("A", "2", D("3.10"), "Unit cost: the price of EXOTIC from 5 on."),
        (
            "B",
            "10",
            None,
            "Unit cost is unknown: EXOTIC has no price for it. Enter one here or in Supplier Prices.",
        ),
    ],
)
def test_an_empty_cost_is_the_suppliers_price(buyer: Buyer, sku: str, quantity: str, cost: object, why: str) -> None:
    buyer.take(heads=[HEAD], lines=[{**LINE, "sku": sku, "quantity": D(quantity), "unit_cost": None}])

    assert buyer.one(s.purchase_order_lines, "unit_cost", "why") == [(cost, why)]


def test_without_a_suppliers_price_the_product_says_what_it_costs(buyer: Buyer) -> None:
    buyer.take(heads=[{**HEAD, "supplier_id": "NORDIC"}], lines=[{**LINE, "unit_cost": None}])

    found = buyer.one(s.purchase_order_lines, "unit_cost", "why")
    assert found == [(D(4), "Unit cost: the Cost of the product.")]


def test_another_supplier_brings_its_own_price_where_none_was_typed(buyer: Buyer) -> None:
    typed = {**LINE, "line": "2", "unit_cost": D("2.50")}
    buyer.take(heads=[HEAD], lines=[{**LINE, "unit_cost": None}, typed])

    buyer.take(heads=[{**HEAD, "supplier_id": "NORDIC"}])

    found = buyer.one(s.purchase_order_lines, "unit_cost", "why")
    assert found == [(D(4), "Unit cost: the Cost of the product."), (D("2.50"), "")]
    assert buyer.one(s.purchase_orders, "net") == [(D(65),)]


def test_a_quantity_of_nothing_takes_a_line_off_a_draft_and_never_the_last(buyer: Buyer) -> None:
    second = {**LINE, "line": "2", "sku": "B"}
    buyer.take(heads=[HEAD], lines=[LINE, second])

    buyer.take(lines=[{**LINE, "quantity": D(0)}], shared=True)
    left = buyer.one(s.purchase_order_lines, "quantity", "why")
    net = buyer.one(s.purchase_orders, "net")
    buyer.take(lines=[{**second, "quantity": D(0)}], shared=True)

    assert (left, net) == ([(D(0), "Taken off the order."), (D(10), "")], [(D(25),)])
    fix = "To buy nothing at all, set Action of the purchase order to Cancel."
    assert buyer.faults == [("D2", f"Quantity: Nothing would be left of PO-1. {fix}")]
    assert buyer.one(s.purchase_order_lines, "quantity") == [(D(0),), (D(10),)]


@pytest.mark.parametrize("shared", [False, True])
def test_a_new_line_of_nothing_and_one_of_a_file_are_faults(buyer: Buyer, shared: bool) -> None:
    buyer.take(heads=[HEAD], lines=[LINE, {**LINE, "line": "2"}])

    buyer.take(lines=[{**LINE, "line": "3" if shared else "1", "quantity": D(0)}], shared=shared)

    assert buyer.faults == [("D2", "Quantity: 0 is not more than 0. Enter how many you want.")]


def test_in_a_shared_workbook_empty_numbers_are_given(buyer: Buyer) -> None:
    buyer.take(shared=True, heads=[{"po": None, "supplier_id": "EXOTIC"}])
    buyer.take(
        shared=True, lines=[{**LINE, "po": "PO-000001", "line": None}, {**LINE, "po": "PO-000001", "line": None}]
    )

    assert buyer.one(s.purchase_orders, "po") == [("PO-000001",)]
    assert buyer.one(s.purchase_order_lines, "po", "line") == [("PO-000001", "1"), ("PO-000001", "2")]


def test_a_number_that_another_purchase_order_bears_is_not_given(buyer: Buyer) -> None:
    buyer.take(heads=[{**HEAD, "po": "PO-000001"}], lines=[{**LINE, "po": "PO-000001"}])
    buyer.take(shared=True, heads=[{"po": None, "supplier_id": "EXOTIC"}, {"po": "PO-000002", "supplier_id": "EXOTIC"}])

    assert buyer.one(s.purchase_orders, "po") == [("PO-000001",), ("PO-000002",), ("PO-000003",)]


def test_a_row_that_is_refused_uses_up_no_number(buyer: Buyer) -> None:
    buyer.take(shared=True, heads=[{"po": None, "supplier_id": "EXOTICO"}])
    refused = buyer.faults
    buyer.take(shared=True, heads=[{"po": None, "supplier_id": "EXOTIC"}])

    assert [cell for cell, _ in refused] == ["B2"]
    assert "EXOTIC" in refused[0][1]
    assert buyer.one(s.purchase_orders, "po") == [("PO-000001",)]


def test_a_fault_in_one_line_refuses_the_order_and_no_other(buyer: Buyer) -> None:
    counts = buyer.take(
        heads=[HEAD, {**HEAD, "po": "PO-2"}],
        lines=[LINE, {**LINE, "line": "2", "sku": "AX"}, {**LINE, "po": "PO-2"}, {**LINE, "po": "PO-7"}],
    )

    assert counts == (1, 1)
    assert [cell for cell, _ in buyer.faults] == ["A5", "C3"]
    assert buyer.one(s.purchase_orders, "po") == [("PO-2",)]


def test_a_quantity_finer_than_its_unit_is_a_fault(buyer: Buyer) -> None:
    buyer.take(heads=[HEAD], lines=[{**LINE, "quantity": D("1.5")}])

    assert [cell for cell, _ in buyer.faults] == ["D2"]
    assert buyer.one(s.purchase_orders, "po") == []


def test_a_draft_that_python_proposed_is_its_changers_and_its_approval_is_void(buyer: Buyer) -> None:
    buyer.take(heads=[HEAD], lines=[LINE])
    buyer.status("Approval", proposed=True, asked_by="rule")
    with buyer.ledger.transaction(DAY) as txn:
        row = {"approval": "AP-000001", "step": "Purchase order", "subject": "PO-1", "status": "Waiting"}
        txn.insert(s.approvals, [{**row, "role": "Operations Manager"}])

    counts = buyer.take(lines=[{**LINE, "quantity": D(12)}])

    assert counts == (0, 1)
    names = ("status", "proposed", "net", "asked_by")
    assert buyer.one(s.purchase_orders, *names) == [("Draft", False, D(30), "anna")]
    assert buyer.one(s.approvals, "status") == [("Void",)]


def test_a_new_date_or_an_action_leaves_an_approval_standing(buyer: Buyer) -> None:
    buyer.take(heads=[HEAD], lines=[LINE])
    buyer.status("Approval")

    counts = buyer.take(heads=[{**HEAD, "expected": dt.date(2026, 4, 1), "action": "Send"}])

    assert counts == (1, 0)
    assert buyer.one(s.purchase_orders, "status", "expected", "action") == [("Approval", dt.date(2026, 4, 1), "Send")]


def test_after_it_was_sent_only_its_date_and_its_action_may_change(buyer: Buyer) -> None:
    buyer.take(heads=[HEAD], lines=[LINE])
    buyer.status("Sent")

    changed = buyer.take(heads=[{**HEAD, "supplier_id": "NORDIC"}], lines=[{**LINE, "quantity": D(9)}])
    faults = buyer.faults
    added = buyer.take(lines=[{**LINE, "line": "9"}])
    moved = buyer.take(heads=[{**HEAD, "expected": dt.date(2026, 4, 1), "action": "Close short"}])

    assert (changed, added, moved) == ((0, 0), (0, 0), (1, 0))
    sent = "PO-1 is sent and cannot be changed. Put the old value back; to order something else, enter a new order."
    assert faults == [("B2", f"Supplier ID: {sent}"), ("D2", f"Quantity: {sent}")]


@pytest.mark.parametrize(
    ("status", "action", "fault"),
    [
        ("Partly received", "Cancel", "Action: Part of it has come, so it cannot be cancelled."),
        ("Closed", "Send", "Action: Send is too late, the order is closed."),
        ("Received", "Close short", "Action: Close short is too late, the order is received."),
        ("Sent", "Send", "Action: Send is too late, the order is sent."),
        ("Cancelled", "Cancel", "Action: Cancel is too late, the order is cancelled."),
    ],
)
def test_an_action_that_comes_too_late_is_a_fault(buyer: Buyer, status: str, action: str, fault: str) -> None:
    buyer.take(heads=[HEAD], lines=[LINE])
    buyer.status(status)

    buyer.take(heads=[{**HEAD, "action": action}])

    assert [text.startswith(fault) for _, text in buyer.faults] == [True]


def test_a_number_that_differs_only_in_case_is_a_fault(buyer: Buyer) -> None:
    buyer.take(heads=[HEAD], lines=[LINE])

    buyer.take(heads=[{**HEAD, "po": "po-1"}])

    assert buyer.faults == [("A2", "PO: 'po-1' differs from PO-1 only in case. Write PO-1, or use another key.")]


def test_a_line_that_names_its_order_in_another_case_holds_the_order(buyer: Buyer) -> None:
    taken = buyer.take(heads=[HEAD], lines=[LINE, {**LINE, "po": "po-1", "line": "2"}])

    assert buyer.faults == [("A3", "PO: 'po-1' differs from PO-1 only in case. Write PO-1, or use another key.")]
    assert taken == (0, 0)
