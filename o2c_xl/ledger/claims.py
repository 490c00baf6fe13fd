"""Claims on suppliers for refused goods: a discrepancy that purchasing owns, and a message to the supplier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.slips import trimmed
from o2c_xl.ledger.store import Txn

__all__ = ["REFUSED_GOODS", "Refusal", "claim"]

REFUSED_GOODS = "Refused goods"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Goods of a receipt that are not kept; `quality` is why."""

    receipt: str
    po: str
    supplier: str
    sku: str
    quantity: Decimal
    quality: str


def claim(txn: Txn, refusals: Sequence[Refusal]) -> None:
    """Enter a discrepancy for each refusal and put a claim to its supplier into the outbox."""
    if not refusals:
        return
    c = schema.suppliers.c
    addresses = {
        row.supplier_id: row.email
        for row in rows_by_key(txn.conn, [c.supplier_id, c.email], c.supplier_id, [one.supplier for one in refusals])
    }
    txn.insert(
        schema.discrepancies,
        [
            {
                "discrepancy": txn.number("DI-"),
                "kind": REFUSED_GOODS,
                "subject": one.receipt,
                "expected": f"{trimmed(one.quantity)} of {one.sku} on {one.po} in good quality",
                "found": f"{trimmed(one.quantity)} refused: quality {one.quality}",
                "owner": "Purchasing",
                "status": "Open",
                "since": txn.day,
            }
            for one in refusals
        ],
    )
    put_in_outbox(
        txn,
        [
            Outgoing(
                "Claim", one.receipt, addresses.get(one.supplier, ""), f"Claim on {one.po}", {"text": _letter(one)}
            )
            for one in refusals
        ],
    )


def _letter(one: Refusal) -> str:
    return (
        f"{trimmed(one.quantity)} of {one.sku}, delivered for our order {one.po} (our receipt {one.receipt}), are "
        f"refused: quality {one.quality}. Please deliver them again and tell us what to do with the refused goods."
    )
