"""Posting payments: each on the account it belongs to, and those that take an earlier one back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from o2c_xl.domain.accounts import payment_legs
from o2c_xl.domain.cash.placing import HELD_ON, HeldOn, Placed, Refused, Typed
from o2c_xl.domain.chart import legs
from o2c_xl.domain.goods.slips import NOT_POSTED, PENDING
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.matches import withdraw_of
from o2c_xl.ledger.cash.payers_known import Taught, learn
from o2c_xl.ledger.cash.payment_clues import clues_for
from o2c_xl.ledger.cash.payment_rows import PAYMENT, PaymentRows, payment_source, payment_status
from o2c_xl.ledger.cash.remittance import with_letters
from o2c_xl.ledger.cash.returned_payments import record_returns
from o2c_xl.ledger.schema.partial import NOBODYS, UNAPPLIED
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.receive_payments import Place

__all__ = ["PaymentBooks"]

_BATCH = 1_000
_pay = schema.payments.c


@dataclass(slots=True)
class PaymentBooks:
    """Payments as the ledger keeps them; `currency` is the company's."""

    ledger: Ledger
    day: dt.date
    currency: str

    def work_off(self, decide: Place) -> tuple[int, int]:
        """Record what `decide` says of pending payments, a batch at a time; (posted, newly at fault)."""
        posted = faults = 0
        for which in _WHICH:
            last: str | None = ""
            while last is not None:
                with self.ledger.transaction(self.day) as txn:
                    rows = _page(txn, which, last)
                    done, bad = self._receive(txn, rows, decide) if rows else (0, 0)
                posted, faults = posted + done, faults + bad
                last = rows[-1].payment if len(rows) == _BATCH else None
        return posted, faults

    def _receive(self, txn: Txn, rows: Sequence[Row[Any]], decide: Place) -> tuple[int, int]:
        letters = with_letters(txn.conn, (row.reference for row in rows))
        typed = [_typed(row, letters) for row in rows]
        decisions = decide(typed, clues_for(txn.conn, typed, self.currency))
        recording = _Recording(txn, PaymentRows(txn))
        backs = []
        for row, decision in zip(rows, decisions, strict=True):
            if isinstance(decision, Refused):
                recording.refuse(row, decision)
            elif decision.takes_back:
                backs.append((row, decision))
            else:
                recording.place(row, decision)
        if backs:
            record_returns(txn, backs, recording.rows)
        return recording.write() + len(backs), recording.faults


# What is pending: payments, then those that take money back (of a payment that may have come with the same file),
# then receipts of nobody known, whose invoice or customer may be known by now.
_WHICH: tuple[tuple[ColumnElement[bool], ...], ...] = (
    (_pay.status.in_(PENDING), or_(_pay.amount.is_(None), _pay.amount >= ZERO)),
    (_pay.status.in_(PENDING), _pay.amount < ZERO),
    (UNAPPLIED, NOBODYS, _pay.status.not_in(PENDING)),
)


def _page(txn: Txn, which: tuple[ColumnElement[bool], ...], last: str) -> Sequence[Row[Any]]:
    statement = select(*PAYMENT).where(*which, _pay.payment > last).order_by(_pay.payment).limit(_BATCH)
    return txn.conn.execute(statement).all()


def _typed(row: Row[Any], letters: Mapping[str, str]) -> Typed:
    """A payment as it is to be placed; of a posted one what is not applied, and what is applied says whose it is."""
    return Typed(
        row.payment,
        row.customer_id or (row.account if row.applied else ""),
        row.paid_on,
        row.unapplied if row.held_on else row.amount,
        row.currency,
        row.method,
        letters.get(row.reference, row.reference),
        row.payer,
        row.payer_account,
    )


@dataclass(slots=True)
class _Recording:
    """What a batch writes."""

    txn: Txn
    rows: PaymentRows
    _refused: list[dict[str, Any]] = field(default_factory=list)
    _moved: list[str] = field(default_factory=list)
    _taught: list[Taught] = field(default_factory=list)
    _count: int = 0

    @property
    def faults(self) -> int:
        """How many payments were found at fault that were not before."""
        return len(self._refused)

    def refuse(self, row: Row[Any], decision: Refused) -> None:
        """Say once what keeps a payment from being posted; one that is posted stays so, whatever it names later."""
        status = payment_status(row.applied, row.unapplied) if row.held_on else NOT_POSTED
        if (row.status, row.problem) == (status, decision.problem):
            return
        self.txn.record("payment at fault", row.payment, {"problem": decision.problem})
        self._refused.append({"payment": row.payment, "status": status, "problem": decision.problem})

    def place(self, row: Row[Any], placed: Placed) -> None:
        """Post a payment, or move the unapplied part of a posted one to where it belongs now."""
        account, party = HELD_ON[placed.held_on], placed.account
        if not row.held_on:
            sides = payment_legs(row.amount, row.method, placed.currency, party, account)
            data = {"amount": row.amount, "currency": placed.currency}
            entry = self.txn.record("payment received", row.payment, data, sides, source=payment_source(row))
            self._put(row, placed, ZERO, row.amount, entry)
            return
        if row.applied and party != row.account:  # what is applied already says whose it is
            placed = Placed(row.payment, row.account, row.currency, HeldOn.RECEIVABLES)
            account, party = HELD_ON[placed.held_on], placed.account
        before = (row.account, row.held_on, row.order)
        entry = row.entry
        if before != (placed.account, placed.held_on, placed.order):
            moved = [
                *legs(row.currency, row.account, (HELD_ON[row.held_on], row.unapplied)),
                *legs(row.currency, party, (account, -row.unapplied)),
            ]
            data = {"customer": party, "was_of": row.account, "was_on": row.held_on}
            entry = self.txn.record("payment identified", row.payment, data, moved)
            self._moved.append(row.payment)
            if row.customer_id and not row.account:
                self._taught.append(Taught(row.payment, row.customer_id, row.payer, row.payer_account))
        if entry != row.entry or row.problem or not row.status:
            self._put(row, placed, row.applied, row.unapplied, entry)

    def _put(self, row: Row[Any], placed: Placed, applied: Decimal, unapplied: Decimal, entry: int) -> None:
        self._count += 1
        self.rows.put(
            row.payment,
            placed.account,
            row.currency if row.held_on else placed.currency,
            held_on=str(placed.held_on),
            order=placed.order,
            applied=applied,
            unapplied=unapplied,
            status=payment_status(applied, unapplied),
            reverses="",
            entry=entry,
        )

    def write(self) -> int:
        """Write the batch; how many payments were posted or placed anew."""
        self.rows.write()
        self.txn.update(schema.payments, self._refused)
        learn(self.txn, self._taught)
        if self._moved:
            withdraw_of(self.txn, self._moved, decided=False)
        return self._count
