"""Suppliers' bills: what came is cleared, the rest is variance; a bill without its goods waits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_xl.domain.buying.billing import settle
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.show.computed import waiting
from tests.ledgers import open_ledger
from tests.steps.purchasing_desk import DAY, Desk, days
from tests.worked_tables import worked_table

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
    head = memory_ledger.head()
    assert desk.post_bills().count == 0
    assert memory_ledger.head() == head


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


def test_a_bill_without_goods_is_an_expense(memory_ledger: Ledger) -> None:
    desk = received(memory_ledger)
    desk.bill("R-1", "", "10.00", "1.90", "11.90", settles="No goods")

    desk.post_bills()

    left = {STOCK: D(25), GOODS_RECEIVED: D(-25)}
    assert desk.balances() == {VARIANCE: D(10), INPUT_TAX: D("1.90"), PAYABLES: D("-11.90"), **left}


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
        (
            {"rounding": D(500), "total": D("529.75")},
            (
                "Total: 500.00 of it is told as rounding, which is always less than 1 EUR. "
                "Ask the supplier for another bill."
            ),
        ),
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
    right = {"supplier_id": "EXOTIC", "po": "PO-1", "net": D(25), "total": D("29.75"), "rounding": D(0)}
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


@pytest.mark.parametrize("row", worked_table("bills.md"), ids=lambda row: row["case"])
def test_the_worked_table_of_bills_holds(row: dict[str, str]) -> None:
    tolerance = D(row["tolerance"]) if row["tolerance"] else None

    found = settle("PO-1", D(row["net"]), D(row["left"]), tolerance, row["settles"])

    if row["clears"] == "waits":
        assert isinstance(found, str)
    else:
        assert not isinstance(found, str)
        assert (found.received, D(row["net"]) - found.received) == (D(row["clears"]), D(row["variance"]))


def test_several_bills_of_one_order_clear_what_came_bit_by_bit(ledger: Ledger) -> None:
    desk = Desk(ledger)
    desk.order("PO-1", ("A", "10", "2.50"), ("B", "4", "1.10"))
    desk.deliver("GR-1", "PO-1", "A", "10")
    desk.deliver("GR-2", "PO-1", "B", "4")
    desk.receive()
    desk.bill("R-1", "PO-1", "10.00", "1.90", "11.90")
    desk.bill("R-2", "PO-1", "12.00", "2.28", "14.28")

    assert desk.post_bills().posted == 2

    assert desk.balances()[GOODS_RECEIVED] == D("-7.40")
    assert VARIANCE not in desk.balances()
    desk.check_books()
    desk.bill("R-3", "PO-1", "7.50", "0.00", "7.50")
    desk.post_bills()
    assert desk.rows(s.bills, "difference", "status") == [(D(0), "Posted"), (D(0), "Posted"), (D("0.10"), "Posted")]
    assert (desk.balances().get(GOODS_RECEIVED), desk.balances()[VARIANCE]) == (None, D("0.10"))
    assert desk.rows(s.purchase_order_lines, "billed") == [D(25), D("4.40")]
    desk.check_books()


def test_a_bill_for_more_than_has_come_waits_for_the_rest(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger)
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "4")
    desk.receive()
    desk.bill("R-1", "PO-1", "25.00", "0.00", "25.00")

    assert desk.post_bills().posted == 0
    assert desk.rows(s.bills, "status", "problem") == [
        (
            "Set aside",
            (
                "Net: 25.00 is more than the 10.00 that came of PO-1 and is not billed yet. "
                "It waits for the rest to come; correct it, ask the supplier, or set Settles to All."
            ),
        )
    ]

    desk.deliver("GR-2", "PO-1", "A", "6")
    desk.receive()
    assert desk.post_bills().posted == 1
    assert desk.rows(s.bills, "difference") == [D(0)]


def test_a_person_may_settle_all_whatever_the_difference(memory_ledger: Ledger) -> None:
    desk = received(memory_ledger)
    desk.bill("R-1", "PO-1", "40.00", "0.00", "40.00")
    desk.post_bills()

    assert desk.take("Bills", {"bill": "R-1", "settles": "All"}) == []
    assert desk.post_bills().posted == 1

    assert desk.rows(s.bills, "difference") == [D(15)]
    desk.check_books()


def test_without_a_due_date_a_bill_is_due_by_the_suppliers_terms(memory_ledger: Ledger) -> None:
    desk = received(memory_ledger)
    desk.set(s.suppliers, supplier_id="EXOTIC", payment_terms="2% 10, Net 14")
    desk.bill("R-1", "PO-1", "10.00", "0.00", "10.00")
    desk.bill("R-2", "PO-1", "15.00", "0.00", "15.00", due_date=days(3))

    desk.post_bills()

    assert desk.rows(s.bills, "due_date") == [days(14), days(3)]
    assert desk.take("Bills", {"bill": "R-1", "due_date": None, "po": "PO-1"}) == []
    assert desk.rows(s.bills, "due_date") == [days(14), days(3)]
    desk.check_books()


def test_a_bill_without_an_order_finds_the_only_goods_it_can_be_for(ledger: Ledger) -> None:
    desk = received(ledger)
    desk.order("PO-2", ("B", "3", "4.00"))
    desk.deliver("GR-2", "PO-2", "B", "3")
    desk.receive()
    desk.bill("R-1", "", "12.00", "0.00", "12.00")

    desk.post_bills()

    assert desk.rows(s.bills, "po", "difference", "status") == [("PO-2", D(0), "Posted")]
    desk.check_books()


def test_a_bill_without_an_order_is_not_for_the_only_goods_whatever_it_says(memory_ledger: Ledger) -> None:
    desk = received(memory_ledger)
    desk.bill("R-1", "", "7.00", "0.00", "7.00")

    assert desk.post_bills().posted == 0
    (row,) = desk.rows(s.bills, "status", "problem")
    desk.set(s.bills, bill="R-1", settles="Part")
    by_hand = desk.post_bills().posted

    assert row == (
        "Set aside",
        (
            "PO: it is empty, and 7 is not what came of PO-1 (25), all that is not billed yet of EXOTIC. "
            "Enter PO-1 if the bill is for it, or set Settles to No goods if none belong to it."
        ),
    )
    assert by_hand == 1
    assert desk.rows(s.bills, "po", "status") == [("PO-1", "Posted")]
    desk.check_books()


def test_a_bill_that_fits_several_orders_or_none_waits_with_what_is_missing(memory_ledger: Ledger) -> None:
    desk = received(memory_ledger)
    desk.order("PO-2", ("B", "10", "2.50"))
    desk.deliver("GR-2", "PO-2", "B", "10")
    desk.receive()
    desk.put(s.suppliers, {"supplier_id": "NORDIC", "name": "Nordic"})
    desk.bill("R-1", "", "25.00", "0.00", "25.00")
    desk.bill("R-2", "", "5.00", "0.00", "5.00", supplier_id="NORDIC")

    assert desk.post_bills().posted == 0

    assert desk.rows(s.bills, "status", "problem") == [
        (
            "Set aside",
            (
                "PO: it is empty, and PO-1 (25), PO-2 (25) of EXOTIC are not billed yet. "
                "Enter the one that the bill is for."
            ),
        ),
        (
            "Set aside",
            (
                "PO: it is empty, and nothing came from NORDIC that is not billed yet. "
                "Enter the receipt, or set Settles to No goods if none belong to it."
            ),
        ),
    ]
    assert desk.post_bills().count == 0
    desk.set(s.bills, bill="R-1", po="PO-2")
    assert desk.post_bills().posted == 1


def test_a_credit_settles_goods_that_were_billed_and_went_back(memory_ledger: Ledger) -> None:
    desk = Desk(memory_ledger)
    desk.put(s.roles, {"user": "ines", "role": "Inventory Manager", "limit": None, "from": None, "to": None})
    desk.order("PO-1", ("A", "10", "2.50"))
    desk.deliver("GR-1", "PO-1", "A", "10", "Fair", refused_goods="Return to supplier")
    desk.receive()
    desk.bill("R-1", "PO-1", "25.00", "0.00", "25.00")
    desk.post_bills()
    desk.decide("AP-000001", "Reject", "scratched")
    desk.decide_quarantine()
    assert desk.balances() == {GOODS_RECEIVED: D(25), PAYABLES: D(-25)}

    desk.bill("C-1", "PO-1", "-25.00", "0.00", "-25.00")
    desk.post_bills()

    assert desk.balances() == {}
    desk.check_books()


amounts = st.integers(-2000, 6000).map(lambda cents: D(cents).scaleb(-2))


@given(
    st.lists(
        st.tuples(st.sampled_from(("PO-1", "PO-2", "")), amounts, st.sampled_from(("", "All", "Part"))), max_size=5
    ),
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 5)), max_size=6),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_billed_what_came_is_cleared_to_the_cent(
    bills: list[tuple[str, Decimal, str]], came: list[tuple[str, int]]
) -> None:
    ledger = open_ledger()
    desk = Desk(ledger)
    desk.order("PO-1", ("A", "10", "1.1111"), ("B", "7", "2.50"))
    desk.order("PO-2", ("A", "9", "0.99"))
    for n, (sku, quantity) in enumerate(came):
        desk.deliver(f"GR-{n}", "PO-1" if sku == "B" or n % 2 else "PO-2", sku, str(quantity))
    half = len(bills) // 2
    for n, (po, net, said) in enumerate(bills):
        desk.bill(f"R-{n}", po, str(net), "0", str(net), settles=said)
        if n == half:
            desk.post_bills()
            desk.receive()
    desk.receive()
    desk.post_bills()

    assert desk.post_bills().count == 0
    desk.check_books()
    for number, po in enumerate(("PO-1", "PO-2")):
        desk.bill(f"LAST-{number}", po, "0", "0", "0", settles="All")
    desk.post_bills()
    assert GOODS_RECEIVED not in desk.balances()
    desk.check_books()
    ledger.engine.dispose()
