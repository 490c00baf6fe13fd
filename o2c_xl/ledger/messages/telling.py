"""Telling customers of what became of their orders: messages put into the outbox in the transaction of the fact.

They hold what only the fact knows; names and dates are added when they are written, after the commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from o2c_xl.domain.credit.hold import Hold
from o2c_xl.domain.telling import (
    ALTERNATIVES,
    CONFIRMATION,
    DELAY,
    HELD,
    MISSING,
    SHIPMENT,
    asked_of_customer,
)
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.store import Txn

__all__ = ["tell_alternatives", "tell_confirmed", "tell_delayed", "tell_held", "tell_missing", "tell_shipped"]

_SUBJECTS = {
    CONFIRMATION: "Your order {}: confirmation",
    MISSING: "Your order {}: something is missing",
    ALTERNATIVES: "Your order {}: what we can offer instead",
    DELAY: "Your order {}: new date",
    HELD: "Your order {}: on hold",
    SHIPMENT: "Your order {} is on its way",
}


def _told(kind: str, order: str, customer: str, data: Mapping[str, object], about: str = "") -> Outgoing:
    return Outgoing(kind, about or order, subject=_SUBJECTS[kind].format(order), data=data, party=customer)


def tell_confirmed(txn: Txn, told: frozenset[str], orders: Iterable[tuple[str, str]]) -> None:
    """Orders (with their customers) that were taken: what comes, and when."""
    if CONFIRMATION in told:
        _put(txn, [_told(CONFIRMATION, order, customer, {}) for order, customer in orders])


def tell_missing(txn: Txn, told: frozenset[str], orders: Iterable[tuple[str, str, str]]) -> None:
    """Orders (customer, what they lack) that wait for the customer's answer; what only we can mend is not asked."""
    if MISSING not in told:
        return
    asked = [(order, customer, asked_of_customer(lacks)) for order, customer, lacks in orders if customer]
    _put(txn, [_told(MISSING, order, customer, {"missing": missing}) for order, customer, missing in asked if missing])


def tell_alternatives(txn: Txn, told: frozenset[str], orders: Iterable[tuple[str, str, list[str]]]) -> None:
    """Orders (customer, lines) for which the customer may choose other products."""
    if ALTERNATIVES in told:
        _put(txn, [_told(ALTERNATIVES, order, customer, {"lines": lines}) for order, customer, lines in orders])


def tell_held(txn: Txn, told: frozenset[str], orders: Iterable[tuple[str, str, Hold]]) -> None:
    """Orders (customer, what holds it) that wait till what is past due is paid."""
    if HELD in told:
        _put(txn, [_told(HELD, order, customer, _past_due(hold)) for order, customer, hold in orders])


def _past_due(hold: Hold) -> dict[str, object]:
    late = [{"currency": name, "amount": str(late.amount), "frees": str(frees)} for name, late, frees in hold.parts]
    return {"late": late, "invoices": hold.invoices}


def tell_delayed(txn: Txn, told: frozenset[str], orders: Mapping[str, tuple[str, dt.date | None, dt.date]]) -> None:
    """Orders (customer, day promised before, if any, day promised now) that come later than the customer was told.

    Where the message about the day before was not written yet, it will tell the new one.
    """
    if DELAY not in told or not orders:
        return
    c = schema.outbox.c
    before = rows_by_key(txn.conn, [c.about, c.status, c.path], c.about, orders, c.kind.in_((CONFIRMATION, DELAY)))
    known: dict[str, bool] = {}
    for row in before:
        known[row.about] = known.get(row.about, True) and bool(row.path or row.status != "Waiting")
    _put(
        txn,
        [
            _told(DELAY, order, customer, {"before": str(old or ""), "now": str(new)})
            for order, (customer, old, new) in orders.items()
            if known.get(order)
        ],
    )


def tell_shipped(txn: Txn, told: frozenset[str], shipments: Sequence[tuple[str, str]]) -> None:
    """Shipments (with their orders) that left."""
    if SHIPMENT not in told or not shipments:
        return
    c = schema.orders.c
    rows = rows_by_key(txn.conn, [c.order, c.customer_id], c.order, [order for _, order in shipments])
    customers = {row.order: row.customer_id for row in rows}
    _put(txn, [_told(SHIPMENT, order, customers[order], {}, about=number) for number, order in shipments])


def _put(txn: Txn, messages: Sequence[Outgoing]) -> None:
    """Into the outbox, with the addresses that the customers have now."""
    c = schema.customers.c
    rows = rows_by_key(txn.conn, [c.customer_id, c.email], c.customer_id, {one.party for one in messages})
    emails = {row.customer_id: row.email for row in rows}
    put_in_outbox(txn, [replace(one, to=emails.get(one.party, "")) for one in messages])
