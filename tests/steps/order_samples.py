"""A small shop for the tests of the sales steps: customers, products, rates, orders as they are taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from o2c_xl.domain.accounts import count_legs
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.policy import Policy, policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.credit.check import CreditBooks
from o2c_xl.ledger.goods.allocation import AllocationBooks
from o2c_xl.ledger.ordering.actions import ActionBooks
from o2c_xl.ledger.ordering.pricing import PricingBooks
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.act_on_orders import act_on_orders
from o2c_xl.steps.allocate import allocate
from o2c_xl.steps.check_credit import check_credit
from o2c_xl.steps.price_orders import price_orders
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.define.trade_sales import ORDER_LINES, ORDERS
from o2c_xl.tables.parse.rowset import RowSet
from o2c_xl.tables.take.orders import take_order_book

DAY = dt.date(2026, 3, 2)
D = Decimal

CUSTOMER = {
    "customer_id": "ALFKI",
    "name": "Alfreds Futterkiste",
    "street": "Obere Str. 57",
    "city": "Berlin",
    "postal_code": "12209",
    "country": "DE",
    "currency": "EUR",
    "payment_terms": "Net 30",
    "price_list": "",
    "credit_limit": None,
    "bill_to": "",
    "short_stock": "",
    "shipments_at_most": None,
    "tax_group": "DE",
}


def policy(**settings: str) -> Policy:
    """The policy with these settings, written with underscores for spaces."""
    return policy_of({name.replace("_", " "): value for name, value in settings.items()})


def stock_up(ledger: Ledger, day: dt.date = DAY, **quantities: int) -> None:
    """Put goods on the shelf, a unit worth 1."""
    with ledger.transaction(day) as txn:
        for sku, quantity in quantities.items():
            moves = [Move(sku, D(quantity), D(quantity), "opening")]
            txn.record("stock counted", sku, legs=count_legs(D(quantity), "EUR"), moves=moves)


def open_shop(ledger: Ledger, customers: Iterable[dict[str, Any]] = ({},), **stock: int) -> Ledger:
    """Customers (given by what differs from ALFKI), three products and their supplier, rates of 19 % and 7 %, stock."""
    with ledger.transaction(DAY) as txn:
        txn.insert(schema.customers, [{**CUSTOMER, **customer} for customer in customers])
        txn.insert(
            schema.products,
            [
                {
                    "sku": "MUG",
                    "name": "Mug",
                    "unit": "pcs",
                    "price": D("10"),
                    "tax_code": "",
                    "alternative_sku": "CUP",
                },
                {"sku": "CUP", "name": "Cup", "unit": "pcs", "price": D("12"), "tax_code": "", "alternative_sku": ""},
                {"sku": "TEA", "name": "Tea", "unit": "kg", "price": D("9"), "tax_code": "R", "alternative_sku": ""},
            ],
        )
        txn.insert(schema.suppliers, [{"supplier_id": "S", "name": "Sells all"}])
        txn.update(schema.products, [{"sku": sku, "preferred_supplier": "S"} for sku in ("MUG", "CUP", "TEA")])
        txn.insert(
            schema.tax_rates,
            [
                {"tax_group": "DE", "tax_code": "", "rate_percent": D(19), "reason": ""},
                {"tax_group": "DE", "tax_code": "R", "rate_percent": D(7), "reason": ""},
            ],
        )
    if stock:
        stock_up(ledger, **stock)
    return ledger


def rowset(table: Table, rows: list[dict[str, Any]], *, shared: bool = True) -> RowSet:
    """Rows as a sheet would bring them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) for row in rows] for name in names}
    letters = dict(zip(names, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False))
    return RowSet(table, "shop.xlsx", table.title, columns, list(range(2, len(rows) + 2)), letters, shared=shared)


def order(ledger: Ledger, key: str, *wanted: tuple[Any, ...], day: dt.date = DAY, **head: Any) -> None:
    """Take an order; each line is (SKU, quantity) or (SKU, quantity, {more columns})."""
    heads = [{"order": key, "customer_id": "ALFKI", "order_date": DAY, **head}]
    lines = [
        {
            "order": key,
            "line": str(n),
            "sku": sku,
            "quantity": None if quantity is None else D(quantity),
            **(more[0] if more else {}),
        }
        for n, (sku, quantity, *more) in enumerate(wanted, 1)
    ]
    with ledger.transaction(day) as txn:
        take_order_book(txn, rowset(ORDERS, heads), rowset(ORDER_LINES, lines) if lines else None, policy())


def act(ledger: Ledger, key: str, action: str | None, day: dt.date = DAY, **more: Any) -> None:
    """Type an action on an order's row."""
    with ledger.transaction(day) as txn:
        take_order_book(txn, rowset(ORDERS, [{"order": key, "action": action, **more}]), None, policy())


def run(ledger: Ledger, rules: Policy | None = None, day: dt.date = DAY) -> tuple[int, int, int, int]:
    """The sales steps in their turn; how many orders each changed."""
    rules = rules or policy()
    return (
        act_on_orders(ActionBooks(ledger, day)),
        price_orders(PricingBooks(ledger, day, rules), rules),
        check_credit(CreditBooks(ledger, day, rules), rules, day),
        allocate(AllocationBooks(ledger, day, rules), rules, day).count,
    )


def head(ledger: Ledger, key: str) -> Any:
    """An order's row."""
    with ledger.reading() as conn:
        return conn.execute(select(schema.orders).where(schema.orders.c.order == key)).one()


def lines(ledger: Ledger, key: str) -> list[Any]:
    """An order's lines."""
    c = schema.order_lines.c
    with ledger.reading() as conn:
        return list(conn.execute(select(schema.order_lines).where(c.order == key).order_by(c.position)).all())


def stock(ledger: Ledger, sku: str) -> Any:
    """The balance of a product."""
    with ledger.reading() as conn:
        return conn.execute(select(schema.stock).where(schema.stock.c.sku == sku)).one()


def statuses(ledger: Ledger) -> dict[str, str]:
    """Where each order stands."""
    with ledger.reading() as conn:
        return {row.order: row.status for row in conn.execute(select(schema.orders))}
