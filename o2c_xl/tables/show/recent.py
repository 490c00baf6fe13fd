"""Which rows a sheet shows: what is open, what began lately, and what the journal told of lately.

One rule for every table whose rows can close (`Show closed for days`): a closed row stays until its last entry in the
journal, or that of what closed it (a payment, a receipt, a shipment), is older than `since`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, exists, func, or_, select

from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.cash.bank_statements import BREAK, WITHDRAWN

__all__ = ["FINISHED", "shown_lately"]

FINISHED = ("Closed", "Cancelled")
_Rule = Callable[[dt.date], ColumnElement[bool]]


def shown_lately(statement: Select[Any], table: str, since: dt.date | None) -> Select[Any]:
    """The statement on a table of the catalogue, without what closed before `since`; `None` takes nothing away."""
    return statement if since is None or table not in _SHOWN else statement.where(_SHOWN[table](since))


def _lately(entry: Column[Any], since: dt.date) -> ColumnElement[bool]:
    """Whether the entry was made on that day or later, or after one that was.

    The first entry since then is looked up once, so that a row that closed long ago costs one comparison. `+ 0` keeps
    databases from looking for it from the journal's beginning on.
    """
    return entry >= select(func.min(s.journal.c.seq + 0)).where(s.journal.c.day >= since).scalar_subquery()


def _with(key: Column[Any], by: Column[Any], since: dt.date) -> ColumnElement[bool]:
    """Whether a row of another table, that names this one in `by`, was entered lately."""
    return key.in_(select(by).where(_lately(by.table.c.entry, since)))


def _told(subject: Column[Any], since: dt.date) -> ColumnElement[bool]:
    """Whether the journal tells of it lately: for the few rows that keep no entry."""
    return exists().where(s.journal.c.subject == subject, s.journal.c.day >= since)


def _ended(how: ColumnElement[bool], subject: Column[Any], since: dt.date) -> ColumnElement[bool]:
    """Whether it was given up lately, in one of the few ways that leave the entry it has."""
    return and_(how, _told(subject, since))


def _until(done: ColumnElement[bool], day: Column[Any], *also: Callable[[dt.date], ColumnElement[bool]]) -> _Rule:
    """Rows not yet done, begun lately by `day`, entered lately where they keep their entry, or `also` so."""
    kept = day.table.c
    entered: tuple[_Rule, ...] = (lambda since: _lately(kept.entry, since),) if "entry" in kept else ()
    return lambda since: or_(~done, day >= since, *(rule(since) for rule in (*entered, *also)))


_orders, _pos, _receipts, _counts, _returns = (
    s.orders.c,
    s.purchase_orders.c,
    s.receipts.c,
    s.stock_counts.c,
    s.returns.c,
)
_picks, _shipments, _invoices, _opening, _bills = s.picks.c, s.shipments.c, s.invoices.c, s.opening_items.c, s.bills.c
_payments, _settled, _matches, _statements, _lines = (
    s.payments.c,
    s.settlements.c,
    s.matches.c,
    s.statements.c,
    s.bank_lines.c,
)
_reminders, _approvals, _discrepancies, _outbox, _files = (
    s.reminders.c,
    s.approvals.c,
    s.discrepancies.c,
    s.outbox.c,
    s.files.c,
)


def _order(since: dt.date) -> ColumnElement[bool]:
    return or_(_orders.status.not_in(FINISHED), _orders.closed_on >= since)


_po = _until(_pos.status.in_(("Received", *FINISHED)), _pos.made_on, lambda since: _with(_pos.po, _receipts.po, since))
_invoice = _until(
    _invoices.open == ZERO, _invoices.invoice_date, lambda since: _with(_invoices.invoice, _settled.invoice, since)
)


def _file(since: dt.date) -> ColumnElement[bool]:
    return or_(_files.fate == "Waiting", _files.seen >= since.isoformat(), _files.file.in_(select(s.issues.c.source)))


_SHOWN: dict[str, _Rule] = {
    "Orders": _order,
    "OrderLines": _order,
    "PurchaseOrders": _po,
    "PurchaseOrderLines": lambda since: s.purchase_order_lines.c.po.in_(select(_pos.po).where(_po(since))),
    "Files": _file,
    "Receipts": _until(_receipts.status.in_(("Posted", "Returned", "Scrapped")), _receipts.received_on),
    "StockCounts": _until(_counts.status == "Posted", _counts.counted_on),
    # a pick closes with its shipment, or is called back when its order changes
    "PickList": _until(
        _picks.status.in_(("Short", "Shipped", "Cancelled")),
        _picks.made_on,
        lambda since: _with(_picks.shipment, _shipments.shipment, since),
        lambda since: _ended(_picks.status == "Cancelled", _picks.order, since),
    ),
    "Shipments": _until(
        _shipments.status.in_(("Shipped", "Cancelled")),
        _shipments.made_on,
        lambda since: _ended(_shipments.status == "Cancelled", _shipments.shipment, since),
    ),
    "Invoices": _invoice,
    "InvoiceLines": lambda since: s.invoice_lines.c.invoice.in_(select(_invoices.invoice).where(_invoice(since))),
    "Reminders": _until(
        _reminders.penalty_status != "Memo", _reminders.date, lambda since: _told(_reminders.reminder, since)
    ),
    "Returns": _until(_returns.status == "Posted", _returns.returned_on),
    "OpeningItems": _until(_opening.status == "Posted", _opening.invoice_date),
    "Bills": _until(_bills.status == "Paid", _bills.bill_date),
    "Payments": _until(
        _payments.unapplied == ZERO, _payments.paid_on, lambda since: _with(_payments.payment, _settled.by, since)
    ),
    "Statements": _until(
        _statements.status != BREAK,
        _statements.to,
        lambda since: _ended(_statements.status == WITHDRAWN, _statements.statement, since),
    ),
    "BankLines": _until(
        _lines.status.in_(("Posted", "Outgoing", "Itemised", "Withdrawn")),
        _lines.booked_on,
        lambda since: _with(_lines.payment, _payments.payment, since),
        lambda since: _ended(_lines.status == "Withdrawn", _lines.statement, since),
    ),
    "Matches": _until(
        _matches.status.in_(("Posted", "Rejected")),
        _matches.made_on,
        lambda since: _with(_matches.payment, _settled.by, since),
        lambda since: _told(_matches.match, since),
    ),
    "Approvals": _until(
        _approvals.status.in_(("Approved", "Rejected", "Void")),
        _approvals.asked_on,
        lambda since: _told(_approvals.approval, since),
    ),
    "Discrepancies": _until(
        _discrepancies.status == "Resolved",
        _discrepancies.since,
        lambda since: _told(_discrepancies.discrepancy, since),
        lambda since: _told(_discrepancies.subject, since),
    ),
    "Outbox": _until(
        or_(_outbox.said == "", _outbox.status == "Withdrawn"),
        _outbox.made_on,
        lambda since: _outbox.sent >= since.isoformat(),
    ),
}
