"""What an account owes and has promised: sums over what is open only, so that a closed order costs nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, func, or_, select, type_coerce

from o2c_xl.domain.cash.placing import HeldOn
from o2c_xl.domain.credit.account import CreditCustomer, CreditStatus, InCurrency, Release
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.receivables.open_items import OpenItem, Overdue, overdue
from o2c_xl.ledger import schema
from o2c_xl.ledger.credit.confirmed import confirmed_sums
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.schema.partial import OPEN_INVOICES, OPEN_ORDERS, UNAPPLIED
from o2c_xl.ledger.types import Exact

__all__ = ["credit_customers", "exposed_accounts", "open_elsewhere", "overdue_accounts", "prepaid_for"]

_PREPAID = "Prepaid"
_KEPT = {"Approved": CreditStatus.APPROVED, "Hold": CreditStatus.APPROVED, "Refused": CreditStatus.REFUSED}


@dataclass(slots=True)
class _Open:
    """Open invoices and credit notes of one account in one currency; `notes` are the latter, above zero."""

    owed: Decimal = ZERO
    notes: Decimal = ZERO
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
    """The accounts as the credit decision needs them: in their own currency, and beside it in others.

    What is confirmed is added up only where it matters to the decision, unless `every_term` is wanted.
    """
    wanted = sorted(set(accounts))
    rows = {row.customer_id: row for row in rows_by_key(conn, schema.customers, schema.customers.c.customer_id, wanted)}
    currencies = {key: (rows[key].currency if key in rows else "") or policy.currency for key in wanted}
    open_ = _open_items(conn, schema.invoices.c.account, wanted)
    limited = [key for key in wanted if key in rows and (every_term or _counts(rows[key]))]
    found = _in_currencies(open_, confirmed_sums(conn, limited), _credits(conn, wanted), day)
    return {
        key: _customer(rows.get(key), day, policy, _with_sums(CreditCustomer(key, currencies[key]), found.get(key, {})))
        for key in wanted
    }


def open_elsewhere(
    conn: Connection, pairs: Iterable[tuple[str, str]], day: dt.date
) -> dict[tuple[str, str], tuple[InCurrency, ...]]:
    """What customers have on other accounts than the one their orders are billed to now, where it is past due.

    `pairs` are customers with that account. It stands elsewhere from before their Bill-to changed; unapplied payments
    of those accounts count against it.
    """
    i = schema.invoices.c
    wanted = list(pairs)
    stay = [customer for customer, account in wanted if account == customer]
    moved = [customer for customer, account in wanted if account != customer]
    rows = {row.invoice: row for row in _open_rows(conn, i.customer_id, stay, i.account != i.customer_id)}
    rows |= {row.invoice: row for row in _open_rows(conn, i.customer_id, moved)}
    of_customer: dict[str, list[Any]] = {}
    for row in rows.values():
        of_customer.setdefault(row.customer_id, []).append(row)
    strays = {
        (customer, account): mine
        for customer, account in wanted
        if (mine := [row for row in of_customer.get(customer, ()) if row.account != account])
    }
    credits_ = _credits(conn, {row.account for mine in strays.values() for row in mine})
    found = {}
    for pair, mine in strays.items():
        of = {row.account for row in mine}
        paid = {key: amount for key, amount in credits_.items() if key[0] in of}
        parts = _in_currencies(_grouped(conn, mine), {}, paid, day)
        found[pair] = tuple(one for each in parts.values() for one in each.values())
    return found


_Key = tuple[str, str]


def _in_currencies(
    open_: Mapping[_Key, _Open], confirmed: Mapping[_Key, Decimal], credits_: Mapping[_Key, Decimal], day: dt.date
) -> dict[str, dict[str, InCurrency]]:
    """By account and currency all that is there."""
    late = overdue([item for one in open_.values() for item in one.items], day)
    nothing = _Open()
    found: dict[str, dict[str, InCurrency]] = {}
    for account, currency in dict.fromkeys((*open_, *confirmed, *credits_)):
        key = (account, currency)
        here = open_.get(key, nothing)
        found.setdefault(account, {})[currency] = InCurrency(
            currency, here.owed, confirmed.get(key, ZERO), credits_.get(key, ZERO), here.notes, late.get(key, Overdue())
        )
    return found


def _with_sums(customer: CreditCustomer, found: Mapping[str, InCurrency]) -> CreditCustomer:
    if not found:
        return customer
    own = found.get(customer.currency, InCurrency(customer.currency))
    return CreditCustomer(
        customer.customer,
        customer.currency,
        open_receivables=own.open_receivables,
        confirmed_not_invoiced=own.confirmed_not_invoiced,
        credits=own.credits,
        overdue=own.overdue,
        credit_notes=own.credit_notes,
        others=tuple(found[name] for name in sorted(found) if name != customer.currency),
    )


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
    owes = sums.open_receivables > ZERO or any(one.open_receivables > ZERO for one in sums.others)
    if known is CreditStatus.NEW and owes and row.credit_expires is None:
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
        credit_notes=sums.credit_notes,
        others=sums.others,
        prepays=(row.payment_terms or policy.default_terms) == _PREPAID,
    )


def _open_items(conn: Connection, key: Column[Any], keys: Iterable[str]) -> dict[_Key, _Open]:
    return _grouped(conn, list(_open_rows(conn, key, keys)))


def _open_rows(conn: Connection, key: Column[Any], keys: Iterable[str], *where: ColumnElement[bool]) -> Iterator[Any]:
    """Posted invoices and credit notes with something open."""
    c = schema.invoices.c
    columns = [c.invoice, c.account, c.customer_id, c.currency, c.open, c.total, c.due_date, c.disputed]
    return rows_by_key(conn, columns, key, keys, OPEN_INVOICES, c.entry.is_not(None), *where)


def _grouped(conn: Connection, rows: Sequence[Any]) -> dict[_Key, _Open]:
    """By account and currency what is open."""
    dues = _dues(conn, [row.invoice for row in rows if row.open > ZERO])
    found: dict[_Key, _Open] = {}
    for row in rows:
        one = found.get((row.account, row.currency))
        if one is None:
            one = found[row.account, row.currency] = _Open()
        one.owed += row.open
        if row.open < ZERO:
            one.notes -= row.open
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


def _credits(conn: Connection, accounts: Iterable[str]) -> dict[_Key, Decimal]:
    """Unapplied payments; what is held for a prepaid order belongs to that order alone, until it is over."""
    p, o = schema.payments.c, schema.orders.c
    joined = schema.payments.outerjoin(schema.orders, o.order == p.order)
    found: dict[_Key, Decimal] = {}
    for part in chunks(accounts):
        query = (
            select(p.account, p.currency, type_coerce(func.sum(p.unapplied), Exact).label("unapplied"))
            .select_from(joined)
            .where(p.account.in_(part), UNAPPLIED)
            .where(or_(p.held_on != str(HeldOn.PREPAYMENTS), o.order.is_(None), o.terms != _PREPAID))
            .group_by(p.account, p.currency)
        )
        for row in conn.execute(query):
            found[row.account, row.currency] = row.unapplied
    return found


def prepaid_for(conn: Connection, accounts: Iterable[str]) -> dict[str, Decimal]:
    """Unapplied payments of these accounts by the order that they name."""
    c = schema.payments.c
    found: dict[str, Decimal] = {}
    for row in rows_by_key(conn, [c.order, c.unapplied], c.account, accounts, UNAPPLIED, c.order != ""):
        found[row.order] = found.get(row.order, ZERO) + row.unapplied
    return found


def overdue_accounts(conn: Connection, day: dt.date) -> set[str]:
    """Accounts with an open invoice of which an instalment's due date has passed, and those that are on hold now."""
    i, due, c = schema.invoices.c, schema.invoice_dues.c, schema.customers.c
    late = select(i.account).distinct().outerjoin(schema.invoice_dues, due.invoice == i.invoice)
    late = late.where(OPEN_INVOICES, or_(i.due_date < day, due.due_date < day))
    held = select(c.customer_id).where(c.credit_status == "Hold")
    return {*conn.execute(late).scalars(), *conn.execute(held).scalars()}
