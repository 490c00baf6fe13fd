"""Payments that take an earlier one back: what it had settled is open again, both are linked.

The money is posted once. Of a payment that was posted before it named the other, only what it is held on moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.accounts import METHOD_ACCOUNTS, bank_charge_legs
from o2c_xl.domain.cash.placing import HELD_ON, Placed
from o2c_xl.domain.cash.returned import Reopened, SettledBy, TakenBack, take_back
from o2c_xl.domain.chart import Account, legs
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.matches import withdraw_of
from o2c_xl.ledger.cash.payment_clues import RETURNED, returns_of
from o2c_xl.ledger.cash.payment_rows import PAYMENT, PaymentRows, payment_source, payment_status
from o2c_xl.ledger.invoices.granted import granted_back_legs, granted_on
from o2c_xl.ledger.invoices.settlements import Settling, Standing, invoices_by
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = ["record_returns"]

_RETURNED = "Returned"


@dataclass(slots=True)
class _Original:
    """A payment that is taken back, as it stands while its returns are posted."""

    row: Row[Any]
    applied: Decimal
    unapplied: Decimal
    left: Decimal
    settled: dict[str, SettledBy]


def record_returns(txn: Txn, backs: Sequence[tuple[Row[Any], Placed]], rows: PaymentRows) -> None:
    """Post payments that take earlier ones back, or link those that are posted already."""
    originals = _originals(txn, [placed.takes_back for _, placed in backs])
    invoices = {
        one.row.invoice: one
        for one in invoices_by(
            txn.conn, schema.invoices.c.invoice, (name for one in originals.values() for name in one.settled)
        )
    }
    granted = granted_on(txn.conn, invoices)
    settling = Settling(txn)
    last: dict[str, str] = {}
    for row, placed in backs:
        one = originals[placed.takes_back]
        amount = row.unapplied if row.held_on else row.amount
        taken = take_back(-amount, one.unapplied, list(one.settled.values()), granted)
        entry = _record_return(txn, row, one, taken, invoices)
        for part in taken.reopened:
            _reopen(settling, invoices[part.invoice], part, row.payment, entry)
            _lessen(one, part)
            granted.pop(part.invoice, None)
        if taken.unapplied:
            settling.set_off(one.row.payment, taken.unapplied, entry)
            settling.set_off(row.payment, -taken.unapplied, entry)
        one.applied, one.unapplied = one.applied + taken.unapplied, one.unapplied - taken.unapplied
        one.left += amount
        last[one.row.payment] = row.payment
        _put_return(rows, row, placed, entry)
    for name, one in originals.items():
        _put_original(rows, one, last[name])
    settling.write()
    withdraw_of(txn, [*originals, *(row.payment for row, _ in backs)])


def _originals(txn: Txn, names: Sequence[str]) -> dict[str, _Original]:
    returns = returns_of(txn.conn, names)
    by = {name: name for name in names} | {one.by: name for name in names for one in returns.get(name, ())}
    entries = {one.entry for each in returns.values() for one in each}
    c = schema.settlements.c
    settled: dict[str, dict[str, dict[str, Decimal]]] = {name: {} for name in names}
    rows = rows_by_key(txn.conn, schema.settlements, c.by, by, c.kind.in_(("payment", "charge")), c.invoice != "")
    for row in sorted(rows, key=lambda row: row.settlement):
        if row.by not in settled and row.entry not in entries:
            continue  # what took it back had settled a credit note of its own before
        kinds = settled[by[row.by]].setdefault(row.invoice, {})
        kinds[row.kind] = kinds.get(row.kind, ZERO) + row.amount
    found = {}
    for row in rows_by_key(txn.conn, PAYMENT, schema.payments.c.payment, names):
        taken = sum((one.amount for one in returns.get(row.payment, ())), ZERO)
        parts = {
            invoice: SettledBy(invoice, kinds.get("payment", ZERO), kinds.get("charge", ZERO))
            for invoice, kinds in settled[row.payment].items()
            if any(kinds.values())
        }
        found[row.payment] = _Original(row, row.applied, row.unapplied, row.amount - taken, parts)
    return found


def _record_return(txn: Txn, row: Row[Any], one: _Original, taken: TakenBack, invoices: dict[str, Standing]) -> int:
    currency, party = one.row.currency, one.row.account
    reopened = sum((part.paid for part in taken.reopened), ZERO)
    held = HELD_ON[one.row.held_on]
    back = taken.unapplied + reopened
    if row.held_on:
        sides = legs(currency, row.account, (HELD_ON[row.held_on], -back))
    else:
        sides = legs(currency, party, (METHOD_ACCOUNTS[row.method], -back))
    sides += legs(currency, party, (held, taken.unapplied), (Account.RECEIVABLES, reopened))
    for part in taken.reopened:
        sides += granted_back_legs(part.granted, invoices[part.invoice], currency, party)
        sides += bank_charge_legs(-part.charge, currency, party, Account.RECEIVABLES)
    data = {"by": row.payment, "amount": back}
    return txn.record(RETURNED, one.row.payment, data, sides, source=payment_source(row))


def _reopen(settling: Settling, invoice: Standing, part: Reopened, by: str, entry: int) -> None:
    """What was granted is taken off under the name of the payment that brought it, so that it is taken back once."""
    for one in part.granted:
        settling.settle(invoice, one.kind, one.by, -one.amount, entry)
    for kind, amount in (("payment", part.paid), ("charge", part.charge)):
        if amount:
            settling.settle(invoice, kind, by, -amount, entry)


def _lessen(one: _Original, part: Reopened) -> None:
    before = one.settled.pop(part.invoice)
    if before.paid != part.paid:
        one.settled[part.invoice] = SettledBy(part.invoice, before.paid - part.paid)


def _put_return(rows: PaymentRows, row: Row[Any], placed: Placed, entry: int) -> None:
    rows.put(
        row.payment,
        placed.account,
        placed.currency,
        held_on=str(placed.held_on),
        order="",
        applied=row.amount,
        unapplied=ZERO,
        status=_RETURNED,
        reverses=placed.takes_back,
        entry=entry,
    )


def _put_original(rows: PaymentRows, one: _Original, by: str) -> None:
    row = one.row
    rows.put(
        row.payment,
        row.account,
        row.currency,
        held_on=row.held_on,
        order=row.order,
        applied=one.applied,
        unapplied=one.unapplied,
        status=payment_status(one.applied, one.unapplied) if one.left else _RETURNED,
        reverses="" if one.left else by,
        entry=row.entry,
    )
