"""Payments are posted where they belong and find their invoices; what is not certain waits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from o2c_xl.domain.chart import Account
from o2c_xl.ledger import schema
from o2c_xl.ledger.credit.facts import credit_customers
from o2c_xl.tables.show.faults import standing_faults
from o2c_xl.tables.show.waiting_money import waiting_money
from tests.steps.receivables import DAY, Books, plain_policy
from tests.steps.test_payments_typed import take

D = Decimal


def test_a_payment_that_names_its_invoice_pays_it(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    payment = books.pay("119.00", f"your {invoice.lower()}, thank you", "C1")

    applied = books.settle()

    assert (applied.count, applied.invoices, applied.proposed) == (1, 1, 0)
    row = books.rows("invoices")[invoice]
    assert (row.paid, row.open, row.status) == (D("119.00"), D(0), "Paid")
    paid = books.rows("payments")[payment]
    assert (paid.applied, paid.unapplied, paid.status) == (D("119.00"), D(0), "Applied")
    assert books.balance(Account.BANK) == D("119.00")
    assert books.balance(Account.RECEIVABLES) == D(0)


@pytest.mark.parametrize(
    ("method", "account"),
    [("Bank transfer", Account.BANK), ("Credit card", Account.CARD_CLEARING), ("Cash", Account.CASH)],
)
def test_each_way_of_paying_has_its_account(books: Books, method: str, account: Account) -> None:
    books.pay("10.00", customer="C1", method=method)

    books.settle()

    assert books.balance(account) == D("10.00")


def test_a_payment_in_part_leaves_the_rest_open(books: Books) -> None:
    invoice = books.invoice("C1", "100.00")
    books.pay("40.00", invoice, "C1")

    books.settle()

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.open, row.status) == (D("40.00"), D("60.00"), "Partly paid")


def test_what_is_paid_too_much_stays_unapplied(books: Books) -> None:
    invoice = books.invoice("C1", "100.00")
    payment = books.pay("130.00", invoice, "C1")

    books.settle()

    paid = books.rows("payments")[payment]
    assert (paid.applied, paid.unapplied, paid.status) == (D("100.00"), D("30.00"), "Partly applied")
    assert books.balance(Account.RECEIVABLES, ["C1"]) == D("-30.00")


def test_one_payment_pays_the_invoices_it_names(books: Books) -> None:
    first, second = books.invoice("C1", "100.00"), books.invoice("C1", "50.00")
    books.pay("150.00", f"{first} and {second}", "C1")

    books.settle()

    assert books.open_of(first) == books.open_of(second) == D(0)


def test_what_was_tolerated_and_is_paid_later_is_written_off_no_more(books: Books) -> None:
    policy = plain_policy(payment_tolerance_percent=D(1), payment_tolerance_amount=D(1))
    invoice, other = books.invoice("C1", "119.00"), books.invoice("C1", "50.00")
    first = books.pay("118.70", invoice, "C1")
    books.settle(policy)
    written_off = books.balance(Account.WRITE_OFF)
    rests = [books.pay(amount, f"rest of {invoice}", "C1") for amount in ("0.20", "0.10", "0.10")]

    books.settle(policy)

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.written_off, row.open, row.status) == (D("119.00"), D(0), D(0), "Paid")
    assert (written_off, books.balance(Account.WRITE_OFF)) == (D("0.25"), D(0))
    assert [books.rows("payments")[name].unapplied for name in rests] == [D(0), D(0), D("0.10")]
    assert books.open_of(other) == D("50.00")
    books.prove()
    books.pay("-118.70", f"Return of {first}", "C1")
    books.settle(policy)
    assert books.open_of(invoice) == D("118.60")  # what was too much by 0.10 pays of it now
    books.prove()


def test_a_credit_note_is_netted_when_the_payment_names_both(books: Books) -> None:
    invoice, note = books.invoice("C1", "100.00"), books.invoice("C1", "-30.00")
    books.pay("70.00", f"{invoice} less {note}", "C1")

    books.settle()

    assert books.open_of(invoice) == books.open_of(note) == D(0)


def test_payments_are_posted_on_the_account_of_the_bill_to(books: Books) -> None:
    books.customers("SHOP", bill_to="C1", currency="EUR")
    invoice = books.invoice("C1", "80.00", customer_id="SHOP")
    payment = books.pay("80.00", "", "SHOP")

    books.settle()

    assert books.rows("payments")[payment].account == "C1"
    assert books.open_of(invoice) == D(0)


def test_the_customer_is_found_by_what_the_payer_names(books: Books) -> None:
    invoice = books.invoice("C2", "60.00")
    books.order("SO-000007", "C2", reference="4500-77")
    by_invoice = books.pay("10.00", invoice)
    by_order = books.pay("20.00", "SO-000007")
    by_reference = books.pay("30.00", "order 4500-77")

    books.settle()

    rows = books.rows("payments")
    assert [rows[name].account for name in (by_invoice, by_order, by_reference)] == ["C2"] * 3


def test_an_unknown_reference_refuses_nothing(books: Books) -> None:
    payment = books.pay("10.00", "INV-999999 who are you 12")

    received = books.receive()

    assert (received.count, received.faults) == (1, 0)
    row = books.rows("payments")[payment]
    assert (row.account, row.held_on, row.status) == ("", "unidentified receipts", "Unapplied")
    assert books.balance(Account.UNIDENTIFIED) == D("-10.00")
    books.prove()


def test_a_receipt_of_nobody_known_is_identified_when_someone_fills_in_the_customer(books: Books) -> None:
    invoice = books.invoice("C1", "10.00")
    payment = books.pay("10.00", "thanks")
    books.settle()
    books.change("payments", payment, customer_id="C1", status="")

    books.settle()

    assert books.open_of(invoice) == D(0)
    assert books.balance(Account.UNIDENTIFIED) == D(0)
    assert books.rows("payments")[payment].status == "Applied"


def test_a_receipt_of_nobody_known_finds_an_invoice_posted_later(books: Books) -> None:
    books.pay("10.00", "INV-000001")
    books.settle()
    invoice = books.invoice("C1", "10.00")

    books.settle()

    assert books.open_of(invoice) == D(0)


def test_an_unapplied_payment_may_be_given_to_another_customer(books: Books) -> None:
    invoice = books.invoice("C2", "44.00")
    payment = books.pay("44.00", "", "C1")
    books.settle()
    books.change("payments", payment, customer_id="C2", status="")

    books.settle()

    assert books.open_of(invoice) == D(0)
    assert books.balance(Account.RECEIVABLES, ["C1"]) == D(0)


# --- prepayments -----------------------------------------------------------------------------------------------


def test_money_for_an_order_not_yet_invoiced_is_a_prepayment_till_its_invoice_is_posted(books: Books) -> None:
    older = books.invoice("C1", "50.00")
    books.order("SO-000001", "C1")
    payment = books.pay("50.00", "SO-000001", "C1")
    books.settle()
    row = books.rows("payments")[payment]
    assert (row.held_on, row.order, row.status) == ("customer prepayments", "SO-000001", "Unapplied")
    assert books.balance(Account.PREPAYMENTS) == D("-50.00")
    assert books.open_of(older) == D("50.00")
    invoice = books.invoice("C1", "30.00", order="SO-000001")

    books.settle()

    assert books.open_of(invoice) == D(0)
    assert books.balance(Account.PREPAYMENTS) == D("-20.00")


def test_what_is_left_of_a_prepayment_is_the_customers_when_the_order_is_over(books: Books) -> None:
    books.order("SO-000001", "C1")
    payment = books.pay("50.00", "SO-000001", "C1")
    books.settle()
    with books.ledger.transaction(DAY) as txn:
        txn.record("order cancelled", "SO-000001", {"status": "Cancelled"})
    books.change("orders", "SO-000001", status="Cancelled", closed_on=DAY)

    books.settle()

    assert books.rows("payments")[payment].held_on == "receivables"
    assert books.balance(Account.PREPAYMENTS) == D(0)
    assert books.balance(Account.RECEIVABLES, ["C1"]) == D("-50.00")


def test_what_is_left_of_a_prepaid_order_that_is_over_is_credit_for_the_next(books: Books) -> None:
    books.order("SO-000001", "C1")
    books.change("orders", "SO-000001", terms="Prepaid")
    books.pay("50.00", "SO-000001", "C1")
    books.settle()
    held = credit_of(books, "C1")
    with books.ledger.transaction(DAY) as txn:
        txn.record("order cancelled", "SO-000001", {"status": "Cancelled"})
    books.change("orders", "SO-000001", status="Cancelled", closed_on=DAY)

    books.settle()

    assert (held, credit_of(books, "C1")) == (D(0), D("50.00"))


def credit_of(books: Books, account: str) -> Decimal:
    with books.ledger.reading() as conn:
        return credit_customers(conn, [account], DAY, plain_policy())[account].credits


def test_the_customers_own_order_number_makes_a_prepayment_too(books: Books) -> None:
    books.order("SO-000009", "C1", reference="PO-2231")
    payment = books.pay("50.00", "our PO-2231", "C1")

    books.settle()

    assert books.rows("payments")[payment].order == "SO-000009"


# --- discount and tolerance ------------------------------------------------------------------------------------


def test_an_early_payment_discount_is_credited_with_its_tax(books: Books) -> None:
    invoice = books.invoice("C1", "119.00", terms="2% 10, Net 30")
    books.pay("116.62", invoice, "C1")

    books.settle()

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.credited, row.open, row.status) == (D("116.62"), D("2.38"), D(0), "Paid")
    assert books.balance(Account.DISCOUNT) == D("2.00")
    assert books.balance(Account.OUTPUT_TAX) == D("-18.62")


@pytest.mark.parametrize("together", [True, False])
def test_a_discount_is_granted_on_the_last_of_several_payments_in_time(books: Books, together: bool) -> None:
    invoice = books.invoice("C1", "1297.00", terms="2% 10, Net 30")
    books.pay("500.00", invoice, "C1", paid_on=DAY + dt.timedelta(days=4))
    if not together:
        books.settle()
    books.pay("771.06", invoice, "C1", paid_on=DAY + dt.timedelta(days=5))

    books.settle()

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.credited, row.open) == (D("1271.06"), D("25.94"), D(0))
    books.prove()


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("first", "last"), [(4, 11), (11, 4)])
def test_a_discount_is_not_granted_where_one_of_several_payments_came_too_late(
    books: Books, first: int, last: int, together: bool
) -> None:
    invoice = books.invoice("C1", "1297.00", terms="2% 10, Net 30")
    books.pay("500.00", invoice, "C1", paid_on=DAY + dt.timedelta(days=first))
    if not together:
        books.settle(plain_policy(payment_tolerance_amount=D(0)))
    books.pay("771.06", invoice, "C1", paid_on=DAY + dt.timedelta(days=last))

    books.settle(plain_policy(payment_tolerance_amount=D(0)))

    assert books.open_of(invoice) == D("25.94")


def test_a_discount_is_not_granted_after_its_day(books: Books) -> None:
    invoice = books.invoice("C1", "119.00", terms="2% 10, Net 30")
    books.pay("116.62", invoice, "C1", paid_on=DAY + dt.timedelta(days=11))

    books.settle(plain_policy(payment_tolerance_amount=D(0)))

    assert books.open_of(invoice) == D("2.38")


def test_a_difference_within_tolerance_is_written_off(books: Books) -> None:
    invoice = books.invoice("C1", "119.00")
    books.pay("118.81", invoice, "C1")

    books.settle()

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.written_off, row.open, row.status) == (D("118.81"), D("0.19"), D(0), "Paid")
    assert books.balance(Account.WRITE_OFF) == D("0.16")
    assert books.balance(Account.OUTPUT_TAX) == D("-18.97")


# --- proposals -------------------------------------------------------------------------------------------------


def test_a_tie_waits_as_proposals_that_stay_the_same(books: Books) -> None:
    first, second = books.invoice("C1", "40.00"), books.invoice("C1", "40.00")
    payment = books.pay("40.00", "thank you", "C1")

    applied = books.settle()

    assert (applied.count, applied.proposed) == (0, 1)
    assert books.matches("Proposed") == [(payment, first, D("40.00"))]
    assert books.open_of(second) == D("40.00")


def test_an_accepted_proposal_is_applied_under_its_number(books: Books) -> None:
    first, _ = books.invoice("C1", "40.00"), books.invoice("C1", "40.00")
    payment = books.pay("40.00", "thank you", "C1")
    books.settle()
    books.change("matches", "MT-000001", decision="Accept")

    books.settle()

    assert books.matches() == [(payment, first, D("40.00"))]
    assert list(books.rows("matches")) == ["MT-000001"]
    assert books.open_of(first) == D(0)


def test_the_amount_of_a_proposal_may_be_lowered(books: Books) -> None:
    first, second = books.invoice("C1", "40.00"), books.invoice("C1", "40.00")
    payment = books.pay("40.00", "thank you", "C1")
    books.settle()
    take(books, "Matches", match="MT-000001", amount=D("15.00"))
    books.settle()
    assert books.matches("Proposed") == [(payment, first, D("15.00"))]
    books.change("matches", "MT-000001", decision="Accept")

    books.receive()
    books.apply()

    books.prove()
    assert books.open_of(first) == D("25.00")
    assert books.matches() == [(payment, first, D("15.00"))]
    assert books.open_of(second) == D("40.00")


def test_a_rejected_proposal_does_not_come_back(books: Books) -> None:
    first, second = books.invoice("C1", "40.00"), books.invoice("C1", "40.00")
    payment = books.pay("35.00", "thank you", "C1")
    books.settle()
    books.change("matches", "MT-000001", decision="Reject")

    books.settle()

    assert books.matches("Rejected") == [(payment, first, D("35.00"))]
    assert books.matches("Proposed") == [(payment, second, D("35.00"))]


@pytest.mark.parametrize(("instead", "posted"), [("Accept", True), (None, False)])
def test_a_rejection_can_be_taken_back(books: Books, instead: str | None, posted: bool) -> None:
    first = books.invoice("C1", "40.00")
    payment = books.pay("35.00", "thank you", "C1")
    books.settle()
    take(books, "Matches", match="MT-000001", decision="Reject")
    books.settle()
    rejected = books.matches("Rejected")

    take(books, "Matches", match="MT-000001", decision=instead)
    books.settle()

    assert rejected == [(payment, first, D("35.00"))]
    assert books.matches("Proposed") == ([] if posted else rejected)
    assert books.open_of(first) == (D("5.00") if posted else D("40.00"))
    books.prove()


def test_a_proposal_that_no_longer_holds_is_withdrawn(books: Books) -> None:
    first, second = books.invoice("C1", "40.00"), books.invoice("C1", "40.00")
    payment = books.pay("40.00", "thank you", "C1")
    books.settle()
    books.change("payments", payment, reference=second, status="")

    books.settle()

    assert books.open_of(second) == D(0)
    assert books.matches("Rejected") == [(payment, first, D("40.00"))]
    assert books.matches("Proposed") == []


# --- what comes back -------------------------------------------------------------------------------------------


def test_a_payment_that_bounces_opens_its_invoice_again(books: Books) -> None:
    invoice = books.invoice("C1", "119.00", terms="2% 10, Net 30")
    payment = books.pay("116.62", invoice, "C1")
    books.settle()
    back = books.pay("-116.62", f"Return of {payment}")

    books.settle()

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.credited, row.open, row.status) == (D(0), D(0), D("119.00"), "Posted")
    rows = books.rows("payments")
    assert (rows[payment].status, rows[payment].reverses) == ("Returned", back)
    assert (rows[back].status, rows[back].reverses, rows[back].account) == ("Returned", payment, "C1")
    assert books.balance(Account.BANK) == D(0)
    assert books.balance(Account.DISCOUNT) == D(0)
    assert books.balance(Account.RECEIVABLES) == D("119.00")


@pytest.mark.parametrize(("terms", "second"), [("2% 10, Net 30", "771.06"), ("Net 30", "796.60")])
def test_what_the_last_part_was_granted_is_open_again_when_another_part_bounces(
    books: Books, terms: str, second: str
) -> None:
    invoice = books.invoice("C1", "1297.00", terms=terms)
    parts = [books.pay("500.00", invoice, "C1"), books.pay(second, invoice, "C1")]
    books.settle()
    books.pay("-200.00", f"Return of {parts[0]}")
    books.settle()

    assert books.open_of(invoice) == D(1297) - D(300) - D(second)
    books.prove()

    for amount, part in (("-300.00", parts[0]), (f"-{second}", parts[1])):
        books.pay(amount, f"Return of {part}")
    books.settle()

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.credited, row.written_off, row.open) == (D(0), D(0), D(0), D(1297))
    assert books.balance(Account.DISCOUNT) == D(0)
    books.prove()


def test_a_discount_is_granted_once_though_a_part_of_its_payment_is_paid_anew(books: Books) -> None:
    invoice = books.invoice("C1", "1297.00", terms="2% 10, Net 30")
    first = books.pay("500.00", invoice, "C1")
    books.pay("771.06", invoice, "C1")
    books.settle()
    books.pay("-500.00", f"Return of {first}")
    books.settle()

    books.pay("500.00", invoice, "C1")
    books.settle()

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.credited, row.open) == (D("1271.06"), D("25.94"), D(0))
    books.prove()


def test_a_payment_and_its_return_in_one_file_leave_nothing(books: Books) -> None:
    invoice = books.invoice("C1", "50.00")
    books.pay("-50.00", "Return of PM-9", "C1", number="PM-10")
    books.pay("50.00", invoice, "C1", number="PM-9")

    books.settle()

    assert books.open_of(invoice) == D("50.00")
    assert {row.status for row in books.rows("payments").values()} == {"Returned"}


def test_part_of_a_payment_comes_back_from_what_was_not_applied_first(books: Books) -> None:
    invoice = books.invoice("C1", "100.00")
    payment = books.pay("130.00", invoice, "C1")
    books.settle()
    books.pay("-30.00", f"refund of {payment}", "C1")

    books.settle()

    rows = books.rows("payments")
    assert (rows[payment].unapplied, rows[payment].status) == (D(0), "Applied")
    assert books.open_of(invoice) == D(0)
    books.pay("-40.00", f"Return of {payment}", "C1")
    books.settle()
    assert books.open_of(invoice) == D("40.00")


def test_no_more_comes_back_than_was_paid(books: Books) -> None:
    payment = books.pay("50.00", "", "C1")
    books.settle()
    books.pay("-30.00", f"Return of {payment}")
    too_much = books.pay("-30.00", f"Return of {payment}")

    received = books.receive()

    assert received.faults == 1
    row = books.rows("payments")[too_much]
    assert row.status == "Not posted"
    assert row.problem.startswith("Amount: ")
    books.prove()


def test_a_refund_settles_the_credit_note_it_names(books: Books) -> None:
    note = books.invoice("C1", "-30.00")
    refund = books.pay("-30.00", note, "C1")

    books.settle()

    assert books.open_of(note) == D(0)
    assert books.rows("payments")[refund].status == "Applied"
    assert books.balance(Account.BANK) == D("-30.00")


@pytest.mark.parametrize(
    ("amount", "more", "header"),
    [
        ("0", {}, "Amount"),
        (None, {}, "Amount"),
        ("5", {"method": "Barter"}, "Method"),
        ("5", {"paid_on": None}, "Paid on"),
        ("5", {"customer": "NOBODY"}, "Customer ID"),
    ],
)
def test_a_payment_that_cannot_be_posted_says_why(
    books: Books, amount: str | None, more: dict[str, str], header: str
) -> None:
    payment = books.pay(amount, **more)

    received = books.receive()

    assert (received.count, received.faults) == (0, 1)
    assert books.rows("payments")[payment].problem.startswith(f"{header}: ")
    assert books.receive() == type(received)(0)


def test_payments_in_another_currency_keep_to_invoices_of_theirs(books: Books) -> None:
    euro = books.invoice("C1", "50.00")
    dollar = books.invoice("C1", "50.00", currency="USD")
    books.pay("50.00", "", "C1", currency="USD")

    books.settle()

    assert books.open_of(dollar) == D(0)
    assert books.open_of(euro) == D("50.00")


def test_a_payment_that_names_an_invoice_of_before_another_bill_to_pays_that_one(books: Books) -> None:
    old, new = books.invoice("C1", "95.20"), books.invoice("C2", "95.20", customer_id="C1")
    books.change("customers", "C1", bill_to="C2")
    payment = books.pay("95.20", old, "C1")

    books.settle()

    rows = books.rows("invoices")
    assert (rows[old].open, rows[new].open) == (D(0), D("95.20"))
    assert books.rows("payments")[payment].account == "C1"


def test_a_payment_that_names_an_invoice_on_another_of_its_accounts_pays_no_other_by_amount(books: Books) -> None:
    old, new = books.invoice("C1", "95.20"), books.invoice("C2", "95.20", customer_id="C1")
    other = books.invoice("C2", "10.00")
    books.change("customers", "C1", bill_to="C2")
    payment = books.pay("95.20", f"{old} {other}", "C1")

    applied = books.settle()

    assert applied.invoices == 0
    assert books.rows("invoices")[new].open == D("95.20")
    assert books.rows("payments")[payment].unapplied == D("95.20")


def test_a_payment_of_the_account_a_customer_is_billed_to_now_waits_where_it_names_an_older_invoice(
    books: Books,
) -> None:
    old, own = books.invoice("C1", "95.20"), books.invoice("C2", "95.20")
    books.change("customers", "C1", bill_to="C2")
    books.pay("95.20", old, "C2")

    applied = books.settle()

    assert applied.invoices == 0
    assert [row.reason for row in books.rows("matches").values() if row.invoice == own] == [
        f"It names {old}, open on another account of this customer."
    ]


def test_a_rest_that_names_what_its_own_payment_settled_is_proposed_alike_by_the_next_run(books: Books) -> None:
    for amount in ("0.01", "0.01", "14.94"):
        books.invoice("C2", amount)
    books.pay("11.37", "INV-000001", "C2")

    books.settle()  # twice, as it proves

    assert books.matches() == [("PM-000001", "INV-000001", D("0.01"))]
    proposed = [("PM-000001", "INV-000002", D("0.01")), ("PM-000001", "INV-000003", D("11.35"))]
    assert books.matches("Proposed") == proposed


# --- what is said later of a refund ------------------------------------------------------------------------------


def _refunded(books: Books, *references: str, amount: str = "-643.00", customer: str = "C1") -> tuple[str, str, str]:
    """An invoice of 357.00 paid with 1000.00, and a refund that names these things one after the other."""
    invoice = books.invoice("C1", "357.00")
    payment = books.pay("1000.00", invoice, "C1", method="Cash")
    books.settle()
    back = books.pay(amount, references[0].format(payment), customer, method="Cash")
    books.settle()
    for text in references[1:]:
        books.change("payments", back, reference=text.format(payment), status="", problem="")
        books.settle()
    return invoice, payment, back


@pytest.mark.parametrize("customer", ["C1", ""])
@pytest.mark.parametrize(
    "references",
    [
        ("Return of {}",),
        ("refund", "{}"),
        ("refund", "Return of {}"),
        ("refund", "PM-000099", "{}"),
        ("", "RA-1", "{}"),
    ],
)
def test_a_refund_is_posted_once_whenever_its_payment_is_named(
    books: Books, references: tuple[str, ...], customer: str
) -> None:
    invoice, payment, back = _refunded(books, *references, customer=customer)

    rows = books.rows("payments")
    assert books.balance(Account.CASH) == D("357.00")
    assert books.balance(Account.RECEIVABLES) == books.balance(Account.UNIDENTIFIED) == D(0)
    assert (rows[payment].unapplied, rows[payment].status) == (D(0), "Applied")
    assert (rows[back].unapplied, rows[back].status, rows[back].reverses) == (D(0), "Returned", payment)
    assert (rows[back].account, books.open_of(invoice)) == ("C1", D(0))


def test_a_refund_that_names_its_payment_later_opens_the_invoice_again(books: Books) -> None:
    invoice, payment, _ = _refunded(books, "bounced", "{}", amount="-1000.00")

    assert books.open_of(invoice) == D("357.00")
    assert books.rows("payments")[payment].status == "Returned"
    assert books.balance(Account.CASH) == D(0)
    assert books.balance(Account.RECEIVABLES, ["C1"]) == D("357.00")


def test_a_refund_of_a_credit_note_may_name_it_later(books: Books) -> None:
    note = books.invoice("C1", "-30.00")
    refund = books.pay("-30.00", "refund", "", method="Cash")
    books.settle()
    books.change("payments", refund, reference=note, status="")

    books.settle()

    assert books.open_of(note) == D(0)
    assert books.rows("payments")[refund].status == "Applied"
    assert books.balance(Account.CASH) == D("-30.00")
    assert books.balance(Account.UNIDENTIFIED) == D(0)


@pytest.mark.parametrize("customer", ["C1", ""])
def test_a_refund_that_names_a_used_credit_note_is_told_that_nothing_is_open_on_it(books: Books, customer: str) -> None:
    note = books.invoice("C1", "-30.00")
    books.pay("-30.00", note, "C1")
    books.settle()
    books.pay("-30.00", note, customer)

    books.settle()

    with books.ledger.reading() as conn:
        (told,) = (row[4] for row in waiting_money(conn))
    assert f"nothing is open on {note} any more. Name another in Reference." in told


def test_what_is_left_of_a_refund_of_a_credit_note_may_take_a_payment_back(books: Books) -> None:
    note = books.invoice("C1", "-30.00")
    payment = books.pay("50.00", "", "C1")
    refund = books.pay("-70.00", note, "C1")
    books.settle()
    books.change("payments", refund, reference=payment, status="")
    books.settle()
    books.pay("-10.00", payment, "C1")

    books.settle()

    assert books.open_of(note) == D(0)
    assert books.rows("payments")[refund].status == "Returned"
    assert books.rows("payments")[payment].status == "Returned"
    assert books.balance(Account.BANK) == D("-30.00")


def test_a_posted_refund_that_names_a_payment_of_less_stays_posted_and_says_why(books: Books) -> None:
    _, _, back = _refunded(books, "refund", "{}", amount="-1100.00")

    row = books.rows("payments")[back]
    assert (row.status, row.unapplied, row.held_on) == ("Unapplied", D("-1100.00"), "receivables")
    assert row.problem.startswith("Amount: of PM-000001 1000.00 is left to take back.")
    assert books.balance(Account.CASH) == D("-100.00")
    with books.ledger.reading() as conn:
        assert [issue.key for issue in standing_faults(conn)] == [back]
        told = {row[0]: row[-1] for row in waiting_money(conn)}
        assert "1000.00 is left to take back" in told[back]


def test_a_refund_that_names_a_payment_typed_later_is_posted_once(books: Books) -> None:
    refund = books.pay("-20.00", "PM-000077", "", method="Cash")
    books.settle()
    books.pay("20.00", "", "C1", number="PM-000077", method="Cash")

    books.settle()

    assert books.rows("payments")[refund].status == "Returned"
    assert books.balance(Account.CASH) == D(0)


# --- proposals beside each other ---------------------------------------------------------------------------------


TOLERANT = plain_policy(payment_tolerance_percent=D(1), payment_tolerance_amount=D(1))


@pytest.mark.parametrize("together", [True, False])
def test_a_small_rest_proposed_as_a_guess_does_not_split_a_payment_of_just_an_invoice(
    books: Books, together: bool
) -> None:
    books.invoice("C1", "59.50"), books.invoice("C1", "59.50")
    rest = books.pay("0.30", "", "C1")
    if not together:
        books.settle(TOLERANT)
    payment = books.pay("59.50", "", "C1")

    books.settle(TOLERANT)

    proposed = [row for row in books.rows("matches").values() if row.status == "Proposed"]
    assert [(row.amount, row.rule) for row in proposed if row.payment == payment] == [(D("59.50"), "Amount")]
    assert sum(row.amount for row in proposed if row.payment == rest) == D("0.30")
    with books.ledger.transaction(DAY) as txn:
        txn.update(schema.matches, [{"match": row.match, "decision": "Accept"} for row in proposed])
    books.settle(TOLERANT)
    assert books.balance(Account.WRITE_OFF) == D(0)
    assert sorted(row.open for row in books.rows("invoices").values()) == [D(0), D("59.20")]


def test_what_is_accepted_of_an_invoice_that_two_payments_share_leaves_no_difference(books: Books) -> None:
    invoice = books.invoice("C1", "59.50")
    books.invoice("C1", "59.60")
    books.pay("0.30", "", "C1")
    books.pay("100.00", "", "C1")
    books.settle(TOLERANT)
    split = next(name for name, row in books.rows("matches").items() if row.amount == D("59.20"))
    books.change("matches", split, decision="Accept")

    books.settle(TOLERANT)

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.written_off, row.open) == (D("59.50"), D(0), D(0))


def test_an_accepted_proposal_writes_nothing_off_that_a_payment_naming_the_invoice_brings(books: Books) -> None:
    invoice = books.invoice("C1", "59.50")
    books.invoice("C1", "59.60")
    large = books.pay("59.20", "", "C1")
    books.settle(TOLERANT)
    match = next(name for name, row in books.rows("matches").items() if row.invoice == invoice)
    books.change("matches", match, decision="Accept")
    small = books.pay("0.30", f"rest of {invoice}", "C1")

    books.settle(TOLERANT)

    row = books.rows("invoices")[invoice]
    assert (row.paid, row.written_off, row.open) == (D("59.50"), D(0), D(0))
    assert [books.rows("payments")[name].unapplied for name in (large, small)] == [D(0), D(0)]
    assert books.balance(Account.WRITE_OFF) == D(0)


def test_a_proposal_of_an_earlier_run_takes_the_amount_that_it_has_now(books: Books) -> None:
    first = books.invoice("C1", "59.50")
    books.invoice("C1", "70.00"), books.invoice("C1", "80.00")
    small = books.pay("0.30", "", "C1")
    large = books.pay("100.00", "", "C1")
    books.settle()
    assert (large, first, D("59.20")) in books.matches("Proposed")
    books.change("payments", small, customer_id="C2", status="")

    books.settle()

    assert (large, first, D("59.50")) in books.matches("Proposed")
    assert sum(amount for name, _, amount in books.matches("Proposed") if name == large) == D("100.00")


# --- instalments -------------------------------------------------------------------------------------------------


def test_a_payment_of_just_the_instalment_due_next_pays_it(books: Books) -> None:
    invoice = books.invoice("C1", "119.00", terms="30% 0, 70% 60")
    books.invoice("C1", "500.00")
    payment = books.pay("35.70", "", "C1")

    books.settle()

    (match,) = books.rows("matches").values()
    assert (match.payment, match.invoice, match.rule, match.status) == (payment, invoice, "Amount", "Posted")
    assert match.reason == "The instalment due next, and no other open item has this amount."
    books.pay("83.30", "", "C1")
    books.settle()
    assert books.open_of(invoice) == D(0)


def test_an_instalment_of_the_amount_of_another_item_is_a_tie(books: Books) -> None:
    books.invoice("C1", "119.00", terms="30% 0, 70% 60")
    books.invoice("C1", "35.70")
    books.pay("35.70", "", "C1")

    books.settle()

    (match,) = books.rows("matches").values()
    assert (match.rule, match.status, match.amount) == ("Amount", "Proposed", D("35.70"))
    assert match.reason == "2 open items or instalments have this amount."


def test_an_instalment_that_is_not_due_next_is_only_proposed(books: Books) -> None:
    books.invoice("C1", "119.00", terms="30% 0, 70% 60")
    books.pay("83.30", "", "C1")

    books.settle()

    assert {row.status for row in books.rows("matches").values()} == {"Proposed"}


def test_one_instalment_after_the_other_is_found_by_its_amount(books: Books) -> None:
    invoice = books.invoice("C1", "100.00", terms="20% 0, 20% 30, 60% 60")
    books.pay("20.00", "", "C1"), books.pay("20.00", "", "C1")

    books.settle()

    assert books.open_of(invoice) == D("60.00")


def test_money_that_names_another_customers_invoice_of_its_amount_pays_no_own_one_by_itself(books: Books) -> None:
    others, older, own = (
        books.invoice("C1", "452.77"),
        books.invoice("C2", "29.77"),
        books.invoice("C2", "452.77"),
    )
    payment = books.pay("452.77", f"Rechnung {others}", "C2")

    books.settle()

    assert books.matches() == []
    assert books.matches("Proposed") == [(payment, own, D("452.77"))]
    assert (books.open_of(others), books.open_of(older)) == (D("452.77"), D("29.77"))


@pytest.mark.parametrize("amount", ["55.00", "133.00"])
def test_a_part_and_too_much_wait_where_nothing_says_who_pays(books: Books, amount: str) -> None:
    invoice = books.invoice("C1", "100.10")
    payment = books.pay(amount, invoice)

    books.settle()

    assert books.matches() == []
    assert books.matches("Proposed") == [(payment, invoice, min(D(amount), D("100.10")))]


def test_what_is_wrong_with_a_payment_is_said_once_and_no_more_when_it_is_gone(books: Books) -> None:
    first, other = books.pay("50.00", "x", "C1"), books.pay("50.00", "y", "C1")
    back = books.pay("-50.00", "cash back")
    posted = books.receive()
    retype(books, back, f"Return of {first} {other}")

    bad, head = books.receive(), books.ledger.head()
    again, unchanged = books.receive(), books.ledger.head()
    told = books.rows("payments")[back].problem
    retype(books, back, "cash back")
    books.receive()

    assert (posted.count, bad.faults, again.faults, head) == (3, 1, 0, unchanged)
    assert told.startswith(f"Reference: it names {first}, {other}.")
    assert books.rows("payments")[back].problem == ""
    books.prove()


def test_a_payment_that_could_not_be_posted_is_once_its_fault_has_gone(books: Books) -> None:
    payment = books.pay("50.00", "x", "C9")
    bad, again = books.receive(), books.receive()
    books.customers("C9")

    assert (bad.faults, again.faults, books.receive().count) == (1, 0, 1)
    assert books.rows("payments")[payment].account == "C9"


def retype(books: Books, payment: str, reference: str) -> None:
    with books.ledger.transaction(DAY) as txn:
        txn.record("payment changed", payment)
        txn.update(schema.payments, [{"payment": payment, "reference": reference}])
