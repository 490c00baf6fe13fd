"""Rows of payments as a run reads and writes them: the program's own columns always together."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Row

from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Source, Txn

__all__ = ["PAYMENT", "PaymentRows", "payment_source", "payment_status"]

_pay = schema.payments.c
PAYMENT: tuple[Column[Any], ...] = (
    _pay.payment,
    _pay.customer_id,
    _pay.payer,
    _pay.payer_account,
    _pay.paid_on,
    _pay.amount,
    _pay.currency,
    _pay.method,
    _pay.reference,
    _pay.applied,
    _pay.unapplied,
    _pay.account,
    _pay.order,
    _pay.held_on,
    _pay.status,
    _pay.problem,
    _pay.source,
    _pay.sheet,
    _pay.row,
    _pay.entry,
)


def payment_status(applied: Decimal, unapplied: Decimal) -> str:
    """Where a payment stands."""
    if not unapplied:
        return "Applied"
    return "Partly applied" if applied else "Unapplied"


@dataclass(slots=True)
class PaymentRows:
    """The payments that a batch changes, written at once."""

    txn: Txn
    _rows: list[dict[str, Any]] = field(default_factory=list)

    def put(self, payment: str, account: str, currency: str, **values: Any) -> None:  # noqa: ANN401
        """A payment's own columns: held_on, order, applied, unapplied, status, reverses and entry, each time."""
        self._rows.append({"payment": payment, "account": account, "currency": currency, "problem": "", **values})

    def write(self) -> None:
        """Write them."""
        self.txn.update(schema.payments, self._rows)


def payment_source(row: Row[Any]) -> Source:
    """Where the payment was entered."""
    return Source(row.source, row.sheet, row.row or 0)
