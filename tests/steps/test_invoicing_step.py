"""What shipped is invoiced once: to the cent, taxed as the order says, and after approval where one is asked for."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import decide
from o2c_xl.ledger.goods.allocation import AllocationBooks
from o2c_xl.ledger.papers.invoices import invoice_document
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.allocate import allocate
from tests.ledgers import open_ledger
from tests.steps.fulfilment_samples import (
    DAY,
    D,
    assert_books_hold,
    came_back,
    fulfil,
    head,
    line,
    policy,
    rows,
    run_invoice,
    run_pick,
    run_returns,
    run_ship,
    taken,
    type_in,
    warehouse,
)

LATER = DAY + dt.timedelta(days=3)
ASKS = policy(Approve_invoices_above="100")


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    return warehouse(memory_ledger)


def invoices(ledger: Ledger) -> list[tuple]:
    return [(row.invoice, row.net, row.tax, row.total, row.status) for row in rows(ledger, schema.invoices)]


def set_aside(ledger: Ledger, key: str, quantity: str, number: str = "1") -> None:
    """More stock came for a line."""
    with ledger.transaction(DAY) as txn:
        txn.update(schema.order_lines, [{"order": key, "line": number, "allocated": D(quantity)}])
        txn.reserve("MUG", D(quantity))


def say(ledger: Ledger, verdict: str, approval: str, reason: str = "") -> list[str]:
    """The finance manager decides."""
    with ledger.transaction(DAY) as txn:
        txn.who = "fred"
        txn.conn.execute(schema.roles.delete())
        txn.insert(schema.roles, [{"user": "fred", "role": "Finance Manager"}])
        return decide(txn, [approval], verdict, reason)[0]  # type: ignore[arg-type]


def test_what_shipped_is_invoiced_with_freight_and_sent(ledger: Ledger) -> None:
    warehouse(ledger)
    taken(ledger, "1", ("MUG", 5, "10"), ("TEA", 2, "9"), freight=D("4.90"), customer_reference="PO 7")

    assert fulfil(ledger) == (1, 1, 1)
    assert fulfil(ledger) == (0, 0, 0)

    assert invoices(ledger) == [("INV-000001", D("72.90"), D("11.69"), D("84.59"), "Sent")]
    [one] = rows(ledger, schema.invoices)
    assert (one.open, one.due_date, one.customer_reference) == (D("84.59"), DAY + dt.timedelta(days=30), "PO 7")
    assert (one.sent_by, one.sent_on, one.account) == ("Email", DAY, "ALFKI")
    assert [(row.sku, row.order_line, row.net) for row in rows(ledger, schema.invoice_lines)] == [
        ("MUG", "1", 50),
        ("TEA", "2", 18),
        ("", "", D("4.90")),
    ]
    [sent] = rows(ledger, schema.outbox, kind="Invoice")
    assert (sent.to, sent.subject, sent.about) == ("ap@alfki.example", "Invoice for your recent order", "INV-000001")
    assert (head(ledger, "1").status, line(ledger, "1").invoiced, line(ledger, "1").invoiced_net) == ("Invoiced", 5, 50)
    assert head(ledger, "1").total == one.total
    assert_books_hold(ledger)


def test_partial_invoices_add_up_to_the_line_and_freight_comes_once(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 3, "3.3333", {"allocated": D(1)}), freight=D(5))

    fulfil(shop)
    set_aside(shop, "1", "1")
    fulfil(shop)
    partly = head(shop, "1").status
    set_aside(shop, "1", "1")
    fulfil(shop)

    assert partly == "Partly shipped"
    assert [row.net for row in rows(shop, schema.invoices)] == [D("8.33"), D("3.34"), D("3.33")]
    assert (line(shop, "1").invoiced_net, head(shop, "1").status) == (D("10.00"), "Invoiced")
    assert [row.shipment for row in rows(shop, schema.invoice_lines) if row.sku] == [
        "SH-000001",
        "SH-000002",
        "SH-000003",
    ]
    assert_books_hold(shop)


def test_tax_is_rounded_per_line_where_the_order_says_so(shop: Ledger) -> None:
    taken(shop, "1", ("PEN", 1, "0.13"), ("PEN", 1, "0.13"))
    taken(shop, "2", ("PEN", 1, "0.13"), ("PEN", 1, "0.13"), tax_mode="Line")

    fulfil(shop)

    assert [row.tax for row in rows(shop, schema.invoices)] == [D("0.05"), D("0.04")]


def test_an_order_worth_nothing_is_invoiced_at_nothing_and_paid(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 1, "0"))

    assert fulfil(shop) == (1, 1, 1)

    assert invoices(shop) == [("INV-000001", 0, 0, 0, "Paid")]
    assert_books_hold(shop)


def test_instalments_are_due_by_the_terms(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 1, "100.01"), terms="30% 0, 70% 60")

    fulfil(shop)

    dues = [(row.due_no, row.due_date, row.amount) for row in rows(shop, schema.invoice_dues)]
    assert dues == [(1, DAY, D("35.70")), (2, DAY + dt.timedelta(days=60), D("83.31"))]
    assert rows(shop, schema.invoices)[0].due_date == DAY + dt.timedelta(days=60)


def test_the_account_charged_gets_the_invoice_its_own_way(memory_ledger: Ledger) -> None:
    parent = {"customer_id": "HQ", "email": "hq@alfki.example", "invoice_by": "Online portal"}
    warehouse(memory_ledger, [{}, parent, {"customer_id": "MUTE", "email": ""}])
    taken(memory_ledger, "1", ("MUG", 1, "10"), bill_to="HQ")
    taken(memory_ledger, "2", ("MUG", 1, "10"), customer_id="MUTE")

    fulfil(memory_ledger)

    assert [(row.account, row.sent_by) for row in rows(memory_ledger, schema.invoices)] == [
        ("HQ", "Online portal"),
        ("MUTE", "Mail"),
    ]


def test_goods_of_a_held_order_that_shipped_are_invoiced_all_the_same(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10", {"allocated": D(2)}))
    run_pick(shop)
    run_ship(shop)
    with shop.transaction(DAY) as txn:
        txn.update(schema.orders, [{"order": "1", "status": "On hold", "waiting_for": "Held."}])

    assert (run_invoice(shop), run_invoice(shop)) == (1, 0)

    assert (head(shop, "1").status, head(shop, "1").waiting_for) == ("On hold", "Held.")
    assert line(shop, "1").invoiced == 2


def test_a_day_before_the_last_number_is_refused_and_nothing_is_posted(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    fulfil(shop, day=LATER)
    taken(shop, "2", ("MUG", 5, "10"))
    run_pick(shop)
    run_ship(shop)

    with pytest.raises(CannotRun):
        run_invoice(shop, day=DAY)

    assert len(invoices(shop)) == 1
    assert run_invoice(shop, day=LATER) == 1
    assert_books_hold(shop)


def test_above_the_limit_the_invoice_waits_as_a_draft_without_a_number(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10"))
    taken(shop, "2", ("MUG", 50, "10"))

    assert fulfil(shop, ASKS) == (2, 2, 1)
    assert run_invoice(shop, ASKS) == 0

    assert [(row[0], row[4]) for row in invoices(shop)] == [("DRAFT-000001", "Approval"), ("INV-000001", "Sent")]
    [asked] = rows(shop, schema.approvals)
    assert (asked.role, asked.subject, asked.amount, asked.asked_by) == ("Finance Manager", "DRAFT-000001", 595, "anna")
    assert head(shop, "2").status == "Shipped"
    assert_books_hold(shop)


def test_an_approved_invoice_is_posted_under_the_next_number(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 50, "10"))
    fulfil(shop, ASKS)

    say(shop, "Approve", "AP-000001")
    assert (run_invoice(shop, ASKS), run_invoice(shop, ASKS)) == (1, 0)

    assert [(row[0], row[4]) for row in invoices(shop)] == [("INV-000001", "Sent")]
    assert {row.invoice for row in rows(shop, schema.invoice_lines)} == {"INV-000001"}
    assert head(shop, "1").status == "Invoiced"
    assert_books_hold(shop)


def test_a_rejected_invoice_stops_the_order_with_the_reason(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 50, "10"))
    fulfil(shop, ASKS)

    say(shop, "Reject", "AP-000001", "Price is wrong")
    run_invoice(shop, ASKS)
    before = shop.head()
    run_invoice(shop, ASKS)

    assert shop.head() == before
    assert head(shop, "1").waiting_for.startswith("Invoice DRAFT-000001 was rejected: Price is wrong.")
    assert head(shop, "1").waiting_who == "Finance"


def test_what_ships_meanwhile_voids_the_approval_of_the_draft(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 50, "10", {"allocated": D(40)}))
    fulfil(shop, ASKS)
    say(shop, "Approve", "AP-000001")
    set_aside(shop, "1", "10")

    assert fulfil(shop, ASKS) == (1, 1, 0)

    [_first, again] = rows(shop, schema.approvals)
    assert (again.subject, again.amount, again.status) == ("DRAFT-000001", 595, "Waiting")
    say(shop, "Approve", again.approval)
    assert run_invoice(shop, ASKS) == 1
    assert_books_hold(shop)


def test_a_draft_is_given_up_when_everything_came_back(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 50, "10"))
    fulfil(shop, ASKS)
    came_back(shop, "RT-1", "1", "MUG", "50")

    assert (run_returns(shop), run_invoice(shop, ASKS)) == (1, 0)

    assert invoices(shop) == []
    assert [row.status for row in rows(shop, schema.approvals)] == ["Void"]
    assert (head(shop, "1").status, line(shop, "1").returned_uninvoiced) == ("Invoiced", 50)
    assert_books_hold(shop)


@pytest.mark.parametrize(("above", "posted"), [("", 2), ("0", 0), ("119", 1)])
def test_the_limit_is_a_total_that_is_still_allowed(shop: Ledger, above: str, posted: int) -> None:
    taken(shop, "1", ("MUG", 10, "10"))
    taken(shop, "2", ("MUG", 10, "10.01"))

    assert fulfil(shop, policy(Approve_invoices_above=above))[2] == posted


def test_the_document_says_what_was_posted(shop: Ledger) -> None:
    taken(shop, "1", ("MUG", 5, "10", {"customisation": "Engraving"}), ("TEA", 2, "9"), freight=D("4.90"))
    fulfil(shop)

    with shop.reading() as conn:
        [paper] = invoice_document(conn, ["INV-000001", "INV-9"], policy(Company_IBAN="DE89").company)

    assert (paper.totals.net, paper.totals.tax, paper.totals.total) == (D("72.90"), D("11.69"), D("84.59"))
    assert [(one.sku, one.unit, one.net, one.customisation) for one in paper.lines] == [
        ("MUG", "pcs", 50, "Engraving"),
        ("TEA", "kg", 18, ""),
    ]
    assert [(one.reason, one.amount) for one in paper.charges] == [("Freight", D("4.90"))]
    assert (paper.orders, paper.shipments, paper.delivery_date, paper.iban) == (("1",), ("SH-000001",), DAY, "DE89")
    assert (paper.due_date, paper.instalments, paper.payment_terms) == (DAY + dt.timedelta(days=30), (), "Net 30")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    quantity=st.integers(1, 9),
    price=st.decimals(0, 99, places=4),
    discount=st.sampled_from([None, D("2.5"), D(33)]),
    cuts=st.lists(st.integers(1, 3), max_size=4),
)
def test_however_it_ships_the_order_is_invoiced_at_its_own_net(
    quantity: int, price: D, discount: D | None, cuts: list[int]
) -> None:
    ledger, rules = warehouse(open_ledger(), MUG=100), policy()
    parts = _parts(quantity, cuts)
    more = {"allocated": D(parts[0]), "discount_percent": discount}
    taken(ledger, "1", ("MUG", quantity, price, more))
    fulfil(ledger, rules)
    for part in parts[1:]:
        set_aside(ledger, "1", str(part))
        fulfil(ledger, rules)

    assert sum(row.net for row in rows(ledger, schema.invoices)) == line(ledger, "1").net
    assert head(ledger, "1").status == "Invoiced"
    assert fulfil(ledger, rules) == (0, 0, 0)
    assert_books_hold(ledger)
    ledger.engine.dispose()


def _parts(quantity: int, cuts: list[int]) -> list[int]:
    parts, left = [], quantity
    for cut in cuts:
        if cut < left:
            parts.append(cut)
            left -= cut
    return [*parts, left]


def test_what_stops_the_rest_and_what_stops_the_invoice_are_both_said_and_once(shop: Ledger) -> None:
    type_in(shop, schema.tax_rates, tax_group="DE", tax_code="", rate_percent=D(0), reason="Reverse charge")
    taxed = {"tax_rate": D(0)}
    taken(shop, "1", ("MUG", 2, "10", taxed), ("MUG", 2, "1", taxed | {"allocated": D(0)}))
    fulfil(shop)
    set_aside(shop, "1", "2", "2")
    type_in(shop, schema.customers, customer_id="ALFKI", city="")
    fulfil(shop)
    said, at = head(shop, "1").waiting_for, shop.head()

    fulfil(shop)

    assert said.startswith("Tax ID of customer ALFKI: it is empty")
    assert said.endswith("The ship-to address has no city. Enter it on the order or at the customer.")
    assert (head(shop, "1").waiting_for, shop.head()) == (said, at)
    assert_books_hold(shop)


def test_what_stops_the_invoice_stands_while_the_rest_waits_for_stock(memory_ledger: Ledger) -> None:
    shop = warehouse(memory_ledger, MUG=3)
    type_in(shop, schema.tax_rates, tax_group="DE", tax_code="", rate_percent=D(0), reason="Reverse charge")
    short = {"tax_rate": D(0), "remedy": "Delayed shipment", "availability": "Low stock", "why": "Waits."}
    taken(shop, "1", ("MUG", 2, "10", short), ("MUG", 2, "1", short | {"allocated": D(0)}))
    fulfil(shop)
    allocated(shop)
    said, at = head(shop, "1").waiting_for, shop.head()

    assert (allocated(shop), fulfil(shop), allocated(shop)) == (0, (0, 0, 0), 0)

    assert said.startswith("Tax ID of customer ALFKI: it is empty")
    assert (head(shop, "1").waiting_for, shop.head()) == (said, at)


def allocated(ledger: Ledger) -> int:
    return allocate(AllocationBooks(ledger, DAY, policy()), policy(), DAY).count
