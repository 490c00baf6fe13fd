"""The few rows of large tables that are asked for again and again: each condition once, for its index and its queries.

A database uses an index over some of a table's rows only where a query repeats the index's condition with its values
written out. So a query names the condition from here and adds what else it wants.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, TextClause, literal_column, text

from o2c_xl.ledger.schema.bank import bank_lines
from o2c_xl.ledger.schema.master import customers
from o2c_xl.ledger.schema.money import invoices, payments
from o2c_xl.ledger.schema.outside import outbox
from o2c_xl.ledger.schema.receivables import reminders
from o2c_xl.ledger.schema.sales import order_lines, orders

__all__ = [
    "ASKED_INVOICES",
    "ASKED_MESSAGES",
    "ASKED_ORDERS",
    "CREDIT_ASKED",
    "FRACTIONS_OFF",
    "MEMO_PENALTIES",
    "NOBODYS",
    "OPEN_INVOICES",
    "OPEN_ORDERS",
    "PENDING_BANK_LINES",
    "SHORT_L",
    "STUCK_MESSAGES",
    "UNAPPLIED",
    "WITH_CASE",
]

Condition = ColumnElement[bool]


def _word(value: str) -> ColumnElement[str]:
    """A text written out, as a bound one hides it from the planner."""
    return literal_column(f"'{value}'")


def _words(values: str) -> list[ColumnElement[str]]:
    return [_word(value) for value in values.split()]


def _index(name: str, condition: Condition | TextClause, *columns: Column[Any]) -> None:
    Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


def _any_text(column: Column[Any]) -> Condition:
    return column != _word("")


def _not_in(column: Column[Any], values: Iterable[ColumnElement[str]]) -> Condition:
    return column.not_in(list(values))


_NOTHING: ColumnElement[int] = literal_column("0")

OPEN_INVOICES = invoices.c.open != _NOTHING
"""Invoices and credit notes, opening items too, with something left to settle; drafts among them."""
_index("invoices_open", OPEN_INVOICES, invoices.c.account)
# whoever ordered, on whatever account it stands: what is past due holds them after a change of Bill-to too
_index("invoices_open_of", OPEN_INVOICES, invoices.c.customer_id, invoices.c.account)

UNAPPLIED = payments.c.unapplied != _NOTHING
"""Payments of which a part settles nothing yet."""
NOBODYS = payments.c.account == _word("")
"""Payments on no customer's account; written out, so that the index of unapplied ones is searched by it."""
_index("payments_unapplied", UNAPPLIED, payments.c.account)

ASKED_INVOICES = _any_text(invoices.c.action)
"""Invoices with something in Action."""
_index("invoices_by_action", ASKED_INVOICES, invoices.c.action)

OPEN_ORDERS = _not_in(orders.c.status, _words("Closed Cancelled Invoiced"))
"""Orders that still have something to be shipped or invoiced."""
_index("orders_open", OPEN_ORDERS, orders.c.bill_to)

ASKED_ORDERS = _any_text(orders.c.action) & _not_in(orders.c.status, _words("Shipped Invoiced Closed Cancelled"))
"""Orders with something in Action that may still be done."""
_index("orders_by_action", ASKED_ORDERS, orders.c.action)

WITH_CASE = _any_text(orders.c.folded)
"""Orders whose number has letters, of which one that differs only in case is the same."""
_index("orders_by_folded", WITH_CASE, orders.c.folded)

_SHORT = "{0}availability <> '' AND {0}quantity > {0}allocated + {0}shipped + {0}cancelled"
SHORT_L = _SHORT.format("l.")
"""SQL for order lines, named `l`, that are short of stock; one that was served at once never enters the index."""
_index("order_lines_short", text(_SHORT.format("")), order_lines.c.sku)

FRACTIONS_OFF = (order_lines.c.discount_percent > _NOTHING) & (order_lines.c.discount_percent < literal_column("10000"))
"""Order lines with less than 1 % off (kept in 1/10 000): almost surely a fraction was typed."""
_index("order_lines_fraction_off", FRACTIONS_OFF, order_lines.c.order)

CREDIT_ASKED = _any_text(customers.c.credit_asked)
"""Customers for whom wider credit waits for an approval."""
_index("customers_by_credit_asked", CREDIT_ASKED, customers.c.credit_asked)

PENDING_BANK_LINES = bank_lines.c.status.in_([_word(""), _word("Waits")])
"""Bank lines that no payment was made of yet."""
_index("bank_lines_pending", PENDING_BANK_LINES, bank_lines.c.bank_line)

STUCK_MESSAGES = _any_text(outbox.c.said)
"""Messages of which is known why they wait or failed."""
_index("outbox_stuck", STUCK_MESSAGES, outbox.c.said)

ASKED_MESSAGES = _any_text(outbox.c.action)
"""Messages about which a person decided something that is not done yet."""
_index("outbox_asked", ASKED_MESSAGES, outbox.c.action)

MEMO_PENALTIES = reminders.c.penalty_status == _word("Memo")
"""Reminders whose fee and penalties are neither charged nor waived."""
_index("reminders_memo", MEMO_PENALTIES, reminders.c.penalty_status)
