"""The books behind closing: invoiced orders with nothing open, and the differences that were found in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, select

from o2c_xl.domain.cash.placing import HeldOn
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.closing import Closing
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.orders import BATCH, QUANTITIES, lines_of, quantities_of
from o2c_xl.ledger.schema.partial import UNAPPLIED
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.close_orders import LineToClose, OrderToClose

__all__ = ["ClosingBooks"]

_orders, _lines, _inv, _pay = schema.orders.c, schema.order_lines.c, schema.invoices.c, schema.payments.c
_HEADS = (_orders.order, _orders.currency, _orders.freight, _orders.customer_id, _orders.bill_to)
_LINES = (
    _lines.order,
    _lines.line,
    _lines.position,
    _lines.price,
    _lines.discount_percent,
    *QUANTITIES,
)
_INVOICES = (
    _inv.order,
    _inv.kind,
    _inv.net,
    _inv.total,
    _inv.paid,
    _inv.credited,
    _inv.written_off,
    _inv.open,
)


class ClosingBooks:
    """Reads and records in batches of up to 1,000 orders, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def work_off(self, decide: Callable[[Sequence[OrderToClose]], Sequence[Closing]]) -> int:
        """Close every order that is settled; returns how many were."""
        with self._ledger.reading() as conn:
            keys = iter(conn.execute(select(_orders.order).where(*_settled()).order_by(_orders.order)).scalars().all())
        count = 0
        while batch := list(islice(keys, BATCH)):
            with self._ledger.transaction(self._day) as txn:
                count += _record(txn, decide(_read(txn.conn, batch)))
        return count


def _settled() -> tuple[ColumnElement[bool], ...]:
    """Invoiced orders none of whose invoices or credit notes has anything open."""
    still_open = exists().where(_inv.order == _orders.order, _inv.open != ZERO)
    return _orders.status == str(OrderStatus.INVOICED), ~still_open


def _read(conn: Connection, keys: Sequence[str]) -> list[OrderToClose]:
    heads = {row.order: row for row in rows_by_key(conn, _HEADS, _orders.order, keys, *_settled())}
    lines = lines_of(conn, heads, _LINES)
    invoices: dict[str, list[Row[Any]]] = {}
    for row in rows_by_key(conn, _INVOICES, _inv.order, heads, _inv.kind == "Invoice"):
        invoices.setdefault(row.order, []).append(row)
    prepaid = _prepaid(conn, heads.values())
    return [
        _order(head, [_line(row) for row in lines[key]], invoices.get(key, ()), prepaid)
        for key in keys
        if (head := heads.get(key)) is not None
    ]


def _prepaid(conn: Connection, heads: Iterable[Row[Any]]) -> dict[str, Decimal]:
    """What is left of payments in advance, by the order they name."""
    accounts = {head.bill_to or head.customer_id for head in heads}
    columns = (_pay.order, _pay.unapplied)
    held = _pay.held_on == str(HeldOn.PREPAYMENTS)
    found: dict[str, Decimal] = {}
    for row in rows_by_key(conn, columns, _pay.account, accounts, UNAPPLIED, held):
        found[row.order] = found.get(row.order, ZERO) + row.unapplied
    return found


def _line(row: Row[Any]) -> LineToClose:
    return LineToClose(row.line, quantities_of(row), row.price or ZERO, row.discount_percent or ZERO)


def _order(
    head: Row[Any], lines: Sequence[LineToClose], invoices: Sequence[Row[Any]], prepaid: Mapping[str, Decimal]
) -> OrderToClose:
    def of(name: str) -> Decimal:
        return sum((getattr(row, name) for row in invoices), ZERO)

    return OrderToClose(
        head.order,
        head.currency,
        lines,
        # freight goes with the first invoice: an order that came back before it owes none
        (head.freight or ZERO) if invoices else ZERO,
        of("net"),
        of("total"),
        of("paid"),
        of("credited"),
        of("written_off"),
        of("open"),
        prepaid.get(head.order, ZERO),
    )


def _record(txn: Txn, decided: Sequence[Closing]) -> int:
    done = [one for one in decided if not one.waits_for]
    found = [(one, difference) for one in done for difference in one.discrepancies]
    for one in done:
        told = {"discrepancies": [difference.text for difference in one.discrepancies]} if one.discrepancies else {}
        txn.record("order closed", one.order, told)
    txn.insert(
        schema.discrepancies,
        [
            {
                "discrepancy": txn.number("DI-"),
                "kind": difference.kind,
                "subject": difference.subject,
                "expected": str(difference.expected),
                "found": str(difference.found),
                "status": "Open",
                "since": txn.day,
            }
            for _, difference in found
        ],
    )
    going = {"status": str(OrderStatus.CLOSED), "closed_on": txn.day}
    quiet = {"waiting_for": "", "waiting_who": "", "waiting_since": None}
    txn.update(schema.orders, [{"order": one.order, **going, **quiet} for one in done])
    return len(done)
