"""Actions on invoices: sent, disputed, resolved, credited; an action already done does nothing again."""

from __future__ import annotations

import pytest

from o2c_xl.ledger import schema
from o2c_xl.ledger.papers.invoices import invoice_document
from o2c_xl.ledger.receivables.writeoffs import WriteOffBooks
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.write_off import write_off
from tests.steps.fulfilment_samples import (
    DAY,
    D,
    assert_books_hold,
    fulfil,
    pay,
    policy,
    rows,
    run_actions,
    run_returns,
    taken,
    type_in,
    warehouse,
)


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    warehouse(memory_ledger)
    taken(memory_ledger, "1", ("MUG", 10, "10"))
    fulfil(memory_ledger)
    return memory_ledger


def ask(ledger: Ledger, action: str, reason: str = "Wrong price", invoice: str = "INV-000001") -> tuple[int, int]:
    """Type an action; what the run and the run after it did."""
    type_in(ledger, schema.invoices, invoice=invoice, action=action, reason=reason)
    return run_actions(ledger), run_actions(ledger)


def standing(ledger: Ledger) -> list[tuple]:
    return [(row.invoice, row.total, row.credited, row.open, row.status) for row in rows(ledger, schema.invoices)]


def test_a_credited_invoice_owes_nothing_and_its_note_is_used_up(ledger: Ledger) -> None:
    warehouse(ledger)
    taken(ledger, "1", ("MUG", 10, "10"), freight=D(5))
    fulfil(ledger)

    assert ask(ledger, "Credit") == (1, 0)

    assert standing(ledger) == [
        ("CN-000001", D("-124.95"), D("-124.95"), 0, "Credited"),
        ("INV-000001", D("124.95"), D("124.95"), 0, "Credited"),
    ]
    note = rows(ledger, schema.invoices)[0]
    assert (note.kind, note.corrects, note.reason, note.net) == ("Credit note", "INV-000001", "Wrong price", -105)
    assert [(row.quantity, row.net) for row in rows(ledger, schema.invoice_lines, invoice="CN-000001")] == [
        (-10, -100),
        (-1, -5),
    ]
    assert [row.subject for row in rows(ledger, schema.outbox, kind="Credit note")] == [
        "Credit note for invoice INV-000001"
    ]
    assert_books_hold(ledger)


def test_what_was_paid_before_stays_open_on_the_note_as_the_customers_credit(shop: Ledger) -> None:
    pay(shop, "PM-1", "INV-000001", "50.00")

    assert ask(shop, "Credit") == (1, 0)

    assert standing(shop) == [
        ("CN-000001", -119, -69, -50, "Sent"),
        ("INV-000001", 119, 69, 0, "Credited"),
    ]
    assert_books_hold(shop)


def test_a_paid_invoice_can_be_credited_too(shop: Ledger) -> None:
    pay(shop, "PM-1", "INV-000001", "119.00")

    assert ask(shop, "Credit") == (1, 0)

    assert standing(shop) == [("CN-000001", -119, 0, -119, "Sent"), ("INV-000001", 119, 0, 0, "Paid")]
    assert_books_hold(shop)


def test_without_a_reason_nothing_is_credited(shop: Ledger) -> None:
    assert ask(shop, "Credit", reason="") == (0, 0)


def test_a_dispute_marks_the_invoice_until_it_is_resolved(shop: Ledger) -> None:
    assert ask(shop, "Dispute") == (1, 0)
    disputed = rows(shop, schema.invoices)[0]
    assert ask(shop, "Resolve") == (1, 0)

    assert (disputed.status, disputed.disputed) == ("Disputed", True)
    assert (rows(shop, schema.invoices)[0].status, rows(shop, schema.invoices)[0].disputed) == ("Sent", False)


def test_an_invoice_is_sent_once(shop: Ledger) -> None:
    type_in(shop, schema.invoices, invoice="INV-000001", sent_on=None, sent_by="", status="Posted")

    assert ask(shop, "Send") == (1, 0)

    [one] = rows(shop, schema.invoices)
    assert (one.status, one.sent_on, one.sent_by) == ("Sent", DAY, "Email")


def test_the_note_prints_positive_amounts_and_what_it_corrects(shop: Ledger) -> None:
    ask(shop, "Credit")

    with shop.reading() as conn:
        [paper] = invoice_document(conn, ["CN-000001"], policy().company)

    assert (paper.kind, paper.corrects, paper.totals.total) == ("Credit note", "INV-000001", 119)
    assert [(one.quantity, one.net) for one in paper.lines] == [(10, 100)]
    assert paper.notes == ("Wrong price",)


def paid_with_discount(ledger: Ledger) -> None:
    warehouse(ledger)
    taken(ledger, "1", ("MUG", 10, "10"), terms="3% 10, Net 30")
    fulfil(ledger)
    pay(ledger, "P1", "INV-000001", "115.43")
    assert standing(ledger) == [("INV-000001", D(119), D("3.57"), 0, "Paid")]


def test_a_discount_falls_away_with_the_goods_it_was_granted_for(ledger: Ledger) -> None:
    paid_with_discount(ledger)

    assert ask(ledger, "Credit") == (1, 0)

    note, invoice = standing(ledger)
    assert note[:4] == ("CN-000001", D(-119), D("-3.57"), D("-115.43"))
    assert invoice[:4] == ("INV-000001", D(119), D("3.57"), 0)
    assert sum(row.amount for row in rows(ledger, schema.postings, account="2200")) == 0
    assert_books_hold(ledger)


@pytest.mark.parametrize(
    ("parts", "open_"), [((4, 6), ("-46.17", "-69.26")), ((2, 2, 6), ("-23.09", "-23.08", "-69.26"))]
)
def test_part_of_the_goods_takes_its_part_of_the_discount_back(
    ledger: Ledger, parts: tuple[int, ...], open_: tuple[str, ...]
) -> None:
    paid_with_discount(ledger)

    for number, quantity in enumerate(parts):
        with ledger.transaction(DAY) as txn:
            sent_back = {
                "return": f"R{number}",
                "order": "1",
                "sku": "MUG",
                "quantity": D(quantity),
                "returned_on": DAY,
            }
            txn.insert(schema.returns, [{**sent_back, "reason": "Broken", "restock": "No"}])
        assert run_returns(ledger) == 1

    assert [row.open for row in rows(ledger, schema.invoices)] == [*map(D, open_), 0]
    assert sum(row.amount for row in rows(ledger, schema.postings, account="2200")) == 0
    assert_books_hold(ledger)


def given_up(ledger: Ledger, *payments: str, price: str = "10") -> None:
    """An invoice of ten (119.00) of which these payments came, the rest written off."""
    warehouse(ledger)
    taken(ledger, "1", ("MUG", 10, price))
    fulfil(ledger)
    for number, amount in enumerate(payments, 1):
        pay(ledger, f"P{number}", "INV-000001", amount)
    type_in(ledger, schema.invoices, invoice="INV-000001", action="Write off", reason="Lost")
    rules = policy(**{"Approve_write-offs_above": ""})
    assert write_off(WriteOffBooks(ledger, DAY), rules).count == 1


@pytest.mark.parametrize(("paid", "note_open"), [((), D(0)), (("79.00",), D(-79))])
def test_what_nobody_paid_and_was_given_up_is_no_credit_of_the_customer(
    ledger: Ledger, paid: tuple[str, ...], note_open: object
) -> None:
    given_up(ledger, *paid)

    assert ask(ledger, "Credit") == (1, 0)

    note, invoice = rows(ledger, schema.invoices)
    assert (note.open, invoice.open, invoice.written_off) == (note_open, 0, 0)
    assert sum(row.amount for row in rows(ledger, schema.postings, account="2200")) == 0
    assert_books_hold(ledger)


def test_the_tax_of_parts_taken_back_adds_up_to_that_of_the_write_off(ledger: Ledger) -> None:
    given_up(ledger, price="0.33")  # 0.63 of tax, and 0.06 of each
    for number in range(1, 4):
        with ledger.transaction(DAY) as txn:
            sent_back = {"return": f"R{number}", "order": "1", "sku": "MUG", "quantity": D(1), "returned_on": DAY}
            txn.insert(schema.returns, [{**sent_back, "restock": "No"}])
        run_returns(ledger)

    ask(ledger, "Reopen")

    assert sum(row.amount for row in rows(ledger, schema.postings, account="2200")) == -sum(
        row.tax for row in rows(ledger, schema.invoices)
    )
    assert_books_hold(ledger)


def test_a_part_that_comes_back_takes_as_much_of_the_write_off_back_and_reopening_the_rest(ledger: Ledger) -> None:
    given_up(ledger)
    with ledger.transaction(DAY) as txn:
        sent_back = {"return": "R1", "order": "1", "sku": "MUG", "quantity": D(4), "returned_on": DAY}
        txn.insert(schema.returns, [{**sent_back, "reason": "Broken", "restock": "No"}])
    assert run_returns(ledger) == 1
    half = [(row.invoice, row.open, row.written_off, row.credited) for row in rows(ledger, schema.invoices)]

    assert ask(ledger, "Reopen", "Pays after all") == (1, 0)

    assert half == [("CN-000001", 0, 0, D("-47.60")), ("INV-000001", 0, D("71.40"), D("47.60"))]
    invoice = rows(ledger, schema.invoices)[1]
    assert (invoice.open, invoice.written_off) == (D("71.40"), 0)
    assert_books_hold(ledger)
