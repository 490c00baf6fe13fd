"""Applying payments: unapplied ones and open items read by account, matches and settlements written at once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, Row, func, select

from o2c_xl.domain.accounts import apply_prepayment_legs, bank_charge_legs, discount_legs, write_off_legs
from o2c_xl.domain.cash.applying import Accepted, ToApply
from o2c_xl.domain.cash.bank_line import without_lines
from o2c_xl.domain.cash.matching import Match, Payment
from o2c_xl.domain.cash.placing import HeldOn
from o2c_xl.domain.chart import Account, Leg
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import Due
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.matches import proposed, write_matches
from o2c_xl.ledger.cash.named_apart import named_apart
from o2c_xl.ledger.cash.payers_known import Taught, learn, payers_of
from o2c_xl.ledger.cash.payment_rows import payment_status
from o2c_xl.ledger.cash.remittance import with_letters
from o2c_xl.ledger.invoices.accounts import known_customers
from o2c_xl.ledger.invoices.granted import Tolerated, tolerated_on
from o2c_xl.ledger.invoices.settlements import Settling, Standing, dues_of, invoices_by, open_item, paid_in_time
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.schema.partial import NOBODYS, OPEN_INVOICES, UNAPPLIED
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["ApplyingBooks"]

_BATCH = 1_000
_FINISHED = ("Invoiced", "Closed", "Cancelled")
_pay = schema.payments.c
_READ: tuple[Column[Any], ...] = (
    _pay.payment,
    _pay.account,
    _pay.paid_on,
    _pay.currency,
    _pay.reference,
    _pay.customer_id,
    _pay.payer,
    _pay.payer_account,
    _pay.applied,
    _pay.unapplied,
    _pay.held_on,
    _pay.order,
)


@dataclass(slots=True)
class ApplyingBooks:
    """Payments and open items as the ledger keeps them."""

    ledger: Ledger
    day: dt.date

    def work_off(self, decide: Callable[[ToApply], list[Match]]) -> tuple[int, int, int]:
        """Record the matches of unapplied payments, a batch of accounts at a time; (payments, invoices, proposals)."""
        with self.ledger.reading() as conn:
            batches = list(_accounts(conn))
        payments = invoices = proposals = 0
        for accounts in batches:
            with self.ledger.transaction(self.day) as txn:
                batch = _read(txn, accounts)
                matches = decide(batch.to_apply())
                payments += batch.post([one for one in matches if one.certain])
                learn(txn, batch.taught())
                invoices += sum(one.certain for one in matches)
                proposals += write_matches(txn, matches, batch.proposals)
        return payments, invoices, proposals


def _accounts(conn: Connection) -> Iterator[list[str]]:
    """Accounts with unapplied payments, together about a batch of payments; an account is never divided."""
    statement = select(_pay.account, func.count()).where(UNAPPLIED, ~NOBODYS).group_by(_pay.account)
    part: list[str] = []
    size = 0
    for account, count in conn.execute(statement.order_by(_pay.account)):
        if part and size + count > _BATCH:
            yield part
            part, size = [], 0
        part.append(account)
        size += count
    if part:
        yield part


def _read(txn: Txn, accounts: Sequence[str]) -> _Batch:
    payments = {
        row.payment: row
        for part in chunks(accounts)
        for row in txn.conn.execute(select(*_READ).where(UNAPPLIED, _pay.account.in_(part)))
    }
    invoices = {
        one.row.invoice: one for one in invoices_by(txn.conn, schema.invoices.c.account, accounts, OPEN_INVOICES)
    }
    settled, elsewhere, given_up, others = named_apart(txn.conn, payments.values())
    named = others - invoices.keys()
    invoices |= {one.row.invoice: one for one in invoices_by(txn.conn, schema.invoices.c.invoice, named, OPEN_INVOICES)}
    batch = _Batch(txn, payments, invoices, proposed(txn, payments), _prepaid(txn, payments.values()))
    batch.settled, batch.elsewhere, batch.given_up = settled, elsewhere, given_up
    batch.tolerated = tolerated_on(txn.conn, {name for each in settled.values() for name in each})
    batch.letters = with_letters(txn.conn, (row.reference for row in payments.values()))
    batch.charges = _charges(txn.conn, payments)
    batch.dues = dues_of(txn.conn, invoices.values())
    batch.in_time = paid_in_time(txn.conn, invoices.values())
    batch.guessed = _guessed(txn.conn, payments.values())
    return batch


def _charges(conn: Connection, payments: Iterable[str]) -> dict[str, Decimal]:
    """What the bank says that it kept of payments, where it told so."""
    c = schema.bank_lines.c
    rows = rows_by_key(conn, [c.payment, c.charges], c.payment, payments, c.charges.is_not(None), c.amount > ZERO)
    return {row.payment: row.charges for row in rows}


def _guessed(conn: Connection, payments: Iterable[Row[Any]]) -> set[str]:
    """Payments of nobody told or known, of which nothing but what they name says whose they are."""
    untold = [row for row in payments if not row.customer_id]
    payers = payers_of(conn, ((row.payer, row.payer_account) for row in untold))
    unknown = [row for row in untold if not payers.customer(row.payer, row.payer_account)]
    named = {row.payment: payers.namesakes(row.payer) for row in unknown}
    knows = known_customers(conn, {one for each in named.values() for one in each}, "")
    told = {payment: {knows[one].account for one in each if one in knows} for payment, each in named.items()}
    return {row.payment for row in unknown if row.account not in told[row.payment]}


def _prepaid(txn: Txn, payments: Iterable[Row[Any]]) -> dict[str, tuple[str, bool]]:
    """The order of each prepayment, and whether more of it may still be invoiced."""
    orders = {row.payment: row.order for row in payments if row.held_on == HeldOn.PREPAYMENTS}
    c = schema.orders.c
    over = {row.order for row in rows_by_key(txn.conn, [c.order], c.order, orders.values(), c.status.in_(_FINISHED))}
    return {payment: (order, order not in over) for payment, order in orders.items()}


@dataclass(slots=True)
class _Batch:
    """Unapplied payments of some accounts with all that they may be applied to."""

    txn: Txn
    payments: Mapping[str, Row[Any]]
    invoices: Mapping[str, Standing]
    proposals: Sequence[Row[Any]]
    orders: Mapping[str, tuple[str, bool]]
    settled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    given_up: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tolerated: Mapping[str, Tolerated] = field(default_factory=dict)
    guessed: AbstractSet[str] = frozenset()
    letters: Mapping[str, str] = field(default_factory=dict)
    charges: Mapping[str, Decimal] = field(default_factory=dict)
    dues: Mapping[str, Due] = field(default_factory=dict)
    in_time: Mapping[str, Decimal] = field(default_factory=dict)
    _rows: list[dict[str, Any]] = field(default_factory=list)

    def to_apply(self) -> ToApply:
        """What the rules decide on."""
        return ToApply(
            [
                Payment(
                    row.payment,
                    row.account,
                    row.unapplied,
                    row.currency,
                    row.paid_on,
                    without_lines(self.letters.get(row.reference, row.reference)),
                    self.settled.get(row.payment, ()),
                    row.payment in self.guessed,
                    self.elsewhere.get(row.payment, ()),
                    self.charges.get(row.payment, ZERO),
                    self.given_up.get(row.payment, ()),
                    bool(row.applied),
                )
                for row in self.payments.values()
            ],
            [
                open_item(one, self.dues.get(name, ()), self.in_time.get(name, ZERO))
                for name, one in self.invoices.items()
            ],
            self.orders,
            [
                Accepted(row.payment, row.invoice, row.amount or ZERO)
                for row in self.proposals
                if row.status == "Proposed" and row.decision == "Accept"
            ],
            frozenset((row.payment, row.invoice) for row in self.proposals if row.decision == "Reject"),
            self._contested(),
            {(name, one.standing.row.currency): one.amount for name, one in self.tolerated.items()},
        )

    def _contested(self) -> frozenset[str]:
        """Invoices of which proposals of several payments wait or are accepted."""
        rows = [row for row in self.proposals if row.status == "Proposed" and row.decision != "Reject"]
        count = Counter(row.invoice for row in rows)
        return frozenset(invoice for invoice, times in count.items() if times > 1)

    def taught(self) -> list[Taught]:
        """What decisions of people say about who pays: those on proposals of this batch."""
        decided = {row.payment for row in self.proposals if row.status == "Proposed" and row.decision == "Accept"}
        rows = [self.payments[name] for name in sorted(decided)]
        return [Taught(row.payment, row.account, row.payer, row.payer_account) for row in rows]

    def post(self, certain: Iterable[Match]) -> int:
        """Settle the invoices; how many payments were applied."""
        by_payment: dict[str, list[Match]] = {}
        for one in certain:
            by_payment.setdefault(one.payment, []).append(one)
        settling = Settling(self.txn)
        for name, parts in by_payment.items():
            self._apply(settling, self.payments[name], parts)
        settling.write()
        for name, (order, more) in self.orders.items():
            if not more:
                used = sum((one.amount for one in by_payment.get(name, ())), ZERO)
                self._release(self.payments[name], order, used)
        self.txn.update(schema.payments, self._rows)
        return len(by_payment)

    def _apply(self, settling: Settling, row: Row[Any], parts: Sequence[Match]) -> None:
        paid = {one.invoice: one.amount for one in parts}
        entry = self.txn.record("payment applied", row.payment, paid, self._legs(row, parts))
        for one in parts:
            invoice = self._standing(one)
            settling.settle(invoice, "payment", row.payment, one.amount, entry)
            if one.write_off < ZERO:
                self.tolerated[one.invoice].take_back(settling, -one.write_off, entry)
            if one.discount:
                settling.settle(invoice, "discount", row.payment, one.discount, entry)
            if one.write_off > ZERO:
                settling.settle(invoice, "write-off", row.payment, one.write_off, entry)
            if one.charge:
                settling.settle(invoice, "charge", row.payment, one.charge, entry)
        self._put(row, sum(paid.values(), ZERO), row.held_on)

    def _standing(self, one: Match) -> Standing:
        return self.tolerated[one.invoice].standing if one.write_off < ZERO else self.invoices[one.invoice]

    def _legs(self, row: Row[Any], parts: Sequence[Match]) -> list[Leg]:
        """Money on receivables stands there already; a prepayment moves, discounts and differences are booked."""
        sides: list[Leg] = []
        if row.held_on == HeldOn.PREPAYMENTS:
            sides += apply_prepayment_legs(sum((one.amount for one in parts), ZERO), row.currency, row.account)
        for one in parts:
            invoice = self._standing(one)
            if one.discount:
                sides += discount_legs(one.discount, invoice.tax_of(one.discount), row.currency, row.account)
            if one.write_off:
                sides += write_off_legs(one.write_off, invoice.tax_of(one.write_off), row.currency, row.account)
            sides += bank_charge_legs(one.charge, row.currency, row.account, Account.RECEIVABLES)
        return sides

    def _release(self, row: Row[Any], order: str, used: Decimal) -> None:
        """What is left of a prepayment whose order is over is the customer's to use: it moves to receivables."""
        left = row.unapplied - used
        if not left:
            return
        legs = apply_prepayment_legs(left, row.currency, row.account)
        self.txn.record("prepayment released", row.payment, {"order": order}, legs)
        self._rows = [one for one in self._rows if one["payment"] != row.payment]
        self._put(row, used, HeldOn.RECEIVABLES)

    def _put(self, row: Row[Any], used: Decimal, held_on: str) -> None:
        applied, unapplied = row.applied + used, row.unapplied - used
        self._rows.append(
            {
                "payment": row.payment,
                "applied": applied,
                "unapplied": unapplied,
                "held_on": str(held_on),
                "status": payment_status(applied, unapplied),
            }
        )
