"""Suppliers' bills: what came is cleared, the rest is variance; a bill without its goods waits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from o2c_xl.ledger import schema as s
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.computed import waiting
from tests.steps.purchasing_desk import DAY, Desk, days

D = Decimal
BANK, STOCK, INPUT_TAX, PAYABLES, GOODS_RECEIVED, VARIANCE = "1000", "1200", "1300", "2000", "2010", "5100"


def received(ledger: Ledger) -> Desk:
    """A desk that got 10 of A at 2.50 on PO-1."""
    desk = Desk(ledger)
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "10")
    desk.receive()
    return desk


def test_a_bill_clears_what_came_and_its_difference_is_variance(ledger: Ledger) -> None:
    desk = received(ledger)
    desk.bill("R-1", "PO-1", "26.00", "4.94", "30.94")

    done = desk.post_bills()

    assert (done.posted, done.paid, done.faults) == (1, 0, 0)
    assert desk.balances() == {STOCK: D(25), VARIANCE: D(1), INPUT_TAX: D("4.94"), PAYABLES: D("-30.94")}
    assert desk.rows(s.bills, "difference", "status") == [(D(1), "Posted")]
    assert desk.rows(s.purchase_order_lines, "billed") == [D(25)]
    assert desk.post_bills().count == 0
    desk.check_books()


def test_a_bill_is_paid_on_its_day_and_once(memory_ledger: Ledger) -> None:
    desk = received(memory_ledger)
    desk.bill("R-1", "PO-1", "25.00", "0.00", "25.00", paid_on=days(3))
    assert (desk.post_bills().paid, desk.post_bills().count) == (0, 0)

    desk.day = days(3)
    done = desk.post_bills()

    assert done.paid == 1
    assert desk.balances() == {STOCK: D(25), BANK: D(-25)}
    assert desk.rows(s.bills, "status") == ["Paid"]
    assert desk.post_bills().count == 0


def test_a_bill_before_its_goods_waits_and_is_posted_when_they_come(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger)
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.bill("R-1", "PO-1", "25.00", "0.00", "25.00")
    assert (desk.post_bills().count, desk.post_bills().count) == (1, 0)
    assert desk.rows(s.bills, "status") == ["Set aside"]
    with memory_ledger.reading() as conn:
        assert [row[:2] for row in waiting(conn, DAY)] == [("R-1", "Bill is set aside")]

    desk.deliver("GR-1", "PO-1", "A", "10")
    desk.receive()

    assert desk.post_bills().posted == 1
    assert desk.rows(s.bills, "status", "problem") == [("Posted", "")]


def test_a_second_bill_for_the_same_goods_is_set_aside(memory_ledger: Ledger) -> None:
    desk = received(memory_ledger)
    desk.bill("R-1", "PO-1", "25.00", "0.00", "25.00")
    desk.bill("R-2", "PO-1", "25.00", "0.00", "25.00")

    desk.post_bills()

    assert desk.rows(s.bills, "status") == ["Posted", "Set aside"]


def test_refused_goods_are_not_billed(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger)
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "4", "Poor")
    desk.deliver("GR-2", "PO-1", "A", "6")
    desk.receive()
    desk.bill("R-1", "PO-1", "15.00", "0.00", "15.00")

    desk.post_bills()

    assert desk.rows(s.bills, "difference") == [D(0)]
    assert desk.balances()[GOODS_RECEIVED] == D(-10)


def test_a_bill_without_an_order_is_an_expense(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger)
    desk.bill("R-1", "", "10.00", "1.90", "11.90")

    desk.post_bills()

    assert desk.balances() == {VARIANCE: D(10), INPUT_TAX: D("1.90"), PAYABLES: D("-11.90")}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            {"total": D("30.00")},
            "Total: 30.00 is not 25.00 net and 4.75 tax, which are 29.75. Correct the one that is wrong.",
        ),
        (
            {"supplier_id": "NORDIC"},
            "Supplier ID: PO-1 went to EXOTIC, not to NORDIC. Correct one of the two.",
        ),
        ({"po": "PO-9"}, "PO: PO-9 is not in Purchase Orders. Correct the number."),
        ({"net": None}, "Net: it is empty. Enter what the bill says."),
    ],
)
def test_a_bill_that_cannot_be_right_is_a_fault_until_it_is_mended(
    memory_ledger: Ledger, row: dict[str, object], problem: str
) -> None:
    desk = received(memory_ledger)
    desk.bill("R-1", "PO-1", "25.00", "4.75", "29.75")
    desk.set(s.bills, bill="R-1", **row)

    assert (desk.post_bills().faults, desk.post_bills().count) == (1, 0)
    assert desk.rows(s.bills, "status", "problem") == [("Not posted", problem)]
    right = {"supplier_id": "EXOTIC", "po": "PO-1", "net": D(25), "total": D("29.75")}
    desk.set(s.bills, bill="R-1", **right)
    assert desk.post_bills().posted == 1


def test_of_a_posted_bill_only_its_days_may_change(memory_ledger: Ledger) -> None:
    desk = received(memory_ledger)
    desk.bill("R-1", "PO-1", "25.00", "0.00", "25.00")
    desk.post_bills()

    changes = {"net": D(9), "paid_on": DAY}
    faults = {name: desk.take("Bills", {"bill": "R-1", name: value}) for name, value in changes.items()}

    assert faults == {"net": ["it cannot be changed: it is posted already."], "paid_on": []}
    assert desk.rows(s.bills, "net", "paid_on") == [(D(25), DAY)]
