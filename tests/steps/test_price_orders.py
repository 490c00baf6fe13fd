"""Orders are completed and priced, or wait with a sentence that says what is missing or who decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import decide
from o2c_xl.ledger.ordering.pricing import PricingBooks
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.price_orders import price_orders
from tests.steps.order_samples import DAY, D, act, head, lines, open_shop, order, policy


def price(ledger: Ledger, rules: Policy | None = None, day: dt.date = DAY) -> int:
    rules = rules or policy()
    return price_orders(PricingBooks(ledger, day, rules), rules)


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    return open_shop(memory_ledger)


def approve(ledger: Ledger, verdict: Any = "Approve", reason: str = "") -> None:
    with ledger.transaction(DAY) as txn:
        txn.who = "omar"
        txn.conn.execute(schema.roles.insert().values(user="omar", role="Operations Manager"))
        decided, refused = decide(txn, ["AP-000001"], verdict, reason)
    assert (decided, refused) == (["AP-000001"], [])


def test_lines_are_priced_from_the_product_and_taxed_once_per_rate(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 3), ("TEA", "0.125", {"discount_percent": D(10)}), freight=D("5.00"))

    assert price(shop) == 1

    row, (mug, tea) = head(shop, "1"), lines(shop, "1")
    assert (mug.price, mug.net, mug.tax_rate) == (10, D("30.00"), 19)
    assert (tea.price, tea.net, tea.tax_rate) == (9, D("1.01"), 7)
    assert (row.net, row.tax, row.total) == (D("36.01"), D("6.72"), D("42.73"))
    assert (row.status, row.currency, row.terms, row.bill_to) == ("Credit check", "EUR", "Net 30", "ALFKI")


def test_the_price_list_of_the_customer_counts_by_quantity(memory_ledger: Ledger) -> None:
    open_shop(memory_ledger, [{"price_list": "VIP"}])
    with memory_ledger.transaction(DAY) as txn:
        rows = [
            {"price_list": "VIP", "sku": "MUG", "minimum_quantity": D(n), "price": D(p)} for n, p in ((1, 8), (10, 6))
        ]
        txn.insert(schema.prices, rows)
    order(memory_ledger, "1", ("MUG", 9), ("MUG", 10), ("MUG", 1, {"unit_price": D("7.5")}))

    price(memory_ledger)

    assert [line.price for line in lines(memory_ledger, "1")] == [8, 6, D("7.5")]


def test_a_foreign_customer_does_not_get_the_price_in_the_companys_currency(memory_ledger: Ledger) -> None:
    open_shop(memory_ledger, [{"currency": "USD", "price_list": "US"}])
    order(memory_ledger, "1", ("MUG", 1))

    price(memory_ledger)

    row = head(memory_ledger, "1")
    assert row.status == "Incomplete"
    assert "no price for MUG in price list US" in row.waiting_for


@pytest.mark.parametrize(
    ("wanted", "changes", "said"),
    [
        ([], {}, "no lines"),
        ([("", 1)], {}, "Line 1: no product"),
        ([("GONE", 1)], {}, "GONE is not known"),
        ([("MUG", None)], {}, "Line 1: no quantity"),
        ([("MUG", 1)], {"customer_id": None}, "no customer"),
        ([("MUG", 1)], {"customer_id": "NOBODY"}, "NOBODY is not known"),
        ([("MUG", 1)], {"ship_to_city": "Hamburg"}, "no street"),
    ],
)
def test_what_is_missing_is_said_and_waits_for_sales(
    shop: Ledger, wanted: list[tuple[Any, ...]], changes: dict[str, Any], said: str
) -> None:
    order(shop, "1", *wanted, **changes)

    count = price(shop)

    row = head(shop, "1")
    assert (row.status, row.waiting_who, row.waiting_since) == ("Incomplete", "Sales", DAY)
    assert said in row.waiting_for
    assert count == 0


def test_freight_that_the_customers_currency_has_no_coins_for_is_told_how_to_be_entered(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 1), freight=D("5.50"))
    with shop.transaction(DAY) as txn:
        txn.update(schema.orders, [{"order": "1", "freight": D("5.125")}])

    price(shop)

    told = "Freight: 5.125 has more decimal places than EUR (2). Enter it with at most 2 decimal places."
    assert head(shop, "1").waiting_for == told


def test_no_tax_rate_is_an_error_and_not_zero(memory_ledger: Ledger) -> None:
    open_shop(memory_ledger, [{"tax_group": "CH"}])
    order(memory_ledger, "1", ("TEA", 1))

    price(memory_ledger)

    assert "no tax rate for tax group CH and tax code R" in head(memory_ledger, "1").waiting_for


def test_an_incomplete_order_is_said_once_and_goes_on_when_mended(shop: Ledger) -> None:
    order(shop, "1", ("GONE", 1))
    price(shop)
    entries = shop.head()

    assert price(shop, day=DAY + dt.timedelta(days=1)) == 0
    assert shop.head() == entries

    order(shop, "1", ("MUG", 1))
    assert price(shop) == 1
    assert (head(shop, "1").status, head(shop, "1").waiting_for) == ("Credit check", "")


def test_a_priced_order_keeps_its_price_when_the_list_changes_later(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 1), ("TEA", 1))
    price(shop)
    with shop.transaction(DAY) as txn:
        txn.update(schema.products, [{"sku": "MUG", "price": D(99)}])
    order(shop, "1", ("MUG", 1), ("TEA", 2))

    price(shop)

    assert [line.price for line in lines(shop, "1")] == [10, 9]


def test_a_price_beyond_the_tolerance_waits_until_it_is_approved(shop: Ledger) -> None:
    rules = policy(**{"Price tolerance %": "5"})
    order(shop, "1", ("MUG", 1, {"unit_price": D("9.40")}))

    price(shop, rules)
    waiting = head(shop, "1")
    approve(shop)
    price(shop, rules)

    assert (waiting.status, waiting.waiting_who) == ("Approval", "Operations Manager")
    assert head(shop, "1").status == "Credit check"


def test_a_discount_beyond_the_tolerance_is_a_price_beyond_it(shop: Ledger) -> None:
    rules = policy(**{"Price tolerance %": "5"})
    order(shop, "1", ("MUG", 1, {"discount_percent": D(99)}))
    order(shop, "2", ("MUG", 1, {"discount_percent": D(4)}))
    order(shop, "3", ("MUG", 1, {"unit_price": D("9.80"), "discount_percent": D(4)}))

    price(shop, rules)

    assert [head(shop, number).status for number in "123"] == ["Approval", "Credit check", "Approval"]
    assert "price 10.00 less 99 % instead of 10.00" in head(shop, "1").waiting_for


def test_a_rejected_price_stays_with_its_reason_until_the_order_is_changed(shop: Ledger) -> None:
    rules = policy(**{"Price tolerance %": "5"})
    order(shop, "1", ("MUG", 1, {"unit_price": D(5)}))
    price(shop, rules)
    approve(shop, "Reject", "too cheap")

    price(shop, rules)
    rejected = head(shop, "1")
    order(shop, "1", ("MUG", 1, {"unit_price": D(10)}))
    price(shop, rules)

    assert rejected.status == "Approval"
    assert "too cheap" in rejected.waiting_for
    assert head(shop, "1").status == "Credit check"


def test_an_edit_voids_what_was_approved(shop: Ledger) -> None:
    rules = policy(**{"Price tolerance %": "5"})
    order(shop, "1", ("MUG", 1, {"unit_price": D(5)}))
    price(shop, rules)
    approve(shop)
    order(shop, "1", ("MUG", 100, {"unit_price": D(5)}))

    price(shop, rules)

    assert head(shop, "1").status == "Approval"


def test_a_new_ship_to_waits_and_the_customers_own_does_not(shop: Ledger) -> None:
    rules = policy(**{"Approve new ship-to": "Yes"})
    elsewhere = {"ship_to_street": "Elbe 1", "ship_to_city": "Hamburg", "ship_to_country": "DE"}
    order(shop, "1", ("MUG", 1))
    order(shop, "2", ("MUG", 1), **elsewhere)

    price(shop, rules)

    assert [head(shop, key).status for key in "12"] == ["Credit check", "Approval"]


def test_an_order_waits_for_confirmation_where_the_company_asks_for_it(shop: Ledger) -> None:
    rules = policy(Confirm_by_hand="Yes")
    order(shop, "1", ("MUG", 1))

    price(shop, rules)
    waiting = head(shop, "1")
    act(shop, "1", "Confirm")
    price(shop, rules)

    assert (waiting.status, waiting.waiting_who) == ("On hold", "Sales")
    assert head(shop, "1").status == "Credit check"


def test_an_amended_order_that_became_incomplete_shows_no_amounts_of_before(shop: Ledger) -> None:
    order(shop, "1", ("MUG", 3))
    price(shop)
    order(shop, "1", ("NONE", 3))

    price(shop)

    row = head(shop, "1")
    assert (row.status, row.net, row.tax, row.total) == ("Incomplete", 0, 0, 0)
    assert price(shop) == 0
