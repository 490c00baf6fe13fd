"""Orders go on credit by rule, wait for money or for finance, and go on by themselves once they may."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from tests.steps.order_samples import DAY, D, act, head, open_shop, order, policy, run, statuses


def invoice(ledger: Ledger, number: str, total: str, due: dt.date, account: str = "ALFKI", **more: Any) -> None:
    with ledger.transaction(DAY) as txn:
        entry = txn.record("invoice posted", number)
        row = {"invoice": number, "kind": "Invoice", "account": account, "customer_id": account, "currency": "EUR"}
        amounts = {"total": D(total), "open": D(total), "due_date": due, "entry": entry}
        txn.insert(schema.invoices, [{**row, **amounts, **more}])


def pay_invoice(ledger: Ledger, number: str) -> None:
    with ledger.transaction(DAY) as txn:
        txn.update(schema.invoices, [{"invoice": number, "open": D(0)}])


def unapplied(ledger: Ledger, amount: str, order: str = "", account: str = "ALFKI") -> None:
    with ledger.transaction(DAY) as txn:
        key = txn.number("PM-")
        row = {"payment": key, "customer_id": account, "account": account, "order": order, "currency": "EUR"}
        txn.insert(schema.payments, [{**row, "amount": D(amount), "unapplied": D(amount)}])


def give_role(ledger: Ledger, role: str, **more: Any) -> None:
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.roles, [{"user": "anna", "role": role, **more}])


def note(ledger: Ledger, number: str, reason: str, **more: Any) -> None:
    with ledger.transaction(DAY) as txn:
        txn.update(schema.orders, [{"order": number, "notes": reason, **more}])


def customer(ledger: Ledger, key: str = "ALFKI") -> Any:
    with ledger.reading() as conn:
        return conn.execute(select(schema.customers).where(schema.customers.c.customer_id == key)).one()


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    return open_shop(memory_ledger, [{"credit_limit": D(250)}, {"customer_id": "CHILD", "bill_to": "ALFKI"}], MUG=1000)


def test_an_order_within_the_limit_goes_on_and_keeps_its_sum(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 10))

    run(shop)

    row = head(shop, "1")
    assert (row.status, row.credit_state, row.waiting_for) == ("To pick", "Approved", "")
    assert '"exposure": "119.00"' in row.credit_terms
    assert customer(shop).credit_status == "Approved"


def test_orders_of_one_batch_use_up_the_headroom_of_their_bill_to_in_their_sequence(shop: Ledger) -> None:
    order(shop, "10", ("MUG", 10))
    order(shop, "9", ("MUG", 10), customer_id="CHILD")
    order(shop, "11", ("MUG", 10))

    run(shop)

    assert statuses(shop) == {"9": "To pick", "10": "To pick", "11": "On hold"}
    assert "Above the credit limit of 250.00" in head(shop, "11").waiting_for
    assert head(shop, "11").waiting_who == "Customer"


def test_a_limit_reached_exactly_passes(memory_ledger: Ledger) -> None:
    open_shop(memory_ledger, [{"credit_limit": D(119)}], MUG=100)
    order(memory_ledger, "1", ("MUG", 10))

    run(memory_ledger)

    assert statuses(memory_ledger) == {"1": "To pick"}


def test_unapplied_cash_counts_and_releases_a_held_order_by_itself(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 30))
    run(shop)
    held = head(shop, "1")
    unapplied(shop, "107.00")

    run(shop)

    assert held.status == "On hold"
    assert statuses(shop) == {"1": "To pick"}


def test_a_second_run_records_nothing(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 30))
    order(shop, "2", ("MUG", 1))
    run(shop)
    before = shop.head()

    assert run(shop) == (0, 0, 0, 0)
    assert shop.head() == before


def test_an_invoice_past_due_holds_the_next_order_and_names_itself(shop: Ledger) -> None:
    invoice(shop, "INV-7", "100.00", DAY - dt.timedelta(days=5))
    order(shop, "1", ("MUG", 1))

    run(shop)
    held, marked = head(shop, "1"), customer(shop).credit_status
    pay_invoice(shop, "INV-7")
    run(shop)

    assert held.status == "On hold"
    assert all(part in held.waiting_for for part in ("INV-7", "100.00 EUR", "5 days late"))
    assert marked == "Hold"
    assert (statuses(shop), customer(shop).credit_status) == ({"1": "To pick"}, "Approved")


def test_what_is_late_within_the_tolerance_does_not_hold(shop: Ledger) -> None:
    invoice(shop, "INV-7", "100.00", DAY - dt.timedelta(days=5))
    order(shop, "1", ("MUG", 1))

    run(shop, policy(Past_due_tolerance_days="5"))

    assert statuses(shop) == {"1": "To pick"}


def test_only_the_late_instalment_counts_as_past_due(shop: Ledger) -> None:
    invoice(shop, "INV-7", "100.00", DAY + dt.timedelta(days=30))
    with shop.transaction(DAY) as txn:
        dues = [(1, DAY - dt.timedelta(days=1), "30"), (2, DAY + dt.timedelta(days=30), "70")]
        rows = [{"invoice": "INV-7", "due_no": n, "due_date": day, "amount": D(a)} for n, day, a in dues]
        txn.insert(schema.invoice_dues, rows)
    order(shop, "1", ("MUG", 1))

    run(shop)

    assert "30.00 EUR is past due" in head(shop, "1").waiting_for


def test_without_credit_check_everything_on_credit_passes(shop: Ledger) -> None:
    invoice(shop, "INV-7", "100.00", DAY - dt.timedelta(days=500))
    order(shop, "1", ("MUG", 100))

    run(shop, policy(Credit_check="No"))

    assert statuses(shop) == {"1": "To pick"}


def test_a_first_order_above_the_setting_goes_to_finance(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 10))

    run(shop, policy(First_order_credit_up_to="100"))

    row = head(shop, "1")
    assert (row.status, row.credit_state, row.waiting_who) == ("Credit check", "Review", "Finance")
    assert customer(shop).credit_status == "Review"


def test_a_release_counts_only_with_the_role(shop: Ledger) -> None:
    rules = policy(First_order_credit_up_to="0")
    order(shop, "1", ("MUG", 1))
    run(shop, rules)
    act(shop, "1", "Release")
    note(shop, "1", "Pays on Friday")

    run(shop, rules)
    asked = head(shop, "1")
    give_role(shop, "Finance")
    run(shop, rules)

    assert asked.status == "Credit check"
    assert "anna may not release it" in asked.waiting_for
    assert (statuses(shop), customer(shop).credit_status) == ({"1": "To pick"}, "Approved")


def test_a_release_beyond_the_limit_of_the_role_says_how_far_it_goes(shop: Ledger) -> None:
    rules = policy(First_order_credit_up_to="0")
    give_role(shop, "Finance", limit=D(3))
    order(shop, "1", ("MUG", 1))
    run(shop, rules)
    act(shop, "1", "Release")
    note(shop, "1", "Pays on Friday")

    run(shop, rules)

    assert "anna may release no more than 3 (Limit in Roles). Nobody may today" in head(shop, "1").waiting_for


def test_a_release_needs_a_reason_and_an_end_to_come(shop: Ledger) -> None:
    rules = policy(First_order_credit_up_to="0")
    give_role(shop, "Finance")
    order(shop, "1", ("MUG", 1), action="Release")
    run(shop, rules)
    no_reason = head(shop, "1").action_problem
    note(shop, "1", "Pays on Friday", released_until=DAY - dt.timedelta(days=1))
    run(shop, rules)
    ended = head(shop, "1").action_problem
    note(shop, "1", "Pays on Friday", released_until=None)

    run(shop, rules)

    assert no_reason.startswith("Release: the reason is missing. Write in Notes")
    assert "has passed. Give a later date." in ended
    released = head(shop, "1")
    assert (released.status, released.released_until, released.action_problem) == ("To pick", DAY, "")


def released(ledger: Ledger, until: dt.date, **more: Any) -> None:
    with ledger.transaction(DAY) as txn:
        row = {"customer_id": "ALFKI", "credit_released_until": until, "release_reason": "Fair", "released_by": "fin"}
        txn.update(schema.customers, [{**row, **more}])


def test_while_a_customer_is_released_its_orders_pass_and_later_ones_are_checked_anew(shop: Ledger) -> None:
    released(shop, DAY)
    order(shop, "1", ("MUG", 100))
    run(shop)
    passed = head(shop, "1").credit_terms
    released(shop, DAY - dt.timedelta(days=1))
    order(shop, "2", ("MUG", 1))

    run(shop)

    assert f"Released by fin until {DAY}: Fair" in passed
    assert statuses(shop) == {"1": "To pick", "2": "On hold"}


def test_a_release_by_a_role_with_a_limit_ends_at_that_exposure(shop: Ledger) -> None:
    released(shop, DAY, release_up_to=D(500))
    order(shop, "1", ("MUG", 40))
    order(shop, "2", ("MUG", 10))

    run(shop)

    assert statuses(shop) == {"1": "To pick", "2": "On hold"}


def test_a_role_with_a_limit_releases_up_to_it(shop: Ledger) -> None:
    rules = policy(First_order_credit_up_to="0")
    give_role(shop, "Finance Manager", limit=D(100))
    order(shop, "1", ("MUG", 10))
    act(shop, "1", "Release")

    run(shop, rules)

    assert statuses(shop) == {"1": "Credit check"}


def test_a_prepaid_order_waits_for_a_payment_that_names_it(memory_ledger: Ledger) -> None:
    open_shop(memory_ledger, [{"payment_terms": "Prepaid", "credit_limit": D(0)}], MUG=100)
    order(memory_ledger, "1001", ("MUG", 10))
    run(memory_ledger)
    waiting = head(memory_ledger, "1001")
    unapplied(memory_ledger, "19.00", "1001")
    run(memory_ledger)
    partly = head(memory_ledger, "1001")
    unapplied(memory_ledger, "100.00", "1001")

    run(memory_ledger)

    assert (waiting.status, waiting.waiting_for) == ("On hold", "Prepaid: pay 119.00 EUR naming order 1001.")
    assert "pay 100.00 EUR naming" in partly.waiting_for
    assert statuses(memory_ledger) == {"1001": "To pick"}


def test_what_is_invoiced_no_longer_counts_as_confirmed(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 20))
    run(shop)
    with shop.transaction(DAY) as txn:
        done = {"order": "1", "line": "1", "allocated": D(0), "shipped": D(20), "invoiced": D(20)}
        txn.update(schema.order_lines, [{**done, "invoiced_net": D(200)}])
        txn.update(schema.orders, [{"order": "1", "status": "Shipped"}])
    invoice(shop, "INV-1", "238.00", DAY + dt.timedelta(days=30))
    order(shop, "2", ("MUG", 2))

    run(shop)

    assert "open 238.00 + confirmed 0.00 + this order 23.80" in head(shop, "2").waiting_for


def test_what_is_late_in_another_currency_than_the_accounts_holds_the_order(shop: Ledger) -> None:
    invoice(shop, "INV-1", "40.000", DAY - dt.timedelta(days=61), currency="KWD")
    order(shop, "1", ("MUG", 1))

    run(shop)

    row = head(shop, "1")
    assert (row.status, row.waiting_who) == ("On hold", "Customer")
    assert "40.000 KWD is past due (INV-1; 61 days late)" in row.waiting_for
    assert customer(shop).credit_status == "Hold"


def test_a_changed_currency_of_the_account_does_not_let_go_what_is_late(shop: Ledger) -> None:
    invoice(shop, "INV-1", "95.20", DAY - dt.timedelta(days=61))
    with shop.transaction(DAY) as txn:
        txn.update(schema.customers, [{"customer_id": "ALFKI", "currency": "USD"}])
    order(shop, "1", ("MUG", 1, {"unit_price": D(10)}))

    run(shop)

    assert "95.20 EUR is past due" in head(shop, "1").waiting_for


def test_an_order_in_another_currency_than_the_limit_waits_for_finance(memory_ledger: Ledger) -> None:
    child = {"customer_id": "CHILD", "bill_to": "ALFKI", "currency": "KWD"}
    open_shop(memory_ledger, [{"credit_limit": D(250)}, child], MUG=1000)
    order(memory_ledger, "1", ("MUG", 1, {"unit_price": D(1)}), customer_id="CHILD")
    give_role(memory_ledger, "Finance")

    run(memory_ledger)
    before = head(memory_ledger, "1")
    note(memory_ledger, "1", "Known for years")
    act(memory_ledger, "1", "Release")
    run(memory_ledger)
    order(memory_ledger, "2", ("MUG", 1))
    run(memory_ledger)

    assert (before.status, before.waiting_who) == ("On hold", "Finance")
    assert before.waiting_for.startswith(
        "The credit limit of 250.00 EUR cannot be compared: this order brings it to 1."
    )
    assert head(memory_ledger, "1").status == "To pick"
    assert "1.190 KWD is owed or ordered" in head(memory_ledger, "2").waiting_for


def test_an_open_credit_note_counts_against_what_is_past_due(shop: Ledger) -> None:
    invoice(shop, "INV-1", "50.00", DAY - dt.timedelta(days=10))
    invoice(shop, "CN-1", "-50.00", DAY - dt.timedelta(days=10), kind="Credit note")
    order(shop, "1", ("MUG", 1))

    run(shop)

    assert statuses(shop) == {"1": "To pick"}


def test_a_change_of_bill_to_does_not_evade_what_the_orderer_has_past_due(memory_ledger: Ledger) -> None:
    open_shop(memory_ledger, [{}, {"customer_id": "CHILD"}], MUG=1000)
    invoice(memory_ledger, "INV-1", "95.20", DAY - dt.timedelta(days=61), account="CHILD")
    with memory_ledger.transaction(DAY) as txn:
        txn.update(schema.customers, [{"customer_id": "CHILD", "bill_to": "ALFKI"}])
    order(memory_ledger, "1", ("MUG", 1), customer_id="CHILD")
    order(memory_ledger, "2", ("MUG", 1))

    run(memory_ledger)

    assert statuses(memory_ledger) == {"1": "On hold", "2": "To pick"}
    assert "95.20 EUR is past due (INV-1; 61 days late)" in head(memory_ledger, "1").waiting_for


def test_what_stands_on_the_parents_account_holds_who_ordered_it_once_billed_alone(memory_ledger: Ledger) -> None:
    open_shop(memory_ledger, [{}, {"customer_id": "CHILD"}], MUG=1000)
    late = DAY - dt.timedelta(days=61)
    invoice(memory_ledger, "INV-1", "95.20", late, customer_id="CHILD")
    order(memory_ledger, "1", ("MUG", 1), customer_id="CHILD")

    run(memory_ledger)
    unapplied(memory_ledger, "95.20")
    run(memory_ledger)

    assert statuses(memory_ledger) == {"1": "To pick"}


def test_many_pieces_of_much_value_cancelled_leave_what_is_still_to_be_invoiced_exact(memory_ledger: Ledger) -> None:
    open_shop(memory_ledger, [{"credit_limit": D(10) ** 10}], MUG=1000)
    order(memory_ledger, "1", ("MUG", 300_000, {"unit_price": D(10000)}))
    run(memory_ledger)
    with memory_ledger.transaction(DAY) as txn:
        txn.update(schema.order_lines, [{"order": "1", "line": "1", "cancelled": D(299_999)}])
    order(memory_ledger, "2", ("MUG", 1))

    run(memory_ledger)

    assert '"confirmed": "11900.00"' in head(memory_ledger, "2").credit_terms
