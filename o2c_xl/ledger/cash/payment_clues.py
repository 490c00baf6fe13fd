"""What the references of payments may name, looked up by key: invoices, orders, customers' own numbers, payments."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Row, select

from o2c_xl.domain.cash.placing import Clues, Knows, Named, PaidBefore, Typed
from o2c_xl.domain.cash.spellings import spellings
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.payers_known import payers_of
from o2c_xl.ledger.invoices.accounts import known_customers
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.references import rows_by_reference
from o2c_xl.ledger.schema.partial import OPEN_INVOICES, OPEN_ORDERS

__all__ = ["RETURNED", "TookBack", "clues_for", "returns_of"]

RETURNED = "payment returned"
_FINISHED = ("Invoiced", "Closed", "Cancelled")
_ord, _inv = schema.orders.c, schema.invoices.c
_ORDER: tuple[Column[Any], ...] = (
    _ord.order,
    _ord.customer_id,
    _ord.bill_to,
    _ord.currency,
    _ord.status,
    _ord.customer_reference,
)
_INVOICE: tuple[Column[Any], ...] = (
    _inv.invoice,
    _inv.customer_id,
    _inv.account,
    _inv.currency,
    _inv.order,
    _inv.customer_reference,
)
_MOST = 5_000


def clues_for(conn: Connection, payments: Sequence[Typed], currency: str) -> Clues:
    """Everything that these payments may name; `currency` is the company's."""
    spelled = {one.payment: spellings(one.reference) for one in payments if one.reference}
    every = list(dict.fromkeys(word for words in spelled.values() for word in words))
    invoices = _invoices(conn, every)
    orders = {row.order: row for row in rows_by_key(conn, _ORDER, _ord.order, every)}
    unnamed = [
        one for one in payments if not any(word in invoices or word in orders for word in spelled.get(one.payment, ()))
    ]
    references = _references(conn, unnamed, spelled)
    found = [row for rows in references.values() for row in rows if "status" in row._fields]
    unknown = [one for one in payments if not one.customer]
    payers = payers_of(conn, ((one.payer, one.payer_account) for one in unknown))
    accepted = _accepted(conn, unknown)
    paying = {payers.customer(one.payer, one.payer_account) for one in unknown} | set(accepted.values())
    paying.update(namesake for one in unknown for namesake in payers.namesakes(one.payer))
    customers = {one.customer for one in payments} | {row.customer_id for row in [*orders.values(), *found]} | paying
    customers.discard("")
    knows = known_customers(conn, customers, currency)
    busy = _with_open_invoice(conn, [*orders, *(row.order for row in found)])
    backs = {word for one in payments if (one.amount or ZERO) < ZERO for word in spelled.get(one.payment, ())}
    return Clues(
        knows,
        invoices,
        {order: _named(order, row, knows, busy) for order, row in orders.items()},
        {text: [_named(text, row, knows, busy) for row in rows] for text, rows in references.items()},
        _paid_before(conn, backs),
        payers,
        accepted,
        currency,
    )


def _accepted(conn: Connection, payments: Sequence[Typed]) -> dict[str, str]:
    """By payment of nobody known the customer whose invoice a person said it pays."""
    m, i = schema.matches.c, schema.invoices.c
    decided = (m.status == "Proposed", m.decision == "Accept")
    rows = list(rows_by_key(conn, (m.payment, m.invoice), m.payment, (one.payment for one in payments), *decided))
    of = {
        row.invoice: row.account
        for row in rows_by_key(conn, (i.invoice, i.account), i.invoice, (row.invoice for row in rows))
    }
    return {row.payment: of.get(row.invoice, "") for row in rows}


def _invoices(conn: Connection, words: Iterable[str]) -> dict[str, Named]:
    columns = (*_INVOICE, _inv.open)
    return {
        row.invoice: Named(row.invoice, row.customer_id, row.account, row.currency, bool(row.open), row.order, row.open)
        for row in rows_by_key(conn, columns, _inv.invoice, words, _inv.entry.is_not(None))
    }


def _references(
    conn: Connection, payments: Sequence[Typed], spelled: Mapping[str, Sequence[str]]
) -> dict[str, list[Row[Any]]]:
    """Orders and open invoices by the customer's own number; of the customer where one was typed, else of anybody."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    wanted: dict[str, set[str]] = defaultdict(set)
    for one in payments:
        wanted[one.customer].update(spelled.get(one.payment, ()))
    for row in rows_by_reference(conn, _ORDER, {customer: words for customer, words in wanted.items() if customer}):
        if row.customer_reference in wanted[row.customer_id]:
            found[row.customer_reference].append(row)
    for row in _by_reference(conn, sorted(wanted.get("", ()))):
        if row.customer_reference not in wanted.get(row.customer_id, ()):
            found[row.customer_reference].append(row)
    return found


def _by_reference(conn: Connection, words: Sequence[str]) -> Iterable[Row[Any]]:
    """Looks through what is open: there is no index for it, and payments of nobody known are few."""
    for start in range(0, len(words), _MOST):
        part = words[start : start + _MOST]
        yield from conn.execute(select(*_ORDER).where(OPEN_ORDERS, _ord.customer_reference.in_(part)))
        yield from conn.execute(select(*_INVOICE).where(OPEN_INVOICES, _inv.customer_reference.in_(part)))


def _with_open_invoice(conn: Connection, orders: Iterable[str]) -> set[str]:
    return {row.order for row in rows_by_key(conn, [_inv.order], _inv.order, orders, OPEN_INVOICES)}


def _named(number: str, row: Row[Any], knows: Mapping[str, Knows], busy: set[str]) -> Named:
    known = knows.get(row.customer_id, Knows(row.customer_id, ""))
    is_order = "status" in row._fields
    account = row.bill_to if is_order else row.account
    to_come = is_order and row.status not in _FINISHED and row.order not in busy
    return Named(number, row.customer_id, account or known.account, row.currency or known.currency, to_come, row.order)


class TookBack(NamedTuple):
    """A payment that took back an `amount` (above zero) of an earlier one; `entry` is where."""

    by: str
    amount: Decimal
    entry: int


def returns_of(conn: Connection, payments: Iterable[str]) -> dict[str, list[TookBack]]:
    """Which payments took these back, and how much each, oldest first."""
    log = schema.journal.c
    found: dict[str, list[TookBack]] = defaultdict(list)
    rows = rows_by_key(conn, [log.seq, log.subject, log.data], log.subject, payments, log.event == RETURNED)
    for row in sorted(rows, key=lambda row: row.seq):
        data = json.loads(row.data)
        found[row.subject].append(TookBack(data["by"], Decimal(data["amount"]), row.seq))
    return found


def _paid_before(conn: Connection, words: Iterable[str]) -> dict[str, PaidBefore]:
    pay = schema.payments.c
    columns = (pay.payment, pay.account, pay.currency, pay.amount)
    rows = list(rows_by_key(conn, columns, pay.payment, words, pay.held_on != "", pay.amount > ZERO))
    returned = returns_of(conn, (row.payment for row in rows))
    return {
        row.payment: PaidBefore(
            row.payment,
            row.account,
            row.currency,
            row.amount - sum((one.amount for one in returned.get(row.payment, ())), ZERO),
        )
        for row in rows
    }
