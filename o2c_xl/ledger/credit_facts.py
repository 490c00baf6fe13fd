"""What an account owes and has promised: sums over what is open only, so that a closed order costs nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, case, exists, func, or_, select, type_coerce

from o2c_xl.domain.credit import CreditCustomer, CreditStatus, Release
from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.receivables import OpenItem, Overdue, overdue
from o2c_xl.domain.settings import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import OPEN_INVOICES, OPEN_ORDERS, UNAPPLIED, chunks, rows_by_key
from o2c_xl.ledger.types import Exact, from_units

__all__ = ["credit_customers", "exposed_accounts", "overdue_accounts", "prepaid_for", "still_to_invoice"]

_PREPAID = "Prepaid"
_KEPT = {"Approved": CreditStatus.APPROVED, "Hold": CreditStatus.APPROVED, "Refused": CreditStatus.REFUSED}


@dataclass(slots=True)
class _Open:
    """Open invoices of one account."""

    owed: Decimal = ZERO
    items: list[OpenItem] = field(default_factory=list)


def exposed_accounts(conn: Connection, day: dt.date, policy: Policy) -> dict[str, CreditCustomer]:
    """Every account that owes something, has something confirmed or unapplied, or a limit; all terms added up."""
    i, p, o, c = schema.invoices.c, schema.payments.c, schema.orders.c, schema.customers.c
    posted = select(i.account).distinct().where(OPEN_INVOICES, i.entry.is_not(None))
    accounts = {
        *conn.execute(posted).scalars(),
        *conn.execute(select(p.account).distinct().where(UNAPPLIED, p.account != "")).scalars(),
        *conn.execute(select(o.bill_to).distinct().where(OPEN_ORDERS, o.credit_state == "Approved")).scalars(),
        *conn.execute(select(c.customer_id).where(c.credit_limit.is_not(None), c.bill_to == "")).scalars(),
    }
    return credit_customers(conn, accounts, day, policy, every_term=True)


def credit_customers(
    conn: Connection, accounts: Iterable[str], day: dt.date, policy: Policy, *, every_term: bool = False
) -> dict[str, CreditCustomer]:
    """The accounts as the credit decision needs them, in their own currency.

    What is confirmed is added up only where it matters to the decision, unless `every_term` is wanted.
    """
    wanted = sorted(set(accounts))
    rows = {row.customer_id: row for row in rows_by_key(conn, schema.customers, schema.customers.c.customer_id, wanted)}
    currencies = {key: (rows[key].currency if key in rows else "") or policy.currency for key in wanted}
    open_ = _open_items(conn, currencies)
    limited = {key: currencies[key] for key in wanted if key in rows and (every_term or _counts(rows[key]))}
    confirmed, credits_ = _confirmed(conn, limited), _credits(conn, currencies)
    late = overdue([item for one in open_.values() for item in one.items], day)
    return {
        key: _customer(
            rows.get(key),
            day,
            policy,
            CreditCustomer(
                key,
                currencies[key],
                open_receivables=open_[key].owed if key in open_ else ZERO,
                confirmed_not_invoiced=confirmed.get(key, ZERO),
                credits=credits_.get(key, ZERO),
                overdue=late.get((key, currencies[key]), Overdue()),
            ),
        )
        for key in wanted
    }


def _counts(row: Any) -> bool:  # noqa: ANN401 -- a row
    """Whether what an account has confirmed matters: without a limit nobody adds it up."""
    return row.credit_limit is not None or row.credit_status == "Refused"


def _customer(row: Row[Any] | None, day: dt.date, policy: Policy, sums: CreditCustomer) -> CreditCustomer:
    if row is None:
        return sums
    # Hold and Review follow from what is open and are decided anew; only a real decision stays
    known = _KEPT.get(row.credit_status, CreditStatus.NEW)
    if policy.credit_score is not None and row.credit_expires is not None and row.credit_expires < day:
        known = CreditStatus.NEW  # what was decided has run out
    if known is CreditStatus.NEW and sums.open_receivables > ZERO and row.credit_expires is None:
        known = CreditStatus.APPROVED  # bought before: what is open was brought along
    until = row.credit_released_until
    release = None
    if until is not None and until >= day:
        release = Release(row.released_by, row.release_reason, until, row.release_up_to)
    return CreditCustomer(
        sums.customer,
        sums.currency,
        limit=row.credit_limit,
        status=known,
        open_receivables=sums.open_receivables,
        confirmed_not_invoiced=sums.confirmed_not_invoiced,
        credits=sums.credits,
        overdue=sums.overdue,
        release=release,
    )


def _open_items(conn: Connection, currencies: Mapping[str, str]) -> dict[str, _Open]:
    c = schema.invoices.c
    columns = [c.invoice, c.account, c.currency, c.open, c.total, c.due_date, c.disputed]
    rows = [
        row
        for row in rows_by_key(conn, columns, c.account, currencies, OPEN_INVOICES, c.entry.is_not(None))
        if row.currency == currencies[row.account]
    ]
    dues = _dues(conn, [row.invoice for row in rows if row.open > ZERO])
    found: dict[str, _Open] = {}
    for row in rows:
        one = found.setdefault(row.account, _Open())
        one.owed += row.open
        due = dues.get(row.invoice) or ([(row.due_date, row.total)] if row.due_date else [])
        if row.open > ZERO and due:
            item = OpenItem(row.invoice, row.account, row.currency, row.open, tuple(due), disputed=row.disputed)
            one.items.append(item)
    return found


def _dues(conn: Connection, invoices: Iterable[str]) -> dict[str, list[tuple[dt.date, Decimal]]]:
    table = schema.invoice_dues
    found: dict[str, list[tuple[dt.date, Decimal]]] = {}
    for row in rows_by_key(conn, table, table.c.invoice, invoices):
        found.setdefault(row.invoice, []).append((row.due_date, row.amount))
    for due in found.values():
        due.sort()
    return found


def _confirmed(conn: Connection, currencies: Mapping[str, str]) -> dict[str, Decimal]:
    """What approved orders will still be invoiced for; prepaid ones owe nothing.

    Most have not moved yet and are one sum per account; those partly invoiced or cancelled are reckoned one by one.
    """
    c = schema.orders.c
    found: dict[str, Decimal] = {}
    for part in chunks(currencies):
        where = (c.bill_to.in_(part), c.credit_state == "Approved", c.terms != _PREPAID, OPEN_ORDERS)
        total = type_coerce(func.sum(c.total), Exact).label("total")
        for row in conn.execute(select(c.bill_to, c.currency, total).where(*where).group_by(c.bill_to, c.currency)):
            if row.currency == currencies[row.bill_to]:
                found[row.bill_to] = row.total
        for row in conn.execute(_to_invoice().where(*where, _MOVED).group_by(c.order)):
            if row.currency == currencies[row.bill_to]:
                found[row.bill_to] += _rest(row) - row.total
    return found


def still_to_invoice(conn: Connection, totals: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What each of these orders, given with its total, will still be invoiced for, tax included."""
    c = schema.orders.c
    moved = {
        row.order: _rest(row)
        for part in chunks(totals)
        for row in conn.execute(_to_invoice().where(c.order.in_(part), _MOVED).group_by(c.order))
    }
    return {**totals, **moved}


_o, _l = schema.orders.c, schema.order_lines.c
_m = schema.order_lines.alias("moved").c
# orders of which something was invoiced, cancelled or brought back before that
_MOVED = exists().where(
    _m.order == _o.order, or_(_m.invoiced_net != ZERO, _m.cancelled != ZERO, _m.returned_uninvoiced != ZERO)
)


def _to_invoice() -> Any:  # noqa: ANN401 -- a select whose row type says nothing
    """Per order its amounts and the net that was invoiced or will never be, in 1/10 000."""
    not_billed = type_coerce(_l.cancelled + _l.returned_uninvoiced, BigInteger)
    net, quantity = type_coerce(_l.net, BigInteger), type_coerce(_l.quantity, BigInteger)
    gone = case((not_billed > 0, net * not_billed // quantity), else_=0)
    done = gone + type_coerce(_l.invoiced_net, BigInteger)
    return select(
        _o.order,
        _o.bill_to,
        _o.currency,
        _o.net,
        _o.total,
        _o.freight,
        _o.freight_invoiced,
        func.sum(done).label("done"),
    ).select_from(schema.orders.outerjoin(schema.order_lines, _l.order == _o.order))


def _rest(row: Row[Any]) -> Decimal:
    freight = row.freight if row.freight_invoiced and row.freight else ZERO
    done: Decimal = from_units(int(row.done or 0)) + freight
    if not done or not row.net:
        return ZERO if done else row.total
    return round_money(row.total * (row.net - done) / row.net, row.currency)


def _credits(conn: Connection, currencies: Mapping[str, str]) -> dict[str, Decimal]:
    """Unapplied payments; what was paid ahead for a prepaid order belongs to that order alone."""
    p, o = schema.payments.c, schema.orders.c
    joined = schema.payments.outerjoin(schema.orders, o.order == p.order)
    found: dict[str, Decimal] = {}
    for part in chunks(currencies):
        query = (
            select(p.account, p.currency, type_coerce(func.sum(p.unapplied), Exact).label("unapplied"))
            .select_from(joined)
            .where(p.account.in_(part), UNAPPLIED)
            .where(or_(p.order == "", o.order.is_(None), o.terms != _PREPAID))
            .group_by(p.account, p.currency)
        )
        for row in conn.execute(query):
            if row.currency == currencies[row.account]:
                found[row.account] = row.unapplied
    return found


def prepaid_for(conn: Connection, accounts: Iterable[str]) -> dict[str, Decimal]:
    """Unapplied payments of these accounts by the order that they name."""
    c = schema.payments.c
    found: dict[str, Decimal] = {}
    for row in rows_by_key(conn, [c.order, c.unapplied], c.account, accounts, UNAPPLIED, c.order != ""):
        found[row.order] = found.get(row.order, ZERO) + row.unapplied
    return found


def overdue_accounts(conn: Connection, day: dt.date) -> set[str]:
    """Accounts with an open invoice whose due date has passed, and those that are on hold now."""
    i, c = schema.invoices.c, schema.customers.c
    late = select(i.account).distinct().where(OPEN_INVOICES, i.due_date < day)
    held = select(c.customer_id).where(c.credit_status == "Hold")
    return {*conn.execute(late).scalars(), *conn.execute(held).scalars()}
