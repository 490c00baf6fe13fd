"""What may belong to bank lines: payments near in time, those that went back, credit notes, and where money went."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, exists, or_, select

from o2c_xl.domain.cash.bank_line import BankLine, Payee, Posted, Surroundings
from o2c_xl.domain.cash.payers import Payers, plain_account, plain_name
from o2c_xl.domain.cash.references import Numbers, find_numbers, index_numbers
from o2c_xl.domain.cash.spellings import spellings
from o2c_xl.domain.goods.slips import PENDING
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.bank_statements import bank_line
from o2c_xl.ledger.cash.payment_clues import returns_of
from o2c_xl.ledger.invoices.accounts import known_customers
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.schema.partial import OPEN_INVOICES

__all__ = ["METHOD", "surroundings"]

METHOD = "Bank transfer"
_SLACK = dt.timedelta(days=6)
_BACK = dt.timedelta(days=400)
"""So long a direct debit may be taken back (13 months without a mandate: SEPA Direct Debit Core Rulebook 4.3)."""
_LINE, _PAY, _INV = schema.bank_lines.c, schema.payments.c, schema.invoices.c
_STATEMENT = "BS-"
_RETURN_OF = re.compile(r"Return of (\S+)")


def surroundings(
    conn: Connection, lines: Sequence[BankLine], payers: Payers, customers: Mapping[str, str]
) -> Surroundings:
    """All that a batch of lines is decided by; `customers` are those whose name or account a line bears, by its key."""
    around = Surroundings(_typed(conn, lines))
    out = [line for line in lines if line.amount < ZERO]
    if not out:
        return around
    around.made = _made(conn, out)
    around.credit_notes = _credit_notes(conn)
    around.payees = _payees(conn, out, payers, customers)
    return around


def _typed(conn: Connection, lines: Sequence[BankLine]) -> list[Posted]:
    """Payments that people entered about these days, each beside no bank line yet."""
    days = [line.booked_on for line in lines]
    amounts = {line.amount for line in lines}
    free = ~exists().where(_LINE.payment == _PAY.payment)
    statement = select(schema.payments).where(
        _PAY.paid_on >= min(days) - _SLACK,
        _PAY.paid_on <= max(days) + _SLACK,
        _PAY.method == METHOD,
        _PAY.amount.is_not(None),
        free,
    )
    found = conn.execute(statement.order_by(_PAY.payment)).all()
    return [
        _posted(row, row.customer_id or row.account)
        for row in found
        if row.amount in amounts or _STATEMENT in row.reference
    ]


def _posted(row: Any, customer: str, **more: Any) -> Posted:  # noqa: ANN401 - a row of payments
    back = more.pop("back", False)
    return Posted(
        row.payment,
        row.amount,
        row.currency,
        row.paid_on,
        customer,
        row.payer,
        row.reference,
        back=back or row.status == "Returned",
        payer_account=row.payer_account,
        unapplied=row.unapplied,
        **more,
    )


# --- what may have gone back -----------------------------------------------------------------------------------------


def _made(conn: Connection, out: Sequence[BankLine]) -> list[Posted]:
    """Payments posted earlier of which the amounts that went out now came in, or are not applied."""
    earliest = min(line.booked_on for line in out) - _BACK
    rows: dict[str, Row[Any]] = {}
    for part in chunks(sorted({-amount for line in out for amount in (line.amount, _without_fee(line))})):
        fits = or_(_PAY.amount.in_(part), _PAY.unapplied.in_(part))
        posted = (_PAY.held_on != "", _PAY.amount > ZERO, _PAY.paid_on >= earliest)
        statement = select(schema.payments).where(fits, *posted)
        rows |= {row.payment: row for row in conn.execute(statement.order_by(_PAY.payment))}
    lines = {row.payment: bank_line(row) for row in rows_by_key(conn, schema.bank_lines, _LINE.payment, rows)}
    gone = {*returns_of(conn, rows), *_going_back(conn)}
    invoices = _invoices_of(conn, rows.values())
    return [
        _posted(row, row.account, line=lines.get(name), back=name in gone, invoices=frozenset(invoices[name]))
        for name, row in rows.items()
    ]


def _without_fee(line: BankLine) -> Decimal:
    return line.amount + (line.charges or ZERO)


def _going_back(conn: Connection) -> Iterable[str]:
    """Payments that others, not posted yet, take back."""
    pending = select(_PAY.reference).where(_PAY.status.in_(PENDING), _PAY.amount < ZERO)
    for text in conn.execute(pending).scalars():
        if found := _RETURN_OF.match(text):
            yield found[1]


def _invoices_of(conn: Connection, rows: Iterable[Row[Any]]) -> dict[str, set[str]]:
    """By payment the invoices that it pays or names."""
    found: dict[str, set[str]] = defaultdict(set)
    references = {row.payment: row.reference for row in rows}
    c = schema.settlements.c
    for row in rows_by_key(conn, [c.invoice, c.by], c.by, references, c.kind == "payment", c.invoice != ""):
        found[row.by].add(row.invoice)
    index = index_numbers(_known_invoices(conn, references.values()))
    for payment, text in references.items():
        found[payment].update(find_numbers(index, text))
    return found


def _credit_notes(conn: Connection) -> list[Posted]:
    """Open credit notes, as money of the customer's that lies with us."""
    columns = (_INV.invoice, _INV.account, _INV.currency, _INV.invoice_date, _INV.open, _INV.corrects)
    rows = conn.execute(select(*columns).where(OPEN_INVOICES, _INV.kind == "Credit note").order_by(_INV.invoice))
    return [
        Posted(
            row.invoice,
            ZERO,
            row.currency,
            row.invoice_date,
            row.account,
            unapplied=-row.open,
            invoices=frozenset({row.invoice, row.corrects} - {"", None}),
        )
        for row in rows
    ]


# --- where money went ------------------------------------------------------------------------------------------------


def _payees(
    conn: Connection, out: Sequence[BankLine], payers: Payers, customers: Mapping[str, str]
) -> dict[str, Payee]:
    """By line what is known of where its money went."""
    accounts = _accounts(conn, out)
    knows = known_customers(conn, {customers.get(line.key, "") for line in out} - {""}, "")
    names, ibans = _suppliers(conn)
    invoices = _known_invoices(conn, (line.said for line in out))
    payments = _known_payments(conn, (line.said for line in out))
    numbers, paid = index_numbers(invoices), index_numbers(payments)
    return {
        line.key: Payee(
            frozenset({knows[customers[line.key]].account})
            if customers.get(line.key) in knows
            else accounts.get(plain_account(line.account), frozenset()),
            plain_name(line.counterparty) in payers.alike or plain_account(line.account) in payers.accounts,
            plain_name(line.counterparty) in names or plain_account(line.account) in ibans,
            {number: invoices[number] for number in _named(numbers, line)},
            frozenset(_named(paid, line)),
        )
        for line in out
    }


def _named(index: Numbers, line: BankLine) -> list[str]:
    return find_numbers(index, line.said)


def _accounts(conn: Connection, out: Sequence[BankLine]) -> dict[str, frozenset[str]]:
    """By plain bank account those for whom money came from there."""
    wanted = {text for line in out if line.account for text in (line.account, plain_account(line.account))}
    found: dict[str, set[str]] = defaultdict(set)
    for part in chunks(sorted(wanted)):
        columns = select(_PAY.payer_account, _PAY.account).distinct()
        for account, customer in conn.execute(columns.where(_PAY.payer_account.in_(part), _PAY.account != "")):
            found[plain_account(account)].add(customer)
    return {account: frozenset(customers) for account, customers in found.items()}


def _suppliers(conn: Connection) -> tuple[set[str], set[str]]:
    """Names and bank accounts of suppliers, plain."""
    c = schema.suppliers.c
    rows = conn.execute(select(c.name, c.iban)).all()
    return {plain_name(row.name) for row in rows} - {""}, {plain_account(row.iban or "") for row in rows} - {""}


def _known_invoices(conn: Connection, texts: Iterable[str]) -> dict[str, str]:
    """Posted invoices and credit notes that these texts may name, with whose they are."""
    words = dict.fromkeys(word for text in texts for word in spellings(text))
    rows = rows_by_key(conn, [_INV.invoice, _INV.account], _INV.invoice, words, _INV.entry.is_not(None))
    return {row.invoice: row.account for row in rows}


def _known_payments(conn: Connection, texts: Iterable[str]) -> list[str]:
    words = dict.fromkeys(word for text in texts for word in spellings(text))
    return [row.payment for row in rows_by_key(conn, [_PAY.payment], _PAY.payment, words, _PAY.held_on != "")]
