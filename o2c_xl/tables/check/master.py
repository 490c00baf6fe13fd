"""What master data may not say.

Accounts that are charged in a circle, a product offered instead of itself, a unit that changes under orders that
count in it, a tax rate written as a fraction, a cut-off that is no time, a price of later days that takes today's away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, select

from o2c_xl.domain.einvoice.codes import address_problem, exemption_problem
from o2c_xl.domain.goods.shipping import cut_off_of
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.units import units_of
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.schema.partial import OPEN_ORDERS
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.define.spec import field_of
from o2c_xl.tables.known.rows import existing_rows
from o2c_xl.tables.parse.fault import quoted
from o2c_xl.tables.parse.rowset import RowSet

__all__ = [
    "check_addresses",
    "check_bill_to",
    "check_carriers",
    "check_prices",
    "check_products",
    "check_tax_rates",
]

_TOLD = 3


def check_bill_to(txn: Txn, rows: RowSet) -> None:
    """A customer whose Bill-to leads back to it, by the rows that came in and the ledger together."""
    given = rows.columns.get("bill_to", [])
    if not any(given):
        return
    c = schema.customers.c
    known = txn.conn.execute(select(c.customer_id, c.bill_to).where(c.bill_to != "")).all()
    charged = {row.customer_id: row.bill_to for row in known}
    charged |= dict(zip(rows.columns["customer_id"], given, strict=True))
    for i, customer in enumerate(rows.columns["customer_id"]):
        if given[i] and (way := _circle(charged, customer)):
            told = ", ".join(f"{one} to {account}" for one, account in pairwise(way[1:]))
            problem = f"{customer} is billed to {way[1]}{', ' if told else ''}{told}: in the end nobody is charged."
            rows.fault(i, "bill_to", problem, "Empty the Bill-to of the customer whose account is charged.")


def check_addresses(rows: RowSet) -> None:
    """An e-invoice address that no e-invoice may bear."""
    for i, address in enumerate(rows.columns.get("e_invoice_address", ())):
        problem, fix = address_problem(address or "")
        if problem:
            rows.fault(i, "e_invoice_address", problem, fix)


def _circle(charged: Mapping[str, str | None], customer: str) -> list[str]:
    """The way from a customer over others by Bill-to back to itself; empty where there is none.

    A customer's own number as its Bill-to, as other programs export it, says no more than an empty one.
    """
    way = [customer]
    if charged.get(customer) == customer:
        return []
    while (account := charged.get(way[-1])) and account not in way[1:]:
        way.append(account)
        if account == customer:
            return way
    return []


def check_products(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """A product that is its own alternative, or whose unit changes while orders or stock count in the old one."""
    skus = rows.columns["sku"]
    for i, other in enumerate(rows.columns.get("alternative_sku", ())):
        if other is not None and other == skus[i]:
            fix = "Enter another product, or empty the cell."
            rows.fault(i, "alternative_sku", f"{other} cannot be offered instead of itself.", fix)
    _check_units(txn, rows)


def check_prices(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """A new price of a later day over the one that holds today: until then the list would have none."""
    later = [i for i, day in enumerate(rows.columns.get("valid_from", ())) if day is not None and day > txn.day]
    prices = rows.columns.get("price", ())
    kept = schema.metadata.tables[field_of(rows.table.title)]
    known = existing_rows(txn, kept, rows.select(later)) if later and prices else {}
    for i in later:
        old = known.get(rows.key(i))
        if old is None or old.price in (None, prices[i]) or not _holds(old, txn.day):
            continue
        told, begins = plain_number(old.price), rows.columns["valid_from"][i]
        problem = f"the price that holds today, {told}, would be gone until {begins}: there is one at a time."
        rows.fault(i, "valid_from", problem, f"Bring the new price on {begins}, over the old one.")


def _holds(row: Row[Any], day: dt.date) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or day <= row.valid_to)


def check_tax_rates(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """A rate below 1 % that is almost surely a fraction: 0.19 of 100 meant, and 0.19 of one charged.

    The few taxes that are so low are told by their Reason. A code that stands in one is of the official list.
    """
    reasons = rows.columns.get("reason", [None] * len(rows))
    for i, rate in enumerate(rows.columns.get("rate_percent", ())):
        if rate is not None and 0 < rate < 1 and not reasons[i]:
            told = plain_number(rate)
            fix = f"Write {plain_number(rate * 100)} for {plain_number(rate * 100)} %"
            rows.fault(i, "rate_percent", f"{told} means {told} %.", f"{fix}; if {told} % is meant, say why in Reason.")
    for i, reason in enumerate(rows.columns.get("reason", ())):
        problem, fix = exemption_problem(reason or "")
        if problem:
            rows.fault(i, "reason", problem, fix)


def check_carriers(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """A cut-off that is no time of day, and weights that nothing has."""
    for i, text in enumerate(rows.columns.get("cut_off", ())):
        if text and cut_off_of(text) is None:
            rows.fault(i, "cut_off", f"{quoted(text)} is not a time of day.", "Enter a time such as 15:00.")
    least, most = (rows.columns.get(name, [None] * len(rows)) for name in ("least_kg", "most_kg"))
    for i, (low, high) in enumerate(zip(least, most, strict=True)):
        if low is not None and high is not None and low > high:
            problem = f"no weight is at least {plain_number(low)} kg and at most {plain_number(high)} kg."
            rows.fault(i, "most_kg", problem, "Enter a larger weight, or empty the cell for any.")


def _check_units(txn: Txn, rows: RowSet) -> None:
    units = rows.columns.get("unit", ())
    old = units_of(txn.conn, rows.columns["sku"] if units else ())
    places = {sku: i for i, sku in enumerate(rows.columns["sku"]) if units and old.get(sku, units[i]) != units[i]}
    waiting = _open_orders(txn, places)
    for sku, orders in waiting.items():
        told = ", ".join(orders[:_TOLD]) + (" …" if len(orders) > _TOLD else "")
        problem = f"orders that are open count {sku} in {old[sku]}: {told}."
        rows.fault(places[sku], "unit", problem, "Change it when they are invoiced, or enter a new product.")
    s = schema.stock.c
    for row in rows_by_key(txn.conn, [s.sku, s.on_hand], s.sku, places, s.on_hand != ZERO):
        if row.sku not in waiting:
            problem = f"{plain_number(row.on_hand)} {old[row.sku]} of it are in stock."
            rows.fault(places[row.sku], "unit", problem, "Enter a new product, or count this one down to 0 first.")


def _open_orders(txn: Txn, skus: Mapping[str, int]) -> dict[str, list[str]]:
    """The open orders of each of these products, by number."""
    if not skus:
        return {}
    line, order = schema.order_lines.c, schema.orders.c
    joined = select(line.sku, line.order).join(schema.orders, order.order == line.order).where(OPEN_ORDERS)
    found: dict[str, list[str]] = {}
    for row in txn.conn.execute(joined.distinct().order_by(line.sku, line.order)):
        if row.sku in skus:
            found.setdefault(row.sku, []).append(row.order)
    return found
