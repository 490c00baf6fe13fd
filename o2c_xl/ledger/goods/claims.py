"""Claims on suppliers for refused goods: a discrepancy that purchasing owns, and a message to the supplier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.money import trimmed
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.store import Txn

__all__ = ["GOODS_BACK", "REFUSED_GOODS", "Refusal", "claim", "settle_claims"]

REFUSED_GOODS = "Refused goods"
GOODS_BACK = "Goods returned"


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
    addresses = _addresses(txn, refusals)
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
                "Claim",
                one.receipt,
                addresses.get(one.supplier, ""),
                f"Claim on {one.po}",
                {"text": _letter(one), **_facts(one)},
                one.supplier,
            )
            for one in refusals
        ],
    )


def _addresses(txn: Txn, refusals: Sequence[Refusal]) -> dict[str, str]:
    c = schema.suppliers.c
    suppliers = [one.supplier for one in refusals]
    return {
        row.supplier_id: row.email for row in rows_by_key(txn.conn, [c.supplier_id, c.email], c.supplier_id, suppliers)
    }


def settle_claims(txn: Txn, settled: Sequence[tuple[Refusal, str]]) -> None:
    """The goods of these claims have left as the sentence beside them says; a supplier who gets them back is told."""
    c = schema.discrepancies.c
    ways = {one.receipt: way for one, way in settled}
    mine = (c.kind == REFUSED_GOODS, c.status == "Open")
    rows = list(rows_by_key(txn.conn, [c.discrepancy, c.subject, c.resolution], c.subject, ways, *mine))
    resolved = [
        {"discrepancy": row.discrepancy, "resolution": row.resolution or ways[row.subject], "status": "Resolved"}
        for row in rows
    ]
    txn.update(schema.discrepancies, resolved)
    back = [one for one, way in settled if way == "Returned to supplier"]
    addresses = _addresses(txn, back)
    text = (
        "{quantity} of {sku}, delivered for our order {po} (our receipt {receipt}) and refused, are on their way back "
        "to you. Please do not bill them, or credit them where you have."
    )
    put_in_outbox(
        txn,
        [
            Outgoing(
                GOODS_BACK,
                one.receipt,
                addresses.get(one.supplier, ""),
                f"Goods returned, {one.po}",
                {
                    "text": text.format(quantity=trimmed(one.quantity), sku=one.sku, po=one.po, receipt=one.receipt),
                    **_facts(one),
                },
                one.supplier,
            )
            for one in back
        ],
    )


def _facts(one: Refusal) -> dict[str, str]:
    """What a message in another language is made from."""
    return {
        "po": one.po,
        "receipt": one.receipt,
        "sku": one.sku,
        "quantity": format(trimmed(one.quantity), "f"),
        "quality": one.quality,
    }


def _letter(one: Refusal) -> str:
    return (
        f"{trimmed(one.quantity)} of {one.sku}, delivered for our order {one.po} (our receipt {one.receipt}), are "
        f"refused: quality {one.quality}. Please deliver them again and tell us what to do with the refused goods."
    )
