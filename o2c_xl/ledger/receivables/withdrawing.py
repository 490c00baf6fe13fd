"""The books behind withdrawn reminders: letters that wait, and the dunning levels that these gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.domain.receivables.outdated_reminders import Asked
from o2c_xl.domain.receivables.reminders import DueItem, ReminderPolicy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.receivables.reminders import KIND, debtors_of
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["WithdrawingBooks"]

_BATCH = 200
_box, _rem, _item = schema.outbox.c, schema.reminders.c, schema.reminder_items.c
Decide = Callable[[Sequence[Asked], Sequence[DueItem]], str]


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter that waits: its message, its row, what it lists."""

    message: str
    row: Any
    items: Sequence[Asked]


class WithdrawingBooks:
    """Looks at letters in batches, each batch with one to withdraw one transaction.

    One that lies in a print batch is left alone: it may be printed.
    """

    def __init__(self, ledger: Ledger, day: dt.date, policy: ReminderPolicy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy

    def work_off(self, decide: Decide) -> int:
        """Withdraw the letters that `decide` gives a reason for; returns how many."""
        with self._ledger.reading() as conn:
            batches = [batch for batch in _waiting(conn) if self._outdated(conn, batch, decide)]
        count = 0
        for batch in batches:
            with self._ledger.transaction(self._day) as txn:
                # read again where nobody else can write: what was sent or mended meanwhile stays
                letters = _letters(txn.conn, batch)
                found = self._outdated(txn.conn, [letter.message for letter in letters], decide)
                _withdraw(txn, [(letter, found[letter.message]) for letter in letters if letter.message in found])
                count += len(found)
        return count

    def _outdated(self, conn: Connection, messages: Sequence[str], decide: Decide) -> dict[str, str]:
        """By message why it must not go out."""
        letters = _letters(conn, messages)
        debtors = debtors_of(conn, {letter.row.customer_id for letter in letters}, self._day, self._policy)
        items = {(one.account, one.currency): one.items for one in debtors}
        told = {
            letter.message: decide(letter.items, items.get((letter.row.customer_id, letter.row.currency), ()))
            for letter in letters
        }
        return {message: why for message, why in told.items() if why}


def _waiting(conn: Connection) -> Iterator[list[str]]:
    """The numbers of messages with a letter that may still be held back."""
    where = (_box.status == "Waiting", _box.kind == KIND, _box.batch == "")
    found = sorted(conn.execute(select(_box.message).where(*where)).scalars())
    for start in range(0, len(found), _BATCH):
        yield found[start : start + _BATCH]


def _letters(conn: Connection, messages: Sequence[str]) -> list[_Letter]:
    """Those of these messages that still wait, with what they list."""
    columns = [_box.message, _box.about]
    abouts = {
        row.about: row.message
        for row in rows_by_key(conn, columns, _box.message, messages, _box.status == "Waiting", _box.batch == "")
    }
    items: dict[str, list[Asked]] = {}
    listed = rows_by_key(conn, [_item.reminder, _item.invoice, _item.due_no, _item.open], _item.reminder, abouts)
    for row in sorted(listed):
        items.setdefault(row.reminder, []).append(Asked(row.invoice, row.due_no, row.open))
    rows = rows_by_key(conn, schema.reminders, _rem.reminder, abouts)
    letters = [_Letter(abouts[row.reminder], row, items.get(row.reminder, [])) for row in rows]
    return sorted(letters, key=lambda letter: letter.message)


def _withdraw(txn: Txn, found: Sequence[tuple[_Letter, str]]) -> None:
    for letter, why in found:
        txn.record("reminder withdrawn", letter.row.reminder, {"message": letter.message, "why": why})
    changes = [{"message": letter.message, "status": "Withdrawn", "said": why} for letter, why in found]
    txn.update(schema.outbox, [{**one, "server": "", "next_try": ""} for one in changes])
    # one written while the program mailed nothing may have gone by hand, one whose penalty is charged was acted upon
    back = [one for one, _ in found if one.row.mailed and one.row.penalty_status != "Charged"]
    given_up = {"": "", "Memo": "Waived"}
    txn.update(
        schema.reminders,
        [
            {
                "reminder": one.row.reminder,
                "withdrawn_on": txn.day,
                "penalty_status": given_up.get(one.row.penalty_status, one.row.penalty_status),
                "action": "",
            }
            for one in back
        ],
    )
