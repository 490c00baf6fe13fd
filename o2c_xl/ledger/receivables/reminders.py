"""The books behind reminders: what is open of whom, which level it has reached, and the letters that were written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, exists, func, or_, select

from o2c_xl.domain.money import ZERO, places
from o2c_xl.domain.receivables.reminders import Debtor, DueItem, Letter, ReminderPolicy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.messages.sending import ways_of
from o2c_xl.ledger.open_credits import open_credits
from o2c_xl.ledger.schema.partial import OPEN_INVOICES, STUCK_MESSAGES
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["KIND", "LETTER_STATUS", "LEVEL_SENT", "ReminderBooks", "debtors_of", "leave_to_people"]

KIND = "Reminder"
_BATCH = 200
_inv, _due = schema.invoices.c, schema.invoice_dues.c
_rem, _item, _box = schema.reminders.c, schema.reminder_items.c, schema.outbox.c
_COLUMNS = (
    _inv.invoice, _inv.account, _inv.currency, _inv.open, _inv.total, _inv.disputed, _inv.promised_for,
    _inv.block_reminders, _due.due_no, _due.due_date, _due.amount,
)  # fmt: skip

_ITS_MESSAGE = (_box.about == _rem.reminder, _box.kind == KIND)
_STOPPED = exists().where(*_ITS_MESSAGE, STUCK_MESSAGES, _box.status.in_(("Waiting", "Failed", "Uncertain")))
_WRITTEN = _rem.mailed.is_(False) & _rem.withdrawn_on.is_(None) & ~_STOPPED  # in people's hands, on the day it was made
_MESSAGE_STATUS = func.coalesce(select(func.max(_box.status)).where(*_ITS_MESSAGE).scalar_subquery(), "Waiting")

LETTER_STATUS: ColumnElement[str] = case(
    (_WRITTEN & _MESSAGE_STATUS.in_(("Waiting", "Withdrawn")), "Written"), else_=_MESSAGE_STATUS
)
"""Of a reminder what became of its letter; one written while the program sent nothing is no longer waited for."""

LEVEL_SENT: ColumnElement[int] = func.coalesce(
    select(func.max(_item.level))
    .join(schema.reminders, _rem.reminder == _item.reminder)
    .where(
        _item.invoice == _inv.invoice,
        _rem.withdrawn_on.is_(None),
        or_(_WRITTEN, exists().where(*_ITS_MESSAGE, _box.status == "Sent")),
    )
    .scalar_subquery(),
    0,
)
"""Of an invoice the level of the last letter that went: sent, printed, or written while the program sent nothing."""


@dataclass(frozen=True, slots=True)
class _Last:
    """The last letter to an account in a currency: its day, and whether it has reached nobody yet."""

    day: dt.date
    on_the_way: bool


class ReminderBooks:
    """Looks at what is due in batches of up to 200 accounts, each batch with a letter one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date, policy: ReminderPolicy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy

    def work_off(self, decide: Callable[[Sequence[Debtor]], Sequence[Letter]]) -> int:
        """Record the letters that `decide` names; returns how many."""
        with self._ledger.reading() as conn:
            letters = decide(self._debtors(conn, _with_something_due(conn, self._day, self._policy)))
        accounts = sorted({letter.account for letter in letters})
        count = 0
        for start in range(0, len(accounts), _BATCH):
            with self._ledger.transaction(self._day) as txn:
                # read again where nobody else can write: what was paid meanwhile is not reminded of
                wanted = decide(self._debtors(txn.conn, accounts[start : start + _BATCH]))
                _record(txn, wanted, mailed=self._policy.mailed)
                count += len(wanted)
        return count

    def _debtors(self, conn: Connection, accounts: Iterable[str]) -> list[Debtor]:
        return debtors_of(conn, accounts, self._day, self._policy)


def debtors_of(conn: Connection, accounts: Iterable[str], day: dt.date, policy: ReminderPolicy) -> list[Debtor]:
    """These accounts with their open instalments, by account and currency."""
    wanted = list(accounts)
    c = schema.customers.c
    blocked = {
        row.customer_id: row.block_reminders == "Yes"
        for row in rows_by_key(conn, [c.customer_id, c.block_reminders], c.customer_id, wanted)
    }
    rows = _open_of(conn, wanted)
    reached = _levels_reached(conn, rows)
    last = _last_letters(conn, wanted, day, policy)
    items: dict[tuple[str, str], list[DueItem]] = defaultdict(list)
    for invoice, parts in rows.items():
        head = parts[0]
        stopped = "Blocked" if blocked.get(head.account) else _stopped(head, day)
        for number, due, amount in _still_open(parts):
            level = reached.get((invoice, number), 0)
            items[head.account, head.currency].append(DueItem(due, invoice, number, amount, level, stopped))
    return [
        Debtor(account, currency, tuple(found), *_known(last.get((account, currency))))
        for (account, currency), found in sorted(items.items())
    ]


def leave_to_people(ledger: Ledger, day: dt.date) -> None:
    """Letters that wait to be sent when sending is switched off lie in `outbox` from then on, as all written later."""
    waiting = exists().where(*_ITS_MESSAGE, _box.status == "Waiting", _box.batch == "")
    with ledger.reading() as conn:
        keys = sorted(conn.execute(select(_rem.reminder).where(_rem.mailed.is_(True), waiting)).scalars())
    if keys:
        with ledger.transaction(day) as txn:
            txn.update(schema.reminders, [{"reminder": key, "mailed": False} for key in keys])


def _known(last: _Last | None) -> tuple[dt.date | None, bool]:
    return (None, False) if last is None else (last.day, last.on_the_way)


def _with_something_due(conn: Connection, day: dt.date, policy: ReminderPolicy) -> list[str]:
    """Accounts with an open instalment that has come to the first level's day."""
    by = day - dt.timedelta(days=policy.levels[0].days)
    statement = select(_inv.account).distinct().where(*_REMINDED, _due.due_date <= by)
    return sorted(conn.execute(statement.join(schema.invoice_dues, _due.invoice == _inv.invoice)).scalars())


_REMINDED: tuple[ColumnElement[bool], ...] = (
    OPEN_INVOICES,
    _inv.open > ZERO,
    _inv.kind == "Invoice",
    _inv.entry.is_not(None),
    _inv.disputed.is_(False),
)


def _open_of(conn: Connection, accounts: Sequence[str]) -> dict[str, list[Any]]:
    """Open posted invoices of these accounts, each with all its instalments in order."""
    found: dict[str, list[Any]] = {}
    statement = select(*_COLUMNS).join(schema.invoice_dues, _due.invoice == _inv.invoice)
    posted = (OPEN_INVOICES, _inv.open > ZERO, _inv.kind == "Invoice", _inv.entry.is_not(None))
    for part in chunks(accounts):
        ordered = statement.where(*posted, _inv.account.in_(part)).order_by(_inv.invoice, _due.due_date, _due.due_no)
        for row in conn.execute(ordered):
            found.setdefault(row.invoice, []).append(row)
    return found


def _stopped(row: Any, day: dt.date) -> str:  # noqa: ANN401 -- a row
    if row.disputed:
        return "Disputed"
    if row.block_reminders == "Yes":
        return "Blocked"
    if row.promised_for is not None and row.promised_for >= day:
        return f"Promised for {row.promised_for}"
    return ""


def _still_open(parts: Sequence[Any]) -> list[tuple[int, dt.date, Decimal]]:
    """Number, due date and open amount of each instalment that is not settled: the oldest are settled first."""
    found, rest = [], parts[0].open
    for at in range(len(parts) - 1, -1, -1):
        amount = min(rest, parts[at].amount) if at else rest
        if amount > ZERO:
            found.append((parts[at].due_no, parts[at].due_date, amount))
        rest -= amount
    return found[::-1]


def _levels_reached(conn: Connection, invoices: Iterable[str]) -> dict[tuple[str, int], int]:
    """By invoice and instalment the level that letters have brought it to, those too that are on their way."""
    found: dict[tuple[str, int], int] = {}
    columns = (_item.invoice, _item.due_no, func.max(_item.level).label("level"))
    for part in chunks(invoices):
        counted = (
            select(*columns).join(schema.reminders, _rem.reminder == _item.reminder).where(_rem.withdrawn_on.is_(None))
        )
        grouped = counted.where(_item.invoice.in_(part)).group_by(_item.invoice, _item.due_no)
        found |= {(row.invoice, row.due_no): row.level for row in conn.execute(grouped)}
    return found


def _last_letters(
    conn: Connection, accounts: Iterable[str], day: dt.date, policy: ReminderPolicy
) -> dict[tuple[str, str], _Last]:
    """The last letter to each account and currency, and when it went."""
    last: dict[tuple[str, str], Any] = {}
    columns = [_rem.reminder, _rem.customer_id, _rem.currency, _rem.date, _rem.mailed]
    stands = _rem.withdrawn_on.is_(None)
    letters = rows_by_key(conn, columns, _rem.customer_id, accounts, stands)
    for row in sorted(letters, key=lambda row: (row.date, len(row.reminder), row.reminder)):
        last[row.customer_id, row.currency] = row
    keys = [row.reminder for row in last.values()]
    box = [_box.about, _box.status, _box.sent, _box.said]
    messages = {row.about: row for row in rows_by_key(conn, box, _box.about, keys, _box.kind == KIND)}
    return {key: _last(row, messages.get(row.reminder), day, policy) for key, row in last.items()}


def _last(row: Any, message: Any, day: dt.date, policy: ReminderPolicy) -> _Last:  # noqa: ANN401 -- rows
    """A letter that the program has still to send, or that something stops, has reached nobody; else it went."""
    if message is None:
        return _Last(row.date, on_the_way=False)
    open_ = message.status not in ("Sent", "Withdrawn")
    waits = open_ and (bool(message.said) or (policy.mailed and bool(row.mailed)))
    sent = dt.date.fromisoformat(message.sent[:10]) if message.sent else row.date
    # a clock ahead of the business day (a day that is replayed) must not keep the next letter back
    return _Last(sent if row.date <= sent <= day else row.date, on_the_way=waits)


def _record(txn: Txn, letters: Sequence[Letter], *, mailed: bool) -> None:
    ways = ways_of(txn.conn, {letter.account: letter.account for letter in letters})
    credits_ = open_credits(txn.conn, {letter.account for letter in letters})
    numbers = [txn.number("RM-") for _ in letters]
    rows, items, messages = [], [], []
    for number, letter in zip(numbers, letters, strict=True):
        data = {"level": letter.level, "invoices": list(letter.invoices), "amount": letter.past_due}
        entry = txn.record("customer reminded", number, {**data, "penalty": letter.penalty, "customer": letter.account})
        rows.append({**_row(number, letter, txn.day, entry), "mailed": mailed})
        items += _items(number, letter)
        credit = credits_.get((letter.account, letter.currency), ZERO)
        messages.append(_message(number, letter, ways[letter.account].to, credit))
    txn.insert(schema.reminders, rows)
    txn.insert(schema.reminder_items, items)
    put_in_outbox(txn, messages)


def _row(number: str, letter: Letter, day: dt.date, entry: int) -> Mapping[str, Any]:
    return {
        "reminder": number,
        "customer_id": letter.account,
        "level": letter.level,
        "date": day,
        "invoices": ", ".join(letter.invoices),
        "currency": letter.currency,
        "amount": letter.past_due,
        "fee": letter.fee,
        "penalty": letter.penalty,
        "penalty_status": "Memo" if letter.penalty else "",
        "entry": entry,
    }


def _items(number: str, letter: Letter) -> list[Mapping[str, Any]]:
    return [
        {
            "reminder": number,
            "invoice": one.item.invoice,
            "due_no": one.item.due_no,
            "due_date": one.item.due,
            "open": one.item.open,
            "penalty": one.penalty,
            "days_late": one.days_late,
            "level": one.level,
            "rose": one.rose,
        }
        for one in letter.items
    ]


def _message(number: str, letter: Letter, to: str, credit: Decimal) -> Outgoing:
    digits = places(letter.currency)
    amount = f"{letter.past_due or letter.total:.{digits}f}"
    told = {
        "customer": letter.account,
        "level": letter.level,
        "currency": letter.currency,
        "amount": amount,
        "penalty": f"{letter.penalty:.{digits}f}",
        **({"credits": f"{credit:.{digits}f}"} if credit else {}),
        "invoices": [
            {
                "invoice": one.item.invoice,
                "due": one.item.due.isoformat(),
                "open": f"{one.item.open:.{digits}f}",
                "days late": one.days_late,
            }
            for one in letter.items
        ],
    }
    due = "past due" if letter.past_due else "soon due"
    return Outgoing(KIND, number, to, f"Reminder: {amount} {letter.currency} {due}", told, party=letter.account)
