"""A warehouse with orders whose stock is set aside already: what picking, shipping and invoicing begin with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, select

from o2c_xl.domain.accounts import Account, count_legs
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.invoices.invoicing import TaxBy, line_net
from o2c_xl.domain.invoices.order_totals import order_totals
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy, policy_of
from o2c_xl.domain.tax import Rate
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.applying import ApplyingBooks
from o2c_xl.ledger.cash.payments import PaymentBooks
from o2c_xl.ledger.goods.picking import PickingBooks
from o2c_xl.ledger.goods.returns import ReturnBooks
from o2c_xl.ledger.goods.shipping import ShippingBooks
from o2c_xl.ledger.invoices.closing import ClosingBooks
from o2c_xl.ledger.invoices.invoicing import InvoicingBooks
from o2c_xl.ledger.proof.verify import verify
from o2c_xl.ledger.receivables.invoice_actions import InvoiceActionBooks
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.act_on_invoices import act_on_invoices
from o2c_xl.steps.apply_payments import apply_payments
from o2c_xl.steps.close_orders import close_orders
from o2c_xl.steps.invoice import invoice
from o2c_xl.steps.pick import pick
from o2c_xl.steps.post_returns import post_returns
from o2c_xl.steps.receive_payments import receive_payments
from o2c_xl.steps.ship import ship

DAY = dt.date(2026, 3, 2)
D = Decimal
HOME = {
    "name": "Alfreds Futterkiste",
    "email": "ap@alfki.example",
    "street": "Obere Str. 57",
    "city": "Berlin",
    "postal_code": "12209",
    "country": "DE",
    "tax_group": "DE",
}


def policy(**settings: str) -> Policy:
    """The policy with these settings, written with underscores for spaces."""
    return policy_of({name.replace("_", " "): value for name, value in settings.items()})


def warehouse(ledger: Ledger, customers: Sequence[Mapping[str, Any]] = ({},), **stock: int) -> Ledger:
    """Three products in two zones, two tax rates, customers (ALFKI unless told otherwise), stock at 4 a unit."""
    with ledger.transaction(DAY) as txn:
        known = [{"customer_id": "ALFKI", **HOME, "bill_to": "", "invoice_by": "", **one} for one in customers]
        txn.insert(schema.customers, known)
        rows = [
            ("MUG", "Mug", "pcs", "", "Zone A", "A-02", "Yes", D("0.4")),
            ("PEN", "Pen", "pcs", "", "Zone A", "A-01", "No", D("0.02")),
            ("TEA", "Tea", "kg", "R", "Zone B", "B-01", "No", D(1)),
        ]
        names = ("sku", "name", "unit", "tax_code", "zone", "bin", "fragile", "weight_kg")
        txn.insert(schema.products, [dict(zip(names, row, strict=True)) for row in rows])
        rates = [("", D(19)), ("R", D(7))]
        txn.insert(
            schema.tax_rates, [{"tax_group": "DE", "tax_code": code, "rate_percent": rate} for code, rate in rates]
        )
        for sku, quantity in (stock or {"MUG": 100, "PEN": 100, "TEA": 100}).items():
            value = D(4) * quantity
            move = Move(sku, D(quantity), value, "opening")
            txn.record("stock counted", sku, legs=count_legs(value, "EUR", Account.OPENING), moves=[move])
    return ledger


def taken(ledger: Ledger, key: str, *wanted: tuple[Any, ...], **head: Any) -> None:
    """An order ready to pick; each line is (SKU, quantity, price[, more columns]), all of it set aside."""
    taxes = {"TEA": ("R", D(7))}
    lines, status = [], head.pop("status", "To pick")
    currency = head.setdefault("currency", "EUR")
    for n, (sku, quantity, price, *more) in enumerate(wanted, 1):
        code, rate = taxes.get(sku, ("", D(19)))
        lines.append(
            {
                "order": key, "line": str(n), "position": n, "sku": sku, "quantity": D(quantity), "price": D(price),
                "discount_percent": None, "tax_code": code, "tax_rate": rate, "allocated": D(quantity),
                "customisation": "", **(more[0] if more else {}),
            }
        )  # fmt: skip
    for line in lines:
        line["net"] = line_net(line["quantity"], line["price"], line["discount_percent"] or ZERO, currency)
    freight = head.get("freight") or ZERO
    parts = [(line["net"], Rate(line["tax_rate"])) for line in lines] + [(freight, Rate(D(19)))]
    totals = order_totals(parts, currency, TaxBy(head.get("tax_mode", "Rate")))
    with ledger.transaction(DAY) as txn:
        entry = txn.record("order priced", key)
        txn.record("credit approved", key)
        row = {
            "order": key, "customer_id": "ALFKI", "bill_to": head.get("customer_id", "ALFKI"), "order_date": DAY,
            "terms": "Net 30", "tax_mode": "Rate", "freight": None, "status": status, "asked_by": "anna",
            "net": totals.net, "tax": totals.tax, "total": totals.total, "entry": entry, "credit_state": "Approved",
            **head,
        }  # fmt: skip
        txn.insert(schema.orders, [row])
        txn.insert(schema.order_lines, lines)
        for line in lines:
            txn.reserve(line["sku"], line["allocated"])


def run_pick(ledger: Ledger, rules: Policy | None = None, day: dt.date = DAY) -> int:
    return pick(PickingBooks(ledger, day), rules or policy(), day)


def run_ship(ledger: Ledger, rules: Policy | None = None, day: dt.date = DAY) -> int:
    rules = rules or policy()
    return ship(ShippingBooks(ledger, day, rules), rules)


def run_invoice(ledger: Ledger, rules: Policy | None = None, day: dt.date = DAY) -> int:
    return invoice(InvoicingBooks(ledger, day), rules or policy())


def type_in(ledger: Ledger, table: Table, **row: Any) -> None:
    """Cells of one row as a person fills them; the key is among them."""
    with ledger.transaction(DAY) as txn:
        txn.update(table, [row])


def rows(ledger: Ledger, table: Table, **where: Any) -> list[Any]:
    """The rows of a table in the order of their keys."""
    keys = list(table.primary_key)
    statement = select(table).where(*(table.c[name] == value for name, value in where.items())).order_by(*keys)
    with ledger.reading() as conn:
        return list(conn.execute(statement).all())


def head(ledger: Ledger, key: str) -> Any:
    """An order's row."""
    return rows(ledger, schema.orders, order=key)[0]


def line(ledger: Ledger, key: str, number: str = "1") -> Any:
    """A line of an order."""
    return rows(ledger, schema.order_lines, order=key, line=number)[0]


def stock_of(ledger: Ledger, sku: str) -> Any:
    """The balance of a product."""
    return rows(ledger, schema.stock, sku=sku)[0]


def assert_books_hold(ledger: Ledger) -> None:
    """Every check of `verify`, the first broken one named."""
    broken = [str(check) for check in verify(ledger) if not check.ok]
    assert broken == []


def run_returns(ledger: Ledger, day: dt.date = DAY) -> int:
    rules = policy()
    return post_returns(ReturnBooks(ledger, day, rules), rules)


def run_close(ledger: Ledger, day: dt.date = DAY) -> int:
    return close_orders(ClosingBooks(ledger, day))


def run_actions(ledger: Ledger, day: dt.date = DAY) -> int:
    return act_on_invoices(InvoiceActionBooks(ledger, day))


def fulfil(ledger: Ledger, rules: Policy | None = None, day: dt.date = DAY) -> tuple[int, int, int]:
    """Pick, ship and invoice; how many of each."""
    return run_pick(ledger, rules, day), run_ship(ledger, rules, day), run_invoice(ledger, rules, day)


def came_back(ledger: Ledger, key: str, of: str, sku: str, quantity: str, restock: str = "Yes", **more: Any) -> None:
    """A typed row of returns."""
    row = {"return": key, "order": of, "sku": sku, "quantity": D(quantity), "restock": restock, "returned_on": DAY}
    with ledger.transaction(DAY) as txn:
        entry = txn.record("return entered", key, {"order": of})
        txn.insert(schema.returns, [{**row, "reason": "Damaged", "entry": entry, **more}])


def pay(ledger: Ledger, key: str, invoice_: str, amount: str, day: dt.date = DAY) -> None:
    """A customer pays an invoice by bank transfer, naming its number."""
    row = {
        "payment": key, "customer_id": "ALFKI", "paid_on": day, "amount": D(amount), "currency": "EUR",
        "method": "Bank transfer", "reference": invoice_,
    }  # fmt: skip
    with ledger.transaction(day) as txn:
        txn.insert(schema.payments, [{**row, "entry": txn.record("payment entered", key)}])
    receive_payments(PaymentBooks(ledger, day, "EUR"))
    apply_payments(ApplyingBooks(ledger, day), policy())
