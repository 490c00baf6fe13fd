"""Statements of account from the receivables account: opening, each entry, closing; the closing is the aging's row."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, Row, func, select

from o2c_xl.domain.chart import Account
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.money import ZERO, places
from o2c_xl.domain.paper import company_party
from o2c_xl.domain.receivables.account_statement import Change, statement_lines
from o2c_xl.domain.receivables.letters import StatementDocument
from o2c_xl.domain.receivables.open_items import AgingRow
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.messages.sending import ways_of
from o2c_xl.ledger.papers.letters import memo_penalties
from o2c_xl.ledger.papers.slips import by_key, party_of
from o2c_xl.ledger.receivables.aging import Aging, aging
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["KIND", "StatementBooks", "Wanted", "ask_statements", "statement_documents", "statements_wanted"]

KIND = "Statement of account"
_post, _log, _box = schema.postings.c, schema.journal.c, schema.outbox.c
_OWED = str(Account.RECEIVABLES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One statement: an account in a currency, first and last day, and the balance at its end."""

    account: str
    currency: str
    first: dt.date
    last: dt.date
    closing: Decimal


class StatementBooks:
    """Statements of a month for everyone, once; the journal remembers that it was done."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def work_off(self, first: dt.date, last: dt.date) -> int:
        """Put a statement of that period into the outbox for each account, unless that was done; returns how many."""
        subject = f"Statements {last:%Y-%m}"
        with self._ledger.reading() as conn:
            if _done(conn, subject):
                return 0
        with self._ledger.transaction(self._day) as txn:
            if _done(txn.conn, subject):
                return 0
            wanted = statements_wanted(txn.conn, None, first, last)
            if wanted:
                ask_statements(txn, wanted)
                txn.record("statements of account made", subject, {"count": len(wanted)})
            return len(wanted)


def _done(conn: Connection, subject: str) -> bool:
    statement = select(_log.seq).where(_log.subject == subject, _log.event == "statements of account made")
    return conn.execute(statement.limit(1)).first() is not None


def statements_wanted(conn: Connection, accounts: Iterable[str] | None, first: dt.date, last: dt.date) -> list[Wanted]:
    """Statements of these accounts, or of every account that moved in the period or owes something at its end.

    Raises CannotRun for a customer that is not known, or is billed to another.
    """
    closing = _balances(conn, last)
    within = (_post.account == _OWED, _post.day >= first, _post.day <= last)
    statement = select(_post.party, _post.currency).distinct().where(*within)
    moved = {(party, currency) for party, currency in conn.execute(statement)}
    keys = sorted({*moved, *(key for key, amount in closing.items() if amount)})
    if accounts is not None:
        wanted = list(accounts)
        known = _known(conn, wanted)
        keys = [key for key in keys if key[0] in wanted]
        # a customer without any movement gets an empty statement in its own currency
        keys += [(one, known[one]) for one in wanted if one not in {key[0] for key in keys}]
    return [
        Wanted(account, currency, first, last, closing.get((account, currency), ZERO)) for account, currency in keys
    ]


def _known(conn: Connection, accounts: Sequence[str]) -> dict[str, str]:
    """The currency of each customer that is charged itself."""
    rows = by_key(conn, schema.customers, "customer_id", accounts)
    for account in accounts:
        row = rows.get(account)
        if row is None:
            near = get_close_matches(
                account.upper(), conn.execute(select(schema.customers.c.customer_id)).scalars(), n=1
            )
            told = f"The nearest is {near[0]}" if near else "See o2c show Customers for their numbers"
            raise CannotRun(f"There is no customer {account}. {told}.")
        if row.bill_to and row.bill_to != account:
            raise CannotRun(f"{account} is billed to {row.bill_to}. Try: o2c statement {row.bill_to}")
    default = conn.execute(
        select(schema.settings.c.value).where(schema.settings.c.setting == "Company currency")
    ).scalar()
    return {account: rows[account].currency or default or "EUR" for account in accounts}


def _balances(conn: Connection, day: dt.date) -> dict[tuple[str, str], Decimal]:
    """The receivables account at the end of a day, by party and currency."""
    statement = (
        select(_post.party, _post.currency, func.sum(_post.amount))
        .where(_post.account == _OWED, _post.day <= day)
        .group_by(_post.party, _post.currency)
    )
    return {(party, currency): amount for party, currency, amount in conn.execute(statement)}


def ask_statements(txn: Txn, wanted: Sequence[Wanted]) -> list[str]:
    """Put the statements into the outbox; one that stands there already, with this balance, is not put there again.

    Returns what each message is about.
    """
    ways = ways_of(txn.conn, {one.account: one.account for one in wanted})
    abouts = [_about(one) for one in wanted]
    there = {row.about for row in rows_by_key(txn.conn, [_box.about], _box.about, abouts, _box.kind == KIND)}
    new = [(about, one) for about, one in zip(abouts, wanted, strict=True) if about not in there]
    put_in_outbox(txn, [_message(about, one, ways[one.account].to) for about, one in new])
    for about, one in new:
        txn.record("statement of account made", one.account, {"statement": about, "balance": one.closing})
    return abouts


def _about(one: Wanted) -> str:
    return f"{one.account} {one.first} {one.last} {one.closing:.{places(one.currency)}f} {one.currency}"


def _message(about: str, one: Wanted, to: str) -> Outgoing:
    told = {
        "customer": one.account,
        "currency": one.currency,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "balance": f"{one.closing:.{places(one.currency)}f}",
    }
    return Outgoing(KIND, about, to, f"Statement of account as of {one.last}", told, party=one.account)


def statement_documents(
    conn: Connection, abouts: Sequence[str], settings: Mapping[str, str]
) -> list[StatementDocument]:
    """The statements that the outbox asks for, in their sequence."""
    rows = {row.about: row for row in rows_by_key(conn, schema.outbox, _box.about, abouts, _box.kind == KIND)}
    asked = [json.loads(rows[about].data) for about in abouts]
    ages: dict[dt.date, Aging] = {}
    customers = by_key(conn, schema.customers, "customer_id", {one["customer"] for one in asked})
    found = []
    for one in asked:
        last = dt.date.fromisoformat(one["last"])
        if last not in ages:
            ages[last] = aging(conn, last)
        found.append(_document(conn, one, ages[last], customers.get(one["customer"]), settings))
    return found


def _document(
    conn: Connection,
    asked: Mapping[str, str],
    aged: Aging,
    customer: Row[Any] | None,
    settings: Mapping[str, str],
) -> StatementDocument:
    account, currency = asked["customer"], asked["currency"]
    first, last = dt.date.fromisoformat(asked["first"]), aged.day
    opening = _opening(conn, account, currency, first)
    lines = statement_lines(opening, _changes(conn, account, currency, (first, last)))
    row = next((row for row in aged.rows if (row.customer, row.currency) == (account, currency)), None)
    row = row or AgingRow(account, currency)
    return StatementDocument(
        number=f"{last}",
        first=first,
        last=last,
        seller=company_party(settings),
        buyer=party_of(customer, account),
        currency=currency,
        opening=opening,
        lines=tuple(lines),
        closing=lines[-1].balance if lines else opening,
        ages=(row.not_due, row.days_1_30, row.days_31_60, row.days_61_90, row.over_90),
        credits=row.credits,
        prepaid=aged.prepaid.get((account, currency), ZERO),
        penalties=memo_penalties(conn, account, currency),
        iban=settings.get("Company IBAN", ""),
        bic=settings.get("Company BIC", ""),
    )


def _opening(conn: Connection, account: str, currency: str, first: dt.date) -> Decimal:
    """What the account came to before a day."""
    before = (_post.account == _OWED, _post.party == account, _post.currency == currency, _post.day < first)
    found: Decimal | None = conn.execute(select(func.sum(_post.amount)).where(*before)).scalar()
    return found or ZERO


def _changes(conn: Connection, account: str, currency: str, period: tuple[dt.date, dt.date]) -> list[Change]:
    """What every entry of a period, first and last day included, changed on the account."""
    within = (_post.party == account, _post.day.between(*period))
    statement = (
        select(_log.seq, _log.day, _log.event, _log.subject, func.sum(_post.amount).label("amount"))
        .join(schema.journal, _log.seq == _post.entry)
        .where(_post.account == _OWED, _post.currency == currency, *within)
        .group_by(_log.seq, _log.day, _log.event, _log.subject)
    )
    rows = conn.execute(statement).all()
    subjects = {row.subject for row in rows}
    inv, pay = schema.invoices.c, schema.payments.c
    columns = [inv.invoice, inv.customer_reference, inv.due_date]
    invoices = {row.invoice: row for row in rows_by_key(conn, columns, inv.invoice, subjects)}
    payments = {
        row.payment: row.reference for row in rows_by_key(conn, [pay.payment, pay.reference], pay.payment, subjects)
    }
    moved = select(_post.entry).where(_post.account == str(Account.PREPAYMENTS), *within)
    ahead = set(conn.execute(moved).scalars())
    return [
        Change(
            row.seq,
            row.day,
            row.event,
            row.subject,
            row.amount,
            _reference(row.subject, invoices, payments),
            invoices[row.subject].due_date if row.subject in invoices and row.amount > ZERO else None,
            prepaid=row.seq in ahead,
        )
        for row in rows
    ]


def _reference(subject: str, invoices: Mapping[str, Any], payments: Mapping[str, str]) -> str:
    if subject in invoices:
        return str(invoices[subject].customer_reference)
    return payments.get(subject, "")
