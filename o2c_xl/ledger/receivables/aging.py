"""Aging as of any day, held against the receivables account; prepayments and unidentified receipts stand apart."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Date, Row, TextClause, case, func, select, type_coerce

from o2c_xl.domain.cash.placing import HeldOn
from o2c_xl.domain.chart import Account
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import LATE_FROM, AgingRow, Credit, OpenItem, age, merged, totals
from o2c_xl.ledger import schema
from o2c_xl.ledger.heads import latest_day
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.receivables.disputes import DISPUTE_RESOLVED, DISPUTED
from o2c_xl.ledger.schema.partial import OPEN_INVOICES, UNAPPLIED
from o2c_xl.ledger.types import Exact

__all__ = ["Aging", "aging", "balances", "open_items_at"]

_inv, _pay, _set, _log = schema.invoices.c, schema.payments.c, schema.settlements.c, schema.journal.c
_due = schema.invoice_dues.c
_first, _second = schema.invoice_dues.alias("first"), schema.invoice_dues.alias("second")
_SPLIT = _second.c.invoice  # none where there is no second instalment
_ITEM: tuple[Column[Any], ...] = (
    _inv.invoice,
    _inv.account,
    _inv.currency,
    _inv.open,
    _inv.total,
    _inv.kind,
    _inv.order,
    _inv.due_date,
    _inv.disputed,
    _inv.dispute,
)
_PAYMENT: tuple[Column[Any], ...] = (
    _pay.payment,
    _pay.account,
    _pay.currency,
    _pay.unapplied,
    _pay.held_on,
    _pay.order,
)


@dataclass(frozen=True, slots=True)
class Aging:
    """What is owed by customer and currency at the end of `day`.

    `accounts` are the balances of the receivables account by currency; `prepaid` and `unidentified` are what
    customers paid beside it, by customer and currency, above zero.
    """

    day: dt.date
    rows: tuple[AgingRow, ...]
    accounts: Mapping[str, Decimal]
    prepaid: Mapping[tuple[str, str], Decimal]
    unidentified: Mapping[str, Decimal]

    @property
    def totals(self) -> list[AgingRow]:
        """One row per currency."""
        return totals(self.rows)

    @property
    def differences(self) -> dict[str, Decimal]:
        """By currency what the account has more than the rows; empty when they are equal."""
        found = {row.currency: row.total for row in self.totals}
        every = sorted({*found, *self.accounts})
        rest = {currency: self.accounts.get(currency, ZERO) - found.get(currency, ZERO) for currency in every}
        return {currency: amount for currency, amount in rest.items() if amount}


def aging(conn: Connection, day: dt.date) -> Aging:
    """Aging at the end of `day`, from open items and what is unapplied."""
    held: dict[str, dict[tuple[str, str], Decimal]] = {str(kind): {} for kind in HeldOn}
    for key, amount, held_on in _unapplied_at(conn, day):
        sums = held[held_on]
        sums[key] = sums.get(key, ZERO) + amount
    credits_ = [Credit(*key, amount) for key, amount in held[HeldOn.RECEIVABLES].items() if amount]
    rows = merged([*_aged_by_database(conn, day), *age(_in_instalments(conn, day), credits_, day)])
    return Aging(
        day,
        tuple(row for row in rows if row.overdue or row.not_due or row.credits),
        balances(conn, Account.RECEIVABLES, day),
        {key: amount for key, amount in sorted(held[HeldOn.PREPAYMENTS].items()) if amount},
        {currency: amount for (_, currency), amount in sorted(held[HeldOn.UNIDENTIFIED].items()) if amount},
    )


def balances(conn: Connection, account: Account, day: dt.date) -> dict[str, Decimal]:
    """The balance of an account at the end of `day`, by currency."""
    c = schema.postings.c
    statement = select(c.currency, func.sum(c.amount)).where(c.account == str(account), c.day <= day)
    return {currency: amount for currency, amount in conn.execute(statement.group_by(c.currency)) if amount}


def _aged_by_database(conn: Connection, day: dt.date) -> list[AgingRow]:
    """Aging of all invoices that are due in one sum: the database adds them up by account, currency and bucket."""
    later = _later_by_invoice(day) if _looks_back(conn, day) else None
    still_open = _inv.open if later is None else _inv.open + func.coalesce(later.c.settled, 0)
    amount = type_coerce(still_open, Exact)
    due = func.coalesce(_first.c.due_date, _inv.due_date, type_=Date)
    bucket = case(
        (still_open < ZERO, len(LATE_FROM) + 1),
        *((due >= day - dt.timedelta(days=days), at) for at, days in enumerate(LATE_FROM)),
        else_=len(LATE_FROM),
    ).label("bucket")
    columns = (_inv.account, _inv.currency, bucket, type_coerce(func.sum(amount), Exact).label("amount"))
    found = schema.invoices.outerjoin(_first, (_first.c.invoice == _inv.invoice) & (_first.c.due_no == 1))
    where: list[ColumnElement[bool] | TextClause] = [_SPLIT.is_(None), _inv.entry.is_not(None)]
    found = found.outerjoin(_second, (_second.c.invoice == _inv.invoice) & (_second.c.due_no == 2))  # noqa: PLR2004
    if later is None:
        where.append(OPEN_INVOICES)
    else:
        found = found.join(schema.journal, _log.seq == _inv.entry).outerjoin(later, later.c.invoice == _inv.invoice)
        where += [_log.day <= day, still_open != ZERO]
    statement = select(*columns).select_from(found).where(*where).group_by(_inv.account, _inv.currency, bucket)
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for account, currency, at, total in conn.execute(statement):
        row = sums.setdefault((account, currency), [ZERO] * (len(LATE_FROM) + 2))
        row[at] += -total if at > len(LATE_FROM) else total
    return [AgingRow(*key, *amounts) for key, amounts in sums.items()]


def _in_instalments(conn: Connection, day: dt.date) -> list[OpenItem]:
    """The open invoices that are due in several sums; what is paid settles the oldest first, which no sum says."""
    split = select(_due.invoice).where(_due.due_no == 2)  # noqa: PLR2004 -- it has a second instalment
    return open_items_at(conn, day, _inv.invoice.in_(split))


def _looks_back(conn: Connection, day: dt.date) -> bool:
    """Whether something was recorded of a later day; the last entry may be of an earlier one than that."""
    last = latest_day(conn)
    return last is not None and day < last


def _later_by_invoice(day: dt.date) -> Any:  # noqa: ANN401 -- a subquery
    """What was settled of each invoice after that day."""
    settled = func.sum(_set.amount).label("settled")
    return select(_set.invoice, settled).where(_set.day > day).group_by(_set.invoice).subquery("later")


def open_items_at(conn: Connection, day: dt.date, *where: ColumnElement[bool]) -> list[OpenItem]:
    """What was open at the end of `day`, each with its instalments; of the invoices for which `where` holds."""
    later = _later(conn, day, _set.invoice)
    rows = {row.invoice: row for row in _posted(conn, day, _ITEM, OPEN_INVOICES, *where)}
    rows |= {row.invoice: row for row in _posted_of(conn, day, [name for name in later if name not in rows], *where)}
    dues: dict[str, list[tuple[dt.date, Decimal]]] = {}
    due = schema.invoice_dues
    for row in rows_by_key(conn, due, due.c.invoice, rows):
        dues.setdefault(row.invoice, []).append((row.due_date, row.amount))
    disputed = {name: bool(row.disputed) for name, row in rows.items()} | _disputed_at(conn, day, rows)
    items = ((row, row.open + later.get(name, ZERO)) for name, row in sorted(rows.items()))
    return [
        _item(row, still_open, dues.get(row.invoice, []), disputed=disputed[row.invoice])
        for row, still_open in items
        if still_open
    ]


def _disputed_at(conn: Connection, day: dt.date, rows: Mapping[str, Row[Any]]) -> dict[str, bool]:
    """Whether those of these invoices that ever were in dispute were so at the end of `day`, where that is gone by."""
    if not _looks_back(conn, day):
        return {}
    found = dict.fromkeys((name for name, row in rows.items() if row.dispute), False)
    columns = (_log.seq, _log.subject, _log.event)
    where = (_log.event.in_((DISPUTED, DISPUTE_RESOLVED)), _log.day <= day)
    for entry in sorted(rows_by_key(conn, columns, _log.subject, found, *where), key=lambda entry: int(entry.seq)):
        found[entry.subject] = entry.event == DISPUTED
    return found


def _item(row: Row[Any], still_open: Decimal, due: list[tuple[dt.date, Decimal]], *, disputed: bool) -> OpenItem:
    return OpenItem(
        row.invoice,
        row.account,
        row.currency,
        still_open,
        tuple(sorted(due)) or ((row.due_date, row.total),),
        row.kind,
        row.order,
        disputed=disputed,
    )


def _posted(conn: Connection, day: dt.date, columns: Iterable[Any], *where: Any) -> Iterable[Row[Any]]:  # noqa: ANN401
    """Posted invoices, posted by the end of `day`."""
    joined = select(*columns).join(schema.journal, _log.seq == _inv.entry)
    return conn.execute(joined.where(_log.day <= day, *where))


def _posted_of(conn: Connection, day: dt.date, invoices: list[str], *where: ColumnElement[bool]) -> Iterable[Row[Any]]:
    for part in chunks(invoices):
        yield from _posted(conn, day, _ITEM, _inv.invoice.in_(part), *where)


def _later(conn: Connection, day: dt.date, key: Any) -> dict[str, Decimal]:  # noqa: ANN401 -- a column of settlements
    """What was settled after `day`, by invoice or by payment; nothing for the day the books stand at."""
    if not _looks_back(conn, day):
        return {}
    kinds = [_set.kind == "payment"] if key is _set.by else []
    statement = select(key, func.sum(_set.amount)).where(_set.day > day, *kinds).group_by(key)
    return {name: amount for name, amount in conn.execute(statement) if name}


def _unapplied_at(conn: Connection, day: dt.date) -> Iterable[tuple[tuple[str, str], Decimal, str]]:
    later = _later(conn, day, _set.by)
    rows = {row.payment: row for row in conn.execute(select(*_PAYMENT).where(UNAPPLIED))}
    rows |= {row.payment: row for row in rows_by_key(conn, _PAYMENT, _pay.payment, set(later) - set(rows))}
    events = ("payment received", "payment returned", "payment identified", "prepayment released")
    told: dict[str, list[Row[Any]]] = {}
    columns = (_log.seq, _log.subject, _log.event, _log.day, _log.data)
    for entry in rows_by_key(conn, columns, _log.subject, rows, _log.event.in_(events)):
        told.setdefault(entry.subject, []).append(entry)
    for name, row in sorted(rows.items()):
        amount = row.unapplied + later.get(name, ZERO)
        entries = told.get(name, [])
        came = [entry for entry in entries if entry.event == "payment received"]
        if amount and came and all(entry.day <= day for entry in came):
            account, held_on = _held_at(row, [entry for entry in entries if entry.day > day])
            yield (account, row.currency), amount, held_on


def _held_at(row: Row[Any], later: list[Row[Any]]) -> tuple[str, str]:
    """Whose it was and what it stood on before what happened to it later."""
    for entry in sorted(later, key=lambda entry: int(entry.seq)):
        if entry.event == "payment identified":
            data = json.loads(entry.data)
            return data.get("was_of", ""), data["was_on"]
        if entry.event == "prepayment released":
            return row.account, str(HeldOn.PREPAYMENTS)
    return row.account, str(row.held_on)
