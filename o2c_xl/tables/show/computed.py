"""Columns that are computed when they are shown: balances, stock, suppliers' records, what waits, the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, func, select, type_coerce

from o2c_xl.domain.approvals import ApprovalStatus
from o2c_xl.domain.buying.purchase_status import UNDER_WAY
from o2c_xl.domain.goods.receiving import Quality, records_by_supplier
from o2c_xl.domain.goods.stock import average_cost, stock_status
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy, policy_of
from o2c_xl.domain.receivables.open_items import OpenItem, Overdue, late_parts, overdue
from o2c_xl.domain.settings import SETTINGS
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.buying.bills import waiting_bills
from o2c_xl.ledger.buying.purchasing import waiting_drafts
from o2c_xl.ledger.buying.shortages import unsourced, unsourced_low
from o2c_xl.ledger.credit.facts import credit_customers
from o2c_xl.ledger.goods.quarantine import waiting_refusals
from o2c_xl.ledger.goods.receiving import CAME
from o2c_xl.ledger.goods.short_picks import SHORT_PICK, short_picks
from o2c_xl.ledger.invoices.settlements import POSTED
from o2c_xl.ledger.issues import places_of_twins
from o2c_xl.ledger.owed import OWED
from o2c_xl.ledger.receivables.disputes import promises
from o2c_xl.ledger.types import Exact
from o2c_xl.tables.show.deciding import decides_with
from o2c_xl.tables.show.faults import faults_since
from o2c_xl.tables.show.waiting_bank import waiting_bank, with_alarm
from o2c_xl.tables.show.waiting_files import waiting_files
from o2c_xl.tables.show.waiting_messages import waiting_messages
from o2c_xl.tables.show.waiting_money import credit_notes, no_account, waiting_money
from o2c_xl.tables.show.waiting_stock import short_orders

__all__ = ["customers", "invoices", "issues", "log", "products", "settings_rows", "suppliers", "waiting"]

Columns = dict[str, dict[str, Any]]
_BUYERS = "Purchasing"
_CENT = Decimal("0.01")


def _sums(conn: Connection, statement: Any) -> dict[str, Decimal]:  # noqa: ANN401 -- any two-column select
    return {key: value for key, value in conn.execute(statement) if value is not None}


def _by_currency(conn: Connection, statement: Any) -> dict[tuple[str, str], Decimal]:  # noqa: ANN401 -- a select
    return {(key, currency): value for key, currency, value in conn.execute(statement) if value is not None}


def open_invoices(conn: Connection) -> Iterator[OpenItem]:
    """Posted invoices with something open and their instalments."""
    inv, due = s.invoices.c, s.invoice_dues.c
    statement = (
        select(inv.invoice, inv.account, inv.currency, inv.open, inv.disputed, due.due_date, due.amount)
        .join(s.invoice_dues, due.invoice == inv.invoice)
        .where(inv.open > ZERO, POSTED)
        .order_by(inv.invoice, due.due_date)
    )
    for invoice, rows in groupby(conn.execute(statement), key=attrgetter("invoice")):
        first, *more = rows
        dues = tuple((row.due_date, row.amount) for row in (first, *more))
        yield OpenItem(invoice, first.account, first.currency, first.open, dues, disputed=first.disputed)


_Amounts = dict[tuple[str, str], Decimal]


def customers(conn: Connection, day: dt.date, policy: Policy) -> Columns:
    """Open balance, overdue and available credit of each customer that is charged, in its own currency.

    What is open in another one than that stands in Aging, for there are no exchange rates.
    """
    balances, late = _balances(conn), overdue(open_invoices(conn), day)
    columns: Columns = {"open_balance": {}, "overdue": {}, "available_credit": {}}
    c = s.customers.c
    for name, currency in conn.execute(select(c.customer_id, c.currency)):
        me = (name, currency or policy.currency)
        columns["open_balance"][name] = balances.get(me, ZERO)
        columns["overdue"][name] = late[me].amount if me in late else ZERO
    limited = conn.execute(select(c.customer_id).where(c.credit_limit.is_not(None))).scalars()
    accounts = credit_customers(conn, limited, day, policy, every_term=True)
    columns["available_credit"] = {name: one.available for name, one in accounts.items()}
    return columns


def _balances(conn: Connection) -> _Amounts:
    """What each account owes by currency, less what it paid and is not applied."""
    inv, pay = s.invoices.c, s.payments.c
    statement = select(inv.account, inv.currency, func.sum(inv.open)).where(inv.open != ZERO, POSTED)
    owed = _by_currency(conn, statement.group_by(inv.account, inv.currency))
    paid = select(pay.account, pay.currency, func.sum(pay.unapplied)).where(pay.unapplied != ZERO)
    return _less(owed, _by_currency(conn, paid.group_by(pay.account, pay.currency)))


def _less(amounts: _Amounts, other: _Amounts) -> _Amounts:
    return {key: amounts.get(key, ZERO) - other.get(key, ZERO) for key in {*amounts, *other}}


def suppliers(conn: Connection) -> Columns:
    """Each supplier's record: on-time share, quality score and what is open with them."""
    rec, po, line = s.receipts.c, s.purchase_orders.c, s.purchase_order_lines.c
    columns: Columns = {"on_time_percent": {}, "quality_score": {}, "open_orders": {}}
    statement = (
        select(po.supplier_id, rec.days_late, rec.quality)
        .join(s.purchase_orders, po.po == rec.po)
        .where(rec.status.in_(CAME))
    )
    came = [(supplier, Quality(quality), late) for supplier, late, quality in conn.execute(statement)]
    for supplier, record in records_by_supplier(came).items():
        columns["on_time_percent"][supplier], columns["quality_score"][supplier] = record.on_time, record.quality
    open_lines = (
        select(po.supplier_id, type_coerce(OWED, Exact), line.unit_cost)
        .join(s.purchase_orders, po.po == line.po)
        .where(po.status.in_(UNDER_WAY))
    )
    for supplier, owed, cost in conn.execute(open_lines):
        value = max(owed or ZERO, ZERO) * (cost or ZERO)
        columns["open_orders"][supplier] = columns["open_orders"].get(supplier, ZERO) + value
    for supplier, value in columns["open_orders"].items():
        columns["open_orders"][supplier] = value.quantize(_CENT, ROUND_HALF_UP)
    return columns


def products(conn: Connection) -> Columns:
    """Stock of each product: quantities in its unit, cost and value in the company's currency."""
    names = (
        "on_hand",
        "allocated",
        "quarantined",
        "available",
        "on_order",
        "average_cost",
        "stock_value",
        "stock_status",
    )
    columns: Columns = {name: {} for name in names}
    po, line = s.purchase_orders.c, s.purchase_order_lines.c
    on_order = _sums(
        conn,
        select(line.sku, type_coerce(func.sum(OWED), Exact))
        .join(s.purchase_orders, po.po == line.po)
        .where(po.status.in_(UNDER_WAY))
        .group_by(line.sku),
    )
    statement = select(s.products.c.sku, s.products.c.reorder_point, s.stock).outerjoin(
        s.stock, s.stock.c.sku == s.products.c.sku
    )
    for sku, reorder, _sku, on_hand, allocated, quarantined, value in conn.execute(statement):
        have, taken, apart = on_hand or ZERO, allocated or ZERO, quarantined or ZERO
        free = have - taken - apart
        columns["on_hand"][sku], columns["allocated"][sku], columns["quarantined"][sku] = have, taken, apart
        columns["available"][sku] = free
        columns["on_order"][sku] = max(on_order.get(sku, ZERO), ZERO)
        columns["stock_value"][sku] = value or ZERO
        if have > ZERO:
            columns["average_cost"][sku] = average_cost(value or ZERO, have)
        columns["stock_status"][sku] = str(stock_status(free, reorder))
    return columns


def invoices(conn: Connection, day: dt.date) -> Columns:
    """Days overdue of each open invoice, and what came of promises to pay."""
    late = {one.invoice: Overdue(tuple(late_parts(one.invoice, one.due, one.open, day))) for one in open_invoices(conn)}
    days = {name: one.days for name, one in late.items() if one.parts}
    return {"days_overdue": days, "promise": promises(conn, day)}


def settings_rows(values: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Every setting with the value that holds and its meaning."""
    return [(setting.name, values.get(setting.name, setting.default), setting.meaning) for setting in SETTINGS]


def waiting(
    conn: Connection, day: dt.date | None = None, settings: Mapping[str, str] | None = None
) -> list[tuple[Any, ...]]:
    """What stops, for whom and since when: orders, approvals, purchases, receipts, payments, matches.

    Only on a `day` is it known which products nobody sells.
    """
    asked = conn.execute(select(s.approvals).where(s.approvals.c.status == str(ApprovalStatus.WAITING))).all()
    rows = [
        (row.subject, f"Approval: {row.step}", row.role, row.asked_on, f"Decide with: {decides_with(row.approval)}.")
        for row in asked
    ]
    decided = {row.subject for row in asked}  # what waits for a manager is said once, by its approval
    rows += _orders(conn, day, decided)
    rows += waiting_drafts(conn, policy_of(settings or {}).currency) + waiting_bills(conn) + waiting_refusals(conn)
    if day is not None:
        low = unsourced_low(conn, day) if policy_of(settings or {}).purchase_by_rule else []
        rows += [(sku, "No supplier", "Purchasing", since, what) for sku, since, what in unsourced(conn, day) + low]
    rows += [
        (one.pick, SHORT_PICK, "Warehouse", one.since, f"{one.found} {one.sku} found for order {one.order}. {one.mend}")
        for one in short_picks(conn)
    ]
    money = [*waiting_money(conn), *waiting_bank(conn)]
    days = (settings or {}).get("Bank line alarm days", "")
    rows += with_alarm(conn, money, day, int(days)) if day is not None and days else money
    rows += no_account(conn, settings or {}) + credit_notes(conn, settings or {})
    rows += waiting_files(conn)
    rows += waiting_messages(conn)
    return sorted(rows, key=lambda row: (str(row[0]), str(row[1])))


def _orders(conn: Connection, day: dt.date | None, decided: Collection[str]) -> Iterator[tuple[Any, ...]]:
    """Orders that something stops, but those whose approval is `decided`; and those of which the rest lacks stock."""
    order = s.orders.c
    short = short_orders(conn, day)
    columns = (order.order, order.status, order.waiting_who, order.waiting_since, order.waiting_for)
    stopped = order.waiting_for != "", order.status.not_in(("Closed", "Cancelled"))
    for row in conn.execute(select(*columns).where(*stopped)):
        lacks = short.pop(row.order, None)
        more = f" {lacks.todo}" if lacks and row.waiting_who == _BUYERS else ""
        if not (row.status == "Approval" and row.order in decided):
            yield row.order, row.status, row.waiting_who, row.waiting_since, f"{row.waiting_for}{more}"
    for key, lacks in short.items():
        yield key, "Backordered", _BUYERS, lacks.since, f"{lacks.what} {lacks.todo}"


def issues(conn: Connection) -> list[tuple[Any, ...]]:
    """Every open fault: cells that could not be read, and rows that a step could not post."""
    c = s.issues.c
    statement = select(s.issues).order_by(c.source, c.hash, c.sheet, c.row, c.cell, c.column, c.nth)
    twins = places_of_twins(conn)
    found: list[tuple[str, Any, dt.date | None]] = [
        (twins.get((row.source, row.hash), row.source), row, row.since) for row in conn.execute(statement)
    ]
    found += [(issue.source, issue, since) for issue, since in faults_since(conn)]
    rows = [
        (
            source,
            i.sheet,
            i.cell or i.key,
            i.value,
            f"{i.column}: {i.problem}" if i.column else i.problem,
            i.fix,
            since,
        )
        for source, i, since in found
    ]
    return _one_per_key(rows)


def _one_per_key(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Two faults of one cell stand in one row, since source, sheet and cell are the key."""
    merged: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in rows:
        before = merged.get(row[:3])
        if before is None:
            merged[row[:3]] = row
        else:
            problem, fix = (f"{a} {b}" if b not in a else a for a, b in zip(before[4:6], row[4:6], strict=True))
            merged[row[:3]] = (*before[:4], problem, fix, before[6])
    return list(merged.values())


def log(conn: Connection, limit: int | None) -> list[tuple[Any, ...]]:
    """The last events, newest first."""
    c = s.journal.c
    statement = select(c.seq, c.at, c.who, c.event, c.subject, c.source, c.sheet, c.row).order_by(c.seq.desc())
    rows = conn.execute(statement.limit(limit) if limit else statement)
    return [
        (r.seq, dt.datetime.fromisoformat(r.at), r.who, r.event, r.subject, _where(r.source, r.sheet, r.row))
        for r in rows
    ]


def _where(source: str, sheet: str, row: int) -> str:
    return " ".join(part for part in (source, sheet, f"row {row}" if row else "") if part)
