"""Suppliers' bills in the ledger: goods received cleared, the difference to price variance, and the payment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, select

from o2c_xl.domain.accounts import bill_legs, bill_payment_legs
from o2c_xl.domain.buying.purchase_status import ORDERED
from o2c_xl.domain.goods.slips import PENDING
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import natural_key
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.slips import mark_faults, pending_slips, still_pending_slips
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.post_bills import Bill, Billable, BillPosting, BillsDecided, BillsToPost

__all__ = ["BillingBooks", "waiting_bills"]

_SET_ASIDE = "Set aside"
_MAY_BE_BILLED = (*ORDERED, "Closed")
_PENDING = (*PENDING, _SET_ASIDE, "Posted")
_Line = tuple[str, str]


@dataclass(slots=True)
class _Batch:
    """A batch that is being posted; `open` is what each line received and kept beyond what it was billed.

    `cleared` are the lines that bills of the batch settle.
    """

    txn: Txn
    slips: list[Row[Any]]
    open: dict[_Line, Decimal] = field(default_factory=dict)
    billed: dict[_Line, Decimal] = field(default_factory=dict)
    cleared: set[_Line] = field(default_factory=set)


class BillingBooks:
    """What `steps.post_bills` needs, on the ledger."""

    def __init__(self, ledger: Ledger, day: date, policy: Policy) -> None:
        self._ledger, self._day, self._currency, self._policy = ledger, day, policy.currency, policy

    def work_off(self, decide: Callable[[BillsToPost], BillsDecided]) -> tuple[int, int, int]:
        """Post the bills, pay what is due, keep the sentences of the others; (posted, paid, newly waiting)."""
        posted = paid = faults = 0
        slips = schema.bills
        for keys in pending_slips(self._ledger, self._day, slips, slips.c.bill_date, _PENDING):
            with self._ledger.transaction(self._day) as txn:
                batch = _Batch(txn, still_pending_slips(txn.conn, slips, keys, _PENDING))
                decided = decide(self._read(batch))
                faults += self._record(batch, decided)
            posted, paid = posted + len(decided.posted), paid + len(decided.paid)
        return posted, paid, faults

    def _read(self, batch: _Batch) -> BillsToPost:
        """Bills not posted yet, and posted ones not paid."""
        conn, slips = batch.txn.conn, batch.slips
        heads = _heads(conn, slips)
        _fill_open(batch, heads)
        c = schema.suppliers.c
        columns = [c.supplier_id, c.currency, c.payment_terms]
        suppliers = {
            row.supplier_id: (row.currency or self._currency, row.payment_terms or self._policy.default_terms)
            for row in rows_by_key(conn, columns, c.supplier_id, [slip.supplier_id for slip in slips])
        }
        orders = {po: Billable(supplier, _of(batch.open, po)) for po, supplier in heads.items()}
        unknown = (self._currency, self._policy.default_terms)
        bills = [_bill(slip, *suppliers.get(slip.supplier_id, unknown)) for slip in slips]
        return BillsToPost(bills, orders, self._currency, self._policy.bill_tolerance_percent)

    def _record(self, batch: _Batch, decided: BillsDecided) -> int:
        """Returns how many bills are newly at fault or set aside."""
        txn = batch.txn
        new = mark_faults(txn, schema.bills, "bill at fault", batch.slips, decided.faults)
        new += mark_faults(txn, schema.bills, "bill set aside", batch.slips, decided.set_aside, _SET_ASIDE)
        txn.update(schema.bills, [self._post(batch, one) for one in decided.posted])
        lines = [{"po": po, "line": line, "billed": batch.billed[po, line]} for po, line in sorted(batch.cleared)]
        txn.update(schema.purchase_order_lines, lines)
        txn.update(schema.bills, [self._pay(txn, bill) for bill in decided.paid])
        return new

    def _post(self, batch: _Batch, one: BillPosting) -> dict[str, Any]:
        bill = one.bill
        filled = {"po": one.po or bill.po, "due_date": one.due_date}
        new = {name: value for name, value in filled.items() if value and not getattr(bill, name)}
        if new:
            batch.txn.record("bill entered", bill.bill, new)
        rounded = {"rounding": bill.rounding} if bill.rounding else {}
        told = {"po": filled["po"], "supplier": bill.supplier, "net": one.net, "tax": one.tax, **rounded}
        legs = bill_legs(one.net, one.tax, one.received, bill.currency, bill.supplier, bill.rounding)
        entry = batch.txn.record("bill posted", bill.bill, told, legs)
        _clear(batch, one.po, one.received)
        row = {"bill": bill.bill, "difference": one.difference, "status": "Posted", "problem": "", **filled}
        return {**row, "entry": entry}

    def _pay(self, txn: Txn, bill: Bill) -> dict[str, Any]:
        legs = bill_payment_legs(bill.total or ZERO, bill.currency, bill.supplier)
        entry = txn.record("bill paid", bill.bill, {"paid_on": bill.paid_on}, legs)
        return {"bill": bill.bill, "status": "Paid", "entry": entry}


def _clear(batch: _Batch, po: str, amount: Decimal) -> None:
    """Count so much of the order's open lines as billed: all of them, or a part in the sequence of the lines."""
    mine = sorted((key for key in batch.open if key[0] == po), key=lambda key: natural_key(key[1]))
    whole = amount == sum((batch.open[key] for key in mine), ZERO)
    for key in mine:
        there = batch.open[key]
        share = there if whole else min(there, max(amount, ZERO)) if there > ZERO else max(there, min(amount, ZERO))
        if not share:
            continue
        batch.cleared.add(key)
        batch.open[key] -= share
        batch.billed[key] = batch.billed.get(key, ZERO) + share
        amount -= share


def _heads(conn: Connection, slips: Sequence[Row[Any]]) -> dict[str, str]:
    """The supplier of each order that bills name, and of those that a bill without an order may be for."""
    h = schema.purchase_orders.c
    pending = [slip for slip in slips if slip.status != "Posted"]
    found = list(rows_by_key(conn, [h.po, h.supplier_id], h.po, [slip.po for slip in pending if slip.po]))
    lost = [slip.supplier_id for slip in pending if not slip.po]
    found += rows_by_key(conn, [h.po, h.supplier_id], h.supplier_id, lost, h.status.in_(_MAY_BE_BILLED))
    return {row.po: row.supplier_id for row in found}


def waiting_bills(conn: Connection) -> list[tuple[str, str, str, date | None, str]]:
    """Bills that are set aside: number, what stops them, who may act, since when, and what to do."""
    c = schema.bills.c
    rows = conn.execute(select(c.bill, c.bill_date, c.problem).where(c.status == _SET_ASIDE))
    return [(row.bill, "Bill is set aside", "Purchasing", row.bill_date, row.problem) for row in rows]


def _fill_open(batch: _Batch, pos: Iterable[str]) -> None:
    """Per line of these orders the value of what came and was kept less what was billed; refused goods are owed."""
    rec, part, line = schema.receipts.c, schema.receipt_lines.c, schema.purchase_order_lines.c
    wanted = list(pos)
    for chunk in chunks(wanted):
        rows = batch.txn.conn.execute(
            select(part.po, part.line, func.sum(part.value))
            .join(schema.receipts, rec.receipt == part.receipt)
            .where(rec.po.in_(chunk), rec.status.in_(("Posted", "Quarantined")))
            .group_by(part.po, part.line)
        )
        batch.open |= {(po, number): value for po, number, value in rows}
    for row in rows_by_key(batch.txn.conn, [line.po, line.line, line.billed], line.po, wanted):
        if row.billed:
            key = (row.po, row.line)
            batch.billed[key] = row.billed
            batch.open[key] = batch.open.get(key, ZERO) - row.billed


def _of(values: dict[_Line, Decimal], po: str) -> Decimal:
    return sum((value for (of, _), value in values.items() if of == po), ZERO)


def _bill(slip: Row[Any], currency: str, terms: str) -> Bill:
    return Bill(
        slip.bill,
        slip.status,
        slip.supplier_id,
        slip.po,
        slip.net,
        slip.tax,
        slip.total,
        slip.paid_on,
        currency,
        slip.settles,
        slip.bill_date,
        slip.due_date,
        terms,
        slip.rounding or ZERO,
    )
